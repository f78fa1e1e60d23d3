#include "base/replace_file.hpp"
#include "linter/layout.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"

#include <fmt/format.h>

namespace wharf::cli {
namespace {

class Formatter {
public:
    explicit Formatter(FormatCommand const& command, grammar::SchemaCache& schemas) : command_(command), schemas_(schemas) {}

    void format(std::string const& file) {
        auto const read = read_for_replacement(file, command_.max_bytes);
        if (!read) {
            outcome_.failed();
            trouble(unreadable(read.error()));
            return;
        }
        auto const made = command_.wire ? Result<std::string>(linter::wire_form(read->content)) : linter::lay_out(read->content, schemas_);
        if (!made) {
            outcome_.found();
            trouble(fmt::format("cannot lay out {}: {}", file, made.error().message));
            return;
        }
        if (!command_.wire && !linter::is_laid_out(read->content) && linter::without_indentation(read->content) != read->content)
            trouble(fmt::format("note: {} was indented by hand; --wire will give it back without that", file));
        if (command_.check)
            check(file, *made == read->content);
        else if (command_.write && read->is_replaceable())
            replace(*read, *made);
        else if (!print(*made))
            outcome_.failed();
    }
    [[nodiscard]] int exit_code() const { return outcome_.exit_code(); }

private:
    void check(std::string const& file, bool is_right) {
        if (is_right) return;
        outcome_.found();
        if (!print(file + "\n")) outcome_.failed();
    }
    void replace(ReadFile const& read, std::string const& made) {
        if (made == read.content) return;
        if (auto const written = replace_file(read, made); !written) {
            outcome_.failed();
            trouble(written.error().message);
        }
    }

    FormatCommand const& command_;
    grammar::SchemaCache& schemas_;
    Outcome outcome_;
};

} // namespace

int run(FormatCommand const& command) {
    grammar::SchemaCache schemas(*grammar::Grammars::open());
    Formatter formatter(command, schemas);
    for (auto const& file : command.files)
        formatter.format(file);
    return formatter.exit_code();
}

} // namespace wharf::cli
