// Renderers: one list of diagnostics, several faces. Pure functions to text; nothing here prints.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf {

struct TextStyle {
    bool colour = false;
    unsigned width = 100; // long segments are cut around the fault to fit
    bool wrap = false;    // places and help too are broken into lines: on a terminal
};

/// Like a compiler's messages: code and message, place, the segment with the fault underlined, help.
[[nodiscard]] std::string render_text(Diagnostics const& diagnostics, TextStyle const& style = {});

/// The array of `wharf lint --format json`: {code, severity, message, help, file, offset, length, interchange, group,
/// transaction, loop, segment_id, segment_position, element, component, value, path, line, column, related}; absent parts are left out; no
/// findings are "[]". Ends with a newline.
[[nodiscard]] std::string render_json(Diagnostics const& diagnostics);

struct CountedCode {
    std::string code;
    Severity severity = Severity::error;
    std::uint64_t count = 0;
};

/// The most frequent first, of equals by code.
[[nodiscard]] std::vector<CountedCode> by_frequency(CodeCounts const& counts);
/// A line for each code: how often, code, severity, name.
[[nodiscard]] std::string render_statistics(CodeCounts const& counts);
/// The same as an array of {code, name, severity, count}.
[[nodiscard]] std::string render_statistics_json(CodeCounts const& counts);

/// A file that was looked at, whether something was found or not.
struct CheckedFile {
    std::string name; // as in the findings' places
    std::uint64_t interchanges = 0, sets = 0;
    std::uint64_t suppressed = 0; // findings that are not in the list
    std::string trouble;          // why it could not be read, or not to its end; empty: it could
};

/// What other programs take in. Borrows its parts.
struct Report {
    Diagnostics const& diagnostics;
    std::vector<CheckedFile> const& files; // in order; findings of a file that is not listed are reported all the same
    bool strict = false;                   // warnings count like errors
    std::string_view version = {};         // of Wharf
};

/// SARIF 2.1.0 (OASIS), one run: the rules that were broken, a result for each finding with bytes, lines and related places, the
/// files, and why one could not be read. A result's fingerprint stays when other lines of the file change.
[[nodiscard]] std::string render_sarif(Report const& report);

/// Workflow commands of GitHub Actions, a line for each finding: ::error file=po.x12,line=6,col=12,title=X12-0306::…
[[nodiscard]] std::string render_github(Report const& report);

/// JUnit XML: a suite for each file, a case for each transaction set with findings, for the envelope, and one when all is well. A
/// case fails when it has an error (with `strict`: or a warning); other findings stand in its output.
[[nodiscard]] std::string render_junit(Report const& report);

} // namespace wharf
