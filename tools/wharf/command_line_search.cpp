#include "tools/wharf/command_line_search.hpp"

#include <CLI/CLI.hpp>

namespace wharf::cli {

void add_lint_search(CLI::App& command, LintCommand& lint) {
    command.add_option("--exclude", lint.exclude, "Leave these out of folders: a line of a .gitignore, such as archive/ or *.bak; may be repeated")
        ->type_name("PATTERN")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    command.add_flag("--force-exclude", lint.force_exclude, "Excludes hold for files that are named too");
    command.add_option("--stdin-name", lint.stdin_name, "What standard input is called in findings, and whose .wharf.yaml holds for it")->type_name("FILE");
    auto* settings = command.add_option("--settings", lint.settings, "This .wharf.yaml for all files, not the one above each")->type_name("FILE");
    command.add_flag("--no-settings", lint.no_settings, "No .wharf.yaml at all")->excludes(settings);
    command.add_flag("--show-settings", lint.show_settings, "Print what holds for each file and where it was said, and check nothing");
}

CommandDescription describe_command(CLI::App const& command) {
    CommandDescription made{command.get_name(), command.get_description(), {}, {}};
    for (auto const* option : command.get_options()) {
        OptionDescription described;
        described.is_positional = option->get_positional();
        if (described.is_positional) described.names.push_back(option->get_name(true));
        else {
            for (auto const& name : option->get_lnames()) described.names.push_back("--" + name);
            for (auto const& name : option->get_snames()) described.names.push_back("-" + name);
        }
        if (option->get_expected_max() != 0) described.value = option->get_type_name();
        described.description = option->get_description();
        described.is_repeatable = option->get_expected_max() > 1 || option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
        described.is_required = option->get_required();
        made.options.push_back(std::move(described));
    }
    for (auto const* inner : command.get_subcommands([](CLI::App const*) { return true; })) made.commands.push_back(describe_command(*inner)); // as deep as the declarations
    return made;
}

} // namespace wharf::cli
