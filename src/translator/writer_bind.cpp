// Writing, first half: members of the document to slots. A member nobody writes is reported, never dropped silently.
#include "translator/writer.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

std::string joined(std::string const& path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

std::string external_of(Body const& body, Line const& line) {
    if (line.alternatives.empty() || line.alternatives.front().parts.empty()) return {};
    return body.slots[line.alternatives.front().parts.front().slot].external;
}

bool is_value(Member const& member) {
    return member.kind == MemberKind::simple || member.kind == MemberKind::lines;
}

} // namespace

std::string member_path(Member const* member) {
    std::string path;
    for (; member != nullptr && member->parent != nullptr; member = member->parent)
        path = path.empty() ? member->name : member->name + "." + path;
    return path;
}

OutObject::List* OutObject::list(SlotIndex slot) {
    for (auto& one : lists)
        if (one.slot == slot) return &one;
    return nullptr;
}

Binder::Binder(Plan const& plan, json::Value const& document) : plan_(plan), document_(document) {
    // what came in with another kind of set says nothing here
    if (auto const* const source = document.find("source"))
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
        if (format == "via" || format == "unplaced") continue;
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
        auto const own_path = joined(path, name);
        auto const* const property = owner.node != nullptr ? owner.node->find(name) : nullptr;
        if (name == "extensions") {
            if (found == owner.members.end() && !inner.members().empty())
                report.diagnostics.push_back(fault(
                    "MAP-0116", own_path, nullptr,
                    fmt::format("`{}` stands in an object the map fills line by line; nothing is written from it.",
                                own_path)));
            continue;
        }
        if (found == owner.members.end()) {
            if (property != nullptr && property->derived) continue;
            ++report.not_carried;
            report.diagnostics.push_back(
                fault("MAP-0110", own_path, &inner,
                      fmt::format("`{}` is not written: the map {} has no line for it.", own_path, plan_.name),
                      "If the partner needs it, add a line in an override."));
            continue;
        }
        auto const& member = **found;
        if (member.kind == MemberKind::object)
            members(object, member, inner, own_path, report);
        else if (member.kind == MemberKind::list)
            list(object, member, inner, own_path, report);
        else if (member.kind == MemberKind::child) {
            object.lists.push_back({member.lists.front(), {}, 0});
            auto child = bind(*member.bodies.front(), inner, own_path, &object, report);
            object.lists.back().items.push_back(std::move(child));
        }
    }
}

json::Value const* find(OutObject const& object, Member const* member) {
    if (member == nullptr || member->parent == nullptr) return object.value;
    auto const* const owner = find(object, member->parent);
    return owner == nullptr ? nullptr : owner->find(member->name);
}

bool holds(OutObject const& object, ConditionTest const& test) {
    bool result = false;
    switch (test.kind) {
    case Condition::Kind::all:
        result =
            std::all_of(test.parts.begin(), test.parts.end(), [&](auto const& part) { return holds(object, part); });
        break;
    case Condition::Kind::any:
        result =
            std::any_of(test.parts.begin(), test.parts.end(), [&](auto const& part) { return holds(object, part); });
        break;
    case Condition::Kind::test: {
        auto const* const value = find(object, test.member);
        result = value != nullptr && (test.words.empty() || std::find(test.words.begin(), test.words.end(),
                                                                      value->text()) != test.words.end());
    }
    }
    return result != test.negated;
}

// --- values

void Binder::values(OutObject& object, OutObject const* parent, BindReport& report) {
    auto const& body = *object.body;
    // of each `one of`, the first line whose member is there
    std::vector<Line const*> chosen(body.groups.size(), nullptr);
    for (std::size_t group = 0; group < body.groups.size(); ++group)
        for (auto const index : body.groups[group])
            if (auto const& line = *body.lines[index];
                line.writes() && find(object, line.target) != nullptr && (!line.when || holds(object, *line.when))) {
                chosen[group] = &line;
                break;
            }
    for (auto const& one : body.lines) {
        auto const& line = *one;
        if (!line.writes() || line.computed_index) continue;
        if (line.expression) {
            if (!line.when || holds(object, *line.when)) computed(object, line, report);
            continue;
        }
        auto const* const value = find(object, line.target);
        if (line.one_of >= 0 && chosen[static_cast<std::size_t>(line.one_of)] != &line) {
            if (value != nullptr && chosen[static_cast<std::size_t>(line.one_of)] != nullptr &&
                chosen[static_cast<std::size_t>(line.one_of)]->target != line.target) {
                ++report.not_carried;
                report.diagnostics.push_back(
                    fault("MAP-0110", joined(object.path, member_path(line.target)), value,
                          fmt::format("`{}` is not written: the same element says `{}` already.",
                                      joined(object.path, member_path(line.target)),
                                      member_path(chosen[static_cast<std::size_t>(line.one_of)]->target))));
            }
            continue;
        }
        if (line.when && !holds(object, *line.when)) continue;
        if (value == nullptr) {
            if (line.same == nullptr || find(object, line.target->parent) == nullptr) continue;
            auto const* const other = line.same_in_parent ? (parent == nullptr ? nullptr : find(*parent, line.same))
                                                          : find(object, line.same);
            if (other != nullptr) line_value(object, parent, line, *other, report);
            continue;
        }
        line_value(object, parent, line, *value, report);
    }
    // members that only `read` lines know
    auto const unwritten = [&](auto const& self, Member const& owner, json::Value const& value,
                               std::string const& path) -> void {
        for (auto const& one : owner.members) {
            auto const* const inner = value.find(one->name);
            if (inner == nullptr) continue;
            if (one->kind == MemberKind::object)
                self(self, *one, *inner, joined(path, one->name));
            else if (is_value(*one) && std::none_of(one->lines.begin(), one->lines.end(), [&](auto index) {
                         return body.lines[index]->writes() &&
                                (!body.lines[index]->when || holds(object, *body.lines[index]->when));
                     })) {
                ++report.not_carried;
                report.diagnostics.push_back(fault("MAP-0110", joined(path, one->name), inner,
                                                   fmt::format("`{}` is not written: the map {} only reads it.",
                                                               joined(path, one->name), plan_.name)));
            }
        }
    };
    if (!body.scalar) unwritten(unwritten, *body.root, *object.value, object.path);
}

std::string Binder::zone_offset(OutObject const& object, Line const& line) const {
    if (line.zone == nullptr) return {};
    auto const* const value = find(object, line.zone);
    if (value == nullptr) return {};
    auto const& zone = *object.body->lines[line.zone->lines.front()];
    std::vector<std::string> cells(1);
    std::string reason;
    if (!write_value(zone.converter, *value, cells, reason)) return {};
    return std::string(fixed_offset(cells.front()));
}

bool Binder::line_value(OutObject& object, OutObject const*, Line const& line, json::Value const& value,
                        BindReport& report) {
    auto const path = joined(object.path, line.target == nullptr ? std::string() : member_path(line.target));
    if (line.converter.absent_value && value.text() == *line.converter.absent_value) return true;
    std::size_t alternative_index = 0;
    if (line.alternatives.size() > 1) // back to where it came from
        if (auto const* const extensions = object.value->find("extensions"); extensions != nullptr && extensions_fit_)
            if (auto const* const via = extensions->find("via"))
                for (std::size_t i = 0; i < line.alternatives.size(); ++i)
                    if (via->string(line.target->name) == line.alternatives[i].external) alternative_index = i;
    auto const& alternative = line.alternatives[alternative_index];
    std::vector<std::string> cells(std::max<std::size_t>(2, alternative.parts.size()));
    std::string reason;
    auto converter_cells = std::count_if(alternative.parts.begin(), alternative.parts.end(),
                                         [](auto const& part) { return part.constant.empty(); });
    cells.resize(static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, converter_cells)));
    auto const external = object.body->slots[alternative.parts.front().slot].external;
    if (!write_value(line.converter, value, cells, reason, zone_offset(object, line))) {
        report.diagnostics.push_back(
            fault(line.converter.op == Op::code ? "MAP-0114" : "MAP-0113", path, &value,
                  fmt::format("`{}` \"{}\" cannot be written to {}: it {}.", path, value.text(), external, reason),
                  fmt::format("Written by {}.", line.origin.text_place())));
        return false;
    }
    if (line.converter.op == Op::code && value.text().find(':') != std::string::npos)
        if (auto const word = line.converter.codes->quoted_word(cells.front()); !word.empty())
            report.diagnostics.push_back(fault(
                "MAP-0119", path, &value,
                fmt::format("`{}` \"{}\" has a word: {}. It will be read back as that.", path, value.text(), word)));
    std::size_t cell = 0;
    bool complete = true;
    for (auto const& part : alternative.parts) {
        if (!part.constant.empty()) {
            set(object, part.slot, part.constant, line, false, report);
            continue;
        }
        auto& text = cells[std::min(cell++, cells.size() - 1)];
        complete = complete && (part.may_lack || !text.empty());
        if (!text.empty()) set(object, part.slot, std::move(text), line, false, report);
    }
    if (!complete) {
        report.diagnostics.push_back(
            fault("MAP-0113", path, &value,
                  fmt::format("`{}` \"{}\" fills only a part of {}; it would be read back as something else.", path,
                              value.text(), alternative.external),
                  line.converter.op == Op::moment ? "A date without a time is written as `date`." : ""));
        return false;
    }
    return true;
}

void Binder::set(OutObject& object, SlotIndex slot, std::string text, Line const& line, bool is_computed,
                 BindReport& report) {
    auto& place = object.slots[slot];
    if (place.set && place.text != text) {
        ++report.not_carried;
        report.diagnostics.push_back(fault(
            "MAP-0110", joined(object.path, line.target == nullptr ? std::string() : member_path(line.target)), nullptr,
            fmt::format("{} is filled with \"{}\" already; \"{}\" is not written.", object.body->slots[slot].external,
                        place.text, text)));
        return;
    }
    place = {std::move(text), &line, true, is_computed};
}

std::uint64_t Binder::count(json::Value const& from, CanonicalPath const& path, std::size_t part,
                            bool everywhere) const {
    auto const& wanted = path.parts[part];
    std::uint64_t found = 0;
    auto const* const value = from.find(wanted.name);
    if (value != nullptr) {
        auto const matches = [&](json::Value const& entry) {
            return wanted.select_member.empty() || entry.string(wanted.select_member) == wanted.select_word;
        };
        bool const last = part + 1 == path.parts.size();
        if (value->is_array()) {
            for (auto const& entry : value->items())
                if (matches(entry)) found += last ? 1 : count(entry, path, part + 1, false);
        } else if (last) {
            found += matches(*value);
        } else {
            found += count(*value, path, part + 1, false);
        }
    }
    if (everywhere)
        for (auto const& [name, inner] : from.members()) {
            if (inner.is_object() && name != "extensions") found += count(inner, path, part, true);
            if (inner.is_array())
                for (auto const& entry : inner.items())
                    found += count(entry, path, part, true);
        }
    return found;
}

void Binder::computed(OutObject& object, Line const& line, BindReport& report) {
    auto const& expression = *line.expression;
    std::string text;
    switch (expression.kind) {
    case Expression::Kind::literal:
        text = expression.text;
        break;
    case Expression::Kind::count_segment:
        text = count_mark;
        break;
    case Expression::Kind::count_path:
        if (auto const number = count(document_, expression.path, 0, expression.everywhere); number != 0)
            text = std::to_string(number);
        break;
    case Expression::Kind::path: {
        auto const* value = object.value;
        for (auto const& part : expression.path.parts)
            value = value == nullptr ? nullptr : value->find(part.name);
        if (value != nullptr) text = value->text();
        break;
    }
    case Expression::Kind::variable:
        break;
    }
    if (text.empty()) return;
    auto const* const stated = line.target == nullptr ? nullptr : find(object, line.target);
    // a total that somebody stated is worth its segment; one that is only computed rides along
    set(object, line.alternatives.front().parts.front().slot, text, line, stated == nullptr, report);
    if (stated != nullptr && text != count_mark && stated->text() != text)
        report.diagnostics.push_back(fault("MAP-0118", joined(object.path, member_path(line.target)), stated,
                                           fmt::format("`{}` says {}; {} was counted and written to {}.",
                                                       joined(object.path, member_path(line.target)), stated->text(),
                                                       text, external_of(*object.body, line))));
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
        if (line->writes()) line_value(*object, parent, *line, value, report);
    return object;
}

/// How many entries the places behind a list slot take; the maximum where there is no limit.
std::size_t Binder::capacity(OutObject const& object, SlotIndex list) const {
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
    auto const& nodes = plan_.schema->nodes();
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

void Binder::list(OutObject& object, Member const& member, json::Value const& items, std::string const& path,
                  BindReport& report) {
    if (!items.is_array()) // the schema's check refuses it before
        return;
    std::size_t source = 0;
    for (auto const slot : member.lists)
        object.lists.push_back({slot, {}, 0});
    auto const first_list = object.lists.size() - member.lists.size();
    std::size_t index = 0;
    for (auto const& entry : items.items()) {
        auto const own_path = fmt::format("{}[{}]", path, index++);
        for (;;) {
            bool const last = source + 1 >= member.lists.size();
            auto& list = object.lists[first_list + source];
            BindReport own;
            if (!last && list.items.size() >= capacity(object, list.slot)) {
                ++source;
                continue;
            }
            auto made = item(*member.bodies[source], entry, own_path, &object, own);
            if (!last && (own.not_carried != 0 || has_errors(own.diagnostics))) {
                ++source; // this place cannot say it all; the next can
                continue;
            }
            position(*member.bodies[source], entry, own_path, index, own);
            report.not_carried += own.not_carried;
            for (auto& found : own.diagnostics)
                report.diagnostics.push_back(std::move(found));
            object.lists[first_list + source].items.push_back(std::move(made));
            break;
        }
    }
}

} // namespace wharf::translator
