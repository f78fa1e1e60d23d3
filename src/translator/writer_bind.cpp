// Writing, first half: objects and lists of the document to slots. A member nobody writes is reported, never dropped
// silently.
#include "translator/writer.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

OutObject::List* OutObject::list(SlotIndex slot) {
    for (auto& one : lists)
        if (one.slot == slot) return &one;
    return nullptr;
}

Binder::Binder(Plan const& plan, json::Value const& document, RunValues const* values)
    : plan_(plan), document_(document), values_(values) {
    // what came in with another kind of set says nothing here
    if (auto const* const source = document.find("source"); source != nullptr && plan.schema != nullptr)
        if (auto const set = source->string("set"); !set.empty() && set != plan.schema->set().id)
            extensions_fit_ = false;
}

Diagnostic Binder::fault(std::string_view code, std::string const& path, json::Value const* value, std::string message,
                         std::string help) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.path = path;
    if (value != nullptr) found.value = value->text();
    return found;
}

void Binder::not_carried(std::string const& path, json::Value const* value, std::string message, std::string help,
                         BindReport& report) const {
    ++report.not_carried;
    report.diagnostics.push_back(fault("MAP-0110", path, value, std::move(message), std::move(help)));
}

std::unique_ptr<OutObject> Binder::run(Diagnostics& diagnostics) {
    BindReport report;
    auto root = bind(*plan_.root, document_, {}, nullptr, report);
    for (auto& found : report.diagnostics)
        diagnostics.push_back(std::move(found));
    return root;
}

std::unique_ptr<OutObject> Binder::bind(Body const& body, json::Value const& value, std::string path,
                                        OutObject const* parent, BindReport& report) {
    auto object = std::make_unique<OutObject>();
    object->body = &body;
    object->value = &value;
    object->path = std::move(path);
    object->slots.resize(body.slots.size());
    take_kept(*object, report);
    values(*object, parent, report);
    members(*object, *body.root, value, object->path, report);
    return object;
}

void Binder::take_kept(OutObject& object, BindReport& report) {
    auto const* const extensions = object.value->find("extensions");
    if (extensions == nullptr) return;
    for (auto const& [format, entries] : extensions->members()) {
        if (format == "via") { // how a value was read that is not there any more
            for (auto const& [name, place] : entries.members())
                if (object.body->node != nullptr && object.body->node->find(name) != nullptr &&
                    object.value->find(name) == nullptr)
                    report.diagnostics.push_back(
                        fault("MAP-0116", joined(object.path, "extensions"), nullptr,
                              fmt::format("`via` says that `{}` came from {}; there is no `{}` now.", joined(object.path, name),
                                          place.text(), joined(object.path, name))));
            continue;
        }
        if (format == "unplaced") continue;
        if (extensions_fit_ && format == plan_.format_key) {
            for (auto const& [key, value] : entries.members())
                object.kept.push_back({key, &value, false});
            if (!entries.is_object())
                report.diagnostics.push_back(
                    fault("MAP-0116", joined(object.path, "extensions"), nullptr,
                          fmt::format("`{}` in the extensions of {} is not an object; nothing is written from it.",
                                      format, object.path.empty() ? "the document" : object.path)));
            continue;
        }
        report.diagnostics.push_back(fault(
            "MAP-0116", joined(object.path, "extensions"), nullptr,
            fmt::format("The extensions of `{}` at {} stay behind: they came with another transaction set or release.",
                        format, object.path.empty() ? "the document" : object.path)));
    }
}

/// Objects and lists, and what nobody writes.
void Binder::members(OutObject& object, Member const& owner, json::Value const& value, std::string const& path,
                     BindReport& report) {
    for (auto const& [name, inner] : value.members()) {
        auto const found = std::find_if(owner.members.begin(), owner.members.end(),
                                        [&name = name](auto const& one) { return one->name == name; });
        auto const own_path = [&, &name = name] { return joined(path, name); }; // few need it
        auto const* const property = owner.node != nullptr ? owner.node->find(name) : nullptr;
        if (name == "extensions") {
            if (found == owner.members.end() && !inner.members().empty())
                report.diagnostics.push_back(fault(
                    "MAP-0116", own_path(), nullptr,
                    fmt::format("`{}` stands in an object the map fills line by line; nothing is written from it.",
                                own_path())));
            continue;
        }
        if (found == owner.members.end()) {
            if (property != nullptr && property->derived) continue;
            not_carried(own_path(), &inner,
                        fmt::format("`{}` is not written: the map {} has no line for it.", own_path(), plan_.name),
                        "If the partner needs it, add a line in an override.", report);
            continue;
        }
        auto const& member = **found;
        if (member.kind == MemberKind::object)
            members(object, member, inner, own_path(), report);
        else if (member.kind == MemberKind::list)
            list(object, member, inner, own_path(), report);
        else if (member.kind == MemberKind::child) {
            object.lists.push_back({member.lists.front(), {}, 0});
            auto child = bind(*member.bodies.front(), inner, own_path(), &object, report);
            object.lists.back().items.push_back(std::move(child));
        }
    }
}

// --- lists

std::unique_ptr<OutObject> Binder::item(Body const& body, json::Value const& value, std::string path,
                                        OutObject const* parent, BindReport& report) {
    if (!body.scalar) return bind(body, value, std::move(path), parent, report);
    auto object = std::make_unique<OutObject>();
    object->body = &body;
    object->value = &value;
    object->path = std::move(path);
    object->slots.resize(body.slots.size());
    for (auto const& line : body.lines)
        if (line->writes()) line_value(*object, *line, value, report);
    return object;
}

/// `position` is the entry's place in its list; nothing else can be written, and nothing else will be read back.
void Binder::position(Body const& body, json::Value const& entry, std::string const& path, std::size_t place,
                      BindReport& report) const {
    if (body.scalar) return;
    for (auto const& member : body.root->members) {
        if (member->kind != MemberKind::index) continue;
        auto const* const stated = entry.find(member->name);
        if (stated != nullptr && stated->text() != std::to_string(place))
            report.diagnostics.push_back(
                fault("MAP-0118", joined(path, member->name), stated,
                      fmt::format("`{}` says {}; it is entry {} of its list, and will be read back as that.",
                                  joined(path, member->name), stated->text(), place)));
    }
}

/// An entry that a line has chosen by its word: its members go to the slots of the object around the list.
bool Binder::entry(OutObject& object, Member const& member, json::Value const& value, std::string const& path,
                   std::size_t index, std::vector<Member const*>& taken, BindReport& report) {
    for (auto const& one : member.members) {
        if (value.string(one->select_member) != one->word || std::ranges::find(taken, one.get()) != taken.end())
            continue;
        auto const place = std::ranges::count_if(
            member.members, [&](auto const& other) { return find(object, other.get()) != nullptr && &other < &one; });
        if (static_cast<std::size_t>(place) != index)
            report.diagnostics.push_back(
                fault("MAP-0120", path, nullptr,
                      fmt::format("`{}` is what the map reads into `{}`; it will be read back as entry {} of its list.",
                                  path, member_path(one.get()), place)));
        taken.push_back(one.get());
        members(object, *one, value, path, report);
        return true;
    }
    return false;
}

/// A text of a list that is longer than its element goes on in the next entry, where the policy says so.
std::vector<json::Value> Binder::carried_over(Member const& member, json::Value const& entry, std::string const& path,
                                              BindReport& report) const {
    auto const* const body = member.bodies.empty() ? nullptr : member.bodies.front();
    if (values_ == nullptr || values_->policy.too_long != WritePolicy::TooLong::carry_over || body == nullptr ||
        !body->scalar || !entry.is_string())
        return {};
    auto const& line = *body->lines.front();
    if (line.converter.op != Op::text || line.converter.elements.empty()) return {};
    auto const most = line.converter.elements.front()->max;
    if (most == 0 || character_count(entry.text()) <= most) return {};
    std::vector<json::Value> values;
    for (auto& piece : pieces_of(entry.text(), most))
        values.emplace_back(std::move(piece));
    report.diagnostics.push_back(
        fault("MAP-0124", path, &entry,
              fmt::format("`{}` is longer than the {} characters of its element; it is written in {} pieces, and will be "
                          "read back as that many entries.",
                          path, most, values.size())));
    return values;
}

void Binder::list(OutObject& object, Member const& member, json::Value const& items, std::string const& path,
                  BindReport& report) {
    if (!items.is_array()) // the schema's check refuses it before
        return;
    std::vector<Member const*> taken;
    std::size_t source = 0;
    for (auto const slot : member.lists)
        object.lists.push_back({slot, {}, 0});
    auto const first_list = object.lists.size() - member.lists.size();
    std::size_t index = 0;
    for (auto const& entry_ : items.items()) {
        auto const own_path = fmt::format("{}[{}]", path, index++);
        if (!member.members.empty() && entry(object, member, entry_, own_path, index - 1, taken, report)) continue;
        if (member.lists.empty()) {
            not_carried(own_path, nullptr,
                        fmt::format("`{}` is not written: no line of the map {} chooses it.", own_path, plan_.name),
                        "If the partner needs it, add a line in an override.", report);
            continue;
        }
        if (auto const pieces = carried_over(member, entry_, own_path, report); !pieces.empty()) {
            for (auto const& piece : pieces) {
                object.made.push_back(std::make_unique<json::Value>(piece));
                object.lists[first_list + source].items.push_back(
                    item(*member.bodies[source], *object.made.back(), own_path, &object, report));
            }
            continue;
        }
        for (;;) {
            bool const last = source + 1 >= member.lists.size();
            auto& list = object.lists[first_list + source];
            BindReport own;
            if (!last && plan_.schema != nullptr && list.items.size() >= x12_capacity(plan_, object, list.slot)) {
                ++source;
                continue;
            }
            auto made = item(*member.bodies[source], entry_, own_path, &object, own);
            if (!last && (own.not_carried != 0 || has_errors(own.diagnostics))) {
                ++source; // this place cannot say it all; the next can
                continue;
            }
            position(*member.bodies[source], entry_, own_path, index, own);
            report.not_carried += own.not_carried;
            for (auto& found : own.diagnostics)
                report.diagnostics.push_back(std::move(found));
            object.lists[first_list + source].items.push_back(std::move(made));
            break;
        }
    }
}

} // namespace wharf::translator
