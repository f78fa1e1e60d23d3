#include "base/file.hpp"
#include "diagnostic/render.hpp"
#include "grammar/schema.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"
#include "translator/map_parser.hpp"
#include "translator/map_source.hpp"
#include "translator/translator_impl.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <unistd.h>

namespace wharf::cli {
namespace {

/// Checks maps one by one: their text, what they include and extend, and every path against grammar and schema in each
/// release they name.
class Checker {
public:
    explicit Checker(grammar::SchemaCache& schemas) : schemas_(schemas) {}

    /// A built-in map by name, or a file with the built-in maps and its own folder around it. False: `trouble` was
    /// told.
    bool check(std::string const& word) {
        auto shipped = translator::embedded_maps();
        if (shipped->map(word)) {
            add(translator::check_map(*shipped, word, schemas_));
            return true;
        }
        auto const text = read_file(word, limits::configuration_bytes);
        if (!text) {
            trouble(fmt::format("{}, and there is no built-in map of this name", text.error().message));
            return false;
        }
        auto const parsed = translator::parse_map(word, *text);
        if (!parsed) {
            add(parsed.error());
            return true;
        }
        auto folder = std::filesystem::path(word).parent_path();
        auto around = translator::folder_maps(folder.empty() ? "." : folder, std::move(shipped));
        if (!around) {
            trouble(around.error().message);
            return false;
        }
        add(translator::check_map(**around, parsed->name, schemas_));
        return true;
    }

    Diagnostics findings;

private:
    void add(Diagnostics const& found) { std::ranges::copy(found, std::back_inserter(findings)); }

    grammar::SchemaCache& schemas_;
};

} // namespace

int run(TranslatorCheckCommand const& command) {
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was checked");
        return could_not_run;
    }
    grammar::SchemaCache schemas(*std::move(grammars));
    Checker checker(schemas);
    Outcome outcome;
    std::uint64_t checked = 0;
    for (auto const& word : command.files) {
        if (checker.check(word))
            ++checked;
        else
            outcome.failed();
    }
    outcome.add(checker.findings, command.reporting);
    std::string out;
    if (command.reporting.format == Format::json) {
        out = render_json(checker.findings);
    } else if (checked > 0) {
        out = rendered(checker.findings, STDOUT_FILENO);
        out += fmt::format("{}{}: {}\n", out.empty() ? "" : "\n", plural(checked, "translator"),
                           count_words(checker.findings));
    }
    if (!print(out)) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
