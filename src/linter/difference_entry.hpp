// What tells the things of one kind in a loop from each other, and which of two lists belong together. Internal to diff.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wharf::linter {

/// A segment, or an occurrence of a loop.
struct DifferenceEntry {
    std::uint64_t hash = 0;       // of all that it says
    std::string number;           // of a line
    std::vector<std::string> ids; // of an item: "UP 614141000012"
    std::string qualifier;        // "ST" of N1*ST, the kind of a level
    bool has_levels = false;      // levels stand below it
};

struct DifferencePair {
    std::uint32_t left = 0, right = 0;
};

/// Pairs in the order of the left list: the same through and through, then same number and items, same item where it stands once,
/// same number, and what has neither by qualifiers and order. Near linear.
[[nodiscard]] std::vector<DifferencePair> match_entries(std::vector<DifferenceEntry> const& left, std::vector<DifferenceEntry> const& right);

/// Of pairs in the order of the left list: true for those that must have moved for the right list to be in its order; as few as can be.
[[nodiscard]] std::vector<bool> moved_pairs(std::vector<DifferencePair> const& pairs);

} // namespace wharf::linter
