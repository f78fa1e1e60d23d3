#include "diagnostic/report_parts.hpp"

#include "base/utf8.hpp"
#include "diagnostic/printable.hpp"
#include "diagnostic/registry.hpp"

namespace wharf {

std::uint32_t end_column(Diagnostic const& diagnostic) {
    auto const& place = diagnostic.place;
    auto const& excerpt = diagnostic.excerpt;
    if (place.column == 0) return 0;
    if (place.length == 0) return place.column;
    if (diagnostic.excerpt_offset > excerpt.size() || excerpt.size() - diagnostic.excerpt_offset < place.length) return 0;
    auto const fault = std::string_view(excerpt).substr(diagnostic.excerpt_offset, place.length);
    if (fault.find_first_of("\r\n") != std::string_view::npos) return 0;
    return place.column + static_cast<std::uint32_t>(printable_cells(fault).size());
}

std::string_view name_of_code(std::string_view code) {
    auto const entry = find_code(code);
    return entry ? entry->name : std::string_view();
}

std::string message_and_help(Diagnostic const& diagnostic) {
    return diagnostic.help.empty() ? diagnostic.message : diagnostic.message + ".\n" + diagnostic.help;
}

} // namespace wharf
