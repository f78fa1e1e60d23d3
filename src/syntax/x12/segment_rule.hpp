// The X3 rule of one segment, as a plain function. Internal to syntax/x12; Spirit stays in segment_rule.cpp.
#pragma once

#include "syntax/x12/delimiters.hpp"

#include <cstdint>
#include <string_view>

namespace wharf::x12 {

struct SegmentScan {
    char const* window = nullptr;          // what the positions count from
    std::uint32_t text_end = 0;            // position of the end of the text, if it is inside the window
    std::uint32_t shift = 0;               // added to each position written: window begin minus list base
    Delimiters delimiters;
    std::uint32_t* ends = nullptr;         // where the ends of id and elements are written
};

/// segment = field, { element separator, field }, terminator          (X12.5 §5; a field may be empty)
///
/// Advances `position` past the terminator and `scan.ends` past the last end written. False, with nothing advanced,
/// when the window ends before the terminator.
[[nodiscard]] bool parse_segment(std::uint32_t const*& position, std::uint32_t const* last, SegmentScan& scan);

} // namespace wharf::x12
