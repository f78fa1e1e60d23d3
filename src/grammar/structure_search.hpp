// Finds the cheapest explanation of a set whose segments do not follow the grammar: for each segment whether it stands at a row,
// or is a stray. Internal to grammar/; structure_walk words what is found here.
//
// Reads plainly while it can. At a surprise it steps back a few segments and follows several readings side by side, each paying
// for the findings it would make, until one is clearly the cheapest or all have come together. The number of readings, how far
// it steps back and how long it waits are fixed, so that time and memory are linear in the set's segments, whatever they are.
//
// With a guide a row may have variants: a segment stands at the one that takes it, all of a place are counted together. What a guide
// says of a variant's own count, or of rows not used, is no question of place: structure_walk sees to it afterwards.
#pragma once

#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace wharf::grammar {

enum class Reading : std::uint8_t {
    plain,        // stands at `node`; mandatory rows stepped over are missing
    surplus,      // stands at `node`, beyond its maximum
    late,         // stands at `node`, a row that was left already
    missing_head, // stands at `node`, the first segment of whose loop is missing
    stray,        // has no place
    foreign,      // its id is none of the set's
};

struct Decision {
    NodeIndex node = no_node;
    Reading reading = Reading::plain;
};

class StructureSearch {
public:
    /// Borrows both for its life.
    StructureSearch(Schema const& schema, x12::SegmentList const& set);

    /// One decision per segment; the first is ST, plain.
    [[nodiscard]] std::vector<Decision> run();
    /// Index of each segment's id among the schema's segments; -1: none.
    [[nodiscard]] std::vector<int> const& slots() const { return slots_; }
    /// So many readings were followed by one segment: what the surprises cost, beside reading plainly.
    [[nodiscard]] std::uint64_t followed() const { return followed_; }

private:
    static constexpr std::size_t deepest = 12; // levels of loops whose occurrences are counted

    struct State {
        NodeIndex node = 0;
        bool surplus = false; // beyond its maximum, paid for
        bool in_run = false;  // the segment before was a stray
        std::uint32_t row_count = 1;
        std::array<std::uint32_t, deepest> loop_counts{};
    };
    /// A stray or a missing row just paid for: the other of the two, near by, is the same segment and free.
    struct Debt {
        enum class Kind : std::uint8_t { none, stray, missing } kind = Kind::none;
        std::uint16_t slot = 0;
        std::uint32_t at = 0;
    };
    struct Hypothesis {
        State state;
        Debt debt;
        std::uint32_t cost = 0;
        std::uint32_t last_paid = 0;   // segment at which it last paid
        std::uint32_t trail = 0;       // its last step
        Decision decision;
    };
    struct TrailStep {
        std::uint32_t previous = 0;
        Decision decision;
    };

    /// The variant of the row that takes the segment.
    [[nodiscard]] NodeIndex variant_of(NodeIndex node, std::size_t index) const {
        return schema_.nodes()[node].place == no_place ? node : schema_.variant_of(node, set_[index], set_.delimiters().component);
    }
    [[nodiscard]] bool repeats_loop(NodeIndex from, NodeIndex head) const;
    [[nodiscard]] bool is_full(State const& state, NodeIndex node) const;
    [[nodiscard]] bool is_clean(State const& state, Schema::Step const& step) const {
        return step.node != no_node && !step.skips_mandatory && !(step.repeats && is_full(state, step.node));
    }
    void stand_at(State& state, NodeIndex node, bool repeats) const;
    std::size_t search(std::size_t from, std::size_t surprise, State& state);
    void expand(Hypothesis const& from, std::size_t index, bool every_way);
    void read_on(Hypothesis const& from, std::size_t index, NodeIndex node, Reading reading, bool repeats, std::uint32_t cost);
    void read_surplus(Hypothesis const& from, std::size_t index, Schema::Step const& step);
    void read_elsewhere(Hypothesis const& from, std::size_t index, bool only_heads);
    void read_stray(Hypothesis const& from, std::size_t index, bool clean);
    void offer(Hypothesis hypothesis);
    void prune();
    void commit(Hypothesis const& best, std::size_t from, std::size_t end);
    [[nodiscard]] NodeIndex next_place(State const& state, NodeIndex full, std::size_t index) const;

    Schema const& schema_;
    x12::SegmentList const& set_;
    std::vector<int> slots_;
    bool ends_with_se_ = false;
    std::vector<Decision> decisions_;
    std::vector<Hypothesis> readings_;
    std::vector<Hypothesis> next_;
    std::vector<TrailStep> trail_;
    std::uint64_t followed_ = 0;
};

/// The loop whose direct row the node is: of a first segment the loop around its own.
[[nodiscard]] std::uint16_t loop_around(Schema const& schema, NodeIndex node);
/// From `node`, the loop can be entered further on: its first segment stands ahead in an open loop, or it is open itself.
[[nodiscard]] bool is_ahead(Schema const& schema, NodeIndex node, std::uint16_t loop);

} // namespace wharf::grammar
