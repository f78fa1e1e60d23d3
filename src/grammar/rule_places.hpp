// Where the rules of a guide read: each path is looked up in the schema once, and while a set is passed the segments it leads to are
// noted once for all rules. Internal to the running of rules.
//
//     RuleScope    a block: the stretches of the set from a segment to where its loop ends
//     RuleSlot     what a path leads to: the segments that stand there
//     RuleReading  a path in a rule: a slot, read inside the scope in which the path was found
//
// Memory follows the segments that rules speak of; time the segments, times the slots at their rows.
#pragma once

#include "grammar/hierarchy.hpp"
#include "grammar/schema.hpp"
#include "grammar/value_rule.hpp"
#include "syntax/x12/segment_list.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// A stretch of segments: [begin, end).
struct RuleExtent {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

struct RuleScope {
    enum class Kind : std::uint8_t { set, loop, segment, tree };
    Kind kind = Kind::set;
    NodeIndex first = 0;       // the row that begins it; of `tree`: an HL, with all below it
    std::vector<char> inside;  // loop: by node
    std::vector<RuleExtent> extents; // of the set at hand, in order
    /// The stretch that holds the segment; nothing when none does.
    [[nodiscard]] RuleExtent const* at(std::uint32_t segment) const;
};

/// A condition on the way of a path that only data can answer.
struct StepCheck {
    enum class Where : std::uint8_t { self, loop, tree };
    Where where = Where::self;
    std::uint16_t loop = 0;   // loop: whose first segment is asked; tree: the HL loop
    std::uint32_t up = 0;     // tree: so many parents up
    std::vector<QualifierTest> tests;
    std::int32_t counter = -1; // or: the count of this step is right
};

/// `(3)`: counts the occurrences of a step in what it stands in.
struct StepCounter {
    std::uint32_t wanted = 0;
    std::uint32_t parent_begin = ~0u;
    std::uint32_t count = 0;
};

/// Does the segment have the value?
[[nodiscard]] bool qualifier_holds(QualifierTest const& test, x12::SegmentView const& segment, char component_separator);

struct RuleSlot {
    RulePath const* path = nullptr;
    struct Target {
        NodeIndex node = no_node;
        std::vector<StepCheck> checks;
    };
    std::vector<Target> targets;
    std::uint8_t element = 0, component = 0;
    std::string_view pair;     // "UP", "*"
    ValueType type;            // of the element
    bool repeats = false;      // the element may repeat
    bool is_segment() const { return element == 0 && pair.empty(); }
    std::vector<std::uint32_t> hits; // of the set at hand: segments, in order
};

struct RuleReading {
    static constexpr std::uint32_t none = 0xffffffff;
    std::uint32_t slot = none;
    std::uint32_t scope = none;
};

class RulePlaces {
public:
    RulePlaces(Schema const& schema, Hierarchy const& hierarchy) : schema_(schema), hierarchy_(hierarchy) {}

    // While compiling.

    /// Looks the path up in the block of `node`, then outward. No slot: it leads nowhere (guides refuse such a path).
    [[nodiscard]] RuleReading resolve(RulePath const& path, NodeIndex node);
    /// The slot and scope of the path without its last step, for effects on a segment inside a loop; none when it has one step.
    [[nodiscard]] RuleReading resolve_parent(RulePath const& path, NodeIndex node);
    /// The block of a row: its loop, or the segment; of node 0 the set.
    [[nodiscard]] std::uint32_t block_of(NodeIndex node);
    /// Where the last step of a path is looked for inside a row of the step before it: the row's block, of an HL above an HL all
    /// that stands below it.
    [[nodiscard]] std::uint32_t block_below(NodeIndex node, RulePath const& path);
    void finish();

    // Of a set.

    void pass(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes);
    /// Without noting anything: for_each_value() and node() speak of this set.
    void look_at(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes) {
        set_ = &set;
        nodes_ = &nodes;
    }
    [[nodiscard]] RuleScope const& scope(std::uint32_t index) const { return scopes_[index]; }
    [[nodiscard]] RuleSlot const& slot(std::uint32_t index) const { return slots_[index]; }
    [[nodiscard]] std::span<std::uint32_t const> hits(std::uint32_t slot, RuleExtent extent) const;
    [[nodiscard]] x12::SegmentList const& set() const { return *set_; }
    [[nodiscard]] NodeIndex node(std::uint32_t segment) const { return (*nodes_)[segment]; }
    [[nodiscard]] Schema const& schema() const { return schema_; }

    /// Every value the slot has at one of its segments, empty ones left out; `take` returns true to stop.
    template <class Take> bool for_each_value(RuleSlot const& slot, std::uint32_t segment, Take&& take) const;
    /// So many segments were asked for values: shows that no rule reads the set again and again.
    [[nodiscard]] std::uint64_t asked() const { return asked_; }

private:
    struct Candidate {
        NodeIndex node;
        std::vector<StepCheck> checks;
    };
    using Candidates = std::vector<Candidate>;
    struct Block { // where a path may be looked up
        NodeIndex own = no_node; // its own segment; no_node: the set
        std::uint16_t loop = 0;  // whose rows are looked at
        bool has_rows = true;
    };

    [[nodiscard]] Candidates find(Block const& block, RulePath const& path, std::size_t steps);
    [[nodiscard]] Candidates find_tree(NodeIndex hl, RulePath const& path, std::size_t steps);
    [[nodiscard]] Candidates walk(Candidates from, RulePath const& path, std::size_t step, std::size_t steps);
    [[nodiscard]] Candidates rows(std::uint16_t loop, PathStep const& step, std::vector<StepCheck> const& before);
    [[nodiscard]] bool take(NodeIndex node, PathStep const& step, std::vector<StepCheck> const& before, Candidates& out);
    [[nodiscard]] RuleReading resolve(RulePath const& path, NodeIndex node, std::size_t steps, bool value);
    [[nodiscard]] std::uint32_t add_scope(RuleScope::Kind kind, NodeIndex first);
    [[nodiscard]] std::uint32_t add_slot(RulePath const& path, Candidates candidates, bool value);
    [[nodiscard]] bool is_hl(NodeIndex node) const { return schema_.segments()[schema_.nodes()[node].segment].definition->id == "HL"; }

    [[nodiscard]] bool passes(RuleSlot::Target const& target, std::uint32_t segment) const;
    [[nodiscard]] bool passes(StepCheck const& check, NodeIndex node, std::uint32_t segment) const;
    void count(std::uint32_t segment, NodeIndex node);
    void close_scopes();
    void close_trees(RuleScope& scope) const;

    Schema const& schema_;
    Hierarchy const& hierarchy_;
    std::vector<RuleScope> scopes_;
    std::vector<RuleSlot> slots_;
    std::vector<StepCounter> counters_;

    struct Hook {
        std::uint32_t slot = 0;
        std::uint32_t target = 0;
    };
    struct CounterHook {
        NodeIndex node = 0;
        std::uint32_t counter = 0;
        std::vector<StepCheck> checks;
    };
    std::vector<std::vector<Hook>> hooks_by_node_; // while compiling
    std::vector<Hook> hooks_;
    std::vector<std::uint32_t> hook_begin_; // by node
    std::vector<CounterHook> counter_hooks_;
    std::vector<std::vector<std::uint32_t>> scopes_by_node_;
    std::vector<char> busy_;   // by node: something is noted there
    bool needs_loops_ = false; // some check asks the first segment of a loop

    mutable std::uint64_t asked_ = 0;
    x12::SegmentList const* set_ = nullptr;
    std::vector<NodeIndex> const* nodes_ = nullptr;
    std::vector<std::uint32_t> loop_begin_; // by loop: its first segment, while passing
};

template <class Take> bool RulePlaces::for_each_value(RuleSlot const& slot, std::uint32_t segment, Take&& take) const {
    ++asked_;
    auto const view = (*set_)[segment];
    if (!slot.pair.empty()) {
        auto const& definition = *schema_.rule_of(node(segment)).definition;
        for (std::uint32_t at = definition.pairs_from; at != 0 && at < definition.pairs_to && at < view.element_count(); at += 2)
            if ((slot.pair == "*" || view.element(at) == slot.pair) && !view.element(at + 1).empty() && take(view.element(at + 1), at + 1))
                return true;
        return false;
    }
    auto const whole = view.element(slot.element);
    if (whole.empty())
        return false;
    auto const repetition = set_->delimiters().repetition;
    bool const repeats = slot.repeats && repetition != '\0';
    for (std::size_t at = 0; at <= whole.size();) {
        auto const end = repeats ? std::min(whole.find(repetition, at), whole.size()) : whole.size();
        auto one = whole.substr(at, end - at);
        at = end + 1;
        for (std::uint8_t skip = 1; skip < slot.component; ++skip) {
            auto const separator = one.find(set_->delimiters().component);
            one = separator == std::string_view::npos ? std::string_view() : one.substr(separator + 1);
        }
        if (slot.component != 0)
            one = one.substr(0, one.find(set_->delimiters().component));
        if (!one.empty() && take(one, std::uint32_t{slot.element}))
            return true;
    }
    return false;
}

} // namespace wharf::grammar
