// The conditions of rules as facts: which bits, raised where, say whether a condition holds.
#include "grammar/code_table.hpp"
#include "grammar/rule_quick_compile.hpp"

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr std::size_t most_pairs = 64; // of a row
constexpr std::size_t most_terms = 32; // of a condition

bool is_value(Operand::Kind kind) { return kind == Operand::Kind::value || kind == Operand::Kind::literal; }

} // namespace

QuickCompiler::Terms QuickCompiler::product(Terms const& a, Terms const& b) {
    Terms made;
    if (a.size() * b.size() > most_terms)
        return ok_ = false, made;
    for (auto const& left : a)
        for (auto const& right : b) {
            made.push_back(left);
            made.back().insert(made.back().end(), right.begin(), right.end());
        }
    return made;
}

/// In how many ways the condition can hold (or not): any of these terms. Conditions nest as deep as a guide's author wrote them.
QuickCompiler::Terms QuickCompiler::expand(ConditionPlan const& plan, bool wanted) {
    using enum Condition::Kind;
    auto const kind = plan.source->kind;
    if (!ok_)
        return {};
    if (kind == any_of || kind == all_of || kind == negation) {
        bool const parts_wanted = kind == negation ? !wanted : wanted;
        bool const all = kind == any_of ? !wanted : wanted;
        Terms made;
        if (all)
            made.emplace_back();
        for (auto const& part : plan.parts) {
            auto const more = expand(part, parts_wanted);
            if (all)
                made = product(made, more);
            else
                made.insert(made.end(), more.begin(), more.end());
        }
        return made;
    }
    auto const& known = leaf(plan);
    if (known.constant)
        return known.value == wanted ? Terms{Term{}} : Terms{};
    if (wanted)
        return {known.facts};
    Terms made;
    for (auto fact : known.facts) {
        fact.wanted = !fact.wanted;
        made.push_back({fact});
    }
    return made;
}

QuickCompiler::Leaf const& QuickCompiler::leaf(ConditionPlan const& plan) {
    auto const found = leaves_.find(&plan);
    return found != leaves_.end() ? found->second : leaves_.emplace(&plan, make_leaf(plan)).first->second;
}

QuickCompiler::Leaf QuickCompiler::make_leaf(ConditionPlan const& plan) {
    auto const& condition = *plan.source;
    if (condition.kind == Condition::Kind::compare)
        return compare_leaf(plan);
    if (plan.left.slot == RuleReading::none)
        return {true, condition.kind == Condition::Kind::absent || condition.left.kind == Operand::Kind::unique, {}};
    if (condition.kind == Condition::Kind::present || condition.kind == Condition::Kind::absent) {
        if (condition.left.kind == Operand::Kind::unique) {
            QuickOp op; // what does not rise is looked at again: here they do
            op.kind = QuickOp::Kind::rises;
            op.index = plan_.rising++;
            plan_.scopes[scope(plan.left.scope)].rising.push_back(op.index);
            if (slot(plan.left).is_segment() || condition.kind == Condition::Kind::absent)
                return give_up();
            add_ops(op, plan.left.slot);
            return {true, true, {}};
        }
        auto made = presence(plan.left);
        for (auto& fact : made.facts)
            fact.wanted = condition.kind == Condition::Kind::present;
        return made;
    }
    return test_leaf(plan);
}

QuickCompiler::Leaf QuickCompiler::presence(RuleReading reading) {
    auto const fact = new_fact(scope(reading.scope));
    auto const& read = slot(reading);
    if (!read.is_segment() && pair_facts(read, fact))
        return {false, false, {fact}};
    QuickOp op;
    op.kind = read.is_segment() ? QuickOp::Kind::there : QuickOp::Kind::filled;
    op.scope = fact.scope;
    op.fact = fact.fact;
    add_ops(op, reading.slot);
    return {false, false, {fact}};
}

/// The pairs of a row are looked at once for all that is said of them. False: not a pair of this kind.
bool QuickCompiler::pair_facts(RuleSlot const& slot, Literal fact) {
    if (slot.pair.empty() || slot.pair == "*" || slot.pair.size() > CodeTable::longest_key ||
        !std::ranges::all_of(slot.targets, [](RuleSlot::Target const& target) { return target.checks.empty(); }))
        return false;
    for (auto const& target : slot.targets) {
        auto& pairs = pairs_of(target.node);
        if (pairs.pairs.size() >= most_pairs)
            return give_up(), true;
        auto& pair = pair_of(pairs, slot.pair);
        if (pair.fact == 0 || pair.scope == fact.scope) {
            pair.scope = fact.scope;
            pair.fact |= fact.fact;
        } else {
            pair.odd = true;
            pair.more_facts.emplace_back(fact.scope, fact.fact);
        }
    }
    return true;
}

/// Some value of the left side is like this.
QuickCompiler::Leaf QuickCompiler::test_leaf(ConditionPlan const& plan) {
    if (plan.left.slot == RuleReading::none)
        return {true, false, {}};
    if (slot(plan.left).is_segment() || !is_value(plan.source->left.kind))
        return give_up();
    auto const& condition = *plan.source;
    QuickTest test;
    test.plan = &plan;
    test.type = slot(plan.left).type;
    auto const add_key = [&](std::string const& code) {
        test.codes = test.codes && !code.empty() && code.size() <= CodeTable::longest_key;
        if (test.codes)
            test.keys.push_back(code_key(code.data(), code.size()));
    };
    if (condition.kind == Condition::Kind::in) {
        test.codes = true;
        std::ranges::for_each(condition.values, add_key);
    } else if (condition.kind == Condition::Kind::compare && plan.numeric) {
        if (!plan.literal) // a number is never less, equal or greater than what is none
            return {true, false, {}};
        test.number = scaled_number(condition.right.literal, {}, test.literal);
    } else if (condition.kind == Condition::Kind::compare && condition.order == Condition::Order::equal) {
        test.codes = true;
        add_key(condition.right.literal);
    }
    auto const fact = new_fact(scope(plan.left.scope));
    QuickOp op;
    op.kind = QuickOp::Kind::holds;
    op.scope = fact.scope;
    op.fact = fact.fact;
    op.index = static_cast<std::uint16_t>(plan_.tests.size());
    plan_.tests.push_back(std::move(test));
    add_ops(op, plan.left.slot);
    return {false, false, {fact}};
}

QuickCompiler::Leaf QuickCompiler::compare_leaf(ConditionPlan const& plan) {
    auto const& condition = *plan.source;
    bool const left_value = is_value(condition.left.kind);
    if (condition.right.kind == Operand::Kind::literal)
        return left_value ? test_leaf(plan) : reckoned_leaf(plan);
    if (condition.right.kind == Operand::Kind::value || !left_value)
        return give_up(); // two values of the data, or two that are reckoned
    return captured_leaf(plan);
}

/// count(/PO1) > 3
QuickCompiler::Leaf QuickCompiler::reckoned_leaf(ConditionPlan const& plan) {
    QuickComparison comparison;
    comparison.order = plan.source->order;
    if (!plan.literal)
        return {true, false, {}};
    if (plan.left.slot == RuleReading::none || !scaled_number(plan.source->right.literal, {}, comparison.literal))
        return give_up();
    comparison.left = reckon(plan.source->left.kind, plan.left);
    auto const fact = new_fact(scope(plan.left.scope));
    comparison.fact = fact.fact;
    plan_.scopes[fact.scope].comparisons.push_back(comparison);
    return {false, false, {fact}};
}

/// CTT01 = count(/PO1): the value is kept until what is counted has ended. It is one value, or somebody else looks again.
QuickCompiler::Leaf QuickCompiler::captured_leaf(ConditionPlan const& plan) {
    if (plan.left.slot == RuleReading::none || plan.right.slot == RuleReading::none || slot(plan.left).is_segment())
        return give_up();
    auto const inner = scope(plan.left.scope);
    auto const outer = scope(plan.right.scope);
    auto const is_outside = [&] { // the right side is read where the left one is, or outside of it
        auto const& a = run_.places().scope(plan.left.scope);
        auto const& b = run_.places().scope(plan.right.scope);
        return inner == outer || b.kind == RuleScope::Kind::set ||
               (b.kind == RuleScope::Kind::loop && schema_.is_inside(schema_.nodes()[a.first].loop, schema_.nodes()[b.first].loop) &&
                a.kind != RuleScope::Kind::set);
    };
    if (!ok_ || !is_outside())
        return give_up();
    QuickComparison comparison;
    comparison.order = plan.source->order;
    comparison.right = reckon(plan.source->right.kind, plan.right);
    comparison.captured = plan_.registers++;
    auto const there = new_fact(inner);
    auto const fact = new_fact(outer);
    comparison.fact = fact.fact;
    plan_.scopes[outer].registers.push_back(comparison.captured);
    plan_.scopes[outer].comparisons.push_back(comparison);
    QuickOp op;
    op.kind = QuickOp::Kind::captures;
    op.scope = there.scope;
    op.fact = there.fact;
    op.index = comparison.captured;
    add_ops(op, plan.left.slot);
    return {false, false, {there, fact}};
}

std::uint16_t QuickCompiler::reckon(Operand::Kind kind, RuleReading reading) {
    QuickOp op;
    op.kind = kind == Operand::Kind::sum ? QuickOp::Kind::adds : slot(reading).is_segment() ? QuickOp::Kind::counts : QuickOp::Kind::counts_values;
    op.index = plan_.counters++;
    if (kind == Operand::Kind::unique || (kind == Operand::Kind::sum && slot(reading).is_segment()))
        ok_ = false;
    plan_.scopes[scope(reading.scope)].counters.push_back(op.index);
    add_ops(op, reading.slot);
    return op.index;
}

} // namespace wharf::grammar
