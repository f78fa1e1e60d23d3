#include "diagnostic/diagnostic.hpp"

#include <algorithm>

namespace wharf {

std::string_view to_string(Severity severity) {
    switch (severity) {
    case Severity::error:
        return "error";
    case Severity::warning:
        return "warning";
    case Severity::info:
        return "info";
    }
    return "error";
}

void add_count(CodeCounts& counts, std::string const& code, Severity severity, std::uint64_t count) {
    auto& counted = counts.try_emplace(code, CodeCount{severity, 0}).first->second;
    counted.severity = std::min(counted.severity, severity); // an error outweighs a warning
    counted.count += count;
}

CodeCounts count_codes(Diagnostics const& diagnostics) {
    CodeCounts counts;
    for (auto const& diagnostic : diagnostics)
        add_count(counts, diagnostic.code, diagnostic.severity);
    return counts;
}

bool has_errors(Diagnostics const& diagnostics) {
    return std::ranges::any_of(diagnostics, [](Diagnostic const& d) { return d.severity == Severity::error; });
}

void sort_by_offset(Diagnostics& diagnostics) {
    std::ranges::stable_sort(diagnostics, {}, [](Diagnostic const& d) { return d.place.offset; });
}

} // namespace wharf
