// Which files `wharf lint` is about: those that are named, those in folders that are X12, those that patterns fit.
//
// In a folder a file counts when it begins with ISA (after blanks and a byte order mark), when it is called *.edi or *.x12, or when
// `include` of .wharf.yaml names it; hidden files and folders do not count, nor what `exclude` leaves out. A file that is named is
// taken whatever it holds, and excludes hold for it only with `force_exclude`. A folder is never entered through a link.
//
// Order: as the arguments, inside a folder by name, byte by byte. No file twice, however it was named. Limits: 1,000,000 files,
// folders 100 deep. What cannot be read is told in `troubles`; the others are still found.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "partner/lint_configuration.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wharf::linter {

struct FileSearch {
    std::vector<std::string> arguments; // files, folders, patterns such as "inbound/**/*.edi"; "-": standard input
    std::vector<std::string> exclude;   // lines of a .gitignore, from the current folder
    bool force_exclude = false;
    std::string stdin_name;             // what "-" is called, and whose .wharf.yaml holds for it; empty: none
    std::filesystem::path configuration; // this .wharf.yaml for all; empty: the one above each file
    bool no_configuration = false;
};

struct FoundFile {
    std::string name;            // as the user would say it
    std::filesystem::path path;  // absolute
    bool is_standard_input = false;
    partner::LintConfiguration const* configuration = nullptr; // owned by the search
};

struct FoundFiles {
    std::vector<FoundFile> files;
    std::vector<std::string> troubles; // one sentence each
    Diagnostics faults;                // of .wharf.yaml files; nothing below a faulty one is in `files`
};

/// `configurations` owns what the result borrows.
[[nodiscard]] FoundFiles find_files(FileSearch const& search, partner::LintConfigurations& configurations);

/// Blanks and a byte order mark aside, the bytes begin with ISA.
[[nodiscard]] bool begins_as_x12(std::string_view bytes);

} // namespace wharf::linter
