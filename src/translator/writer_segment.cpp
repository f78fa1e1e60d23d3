// One segment made from slots: elements, tuples, what was kept, qualifiers and constants.
#include "translator/writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace wharf::translator {

using grammar::NodeIndex;

namespace {

/// One element under construction: its components; one of them for a simple element.
using Parts = std::vector<std::string>;

void put(std::vector<Parts>& elements, unsigned element, unsigned component, std::string text) {
    if (elements.size() < element) elements.resize(element);
    auto& parts = elements[element - 1];
    auto const index = component == 0 ? 0u : component - 1;
    if (parts.size() <= index) parts.resize(index + 1);
    parts[index] = std::move(text);
}

bool is_free(std::vector<Parts> const& elements, unsigned element, unsigned component) {
    if (element > elements.size()) return true;
    auto const& parts = elements[element - 1];
    auto const index = component == 0 ? 0u : component - 1;
    if (component == 0) return std::all_of(parts.begin(), parts.end(), [](auto const& part) { return part.empty(); });
    return index >= parts.size() || parts[index].empty();
}

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

Emitter::Built Emitter::build(Use const& use, NodeIndex node, OutObject& object, Test const* test,
                              std::string const& stem, bool more_allowed) {
    Built built;
    auto const id = segment_id(node);
    built.segment.id = id;
    std::vector<Parts> elements;
    Sources sources{};
    std::map<unsigned, std::vector<Parts>> repeated; // later values of an element
    for (auto const& field : use.fields) {
        auto& text = object.slots[field.slot];
        if (!text.set || text.text.empty()) continue;
        put(elements, field.element, field.component, text.text);
        if (field.element <= sources.size()) sources[field.element - 1u] = &text;
        built.filled = true;
        built.content = built.content || !text.computed;
        if (more_allowed) text.set = false; // only in the first of several segments
    }
    for (auto const& run : use.runs)
        tuples(run, node, object, built, elements, more_allowed);
    for (auto& kept : object.kept) {
        if (kept.used || kept.key.size() <= stem.size() || !kept.key.starts_with(stem) ||
            (kept.value->is_array() && kept.key.ends_with(')')))
            continue;
        unsigned element = 0, component = 0;
        if (!element_key(std::string_view(kept.key).substr(stem.size()), id, element, component)) continue;
        if (auto const* const more = kept.value->find("repeated"); more != nullptr && component == 0) {
            for (auto const& one : more->items()) { // behind what a line wrote
                Parts parts;
                for (auto const& part : one.items())
                    parts.push_back(part.text());
                if (!one.is_array()) parts.push_back(one.text());
                repeated[element].push_back(std::move(parts));
            }
            put(elements, element, 0, is_free(elements, element, 0) ? std::string() : elements[element - 1].front());
            kept.used = true;
            built.filled = built.content = true;
            continue;
        }
        if (!is_free(elements, element, component)) continue;
        kept.used = true;
        built.filled = built.content = true;
        if (kept.value->is_array()) {
            unsigned number = 0;
            for (auto const& part : kept.value->items())
                put(elements, element, ++number, part.text());
        } else {
            put(elements, element, component, kept.value->text());
        }
    }
    if (test != nullptr && test->single() && is_free(elements, test->element, 0)) {
        put(elements, test->element, 0, test->texts.front());
        built.filled = true;
    }
    for (auto const& constant : use.constants)
        if (constant.direction != Direction::read && is_free(elements, constant.element, constant.component) &&
            (constant.when == nullptr || holds(object, *constant.when, values_))) {
            put(elements, constant.element, constant.component, constant.text);
            built.filled = true;
        }
    for (std::size_t e = 0; e < elements.size(); ++e) {
        auto& parts = elements[e];
        while (!parts.empty() && parts.back().empty())
            parts.pop_back();
        std::string text;
        auto const* const source = e < sources.size() ? sources[e] : nullptr;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (i != 0) text += delimiters_.component;
            if (parts[i] != count_mark || source == nullptr || source->line == nullptr || !source->line->expression)
                fit(parts[i], node, e, i, {object, source});
            text += parts[i];
        }
        if (auto const more = repeated.find(static_cast<unsigned>(e + 1)); more != repeated.end())
            for (auto& one : more->second) {
                if (!text.empty()) text += repetition(object, node, e);
                for (std::size_t i = 0; i < one.size(); ++i) {
                    if (i != 0) text += delimiters_.component;
                    fit(one[i], node, e, i, {object, nullptr, true});
                    text += one[i];
                }
            }
        built.segment.set(e + 1, std::move(text));
    }
    check(node, built, sources, object);
    return built;
}

/// What stands between values of an element; a fault where this interchange has nothing for it.
char Emitter::repetition(OutObject const& object, NodeIndex node, std::size_t element) {
    if (delimiters_.repetition == '\0')
        diagnostics_.push_back(fault(
            "MAP-0113", joined(object.path, "extensions"),
            fmt::format("{}{:02} repeats, and this interchange has no repetition separator.", segment_id(node), element + 1),
            "Give the partner's envelope a repetition_separator, and a version from 00402 on."));
    return delimiters_.repetition;
}

void Emitter::tuples(TupleRun const& run, NodeIndex node, OutObject& object, Built& built, std::vector<Parts>& elements,
                     bool more_allowed) {
    auto const place = [&](unsigned first, std::size_t cell) -> std::pair<unsigned, unsigned> {
        auto const number = first + run.offsets[cell];
        return run.element == 0 ? std::pair{number, 0u} : std::pair{static_cast<unsigned>(run.element), number};
    };
    auto const free_place = [&](TupleClaim const& claim) -> unsigned {
        for (unsigned first = claim.first; first <= claim.last; first += run.stride) {
            bool open = true;
            for (std::size_t cell = 0; cell < run.offsets.size(); ++cell) {
                auto const [element, component] = place(first, cell);
                open = open && is_free(elements, element, component);
            }
            if (open) return first;
        }
        return 0;
    };
    auto const put_cells = [&](TupleClaim const& claim, OutObject& from, unsigned first) {
        for (auto const& field : claim.cells)
            if (auto const& text = from.slots[field.slot]; text.set && !text.text.empty()) {
                auto const [element, component] = place(first, field.element);
                put(elements, element, component, text.text);
            }
        for (auto& kept : from.kept) { // a cell no line reads: "03"
            if (&from == &object || kept.used || kept.key.size() != 2 || kept.value->is_array()) continue;
            auto const cell = static_cast<std::size_t>((kept.key[0] - '0') * 10 + kept.key[1] - '0');
            if (cell == 0 || cell > run.offsets.size()) continue;
            auto const [element, component] = place(first, cell - 1);
            if (is_free(elements, element, component)) {
                put(elements, element, component, kept.value->text());
                kept.used = true;
            }
        }
        for (auto const& constant : claim.constants) {
            auto const [element, component] = place(first, constant.element);
            put(elements, element, component, constant.text);
        }
        if (claim.test.present && claim.test.single()) {
            auto const [element, component] = place(first, claim.test.element);
            put(elements, element, component, claim.test.texts.front());
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
                if (field.element == other.test.element) text = item.slots[field.slot].text;
            bool const filled =
                !other.each && std::any_of(other.cells.begin(), other.cells.end(),
                                           [&](auto const& field) { return object.slots[field.slot].set; });
            if (!text.empty() && other.test.accepts(text) && !filled) return &other;
        }
        return nullptr;
    };
    std::vector<TupleClaim const*> order;
    for (auto const& claim : run.claims)
        order.push_back(&claim);
    // In the order of the map's lines, so that the map says what comes first; a tuple with one place of its own before
    // any that could take it.
    std::stable_sort(order.begin(), order.end(), [](auto const* a, auto const* b) {
        return std::pair(a->first != a->last, a->order) < std::pair(b->first != b->last, b->order);
    });
    for (auto const* const claim : order) {
        if (!claim->each) {
            auto const filled = std::any_of(claim->cells.begin(), claim->cells.end(), [&](auto const& field) {
                return object.slots[field.slot].set && !object.slots[field.slot].text.empty();
            });
            if (!filled) continue;
            auto const first = free_place(*claim);
            if (first == 0)
                too_many(object.path, static_cast<unsigned>((claim->last - claim->first) / run.stride + 1));
            else
                put_cells(*claim, object, first);
            continue;
        }
        auto* const list = object.list(claim->list);
        if (list == nullptr) continue;
        for (; list->written < list->items.size(); ++list->written) {
            auto& item = *list->items[list->written];
            bool fits = true; // the segment's own elements must say the same for all tuples in it
            for (auto const& field : claim->outer) {
                auto const& text = item.slots[field.slot];
                auto const free = is_free(elements, field.element, 0);
                auto const present = text.set && !text.text.empty();
                fits = fits &&
                       (present ? (free ? !built.content : elements[field.element - 1u].front() == text.text) : free);
            }
            auto const first = fits ? free_place(*claim) : 0;
            if (first == 0) {
                if (more_allowed && built.content) {
                    built.more = true;
                    return;
                }
                too_many(item.path, static_cast<unsigned>((claim->last - claim->first) / run.stride + 1));
                continue;
            }
            for (auto const& field : claim->outer)
                if (auto const& text = item.slots[field.slot]; text.set && !text.text.empty())
                    put(elements, field.element, field.component, text.text);
            put_cells(*claim, item, first);
            if (auto const* const named = taken_by(*claim, item))
                diagnostics_.push_back(fault(
                    "MAP-0120", item.path,
                    fmt::format(
                        "`{}` is what the map reads into {}; written here, it will be read back as that.", item.path,
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
                    if (!other.each && !other.cells.empty() && object.slots[other.cells.front().slot].set && places > 0)
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
