#include "base/file.hpp"
#include "diagnostic/render.hpp"
#include "grammar/schema.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/map_at_hand.hpp"
#include "tools/wharf/output.hpp"
#include "translator/cases.hpp"
#include "translator/map_load.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace wharf::cli {
namespace {

namespace fs = std::filesystem;

/// The maps of a folder that have cases, and map files as they are.
std::vector<std::string> maps_of(std::vector<std::string> const& words) {
    std::vector<std::string> found;
    for (auto const& word : words) {
        std::error_code error;
        if (!fs::is_directory(word, error)) {
            found.push_back(word);
            continue;
        }
        std::vector<std::string> inside;
        for (auto const& entry : fs::recursive_directory_iterator(word, error))
            if (entry.path().extension() == ".map" &&
                fs::is_directory(fs::path(entry.path()).replace_extension(".tests"), error))
                inside.push_back(entry.path().string());
        std::ranges::sort(inside);
        found.insert(found.end(), inside.begin(), inside.end());
    }
    return found;
}

class Tester {
public:
    Tester(grammar::SchemaCache& schemas, bool update) : schemas_(schemas), update_(update) {}

    void map(std::string const& word) {
        auto const at_hand = map_at_hand(word);
        if (!at_hand) {
            trouble(at_hand.error().message);
            outcome.failed();
            return;
        }
        auto const loaded = translator::load_map(*at_hand->source, at_hand->name);
        if (!loaded) {
            print_beside(loaded.error());
            outcome.found();
            return;
        }
        auto const cases = translator::cases_of(word, loaded->format);
        if (cases.empty())
            trouble(fmt::format("{} has no cases: put them into {}", word,
                                fs::path(word).replace_extension(".tests").string()));
        for (auto const& one : cases)
            result(word, translator::run_case(one, *at_hand->source, at_hand->name, schemas_));
    }

    Outcome outcome;
    std::uint64_t passed = 0, failed = 0, updated = 0;

private:
    void result(std::string const& word, translator::CaseResult const& found) {
        auto const name = fmt::format("{}: {}", word, found.of.name);
        if (found.passed()) {
            ++passed;
            return;
        }
        if (update_ && take(found)) {
            print(fmt::format("{}: updated\n", name));
            ++updated;
            return;
        }
        ++failed;
        outcome.found();
        std::string out = fmt::format("{}: failed\n", name);
        if (!found.trouble.empty()) out += fmt::format("  {}\n", found.trouble);
        auto const list = [&](std::string_view what, std::vector<translator::Difference> const& differences) {
            if (differences.empty()) return;
            out += fmt::format("  {}\n", what);
            auto text = translator::to_text(differences);
            for (std::size_t at = 0; at < text.size();) {
                auto const end = text.find('\n', at);
                out += fmt::format("    {}\n", text.substr(at, end - at));
                at = end + 1;
            }
        };
        list("read differs:", found.reading);
        list("written differs:", found.writing);
        out += rendered(found.diagnostics, STDOUT_FILENO);
        print(out);
    }

    /// Writes what came out where it was expected. A case that goes both ways is settled by its other side: only the
    /// document follows. Errors are never taken.
    bool take(translator::CaseResult const& found) {
        if (has_errors(found.diagnostics)) return false;
        bool const document = found.of.reads && found.of.has_external;
        bool const other = found.of.writes && found.of.has_canonical && (!found.of.has_external || !found.of.reads);
        if (!found.writing.empty() && !other && found.reading.empty()) return false; // else it was written from what is replaced now
        auto const write = [&](fs::path const& path, std::string const& text) {
            auto const written = write_file_durably(path, text);
            if (!written) trouble(written.error().message);
            return written.has_value();
        };
        if (document && !found.read_text.empty()) return write(found.of.canonical, found.read_text);
        return other && !found.written_text.empty() && write(found.of.external, found.written_text);
    }

    grammar::SchemaCache& schemas_;
    bool update_;
};

} // namespace

int run(TranslatorTestCommand const& command) {
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was tested");
        return could_not_run;
    }
    grammar::SchemaCache schemas(*std::move(grammars));
    Tester tester(schemas, command.update);
    for (auto const& word : maps_of(command.files))
        tester.map(word);
    auto out = fmt::format("{} passed, {} failed", plural(tester.passed, "case"), tester.failed);
    if (tester.updated != 0) out += fmt::format(", {} updated", tester.updated);
    if (!print(out + "\n")) tester.outcome.failed();
    return tester.outcome.exit_code();
}

} // namespace wharf::cli
