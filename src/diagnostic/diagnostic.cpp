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

bool has_errors(Diagnostics const& diagnostics) {
    return std::ranges::any_of(diagnostics, [](Diagnostic const& d) { return d.severity == Severity::error; });
}

void sort_by_offset(Diagnostics& diagnostics) {
    std::ranges::stable_sort(diagnostics, {}, [](Diagnostic const& d) { return d.place.offset; });
}

} // namespace wharf
