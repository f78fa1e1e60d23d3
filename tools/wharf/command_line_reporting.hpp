// See command_line_reporting.cpp; for the files that build the command line, and no other.
#pragma once

#include "tools/wharf/command_line.hpp"

namespace CLI {
class App;
}

namespace wharf::cli {

/// --format, --strict, --quiet, --statistics, --colour
void add_reporting(CLI::App& command, Reporting& reporting);

} // namespace wharf::cli
