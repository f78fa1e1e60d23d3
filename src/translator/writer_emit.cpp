// Writing, second half: slots to segments, in the grammar's order; claims of one row in the order of §5; extensions
// last.
#include "translator/writer.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

using grammar::NodeIndex;

std::string joined(std::string const& path, std::string_view name) {
    return path.empty() ? std::string(name) : name.empty() ? path : fmt::format("{}.{}", path, name);
}

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

/// What the element's length counts: of numbers the digits, of text the characters.
std::size_t counted_length(std::string_view text, grammar::ElementClass kind) {
    bool const number = kind == grammar::ElementClass::decimal || kind == grammar::ElementClass::digits;
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [&](char c) {
        return number ? c >= '0' && c <= '9' : (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

} // namespace

std::string Emitter::segment_id(NodeIndex row) const {
    return schema_.segments()[schema_.nodes()[row].segment].definition->id;
}

Diagnostic Emitter::fault(std::string_view code, std::string const& canonical, std::string message,
                          std::string help) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.path = canonical;
    found.place.transaction_set = schema_.set().id;
    return found;
}

void Emitter::run(OutObject& root, std::vector<x12::OutSegment>& out) {
    scope(*plan_.root->scope, root, out, 0);
    auto const levels = std::to_string(levels_);
    for (auto& segment : out)
        for (auto& element : segment.elements)
            if (element == count_mark) element = levels_ == 0 ? std::string() : levels;
    // what came in `extensions` and found no place
    std::vector<OutObject*> open{&root};
    while (!open.empty()) {
        auto* const object = open.back();
        open.pop_back();
        for (auto const& kept : object->kept)
            if (!kept.used)
                diagnostics_.push_back(fault(
                    "MAP-0116", joined(object->path, "extensions"),
                    fmt::format("The kept `{}` of {} is not written: its place is taken, or there is no such place.",
                                kept.key, object->path.empty() ? "the document" : object->path)));
        for (auto& list : object->lists)
            for (auto& item : list.items)
                open.push_back(item.get());
    }
}

void Emitter::scope(Scope const& scope, OutObject& object, std::vector<x12::OutSegment>& out, unsigned parent_number) {
    auto const& loop = schema_.loops()[scope.loop];
    for (auto const node : loop.rows)
        row(scope, node, object, out, parent_number);
    if (scope.loop != 0 && loop.first == plan_.hierarchy_row) // the levels below stand behind all segments of this one
        for (auto* const taken : scope.by_row[0])
            claim(scope, *taken, object, out, parent_number);
}

void Emitter::row(Scope const& scope, NodeIndex node, OutObject& object, std::vector<x12::OutSegment>& out,
                  unsigned parent_number) {
    auto const id = segment_id(node);
    if (id == "SE" && scope.loop == 0) return;
    std::size_t count = 0;
    for (auto* const taken : scope.by_row[node - scope.first])
        count += claim(scope, *taken, object, out, parent_number);
    if (!object.kept.empty()) count += kept_segments(scope, node, object, out);
    auto const& rule = schema_.nodes()[node];
    if (rule.mandatory && count == 0)
        diagnostics_.push_back(
            fault("MAP-0112", object.path,
                  fmt::format("{} is mandatory, and {} has nothing to write there.", schema_.path(node),
                              object.path.empty() ? "the document" : fmt::format("`{}`", object.path))));
    if (rule.max != 0 && count > rule.max)
        diagnostics_.push_back(
            fault("MAP-0115", object.path,
                  fmt::format("{} can stand {} time{}; {} would be needed for {}.", schema_.path(node), rule.max,
                              rule.max == 1 ? "" : "s", count,
                              object.path.empty() ? "the document" : fmt::format("`{}`", object.path))));
}

std::size_t Emitter::claim(Scope const& scope_, Claim const& taken, OutObject& object,
                           std::vector<x12::OutSegment>& out, unsigned parent_number) {
    auto const& node = schema_.nodes()[taken.row];
    auto const* const test = taken.test.present ? &taken.test : nullptr;
    if (taken.child != nullptr) {
        auto* const list = object.list(taken.list);
        if (list == nullptr) return 0;
        for (auto& item : list->items) {
            auto built = build(taken.child->use, taken.row, *item, test, {}, false);
            unsigned number = parent_number;
            if (taken.row == plan_.hierarchy_row) {
                number = ++levels_;
                built.segment.set(1, std::to_string(number));
                if (parent_number != 0) built.segment.set(2, std::to_string(parent_number));
                bool children = false;
                for (auto* const below : taken.child->scope->by_row[0])
                    if (auto const* const inner = item->list(below->list); inner != nullptr)
                        children = children || !inner->items.empty();
                built.segment.set(4, children ? "1" : "0");
            }
            out.push_back(std::move(built.segment));
            if (node.starts_loop) scope(*taken.child->scope, *item, out, number);
        }
        return list->items.size();
    }
    std::size_t count = 0;
    for (;;) {
        auto const stem =
            taken.numbered ? fmt::format("{}{}({})/", scope_.prefix, segment_id(taken.row), count + 1) : taken.stem;
        auto const faults = diagnostics_.size();
        auto built = build(taken.use, taken.row, object, test, stem, taken.each);
        auto const place = out.size();
        bool keep = built.content;
        bool const more = built.more;
        if (built.filled || taken.scope != nullptr) out.push_back(std::move(built.segment));
        if (taken.scope != nullptr) {
            scope(*taken.scope, object, out, parent_number);
            bool const inner = out.size() > place + 1;
            if (inner && !built.filled)
                diagnostics_.push_back(
                    fault("MAP-0117", object.path,
                          fmt::format("There are segments to write inside {}, but nothing for the {} that begins it.",
                                      schema_.path(taken.row), segment_id(taken.row))));
            keep = keep || inner;
        }
        if (!keep) { // constants and counts alone are not worth a segment
            out.resize(place);
            diagnostics_.resize(faults);
            return count;
        }
        ++count;
        if (!more) return count;
    }
}

std::size_t Emitter::kept_segments(Scope const& scope_, NodeIndex node, OutObject& object,
                                   std::vector<x12::OutSegment>& out) {
    auto const id = segment_id(node);
    std::size_t count = 0;
    auto const component = delimiters_.component;
    auto const write = [&](std::string_view segment, json::Value const& elements) {
        x12::OutSegment made;
        made.id = std::string(segment);
        for (auto const& element : elements.items()) {
            std::string text = element.text();
            auto const external = fmt::format("{}{:02}", segment, made.elements.size() + 1);
            check_characters(text, external, joined(object.path, "extensions"));
            for (auto const& part : element.items())
                check_characters(part.text(), external, joined(object.path, "extensions"));
            for (auto const& part : element.items())
                text += (&part == &element.items().front() ? std::string() : std::string(1, component)) + part.text();
            made.elements.push_back(std::move(text));
        }
        out.push_back(std::move(made));
    };
    std::vector<std::size_t> by_key;
    for (auto& kept : object.kept) {
        // "IT8(1)" below this scope's prefix; deeper ones follow their loop
        std::string_view key = kept.key;
        if (kept.used || !kept.value->is_array() || !key.starts_with(scope_.prefix)) continue;
        key.remove_prefix(scope_.prefix.size());
        if (!key.starts_with(id) || key.size() <= id.size() || key[id.size()] != '(' || key.find('/') != key.npos)
            continue;
        kept.used = true;
        ++count;
        write(id, *kept.value);
        if (!schema_.nodes()[node].starts_loop) continue;
        if (by_key.empty()) { // sorted once: an object may have kept thousands
            by_key.resize(object.kept.size());
            for (std::size_t i = 0; i < by_key.size(); ++i)
                by_key[i] = i;
            std::sort(by_key.begin(), by_key.end(),
                      [&](auto a, auto b) { return object.kept[a].key < object.kept[b].key; });
        }
        auto const below = kept.key + "/";
        auto at = std::lower_bound(by_key.begin(), by_key.end(), below,
                                   [&](auto index, auto const& wanted) { return object.kept[index].key < wanted; });
        std::vector<std::size_t> inside;
        for (; at != by_key.end() && object.kept[*at].key.starts_with(below); ++at)
            inside.push_back(*at);
        std::sort(inside.begin(), inside.end()); // as they came
        for (auto const index : inside) {
            auto& inner = object.kept[index];
            if (inner.used || !inner.value->is_array()) continue;
            auto name = std::string_view(inner.key);
            name.remove_prefix(name.rfind('/') + 1);
            inner.used = true;
            write(name.substr(0, name.find('(')), *inner.value);
        }
    }
    return count;
}

Emitter::Built Emitter::build(Use const& use, NodeIndex node, OutObject& object, Test const* test,
                              std::string const& stem, bool more_allowed) {
    Built built;
    auto const id = segment_id(node);
    built.segment.id = id;
    std::vector<Parts> elements;
    std::vector<OutObject::Text const*> sources(64, nullptr);
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
        if (!element_key(std::string_view(kept.key).substr(stem.size()), id, element, component) ||
            !is_free(elements, element, component))
            continue;
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
            (constant.when == nullptr || holds(object, *constant.when))) {
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
            text += parts[i];
            if (source == nullptr || source->line == nullptr || !source->line->expression) // else a count's mark
                check_characters(parts[i], fmt::format("{}{:02}", id, e + 1), canonical_of(object, source));
        }
        built.segment.set(e + 1, std::move(text));
    }
    check(node, built, sources, object);
    return built;
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

/// What to give the document so that an element is filled: "Give it `currency_party`."; empty where no line fills it.
static std::string filled_by(OutObject const& object, std::string_view element) {
    std::vector<std::string> members;
    for (auto const& line : object.body->lines) {
        if (line->target == nullptr || !line->writes()) continue;
        for (auto const& alternative : line->alternatives)
            for (auto const& part : alternative.parts) {
                if (part.slot == no_slot || object.body->slots[part.slot].external != element) continue;
                auto name = fmt::format("`{}`", joined(object.path, member_path(line->target)));
                if (std::ranges::find(members, name) == members.end()) members.push_back(std::move(name));
            }
    }
    return members.empty() ? std::string() : fmt::format("Give it {}.", fmt::join(members, " or "));
}

std::string Emitter::canonical_of(OutObject const& object, OutObject::Text const* source) {
    return source != nullptr && source->line != nullptr && source->line->target != nullptr
               ? joined(object.path, member_path(source->line->target))
               : object.path;
}

/// A delimiter inside a text would change what the receiver reads.
void Emitter::check_characters(std::string_view text, std::string_view external, std::string const& canonical) {
    auto const bad = std::find_if(text.begin(), text.end(), [&](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f || c == delimiters_.element || c == delimiters_.segment ||
               c == delimiters_.component || (delimiters_.repetition != '\0' && c == delimiters_.repetition);
    });
    if (bad == text.end()) return;
    auto const byte = static_cast<unsigned char>(*bad);
    diagnostics_.push_back(fault(
        "MAP-0113", canonical,
        fmt::format("{} cannot be written to {}: it holds {}.",
                    canonical.empty() ? "A text of the document" : fmt::format("A text of `{}`", canonical), external,
                    byte < 0x20 || byte == 0x7f ? fmt::format("the control character 0x{:02x}", byte)
                                                : fmt::format("`{}`, a delimiter of this interchange", *bad)),
        "Take it out of the text, or choose other delimiters in the partner's profile."));
    diagnostics_.back().value = std::string(text);
}

/// What the grammar would refuse, said with both places.
void Emitter::check(NodeIndex node, Built const& built, std::vector<OutObject::Text const*> const& sources,
                    OutObject const& object) {
    if (!built.filled) return;
    auto const& rule = schema_.segments()[schema_.nodes()[node].segment];
    auto const id = segment_id(node);
    for (std::size_t i = 0; i < rule.elements.size(); ++i) {
        auto const& element = rule.elements[i];
        auto const text = built.segment.element(i + 1);
        auto const hierarchy = node == plan_.hierarchy_row && (i == 0 || i == 1 || i == 3);
        auto const* const source = i < sources.size() ? sources[i] : nullptr;
        auto const canonical = source != nullptr && source->line != nullptr && source->line->target != nullptr
                                   ? joined(object.path, member_path(source->line->target))
                                   : object.path;
        if (text.empty()) {
            if (element.mandatory && !hierarchy && built.content)
                diagnostics_.push_back(
                    fault("MAP-0112", canonical,
                          fmt::format("{}{:02} is mandatory in {}, and {} has no value for it.", id, i + 1,
                                      schema_.path(node),
                                      object.path.empty() ? "the document" : fmt::format("`{}`", object.path)),
                          filled_by(object, fmt::format("{}{:02}", id, i + 1))));
            continue;
        }
        if (element.kind == grammar::ElementClass::composite || text == count_mark) continue;
        if (counted_length(text, element.kind) > element.max)
            diagnostics_.push_back(
                fault("MAP-0111", canonical,
                      fmt::format("`{}` \"{}\" is too long for {}/{}{:02}, which holds {} characters.", canonical, text,
                                  schema_.loops()[schema_.nodes()[node].loop].path, id, i + 1, element.max)));
    }
}

WriteOutcome write_document(Plan const& plan, json::Value const& document, x12::Delimiters const& delimiters) {
    WriteOutcome outcome;
    if (!document.is_object() || document.string("document") != plan.document_kind) {
        outcome.diagnostics.push_back(
            make_diagnostic("MAP-0113", fmt::format("The document is a `{}`; {} writes `{}`.",
                                                    document.string("document"), plan.name, plan.document_kind)));
        return outcome;
    }
    auto root = Binder(plan, document).run(outcome.diagnostics);
    Emitter(plan, delimiters, outcome.diagnostics).run(*root, outcome.segments);
    return outcome;
}

} // namespace wharf::translator
