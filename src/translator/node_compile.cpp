#include "translator/node_compiler.hpp"

#include "translator/node_compile.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

bool own_text(NodeStep const& step) {
    return step.name.empty() && !step.quoted;
}

bool same_test(NodeTest const& a, NodeTest const& b) {
    return a.path == b.path && a.text == b.text;
}

} // namespace

std::string step_name(NodeStep const& step) {
    return own_text(step) ? std::string("text()") : step.attribute ? "@" + step.name : step.name;
}

std::expected<std::unique_ptr<Plan const>, Diagnostics> compile_nodes(EffectiveMap const& map,
                                                                      MapSource const& source) {
    return NodeCompiler(map, source).run();
}

bool NodeCompiler::prepare(Context& root) {
    auto const* const format = find_format(map_.format);
    if (format == nullptr) {
        std::vector<std::string> names;
        for (auto const name : format_names())
            names.emplace_back(name);
        faults_.push_back(map_diagnostic("MAP-0003", map_.origin, 1,
                                         fmt::format("There is no format `{}`.", map_.format),
                                         fmt::format("There are: {}.", fmt::join(names, ", "))));
        return false;
    }
    auto opened = format->open(map_.options);
    if (!opened) {
        faults_ = std::move(opened.error());
        return false;
    }
    schema_ = std::move(*opened);
    plan_->format = schema_;
    plan_->format_key = schema_->key();
    root.body->nodes.reset(new NodeScope);
    root.nodes = root.body->nodes.get();
    root.place = document_place;
    return true;
}

std::string NodeCompiler::code_list(ValueFacts const*, CodeTable const& table) const {
    auto const& vocabulary = schema_->defaults().vocabulary;
    if (vocabulary.empty()) return {};
    std::string only; // "x12:98"
    for (auto const& list : table.lists()) {
        if (list.substr(0, list.find(':')) != vocabulary) continue;
        if (!only.empty()) return vocabulary; // several: the line must say which
        only = list;
    }
    return only.empty() ? vocabulary : only;
}

// --- places and claims

std::optional<PlaceId> NodeCompiler::place(PlaceId below, NodeStep const& step, PlaceUse use, Rule const& rule) {
    auto found = schema_->place(below, step, use);
    if (found) return *found;
    if (!left_out(rule))
        fault("MAP-0006", rule, step.column, std::move(found.error().message), std::move(found.error().help));
    return std::nullopt;
}

bool NodeCompiler::make_test(NodeStep const& step, PlaceId below, NodeTest& test, Rule const& rule) {
    if (step.select.empty()) return true;
    auto const& select = step.select.front();
    for (std::size_t i = 0; i < select.path.size(); ++i) {
        if (own_text(select.path[i])) {
            fault("MAP-0014", rule, select.path[i].column, "An element cannot be chosen by its own text.",
                  "Choose by an attribute or an element below: Address[@role=shipTo].");
            return false;
        }
        auto const at =
            place(below, select.path[i], i + 1 == select.path.size() ? PlaceUse::value : PlaceUse::block, rule);
        if (!at) return false;
        test.path.push_back(below = *at);
    }
    test.text = select.word;
    return true;
}

NodeScope& NodeCompiler::scope_of(NodeClaim& claim) {
    if (claim.child != nullptr) return *claim.child->nodes;
    if (claim.scope == nullptr) {
        claim.scope = std::make_unique<NodeScope>();
        claim.scope->place = claim.place;
    }
    return *claim.scope;
}

/// What a claim was chosen by is checked, and written by itself.
void NodeCompiler::add_test(NodeScope& scope, NodeTest const& test, Rule const& rule) {
    auto* at = &scope;
    for (std::size_t i = 0; i + 1 < test.path.size(); ++i) {
        auto const known = std::find_if(at->claims.begin(), at->claims.end(), [&](auto const& one) {
            return one.place == test.path[i] && !one.each && !one.test.present() && one.child == nullptr;
        });
        if (known != at->claims.end()) {
            at = &scope_of(*known);
            continue;
        }
        NodeClaim made;
        made.place = test.path[i];
        made.name = schema_->name(test.path[i]);
        made.rank = static_cast<std::uint8_t>(rank(false, false));
        made.order = order_++;
        made.origin = rule.origin();
        at->claims.push_back(std::move(made));
        at = &scope_of(at->claims.back());
    }
    at->constants.push_back({test.path.back(), test.text, rule.origin(), Direction::both, nullptr});
}

/// The single claim of a step, made when it is new; of `each` always a new one. nullptr after a fault.
NodeClaim* NodeCompiler::claim(NodeScope& scope, NodeStep const& step, PlaceUse use, Rule const& rule) {
    auto const at = place(scope.place, step, use, rule);
    if (!at) return nullptr;
    NodeClaim made;
    made.place = *at;
    made.name = step_name(step);
    made.each = use == PlaceUse::each;
    made.origin = rule.origin();
    if (!make_test(step, *at, made.test, rule)) return nullptr;
    made.rank = static_cast<std::uint8_t>(rank(made.each, made.test.present()));
    for (auto& known : scope.claims) {
        if (known.place != *at || known.each != made.each || !same_test(known.test, made.test)) continue;
        if (!made.each && !known.dropped) return &known;
        fault("MAP-0012", rule, step.column,
              fmt::format("{} is taken by {} already; this line can never receive anything.", schema_->shown(*at),
                          known.origin.text_place()));
        return nullptr;
    }
    if (scope.claims.size() >= single_claims_limit) {
        fault("MAP-0013", rule, step.column, fmt::format("More than {} places in one block.", single_claims_limit));
        return nullptr;
    }
    made.order = order_++;
    scope.claims.push_back(std::move(made));
    auto& added = scope.claims.back();
    if (added.test.present() && !added.each) add_test(scope_of(added), added.test, rule);
    return &added;
}

bool NodeCompiler::walk(Rule const& rule, ExternalPath const& path, std::size_t count, Context const& outer,
                        Context& inner) {
    inner = outer;
    if (path.up != 0) {
        fault("MAP-0007", rule, path.column, "A path cannot step up with `../` in this format.",
              "Move the line out of the block.");
        return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
        auto const& step = path.nodes[i];
        if (own_text(step)) {
            fault("MAP-0007", rule, step.column, "`text()` is the end of a path.");
            return false;
        }
        auto* const taken = claim(*inner.nodes, step, PlaceUse::block, rule);
        if (taken == nullptr) return false;
        inner.nodes = &scope_of(*taken);
        inner.place = taken->place;
    }
    return true;
}

bool NodeCompiler::enter(Rule const& rule, ExternalPath const& path, Context& outer, Context& inner) {
    if (!path.nodes.empty() && (own_text(path.nodes.back()) || path.nodes.back().attribute)) {
        fault("MAP-0007", rule, path.column, "A block needs a place that others stand below.");
        return false;
    }
    return walk(rule, path, path.nodes.size(), outer, inner);
}

// --- lists

void NodeCompiler::list_source(Rule const& rule, Source const& source, Context& context, Member& target) {
    auto const& path = source.alternatives.front();
    if (path.nodes.empty() || own_text(path.nodes.back())) {
        fault("MAP-0007", rule, path.column, "`each` needs a place that can repeat.");
        return;
    }
    Context inner;
    if (!walk(rule, path, path.nodes.size() - 1, context, inner)) return;
    auto* const scope = inner.nodes;
    auto const* const taken = claim(*scope, path.nodes.back(), PlaceUse::each, rule);
    if (taken == nullptr) return;
    auto const index = static_cast<std::size_t>(taken - scope->claims.data());
    auto const list = list_slot(*context.body, path);
    scope->claims[index].list = list;
    target.lists.push_back(list);
    target.bodies.push_back(nullptr);
    auto const body_index = target.bodies.size() - 1;
    inner.place = taken->place;
    inner.path = joined(context.path, rule.path.text());
    auto* const body = child_body(rule, source, inner, target, BodyKind::loop);
    if (body == nullptr) return;
    scope->claims[index].child = body;
    target.bodies[body_index] = body;
    if (scope->claims[index].test.present()) add_test(*body->nodes, scope->claims[index].test, rule);
}

void NodeCompiler::child_entered(Rule const&, Source const&, Context& child, Body& body, BodyKind) {
    body.nodes.reset(new NodeScope);
    body.nodes->place = child.place;
    child.nodes = body.nodes.get();
}

ExternalPath NodeCompiler::value_path(Rule const& rule, Source const& source, Context const& child) {
    ExternalPath path;
    if (auto const& facts = schema_->facts(child.place); facts.max == 0) {
        fault("MAP-0007", rule, source.alternatives.front().column,
              fmt::format("{} is no single value.", schema_->shown(child.place)),
              "A list of values needs a place with a text of its own.");
        return path;
    }
    path.nodes.emplace_back(); // text()
    path.text = "text()";
    return path;
}

// --- values

/// Whether the path names a place; nothing is claimed yet, so that a line that is left out takes nothing.
std::vector<ValueFacts const*> NodeCompiler::facts(Rule const& rule, ExternalPath const& path, Context& context) {
    auto at = context.nodes->place;
    if (path.up != 0 || path.nodes.empty()) {
        fault("MAP-0007", rule, path.column, "A path cannot step up with `../` in this format.",
              "Move the line out of the block.");
        return {};
    }
    for (std::size_t i = 0; i < path.nodes.size(); ++i) {
        bool const last = i + 1 == path.nodes.size();
        if (own_text(path.nodes[i])) {
            if (!last) {
                fault("MAP-0007", rule, path.nodes[i].column, "`text()` is the end of a path.");
                return {};
            }
            break;
        }
        auto const next = place(at, path.nodes[i], last ? PlaceUse::value : PlaceUse::block, rule);
        if (!next) return {};
        at = *next;
    }
    auto const& found = schema_->facts(at);
    if (found.max != 0) return {&found};
    fault("MAP-0007", rule, path.column, fmt::format("{} is no single value.", schema_->shown(at)),
          "Name a field in it, or make it a list: each …");
    return {};
}

bool NodeCompiler::bind(Rule const& rule, ExternalPath const& path, Context& context, Alternative& alternative) {
    Context inner;
    if (!walk(rule, path, path.nodes.size() - 1, context, inner)) return false;
    auto* slot = &inner.nodes->text;
    auto at = inner.nodes->place;
    if (!own_text(path.nodes.back())) {
        auto* const taken = claim(*inner.nodes, path.nodes.back(), PlaceUse::value, rule);
        if (taken == nullptr) return false;
        slot = &taken->slot;
        at = taken->place;
    }
    if (*slot == no_slot) {
        SlotInfo info;
        info.external = schema_->shown(at);
        info.rule = &schema_->facts(at);
        for (auto const& step : path.nodes)
            info.key += (info.key.empty() ? "" : "/") + step_name(step);
        *slot = static_cast<SlotIndex>(context.body->slots.size());
        context.body->slots.push_back(std::move(info));
    }
    Alternative::Part part;
    part.slot = *slot;
    alternative.parts.push_back(std::move(part));
    return true;
}

// --- constants

void NodeCompiler::constant(Rule const& rule, Context& context) {
    auto const& path = rule.sources.front().alternatives.front();
    auto const found = facts(rule, path, context);
    if (found.empty()) return;
    auto const& text = rule.expression->text;
    if (text.empty() || text.size() > found.front()->max) {
        fault("MAP-0009", rule, rule.expression->column,
              text.empty() ? std::string("The value is empty.")
                           : fmt::format("\"{}\" does not fit: {} holds {} characters.", text, path.text,
                                         found.front()->max));
        return;
    }
    if (own_text(path.nodes.back())) {
        fault("MAP-0009", rule, path.column, "A constant text of an element is written at the element itself.");
        return;
    }
    Context inner;
    if (!walk(rule, path, path.nodes.size() - 1, context, inner)) return;
    auto const at = place(inner.nodes->place, path.nodes.back(), PlaceUse::value, rule);
    if (!at) return;
    fits(rule);
    for (auto const& known : inner.nodes->constants)
        if (known.place == *at && !rule.when && known.when == nullptr) {
            fault("MAP-0012", rule, path.column,
                  fmt::format("{} is settled twice: by {} and here.", schema_->shown(*at), known.origin.text_place()));
            return;
        }
    inner.nodes->constants.push_back({*at, text, rule.origin(), rule.direction, add_condition(rule, context)});
}

void NodeCompiler::drop(Rule const& rule, Context& context) {
    auto const& path = rule.sources.front().alternatives.front();
    if (path.nodes.empty() || own_text(path.nodes.back())) {
        fault("MAP-0007", rule, path.column, "Only a whole place can be dropped.");
        return;
    }
    Context inner;
    if (!walk(rule, path, path.nodes.size() - 1, context, inner)) return;
    auto const at = place(inner.nodes->place, path.nodes.back(), PlaceUse::value, rule);
    if (!at) return;
    fits(rule);
    NodeClaim made;
    made.place = *at;
    made.name = step_name(path.nodes.back());
    made.each = true; // however often
    made.dropped = true;
    made.rank = static_cast<std::uint8_t>(rank(true, false));
    made.order = order_++;
    made.origin = rule.origin();
    inner.nodes->claims.push_back(std::move(made));
}

} // namespace wharf::translator
