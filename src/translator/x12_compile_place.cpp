// Rows, claims, tuples and elements: what the steps of an X12 path are in the grammar.
#include "translator/x12_compiler.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

using grammar::NodeIndex;

namespace {

std::uint64_t bit(unsigned element) {
    return element == 0 || element > 64 ? 0 : std::uint64_t{1} << (element - 1);
}

} // namespace

std::string X12Compiler::segment_id(NodeIndex row) const {
    return schema_->segments()[schema_->nodes()[row].segment].definition->id;
}

std::optional<NodeIndex> X12Compiler::row(Scope const& scope, Step const& step, Rule const& rule) {
    auto const& loop = schema_->loops()[scope.loop];
    // inside a hierarchical loop its own id names the levels below
    if (step.segment == "HL" && scope.loop != 0 && segment_id(loop.first) == "HL") return loop.first;
    unsigned number = 0;
    for (auto const node : loop.rows)
        if (segment_id(node) == step.segment && ++number == step.number) return node;
    if (left_out(rule)) return std::nullopt;
    std::vector<std::string> names;
    for (auto const node : loop.rows)
        names.push_back(segment_id(node));
    auto const near = did_you_mean(step.segment, names);
    auto help = near;
    for (auto const& other : schema_->loops())
        for (auto const node : other.rows)
            if (&other != &loop && help.empty() && segment_id(node) == step.segment)
                help = fmt::format("It stands at {}.", schema_->path(node));
    fault("MAP-0006", rule, step.column,
          number == 0
              ? fmt::format("{} has no segment {}.", loop.path, step.segment)
              : fmt::format("{} has {} only {} time{}.", loop.path, step.segment, number, number == 1 ? "" : "s"),
          help);
    return std::nullopt;
}

std::unique_ptr<Scope> X12Compiler::new_scope(Body& body, std::uint16_t loop, std::string prefix) {
    auto scope = std::make_unique<Scope>();
    scope->body = &body;
    scope->loop = loop;
    scope->first = schema_->loops()[loop].first;
    scope->last = scope->first;
    for (std::size_t node = 0; node < schema_->nodes().size(); ++node)
        if (schema_->is_inside(schema_->nodes()[node].loop, loop))
            scope->last = std::max(scope->last, static_cast<NodeIndex>(node));
    scope->by_row.resize(scope->last - scope->first + 1u);
    scope->prefix = std::move(prefix);
    return scope;
}

bool X12Compiler::make_test(Select const& select, NodeIndex row, Test& test, Rule const& rule, std::uint32_t column) {
    auto const& segment = schema_->segments()[schema_->nodes()[row].segment];
    unsigned element = select.element != 0 ? select.element : segment.definition->key;
    for (std::size_t i = 0; i < segment.elements.size() && element == 0; ++i)
        if (segment.elements[i].kind == grammar::ElementClass::id) element = static_cast<unsigned>(i + 1);
    if (element == 0 || element > segment.elements.size()) {
        fault("MAP-0014", rule, column,
              select.element != 0 ? fmt::format("{} has no element {:02}.", segment.definition->id, select.element)
                                  : fmt::format("{} has no qualifier to select by.", segment.definition->id),
              fmt::format("Name the deciding element, such as {}[02=CODE].", segment.definition->id));
        return false;
    }
    test.present = true;
    test.element = static_cast<std::uint8_t>(element);
    for (auto const& code : select.codes) {
        if (!selectable(code, &segment.elements[element - 1], rule, column)) return false;
        test.codes.push_back(pack_code(code));
        test.texts.push_back(code);
    }
    return true;
}

/// A code that a claim can meet: short enough to be compared, and in the element's list.
bool X12Compiler::selectable(std::string const& code, grammar::ElementRule const* element, Rule const& rule,
                          std::uint32_t column) {
    if (code.empty() || code.size() > 8) {
        fault("MAP-0014", rule, column,
              code.empty() ? std::string("The code is empty.")
                           : fmt::format("The code `{}` is longer than eight characters.", code));
        return false;
    }
    if (!strict_ || element == nullptr || element->codes == nullptr || element->codes->find(code)) return true;
    fault("MAP-0014", rule, column,
          fmt::format("This line can never receive anything: `{}` is not a code of element {} in {}.", code,
                      element->definition->number, schema_->dictionary().release()),
          fmt::format("wharf explain element {} lists the codes.", element->definition->number));
    return false;
}

bool X12Compiler::make_tuple_test(Select const& select, std::vector<Cell> const& cells, Test& test, Rule const& rule,
                               std::uint32_t column) {
    std::size_t index = 0;
    if (select.element != 0)
        while (index < cells.size() && cells[index].element != select.element)
            ++index;
    if (index == cells.size()) {
        fault("MAP-0014", rule, column, fmt::format("Element {:02} is not part of the tuple.", select.element));
        return false;
    }
    test.present = true;
    test.element = static_cast<std::uint8_t>(index);
    for (auto const& code : select.codes) {
        if (!selectable(code, nullptr, rule, column)) return false;
        test.codes.push_back(pack_code(code));
        test.texts.push_back(code);
    }
    return true;
}

/// "[DP]", "[CTP02=UCP]": as diagnostics and extensions print it.
std::string X12Compiler::test_text(NodeIndex row, Test const& test) const {
    if (!test.present) return {};
    auto const& definition = *schema_->segments()[schema_->nodes()[row].segment].definition;
    std::string text = "[";
    if (test.element != definition.key) text += fmt::format("{}{:02}=", definition.id, test.element);
    text += fmt::format("{}", fmt::join(test.texts, ","));
    return text + "]";
}

Claim* X12Compiler::claim(Scope& scope, NodeIndex row, Step const& step, bool each, bool child, Rule const& rule) {
    Test test;
    if (step.select && !make_test(*step.select, row, test, rule, step.column)) return nullptr;
    for (auto const& known : scope.claims) {
        if (known->row != row || known->each != each || known->test.present != test.present ||
            known->test.element != test.element || known->test.texts != test.texts)
            continue;
        if (!child && known->child == nullptr) return known.get();
        fault("MAP-0016", rule, step.column,
              fmt::format("This line can never receive anything: {} takes the same {} first.",
                          known->origin.text_place(), step.segment),
              "Give one of the two a qualifier, or take one away.");
        return nullptr;
    }
    auto made = std::make_unique<Claim>();
    made->row = row;
    made->each = each;
    made->rank = static_cast<std::uint8_t>(rank(each, test.present));
    made->order = order_++;
    made->origin = rule.origin();
    fits(rule);
    if (!each) {
        if (scope.single_claims == used_words * 64) {
            fault("MAP-0016", rule, step.column, "More than 256 single claims in one block.");
            return nullptr;
        }
        made->used = scope.single_claims++;
    }
    auto const id = segment_id(row);
    auto const once = schema_->nodes()[row].max == 1;
    if (child)
        made->stem = "";
    else if (test.present)
        made->stem = scope.prefix + id + test_text(row, test) + "/";
    else if (each && !once)
        made->numbered = true;
    else
        made->stem = scope.prefix + (once ? std::string() : id + "(1)/");
    if (test.single()) made->use.mask |= bit(test.element);
    made->test = std::move(test);
    scope.claims.push_back(std::move(made));
    return scope.claims.back().get();
}

Scope* X12Compiler::scope_below(Body& body, Claim& claim, Scope const& parent) {
    if (claim.scope != nullptr) return claim.scope;
    auto const& node = schema_->nodes()[claim.row];
    auto prefix = parent.prefix + segment_id(claim.row) + test_text(claim.row, claim.test);
    if (!claim.test.present && node.max != 1) prefix += "(1)";
    auto scope = new_scope(body, node.loop, prefix + "/");
    scope->own = &claim;
    claim.scope = scope.get();
    body.prefix_scopes.push_back(std::move(scope));
    return claim.scope;
}

/// Opens the first `count` steps: `inner` is where their lines stand. nullptr after a fault or where the place is left
/// out.
Claim* X12Compiler::open(Context& context, Rule const& rule, std::vector<Step> const& steps, std::size_t count,
                      bool each_last, bool child, Context& inner) {
    inner = context;
    Claim* found = nullptr;
    for (std::size_t i = 0; i < count; ++i) {
        bool const last = i + 1 == count;
        if (inner.scope == nullptr) {
            if (!left_out(rule))
                fault("MAP-0006", rule, steps[i].column,
                      fmt::format("{} stands inside one segment; no other segment can be named there.",
                                  steps[i].segment));
            return nullptr;
        }
        auto const place = row(*inner.scope, steps[i], rule);
        if (!place) return nullptr;
        bool const loop = schema_->nodes()[*place].starts_loop;
        if (!last && !loop) {
            if (!left_out(rule))
                fault("MAP-0006", rule, steps[i].column,
                      fmt::format("{} is not a loop in {}; nothing stands inside it.", steps[i].segment,
                                  schema_->loops()[inner.scope->loop].path));
            return nullptr;
        }
        auto* const parent = inner.scope;
        found = claim(*parent, *place, steps[i], last && each_last, last && child, rule);
        if (found == nullptr) return nullptr;
        inner.row = *place;
        inner.claim = found;
        inner.tuple = nullptr;
        inner.use = &found->use;
        inner.fixed_element = found->test.single() ? found->test.element : 0;
        inner.scope = loop && !(last && child) ? scope_below(*inner.body, *found, *parent) : nullptr;
    }
    return found;
}

grammar::ElementRule const* X12Compiler::element_rule(NodeIndex row, unsigned element, unsigned& component,
                                                   bool& composite) const {
    auto const& segment = schema_->segments()[schema_->nodes()[row].segment];
    if (element == 0 || element > segment.elements.size() || element > 64) return nullptr;
    auto const* found = &segment.elements[element - 1];
    composite = found->kind == grammar::ElementClass::composite;
    if (!composite) return component == 0 ? found : nullptr;
    if (component == 0) component = 1; // a composite named as a whole means its first part
    return component <= found->components.size() ? &found->components[component - 1] : nullptr;
}

/// The element a cell of a path names, in the context of its line.
std::optional<X12Compiler::Place> X12Compiler::place(Context& context, Cell const& cell, ExternalPath const& path,
                                               Rule const& rule) {
    Place found;
    // an element of the segment around a tuple: SDQ01
    bool const own_name = path.steps.size() == 1 && !path.steps.front().select && context.row != grammar::no_node &&
                          path.steps.front().segment == segment_id(context.row);
    if (context.tuple != nullptr && path.steps.empty()) {
        auto const& cells = *context.tuple_cells;
        if (cell.element == 0 || cell.element > cells.size() || cell.component != 0) {
            if (!left_out(rule))
                fault("MAP-0007", rule, cell.column,
                      fmt::format("The tuple has {} parts; {:02} is not one of them.", cells.size(), cell.element));
            return std::nullopt;
        }
        auto const& source = cells[cell.element - 1];
        unsigned component = source.component;
        bool composite = false;
        found.rule = element_rule(context.row, source.element, component, composite);
        found.fields = &context.tuple->cells;
        found.element = static_cast<std::uint8_t>(cell.element - 1);
        found.external = fmt::format("{}{:02}", segment_id(context.row), source.element);
        if (source.component != 0) found.external += fmt::format("-{:02}", source.component);
        found.key = fmt::format("{:02}", cell.element);
        found.in_tuple = true;
        return found;
    }
    Context inner = context;
    if (!path.steps.empty() && !own_name) {
        if (context.tuple != nullptr ||
            open(context, rule, path.steps, path.steps.size(), false, false, inner) == nullptr) {
            if (context.tuple != nullptr && !left_out(rule))
                fault("MAP-0006", rule, path.column,
                      fmt::format("Inside a tuple only {} can be named.", segment_id(context.row)));
            return std::nullopt;
        }
    } else if (context.row == grammar::no_node || context.use == nullptr) {
        fault("MAP-0007", rule, path.column, "An element without a segment can only stand inside a block.",
              "Name its segment, such as BEG03.");
        return std::nullopt;
    }
    unsigned component = cell.component;
    bool composite = false;
    found.rule = element_rule(inner.row, cell.element, component, composite);
    if (found.rule == nullptr) {
        if (!left_out(rule)) {
            auto const& segment = schema_->segments()[schema_->nodes()[inner.row].segment];
            fault("MAP-0007", rule, cell.column == 0 ? path.column : cell.column,
                  cell.component == 0
                      ? fmt::format("{} has no element {:02} in {}; its last is {:02}.", segment.definition->id,
                                    cell.element, schema_->dictionary().release(), segment.elements.size())
                      : fmt::format("{}{:02} has no component {:02} in {}.", segment.definition->id, cell.element,
                                    cell.component, schema_->dictionary().release()));
        }
        return std::nullopt;
    }
    auto const id = segment_id(inner.row);
    found.element = static_cast<std::uint8_t>(cell.element);
    found.component = static_cast<std::uint8_t>(composite ? component : 0);
    found.external = fmt::format("{}{:02}", id, cell.element);
    if (composite) found.external += fmt::format("-{:02}", component);
    found.key = (inner.claim == nullptr ? std::string() : inner.claim->stem) + found.external;
    if (context.tuple != nullptr) {
        found.fields = &context.tuple->outer; // and the segment's own use marks it read
        found.in_tuple = true;
        found.use = inner.use;
        return found;
    }
    found.use = inner.use;
    found.fields = &inner.use->fields;
    return found;
}

SlotIndex X12Compiler::slot(Body& body, Place const& place) {
    for (auto const& field : *place.fields)
        if (field.element == place.element && field.component == place.component) return field.slot;
    auto const index = static_cast<SlotIndex>(body.slots.size());
    SlotInfo info;
    info.external = place.external;
    info.rule = place.rule;
    info.key = place.key;
    body.slots.push_back(std::move(info));
    place.fields->push_back({place.element, place.component, index});
    if (place.use != nullptr) mark_read(*place.use, place.element, place.component);
    return index;
}

/// What a line reads is no residue. Of a composite only the component: the others are residue unless read themselves.
void X12Compiler::mark_read(Use& use, unsigned element, unsigned component) {
    use.mask |= bit(element);
    if (component == 0) return;
    auto& parts = use.components;
    auto at = std::find_if(parts.begin(), parts.end(), [&](ComponentUse const& one) { return one.element == element; });
    if (at == parts.end()) at = parts.insert(parts.end(), {static_cast<std::uint8_t>(element), 0});
    at->mask |= bit(component);
}

/// The run a tuple belongs to; fills the claim's range. The run repeats for as long as the grammar repeats the
/// elements.
TupleRun* X12Compiler::tuple_run(Use& use, NodeIndex row, std::vector<Cell> const& cells, bool repeats, TupleClaim& claim,
                              Rule const& rule) {
    bool const inside = cells.front().component != 0;
    auto const number = [&](Cell const& cell) { return inside ? cell.component : cell.element; };
    if (cells.size() > tuple_parts) {
        fault("MAP-0007", rule, cells[tuple_parts].column, fmt::format("A tuple has at most {} parts.", tuple_parts));
        return nullptr;
    }
    unsigned low = 255, high = 0;
    for (auto const& cell : cells) {
        if ((cell.component != 0) != inside || (inside && cell.element != cells.front().element)) {
            fault("MAP-0007", rule, cell.column,
                  "The parts of a tuple must all be elements, or all components of one element.");
            return nullptr;
        }
        low = std::min(low, number(cell));
        high = std::max(high, number(cell));
    }
    auto const definition_at = [&](unsigned position) -> grammar::ElementRule const* {
        unsigned component = inside ? position : 0;
        bool composite = false;
        auto const* found = element_rule(row, inside ? cells.front().element : position, component, composite);
        return found != nullptr && (composite || !inside) ? found
                                                          : nullptr; // of a composite all its text: 03 of RCD06+07+08
    };
    for (auto const& cell : cells)
        if (definition_at(number(cell)) == nullptr) {
            if (!left_out(rule))
                fault("MAP-0007", rule, cell.column,
                      inside ? fmt::format("{}{:02} has no component {:02}.", segment_id(row), cell.element,
                                           cell.component)
                             : fmt::format("{} has no element {:02}.", segment_id(row), cell.element));
            return nullptr;
        }
    auto const stride = static_cast<std::uint8_t>(high - low + 1);
    claim.first = claim.last = static_cast<std::uint8_t>(low);
    while (repeats) {
        unsigned const next = claim.last + stride;
        bool same = true;
        for (auto const& cell : cells) {
            auto const* here = definition_at(number(cell));
            auto const* there = definition_at(next + number(cell) - low);
            same = same && there != nullptr && here->definition != nullptr && there->definition != nullptr &&
                   here->definition->number == there->definition->number;
        }
        if (!same) break;
        claim.last = static_cast<std::uint8_t>(next);
    }
    std::vector<std::uint8_t> offsets;
    for (auto const& cell : cells)
        offsets.push_back(static_cast<std::uint8_t>(number(cell) - low));
    auto const element = static_cast<std::uint8_t>(inside ? cells.front().element : 0);
    for (auto& run : use.runs)
        if (run.element == element && run.stride == stride && run.offsets == offsets &&
            run.first % stride == low % stride)
            return &run;
    TupleRun run;
    run.element = element;
    run.stride = stride;
    run.offsets = std::move(offsets);
    run.first = claim.first;
    run.last = claim.last;
    use.runs.push_back(std::move(run));
    return &use.runs.back();
}

void X12Compiler::add_tuple(TupleRun& run, TupleClaim claim, Rule const& rule) {
    claim.rank = static_cast<std::uint8_t>(rank(claim.each, claim.test.present));
    claim.order = order_++;
    claim.origin = rule.origin();
    fits(rule);
    for (auto const& known : run.claims)
        if (known.each && claim.each && known.first == claim.first && known.test.present == claim.test.present &&
            known.test.texts == claim.test.texts)
            fault("MAP-0016", rule, 0,
                  "This line can never receive anything: another line takes the same tuples first.");
    run.first = std::min(run.first, claim.first);
    run.last = std::max(run.last, claim.last);
    auto const at = std::upper_bound(run.claims.begin(), run.claims.end(), claim,
                                     [](TupleClaim const& a, TupleClaim const& b) { return a.rank < b.rank; });
    run.claims.insert(at, std::move(claim));
}

} // namespace wharf::translator
