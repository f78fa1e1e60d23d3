#include "translator/node_writer.hpp"

#include "diagnostic/registry.hpp"
#include "translator/format.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

ValueKind kind_of(Line const* line) {
    if (line == nullptr || line->target == nullptr) return ValueKind::text;
    if (line->target->node->type == document::NodeType::boolean) return ValueKind::boolean;
    switch (line->converter.op) {
    case Op::decimal:
    case Op::implied:
    case Op::integer:
        return ValueKind::number;
    default:
        return ValueKind::text;
    }
}

/// An object that reading makes of an empty node too: it has a position, or a word of the map.
bool says_something_by_itself(Member const& object) {
    return std::ranges::any_of(object.members, [](auto const& one) {
        return one->kind == MemberKind::index || one->kind == MemberKind::value ||
               (one->kind == MemberKind::object && says_something_by_itself(*one));
    });
}

} // namespace

TargetNode NodeWriter::run(OutObject& root) {
    TargetNode document;
    below(*plan_.root->nodes, root, document, {});
    left_behind(root);
    return document;
}

bool NodeWriter::text(SlotIndex slot, OutObject const& object, TargetNode& node) const {
    if (slot == no_slot) return false;
    if (!object.says(slot)) return false;
    auto const& from = object.texts[slot];
    node.text = from.text;
    node.kind = kind_of(from.line);
    node.canonical = from.line != nullptr && from.line->target != nullptr
                         ? joined(object.path(), member_path(from.line->target))
                         : object.path();
    return !from.computed;
}

bool NodeWriter::below(NodeScope const& scope, OutObject& object, TargetNode& node, std::string const& prefix) {
    bool content = text(scope.text, object, node);
    for (auto const& step : scope.writing) {
        if (!step.constant) {
            auto const& claim = scope.claims[step.index];
            content = (claim.each ? each(claim, object, node) : single(claim, object, node, prefix)) || content;
            continue;
        }
        auto const& constant = scope.constants[step.index];
        if (constant.direction == Direction::read ||
            (constant.when != nullptr && !holds(object, *constant.when, values_)) ||
            std::ranges::any_of(node.nodes, [&](auto const& one) { return one.place == constant.place; }))
            continue;
        TargetNode made;
        made.place = constant.place;
        made.text = constant.text;
        node.nodes.push_back(std::move(made));
    }
    return kept(scope, object, node, prefix) || content;
}

bool NodeWriter::single(NodeClaim const& claim, OutObject& object, TargetNode& node, std::string const& prefix) {
    TargetNode made;
    made.place = claim.place;
    made.canonical = object.path();
    bool const content = text(claim.slot, object, made);
    bool const there = claim.slot != no_slot && !made.text.empty();
    static NodeScope const nothing;
    auto const inner = prefix + claim.name + "/";
    bool const inside = claim.scope != nullptr ? below(*claim.scope, object, made, inner)
                                               : there && kept(nothing, object, made, inner);
    if (there || inside) node.nodes.push_back(std::move(made));
    return content || inside;
}

bool NodeWriter::each(NodeClaim const& claim, OutObject& object, TargetNode& node) {
    auto* const list = object.list(claim.list);
    if (list == nullptr) return false;
    bool any = false;
    for (auto* item = list->first; item != nullptr; item = item->next) {
        TargetNode made;
        made.place = claim.place;
        made.canonical = item->path();
        if (below(*claim.child->nodes, *item, made, {}) ||
            (!claim.child->scalar && says_something_by_itself(*claim.child->root))) {
            node.nodes.push_back(std::move(made));
            any = true;
        } else if (item->value->members().empty() && !claim.child->scalar) {
            diagnostics_.push_back(make_diagnostic(
                "MAP-0110", fmt::format("`{}` is empty; there is nothing to write of it.", item->path())));
            diagnostics_.back().place.path = item->path();
        }
        left_behind(*item);
    }
    return any;
}

bool NodeWriter::kept(NodeScope const& scope, OutObject& object, TargetNode& node, std::string const& prefix) {
    bool any = false;
    for (auto& one : object.kept) {
        if (one.used || !one.key.starts_with(prefix)) continue;
        auto const rest = one.key.substr(prefix.size());
        if (std::ranges::any_of(scope.claims, [&](auto const& claim) {
                return claim.scope != nullptr && rest.starts_with(claim.name + "/");
            }))
            continue; // it was offered there, and could not be placed
        if (rest == "text()") {
            if (!node.text.empty() || scope.text != no_slot) continue;
            node.text = one.value->text();
            one.used = any = true;
            continue;
        }
        // a text that a line could have taken: back to its place, where that is free
        auto const known = std::ranges::find_if(
            scope.claims, [&](auto const& claim) { return claim.name == rest && claim.slot != no_slot; });
        TargetNode made;
        if (known != scope.claims.end() && one.value->is_string()) {
            if (std::ranges::any_of(node.nodes, [&](auto const& other) { return other.place == known->place; }))
                continue;
            made.place = known->place;
            made.text = one.value->text();
        } else {
            made.place = unnamed_place;
            made.name = rest;
            made.fragment = json::to_text(*one.value);
        }
        made.canonical = joined(object.path(), "extensions");
        node.nodes.push_back(std::move(made));
        one.used = any = true;
    }
    return any;
}

void NodeWriter::left_behind(OutObject const& object) {
    for (auto const& one : object.kept) {
        if (one.used) continue;
        auto found = make_diagnostic(
            "MAP-0116", fmt::format("`{}` of the extensions of {} is not written: its place is taken or gone.", one.key,
                                    object.place == nullptr ? "the document" : object.path()));
        found.place.path = joined(object.path(), "extensions");
        diagnostics_.push_back(std::move(found));
    }
}

} // namespace wharf::translator
