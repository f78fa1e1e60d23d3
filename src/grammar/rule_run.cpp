#include "grammar/rule_run.hpp"

#include "grammar/guide_pattern.hpp"

#include <algorithm>
#include <utility>

namespace wharf::grammar {
namespace {

void forget(ConditionPlan const& plan) {
    for (auto const& part : plan.parts)
        forget(part);
    plan.memo_left = plan.memo_right = RuleReading::none;
    for (auto* const side : {&plan.left_values, &plan.right_values})
        side->begin = side->words_begin = RuleReading::none;
}

/// The memories are of the set before.
void forget(RulePlan const& plan) {
    forget(plan.condition);
    plan.judged.clear();
    for (auto const& effect : plan.effects)
        effect.applied.fill(RuleReading::none);
}

/// True when some left value stands so to some right one; both are sorted. Time follows the shorter side.
template <class Value> bool stands_so(Condition::Order order, std::vector<Value> const& left, std::vector<Value> const& right) {
    if (left.empty() || right.empty())
        return false;
    using enum Condition::Order;
    switch (order) {
    case equal: {
        auto const& longer = left.size() < right.size() ? right : left;
        return std::ranges::any_of(left.size() < right.size() ? left : right, [&](Value const& value) { return std::ranges::binary_search(longer, value); });
    }
    case not_equal:
        return !(left.front() == right.back() && left.back() == right.front());
    case less:
        return left.front() < right.back();
    case less_or_equal:
        return left.front() <= right.back();
    case greater:
        return left.back() > right.front();
    case greater_or_equal:
        return left.back() >= right.front();
    }
    return false;
}

} // namespace

void RuleRun::run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Findings& findings) {
    places_.pass(set, nodes);
    for (auto const& plan : rules_) {
        forget(plan);
        block_scope_ = plan.block;
        for (auto const& extent : places_.scope(plan.block).extents) {
            block_ = extent;
            if (!was_judged(plan))
                run_rule(plan, findings);
        }
    }
    for (auto const& plan : pairs_)
        check_pairs(plan, findings);
    for (auto const& plan : unique_)
        check_unique(plan, findings);
}

void RuleRun::run_rule(RulePlan const& plan, Findings& findings) {
    auto const& rule = *plan.source;
    switch (rule.kind) {
    case Rule::Kind::order:
        check_order(plan, findings);
        break;
    case Rule::Kind::need:
        if (rule.condition.kind == Condition::Kind::present && rule.condition.left.kind == Operand::Kind::unique)
            not_unique(plan, findings);
        else if (!holds(plan.condition))
            need_failed(plan, findings);
        break;
    case Rule::Kind::when: {
        bool const condition = holds(plan.condition);
        if (condition || rule.otherwise != Use::grammar)
            apply(plan, condition, findings);
        break;
    }
    }
}

// ---- what a rule reads

/// Where the reading looks from the block at hand; nullptr: nowhere.
RuleExtent const* RuleRun::extent(RuleReading reading) const {
    if (reading.slot == RuleReading::none)
        return nullptr;
    if (reading.scope == block_scope_)
        return &block_;
    auto const& scope = places_.scope(reading.scope);
    return scope.kind == RuleScope::Kind::set ? &scope.extents.front() : scope.at(block_.begin);
}

/// Tells one extent of a reading from the next.
std::uint32_t RuleRun::extent_begin(RuleReading reading) const {
    auto const* where = extent(reading);
    return where == nullptr ? RuleReading::none - 1 : where->begin;
}

/// A rule that reads only outside its block was judged with an earlier occurrence of the block there.
bool RuleRun::was_judged(RulePlan const& plan) const {
    if (plan.outside.empty())
        return false;
    bool const is_first = plan.judged.empty();
    plan.judged.resize(plan.outside.size(), RuleReading::none);
    bool same = !is_first;
    for (std::size_t i = 0; i < plan.outside.size(); ++i) {
        auto const begin = extent_begin(plan.outside[i]);
        same = same && plan.judged[i] == begin;
        plan.judged[i] = begin;
    }
    return same;
}

std::span<std::uint32_t const> RuleRun::hits(RuleReading reading) const {
    auto const* where = extent(reading);
    return where == nullptr ? std::span<std::uint32_t const>() : places_.hits(reading.slot, *where);
}

bool RuleRun::is_there(RuleReading reading) const {
    if (reading.slot == RuleReading::none)
        return false;
    if (places_.slot(reading.slot).is_segment())
        return !hits(reading).empty();
    return for_each_value(reading, [](auto...) { return true; });
}

Decimal RuleRun::reckon(Operand::Kind kind, RuleReading reading) const {
    std::uint64_t count = 0;
    Decimal sum;
    if (kind == Operand::Kind::unique) {
        std::vector<std::string_view> values;
        for_each_value(reading, [&](std::string_view value, auto...) { return values.push_back(value), false; });
        std::ranges::sort(values);
        count = static_cast<std::uint64_t>(std::ranges::unique(values).begin() - values.begin());
    } else if (reading.slot != RuleReading::none && places_.slot(reading.slot).is_segment()) {
        count = hits(reading).size();
    } else {
        for_each_value(reading, [&](std::string_view value, auto...) {
            ++count;
            if (kind == Operand::Kind::sum)
                if (auto const number = number_of(value, places_.slot(reading.slot).type))
                    sum = sum + *number;
            return false;
        });
    }
    return kind == Operand::Kind::sum ? sum : *Decimal::parse(std::to_string(count));
}

void RuleRun::take_value(std::string_view value, std::uint32_t segment) const {
    if (!scratch_.empty()) {
        auto const& last = scratch_.back().first;
        rises_ = rises_ && (last.size() < value.size() || (last.size() == value.size() && last < value));
    }
    scratch_.emplace_back(value, segment);
}

/// True when no value of the reading stands twice; the values are left in scratch_, for find_repeated.
bool RuleRun::are_unique(RuleReading reading) const {
    scratch_.clear();
    rises_ = true;
    for_each_value(reading, [&](std::string_view value, std::uint32_t segment, auto) { return take_value(value, segment), false; });
    if (rises_)
        return true;
    std::ranges::sort(scratch_);
    return std::ranges::adjacent_find(scratch_, {}, &std::pair<std::string_view, std::uint32_t>::first) == scratch_.end();
}

/// Of the values in scratch_, sorted.
std::vector<Repeated> RuleRun::find_repeated() const {
    std::vector<Repeated> repeated;
    for (std::size_t i = 1; i < scratch_.size(); ++i)
        if (scratch_[i].first == scratch_[i - 1].first)
            repeated.push_back({scratch_[i].first, scratch_[i].second, scratch_[i - 1].second});
    std::ranges::sort(repeated, {}, &Repeated::segment);
    return repeated;
}

// ---- conditions

bool RuleRun::holds(ConditionPlan const& plan) const {
    auto const part_holds = [&](ConditionPlan const& part) { return holds(part); };
    switch (plan.source->kind) {
    case Condition::Kind::any_of:
        return std::ranges::any_of(plan.parts, part_holds);
    case Condition::Kind::all_of:
        return std::ranges::all_of(plan.parts, part_holds);
    case Condition::Kind::negation:
        return std::ranges::none_of(plan.parts, part_holds);
    default:
        break;
    }
    // What is read outside the block is the same for all its occurrences there.
    auto const left_begin = extent_begin(plan.left);
    auto const right_begin = extent_begin(plan.right);
    if (plan.memo_left != left_begin || plan.memo_right != right_begin) {
        plan.memo = test(plan);
        plan.memo_left = left_begin;
        plan.memo_right = right_begin;
    }
    return plan.memo;
}

bool RuleRun::test(ConditionPlan const& plan) const {
    auto const& condition = *plan.source;
    switch (condition.kind) {
    case Condition::Kind::present:
        return condition.left.kind == Operand::Kind::unique ? are_unique(plan.left) : is_there(plan.left);
    case Condition::Kind::absent:
        return !is_there(plan.left);
    case Condition::Kind::like:
        return for_each_value(plan.left, [&](std::string_view value, auto...) { return condition.like != nullptr && condition.like->matches(value); });
    case Condition::Kind::in:
        return for_each_value(plan.left, [&](std::string_view value, auto...) { return std::ranges::find(condition.values, value) != condition.values.end(); });
    default:
        return compare(plan);
    }
}

bool RuleRun::compare(ConditionPlan const& plan) const {
    auto const& condition = *plan.source;
    take_side(condition.left, plan.left, plan.numeric, plan.left_values);
    take_side(condition.right, plan.right, plan.numeric, plan.right_values);
    return plan.numeric ? stands_so(condition.order, plan.left_values.numbers, plan.right_values.numbers)
                        : stands_so(condition.order, plan.left_values.texts, plan.right_values.texts);
}

/// What stands outside the block is taken once for all its occurrences there.
void RuleRun::take_side(Operand const& operand, RuleReading reading, bool numeric, SideValues& values) const {
    auto const begin = extent_begin(reading);
    if (values.begin == begin)
        return;
    values.begin = begin;
    values.numbers.clear();
    values.texts.clear();
    if (operand.kind == Operand::Kind::literal) {
        values.texts.push_back(operand.literal);
        if (auto const number = Decimal::parse(operand.literal))
            values.numbers.push_back(*number);
    } else if (operand.kind == Operand::Kind::value) {
        for_each_value(reading, [&](std::string_view value, auto...) {
            if (!numeric)
                values.texts.push_back(value);
            else if (auto const number = number_of(value, places_.slot(reading.slot).type))
                values.numbers.push_back(*number);
            return false;
        });
        std::ranges::sort(values.texts);
        std::ranges::sort(values.numbers);
    } else {
        values.numbers.push_back(reckon(operand.kind, reading));
    }
}

// ---- effects

void RuleRun::apply(RulePlan const& plan, bool condition, Findings& findings) const {
    for (auto const& effect : plan.effects) {
        auto const at = effect.parent.slot == RuleReading::none ? effect.target : effect.parent;
        if (at.scope != block_scope_) {
            auto const begin = extent_begin(at);
            if (std::exchange(effect.applied[condition], begin) == begin)
                continue;
        }
        auto const use = condition ? effect.source->rule.use : plan.source->otherwise;
        if (places_.slot(effect.target.slot).is_segment())
            apply_to_segment(plan, effect, use, condition, findings);
        else
            apply_to_values(plan, effect, use, condition, findings);
    }
}

/// Like a row: it speaks of each occurrence of what it stands in, and of nothing where that is absent.
void RuleRun::apply_to_segment(RulePlan const& plan, EffectPlan const& effect, Use use, bool condition, Findings& findings) const {
    auto const judge = [&](RuleExtent where) {
        auto const found = places_.hits(effect.target.slot, where);
        if (use == Use::must && found.empty())
            missing_segment(plan, effect, where, findings);
        else if (use == Use::must_not && !found.empty())
            forbidden_segment(plan, effect, found, condition, findings);
    };
    if (effect.parent.slot == RuleReading::none) {
        if (auto const* where = extent(effect.target))
            judge(*where);
        return;
    }
    for (auto const parent : hits(effect.parent)) {
        auto const scope = std::ranges::find(effect.parent_scopes, places_.node(parent), &std::pair<NodeIndex, std::uint32_t>::first);
        auto const* where = scope == effect.parent_scopes.end() ? nullptr : places_.scope(scope->second).at(parent);
        if (where != nullptr)
            judge(*where);
    }
}

void RuleRun::apply_to_values(RulePlan const& plan, EffectPlan const& effect, Use use, bool condition, Findings& findings) const {
    auto const& slot = places_.slot(effect.target.slot);
    auto const& rule = effect.source->rule;
    for (auto const segment : hits(effect.target)) {
        bool any = false;
        places_.for_each_value(slot, segment, [&](std::string_view value, std::uint32_t element) {
            any = true;
            if (use == Use::must_not)
                forbidden_value(plan, effect, {segment, element, value}, condition, findings);
            else if (auto const fault = condition ? find_fault(rule, value, slot.type) : ValueFault::none; fault != ValueFault::none)
                wrong_value(plan, effect, {segment, element, value}, fault, findings);
            return use == Use::must_not; // said once for a segment
        });
        if (!any && use == Use::must)
            missing_value(plan, effect, segment, findings);
    }
}

} // namespace wharf::grammar
