#include "base/file.hpp"
#include "grammar/sef_import.hpp"
#include "grammar/sef_text.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"
#include "tools/wharf/report.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace wharf::cli {
namespace {

/// A guide has the name of its file.
bool name_of(std::string const& output, std::string& name) {
    std::filesystem::path const path(output);
    if (path.extension() != ".guide") {
        trouble(fmt::format("{}: a guide's file is called NAME.guide; nothing was written", output));
        return false;
    }
    name = path.stem().string();
    auto const good = !name.empty() && name[0] != '-' && name[0] != '_' &&
                      std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
    if (!good) trouble(fmt::format("{}: a guide's name has small letters, digits and hyphens, such as harbour-850.guide; nothing was written", output));
    return good;
}

} // namespace

int run(GuideImportCommand const& command) {
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was imported");
        return could_not_run;
    }
    grammar::SefOptions options{command.set, command.release, {}};
    if (!command.output.empty() && !name_of(command.output, options.name)) return could_not_run;
    auto bytes = read_file(command.file, grammar::sef_file_bytes);
    if (!bytes) {
        trouble(bytes.error().message);
        return could_not_run;
    }
    auto const made = grammar::import_sef(*std::move(bytes), command.file == "-" ? "(standard input)" : command.file, **grammars, options);
    Outcome outcome;
    outcome.add(made.report, command.reporting);
    if (made.guide.empty()) outcome.found();
    if (!made.guide.empty() && !command.output.empty()) {
        if (auto const written = write_file_durably(command.output, made.guide); !written) {
            trouble(written.error().message);
            outcome.failed();
        }
    }
    // The report goes where the guide does not.
    auto const descriptor = command.output.empty() ? STDERR_FILENO : STDOUT_FILENO;
    auto const summary = made.guide.empty() ? fmt::format("no guide was made: {}", count_words(made.report))
                                            : fmt::format("guide {} for {} of {}: {}", made.name, made.set, made.release, count_words(made.report));
    auto const text = report(made.report, {command.file}, summary, command.reporting, descriptor);
    if (command.output.empty()) {
        if (!print(made.guide)) outcome.failed();
        print_beside(text);
    } else if (!print(text)) {
        outcome.failed();
    }
    return outcome.exit_code();
}

} // namespace wharf::cli
