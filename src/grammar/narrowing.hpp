// What a guide says of the elements of one row, compiled: looked up by position, checked without allocation. Internal to grammar/.
//
// Borrows the narrowed set's rules. Immutable; thread-safe.
#pragma once

#include "grammar/narrowed_set.hpp"
#include "syntax/x12/segment_list.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace wharf::grammar {

struct ElementRule;
struct SegmentRule;

struct Narrowing {
    NarrowedRow const* row = nullptr;
    std::uint64_t must = 0;     // element masks: bit n-1 is element n
    std::uint64_t must_not = 0;
    std::uint64_t unlisted = 0; // of use no row speaks, and the guide wants to hear of it
    std::vector<ElementNarrowing const*> elements; // by element, nullptr: nothing said; components stand in the row
    bool components = false;    // something is said of components
};

/// The component of a composite element; empty when it is shorter. Components count from 1.
[[nodiscard]] std::string_view component_of(std::string_view element, std::uint32_t component, char separator);

/// True when the components of a segment are as the guide wants them. (Pairs are rules of a guide: guide_rules.hpp.)
[[nodiscard]] bool components_are_right(Narrowing const& narrowing, SegmentRule const& rule, x12::SegmentView const& segment,
                                   x12::Delimiters const& delimiters);

} // namespace wharf::grammar
