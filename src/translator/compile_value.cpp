// Lines of one value, and `-` lines.
#include "translator/compiler.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

/// What a computed value becomes in a field, by the field's type alone.
Op op_of(ValueFacts const& field) {
    using grammar::ElementClass;
    switch (field.kind) {
    case ElementClass::digits:
        return field.implied_decimals > 0 ? Op::implied : Op::decimal;
    case ElementClass::decimal:
        return Op::decimal;
    case ElementClass::date:
        return Op::date;
    case ElementClass::time:
        return Op::time;
    default:
        return Op::text;
    }
}

} // namespace

void Compiler::scalar_rule(Rule const& rule, Context& context, Member* target, std::int16_t group,
                           std::uint16_t ordinal) {
    auto& body = *context.body;
    auto line = std::make_unique<Line>();
    line->origin = rule.origin();
    line->canonical = target == body.root.get() ? context.path : joined(context.path, rule.path.text());
    line->direction = rule.direction;
    line->one_of = group;
    line->ordinal = ordinal;
    line->target = target;
    line->expression = rule.expression;
    line->on_error = rule.on_error;
    bool const splits = std::ranges::any_of(rule.conversions, [](auto const& one) { return one.name == "split"; });
    if (target->node->type == document::NodeType::array && !splits) {
        fault("MAP-0008", rule, rule.path.column,
              fmt::format("`{}` is a list: write `{}[]  each …`.", line->canonical, rule.path.text()));
        return;
    }
    if (!target->members.empty() || target->kind == MemberKind::list) {
        fault("MAP-0012", rule, rule.path.column, fmt::format("`{}` is written twice.", line->canonical));
        return;
    }
    if (rule.sources.empty()) return value_rule(rule, context, *target, std::move(line));
    // the conversion first: a line that is left out must not take its elements
    auto const fields = facts(rule, rule.sources.front().alternatives.front(), context);
    if (fields.empty() || !converter(rule, target->node, fields, line->converter) ||
        !alternatives_agree(rule, context, target->node, line->converter))
        return;
    if (rule.expression && !expression_known(rule, context)) return;
    fits(rule);
    for (auto const& path : rule.sources.front().alternatives) {
        Alternative alternative;
        alternative.external = path.text;
        if (!bind(rule, path, context, alternative)) return;
        line->alternatives.push_back(std::move(alternative));
    }
    if (line->converter.check && line->converter.node == nullptr) line->converter.check = false;
    line->conversion_inferred = rule.conversions.empty();
    if (!line->converter.join.empty()) // each may be missing: what is there is joined
        for (auto& alternative : line->alternatives)
            for (auto& part : alternative.parts)
                part.may_lack = true;
    if (line->converter.op == Op::moment && group < 0 && !rule.when && line->alternatives.size() == 1 &&
        line->alternatives.front().parts.size() == 2)
        line->alternatives.front().parts.back().may_lack = true; // nothing else would read the date alone
    line->checked = checked_on_reading(rule, body);
    auto const index = static_cast<std::uint16_t>(body.lines.size());
    Conversion const* same = nullptr;
    for (auto const& conversion : rule.conversions)
        if (conversion.name == "same") same = &conversion;
    if (rule.when || same != nullptr || line->converter.op == Op::moment)
        pending_.push_back({line.get(), &body, context.object, rule.when,
                            same != nullptr ? std::optional(*same) : std::nullopt, nullptr, rule.origin()});
    for (auto const& alternative : line->alternatives)
        for (auto const& part : alternative.parts)
            body.slots[part.slot].readers.push_back(index);
    target->lines.push_back(index);
    body.lines.push_back(std::move(line));
}

/// Canonical only: `position read = $index`, `currency read = "USD"`, `… read = $envelope.control_number`.
void Compiler::value_rule(Rule const& rule, Context& context, Member& target, std::unique_ptr<Line> line) {
    auto const& expression = *rule.expression;
    bool const index = expression.kind == Expression::Kind::variable && expression.text == "index";
    if (expression.kind != Expression::Kind::variable && expression.kind != Expression::Kind::literal) {
        fault("MAP-0009", rule, expression.column,
              "Only `= $index`, another `$` value or a text can stand without an external path.");
        return;
    }
    auto const type = target.node->type;
    if (type != document::NodeType::integer && type != document::NodeType::string) {
        fault("MAP-0011", rule, rule.path.column, fmt::format("`{}` cannot hold one value.", line->canonical));
        return;
    }
    if (!target.lines.empty()) {
        fault("MAP-0012", rule, rule.path.column, fmt::format("`{}` is written twice.", line->canonical));
        return;
    }
    if (!index && !expression_known(rule, context)) return;
    if (expression.kind == Expression::Kind::literal &&
        (type == document::NodeType::integer ? expression.text.find_first_not_of("0123456789") != std::string::npos
                                             : !document::accepts(*target.node, expression.text))) {
        fault("MAP-0009", rule, expression.column,
              fmt::format("\"{}\" is no value that `{}` can have.", expression.text, line->canonical),
              type == document::NodeType::string ? fmt::format("It is {}.", document::expectation(*target.node))
                                                 : std::string("It is a whole number."));
        return;
    }
    line->computed_index = true;
    line->converter.node = target.node;
    if (rule.when && index) {
        fault("MAP-0009", rule, expression.column, "`$index` stands without `when`.");
        return;
    }
    if (rule.when)
        pending_.push_back({line.get(), context.body, context.object, rule.when, std::nullopt, nullptr, rule.origin()});
    target.kind = index ? MemberKind::index : MemberKind::value;
    target.lines.push_back(static_cast<std::uint16_t>(context.body->lines.size()));
    context.body->lines.push_back(std::move(line));
}

/// `-  02 = "X"`, `-  02 drop`, `-  CTT01 = count lines`.
void Compiler::dash_rule(Rule const& rule, Context& context) {
    if (rule.sources.empty() || rule.sources.front().alternatives.size() != 1) {
        fault("MAP-0007", rule, 1, "A `-` line names one element, and its value or `drop`.",
              "Write, for example: -  BEG02 = \"NE\"");
        return;
    }
    if (rule.drop) return drop(rule, context);
    if (!rule.expression) {
        fault("MAP-0009", rule, 1, "A `-` line needs a value or `drop`.", "Write, for example: -  BEG02 = \"NE\"");
        return;
    }
    if (!expression_known(rule, context)) return;
    if (rule.expression->kind == Expression::Kind::literal) return constant(rule, context);
    auto const& path = rule.sources.front().alternatives.front();
    auto const fields = facts(rule, path, context);
    if (fields.empty()) return;
    fits(rule);
    auto line = std::make_unique<Line>();
    line->origin = rule.origin();
    line->canonical = "-";
    line->direction = rule.direction;
    line->expression = rule.expression;
    line->checked = checked_on_reading(rule, *context.body);
    line->converter.elements = fields;
    line->converter.op = op_of(*fields.front());
    line->converter.scale = fields.front()->implied_decimals;
    if (!spell(rule, line->converter)) return;
    line->converter.plain = !line->converter.comma;
    Alternative alternative;
    alternative.external = path.text;
    if (!bind(rule, path, context, alternative)) return;
    if (alternative.parts.size() != 1) {
        fault("MAP-0007", rule, path.column, "A `-` line names one element.");
        return;
    }
    context.body->slots[alternative.parts.front().slot].readers.push_back(
        static_cast<std::uint16_t>(context.body->lines.size()));
    line->alternatives.push_back(std::move(alternative));
    if (rule.when)
        pending_.push_back({line.get(), context.body, context.object, rule.when, std::nullopt, nullptr, rule.origin()});
    context.body->lines.push_back(std::move(line));
}

std::shared_ptr<ConditionTest const> Compiler::add_condition(Rule const& rule, Context const& context) {
    if (!rule.when) return nullptr;
    auto test = std::make_shared<ConditionTest>();
    pending_.push_back({nullptr, context.body, context.object, rule.when, std::nullopt, test, rule.origin()});
    return test;
}

/// What the reader compares: counts that stand in the document's own segments. Other computed elements are kept.
bool Compiler::checked_on_reading(Rule const& rule, Body const& body) const {
    if (!rule.expression || &body != plan_->root) return false;
    auto const& expression = *rule.expression;
    return expression.kind == Expression::Kind::count_segment ||
           (expression.kind == Expression::Kind::count_path && !expression.everywhere &&
            expression.path.parts.size() == 1 && expression.path.parts.front().select_member.empty());
}

} // namespace wharf::translator
