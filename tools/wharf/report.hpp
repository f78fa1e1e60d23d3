// What a check says on standard output, in the format that was asked for.
#pragma once

#include "diagnostic/render.hpp"
#include "tools/wharf/command_line.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::cli {

struct Checked {
    Diagnostics const& diagnostics;
    std::vector<CheckedFile> const& files;
    CodeCounts const& counts; // of --statistics
    std::string_view summary; // "2 files: no findings"; empty: nothing was checked
    int descriptor = 1;       // where it will be printed: a terminal has colours and a width
};

/// Text with its summary, unless `quiet`; or what other programs read, for which there is always a document, if an empty one.
[[nodiscard]] std::string report(Checked const& checked, Reporting const& reporting);
/// The same for files of ours: guides, maps, profiles, documents.
[[nodiscard]] std::string report(Diagnostics const& diagnostics, std::vector<std::string> const& files, std::string_view summary,
                                 Reporting const& reporting, int descriptor = 1);

} // namespace wharf::cli
