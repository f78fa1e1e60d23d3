// The canonical side of the compiler: members, bodies, lines. Faults are collected; the plan is thrown away when there
// are any.
#include "translator/compiler.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

constexpr unsigned depth_limit = 40; // of blocks inside blocks
constexpr std::size_t bodies_limit = 4000;

std::string joined(std::string const& path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

std::vector<std::string> property_names(document::Node const& node) {
    std::vector<std::string> names;
    for (auto const& property : node.properties)
        names.push_back(property.name);
    return names;
}

} // namespace

Compiler::Compiler(EffectiveMap const& map, MapSource const& source, std::shared_ptr<grammar::Schema const> schema)
    : map_(map), source_(source), schema_(std::move(schema)) {}

void Compiler::fault(std::string_view code, Rule const& rule, std::uint32_t column, std::string message,
                     std::string help) {
    for (auto const& known : faults_) // a shape used in many places is reported once
        if (known.place.line == rule.origin().line && known.place.file == rule.origin().file &&
            known.message == message)
            return;
    faults_.push_back(map_diagnostic(code, rule.origin(), column, std::move(message), std::move(help)));
}

std::expected<std::unique_ptr<Plan const>, Diagnostics> Compiler::run() {
    Rule whole;
    whole.origins.push_back(map_.origin);
    auto const refuse = [&](std::string message, std::string help = {}) {
        return std::unexpected(
            Diagnostics{map_diagnostic("MAP-0018", map_.origin, 1, std::move(message), std::move(help))});
    };
    if (map_.document.empty() || map_.set.empty())
        return refuse("The map has no `document` or no `format`; it can only be included.",
                      "Write, for example: document purchase_order 1 and format x12 850 004010");
    if (map_.set != schema_->set().id)
        return refuse(fmt::format("The map is for transaction set {}, not {}.", map_.set, schema_->set().id));
    plan_->document = document::Schema::find(map_.document, map_.document_version);
    if (plan_->document == nullptr)
        return refuse(
            fmt::format("There is no kind of document `{}` in version {}.", map_.document, map_.document_version),
            did_you_mean(map_.document, document::Schema::kinds()));
    strict_ = map_.releases.empty() || map_.releases.front() == schema_->dictionary().release();
    plan_->name = map_.name;
    plan_->document_kind = map_.document;
    plan_->schema = schema_;
    plan_->format_key = fmt::format("{}:{}", map_.format, schema_->dictionary().release());
    for (std::size_t i = 1; i < schema_->nodes().size(); ++i)
        if (schema_->nodes()[i].starts_loop && segment_id(static_cast<grammar::NodeIndex>(i)) == "HL")
            plan_->hierarchy_row = static_cast<grammar::NodeIndex>(i);

    auto const& root_node = plan_->document->root();
    plan_->root = new_body(BodyKind::set, nullptr, &root_node, {});
    auto* const body = plan_->root;
    body->scope = new_scope(*body, 0, {});
    Context context;
    context.body = body;
    context.object = body->root.get();
    context.node = &root_node;
    context.scope = body->scope.get();
    provenance(*body->root, root_node);
    rules(map_.rules, context);
    bind_pending();
    for (auto const& made : plan_->bodies)
        finish_body(*made);
    for (auto const& made : plan_->bodies)
        check_deciding(*made);
    check_settled();
    check_table_rows();
    check_own_shapes();
    check_required(*body, *body->root, root_node, {}, map_.origin);
    if (!faults_.empty()) return std::unexpected(std::move(faults_));
    return std::move(plan_);
}

Body* Compiler::new_body(BodyKind kind, Body* parent, document::Node const* node, std::string path) {
    auto made = std::make_unique<Body>();
    made->index = static_cast<std::uint16_t>(plan_->bodies.size());
    made->kind = kind;
    made->parent = parent;
    made->node = node;
    made->path = std::move(path);
    made->root = std::make_unique<Member>();
    made->root->kind = MemberKind::object;
    made->root->node = node;
    made->scalar = node->type != document::NodeType::object;
    made->extensible = node->find("extensions") != nullptr;
    plan_->bodies.push_back(std::move(made));
    return plan_->bodies.back().get();
}

Member* Compiler::child_member(Member& object, document::Property const& property) {
    for (auto const& known : object.members)
        if (known->name == property.name) return known.get();
    auto made = std::make_unique<Member>();
    made->name = property.name;
    made->key = fmt::format(",\"{}\":", property.name);
    made->node = property.node;
    made->required = property.required;
    made->derived = property.derived;
    made->kind = MemberKind::lines;
    made->parent = &object;
    object.members.push_back(std::move(made));
    return object.members.back().get();
}

/// The member a canonical path names, made when it is new. nullptr after a fault.
Member* Compiler::member(Context& context, CanonicalPath const& path, Origin const& origin) {
    Rule at;
    at.origins.push_back(origin);
    if (path.up != 0) {
        fault("MAP-0008", at, path.column, "A line cannot write into the object around it.",
              "Move the line out of the block.");
        return nullptr;
    }
    Member* object = context.object;
    auto const* node = context.node;
    std::string walked = context.path;
    for (auto const& part : path.parts) {
        if (!part.select_member.empty()) {
            fault("MAP-0008", at, path.column,
                  fmt::format("`{}[{}={}]`: selecting an entry by its member is for formats without qualifiers.",
                              part.name, part.select_member, part.select_word),
                  "Select on the X12 side, such as N1[ST].");
            return nullptr;
        }
        if (node->type != document::NodeType::object) {
            fault("MAP-0008", at, path.column, fmt::format("`{}` is not an object.", walked));
            return nullptr;
        }
        auto const* property = node->find(part.name);
        if (property == nullptr) {
            fault("MAP-0008", at, path.column,
                  fmt::format("{} has no member `{}`.",
                              walked.empty() ? plan_->document->name() : fmt::format("`{}`", walked), part.name),
                  did_you_mean(part.name, property_names(*node)));
            return nullptr;
        }
        bool const last = &part == &path.parts.back();
        object = child_member(*object, *property);
        walked = joined(walked, part.name);
        if (!last) {
            if (object->kind == MemberKind::provenance || (object->members.empty() && !object->lines.empty())) {
                fault("MAP-0008", at, path.column, fmt::format("`{}` is written as a whole already.", walked));
                return nullptr;
            }
            object->kind = MemberKind::object;
        }
        node = property->node;
    }
    if (object->kind == MemberKind::provenance) {
        fault("MAP-0008", at, path.column, fmt::format("`{}` is provenance: Wharf fills it by itself.", walked));
        return nullptr;
    }
    if (object->origin.line == 0) object->origin = origin;
    return object;
}

void Compiler::rules(std::vector<Rule> const& list, Context& context, std::int16_t group) {
    std::uint16_t ordinal = 0;
    for (auto const& one : list)
        rule(one, context, group, ordinal++);
}

void Compiler::rule(Rule const& rule, Context& context, std::int16_t group, std::uint16_t ordinal) {
    if (context.depth > depth_limit || plan_->bodies.size() > bodies_limit) {
        fault("MAP-0013", rule, 1, "The blocks nest without end: a shape uses itself without passing `each HL`.");
        return;
    }
    if (!understood(rule, group)) return;
    if (rule.target == Rule::Target::one_of) {
        auto const made = static_cast<std::int16_t>(context.body->one_of_groups++);
        rules(rule.rules, context, made);
        return;
    }
    bool const block = !rule.rules.empty() || (!rule.sources.empty() && !rule.sources.front().shape.empty());
    if (rule.target == Rule::Target::none) return dash_rule(rule, context);
    if (rule.target == Rule::Target::same_object) {
        if (rule.sources.empty() || rule.sources.front().alternatives.empty() ||
            !rule.sources.front().alternatives.front().cells.empty()) {
            fault("MAP-0006", rule, 1, "A line `.` needs a segment or loop, and the lines that stand in it below.");
            return;
        }
        Context inner;
        auto const& path = rule.sources.front().alternatives.front();
        if (open(context, rule, path.steps, path.steps.size(), false, false, inner) != nullptr) {
            ++inner.depth;
            if (auto const* lines = block_rules(rule, rule.sources.front())) rules(*lines, inner);
        }
        return;
    }
    if (rule.sources.empty() && !rule.expression) {
        fault("MAP-0008", rule, rule.path.column,
              "A line with a canonical path cannot be dropped: use `-` in its place.");
        return;
    }
    auto* const target = member(context, rule.path, rule.origin());
    if (target == nullptr) return;
    bool const list = rule.path.list || (!rule.sources.empty() && rule.sources.front().each);
    if (list)
        list_rule(rule, context, *target);
    else if (block)
        block_rule(rule, context, *target);
    else
        scalar_rule(rule, context, target, group, ordinal);
}

std::vector<Rule> const* Compiler::block_rules(Rule const& rule, Source const& source) {
    if (source.shape.empty()) return &rule.rules;
    auto const shape = map_.shapes.find(source.shape);
    if (shape != map_.shapes.end()) {
        used_shapes_.insert(source.shape);
        return &shape->second.rules;
    }
    std::vector<std::string> names;
    for (auto const& [name, unused] : map_.shapes)
        names.push_back(name);
    fault("MAP-0013", rule, source.shape_column, fmt::format("There is no shape `{}`.", source.shape),
          did_you_mean(source.shape, names));
    return nullptr;
}

// --- lists

void Compiler::list_rule(Rule const& rule, Context& context, Member& target) {
    if (!rule.path.list || rule.sources.empty() || !rule.sources.front().each) {
        fault("MAP-0008", rule, rule.path.column, fmt::format("A list is written `{}[]  each …`.", rule.path.text()));
        return;
    }
    if (target.node->type != document::NodeType::array || target.node->items == nullptr) {
        fault("MAP-0008", rule, rule.path.column,
              fmt::format("`{}` is not a list.", joined(context.path, rule.path.text())));
        return;
    }
    if (!target.lines.empty() || !target.members.empty() || !target.lists.empty()) {
        fault("MAP-0012", rule, rule.path.column, fmt::format("`{}` is written twice.", rule.path.text()));
        return;
    }
    target.kind = MemberKind::list;
    for (auto const& source : rule.sources) {
        if (!source.each || source.alternatives.size() != 1) {
            fault("MAP-0008", rule, source.alternatives.empty() ? 1 : source.alternatives.front().column,
                  "Each source of a list begins with `each` and has no `or`.", "Join several with: then each …");
            continue;
        }
        if (source.alternatives.front().cells.empty() && !source.alternatives.front().repeats)
            segment_list(rule, source, context, target);
        else
            tuple_list(rule, source, context, target);
    }
}

Body* Compiler::child_body(Rule const& rule, Source const& source, Context child, Member& target, BodyKind kind) {
    auto const* lines = block_rules(rule, source);
    if (lines == nullptr) return nullptr;
    auto const* node = target.node->type == document::NodeType::array ? target.node->items : target.node;
    auto* const parent = child.body;
    auto* const body = new_body(kind, parent, node, child.path);
    body->row = child.row;
    body->member = &target;
    body->parent_object = target.parent;
    child.body = body;
    child.object = body->root.get();
    child.node = node;
    if (kind == BodyKind::loop) {
        body->scope = new_scope(*body, schema_->nodes()[child.row].loop, {});
        child.scope = body->scope.get();
    } else {
        child.scope = nullptr;
    }
    if (child.tuple == nullptr) {
        body->use.mask |= child.use->mask; // the qualifier the claim selects by
        child.use = &body->use;
    }
    if (child.row == plan_->hierarchy_row && kind == BodyKind::loop) {
        body->use.mask |= 0b1011; // HL01, HL02 and HL04 are the tree itself
        if (!source.shape.empty()) recursive_[{source.shape, child.row, node}] = body;
    }
    ++child.depth;
    if (!body->scalar) {
        if (!rule.conversions.empty())
            fault("MAP-0009", rule, rule.conversions.front().column,
                  "A conversion has no effect on a list of objects; write it at the lines inside.");
        if (lines->empty())
            fault("MAP-0013", rule, rule.path.column,
                  fmt::format("Nothing says what the entries of `{}` hold.", child.path),
                  "Indent lines below it, or write: as SHAPE");
        rules(*lines, child);
        return body;
    }
    // a list of values: one line, the list's own conversions
    if (!lines->empty()) {
        fault("MAP-0008", rule, rule.path.column, fmt::format("`{}` is a list of values, not of objects.", child.path));
        return nullptr;
    }
    Rule value = rule;
    value.path.list = false;
    value.sources.assign(1, Source{});
    ExternalPath path;
    std::size_t const count = child.tuple != nullptr ? child.tuple_cells->size() : 0;
    for (unsigned i = 1; i <= count; ++i)
        if (count == 1 || !child.tuple->test.present || child.tuple->test.element != i - 1) {
            Cell cell;
            cell.element = i;
            path.cells.push_back(cell);
        }
    if (path.cells.empty()) {
        fault("MAP-0007", rule, source.alternatives.front().column,
              "A list of values needs an element, such as MSG/01.");
        return nullptr;
    }
    value.sources.front().alternatives.push_back(std::move(path));
    body->root->node = node;
    scalar_rule(value, child, body->root.get(), -1, 0);
    return body;
}

/// `each REF`, `each CTT/AMT`: an object per segment or loop.
void Compiler::segment_list(Rule const& rule, Source const& source, Context& context, Member& target) {
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
    auto const list = static_cast<SlotIndex>(context.body->slots.size());
    SlotInfo info;
    info.list = true;
    info.external = path.text;
    context.body->slots.push_back(std::move(info));
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
void Compiler::tuple_list(Rule const& rule, Source const& source, Context& context, Member& target) {
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
    taken.list = static_cast<SlotIndex>(context.body->slots.size());
    SlotInfo info;
    info.list = true;
    info.external = path.text;
    context.body->slots.push_back(std::move(info));
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

// --- single blocks

void Compiler::block_rule(Rule const& rule, Context& context, Member& target) {
    if (target.node->type != document::NodeType::object) {
        fault("MAP-0008", rule, rule.path.column,
              fmt::format("`{}` is not an object; it cannot hold lines.", joined(context.path, rule.path.text())));
        return;
    }
    auto const& source = rule.sources.front();
    if (rule.sources.size() != 1 || source.alternatives.size() != 1 || !source.alternatives.front().cells.empty()) {
        fault("MAP-0007", rule, 1, "A block needs one segment or loop.",
              "For one element per member write lines; for a list write each.");
        return;
    }
    auto const& path = source.alternatives.front();
    bool const hierarchy = !path.steps.empty() && path.steps.back().segment == "HL";
    Context inner;
    auto* const taken = open(context, rule, path.steps, path.steps.size(), false, hierarchy, inner);
    if (taken == nullptr) return;
    inner.path = joined(context.path, rule.path.text());
    inner.node = target.node;
    if (hierarchy) {
        target.kind = MemberKind::child;
        SlotInfo info;
        info.list = true;
        info.external = path.text;
        taken->list = static_cast<SlotIndex>(context.body->slots.size());
        context.body->slots.push_back(std::move(info));
        target.lists.push_back(taken->list);
        inner.object = context.object;
        auto* const body = child_body(rule, source, inner, target, BodyKind::loop);
        taken->child = body;
        target.bodies.push_back(body);
        return;
    }
    target.kind = MemberKind::object;
    inner.object = &target;
    ++inner.depth;
    if (auto const* lines = block_rules(rule, source)) rules(*lines, inner);
}

std::expected<std::unique_ptr<Plan const>, Diagnostics> compile(EffectiveMap const& map, MapSource const& source,
                                                                std::shared_ptr<grammar::Schema const> schema) {
    return Compiler(map, source, std::move(schema)).run();
}

} // namespace wharf::translator
