#include "grammar/rule_places.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace wharf::grammar {
namespace {

bool share_a_value(std::vector<std::string> const& a, std::vector<std::string> const& b) {
    return a.empty() || b.empty() || std::ranges::any_of(a, [&](std::string const& value) { return std::ranges::find(b, value) != b.end(); });
}

} // namespace

bool qualifier_holds(QualifierTest const& test, x12::SegmentView const& segment, char component_separator) {
    auto value = segment.element(test.element);
    if (test.component != 0) {
        for (std::uint8_t skip = 1; skip < test.component; ++skip) {
            auto const separator = value.find(component_separator);
            value = separator == std::string_view::npos ? std::string_view() : value.substr(separator + 1);
        }
        value = value.substr(0, value.find(component_separator));
    }
    return test.values.empty() ? !value.empty() : std::ranges::find(test.values, value) != test.values.end();
}

RuleExtent const* RuleScope::at(std::uint32_t segment) const {
    auto const after = std::ranges::upper_bound(extents, segment, {}, &RuleExtent::begin);
    if (after == extents.begin() || std::prev(after)->end <= segment)
        return nullptr;
    return &*std::prev(after);
}

// ---- compiling

std::uint32_t RulePlaces::add_scope(RuleScope::Kind kind, NodeIndex first) {
    for (std::size_t i = 0; i < scopes_.size(); ++i)
        if (scopes_[i].kind == kind && scopes_[i].first == first)
            return static_cast<std::uint32_t>(i);
    RuleScope scope;
    scope.kind = kind;
    scope.first = first;
    if (kind == RuleScope::Kind::loop) {
        auto const loop = schema_.nodes()[first].loop;
        for (auto const& node : schema_.nodes())
            scope.inside.push_back(schema_.is_inside(node.loop, loop) ? 1 : 0);
        scope.inside[first] = 0; // begins the next
    }
    scopes_.push_back(std::move(scope));
    return static_cast<std::uint32_t>(scopes_.size() - 1);
}

std::uint32_t RulePlaces::block_of(NodeIndex node) {
    if (node == 0)
        return add_scope(RuleScope::Kind::set, 0);
    return add_scope(schema_.nodes()[node].starts_loop ? RuleScope::Kind::loop : RuleScope::Kind::segment, node);
}

std::uint32_t RulePlaces::block_below(NodeIndex node, RulePath const& path) {
    return is_hl(node) && path.steps.back().segment == "HL" ? add_scope(RuleScope::Kind::tree, node) : block_of(node);
}

/// Adds the row when the qualifiers of its variant and of the step can both hold; what only data can tell becomes a check.
bool RulePlaces::take(NodeIndex node, PathStep const& step, std::vector<StepCheck> const& before, Candidates& out) {
    auto const& row = schema_.nodes()[node];
    auto const& definition = *schema_.segments()[row.segment].definition;
    if (definition.id != step.segment)
        return false;
    StepCheck check;
    for (auto test : step.qualifiers) {
        if (test.element == 0)
            test.element = definition.key;
        bool is_settled = false;
        for (auto const& own : row.narrowed->qualifiers) {
            auto const element = own.element == 0 ? definition.key : own.element;
            if (element != test.element || own.component != test.component)
                continue;
            if (!share_a_value(own.values, test.values))
                return false;
            is_settled = !own.values.empty() && std::ranges::all_of(own.values, [&](std::string const& value) {
                return test.values.empty() || std::ranges::find(test.values, value) != test.values.end();
            });
        }
        if (!is_settled)
            check.tests.push_back(std::move(test));
    }
    auto checks = before;
    if (!check.tests.empty()) {
        check.where = row.starts_loop ? StepCheck::Where::loop : StepCheck::Where::self;
        check.loop = row.loop;
        checks.push_back(check);
    }
    if (step.occurrence != 0) {
        counter_hooks_.push_back({node, static_cast<std::uint32_t>(counters_.size()), checks});
        StepCheck counted;
        counted.counter = static_cast<std::int32_t>(counters_.size());
        counters_.push_back({step.occurrence, ~0u, 0});
        checks.push_back(std::move(counted));
        needs_loops_ = true;
    }
    needs_loops_ = needs_loops_ || (!check.tests.empty() && row.starts_loop);
    out.push_back({node, std::move(checks)});
    return true;
}

RulePlaces::Candidates RulePlaces::rows(std::uint16_t loop, PathStep const& step, std::vector<StepCheck> const& before) {
    Candidates found;
    std::uint32_t place = 0;
    NarrowedRow const* last = nullptr;
    for (auto const node : schema_.loops()[loop].rows) {
        // A row with variants stands in `rows` by its first; the others are found by their place.
        auto const& row = schema_.nodes()[node];
        if (schema_.segments()[row.segment].definition->id != step.segment)
            continue;
        if (last == nullptr || last->place != row.narrowed->place)
            ++place;
        last = row.narrowed;
        if (place != step.place)
            continue;
        if (row.place == no_place) {
            static_cast<void>(take(node, step, before, found));
            continue;
        }
        auto const& variants = schema_.places()[row.place];
        for (auto const variant : variants.variants)
            static_cast<void>(take(variant, step, before, found));
        if (variants.others != no_node && std::ranges::find(variants.variants, variants.others) == variants.variants.end())
            static_cast<void>(take(variants.others, step, before, found));
        break;
    }
    return found;
}

/// The steps from `step` on, each inside the loops that those before it lead to.
RulePlaces::Candidates RulePlaces::walk(Candidates from, RulePath const& path, std::size_t step, std::size_t steps) {
    for (; step < steps && !from.empty(); ++step) {
        auto const& wanted = path.steps[step];
        Candidates next;
        for (auto const& candidate : from) {
            auto const& row = schema_.nodes()[candidate.node];
            Candidates inner;
            if (row.starts_loop)
                inner = rows(row.loop, wanted, candidate.checks);
            if (inner.empty() && row.starts_loop && is_hl(candidate.node) && wanted.segment == "HL") {
                // A level below a level: one of all HL, whose parent is as the step before says.
                std::vector<StepCheck> above;
                for (auto check : candidate.checks) {
                    if (check.where != StepCheck::Where::tree)
                        check.where = StepCheck::Where::tree, check.up = 0;
                    ++check.up;
                    above.push_back(std::move(check));
                }
                StepCheck variant; // what the row's own brackets settle for the level above
                variant.where = StepCheck::Where::tree;
                variant.up = 1;
                variant.tests = row.narrowed->qualifiers;
                if (!variant.tests.empty())
                    above.push_back(std::move(variant));
                for (auto& check : above)
                    check.loop = row.loop;
                inner = rows(schema_.loops()[row.loop].parent, wanted, above);
                for (auto& one : inner) // each variant is a loop of its own
                    for (auto& check : one.checks)
                        if (check.where == StepCheck::Where::tree)
                            check.loop = schema_.nodes()[one.node].loop;
                needs_loops_ = true;
            }
            // The segment that a step names again: PO1/PO101 written as two steps.
            if (inner.empty() && wanted.segment == schema_.segments()[row.segment].definition->id)
                static_cast<void>(take(candidate.node, wanted, candidate.checks, inner));
            for (auto& one : inner)
                next.push_back(std::move(one));
        }
        from = std::move(next);
    }
    return from;
}

RulePlaces::Candidates RulePlaces::find(Block const& block, RulePath const& path, std::size_t steps) {
    if (steps == 0 || path.steps.front().segment.empty())
        return block.own == no_node ? Candidates() : walk({{block.own, {}}}, path, std::min<std::size_t>(steps, 1), steps);
    auto const& first = path.steps.front();
    Candidates found;
    if (block.own != no_node && first.place == 1 && take(block.own, first, {}, found))
        if (auto all = walk(std::move(found), path, 1, steps); !all.empty())
            return all;
    if (!block.has_rows)
        return {};
    return walk(rows(block.loop, first, {}), path, 1, steps);
}

/// In the block of an HL: `HL[I]` is one below it.
RulePlaces::Candidates RulePlaces::find_tree(NodeIndex hl, RulePath const& path, std::size_t steps) {
    if (steps == 0 || path.steps.front().segment != "HL")
        return {};
    return walk(rows(schema_.loops()[schema_.nodes()[hl].loop].parent, path.steps.front(), {}), path, 1, steps);
}

RuleReading RulePlaces::resolve(RulePath const& path, NodeIndex node) { return resolve(path, node, path.steps.size(), true); }

RuleReading RulePlaces::resolve_parent(RulePath const& path, NodeIndex node) {
    return path.steps.size() < 2 ? RuleReading() : resolve(path, node, path.steps.size() - 1, false);
}

RuleReading RulePlaces::resolve(RulePath const& path, NodeIndex node, std::size_t steps, bool value) {
    auto const& nodes = schema_.nodes();
    auto const found = [&](Candidates candidates, std::uint32_t scope) { return RuleReading{add_slot(path, std::move(candidates), value), scope}; };
    if (!path.absolute && node != 0) {
        if (!nodes[node].starts_loop)
            if (auto here = find({node, 0, false}, path, steps); !here.empty())
                return found(std::move(here), block_of(node));
        for (auto loop = nodes[node].loop; loop != 0; loop = schema_.loops()[loop].parent) {
            auto const first = schema_.loops()[loop].first;
            if (auto here = find({first, loop, true}, path, steps); !here.empty())
                return found(std::move(here), block_of(first));
            if (is_hl(first))
                if (auto below = find_tree(first, path, steps); !below.empty())
                    return found(std::move(below), add_scope(RuleScope::Kind::tree, first));
        }
    }
    if (auto in_set = find({no_node, 0, true}, path, steps); !in_set.empty())
        return found(std::move(in_set), block_of(0));
    return {};
}

std::uint32_t RulePlaces::add_slot(RulePath const& path, Candidates candidates, bool value) {
    RuleSlot slot;
    slot.path = &path;
    if (value) {
        slot.element = path.element;
        slot.component = path.component;
        slot.pair = path.pair;
    }
    for (auto& candidate : candidates)
        slot.targets.push_back({candidate.node, std::move(candidate.checks)});
    auto const& elements = schema_.rule_of(slot.targets.front().node).elements;
    if (slot.element != 0 && slot.element <= elements.size()) {
        auto const& element = elements[slot.element - 1];
        slot.repeats = element.max_repeat != 1;
        slot.type = slot.component != 0 && slot.component <= element.components.size() ? value_type(element.components[slot.component - 1]) : value_type(element);
    }
    slots_.push_back(std::move(slot));
    return static_cast<std::uint32_t>(slots_.size() - 1);
}

void RulePlaces::finish() {
    auto const count = schema_.nodes().size();
    hooks_by_node_.assign(count, {});
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
        for (std::uint32_t target = 0; target < slots_[slot].targets.size(); ++target)
            hooks_by_node_[slots_[slot].targets[target].node].push_back({slot, target});
    hook_begin_.assign(1, 0);
    hooks_.clear();
    for (auto const& hooks : hooks_by_node_) {
        hooks_.insert(hooks_.end(), hooks.begin(), hooks.end());
        hook_begin_.push_back(static_cast<std::uint32_t>(hooks_.size()));
    }
    hooks_by_node_.clear();
    scopes_by_node_.assign(count, {});
    for (std::uint32_t i = 0; i < scopes_.size(); ++i)
        if (scopes_[i].kind != RuleScope::Kind::set)
            scopes_by_node_[scopes_[i].first].push_back(i);
    loop_begin_.assign(schema_.loops().size(), 0);
    busy_.clear();
    for (std::size_t node = 0; node < count; ++node)
        busy_.push_back(hook_begin_[node] != hook_begin_[node + 1] || !scopes_by_node_[node].empty() || needs_loops_ ? 1 : 0);
}

// ---- passing a set

void RulePlaces::pass(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes) {
    look_at(set, nodes);
    for (auto& scope : scopes_)
        scope.extents.clear();
    for (auto& slot : slots_)
        slot.hits.clear();
    for (auto& counter : counters_)
        counter.parent_begin = ~0u;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        auto const node = nodes[i];
        if (node == no_node || busy_[node] == 0)
            continue;
        if (needs_loops_) {
            if (schema_.nodes()[node].starts_loop)
                loop_begin_[schema_.nodes()[node].loop] = i;
            if (!counter_hooks_.empty())
                count(i, node);
        }
        for (auto const scope : scopes_by_node_[node])
            scopes_[scope].extents.push_back({i, i + 1});
        for (auto at = hook_begin_[node]; at < hook_begin_[node + 1u]; ++at) {
            auto& slot = slots_[hooks_[at].slot];
            auto const& target = slot.targets[hooks_[at].target];
            bool const is_new = slot.hits.empty() || slot.hits.back() != i; // several targets may be one row, reached by several ways
            if (is_new && (target.checks.empty() || passes(target, i)))
                slot.hits.push_back(i);
        }
    }
    close_scopes();
}

void RulePlaces::count(std::uint32_t segment, NodeIndex node) {
    auto const& row = schema_.nodes()[node];
    for (auto const& hook : counter_hooks_) {
        if (hook.node != node || !std::ranges::all_of(hook.checks, [&](StepCheck const& check) { return passes(check, node, segment); }))
            continue;
        auto& counter = counters_[hook.counter];
        auto const parent = row.starts_loop ? schema_.loops()[row.loop].parent : row.loop;
        auto const begin = loop_begin_[parent];
        counter.count = counter.parent_begin == begin ? counter.count + 1 : 1;
        counter.parent_begin = begin;
    }
}

bool RulePlaces::passes(RuleSlot::Target const& target, std::uint32_t segment) const {
    return std::ranges::all_of(target.checks, [&](StepCheck const& check) { return passes(check, target.node, segment); });
}

bool RulePlaces::passes(StepCheck const& check, NodeIndex node, std::uint32_t segment) const {
    if (check.counter >= 0) {
        auto const& counter = counters_[static_cast<std::size_t>(check.counter)];
        return counter.count == counter.wanted;
    }
    auto asked = segment;
    if (check.where == StepCheck::Where::loop) {
        asked = loop_begin_[check.loop];
    } else if (check.where == StepCheck::Where::tree) {
        if (!hierarchy_.knows_parents())
            return true;
        auto const& entries = hierarchy_.entries();
        auto const begin = loop_begin_[schema_.nodes()[node].loop];
        auto const place = std::ranges::lower_bound(entries, begin, {}, &HierarchyEntry::segment);
        if (place == entries.end() || place->segment != begin)
            return false;
        auto entry = static_cast<std::uint32_t>(place - entries.begin());
        for (std::uint32_t up = 0; up < check.up && entry != HierarchyEntry::none; ++up)
            entry = entries[entry].parent;
        if (entry == HierarchyEntry::none)
            return false;
        asked = entries[entry].segment;
    }
    auto const view = (*set_)[asked];
    return std::ranges::all_of(check.tests, [&](QualifierTest const& test) { return qualifier_holds(test, view, set_->delimiters().component); });
}

/// A loop ends before the first segment that stands outside it; a segment without a place ends nothing.
void RulePlaces::close_scopes() {
    auto const size = static_cast<std::uint32_t>(nodes_->size());
    for (auto& scope : scopes_) {
        if (scope.kind == RuleScope::Kind::set)
            scope.extents.push_back({0, size});
        else if (scope.kind == RuleScope::Kind::tree)
            close_trees(scope);
        else if (scope.kind == RuleScope::Kind::loop)
            for (auto& extent : scope.extents)
                while (extent.end < size && ((*nodes_)[extent.end] == no_node || scope.inside[(*nodes_)[extent.end]] != 0))
                    ++extent.end;
    }
}

/// An HL with all below it: up to the next one that does not stand deeper.
void RulePlaces::close_trees(RuleScope& scope) const {
    auto const& entries = hierarchy_.entries();
    auto const size = static_cast<std::uint32_t>(nodes_->size());
    for (auto& extent : scope.extents) {
        auto place = std::ranges::lower_bound(entries, extent.begin, {}, &HierarchyEntry::segment);
        if (place == entries.end() || place->segment != extent.begin)
            continue;
        auto const depth = place->depth;
        if (depth > limits::hierarchy_depth) // nobody means this; and all below all is a square
            continue;
        auto const level = (*set_)[place->segment].element(3);
        auto const ends = [&](HierarchyEntry const& entry) { return hierarchy_.knows_parents() ? entry.depth <= depth : (*set_)[entry.segment].element(3) == level; };
        place = std::find_if(place + 1, entries.end(), ends);
        extent.end = place == entries.end() ? size : place->segment;
    }
}

std::span<std::uint32_t const> RulePlaces::hits(std::uint32_t slot, RuleExtent extent) const {
    auto const& all = slots_[slot].hits;
    auto const begin = std::ranges::lower_bound(all, extent.begin);
    auto const end = std::lower_bound(begin, all.end(), extent.end);
    return {begin, end};
}

} // namespace wharf::grammar
