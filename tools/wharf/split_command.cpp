#include "base/byte_source.hpp"
#include "linter/split.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/folder_sink.hpp"
#include "tools/wharf/output.hpp"

#include <fmt/format.h>

namespace wharf::cli {
namespace {

linter::SplitBy by(SplitCommand const& command) {
    return command.by == SplitCommand::By::set ? linter::SplitBy::set : command.by == SplitCommand::By::group ? linter::SplitBy::group : linter::SplitBy::interchange;
}

/// False: the medium or the folder failed, and going on makes no sense.
bool split_one(std::string const& file, linter::Splitter& splitter, Outcome& outcome, std::uint64_t& files) {
    auto source = open_byte_source(file);
    if (!source) {
        outcome.failed();
        trouble(source.error().message);
        return true;
    }
    auto const stem = file == "-" ? std::string("stdin") : std::filesystem::path(file).stem().string();
    auto const result = splitter.split(*std::move(source), file == "-" ? "(standard input)" : file, stem);
    if (!result) {
        outcome.failed();
        trouble(result.error().message + "; the files written before are whole");
        return false;
    }
    files += result->files;
    if (result->interchanges == 0) {
        outcome.found();
        trouble(fmt::format("{} is not an X12 interchange: it is {}", file, result->what));
        return true;
    }
    print_beside(result->findings);
    outcome.add(result->findings, {});
    if (result->suppressed > 0) outcome.found();
    if (result->left_out > 0) {
        outcome.found();
        trouble(fmt::format("{}: {} outside any transaction set left out", file, plural(result->left_out, "part")));
    }
    return true;
}

} // namespace

int run(SplitCommand const& command) {
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was split");
        return could_not_run;
    }
    FolderSink sink(command.into, command.overwrite);
    if (auto const opened = sink.open(); !opened) {
        trouble(opened.error().message);
        return could_not_run;
    }
    grammar::SchemaCache schemas(*std::move(grammars));
    linter::Splitter splitter(schemas, by(command), sink);
    Outcome outcome;
    std::uint64_t files = 0;
    for (auto const& file : command.files)
        if (!split_one(file, splitter, outcome, files)) break;
    if (!print(fmt::format("{} written into {}\n", plural(files, "file"), command.into.string()))) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
