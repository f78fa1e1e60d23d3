#include "tools/wharf/command_line_views.hpp"

#include "tools/wharf/command_line_options.hpp"

#include <CLI/CLI.hpp>

namespace wharf::cli {

void ViewCommands::add_to(CLI::App& app) {
    add_show(app);
    add_difference(app);
}

void ViewCommands::add_rules(CLI::App& command, LintCommand& rules) {
    command.add_option("--release", rules.release, "Read by this release (004010) whatever GS08 says")->type_name("R");
    command.add_option("--guide", rules.guides, "Read by this partner's guide where it is for the set and its GS08; may be repeated")
        ->type_name("FILE")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    command.add_option("--partner", rules.partner, "Read by this partner's guides and what its profile makes of findings")->type_name("P");
    command.add_option("--config", configuration_, "Folder with wharf.yaml and partners/ (default: here)")->type_name("DIR")->envname("WHARF_CONFIG");
    add_grammars(command, grammars_);
}

LintCommand ViewCommands::completed(LintCommand rules) const {
    if (!grammars_.empty()) rules.grammars = grammars_;
    rules.configuration = configuration_.empty() ? "." : configuration_;
    return rules;
}

void ViewCommands::add_show(CLI::App& app) {
    auto& command = *app.add_subcommand("show", "Show X12 files as a person reads them: names, meanings of codes, tables, trees");
    add_files(command, show_.rules.files, "X12 files");
    command.add_flag("--html", show_.html, "One HTML page that needs nothing else, to be kept, printed or mailed");
    command.add_option("--width", show_.width, "Columns of the text (default: the terminal's, else 100)")->type_name("N")->check(CLI::Range(40u, 400u).description(""));
    command.add_flag("--strict", show_.rules.reporting.strict, "Warnings count: exit code 1");
    add_rules(command, show_.rules);
}

void ViewCommands::add_difference(CLI::App& app) {
    auto& command = *app.add_subcommand("diff", "Compare two X12 files by meaning: sets, loops and lines matched, not text");
    command.add_option("A", difference_.left, "X12 file; - is standard input")->required()->type_name("");
    command.add_option("B", difference_.right, "X12 file to compare it with; - is standard input")->required()->type_name("");
    command.add_flag("--envelope", difference_.envelope, "Compare the envelope too: control numbers, dates, counts, partners");
    command.add_flag("--exact", difference_.exact, "Numbers in other spelling (10 and 10.00) differ");
    add_format(command, difference_.format, "text (default) or json");
    add_rules(command, difference_.rules);
}

std::optional<Command> ViewCommands::chosen(CLI::App const& app) const {
    if (app.got_subcommand("show")) {
        auto command = show_;
        command.rules = completed(command.rules);
        return command;
    }
    if (app.got_subcommand("diff")) {
        auto command = difference_;
        command.rules = completed(command.rules);
        return command;
    }
    return std::nullopt;
}

} // namespace wharf::cli
