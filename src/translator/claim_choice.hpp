// Which claim of a row takes a segment (docs/map-language.md §5): one rule for the reader, which asks it of what came
// in, and for the writer, which asks it of what it made, so that nothing is written that would be read as something else.
#pragma once

#include "translator/plan.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace wharf::translator {

/// Claims of a scope that have had their one segment.
using UsedBits = std::array<std::uint64_t, used_words>;

[[nodiscard]] constexpr std::uint64_t element_bit(unsigned element) {
    return element == 0 || element > 64 ? 0 : std::uint64_t{1} << (element - 1);
}

[[nodiscard]] inline bool is_used(Claim const& claim, UsedBits const& used) {
    return (used[claim.used / 64] >> (claim.used % 64) & 1) != 0;
}
inline void set_used(Claim const& claim, UsedBits& used) {
    if (!claim.each) used[claim.used / 64] |= std::uint64_t{1} << (claim.used % 64);
}

/// False for a segment whose qualifier fits and which holds nothing that the claim reads: taken, it would be gone
/// without a word. Bit n-1 of `filled`: element n is not empty.
[[nodiscard]] inline bool has_a_value_for(Claim const& claim, std::uint64_t filled) {
    auto const& use = claim.use;
    if (use.fields.empty() && use.runs.empty()) return true; // a `-` line: it is meant to take what says nothing
    for (auto const& field : use.fields)
        if ((filled & element_bit(field.element)) != 0) return true;
    return !use.runs.empty() && (filled & use.mask & ~element_bit(claim.test.element)) != 0;
}

/// The claim among those of a row, in their order, that takes the segment; nullptr where none does and it is kept as
/// an extension. `element(n)` gives the text of element n; `loop`: the segment begins a loop.
template <class Claims, class Element>
[[nodiscard]] auto claim_for(Claims const& claims, UsedBits const& used, std::uint64_t filled, bool loop,
                             Element const& element) -> Claim* {
    PackedText text;
    unsigned packed = ~0U; // the element that `text` is of: most claims of a row ask for the same
    for (auto* const claim : claims) {
        if (!claim->each && is_used(*claim, used)) continue;
        if (claim->test.present) {
            if (packed != claim->test.element) {
                packed = claim->test.element;
                text = PackedText(element(packed));
            }
            if (!claim->test.accepts(text)) continue;
            bool const single = !loop && !claim->each && claim->child == nullptr;
            if (single && !has_a_value_for(*claim, filled)) continue;
        }
        return claim;
    }
    return nullptr;
}

} // namespace wharf::translator
