// Options that several commands share, for the files that build the command line with CLI11: command_line*.cpp and no other.
#pragma once

#include "tools/wharf/command_line.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}

namespace wharf::cli {

/// FILE…, required.
void add_files(CLI::App& command, std::vector<std::string>& files, std::string const& what);
/// --format text|json
CLI::Option* add_format(CLI::App& command, Format& format, std::string const& help);
/// --grammars DIR
void add_grammars(CLI::App& command, std::string& folder);
/// --max-size SIZE
void add_size(CLI::App& command, std::uint64_t& bytes, std::string const& help = "Refuse larger files (default 1 GiB); 500kB, 64MB, 2GB");

} // namespace wharf::cli
