// One segment made from slots: elements, tuples, what was kept, qualifiers and constants.
#include "translator/writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

using grammar::NodeIndex;

void OutElements::extend(unsigned element) {
    if (elements_.size() < element) elements_.resize(element);
    for (; size_ < element; ++size_) {
        elements_[size_].text = {};
        elements_[size_].others.clear();
        elements_[size_].source = nullptr;
    }
}

void OutElements::put_behind(OutElement& element, unsigned component, std::string_view text) {
    if (element.others.size() < component - 1) element.others.resize(component - 1);
    element.others[component - 2] = text;
}

/// Components 2 and more: all of them for component 0, else this one.
bool OutElements::others_free(OutElement const& element, unsigned component) {
    auto const& others = element.others;
    if (component == 0) return std::ranges::all_of(others, [](auto part) { return part.empty(); });
    return component - 1 > others.size() || others[component - 2].empty();
}

namespace {

/// "REF03" -> 3, 0; "REF04-02" -> 4, 2; nothing for other keys.
bool element_key(std::string_view key, std::string_view id, unsigned& element, unsigned& component) {
    if (!key.starts_with(id)) return false;
    key.remove_prefix(id.size());
    auto const two_digits = [&](unsigned& number) {
        if (key.size() < 2 || key[0] < '0' || key[0] > '9' || key[1] < '0' || key[1] > '9') return false;
        number = static_cast<unsigned>((key[0] - '0') * 10 + key[1] - '0');
        key.remove_prefix(2);
        return number != 0;
    };
    component = 0;
    if (!two_digits(element)) return false;
    if (key.starts_with('-')) {
        key.remove_prefix(1);
        if (!two_digits(component)) return false;
    }
    return key.empty();
}

} // namespace

Emitter::Built Emitter::build(Use const& use, NodeIndex node, OutObject& object, Test const* test, std::string_view stem,
                              bool more_allowed) {
    Built built;
    elements_.clear();
    repeated_.clear();
    for (auto const& field : use.fields) {
        auto const* const text = object.text(field.slot);
        if (text == nullptr || text->text.empty()) continue;
        elements_.put(field.element, field.component, text->text).source = text;
        built.filled = true;
        built.content = built.content || !text->computed;
        if (more_allowed) object.clear(field.slot); // only in the first of several segments
    }
    for (auto const& run : use.runs)
        tuples(run, node, object, built, more_allowed);
    if (!object.kept.empty()) kept_elements(stem, node, object, built);
    if (test != nullptr && test->single() && elements_.is_free(test->element, 0)) {
        elements_.put(test->element, 0, test->texts.front());
        built.filled = true;
    }
    for (auto const& constant : use.constants)
        if (constant.direction != Direction::read && elements_.is_free(constant.element, constant.component) &&
            (constant.when == nullptr || holds(object, *constant.when, values_))) {
            elements_.put(constant.element, constant.component, constant.text);
            built.filled = true;
        }
    finish(built, node, object);
    return built;
}

/// What no line read goes back into the segment it came in.
void Emitter::kept_elements(std::string_view stem, NodeIndex node, OutObject& object, Built& built) {
    for (auto& kept : object.kept) {
        if (kept.used || kept.key.size() <= stem.size() || !kept.key.starts_with(stem) ||
            (kept.value->is_array() && kept.key.ends_with(')')))
            continue;
        unsigned element = 0, component = 0;
        if (!element_key(kept.key.substr(stem.size()), segment_id(node), element, component)) continue;
        if (auto const* const more = kept.value->find("repeated"); more != nullptr && component == 0) {
            repeated_.push_back({element, more}); // behind what a line wrote
            if (elements_.is_free(element, 0)) elements_.put(element, 0, {});
            kept.used = true;
            built.filled = built.content = true;
            continue;
        }
        if (!elements_.is_free(element, component)) continue;
        kept.used = true;
        built.filled = built.content = true;
        if (kept.value->is_array()) {
            unsigned number = 0;
            for (auto const& part : kept.value->items())
                elements_.put(element, ++number, part.text());
        } else {
            elements_.put(element, component, kept.value->text());
        }
    }
}

/// The elements become fields of the segment, as the partner can take them.
void Emitter::finish(Built& built, NodeIndex node, OutObject const& object) {
    fields_.assign(1, segment_id(node));
    for (std::size_t e = 0; e < elements_.size(); ++e) {
        auto const& element = elements_[e];
        auto const* const source = element.source;
        bool const counted = element.text == count_mark && source != nullptr && source->line != nullptr && source->line->expression;
        counted_ = counted_ || counted;
        auto const first = counted || element.text.empty() ? element.text : fit(element.text, node, e, 0, {object, source});
        fields_.push_back(first);
        if (element.others.empty() && repeated_.empty()) continue;
        std::string text(first);
        append_components(text, element, e, node, object);
        for (auto const& more : repeated_)
            if (more.element == e + 1) append_repeated(text, *more.values, e, node, object);
        fields_.back() = pool_.keep(text);
    }
    check(node, built, object);
}

/// Components 2 and more; separators at the end are left out.
void Emitter::append_components(std::string& text, OutElement const& element, std::size_t number, NodeIndex node,
                                OutObject const& object) {
    std::size_t separators = 0;
    for (std::size_t i = 0; i < element.others.size(); ++i) {
        ++separators;
        if (element.others[i].empty()) continue;
        text.append(separators, delimiters_.component);
        text += fit(element.others[i], node, number, i + 1, {object, element.source});
        separators = 0;
    }
}

/// Values behind the first of an element that repeats.
void Emitter::append_repeated(std::string& text, json::Node const& values, std::size_t element, NodeIndex node,
                              OutObject const& object) {
    for (auto const& one : values.items()) {
        if (!text.empty()) text += repetition(object, node, element);
        if (!one.is_array()) text += fit(one.text(), node, element, 0, {object, nullptr, true});
        std::size_t component = 0;
        for (auto const& part : one.items()) {
            if (component != 0) text += delimiters_.component;
            text += fit(part.text(), node, element, component++, {object, nullptr, true});
        }
    }
}

/// What stands between values of an element; a fault where this interchange has nothing for it.
char Emitter::repetition(OutObject const& object, NodeIndex node, std::size_t element) {
    if (delimiters_.repetition == '\0')
        diagnostics_.push_back(fault(
            "MAP-0113", joined(object.path(), "extensions"),
            fmt::format("{}{:02} repeats, and this interchange has no repetition separator.", segment_id(node), element + 1),
            "Give the partner's envelope a repetition_separator, and a version from 00402 on."));
    return delimiters_.repetition;
}

void Emitter::tuples(TupleRun const& run, NodeIndex node, OutObject& object, Built& built, bool more_allowed) {
    auto const place = [&](unsigned first, std::size_t cell) -> std::pair<unsigned, unsigned> {
        auto const number = first + run.offsets[cell];
        return run.element == 0 ? std::pair{number, 0u} : std::pair{static_cast<unsigned>(run.element), number};
    };
    auto const free_place = [&](TupleClaim const& claim) -> unsigned {
        for (unsigned first = claim.first; first <= claim.last; first += run.stride) {
            bool open = true;
            for (std::size_t cell = 0; cell < run.offsets.size(); ++cell) {
                auto const [element, component] = place(first, cell);
                open = open && elements_.is_free(element, component);
            }
            if (open) return first;
        }
        return 0;
    };
    auto const put_cells = [&](TupleClaim const& claim, OutObject& from, unsigned first) {
        for (auto const& field : claim.cells)
            if (from.says(field.slot)) {
                auto const [element, component] = place(first, field.element);
                elements_.put(element, component, from.texts[field.slot].text);
            }
        for (auto& kept : from.kept) { // a cell no line reads: "03"
            if (&from == &object || kept.used || kept.key.size() != 2 || kept.value->is_array()) continue;
            auto const cell = static_cast<std::size_t>((kept.key[0] - '0') * 10 + kept.key[1] - '0');
            if (cell == 0 || cell > run.offsets.size()) continue;
            auto const [element, component] = place(first, cell - 1);
            if (elements_.is_free(element, component)) {
                elements_.put(element, component, kept.value->text());
                kept.used = true;
            }
        }
        for (auto const& constant : claim.constants) {
            auto const [element, component] = place(first, constant.element);
            elements_.put(element, component, constant.text);
        }
        if (claim.test.present && claim.test.single()) {
            auto const [element, component] = place(first, claim.test.element);
            elements_.put(element, component, claim.test.texts.front());
        }
        built.filled = built.content = true;
    };
    auto const too_many = [&](std::string const& path, unsigned places) {
        diagnostics_.push_back(fault(
            "MAP-0115", path,
            fmt::format("There is no place left in {} for `{}`: it takes {}.", schema_.path(node), path, places)));
    };
    // a claim with a qualifier that takes this entry when it is read again
    auto const taken_by = [&](TupleClaim const& claim, OutObject const& item) -> TupleClaim const* {
        for (auto const& other : run.claims) {
            if (other.rank >= claim.rank || !other.test.present) continue;
            std::string_view text;
            for (auto const& field : claim.cells)
                if (field.element == other.test.element && item.says(field.slot)) text = item.texts[field.slot].text;
            bool const filled =
                !other.each && std::any_of(other.cells.begin(), other.cells.end(),
                                           [&](auto const& field) { return object.text(field.slot) != nullptr; });
            if (!text.empty() && other.test.accepts(text) && !filled) return &other;
        }
        return nullptr;
    };
    for (auto const index : run.writing) {
        auto const* const claim = &run.claims[index];
        if (!claim->each) {
            if (std::ranges::none_of(claim->cells, [&](auto const& field) { return object.says(field.slot); })) continue;
            auto const first = free_place(*claim);
            if (first == 0)
                too_many(object.path(), static_cast<unsigned>((claim->last - claim->first) / run.stride + 1));
            else
                put_cells(*claim, object, first);
            continue;
        }
        auto* const list = object.list(claim->list);
        if (list == nullptr) continue;
        for (; list->unwritten != nullptr; list->unwritten = list->unwritten->next) {
            auto& item = *list->unwritten;
            bool fits = true; // the segment's own elements must say the same for all tuples in it
            for (auto const& field : claim->outer) {
                auto const free = elements_.is_free(field.element, 0);
                fits = fits && (!item.says(field.slot) ? free
                                : free ? !built.content
                                       : elements_[field.element - 1u].text == item.texts[field.slot].text);
            }
            auto const first = fits ? free_place(*claim) : 0;
            if (first == 0) {
                if (more_allowed && built.content) {
                    built.more = true;
                    return;
                }
                too_many(item.path(), static_cast<unsigned>((claim->last - claim->first) / run.stride + 1));
                continue;
            }
            for (auto const& field : claim->outer)
                if (item.says(field.slot)) elements_.put(field.element, field.component, item.texts[field.slot].text);
            put_cells(*claim, item, first);
            if (auto const* const named = taken_by(*claim, item))
                diagnostics_.push_back(fault(
                    "MAP-0120", item.path(),
                    fmt::format(
                        "`{}` is what the map reads into {}; written here, it will be read back as that.", item.path(),
                        named->child != nullptr ? fmt::format("`{}`", named->child->path) : "a member of its own")));
        }
    }
}

std::size_t x12_capacity(Plan const& plan, OutObject const& object, SlotIndex list) {
    auto constexpr unlimited = static_cast<std::size_t>(-1);
    auto const of_use = [&](Use const& use, std::size_t segments) -> std::size_t {
        for (auto const& run : use.runs)
            for (auto const& claim : run.claims) {
                if (claim.list != list) continue;
                if (segments == 0) return unlimited;
                std::size_t places = static_cast<std::size_t>((claim.last - claim.first) / run.stride + 1) * segments;
                for (auto const& other : run.claims)
                    if (!other.each && !other.cells.empty() && object.text(other.cells.front().slot) != nullptr && places > 0)
                        --places;
                return places;
            }
        return unlimited - 1; // not here
    };
    auto const& body = *object.body;
    if (auto const places = of_use(body.use, 1); places != unlimited - 1) return places;
    auto const& nodes = plan.schema->nodes();
    auto const of_scope = [&](Scope const& scope) -> std::size_t {
        for (auto const& claim : scope.claims) {
            if (claim->list == list && claim->child != nullptr)
                return nodes[claim->row].max == 0 ? unlimited : nodes[claim->row].max;
            if (auto const places = of_use(claim->use, claim->each ? nodes[claim->row].max : 1);
                places != unlimited - 1)
                return places;
        }
        return unlimited - 1;
    };
    if (body.scope)
        if (auto const places = of_scope(*body.scope); places != unlimited - 1) return places;
    for (auto const& scope : body.prefix_scopes)
        if (auto const places = of_scope(*scope); places != unlimited - 1) return places;
    return unlimited;
}

} // namespace wharf::translator
