// What the compiler asks of X12: lists of segments and tuples, values of elements, constants; and what only shows when
// all lines are bound.
#include "translator/x12_compiler.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

using grammar::NodeIndex;

X12Compiler::X12Compiler(EffectiveMap const& map, MapSource const& source,
                         std::shared_ptr<grammar::Schema const> schema)
    : Compiler(map, source), schema_(std::move(schema)) {}

bool X12Compiler::prepare(Context& root) {
    if (map_.set != schema_->set().id) {
        faults_.push_back(map_diagnostic(
            "MAP-0018", map_.origin, 1,
            fmt::format("The map is for transaction set {}, not {}.", map_.set, schema_->set().id)));
        return false;
    }
    strict_ = map_.releases.empty() || map_.releases.front() == schema_->dictionary().release();
    plan_->schema = schema_;
    plan_->format_key = fmt::format("{}:{}", map_.format, schema_->dictionary().release());
    for (std::size_t i = 1; i < schema_->nodes().size(); ++i)
        if (schema_->nodes()[i].starts_loop && segment_id(static_cast<NodeIndex>(i)) == "HL")
            plan_->hierarchy_row = static_cast<NodeIndex>(i);
    root.body->scope = new_scope(*root.body, 0, {});
    root.scope = root.body->scope.get();
    return true;
}

ValueDefaults const& X12Compiler::defaults() const {
    static ValueDefaults const values;
    return values;
}

bool X12Compiler::countable(std::string_view segment) const {
    return segment == "HL" && plan_->hierarchy_row != grammar::no_node;
}

std::string X12Compiler::code_list(ValueFacts const* field, CodeTable const&) const {
    return fmt::format("{}:{}", map_.format,
                       field != nullptr && field->definition != nullptr ? field->definition->number : "");
}

bool X12Compiler::enter(Rule const& rule, ExternalPath const& path, Context& outer, Context& inner) {
    if (!path.cells.empty()) {
        fault("MAP-0007", rule, path.column, "A block needs one segment or loop, not an element.",
              "For one element per member write lines; for a list write each.");
        return false;
    }
    return open(outer, rule, path.steps, path.steps.size(), false, false, inner) != nullptr;
}

/// The root of the HL tree.
bool X12Compiler::own_object(Rule const& rule, Source const& source, Context& context, Member& target) {
    auto const& path = source.alternatives.front();
    if (path.steps.empty() || path.steps.back().segment != "HL" || !path.cells.empty()) return false;
    Context inner;
    auto* const taken = open(context, rule, path.steps, path.steps.size(), false, true, inner);
    if (taken == nullptr) return true;
    inner.path = joined(context.path, rule.path.text());
    inner.node = target.node;
    target.kind = MemberKind::child;
    taken->list = list_slot(*context.body, path);
    target.lists.push_back(taken->list);
    inner.object = context.object;
    auto* const body = child_body(rule, source, inner, target, BodyKind::loop);
    taken->child = body;
    target.bodies.push_back(body);
    return true;
}

void X12Compiler::list_source(Rule const& rule, Source const& source, Context& context, Member& target) {
    auto const& path = source.alternatives.front();
    if (path.cells.empty() && !path.repeats)
        segment_list(rule, source, context, target);
    else
        tuple_list(rule, source, context, target);
}

void X12Compiler::child_entered(Rule const&, Source const& source, Context& child, Body& body, BodyKind kind) {
    body.row = child.row;
    if (kind == BodyKind::loop) {
        body.scope = new_scope(body, schema_->nodes()[child.row].loop, {});
        child.scope = body.scope.get();
    } else {
        child.scope = nullptr;
    }
    if (child.tuple == nullptr) {
        body.use.mask |= child.use->mask; // the qualifier the claim selects by
        child.use = &body.use;
    }
    if (child.row == plan_->hierarchy_row && kind == BodyKind::loop) {
        body.use.mask |= 0b1011; // HL01, HL02 and HL04 are the tree itself
        if (!source.shape.empty()) recursive_[{source.shape, child.row, body.node}] = &body;
    }
}

ExternalPath X12Compiler::value_path(Rule const& rule, Source const& source, Context const& child) {
    ExternalPath path;
    std::size_t const count = child.tuple != nullptr ? child.tuple_cells->size() : 0;
    for (unsigned i = 1; i <= count; ++i)
        if (count == 1 || !child.tuple->test.present || child.tuple->test.element != i - 1) {
            Cell cell;
            cell.element = i;
            path.cells.push_back(cell);
        }
    if (path.cells.empty())
        fault("MAP-0007", rule, source.alternatives.front().column,
              "A list of values needs an element, such as MSG/01.");
    return path;
}

/// `each REF`, `each CTT/AMT`: an object per segment or loop.
void X12Compiler::segment_list(Rule const& rule, Source const& source, Context& context, Member& target) {
    auto const& path = source.alternatives.front();
    Context inner;
    for (std::size_t i = 0; i + 1 < path.steps.size() && context.scope != nullptr; ++i) {
        Context before;
        if (open(context, rule, path.steps, i + 1, false, false, before) == nullptr) return;
        if (schema_->nodes()[before.row].max != 1 && !path.steps[i].select) {
            fault("MAP-0006", rule, path.steps[i].column,
                  fmt::format("{} repeats; a list over several of them is not supported.", path.steps[i].segment),
                  "Make the outer loop a list of its own.");
            return;
        }
    }
    auto* const taken = open(context, rule, path.steps, path.steps.size(), true, true, inner);
    if (taken == nullptr) return;
    auto const* node = target.node->items;
    auto const list = list_slot(*context.body, path);
    taken->list = list;
    target.lists.push_back(list);
    inner.path = joined(context.path, rule.path.text());
    if (inner.row == plan_->hierarchy_row && !source.shape.empty())
        if (auto const known = recursive_.find({source.shape, inner.row, node}); known != recursive_.end()) {
            taken->child = known->second;
            target.bodies.push_back(known->second);
            return;
        }
    auto* const body = child_body(rule, source, inner, target,
                                  schema_->nodes()[inner.row].starts_loop ? BodyKind::loop : BodyKind::segment);
    taken->child = body;
    target.bodies.push_back(body);
}

/// `each 06+07...`, `each SDQ/03+04...`, `each LIN02+03...[SN]`: an object or value per tuple.
void X12Compiler::tuple_list(Rule const& rule, Source const& source, Context& context, Member& target) {
    auto const& path = source.alternatives.front();
    Context inner = context;
    bool const own = path.steps.empty() ||
                     (path.steps.size() == 1 && !path.steps.front().select && context.row != grammar::no_node &&
                      context.scope == nullptr && path.steps.front().segment == segment_id(context.row));
    if (!own) {
        if (open(context, rule, path.steps, path.steps.size(), path.slash_before_cells, false, inner) == nullptr)
            return;
    } else if (context.use == nullptr || context.tuple != nullptr) {
        fault("MAP-0007", rule, path.column, "A tuple without a segment can only stand inside a block.",
              "Name its segment, such as LIN02+03...");
        return;
    }
    auto const cells = tuple_cells(path, inner.row, rule);
    if (cells.empty()) return;
    TupleClaim taken;
    taken.each = true;
    if (path.tuple_select && !make_tuple_test(*path.tuple_select, cells, taken.test, rule, path.column)) return;
    auto* const run = tuple_run(*inner.use, inner.row, cells, path.repeats, taken, rule);
    if (run == nullptr) return;
    auto const run_index = run - inner.use->runs.data();
    taken.list = list_slot(*context.body, path);
    auto* const use = inner.use;
    inner.path = joined(context.path, rule.path.text());
    inner.tuple = &taken;
    inner.tuple_cells = &cells;
    inner.fixed_element = taken.test.single() ? taken.test.element + 1u : 0;
    auto* const body = child_body(rule, source, inner, target, BodyKind::tuple);
    if (body == nullptr) return;
    taken.child = body;
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (cells[i].constant)
            taken.constants.push_back(
                {static_cast<std::uint8_t>(i), 0, *cells[i].constant, rule.origin(), Direction::both, nullptr});
    target.lists.push_back(taken.list);
    target.bodies.push_back(body);
    add_tuple(use->runs[static_cast<std::size_t>(run_index)], std::move(taken), rule);
}

// --- values

/// What the cells of a path are, constants aside; empty after a fault or where the line is left out.
std::vector<ValueFacts const*> X12Compiler::facts(Rule const& rule, ExternalPath const& path, Context& context) {
    std::vector<ValueFacts const*> elements;
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
std::vector<Cell> X12Compiler::tuple_cells(ExternalPath const& path, grammar::NodeIndex row, Rule const& rule) {
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

bool X12Compiler::bind(Rule const& rule, ExternalPath const& path, Context& context, Alternative& alternative) {
    if (path.repeats || path.tuple_select) return bind_tuple(rule, path, context, alternative);
    for (auto const& cell : path.cells) {
        auto const at = place(context, cell, path, rule);
        if (!at) return false;
        Alternative::Part part;
        part.slot = slot(*context.body, *at);
        part.may_lack = cell.may_lack;
        if (cell.constant) part.constant = *cell.constant;
        alternative.parts.push_back(std::move(part));
    }
    return true;
}

/// One tuple by its qualifier: 06+07...[LT].
bool X12Compiler::bind_tuple(Rule const& rule, ExternalPath const& path, Context& context, Alternative& alternative) {
    Context inner = context;
    if (facts(rule, path, context).empty() ||
        (!path.steps.empty() &&
         open(context, rule, path.steps, path.steps.size(), path.slash_before_cells, false, inner) == nullptr))
        return false;
    auto const cells = tuple_cells(path, inner.row, rule);
    TupleClaim taken;
    if (!make_tuple_test(*path.tuple_select, cells, taken.test, rule, path.column)) return false;
    auto* const run = tuple_run(*inner.use, inner.row, cells, path.repeats, taken, rule);
    if (run == nullptr) return false;
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
        part.slot = static_cast<SlotIndex>(context.body->slots.size());
        SlotInfo info;
        info.external = fmt::format("{}<{}>", segment_id(inner.row), fmt::join(taken.test.texts, ","));
        info.rule = place.rule;
        info.key = info.external;
        context.body->slots.push_back(std::move(info));
        taken.cells.push_back({place.element, 0, part.slot});
        part.may_lack = cells[i].may_lack;
        alternative.parts.push_back(std::move(part));
    }
    add_tuple(*run, std::move(taken), rule);
    return true;
}

// --- constants

void X12Compiler::drop(Rule const& rule, Context& context) {
    auto const& path = rule.sources.front().alternatives.front();
    if (path.cells.size() != 1) {
        fault("MAP-0007", rule, 1, "A `-` line names one element, and its value or `drop`.",
              "Write, for example: -  BEG02 = \"NE\"");
        return;
    }
    auto const at = place(context, path.cells.front(), path, rule);
    if (!at) return;
    fits(rule);
    if (at->in_tuple) {
        fault("MAP-0009", rule, 1, "A part of a tuple cannot be dropped.", "Give it a canonical path.");
        return;
    }
    mark_read(*at->use, at->element, at->component);
    settled_.push_back({at->use, at->element, at->component, Direction::both, false, at->external, rule.origin()});
}

void X12Compiler::constant(Rule const& rule, Context& context) {
    auto const& path = rule.sources.front().alternatives.front();
    if (path.cells.size() != 1) {
        fault("MAP-0007", rule, 1, "A `-` line names one element, and its value or `drop`.",
              "Write, for example: -  BEG02 = \"NE\"");
        return;
    }
    auto const found = place(context, path.cells.front(), path, rule);
    if (!found || !constant_fits(rule, *found)) return;
    fits(rule);
    auto const& at = *found;
    Constant made{at.element, at.component, rule.expression->text, rule.origin(), rule.direction, nullptr};
    if (at.in_tuple) {
        if (rule.direction != Direction::both) {
            fault("MAP-0009", rule, 1, "A constant part of a tuple goes both ways: it chooses the tuple.");
            return;
        }
        context.tuple->constants.push_back(std::move(made));
        return;
    }
    made.when = add_condition(rule, context);
    if (rule.direction != Direction::write) mark_read(*at.use, at.element, at.component); // checked, not kept
    settled_.push_back(
        {at.use, at.element, at.component, rule.direction, rule.when.has_value(), at.external, rule.origin()});
    at.use->constants.push_back(std::move(made));
}

/// A constant must be a value that the element can have.
bool X12Compiler::constant_fits(Rule const& rule, Place const& at) {
    auto const& text = rule.expression->text;
    auto const refuse = [&](std::string message) {
        fault("MAP-0009", rule, rule.expression->column, std::move(message));
        return false;
    };
    if (text.empty()) return refuse("The value is empty.");
    if (at.rule == nullptr || !strict_) return true;
    if (text.size() < at.rule->min || text.size() > at.rule->max)
        return refuse(fmt::format("\"{}\" does not fit into {}, which holds {} to {} characters.", text, at.external,
                                  at.rule->min, at.rule->max));
    if (at.rule->codes != nullptr && !at.rule->codes->find(text))
        return refuse(
            fmt::format("\"{}\" is not a code of {} in {}.", text, at.external, schema_->dictionary().release()));
    return true;
}

} // namespace wharf::translator
