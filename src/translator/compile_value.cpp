// Lines of one value, and `-` lines.
#include "translator/compiler.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

std::string joined(std::string const& path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

} // namespace

/// What the cells of a path are, constants aside; empty after a fault or where the line is left out.
std::vector<grammar::ElementRule const*> Compiler::elements_of(Rule const& rule, ExternalPath const& path,
                                                               Context& context) {
    std::vector<grammar::ElementRule const*> elements;
    if (path.repeats || path.tuple_select) {
        Context inner = context;
        if (!path.steps.empty() &&
            open(context, rule, path.steps, path.steps.size(), path.slash_before_cells, false, inner) == nullptr)
            return {};
        if (inner.use == nullptr || inner.tuple != nullptr || inner.row == grammar::no_node) {
            fault("MAP-0007", rule, path.column, "A tuple without a segment can only stand inside a block.");
            return {};
        }
        auto const cells = tuple_cells(path, inner.row, rule);
        if (cells.empty()) return {};
        if (!path.tuple_select) {
            fault("MAP-0014", rule, path.column, "One value of many tuples needs a qualifier, such as 06+07...[UP].",
                  "For all of them write a list: each 06+07...");
            return {};
        }
        Test test;
        if (!make_tuple_test(*path.tuple_select, cells, test, rule, path.column)) return {};
        for (std::size_t i = 0; i < cells.size(); ++i) {
            unsigned component = cells[i].component;
            bool composite = false;
            auto const* const element = element_rule(inner.row, cells[i].element, component, composite);
            if (element == nullptr) {
                if (!left_out(rule))
                    fault("MAP-0007", rule, path.column,
                          fmt::format("{} has no element {:02}.", segment_id(inner.row), cells[i].element));
                return {};
            }
            if (i != test.element) elements.push_back(element);
        }
        return elements;
    }
    if (path.cells.empty()) {
        fault("MAP-0007", rule, path.column,
              fmt::format("`{}` is one value; `{}` names no element.", rule.path.text(), path.text),
              "Name the element, such as BEG03, or make it a list: each …");
        return {};
    }
    for (auto const& cell : path.cells) {
        if (rule.in_shape && context.fixed_element != 0 && path.steps.empty() && path.cells.size() == 1 &&
            cell.element == context.fixed_element && rule.direction == Direction::both)
            return {}; // the qualifier says it already
        auto const at = place(context, cell, path, rule);
        if (!at) return {};
        if (!cell.constant) elements.push_back(at->rule);
    }
    if (elements.empty()) fault("MAP-0007", rule, path.column, "The line reads constants only.");
    return elements;
}

/// The cells of a tuple path; of <UP> the first pair of the segment.
std::vector<Cell> Compiler::tuple_cells(ExternalPath const& path, grammar::NodeIndex row, Rule const& rule) {
    if (!path.cells.empty()) return path.cells;
    auto const& definition = *schema_->segments()[schema_->nodes()[row].segment].definition;
    if (definition.pairs_from == 0) {
        fault("MAP-0007", rule, path.column, fmt::format("{} has no pairs of qualifier and value.", definition.id));
        return {};
    }
    std::vector<Cell> cells(2);
    cells[0].element = definition.pairs_from;
    cells[1].element = definition.pairs_from + 1u;
    return cells;
}

// --- values

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
    if (target->node->type == document::NodeType::array) {
        fault("MAP-0008", rule, rule.path.column,
              fmt::format("`{}` is a list: write `{}[]  each …`.", line->canonical, rule.path.text()));
        return;
    }
    if (!target->members.empty() || target->kind == MemberKind::list) {
        fault("MAP-0012", rule, rule.path.column, fmt::format("`{}` is written twice.", line->canonical));
        return;
    }
    if (rule.sources.empty()) { // canonical only
        auto const& expression = *rule.expression;
        if (expression.kind != Expression::Kind::variable || expression.text != "index") {
            fault("MAP-0009", rule, expression.column, "Only `= $index` can stand without an external path.");
            return;
        }
        if (target->node->type != document::NodeType::integer && target->node->type != document::NodeType::string) {
            fault("MAP-0011", rule, rule.path.column, fmt::format("`{}` cannot hold a position.", line->canonical));
            return;
        }
        line->computed_index = true;
        target->kind = MemberKind::index;
        target->lines.push_back(static_cast<std::uint16_t>(body.lines.size()));
        body.lines.push_back(std::move(line));
        return;
    }
    // the conversion first: a line that is left out must not take its elements
    auto const elements = elements_of(rule, rule.sources.front().alternatives.front(), context);
    if (elements.empty() || !converter(rule, target->node, elements, line->converter) ||
        !alternatives_agree(rule, context, target->node, line->converter))
        return;
    if (rule.expression && !expression_known(rule, context)) return;
    if (rule.in_shape) fits_.insert(rule.origin().text_place());
    for (auto const& path : rule.sources.front().alternatives) {
        Alternative alternative;
        alternative.external = path.text;
        if (path.repeats || path.tuple_select) { // one tuple by its qualifier: 06+07...[LT]
            Context inner = context;
            if (elements_of(rule, path, context).empty() ||
                (!path.steps.empty() &&
                 open(context, rule, path.steps, path.steps.size(), path.slash_before_cells, false, inner) == nullptr))
                return;
            auto const cells = tuple_cells(path, inner.row, rule);
            TupleClaim taken;
            if (!make_tuple_test(*path.tuple_select, cells, taken.test, rule, path.column)) return;
            auto* const run = tuple_run(*inner.use, inner.row, cells, path.repeats, taken, rule);
            if (run == nullptr) return;
            for (std::size_t i = 0; i < cells.size(); ++i) {
                if (i == taken.test.element) continue;
                Place place;
                place.fields = &taken.cells;
                place.element = static_cast<std::uint8_t>(i);
                unsigned component = cells[i].component;
                bool composite = false;
                place.rule = element_rule(inner.row, cells[i].element, component, composite);
                place.external = fmt::format("{}{:02}", segment_id(inner.row), cells[i].element);
                place.key = place.external;
                Alternative::Part part;
                part.slot = static_cast<SlotIndex>(body.slots.size());
                SlotInfo info;
                info.external = fmt::format("{}<{}>", segment_id(inner.row), fmt::join(taken.test.texts, ","));
                info.rule = place.rule;
                info.key = info.external;
                body.slots.push_back(std::move(info));
                taken.cells.push_back({place.element, 0, part.slot});
                part.may_lack = cells[i].may_lack;
                alternative.parts.push_back(std::move(part));
            }
            add_tuple(*run, std::move(taken), rule);
        } else {
            for (auto const& cell : path.cells) {
                auto const at = place(context, cell, path, rule);
                if (!at) return;
                Alternative::Part part;
                part.slot = slot(body, *at);
                part.may_lack = cell.may_lack;
                if (cell.constant) part.constant = *cell.constant;
                alternative.parts.push_back(std::move(part));
            }
        }
        line->alternatives.push_back(std::move(alternative));
    }
    if (line->converter.check && line->converter.node == nullptr) line->converter.check = false;
    line->conversion_inferred = rule.conversions.empty();
    if (line->converter.op == Op::moment && group < 0 && !rule.when && line->alternatives.size() == 1 &&
        line->alternatives.front().parts.size() == 2)
        line->alternatives.front().parts.back().may_lack = true; // nothing else would read the date alone
    if (line->expression && line->expression->kind == Expression::Kind::variable) {
        fault("MAP-0009", rule, line->expression->column,
              fmt::format("`${}` cannot be written to an element yet.", line->expression->text));
        return;
    }
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

/// `-  02 = "X"`, `-  02 drop`, `-  CTT01 = count lines`.
void Compiler::dash_rule(Rule const& rule, Context& context) {
    if (rule.sources.empty() || rule.sources.front().alternatives.size() != 1 ||
        rule.sources.front().alternatives.front().cells.size() != 1) {
        fault("MAP-0007", rule, 1, "A `-` line names one element, and its value or `drop`.",
              "Write, for example: -  BEG02 = \"NE\"");
        return;
    }
    auto const& path = rule.sources.front().alternatives.front();
    auto at = place(context, path.cells.front(), path, rule);
    if (!at) return;
    if (rule.in_shape) fits_.insert(rule.origin().text_place());
    if (rule.drop) {
        if (at->in_tuple) {
            fault("MAP-0009", rule, 1, "A part of a tuple cannot be dropped.", "Give it a canonical path.");
            return;
        }
        mark_read(*at->use, at->element, at->component);
        settled_.push_back({at->use, at->element, at->component, Direction::both, false, at->external, rule.origin()});
        return;
    }
    if (!rule.expression) {
        fault("MAP-0009", rule, 1, "A `-` line needs a value or `drop`.", "Write, for example: -  BEG02 = \"NE\"");
        return;
    }
    if (rule.expression->kind == Expression::Kind::variable) {
        fault("MAP-0009", rule, rule.expression->column,
              fmt::format("`${}` cannot be written to an element yet.", rule.expression->text));
        return;
    }
    if (!expression_known(rule, context)) return;
    if (rule.expression->kind == Expression::Kind::literal) {
        if (constant_fits(rule, *at)) constant(rule, context, *at);
        return;
    }
    auto line = std::make_unique<Line>();
    line->origin = rule.origin();
    line->canonical = "-";
    line->direction = rule.direction;
    line->expression = rule.expression;
    line->checked = checked_on_reading(rule, *context.body);
    Alternative alternative;
    alternative.external = path.text;
    alternative.parts.push_back({slot(*context.body, *at), false, {}});
    context.body->slots[alternative.parts.front().slot].readers.push_back(
        static_cast<std::uint16_t>(context.body->lines.size()));
    line->alternatives.push_back(std::move(alternative));
    line->converter.elements.push_back(at->rule);
    if (rule.when)
        pending_.push_back({line.get(), context.body, context.object, rule.when, std::nullopt, nullptr, rule.origin()});
    context.body->lines.push_back(std::move(line));
}

void Compiler::constant(Rule const& rule, Context& context, Place const& at) {
    Constant made{at.element, at.component, rule.expression->text, rule.origin(), rule.direction, nullptr};
    if (at.in_tuple) {
        if (rule.direction != Direction::both) {
            fault("MAP-0009", rule, 1, "A constant part of a tuple goes both ways: it chooses the tuple.");
            return;
        }
        context.tuple->constants.push_back(std::move(made));
        return;
    }
    if (rule.when) {
        auto const test = std::make_shared<ConditionTest>();
        made.when = test;
        pending_.push_back({nullptr, context.body, context.object, rule.when, std::nullopt, test, rule.origin()});
    }
    if (rule.direction != Direction::write) mark_read(*at.use, at.element, at.component); // checked, not kept
    settled_.push_back(
        {at.use, at.element, at.component, rule.direction, rule.when.has_value(), at.external, rule.origin()});
    at.use->constants.push_back(std::move(made));
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
