#include "grammar/structure_search.hpp"

#include <algorithm>

namespace wharf::grammar {
namespace {

// Measured over every set of every release (tests/property/recovery_test.cpp): further back, longer or more readings find no
// better explanations.
constexpr std::size_t step_back = 8;        // at least as far before a surprise other readings begin (at most twice that)
constexpr std::size_t wait = 8;             // segments without cost until the cheapest reading is taken
constexpr std::size_t every_way_after = 4;  // so long behind a surprise a segment that fits may still be the stray
constexpr std::size_t longest_search = 256; // segments; then the cheapest is taken and the search begins anew from there
constexpr std::size_t most_readings = 16;
constexpr std::size_t same_segment_distance = 4;

// Costs: a finding is a unit; the rest decides between equals, in this order.
constexpr std::uint32_t unit = 64;
constexpr std::uint32_t surplus_cost = unit + 2;
constexpr std::uint32_t later_place_cost = 1;
constexpr std::uint32_t stray_that_fits_cost = unit + 8; // plus how far back, at most 7
constexpr std::uint32_t stray_cost = unit + 16;
constexpr std::uint32_t further_stray_cost = unit / 2;   // of a run, which is one finding
constexpr std::uint32_t late_cost = unit + 20;
constexpr std::uint32_t missing_head_cost = unit + 22;
constexpr std::uint32_t behind_cost = unit / 2;          // the loop's place was passed
constexpr std::uint32_t same_segment_cost = 4;           // the other half of a segment that stands elsewhere
constexpr std::uint32_t margin = 2 * unit + unit / 2;    // dearer readings are given up

} // namespace

std::uint16_t loop_around(Schema const& schema, NodeIndex node) {
    auto const& row = schema.nodes()[node];
    return row.starts_loop ? schema.loops()[row.loop].parent : row.loop;
}

bool is_ahead(Schema const& schema, NodeIndex node, std::uint16_t loop) {
    auto const open = schema.nodes()[node].loop;
    if (schema.is_inside(open, loop))
        return true;
    return schema.is_inside(open, schema.loops()[loop].parent) && schema.loops()[loop].first > node;
}

StructureSearch::StructureSearch(Schema const& schema, x12::SegmentList const& set) : schema_(schema), set_(set) {
    slots_.reserve(set.size());
    for (std::size_t i = 0; i < set.size(); ++i)
        slots_.push_back(schema.find_segment(set[i].id()));
    ends_with_se_ = !set.empty() && set.back().id() == "SE";
}

bool StructureSearch::is_full(State const& state, NodeIndex node) const {
    auto const& row = schema_.nodes()[node];
    auto const most = row.place == no_place ? row.max : schema_.places()[row.place].max;
    if (most == 0)
        return false;
    auto const depth = schema_.loops()[row.loop].depth;
    auto const count = !row.starts_loop ? state.row_count : depth < deepest ? state.loop_counts[depth] : 0;
    return count >= most;
}

/// One more occurrence of a loop that is open, as one of its variants.
bool StructureSearch::repeats_loop(NodeIndex from, NodeIndex head) const {
    if (!schema_.nodes()[head].starts_loop)
        return false;
    auto const wanted = schema_.representative(head);
    for (auto loop = schema_.nodes()[from].loop; loop != 0; loop = schema_.loops()[loop].parent)
        if (schema_.representative(schema_.loops()[loop].first) == wanted)
            return true;
    return false;
}

void StructureSearch::stand_at(State& state, NodeIndex node, bool repeats) const {
    auto const& row = schema_.nodes()[node];
    auto const count = [&](std::uint32_t& counter) { counter = repeats ? counter + 1 : 1; };
    if (!row.starts_loop)
        count(state.row_count);
    else if (auto const depth = schema_.loops()[row.loop].depth; depth < deepest)
        count(state.loop_counts[depth]);
    state.node = node;
    state.surplus = state.surplus && repeats;
    state.in_run = false;
}

std::vector<Decision> StructureSearch::run() {
    auto const size = slots_.size();
    decisions_.assign(size, {});
    if (size == 0)
        return {};
    decisions_[0].node = 0;
    struct Checkpoint {
        State state;
        std::size_t next = 1; // the segment read from there
    };
    State state;
    Checkpoint older;
    Checkpoint newer;
    for (std::size_t i = 1; i < size;) {
        if (i >= newer.next + step_back) {
            older = newer;
            newer = {state, i};
        }
        if (slots_[i] < 0) {
            decisions_[i++].reading = Reading::foreign;
            continue;
        }
        auto const step = schema_.step(state.node, static_cast<std::uint16_t>(slots_[i]));
        if (is_clean(state, step)) {
            auto const node = variant_of(step.node, i);
            stand_at(state, node, step.repeats);
            decisions_[i++].node = node;
            continue;
        }
        state = older.state;
        i = search(older.next, i, state);
        older = newer = {state, i};
    }
    return std::move(decisions_);
}

/// Decides the segments from `from`; returns the one behind the last decided. `state` is the state before, then behind them.
std::size_t StructureSearch::search(std::size_t from, std::size_t surprise, State& state) {
    trail_.assign(1, {});
    readings_.assign(1, {});
    readings_[0].state = state;
    readings_[0].last_paid = static_cast<std::uint32_t>(surprise);
    std::size_t i = from;
    for (;;) {
        next_.clear();
        bool const every_way = i <= readings_[0].last_paid + every_way_after; // of the cheapest
        for (auto const& reading : readings_)
            expand(reading, i, every_way);
        prune();
        std::swap(readings_, next_);
        for (auto& reading : readings_) {
            trail_.push_back({reading.trail, reading.decision});
            reading.trail = static_cast<std::uint32_t>(trail_.size() - 1);
        }
        ++i;
        auto const& best = readings_[0];
        bool const decided = i > surprise && (readings_.size() == 1 || i > best.last_paid + wait);
        if (decided || i == slots_.size() || i - from >= longest_search) {
            commit(best, from, i);
            state = best.state;
            return i;
        }
    }
}

void StructureSearch::commit(Hypothesis const& best, std::size_t from, std::size_t end) {
    auto step = best.trail;
    for (auto i = end; i-- > from; step = trail_[step].previous)
        decisions_[i] = trail_[step].decision;
}

/// The cheapest first, those without hope left out.
void StructureSearch::prune() {
    auto const cheaper = [](Hypothesis const& a, Hypothesis const& b) { return a.cost < b.cost; };
    auto const best = std::ranges::min_element(next_, cheaper);
    std::swap(*best, next_.front());
    auto const limit = next_.front().cost + margin;
    std::erase_if(next_, [&](Hypothesis const& reading) { return reading.cost > limit; });
    if (next_.size() > most_readings) {
        std::ranges::nth_element(next_.begin() + 1, next_.begin() + most_readings, next_.end(), cheaper);
        next_.resize(most_readings);
    }
}

/// Readings that stand at the same row come together: the cheaper stays.
void StructureSearch::offer(Hypothesis hypothesis) {
    for (auto& other : next_) {
        if (other.state.node != hypothesis.state.node)
            continue;
        if (hypothesis.cost < other.cost)
            other = hypothesis;
        return;
    }
    next_.push_back(hypothesis);
}

void StructureSearch::expand(Hypothesis const& from, std::size_t index, bool every_way) {
    ++followed_;
    if (slots_[index] < 0) { // unknown segments never move the state
        auto same = from;
        same.decision = {no_node, Reading::foreign};
        offer(same);
        return;
    }
    auto const step = schema_.step(from.state.node, static_cast<std::uint16_t>(slots_[index]));
    bool const clean = is_clean(from.state, step);
    bool const full = step.node != no_node && step.repeats && is_full(from.state, step.node);
    if (full)
        read_surplus(from, index, step);
    else if (step.node != no_node)
        read_on(from, index, variant_of(step.node, index), Reading::plain, step.repeats, 0);
    bool const closes_the_set = ends_with_se_ && index + 1 == slots_.size() && step.node != no_node; // never a stray
    if (closes_the_set || (clean && !every_way))
        return;
    read_stray(from, index, clean);
    read_elsewhere(from, index, clean);
}

/// Stands at a row: pays for the mandatory rows between, but for one that was a stray just before.
void StructureSearch::read_on(Hypothesis const& from, std::size_t index, NodeIndex node, Reading reading, bool repeats,
                              std::uint32_t cost) {
    auto next = from;
    auto const pay_for_missing = [&](std::vector<NodeIndex> const& rows) {
        for (auto const row : rows) {
            auto const slot = schema_.nodes()[row].segment;
            bool const was_stray = next.debt.kind == Debt::Kind::stray && next.debt.slot == slot && index <= next.debt.at + same_segment_distance;
            cost += was_stray ? same_segment_cost : unit;
            next.debt = {was_stray ? Debt::Kind::none : Debt::Kind::missing, slot, static_cast<std::uint32_t>(index)};
        }
    };
    auto const at = from.state.node;
    auto const step = schema_.step(at, schema_.nodes()[node].segment);
    if (reading == Reading::plain && step.node == schema_.representative(node) && !step.skips_mandatory) {
        // nothing between
    } else if (reading == Reading::plain || reading == Reading::surplus) {
        pay_for_missing(schema_.skipped(at, node));
    } else if (reading == Reading::missing_head) {
        auto const loop = loop_around(schema_, node);
        auto const head = schema_.loops()[loop].first;
        if (is_ahead(schema_, at, loop))
            pay_for_missing(schema_.skipped(at, head));
        else
            cost += behind_cost;
        pay_for_missing(schema_.skipped(head, node));
    }
    if (reading == Reading::missing_head) {
        auto const loop = loop_around(schema_, node);
        stand_at(next.state, schema_.loops()[loop].first, repeats_loop(at, schema_.loops()[loop].first));
    }
    stand_at(next.state, node, repeats);
    next.state.surplus = reading == Reading::surplus;
    if (reading == Reading::surplus && cost != 0) // what is one too many here may be missing further on
        next.debt = {Debt::Kind::stray, schema_.nodes()[node].segment, static_cast<std::uint32_t>(index)};
    next.cost += cost;
    if (cost >= unit / 2)
        next.last_paid = static_cast<std::uint32_t>(index);
    next.decision = {node, reading};
    offer(next);
}

void StructureSearch::read_surplus(Hypothesis const& from, std::size_t index, Schema::Step const& step) {
    auto const node = variant_of(step.node, index);
    bool const paid = from.state.surplus && schema_.representative(from.state.node) == step.node;
    read_on(from, index, node, Reading::surplus, true, paid ? 0 : surplus_cost);
    if (auto const later = next_place(from.state, step.node, index); later != no_node)
        read_on(from, index, later, Reading::plain, repeats_loop(from.state.node, later), later_place_cost);
}

/// The next place of the segment beyond one that is full, as a reader finds it: onward in each open loop, then that loop anew.
NodeIndex StructureSearch::next_place(State const& state, NodeIndex full, std::size_t index) const {
    auto const slot = static_cast<std::uint16_t>(slots_[index]);
    auto loop = schema_.nodes()[state.node].loop;
    NodeIndex from = schema_.nodes()[state.node].starts_loop ? 0 : schema_.representative(state.node);
    bool passed = false; // the full one
    for (;;) {
        for (auto const place : schema_.places_of(slot)) {
            if (loop_around(schema_, place) != loop || place < from)
                continue;
            if (schema_.representative(place) == full)
                passed = true;
            else if (passed)
                return variant_of(place, index);
        }
        if (loop == 0)
            return no_node;
        auto const head = schema_.representative(schema_.loops()[loop].first);
        if (schema_.nodes()[head].segment == slot) {
            if (head == full)
                passed = true;
            else if (passed && !is_full(state, schema_.loops()[loop].first))
                return variant_of(head, index);
        }
        from = static_cast<NodeIndex>(schema_.loops()[loop].first + 1); // behind the loop; other variants of its place stand nowhere else
        loop = schema_.loops()[loop].parent;
    }
}

/// At a row that was left, or in a loop whose first segment is missing.
void StructureSearch::read_elsewhere(Hypothesis const& from, std::size_t index, bool only_heads) {
    auto const at = from.state.node;
    auto const open = schema_.nodes()[at].loop;
    auto const slot = static_cast<std::uint16_t>(slots_[index]);
    for (auto const place : schema_.places_of(slot)) {
        if (variant_of(place, index) != place)
            continue;
        auto const loop = loop_around(schema_, place);
        bool const is_open = schema_.is_inside(open, loop);
        bool const inside_it = repeats_loop(at, place);
        if (!only_heads && is_open && place < at && !inside_it) {
            bool const was_missing = from.debt.kind == Debt::Kind::missing && from.debt.slot == slot && index <= from.debt.at + same_segment_distance;
            read_on(from, index, place, Reading::late, false, was_missing ? same_segment_cost : late_cost);
        }
        if (loop != 0 && (is_open || schema_.is_inside(open, schema_.loops()[loop].parent)))
            read_on(from, index, place, Reading::missing_head, false, missing_head_cost);
    }
}

void StructureSearch::read_stray(Hypothesis const& from, std::size_t index, bool clean) {
    auto next = from;
    auto const slot = static_cast<std::uint16_t>(slots_[index]);
    auto const distance = from.last_paid > index ? from.last_paid - index : 0;
    bool const was_missing = from.debt.kind == Debt::Kind::missing && from.debt.slot == slot && index <= from.debt.at + same_segment_distance;
    next.cost += was_missing         ? same_segment_cost
                 : from.state.in_run ? further_stray_cost
                 : clean             ? stray_that_fits_cost + static_cast<std::uint32_t>(std::min<std::size_t>(distance, 7))
                                     : stray_cost;
    next.debt = {was_missing ? Debt::Kind::none : Debt::Kind::stray, slot, static_cast<std::uint32_t>(index)};
    next.state.in_run = true;
    next.last_paid = static_cast<std::uint32_t>(index);
    next.decision = {no_node, Reading::stray};
    offer(next);
}

} // namespace wharf::grammar
