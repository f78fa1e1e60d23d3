// The external half of a plan for formats that are trees of nodes: which claim takes a node, and into which slot or
// object it goes. The X12 counterpart is Scope, Claim and Use in plan.hpp; map language §5 is the same for both.
//
// A Body (plan.hpp) of such a map has `nodes` in place of `scope` and `use`.
#pragma once

#include "translator/plan.hpp"
#include "translator/source_tree.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace wharf::translator {

/// `[@name=X]`, `[Child=X]`: of the node that a claim takes.
struct NodeTest {
    std::vector<PlaceId> path; // from the node down to the deciding field
    std::string text;          // must be this
    [[nodiscard]] bool present() const { return !path.empty(); }
};

struct NodeConstant {
    PlaceId place = document_place;
    std::string text;
    Origin origin;
    Direction direction = Direction::both;
    std::shared_ptr<ConditionTest const> when; // of a written one; null: always
};

struct NodeScope;

struct NodeClaim {
    PlaceId place = unnamed_place;
    bool each = false;
    std::uint8_t rank = 0;   // single with test, each with test, single, each
    std::uint16_t order = 0; // in the map
    NodeTest test;
    SlotIndex slot = no_slot;         // its own text goes here; of a claim with neither slot, child nor scope: dropped
    Body* child = nullptr;            // an object per node …
    SlotIndex list = no_slot;         // … in this list of the current object
    std::unique_ptr<NodeScope> scope; // nodes below it, for the same object
    Origin origin;
};

/// What the nodes below one node may be.
struct NodeScope {
    PlaceId place = document_place;
    std::vector<NodeClaim> claims;       // in the order of writing
    std::vector<NodeConstant> constants; // checked on reading, written where nothing else is
    /// By place: the claims of it in the order of reading (rank, then file order), as [first, last) of `reading`.
    struct Range {
        PlaceId place = unnamed_place;
        std::uint16_t first = 0, last = 0;
    };
    std::vector<Range> by_place; // sorted by place
    std::vector<std::uint16_t> reading;
};

/// What no claim took: the node goes whole to the `extensions` of `object`.
struct KeptNode {
    std::uint32_t next = 0;   // of the same object, plus one
    std::uint32_t object = 0; // ObjectId
    std::uint32_t above = 0;  // the node of that object: keys begin below it
    std::uint32_t node = 0;
};

} // namespace wharf::translator
