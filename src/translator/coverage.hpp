// What a compiled map covers, both ways, and which law it keeps: the report of `wharf translator check`.
#pragma once

#include "translator/plan.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace wharf::translator {

/// What law 2 of docs/map-language.md says of the map: does what was read come back as it was?
enum class LawClass : std::uint8_t {
    exact,       // byte for byte, in normal order
    normal_form, // one spelling of several
    one_way,     // some lines go one way only
};

struct Coverage {
    // of the other side: elements of the grammar or guide that a line reads; what is not read goes to `extensions`
    std::size_t external_read = 0, external_all = 0;
    std::vector<std::string> external_unread; // "850/PO1/CTP: 04, 09 to 11", "850/PO1/SLN: all"
    // of the schema: members that a line writes
    std::size_t members_written = 0, members_all = 0;
    std::vector<std::string> members_unwritten; // "lines[].taxes[]"
    LawClass law = LawClass::exact;
    std::vector<std::string> reasons; // of the class: "common.map:12 totals.line_count is only read"
};

[[nodiscard]] Coverage coverage_of(Plan const& plan);

/// One line for people: "reads 412 of 980 elements (42 %), writes 230 of 260 members (88 %); normal form".
[[nodiscard]] std::string summary(Coverage const& coverage);

} // namespace wharf::translator
