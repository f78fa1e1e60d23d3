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
    std::string name; // the step, as keys of extensions say it: "Total", "@currency"
    bool each = false;
    std::uint8_t rank = 0;   // single with test, each with test, single, each
    std::uint16_t order = 0; // in the map
    NodeTest test;
    SlotIndex slot = no_slot;         // its own text goes here, of the object around it
    bool dropped = false;             // read and forgotten
    Body* child = nullptr;            // an object per node …
    SlotIndex list = no_slot;         // … in this list of the current object
    std::unique_ptr<NodeScope> scope; // nodes below it, for the same object
    Origin origin;
};

/// What the nodes below one node may be.
struct NodeScope {
    PlaceId place = document_place;
    SlotIndex text = no_slot; // `text()`: the node's own text, of the same object
    std::vector<NodeClaim> claims;
    std::vector<NodeConstant> constants; // checked on reading, written where nothing else is
    /// By place, from `first_place` on: the claims of it in the order of reading (rank, then file order), as
    /// [first, last) of `reading`; and its constant plus one.
    struct Range {
        std::uint16_t first = 0, last = 0, constant = 0;
    };
    PlaceId first_place = 0;
    std::vector<Range> by_place;
    std::vector<std::uint16_t> reading;
    /// The order of writing: claims by their number, constants by theirs.
    struct Step {
        bool constant = false;
        std::uint16_t index = 0;
    };
    std::vector<Step> writing;
};
inline constexpr std::size_t single_claims_limit = 256; // of one scope

/// What no claim took: the node goes whole to the `extensions` of `object`.
struct KeptNode {
    std::uint32_t next = 0;   // of the same object, plus one
    std::uint32_t object = 0; // ObjectId
    std::uint32_t above = 0;  // the node of that object: keys begin below it
    std::uint32_t node = 0;
    bool text_only = false; // the node's own text; what stands below it was read
};

} // namespace wharf::translator
