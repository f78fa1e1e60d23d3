#include "tools/wharf/command_line_files.hpp"

#include "tools/wharf/command_line_options.hpp"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

namespace wharf::cli {

void add_mending(CLI::App& lint, LintCommand& command) {
    lint.add_flag("--fix", command.mending.fix,
                  "Mend in place what says nothing: ISA widths, surplus separators and terminators, byte-order marks, wrapped lines; from standard input to "
                  "standard output. Data never changes");
    lint.add_flag("--diff", command.mending.diff, "Show what --fix would change, write nothing, with --fix too; exit code 1 when something would change");
    lint.add_flag("--unsafe-fixes", command.mending.unsafe,
                  "With --fix or --diff: counts and trailer numbers too (SE, GE, IEA, CTT01). A wrong count is often the only sign of lost data");
}

void FileCommands::add_to(CLI::App& app, std::string& grammars) {
    add_format_command(app);
    add_statistics(app, grammars);
    add_split(app, grammars);
    add_redact(app, grammars);
}

void FileCommands::add_format_command(CLI::App& app) {
    auto& command = *app.add_subcommand("fmt", "Lay X12 files out: one segment a line, loops indented; and back to the very bytes");
    add_files(command, format_.files, "X12 files");
    command.add_flag("--wire", format_.wire, "Back to the form they were sent in, byte for byte (without indentation made by hand)");
    auto* const check = command.add_flag("--check", format_.check, "Write nothing; name the files that are not in the form asked for, exit code 1");
    command.add_flag("--write,-w", format_.write, "Replace each file instead of printing it")->excludes(check);
    add_size(command, format_.max_bytes);
}

void FileCommands::add_statistics(CLI::App& app, std::string& grammars) {
    auto& command = *app.add_subcommand("stat", "Count what X12 files hold: partners, sets, segments, codes, sizes");
    add_files(command, statistics_.files, "X12 files");
    add_format(command, statistics_.format, "text (default) or json");
    add_grammars(command, grammars);
}

void FileCommands::add_split(CLI::App& app, std::string& grammars) {
    auto& command = *app.add_subcommand("split", "Write each transaction set of X12 files into a file of its own, with its envelope");
    add_files(command, split_.files, "X12 files");
    command.add_option("--into", split_.into, "Folder for the files; made when it is not there")->type_name("DIR")->required();
    command
        .add_option_function<std::string>(
            "--by",
            [this](std::string const& word) {
                using By = SplitCommand::By;
                if (word == "set") split_.by = By::set;
                else if (word == "group") split_.by = By::group;
                else if (word == "interchange") split_.by = By::interchange;
                else throw CLI::ValidationError("--by", word + " is none of set, group, interchange");
            },
            "What goes into one file: a set (default), a group or an interchange")
        ->type_name("set|group|interchange");
    command.add_flag("--overwrite", split_.overwrite, "Replace files that are there");
    add_grammars(command, grammars);
}

void FileCommands::add_redact(CLI::App& app, std::string& grammars) {
    auto& command = *app.add_subcommand("redact", "Replace names, addresses, prices and texts, so that files can be shown to others");
    add_files(command, redact_.files, "X12 files");
    command.add_option("--into", redact_.into, "Folder for the files, each under its own name; without it one file goes to standard output")->type_name("DIR");
    command.add_flag("--identifiers", redact_.identifiers, "Replace identifiers too: order and invoice numbers, product numbers, account numbers");
    command.add_flag("--envelope", redact_.envelope, "Replace the identifiers of sender and receiver in ISA and GS too");
    command
        .add_option("--key-file", redact_.key_file,
                    "Key by which values are replaced, so that a later run gives the same; made when it is not there (default: a new key for this run, kept nowhere)")
        ->type_name("FILE");
    command.add_flag("--overwrite", redact_.overwrite, "Replace files that are in DIR");
    add_grammars(command, grammars);
    add_size(command, redact_.max_bytes);
}

std::optional<Command> FileCommands::chosen(CLI::App const& app, std::optional<std::filesystem::path> const& grammars) const {
    if (app.got_subcommand("fmt"))
        return format_;
    if (app.got_subcommand("stat")) {
        auto command = statistics_;
        command.grammars = grammars;
        return command;
    }
    if (app.got_subcommand("split")) {
        auto command = split_;
        command.grammars = grammars;
        return command;
    }
    if (app.got_subcommand("redact")) {
        auto command = redact_;
        command.grammars = grammars;
        return command;
    }
    return std::nullopt;
}

} // namespace wharf::cli
