#include "grammar/rule_run.hpp"

#include <algorithm>

namespace wharf::grammar {
namespace {

bool is_order(Condition::Order order) { return order != Condition::Order::equal && order != Condition::Order::not_equal; }
bool is_reckoned(Operand::Kind kind) { return kind == Operand::Kind::count || kind == Operand::Kind::sum || kind == Operand::Kind::unique; }

} // namespace

RuleRun::RuleRun(Schema const& schema, Hierarchy const& hierarchy, RuleSelection const* only) : places_(schema, hierarchy), schema_(schema), only_(only) {
    for (auto const& rule : schema.narrowed().rules)
        compile_rule(rule, 0);
    for (NodeIndex node = 0; node < schema.nodes().size(); ++node)
        compile_rows(node);
    if (any())
        places_.finish();
    only_ = nullptr;
}

void RuleRun::compile_rows(NodeIndex node) {
    auto const& row = *schema_.nodes()[node].narrowed;
    for (auto const& rule : row.rules)
        compile_rule(rule, node);
    if (node == 0) // ST stands once
        return;
    for (auto const& element : row.elements)
        if (element.rule.unique)
            add_unique(element.rule, node, element.element, element.component, {});
    if (row.pairs.empty())
        return;
    if (auto const serial = pair_serial_++; is_wanted(only_ == nullptr ? nullptr : &only_->pairs, serial))
        pairs_.push_back({serial, node, &row.pairs, own_reading(node, 0, 0, {}).slot});
    for (auto const& pair : row.pairs)
        if (pair.rule.unique)
            add_unique(pair.rule, node, 0, 0, pair.qualifier);
}

void RuleRun::add_unique(ValueRule const& rule, NodeIndex node, std::uint8_t element, std::uint8_t component, std::string const& pair) {
    if (auto const serial = unique_serial_++; is_wanted(only_ == nullptr ? nullptr : &only_->unique, serial))
        unique_.push_back({serial, &rule, own_reading(node, element, component, pair).slot});
}

/// The row's own segment as a path.
RuleReading RuleRun::own_reading(NodeIndex node, std::uint8_t element, std::uint8_t component, std::string const& pair) {
    auto path = std::make_unique<RulePath>();
    path->element = element;
    path->component = component;
    path->pair = pair;
    auto const& id = schema_.segments()[schema_.nodes()[node].segment].definition->id;
    path->text = element != 0 ? fmt::format("{}{:02}", id, element) : !pair.empty() ? fmt::format("{}/<{}>", id, pair) : id;
    own_paths_.push_back(std::move(path));
    return places_.resolve(*own_paths_.back(), node);
}

/// Rules whose places the schema does not have are left out: the reader of guides has refused them.
void RuleRun::compile_rule(Rule const& rule, NodeIndex node) {
    RulePlan plan;
    plan.serial = rule_serial_++;
    if (!is_wanted(only_ == nullptr ? nullptr : &only_->rules, plan.serial))
        return;
    plan.source = &rule;
    plan.node = node;
    plan.block = places_.block_of(node);
    if (rule.kind == Rule::Kind::order) {
        auto path = std::make_unique<RulePath>();
        path->steps.push_back({rule.segment, 1, {}, 0});
        path->text = rule.segment;
        own_paths_.push_back(std::move(path));
        plan.order = places_.resolve(*own_paths_.back(), node);
        if (plan.order.slot == RuleReading::none)
            return;
    } else {
        plan.condition = compile_condition(rule.condition, node);
    }
    for (auto const& effect : rule.effects) {
        EffectPlan made;
        made.source = &effect;
        made.target = places_.resolve(effect.path, node);
        if (made.target.slot == RuleReading::none)
            continue;
        if (places_.slot(made.target.slot).is_segment()) {
            made.parent = places_.resolve_parent(effect.path, node);
            if (made.parent.slot != RuleReading::none)
                for (auto const& target : places_.slot(made.parent.slot).targets) // variants are loops of their own
                    made.parent_scopes.emplace_back(target.node, places_.block_below(target.node, effect.path));
        }
        plan.effects.push_back(std::move(made));
    }
    find_outside(plan);
    rules_.push_back(std::move(plan));
}

void RuleRun::find_outside(RulePlan& plan) {
    bool reads_block = false;
    auto const note = [&](RuleReading reading) {
        if (reading.slot == RuleReading::none)
            return;
        reads_block = reads_block || reading.scope == plan.block;
        plan.outside.push_back(reading);
    };
    auto const note_condition = [&](ConditionPlan const& condition, auto const& self) -> void {
        note(condition.left);
        note(condition.right);
        for (auto const& part : condition.parts)
            self(part, self);
    };
    note_condition(plan.condition, note_condition);
    note(plan.order);
    for (auto const& effect : plan.effects) {
        note(effect.target);
        note(effect.parent);
    }
    if (reads_block)
        plan.outside.clear();
}

// The nesting of conditions is limited where they are read.
ConditionPlan RuleRun::compile_condition(Condition const& condition, NodeIndex node) {
    ConditionPlan plan;
    plan.source = &condition;
    for (auto const& part : condition.parts)
        plan.parts.push_back(compile_condition(part, node));
    using enum Condition::Kind;
    if (condition.kind == any_of || condition.kind == all_of || condition.kind == negation)
        return plan;
    plan.left = places_.resolve(condition.left.path, node);
    if (condition.kind != compare)
        return plan;
    if (condition.right.kind == Operand::Kind::literal)
        plan.literal = Decimal::parse(condition.right.literal);
    else
        plan.right = places_.resolve(condition.right.path, node);
    compile_numbers(plan);
    return plan;
}

/// Numbers are compared as numbers: where either side is one by its type or is reckoned, and where larger and smaller are asked of a number.
void RuleRun::compile_numbers(ConditionPlan& plan) const {
    auto const& condition = *plan.source;
    auto const is_number = [&](Operand::Kind kind, RuleReading reading) {
        return is_reckoned(kind) || (reading.slot != RuleReading::none && places_.slot(reading.slot).type.is_number());
    };
    plan.numeric = is_number(condition.left.kind, plan.left) || (plan.right.slot != RuleReading::none && is_number(condition.right.kind, plan.right)) ||
                   (is_order(condition.order) && plan.literal.has_value());
}

} // namespace wharf::grammar
