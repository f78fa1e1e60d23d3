// The X3 rule of segments, as a plain function. Internal to syntax/x12; Spirit stays in segment_rule.cpp.
#pragma once

#include "syntax/x12/block.hpp"

#include <cstdint>
#include <vector>

namespace wharf::x12 {

struct SegmentScan {
    char const* text = nullptr; // what positions count from
    std::uint32_t size = 0;     // bytes there are; a position here is the end of the text
    Delimiters delimiters;
    std::uint32_t at = 0;                  // where the next segment begins; left behind the last one read
    std::uint32_t const* positions = nullptr; // all of the index
    std::uint32_t next = 0;      // index of the first of them at or behind `at`
    std::vector<Segment>* segments = nullptr;
    bool any_segment = false;    // the next one is taken whatever its id is …
    bool single = false;         // … and no further one
    bool done = false;           // the single one was taken
    bool inside_segment = false; // the index ended inside a segment: nothing of it is kept
};

/// segments = { segment }                                  until one that is not ordinary: an envelope segment, filler, binary data
/// segment  = { field, element separator }, field, segment terminator                   (X12.5 §5; a field may be empty)
///
/// Advances `terminator`, one of DelimiterIndex::terminators() at or behind `at`, behind the last one taken. Single line breaks behind a
/// terminator are passed over.
void parse_segments(std::uint32_t const*& terminator, std::uint32_t const* last, SegmentScan& scan);

/// False for a segment that ends or interrupts a run of ordinary ones: ST SE GS GE ISA IEA, BIN BDS. `text` has four bytes.
[[nodiscard]] inline bool is_ordinary_id(char const* text, Delimiters const& delimiters) {
    auto const ends = [&](char c) { return c == delimiters.element || c == delimiters.segment; };
    switch (text[0]) {
    case 'S':
        return (text[1] != 'T' && text[1] != 'E') || !ends(text[2]);
    case 'G':
        return (text[1] != 'S' && text[1] != 'E') || !ends(text[2]);
    case 'I': // ISA may bring another separator
        return (text[1] != 'S' && text[1] != 'E') || text[2] != 'A';
    case 'B':
        return (text[1] != 'I' || text[2] != 'N') && (text[1] != 'D' || text[2] != 'S');
    default:
        return true;
    }
}

} // namespace wharf::x12
