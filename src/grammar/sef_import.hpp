// A guideline in SEF (Standard Exchange Format, .sef) as a guide of ours: `wharf guide import`.
//
// The guide says what the file narrows in one transaction set of one release, `beyond` where it goes further than the standard, and
// nothing that read_guide would refuse. What cannot be said in a guide is in the report, with its line and column in the file
// (docs/guides.md, "From a SEF file"). Function without state, thread-safe; limits: sef_text.hpp, sef_file.hpp.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/dictionary.hpp"

#include <string>

namespace wharf::grammar {

struct SefOptions {
    std::string set;     // of several in the file; empty: the only one
    std::string release; // whatever .INI says; empty: that
    std::string name;    // of the guide; empty: made from the name in .INI
};

struct SefImport {
    std::string guide; // its text; empty: nothing could be made, and the report says why
    std::string name, set, release;
    Diagnostics report;  // SEF-00xx, in the file's order
};

/// `bytes` are the file, `file_name` its name for messages.
[[nodiscard]] SefImport import_sef(std::string bytes, std::string const& file_name, Grammars const& grammars, SefOptions const& options = {});

} // namespace wharf::grammar
