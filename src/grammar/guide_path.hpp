// Paths of rules (docs/grammar-language.md, "Paths") looked up in a narrowed set.
//
// A path is looked up in the block it stands in, then outward; from the set when absolute. Internal to the reading of
// guides.
#pragma once

#include "grammar/guide_facts.hpp"
#include "grammar/narrowed_set.hpp"

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace wharf::grammar {

/// The rows around a rule, outermost first; empty: the set itself.
using GuideBlock = std::vector<NarrowedRow const*>;

struct PathTarget {
    std::vector<NarrowedRow const*>
        rows; // the rows the last step leads to: one, or the variants of a place it does not tell apart
    SegmentDefinition const* segment = nullptr;
    std::optional<ElementFacts> facts; // of the element or the pair; nothing for a segment

    /// What a row says of the element or pair of the path; an empty rule when it says nothing.
    [[nodiscard]] static ValueRule rule_in(NarrowedRow const& row, RulePath const& path);
};

/// Also completes the path: qualifiers get their element, a lone pair the segment of its block.
[[nodiscard]] std::expected<PathTarget, GuideFault> resolve_path(RulePath& path, NarrowedSet const& set,
                                                                 GuideBlock const& block, Grammars const& grammars);

/// The rows of the place `number` (1: the first) of a segment among `rows`; empty when there is none. Variants stand
/// together.
struct PlaceRange {
    std::size_t begin = 0, end = 0;
    [[nodiscard]] bool empty() const { return begin == end; }
};
[[nodiscard]] PlaceRange find_place(std::vector<NarrowedRow> const& rows, std::string_view segment,
                                    std::uint32_t number, std::optional<Area> area = std::nullopt,
                                    std::optional<bool> loop = std::nullopt);

/// "850/N9 and 850/PO1/N9": where the set has a segment; empty when nowhere.
[[nodiscard]] std::string places_in_set(NarrowedSet const& set, std::string_view segment);
/// "(the set has it as …)" or the nearest name among `rows`: for a segment that was not found.
[[nodiscard]] std::string place_hint(NarrowedSet const& set, std::vector<NarrowedRow> const& rows,
                                     std::string_view segment, Grammars const& grammars);

} // namespace wharf::grammar
