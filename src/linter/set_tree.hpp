// One transaction set as a tree: which segments belong to which occurrence of which loop, HL levels below their parents.
//
// Made of what the validator has found (the row of each segment); a segment without a place belongs to the occurrence that is open
// where it stands, and a set without a grammar is one occurrence. Borrows the item's segments and schema. Linear in the segments;
// levels deeper than limits::hierarchy_depth become siblings of the deepest. One object may be filled again and again.
#pragma once

#include "grammar/interchange.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wharf::linter {

/// One occurrence of a loop, or (index 0) the set itself.
struct Occurrence {
    static constexpr std::uint32_t none = 0xffffffff;
    grammar::NodeIndex node = grammar::no_node; // the row of its first segment
    std::uint32_t begin = 0;                    // its first segment
    std::uint32_t end = 0;                      // behind its last; levels below an HL stand behind it and are its children all the same
    std::uint32_t parent = none;
    std::uint32_t first_child = none; // children in the order of the file
    std::uint32_t last_child = none;
    std::uint32_t next = none;
    std::uint16_t level = 0;          // of an HL: how deep in the tree of levels, from 1
};

class SetTree {
public:
    /// A part of an occurrence: one of its own segments, or a child.
    struct Part {
        bool is_segment = true;
        std::uint32_t index = 0;
    };

    /// `item` is a transaction_set whose part stays valid while the tree is used.
    void build(grammar::Item const& item);

    [[nodiscard]] std::vector<Occurrence> const& occurrences() const { return occurrences_; }
    /// The occurrence a segment belongs to.
    [[nodiscard]] std::uint32_t owner(std::uint32_t segment) const { return owners_[segment]; }
    /// What an occurrence holds, in the order of the file; levels below an HL come last.
    [[nodiscard]] std::vector<Part> parts(std::uint32_t occurrence) const;
    [[nodiscard]] grammar::NodeIndex node_of(std::uint32_t segment) const {
        return nodes_ == nullptr ? grammar::no_node : (*nodes_)[segment];
    }

private:
    void open(std::uint32_t segment, grammar::NodeIndex node);
    void close(std::uint32_t segment);
    void place_levels();
    void link_children();

    x12::SegmentList const* segments_ = nullptr;
    grammar::Schema const* schema_ = nullptr;
    std::vector<grammar::NodeIndex> const* nodes_ = nullptr;
    std::vector<Occurrence> occurrences_;
    std::vector<std::uint32_t> owners_;
    std::vector<std::uint32_t> open_;
    std::vector<std::uint32_t> levels_; // occurrences that begin with HL
};

} // namespace wharf::linter
