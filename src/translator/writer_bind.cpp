// Writing, first half: objects and lists of the document to slots. A member nobody writes is reported, never dropped
// silently.
#include "translator/writer.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::translator {

std::string text_of(PathStep const* step) {
    if (step == nullptr) return {};
    auto around = text_of(step->around);
    return step->entry == PathStep::member ? joined(around, step->name) : fmt::format("{}[{}]", around, step->entry);
}

void OutObject::List::append(OutObject* item) {
    (last == nullptr ? first : last->next) = item;
    last = item;
    if (unwritten == nullptr) unwritten = item;
    ++size;
}

void OutObject::add(List& list) {
    auto** end = &lists;
    while (*end != nullptr)
        end = &(*end)->next;
    *end = &list;
}

Binder::Binder(Plan const& plan, json::Node const& document, RunValues const* values, Pool& pool)
    : plan_(plan), document_(document), values_(values), pool_(pool) {
    if (document.mark() != plan.document->mark()) plan.document->resolve(document);
    // what came in with another kind of set says nothing here
    if (auto const* const source = document.find("source"); source != nullptr && plan.schema != nullptr)
        if (auto const set = source->string("set"); !set.empty() && set != plan.schema->set().id)
            extensions_fit_ = false;
}

Diagnostic Binder::fault(std::string_view code, std::string const& path, json::Node const* value, std::string message,
                         std::string help) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.path = path;
    if (value != nullptr) found.value = value->text();
    return found;
}

void Binder::not_carried(std::string const& path, json::Node const* value, std::string message, std::string help,
                         BindReport& report) const {
    ++report.not_carried;
    report.diagnostics.push_back(fault("MAP-0110", path, value, std::move(message), std::move(help)));
}

OutObject& Binder::run(Diagnostics& diagnostics) {
    BindReport report;
    auto& root = bind(*plan_.root, document_, nullptr, nullptr, report);
    for (auto& found : report.diagnostics)
        diagnostics.push_back(std::move(found));
    return root;
}

OutObject& Binder::make(Body const& body, json::Node const& value, PathStep const* place) {
    auto& object = *pool_.make<OutObject>();
    object.body = &body;
    object.value = &value;
    object.place = place;
    object.members = {pool_.make<json::Node const*>(body.member_count), body.member_count};
    auto const lines = body.line_words(), claims = body.claim_words(), slots = (body.slots.size() + 63) / 64;
    auto* const words = pool_.make<std::uint64_t>(lines + claims + slots);
    object.lines = {words, lines};
    object.claims = {words + lines, claims};
    object.filled = {words + lines + claims, slots};
    object.texts = pool_.raw<OutObject::Text>(body.slots.size());
    return object;
}

OutObject& Binder::bind(Body const& body, json::Node const& value, PathStep const* place, OutObject const* parent,
                        BindReport& report) {
    auto& object = make(body, value, place);
    bool look = find_members(object, *body.root, value);
    if (object.extensions != nullptr) take_kept(object, report);
    values(object, parent, report);
    for (auto const* const member : body.filled_in)
        look = look || (object.members[member->number] == nullptr && find(object, member->parent) != nullptr);
    if (look) unwritten(object, *body.root, value, object.path(), report);
    members(object, *body.root, value, place, report);
    return object;
}

PathStep const* Binder::step(PathStep const* around, std::string_view name) {
    auto* const made = pool_.make<PathStep>();
    made->around = around;
    made->name = name;
    return made;
}

bool Binder::find_members(OutObject& object, Member const& owner, json::Node const& value) {
    bool look = false;
    for (auto const& inner : value.members()) {
        if (owner.parent == nullptr && owner.node != nullptr && inner.mark() == owner.node->extensions &&
            inner.mark() != document::no_property)
            object.extensions = &inner;
        auto const* const member = owner.member_of(inner);
        if (member == nullptr) continue;
        object.members[member->number] = &inner;
        if (member->alone == nullptr || !quick_value(object, *member->alone, inner))
            for (auto const line : member->written_by)
                object.lines[line / 64u] |= std::uint64_t{1} << (line % 64u);
        look = look || !member->settled;
        if (member->kind == MemberKind::object) look = find_members(object, *member, inner) || look;
        if (member->kind != MemberKind::list) continue;
        for (auto const& chosen : member->members)
            for (auto const& entry : inner.items()) // the first with the word
                if (entry.string(chosen->select_member) == chosen->word) {
                    object.members[chosen->number] = &entry;
                    look = find_members(object, *chosen, entry) || look;
                    break;
                }
    }
    return look;
}

void Binder::take_kept(OutObject& object, BindReport& report) {
    for (auto const& entries : object.extensions->members()) {
        auto const format = entries.name();
        if (format == "via") { // how a value was read that is not there any more
            for (auto const& place : entries.members())
                if (auto const name = place.name();
                    object.body->node != nullptr && object.body->node->find(name) != nullptr &&
                    object.value->find(name) == nullptr)
                    report.diagnostics.push_back(
                        fault("MAP-0116", joined(object.path(), "extensions"), nullptr,
                              fmt::format("`via` says that `{}` came from {}; there is no `{}` now.", joined(object.path(), name),
                                          place.text(), joined(object.path(), name))));
            continue;
        }
        if (format == "unplaced") continue;
        if (extensions_fit_ && format == plan_.format_key) {
            auto* const kept = pool_.raw<OutObject::Kept>(entries.members().size());
            std::size_t count = 0;
            for (auto const& value : entries.members())
                kept[count++] = {value.name(), &value, false};
            object.kept = {kept, count};
            if (!entries.is_object())
                report.diagnostics.push_back(
                    fault("MAP-0116", joined(object.path(), "extensions"), nullptr,
                          fmt::format("`{}` in the extensions of {} is not an object; nothing is written from it.",
                                      format, object.path().empty() ? "the document" : object.path())));
            continue;
        }
        report.diagnostics.push_back(fault(
            "MAP-0116", joined(object.path(), "extensions"), nullptr,
            fmt::format("The extensions of `{}` at {} stay behind: they came with another transaction set or release.",
                        format, object.path().empty() ? "the document" : object.path())));
    }
}

/// Objects and lists, and what nobody writes.
void Binder::members(OutObject& object, Member const& owner, json::Node const& value, PathStep const* place,
                     BindReport& report) {
    for (auto const& inner : value.members()) {
        auto const* const member = owner.member_of(inner);
        auto const own_path = [&] { return joined(text_of(place), inner.name()); }; // few need it
        if (member == nullptr || member->kind == MemberKind::extensions) {
            auto const* const property = owner.node != nullptr && inner.mark() < owner.node->properties.size()
                                             ? &owner.node->properties[inner.mark()]
                                             : nullptr;
            if (inner.name() == "extensions") {
                if (member == nullptr && !inner.members().empty())
                    report.diagnostics.push_back(fault(
                        "MAP-0116", own_path(), nullptr,
                        fmt::format("`{}` stands in an object the map fills line by line; nothing is written from it.",
                                    own_path())));
                continue;
            }
            if (property != nullptr && property->derived) continue;
            not_carried(own_path(), &inner,
                        fmt::format("`{}` is not written: the map {} has no line for it.", own_path(), plan_.name),
                        "If the partner needs it, add a line in an override.", report);
            continue;
        }
        if (member->kind == MemberKind::object)
            members(object, *member, inner, step(place, inner.name()), report);
        else if (member->kind == MemberKind::list)
            list(object, *member, inner, step(place, inner.name()), report);
        else if (member->kind == MemberKind::child) {
            auto* const made = pool_.make<OutObject::List>();
            made->slot = member->lists.front();
            object.add(*made);
            object.concern(made->slot);
            made->append(&bind(*member->bodies.front(), inner, step(place, inner.name()), &object, report));
        }
    }
}

// --- lists

OutObject& Binder::item(Body const& body, json::Node const& value, PathStep const* place, OutObject const* parent,
                        BindReport& report) {
    if (!body.scalar) return bind(body, value, place, parent, report);
    auto& object = make(body, value, place);
    for (auto const& line : body.lines)
        if (line->writes() && !quick_value(object, *line, value)) line_value(object, *line, value, report);
    return object;
}

/// `position` is the entry's place in its list; nothing else can be written, and nothing else will be read back.
void Binder::position(OutObject const& item, std::size_t place, BindReport& report) const {
    for (auto const* const member : item.body->indices) {
        auto const* const stated = item.members[member->number];
        if (stated == nullptr) continue;
        std::size_t number = 0;
        auto const text = stated->text();
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && end == text.data() + text.size() && number == place && !text.starts_with('0')) continue;
        auto const path = joined(item.path(), member->name);
        report.diagnostics.push_back(
            fault("MAP-0118", path, stated,
                  fmt::format("`{}` says {}; it is entry {} of its list, and will be read back as that.", path, text, place)));
    }
}

/// An entry that a line has chosen by its word: its members go to the slots of the object around the list.
bool Binder::entry(OutObject& object, Member const& member, json::Node const& value, PathStep const& place,
                   std::vector<Member const*>& taken, BindReport& report) {
    for (auto const& one : member.members) {
        if (value.string(one->select_member) != one->word || std::ranges::find(taken, one.get()) != taken.end())
            continue;
        auto const before = std::ranges::count_if(
            member.members, [&](auto const& other) { return find(object, other.get()) != nullptr && &other < &one; });
        if (static_cast<std::size_t>(before) != place.entry)
            report.diagnostics.push_back(
                fault("MAP-0120", text_of(&place), nullptr,
                      fmt::format("`{}` is what the map reads into `{}`; it will be read back as entry {} of its list.",
                                  text_of(&place), member_path(one.get()), before)));
        taken.push_back(one.get());
        members(object, *one, value, &place, report);
        return true;
    }
    return false;
}

/// A text of a list that is longer than its element goes on in the next entry, where the policy says so.
std::vector<std::string_view> Binder::carried_over(Member const& member, json::Node const& entry, PathStep const& place,
                                                   BindReport& report) {
    auto const* const body = member.bodies.empty() ? nullptr : member.bodies.front();
    if (values_ == nullptr || values_->policy.too_long != WritePolicy::TooLong::carry_over || body == nullptr ||
        !body->scalar || !entry.is_string())
        return {};
    auto const& line = *body->lines.front();
    if (line.converter.op != Op::text || line.converter.elements.empty()) return {};
    auto const most = line.converter.elements.front()->max;
    if (most == 0 || character_count(entry.text()) <= most) return {};
    std::vector<std::string_view> values;
    for (auto const& piece : pieces_of(entry.text(), most))
        values.push_back(pool_.keep(piece));
    auto const path = text_of(&place);
    report.diagnostics.push_back(
        fault("MAP-0124", path, &entry,
              fmt::format("`{}` is longer than the {} characters of its element; it is written in {} pieces, and will be "
                          "read back as that many entries.",
                          path, most, values.size())));
    return values;
}

void Binder::list(OutObject& object, Member const& member, json::Node const& items, PathStep const* place,
                  BindReport& report) {
    if (!items.is_array()) // the schema's check refuses it before
        return;
    std::vector<Member const*> taken;
    auto const sources = member.lists.size();
    auto* const lists = pool_.make<OutObject::List>(sources);
    for (std::size_t i = 0; i < sources; ++i) {
        lists[i].slot = member.lists[i];
        object.add(lists[i]);
    }
    auto const append = [&](std::size_t source, OutObject& made) {
        if (lists[source].size == 0) object.concern(lists[source].slot);
        lists[source].append(&made);
    };
    std::size_t source = 0, index = 0;
    for (auto const& one : items.items()) {
        auto& own = *pool_.make<PathStep>();
        own.around = place;
        own.entry = index++;
        if (!member.members.empty() && entry(object, member, one, own, taken, report)) continue;
        if (sources == 0) {
            auto const path = text_of(&own);
            not_carried(path, nullptr, fmt::format("`{}` is not written: no line of the map {} chooses it.", path, plan_.name),
                        "If the partner needs it, add a line in an override.", report);
            continue;
        }
        if (auto const pieces = carried_over(member, one, own, report); !pieces.empty()) {
            for (auto const piece : pieces) {
                auto* const made = pool_.make<json::Node>();
                *made = json::Node(piece);
                append(source, item(*member.bodies[source], *made, &own, &object, report));
            }
            continue;
        }
        for (;;) {
            bool const last = source + 1 >= sources;
            if (!last && plan_.schema != nullptr &&
                lists[source].size >= x12_capacity(plan_, object, lists[source].slot)) {
                ++source;
                continue;
            }
            BindReport found;
            auto& made = item(*member.bodies[source], one, &own, &object, found);
            if (!last && (found.not_carried != 0 || has_errors(found.diagnostics))) {
                ++source; // this place cannot say it all; the next can
                continue;
            }
            position(made, index, found);
            report.not_carried += found.not_carried;
            for (auto& fault : found.diagnostics)
                report.diagnostics.push_back(std::move(fault));
            append(source, made);
            break;
        }
    }
}

} // namespace wharf::translator
