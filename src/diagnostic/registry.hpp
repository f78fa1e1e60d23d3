// The registry of diagnostic codes: what `wharf explain CODE` prints and what every finding takes its severity from.
//
// One file per code, src/diagnostic/codes/CODE.md, embedded in the binary:
//
//     # X12-0402 code-not-in-list
//     severity: error
//
//     What it means, why it matters, what to do. Plain text, paragraphs.
//
//     ## Bad
//     N1*S9*ACME~
//
//     ## Good
//     N1*ST*ACME~
//
// Entries live as long as the process. Thread-safe after first use.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace wharf {

struct CodeEntry {
    std::string_view code; // "X12-0402"
    std::string_view name; // "code-not-in-list"
    Severity severity = Severity::error;
    std::string_view explanation; // up to the first "##"
    std::string_view bad;         // empty when the fault cannot be shown in a line
    std::string_view good;
};

/// Nothing when there is no such code.
[[nodiscard]] std::optional<CodeEntry> find_code(std::string_view code);
/// All codes, sorted.
[[nodiscard]] std::vector<CodeEntry> all_codes();

/// A diagnostic of this code with the registry's severity. The code must exist (a bug otherwise: asserted).
[[nodiscard]] Diagnostic make_diagnostic(std::string_view code, std::string message, std::string help = {});

} // namespace wharf
