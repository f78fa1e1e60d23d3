#include "grammar/rule_quick_compile.hpp"

#include "grammar/code_table.hpp"

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr std::size_t most_facts = 64; // of a scope
constexpr std::size_t most_pairs = 64; // of a row
constexpr std::size_t most_ops = 4096; // of a guide; what comes behind is left to RuleRun

bool looks_at_value(ValueRule const& rule) {
    return rule.lengths || !rule.codes.empty() || rule.digits || rule.decimals || rule.from || rule.to || rule.is != ValueKind::none || rule.like != nullptr;
}

/// 0: a kind that is not told by one length and a check digit.
std::uint32_t length_with_check_digit(ValueKind kind) {
    return kind == ValueKind::upc ? 12 : kind == ValueKind::ean || kind == ValueKind::gln ? 13 : 0;
}

} // namespace

QuickCompiler::QuickCompiler(RuleRun& run, QuickPlan& plan) : run_(run), plan_(plan), schema_(run.places().schema()) {
    plan_.scopes.emplace_back(); // the set
}

RuleSelection QuickCompiler::compile() {
    RuleSelection rest;
    auto const add = [&](auto const& plans, auto const& add_one, std::vector<bool>& left_over) {
        for (auto const& plan : plans) {
            auto const saved = plan_;
            auto const saved_scopes = scopes_;
            leaves_.clear();
            ok_ = true;
            bool const known = plan_.ops.size() < most_ops && add_one(plan) && ok_;
            if (left_over.size() <= plan.serial)
                left_over.resize(plan.serial + 1);
            left_over[plan.serial] = !known;
            if (known)
                continue;
            plan_ = saved;
            scopes_ = saved_scopes;
        }
    };
    add(run_.pairs(), [&](PairPlan const& plan) { return add_pairs(plan); }, rest.pairs);
    add(run_.rules(), [&](RulePlan const& plan) { return add_rule(plan); }, rest.rules);
    add(run_.unique(), [&](UniquePlan const& plan) { return add_unique(plan); }, rest.unique);
    finish_pairs();
    finish_scopes();
    return rest;
}

// ---- rules

bool QuickCompiler::add_rule(RulePlan const& rule) {
    if (rule.source->kind == Rule::Kind::order)
        return add_order(rule);
    if (rule.source->kind == Rule::Kind::need) {
        add_wrong(expand(rule.condition, false), std::nullopt, rule.block);
        return ok_;
    }
    for (auto const& effect : rule.effects) {
        add_effect(rule, effect, effect.source->rule.use, true);
        if (rule.source->otherwise != Use::grammar)
            add_effect(rule, effect, rule.source->otherwise, false);
    }
    return ok_;
}

bool QuickCompiler::add_order(RulePlan const& rule) {
    QuickOp op;
    op.kind = QuickOp::Kind::ranks;
    op.scope = scope(rule.order.scope);
    op.index = static_cast<std::uint16_t>(plan_.orders.size());
    auto const& definition = *schema_.rule_of(slot(rule.order).targets.front().node).definition;
    plan_.orders.push_back({definition.key, &rule.source->values});
    plan_.scopes[op.scope].orders.push_back(op.index);
    add_ops(op, rule.order.slot);
    return ok_;
}

/// Wrong is what the effect forbids or demands where the condition is as said.
void QuickCompiler::add_effect(RulePlan const& rule, EffectPlan const& effect, Use use, bool condition) {
    if (slot(effect.target).is_segment())
        return add_segment_effect(rule, effect, use, condition);
    auto const where = scope(effect.target.scope);
    auto const add = [&](QuickOp::Kind kind, std::uint16_t index) {
        auto const fact = new_fact(where);
        QuickOp op;
        op.kind = kind;
        op.scope = fact.scope;
        op.fact = fact.fact;
        op.index = index;
        add_ops(op, effect.target.slot);
        add_wrong(expand(rule.condition, condition), fact, rule.block);
    };
    if (use == Use::must_not)
        return add(QuickOp::Kind::filled, 0);
    if (use == Use::must)
        add(QuickOp::Kind::empty, 0);
    if (condition && looks_at_value(effect.source->rule))
        add(QuickOp::Kind::wrong_value, add_value(effect.source->rule, slot(effect.target).type));
}

void QuickCompiler::add_segment_effect(RulePlan const& rule, EffectPlan const& effect, Use use, bool condition) {
    if (use != Use::must && use != Use::must_not)
        return;
    QuickOp op;
    op.kind = QuickOp::Kind::there;
    auto const add = [&](std::uint16_t where, std::uint32_t of_slot) {
        auto const fact = new_fact(where);
        op.scope = fact.scope;
        op.fact = fact.fact;
        add_ops(op, of_slot);
        return fact;
    };
    if (effect.parent.slot == RuleReading::none) {
        auto fact = add(scope(effect.target.scope), effect.target.slot);
        fact.wanted = use == Use::must_not;
        return add_wrong(expand(rule.condition, condition), fact, rule.block);
    }
    // Of each occurrence of the loop that the path names: a fact of what it stands in.
    auto const outside = new_fact(scope(effect.parent.scope));
    for (auto const& [node, block] : effect.parent_scopes) {
        auto const inside = scope(block);
        auto const is_meant = add(inside, effect.parent.slot);
        auto const target = add(inside, effect.target.slot);
        QuickTerm term;
        term.wanted = is_meant.fact | (use == Use::must_not ? target.fact : 0);
        term.unwanted = use == Use::must ? target.fact : 0;
        term.raise_scope = outside.scope;
        term.raise = outside.fact;
        plan_.scopes[inside].terms.push_back(term);
    }
    add_wrong(expand(rule.condition, condition), outside, rule.block);
}

/// For each way in which the condition can be, a term in the block, and in each scope outside it that the facts are of.
void QuickCompiler::add_wrong(Terms const& condition, std::optional<Literal> effect, std::uint32_t block) {
    for (auto facts : condition) {
        if (effect)
            facts.push_back(*effect);
        auto inner = scope(block);
        // From the block outward: scopes that hold others come later in this order.
        std::vector<std::uint16_t> chain{inner};
        for (auto const& fact : facts)
            if (std::ranges::find(chain, fact.scope) == chain.end())
                chain.push_back(fact.scope);
        auto const depth = [&](std::uint16_t index) -> int {
            auto const& one = plan_.scopes[index];
            return one.kind == RuleScope::Kind::set ? -1 : one.kind == RuleScope::Kind::segment ? 0xffff : schema_.loops()[schema_.nodes()[one.first].loop].depth;
        };
        std::ranges::stable_sort(chain, std::greater<>(), depth);
        if (chain.front() != inner) { // no reading looks into its block from outside
            ok_ = false;
            return;
        }
        QuickTerm carried;
        for (std::size_t i = 0; i < chain.size(); ++i) {
            auto term = carried;
            carried = {};
            for (auto const& fact : facts)
                if (fact.scope == chain[i])
                    (fact.wanted ? term.wanted : term.unwanted) |= fact.fact;
            if (i + 1 < chain.size()) {
                auto const raised = new_fact(chain[i + 1]);
                term.raise_scope = raised.scope;
                term.raise = raised.fact;
                carried.wanted = raised.fact;
            }
            if ((term.wanted & term.unwanted) == 0) // or it can never be
                plan_.scopes[chain[i]].terms.push_back(term);
        }
    }
}

// ---- rows

bool QuickCompiler::add_pairs(PairPlan const& row) {
    auto const& named = *row.pairs;
    if (named.size() > most_pairs)
        return false;
    auto const number = pairs_of(row.node).node; // made when it is not there yet
    for (auto const& pair : named) {
        auto& pairs = pairs_of(number);
        if (pair.qualifier != "*" && (pair.qualifier.empty() || pair.qualifier.size() > CodeTable::longest_key))
            return false;
        QuickPair* one = nullptr;
        if (pair.qualifier == "*") {
            if (pairs.any_other)
                continue;
            pairs.any_other = true;
            pairs.pairs.emplace_back();
            one = &pairs.pairs.back();
        } else {
            one = &pair_of(pairs, pair.qualifier);
        }
        if (one->own) // the first of a name counts
            continue;
        one->own = true;
        one->forbidden = pair.rule.use == Use::must_not;
        if (pair.rule.use == Use::must && pair.qualifier != "*")
            pairs.must |= std::uint64_t{1} << (one - pairs.pairs.data());
        if (looks_at_value(pair.rule))
            one->value = add_value(pair.rule, {});
    }
    return true;
}

bool QuickCompiler::add_unique(UniquePlan const& unique) {
    QuickOp op;
    op.kind = QuickOp::Kind::rises;
    op.index = plan_.rising++;
    auto const& slot = run_.places().slot(unique.slot);
    bool const named = !slot.pair.empty() && slot.pair != "*" && slot.pair.size() <= CodeTable::longest_key;
    if (named && slot.targets.size() == 1 && slot.targets.front().checks.empty()) {
        auto& pairs = pairs_of(slot.targets.front().node);
        if (pairs.pairs.size() >= most_pairs)
            return false;
        auto& pair = pair_of(pairs, slot.pair);
        if (pair.rising == quick_none) {
            pair.rising = op.index;
            pair.odd = true;
            return true;
        }
    }
    add_ops(op, unique.slot);
    return ok_;
}

QuickPairs& QuickCompiler::pairs_of(NodeIndex node) {
    auto const found = std::ranges::find(plan_.pairs, node, &QuickPairs::node);
    if (found != plan_.pairs.end())
        return *found;
    auto const& definition = *schema_.rule_of(node).definition;
    QuickPairs pairs;
    pairs.node = node;
    pairs.from = definition.pairs_from;
    pairs.to = definition.pairs_from == 0 ? 0 : definition.pairs_to;
    QuickOp op;
    op.kind = QuickOp::Kind::pairs;
    op.index = static_cast<std::uint16_t>(plan_.pairs.size());
    plan_.ops.emplace_back(node, op);
    plan_.pairs.push_back(std::move(pairs));
    return plan_.pairs.back();
}

QuickPair& QuickCompiler::pair_of(QuickPairs& pairs, std::string_view qualifier) {
    auto const key = code_key(qualifier.data(), qualifier.size());
    auto const found = std::ranges::find(pairs.pairs, key, &QuickPair::key);
    if (found != pairs.pairs.end())
        return *found;
    QuickPair pair;
    pair.key = key;
    pairs.pairs.push_back(std::move(pair));
    return pairs.pairs.back();
}

/// Qualifiers that only conditions name are still judged by what the row says of all others.
void QuickCompiler::finish_pairs() {
    for (auto& row : plan_.pairs) {
        auto const other = std::ranges::find(row.pairs, std::uint64_t{0}, &QuickPair::key);
        if (other == row.pairs.end())
            continue;
        for (auto& pair : row.pairs)
            if (!pair.own) {
                pair.forbidden = other->forbidden;
                pair.value = other->value;
            }
        QuickPair last = *other;
        auto const index = static_cast<unsigned>(other - row.pairs.begin());
        auto const below = (std::uint64_t{1} << index) - 1;
        row.must = (row.must & below) | ((row.must & ~below) >> 1 & ~below); // those behind it move up
        row.pairs.erase(other);
        row.pairs.push_back(std::move(last));
    }
}

std::uint16_t QuickCompiler::add_value(ValueRule const& rule, ValueType type) {
    QuickValue value;
    value.rule = &rule;
    value.type = type;
    value.digits = rule.digits;
    value.lengths = rule.lengths.has_value();
    if (rule.lengths) {
        value.min = rule.lengths->first;
        value.span = rule.lengths->second - rule.lengths->first;
    }
    value.check_digit_length = length_with_check_digit(rule.is);
    value.careful = type.is_number() || !rule.codes.empty() || rule.decimals || rule.from || rule.to || rule.like != nullptr ||
                    (rule.is != ValueKind::none && value.check_digit_length == 0);
    plan_.values.push_back(value);
    return static_cast<std::uint16_t>(plan_.values.size() - 1);
}

// ---- places

std::uint16_t QuickCompiler::scope(std::uint32_t of_places) {
    auto const& from = run_.places().scope(of_places);
    if (from.kind == RuleScope::Kind::set)
        return 0;
    if (from.kind == RuleScope::Kind::tree)
        return ok_ = false, std::uint16_t{0};
    auto const [place, is_new] = scopes_.emplace(of_places, static_cast<std::uint16_t>(plan_.scopes.size()));
    if (!is_new)
        return place->second;
    QuickScope made;
    made.kind = from.kind;
    made.first = from.first;
    plan_.scopes.push_back(std::move(made));
    QuickOp op;
    op.kind = QuickOp::Kind::begins;
    op.scope = place->second;
    plan_.ops.emplace_back(from.first, op);
    op.kind = QuickOp::Kind::ends;
    if (from.kind == RuleScope::Kind::segment)
        plan_.ops.emplace_back(from.first, op);
    return place->second;
}

QuickCompiler::Literal QuickCompiler::new_fact(std::uint16_t scope) {
    auto& used = plan_.scopes[scope].used;
    if (used >= most_facts)
        return ok_ = false, Literal{scope, 0, true};
    return {scope, std::uint64_t{1} << used++, true};
}

void QuickCompiler::add_ops(QuickOp op, std::uint32_t of_slot) {
    auto const& slot = run_.places().slot(of_slot);
    op.slot = of_slot;
    op.element = slot.element;
    op.plain = slot.element != 0 && slot.component == 0 && !slot.repeats && slot.pair.empty();
    for (auto const& target : slot.targets) {
        op.checks = target.checks.empty() ? nullptr : &target.checks;
        note_loops(target.checks);
        plan_.ops.emplace_back(target.node, op);
    }
}

void QuickCompiler::note_loops(std::vector<StepCheck> const& checks) {
    for (auto const& check : checks) {
        ok_ = ok_ && check.counter < 0 && check.where != StepCheck::Where::tree;
        if (check.where != StepCheck::Where::loop)
            continue;
        QuickOp op;
        op.kind = QuickOp::Kind::loop_begins;
        op.index = check.loop;
        plan_.ops.emplace_back(schema_.loops()[check.loop].first, op);
    }
}

/// Loops inside loops, innermost first: they end with what they stand in.
void QuickCompiler::finish_scopes() {
    auto const loop_of = [&](QuickScope const& scope) { return schema_.nodes()[scope.first].loop; };
    for (auto& scope : plan_.scopes) {
        scope.reckons = !scope.counters.empty() || !scope.registers.empty() || !scope.rising.empty() || !scope.orders.empty() || !scope.comparisons.empty();
        if (scope.kind == RuleScope::Kind::segment)
            continue;
        for (std::uint16_t i = 1; i < plan_.scopes.size(); ++i) {
            auto const& other = plan_.scopes[i];
            if (&other == &scope || other.kind != RuleScope::Kind::loop)
                continue;
            if (scope.kind == RuleScope::Kind::set || (loop_of(other) != loop_of(scope) && schema_.is_inside(loop_of(other), loop_of(scope))))
                scope.inner.push_back(i);
        }
        std::ranges::sort(scope.inner, std::greater<>(), [&](std::uint16_t i) { return schema_.loops()[loop_of(plan_.scopes[i])].depth; });
    }
}

} // namespace wharf::grammar
