// See command_line_search.cpp; for the files that build the command line, and no other.
#pragma once

#include "tools/wharf/command_line.hpp"
#include "tools/wharf/command_tree.hpp"

namespace CLI {
class App;
}

namespace wharf::cli {

/// Which files `wharf lint` is about, and which settings: --exclude, --stdin-name, --settings and so on.
void add_lint_search(CLI::App& command, LintCommand& lint);
/// The declarations as plain values.
[[nodiscard]] CommandDescription describe_command(CLI::App const& command);

} // namespace wharf::cli
