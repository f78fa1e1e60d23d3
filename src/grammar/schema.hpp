// The compiled schema of one transaction set in one release: flat arrays that the validator and the translator walk.
//
// Immutable after compile(); shared by all threads. Borrows names and code lists from its Dictionary, which it keeps
// alive. See docs/validator.md for the reasons of the layout.
#pragma once

#include "grammar/dictionary.hpp"
#include "grammar/narrowed_set.hpp"
#include "grammar/narrowing.hpp"
#include "grammar/schema_tables.hpp"
#include "syntax/x12/segment_list.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

using NodeIndex = std::uint16_t;
inline constexpr NodeIndex no_node = 0xffff;

enum class ElementClass : std::uint8_t { text, id, digits, decimal, date, time, binary, composite };

/// What one element position of a segment (or one component) must be.
struct ElementRule {
    std::uint32_t min = 0;
    std::uint32_t max = 0;
    ElementClass kind = ElementClass::text;
    std::uint8_t implied_decimals = 0; // of type Nn
    bool mandatory = false;
    std::uint32_t max_repeat = 1;               // 0: unlimited
    CodeList const* codes = nullptr;            // internal list, else nullptr
    ElementDefinition const* definition = nullptr;      // nullptr for a composite
    CompositeDefinition const* composite = nullptr;
    std::vector<ElementRule> components;        // of a composite
};

struct NoteRule {
    SyntaxNote const* note = nullptr;
    std::uint64_t mask = 0;  // bit n-1: element n
    std::uint64_t first = 0; // bit of the first element named (C and L)
};

/// The element table of a segment at a place. Without a guide every place of a segment id shares one.
struct SegmentRule {
    std::uint32_t packed_id = 0; // pack_id(id)
    SegmentDefinition const* definition = nullptr;
    std::uint64_t mandatory = 0; // bit n-1: element n
    std::vector<ElementRule> elements;
    std::vector<NoteRule> notes;
};

inline constexpr std::uint16_t no_place = 0xffff;

/// One row of the set: a place where a segment may stand. With a guide, each variant of a row (N1[ST], N1[BY]) is a node of its
/// own, loops with everything inside them; step() leads to the first variant of a place, variant_of() from there to the right one.
struct Node {
    std::uint16_t segment = 0; // index into segments(), by id
    std::uint16_t rule = 0;    // index into rules(): the element table at this node
    std::uint16_t place = no_place; // index into places(): the row has variants
    std::uint16_t loop = 0;    // index into loops(): the loop the row stands in (its own loop for a first segment)
    std::uint32_t min = 0;     // 1 for a mandatory row; more only by a guide
    std::uint32_t max = 1;     // 0: unlimited; of a loop's first segment: occurrences of the loop
    bool mandatory = false;    // of a loop's first segment: the loop is
    bool starts_loop = false;
    bool forbidden = false;    // by a guide: no occurrence is right (use `-`, or not mentioned unless `unlisted allow`)
    bool unlisted = false;     // forbidden because the guide does not mention it
    Area area = Area::heading;
    SetRow const* row = nullptr;
    NarrowedRow const* narrowed = nullptr; // what a guide says of it; never nullptr after compile()
};

/// Variants of one row, told apart by the values of their qualifiers; at most one is right for a segment.
struct VariantPlace {
    std::vector<NodeIndex> variants; // in guide order; the first stands for the place in `rows` of its loop and in step()
    NodeIndex others = no_node;      // the row without brackets, one of `variants`; every place has one
    std::uint32_t max = 1;           // of the grammar: all variants together; 0: unlimited, or a guide goes beyond it
    // How most places are told apart: by the values of one element.
    std::uint8_t element = 0;        // 0: they need Schema::variant_of
    CodeTable values;
    std::vector<NodeIndex> by_value; // as CodeTable::find counts them
};

struct Loop {
    std::uint16_t parent = 0;  // loop 0, the set itself, is its own parent
    NodeIndex first = 0;       // the segment that starts it (of loop 0: ST)
    std::vector<NodeIndex> rows; // direct rows in order: segments, and first segments of inner loops; without `first`
    std::string path;          // "850/PO1/N1"
    std::uint16_t depth = 0;   // of loop 0: 0
    std::vector<NodeIndex> required = {}; // those of `rows` that must stand
};

[[nodiscard]] constexpr std::uint32_t pack_id(std::string_view id) {
    std::uint32_t packed = 0;
    for (std::size_t i = 0; i < id.size() && i < 4; ++i)
        packed |= static_cast<std::uint32_t>(static_cast<unsigned char>(id[i])) << (8 * i);
    return packed;
}

/// "[ST]", "[002,010]", "[A,SAC02=C310]"; empty for a row without qualifiers. `key`: of the segment.
[[nodiscard]] std::string qualifiers_in_brackets(NarrowedRow const& row, std::uint8_t key);

class Schema {
public:
    /// The set must come from `dictionary`, which is kept alive. Fails with `invalid` when the grammar files do not fit
    /// together (a set naming an unknown segment): a broken overlay, never the data.
    [[nodiscard]] static Result<std::shared_ptr<Schema const>> compile(SetDefinition const& set,
                                                                       std::shared_ptr<Dictionary const> dictionary);

    /// The same with a guide. The schema keeps the narrowed set alive.
    [[nodiscard]] static Result<std::shared_ptr<Schema const>> compile(std::shared_ptr<NarrowedSet const> set);

    [[nodiscard]] SetDefinition const& set() const { return *set_; }
    [[nodiscard]] NarrowedSet const& narrowed() const { return *narrowed_; }
    [[nodiscard]] Dictionary const& dictionary() const { return *dictionary_; }
    [[nodiscard]] std::vector<Node> const& nodes() const { return nodes_; } // in standard order: node 0 is ST, the last is SE
    [[nodiscard]] std::vector<Loop> const& loops() const { return loops_; }
    /// By segment id: what the grammar says, never a guide.
    [[nodiscard]] std::vector<SegmentRule> const& segments() const { return segments_; }
    /// By Node::rule: what holds at a node.
    [[nodiscard]] std::vector<SegmentRule> const& rules() const { return rules_; }
    /// The grammar's rule, widened where the guide goes beyond it. What the guide narrows: narrowing_of().
    [[nodiscard]] SegmentRule const& rule_of(NodeIndex node) const { return rules_[nodes_[node].rule]; }
    /// By Node::rule: what a guide says of the elements; nullptr when it says nothing.
    [[nodiscard]] Narrowing const* narrowing_of(std::uint16_t rule) const {
        return rule < segments_.size() ? nullptr : &narrowings_[rule - segments_.size()];
    }
    [[nodiscard]] std::vector<VariantPlace> const& places() const { return places_; }
    /// The node that stands for a row in `rows` of its loop and in step(): the first of its variants, else itself.
    [[nodiscard]] NodeIndex representative(NodeIndex node) const {
        return nodes_[node].place == no_place ? node : places_[nodes_[node].place].variants.front();
    }
    /// True when the row, or one of the variants it stands for, must be there.
    [[nodiscard]] bool must_stand(NodeIndex representative) const;
    /// The variant that takes this segment, from any node of its place; the node itself where the row has no variants.
    [[nodiscard]] NodeIndex variant_of(NodeIndex node, x12::SegmentView const& segment, char component_separator = '>') const;

    /// The same facts for the fast path; internal to the validator.
    [[nodiscard]] SchemaTables const& tables() const { return tables_; }

    /// Index of a segment id among segments(); -1 when the set does not use it.
    [[nodiscard]] int find_segment(std::uint32_t packed_id) const;
    [[nodiscard]] int find_segment(std::string_view id) const {
        return id.size() > 3 ? -1 : find_segment(pack_id(id));
    }

    /// One step of a correct reader: from the row of the segment just read to the row where the next one stands.
    struct Step {
        NodeIndex node = no_node; // no_node: the segment has no place from here
        bool skips_mandatory = false;
        bool repeats = false; // one more of the same row, or one more occurrence of the loop it starts
        bool leaves = false;  // rows with minimum counts are left: see left()
    };
    [[nodiscard]] Step step(NodeIndex from, std::uint16_t segment) const {
        return steps_[static_cast<std::size_t>(from) * segments_.size() + segment];
    }

    /// The mandatory rows (the first variant of a place whose variants include a mandatory one) that stand between two rows and are stepped over when a reader goes from one to the other.
    [[nodiscard]] std::vector<NodeIndex> skipped(NodeIndex from, NodeIndex to) const;

    /// The rows (of variants the first) that have been read and are left behind for good on the way from one to the other, and
    /// that a guide wants a number of. `to` is a node that step() gives.
    [[nodiscard]] std::vector<NodeIndex> left(NodeIndex from, NodeIndex to) const;
    /// The same for each row in turn, until `holds` says false of one.
    template <class Predicate> [[nodiscard]] bool all_left(NodeIndex from, NodeIndex to, Predicate&& holds) const {
        auto const parent = nodes_[to].starts_loop ? loops_[nodes_[to].loop].parent : nodes_[to].loop;
        auto loop = nodes_[from].loop;
        auto row = representative(from);
        bool at_first = nodes_[from].starts_loop; // nothing of the loop has been read
        for (;;) {
            if (!at_first && row == to)
                return true;
            if (!at_first && is_counted(row) && !holds(row))
                return false;
            if ((loop == parent && (at_first || to > row)) || loop == 0)
                return true;
            row = representative(loops_[loop].first);
            loop = loops_[loop].parent;
            at_first = false;
        }
    }
    /// True when the number of occurrences of the row, or of one of its variants, must be looked at when it is left.
    [[nodiscard]] bool is_counted(NodeIndex representative) const;
    /// True when this many occurrences of the row are not too few; an optional row may also be absent.
    [[nodiscard]] bool is_enough(NodeIndex node, std::uint32_t count) const;

    /// "850/PO1/N1" for a row; the path of the segment at that row. Loops and rows narrowed by qualifiers have them in brackets.
    [[nodiscard]] std::string path(NodeIndex node) const;
    /// The rows of a segment id (index into segments()), in order.
    [[nodiscard]] std::vector<NodeIndex> const& places_of(std::uint16_t segment) const { return places_of_[segment]; }
    /// True when `loop` is `ancestor` or stands inside it.
    [[nodiscard]] bool is_inside(std::uint16_t loop, std::uint16_t ancestor) const;

private:
    friend class SchemaCompiler;
    SetDefinition const* set_ = nullptr;
    std::shared_ptr<Dictionary const> dictionary_;
    std::vector<Node> nodes_;
    std::vector<Loop> loops_;
    std::vector<SegmentRule> segments_;
    std::vector<SegmentRule> rules_;
    std::vector<VariantPlace> places_;
    std::vector<Narrowing> narrowings_; // of the rules behind those of segments_
    std::vector<std::unique_ptr<CodeList const>> widened_; // lists that a guide goes beyond
    std::shared_ptr<NarrowedSet const> narrowed_;
    std::vector<Step> steps_;
    SchemaTables tables_;
    std::vector<std::vector<NodeIndex>> places_of_; // by segment
};

/// Compiled schemas, made on first use and kept. Thread-safe.
class SchemaCache {
public:
    explicit SchemaCache(std::shared_ptr<Grammars const> grammars);
    ~SchemaCache();
    /// The schema of set `set_id` in a listed release; nullptr when that release has no such set.
    [[nodiscard]] std::shared_ptr<Schema const> get(std::string_view release, std::string_view set_id);
    /// The schema of a guide's set, which it keeps alive; told by its address. nullptr when it cannot be compiled: a bug.
    [[nodiscard]] std::shared_ptr<Schema const> get(std::shared_ptr<NarrowedSet const> const& set);
    [[nodiscard]] Grammars const& grammars() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::grammar
