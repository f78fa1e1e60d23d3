// Members, bodies, blocks and lists.
#include "translator/compiler.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

constexpr unsigned depth_limit = 40; // of blocks inside blocks
constexpr std::size_t bodies_limit = 4000;

std::vector<std::string> property_names(document::Node const& node) {
    std::vector<std::string> names;
    for (auto const& property : node.properties)
        names.push_back(property.name);
    return names;
}

} // namespace

void Compiler::fault(std::string_view code, Rule const& rule, std::uint32_t column, std::string message,
                     std::string help) {
    for (auto const& known : faults_) // a shape used in many places is reported once
        if (known.place.line == rule.origin().line && known.place.file == rule.origin().file &&
            known.message == message)
            return;
    faults_.push_back(map_diagnostic(code, rule.origin(), column, std::move(message), std::move(help)));
}

std::expected<std::unique_ptr<Plan const>, Diagnostics> Compiler::run() {
    auto const refuse = [&](std::string message, std::string help = {}) {
        return std::unexpected(
            Diagnostics{map_diagnostic("MAP-0018", map_.origin, 1, std::move(message), std::move(help))});
    };
    if (map_.document.empty() || map_.format.empty())
        return refuse("The map has no `document` or no `format`; it can only be included.",
                      "Write, for example: document purchase_order 1 and format x12 850 004010");
    plan_->document = document::Schema::find(map_.document, map_.document_version);
    if (plan_->document == nullptr)
        return refuse(
            fmt::format("There is no kind of document `{}` in version {}.", map_.document, map_.document_version),
            did_you_mean(map_.document, document::Schema::kinds()));
    plan_->name = map_.name;
    plan_->document_kind = map_.document;
    auto const& root_node = plan_->document->root();
    plan_->root = new_body(BodyKind::set, nullptr, &root_node, {});
    auto* const body = plan_->root;
    Context context;
    context.body = body;
    context.object = body->root.get();
    context.node = &root_node;
    if (!prepare(context)) return std::unexpected(std::move(faults_));
    provenance(*body->root, root_node);
    rules(map_.rules, context);
    bind_pending();
    for (auto const& made : plan_->bodies)
        finish_body(*made);
    check_external();
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
        if (object->kind == MemberKind::entry && part.name == object->select_member) {
            fault("MAP-0012", at, path.column,
                  fmt::format("`{}` is `{}` already: the selector says so.", joined(walked, part.name), object->word));
            return nullptr;
        }
        object = child_member(*object, *property);
        walked = joined(walked, part.name);
        node = property->node;
        if (!part.select_member.empty()) {
            object = entry(*object, part, at, path.column, walked);
            if (object == nullptr) return nullptr;
            node = object->node;
            continue;
        }
        if (!last) {
            if (object->kind == MemberKind::provenance || (object->members.empty() && !object->lines.empty())) {
                fault("MAP-0008", at, path.column, fmt::format("`{}` is written as a whole already.", walked));
                return nullptr;
            }
            object->kind = MemberKind::object;
        }
    }
    if (object->kind == MemberKind::provenance) {
        fault("MAP-0008", at, path.column, fmt::format("`{}` is provenance: Wharf fills it by itself.", walked));
        return nullptr;
    }
    if (object->origin.line == 0) object->origin = origin;
    return object;
}

/// `items[scheme=vendor_item]`: the entry of a list that is chosen by a word.
Member* Compiler::entry(Member& list, CanonicalPart const& part, Rule const& rule, std::uint32_t column,
                        std::string& walked) {
    auto const refuse = [&](std::string message, std::string help = {}) {
        fault("MAP-0008", rule, column, std::move(message), std::move(help));
        return nullptr;
    };
    auto const* const node = list.node->type == document::NodeType::array ? list.node->items : nullptr;
    if (node == nullptr || node->type != document::NodeType::object)
        return refuse(fmt::format("`{}` is not a list of objects; nothing can be selected in it.", walked));
    auto const* const deciding = node->find(part.select_member);
    if (deciding == nullptr)
        return refuse(fmt::format("The entries of `{}` have no member `{}`.", walked, part.select_member),
                      did_you_mean(part.select_member, property_names(*node)));
    if (deciding->node->type != document::NodeType::string || !document::accepts(*deciding->node, part.select_word))
        return refuse(fmt::format("`{}` is no value that `{}` can have.", part.select_word, part.select_member),
                      fmt::format("It is {}.", document::expectation(*deciding->node)));
    list.kind = MemberKind::list;
    walked += fmt::format("[{}={}]", part.select_member, part.select_word);
    for (auto const& known : list.members)
        if (known->select_member == part.select_member && known->word == part.select_word) return known.get();
    auto made = std::make_unique<Member>();
    made->kind = MemberKind::entry;
    made->name = fmt::format("{}[{}={}]", list.name, part.select_member, part.select_word);
    made->select_member = part.select_member;
    made->word = part.select_word;
    made->node = node;
    made->parent = &list;
    auto* const word = child_member(*made, *deciding);
    word->kind = MemberKind::word;
    word->word = part.select_word;
    list.members.push_back(std::move(made));
    return list.members.back().get();
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
        if (rule.sources.empty() || rule.sources.front().alternatives.empty()) {
            fault("MAP-0006", rule, 1, "A line `.` needs a segment or loop, and the lines that stand in it below.");
            return;
        }
        Context inner;
        if (enter(rule, rule.sources.front().alternatives.front(), context, inner)) {
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
    bool const splits = std::ranges::any_of(rule.conversions, [](auto const& one) { return one.name == "split"; });
    bool const list = (rule.path.list && !splits) || (!rule.sources.empty() && rule.sources.front().each);
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
    bool const entries = std::ranges::all_of(target.members, [](auto const& one) { return one->kind == MemberKind::entry; });
    if (!target.lines.empty() || !entries || !target.lists.empty()) {
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
        list_source(rule, source, context, target);
    }
}

Body* Compiler::child_body(Rule const& rule, Source const& source, Context child, Member& target, BodyKind kind) {
    auto const* lines = block_rules(rule, source);
    if (lines == nullptr) return nullptr;
    auto const* node = target.node->type == document::NodeType::array ? target.node->items : target.node;
    auto* const parent = child.body;
    auto* const body = new_body(kind, parent, node, child.path);
    body->member = &target;
    body->parent_object = target.parent;
    child.body = body;
    child.object = body->root.get();
    child.node = node;
    child_entered(rule, source, child, *body, kind);
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
    auto path = value_path(rule, source, child);
    if (path.cells.empty() && path.nodes.empty()) return nullptr;
    value.sources.front().alternatives.push_back(std::move(path));
    body->root->node = node;
    scalar_rule(value, child, body->root.get(), -1, 0);
    return body;
}

/// A slot for the objects of one source of a list.
SlotIndex Compiler::list_slot(Body& body, ExternalPath const& path) {
    SlotInfo info;
    info.list = true;
    info.external = path.text;
    body.slots.push_back(std::move(info));
    return static_cast<SlotIndex>(body.slots.size() - 1);
}

// --- single blocks

void Compiler::block_rule(Rule const& rule, Context& context, Member& target) {
    if (target.node->type != document::NodeType::object) {
        fault("MAP-0008", rule, rule.path.column,
              fmt::format("`{}` is not an object; it cannot hold lines.", joined(context.path, rule.path.text())));
        return;
    }
    auto const& source = rule.sources.front();
    if (rule.sources.size() != 1 || source.alternatives.size() != 1) {
        fault("MAP-0007", rule, 1, "A block needs one segment or loop.",
              "For one element per member write lines; for a list write each.");
        return;
    }
    if (own_object(rule, source, context, target)) return;
    Context inner;
    if (!enter(rule, source.alternatives.front(), context, inner)) return;
    inner.path = joined(context.path, rule.path.text());
    inner.node = target.node;
    if (target.kind != MemberKind::entry) target.kind = MemberKind::object;
    inner.object = &target;
    ++inner.depth;
    if (auto const* lines = block_rules(rule, source)) rules(*lines, inner);
}

} // namespace wharf::translator
