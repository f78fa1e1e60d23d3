// Writing, lines: members of one value to slots.
#include "translator/writer.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

std::string external_of(Body const& body, Line const& line) {
    if (line.alternatives.empty() || line.alternatives.front().parts.empty()) return {};
    return body.slots[line.alternatives.front().parts.front().slot].external;
}

bool is_value(Member const& member) {
    return member.kind == MemberKind::simple || member.kind == MemberKind::lines;
}

/// Reading may say something where the document is silent.
bool may_be_filled_in(Body const& body, Member const& member) {
    return member.kind == MemberKind::value || (is_value(member) && std::ranges::any_of(member.lines, [&](auto index) {
                                                    auto const& converter = body.lines[index]->converter;
                                                    return converter.default_value || converter.absent_value;
                                                }));
}

} // namespace

json::Value const* find(OutObject const& object, Member const* member) {
    if (member == nullptr || member->parent == nullptr) return object.value;
    auto const* const owner = find(object, member->parent);
    if (owner == nullptr || member->kind != MemberKind::entry)
        return owner == nullptr ? nullptr : owner->find(member->name);
    for (auto const& entry : owner->items()) // the first with the word
        if (entry.string(member->select_member) == member->word) return &entry;
    return nullptr;
}

bool variable_holds(ConditionTest const& test, RunValues const* values) {
    auto const value = values == nullptr ? std::nullopt : values->value(test.variable);
    return value && !value->empty() &&
           (test.words.empty() || std::find(test.words.begin(), test.words.end(), *value) != test.words.end());
}

bool holds(OutObject const& object, ConditionTest const& test, RunValues const* values) {
    bool result = false;
    auto const part_holds = [&](ConditionTest const& part) { return holds(object, part, values); };
    switch (test.kind) {
    case Condition::Kind::all:
        result = std::all_of(test.parts.begin(), test.parts.end(), part_holds);
        break;
    case Condition::Kind::any:
        result = std::any_of(test.parts.begin(), test.parts.end(), part_holds);
        break;
    case Condition::Kind::test:
        if (!test.variable.empty()) {
            result = variable_holds(test, values);
        } else {
            auto const* const value = find(object, test.member);
            result = value != nullptr && (test.words.empty() || std::find(test.words.begin(), test.words.end(),
                                                                          value->text()) != test.words.end());
        }
    }
    return result != test.negated;
}

void Binder::values(OutObject& object, OutObject const* parent, BindReport& report) {
    auto const& body = *object.body;
    // of each `one of`, the first line whose member is there
    std::vector<Line const*> chosen(body.groups.size(), nullptr);
    for (std::size_t group = 0; group < body.groups.size(); ++group)
        for (auto const index : body.groups[group])
            if (auto const& line = *body.lines[index];
                line.writes() && find(object, line.target) != nullptr &&
                (!line.when || holds(object, *line.when, values_))) {
                chosen[group] = &line;
                break;
            }
    for (auto const& one : body.lines) {
        auto const& line = *one;
        if (!line.writes() || line.computed_index) continue;
        if (line.expression) {
            if (!line.when || holds(object, *line.when, values_)) computed(object, line, report);
            continue;
        }
        auto const* const value = find(object, line.target);
        if (line.one_of >= 0 && chosen[static_cast<std::size_t>(line.one_of)] != &line) {
            if (value != nullptr && chosen[static_cast<std::size_t>(line.one_of)] != nullptr &&
                chosen[static_cast<std::size_t>(line.one_of)]->target != line.target) {
                not_carried(joined(object.path, member_path(line.target)), value,
                          fmt::format("`{}` is not written: the same element says `{}` already.",
                                      joined(object.path, member_path(line.target)),
                                      member_path(chosen[static_cast<std::size_t>(line.one_of)]->target)), {}, report);
            }
            continue;
        }
        if (line.when && !holds(object, *line.when, values_)) continue;
        if (value == nullptr) {
            if (line.same == nullptr || find(object, line.target->parent) == nullptr) continue;
            auto const* const other = line.same_in_parent ? (parent == nullptr ? nullptr : find(*parent, line.same))
                                                          : find(object, line.same);
            if (other != nullptr) line_value(object, line, *other, report);
            continue;
        }
        line_value(object, line, *value, report);
    }
    rests(object);
    if (!body.scalar) unwritten(object, *body.root, *object.value, object.path, report);
}

/// Members that only `read` lines know.
void Binder::unwritten(OutObject const& object, Member const& owner, json::Value const& value, std::string const& path,
                       BindReport& report) const {
    auto const& body = *object.body;
    for (auto const& one : owner.members) {
        auto const* const inner = one->kind == MemberKind::entry ? find(object, one.get()) : value.find(one->name);
        auto const own_path = [&] { return joined(path, one->name); }; // few need it
        if (inner == nullptr) { // most members of most objects
            if (may_be_filled_in(body, *one)) filled_in(object, *one, path, report);
            continue;
        }
        if (one->kind == MemberKind::object || one->kind == MemberKind::entry || !one->members.empty()) {
            unwritten(object, *one, *inner, one->kind == MemberKind::list ? path : own_path(), report);
            continue;
        }
        bool written = true;
        if (one->kind == MemberKind::value) {
            auto const& line = *body.lines[one->lines.front()];
            std::string ignored;
            written = (!line.when || holds(object, *line.when, values_)) &&
                      evaluate(object, *line.expression, ignored) == inner->text(); // it will be read back
        } else if (is_value(*one)) {
            written = std::any_of(one->lines.begin(), one->lines.end(), [&](auto index) {
                return body.lines[index]->writes() &&
                       (!body.lines[index]->when || holds(object, *body.lines[index]->when, values_));
            });
        }
        if (!written)
            not_carried(own_path(), inner,
                        fmt::format("`{}` is not written: the map {} only reads it.", own_path(), plan_.name), {}, report);
    }
}

/// What stood behind the last part of an element goes back behind it.
void Binder::rests(OutObject& object) {
    for (auto& kept : object.kept) {
        if (!kept.key.ends_with("..]") || !kept.value->is_string()) continue;
        for (auto const& one : object.body->lines) {
            auto const& line = *one;
            if (!line.converter.keeps_rest() || !line.writes() || line.alternatives.empty()) continue;
            auto const slot = line.alternatives.front().parts.front().slot;
            auto& place = object.slots[slot];
            if (!place.set || kept.key != rest_key(object.body->slots[slot].key, line.converter)) continue;
            auto const length = character_count(place.text);
            if (length < line.converter.part_last) place.text.append(line.converter.part_last - length, ' ');
            place.text += kept.value->text();
            kept.used = true;
            break;
        }
    }
}

/// What the document does not say, and reading will say: a word of the map, a default. `path`: around the member.
void Binder::filled_in(OutObject const& object, Member const& member, std::string const& path, BindReport& report) const {
    for (auto const index : member.lines) {
        auto const& line = *object.body->lines[index];
        if (!line.reads() || (line.when && !holds(object, *line.when, values_))) continue;
        std::string value;
        if (member.kind == MemberKind::value && line.expression->kind == Expression::Kind::literal)
            value = line.expression->text;
        else if (is_value(member) && line.converter.default_value)
            value = *line.converter.default_value;
        else if (is_value(member) && line.converter.absent_value)
            value = *line.converter.absent_value;
        if (value.empty()) continue;
        auto const own_path = joined(path, member.name);
        report.diagnostics.push_back(fault("MAP-0126", own_path, nullptr,
                                           fmt::format("`{}` is absent; it will be read back as \"{}\".", own_path, value),
                                           fmt::format("Said by {}.", line.origin.text_place())));
        return;
    }
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

bool Binder::line_value(OutObject& object, Line const& line, json::Value const& value, BindReport& report) {
    auto const path = [&] { // for what is refused
        return joined(object.path, line.target == nullptr ? std::string() : member_path(line.target));
    };
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
    auto const& external = object.body->slots[alternative.parts.front().slot].external;
    auto const offset = zone_offset(object, line);
    ConversionContext const context{offset, values_};
    if (!write_value(line.converter, value, cells, reason, context)) {
        report.diagnostics.push_back(
            fault(line.converter.op == Op::code || !line.converter.lookup.empty() ? "MAP-0114" : "MAP-0113", path(), &value,
                  fmt::format("`{}` \"{}\" cannot be written to {}: it {}.", path(), value.text(), external, reason),
                  fmt::format("Written by {}.", line.origin.text_place())));
        return false;
    }
    if (line.converter.op == Op::code && value.text().find(':') != std::string::npos)
        if (auto const word = line.converter.codes->quoted_word(cells.front()); !word.empty())
            report.diagnostics.push_back(fault(
                "MAP-0119", path(), &value,
                fmt::format("`{}` \"{}\" has a word: {}. It will be read back as that.", path(), value.text(), word)));
    if (!line.converter.plain) check_read_back(line, cells, value, context, path(), report);
    std::size_t cell = 0;
    bool complete = true;
    for (auto const& part : alternative.parts) {
        if (!part.constant.empty()) {
            set(object, part.slot, part.constant, line, false, report);
            continue;
        }
        auto& text = cells[std::min(cell++, cells.size() - 1)];
        complete = complete && (part.may_lack || !text.empty() || !line.converter.join.empty());
        if (!text.empty()) set(object, part.slot, std::move(text), line, false, report);
    }
    if (!complete) {
        report.diagnostics.push_back(
            fault("MAP-0113", path(), &value,
                  fmt::format("`{}` \"{}\" fills only a part of {}; it would be read back as something else.", path(),
                              value.text(), alternative.external),
                  line.converter.op == Op::moment ? "A date without a time is written as `date`." : ""));
        return false;
    }
    return true;
}

/// Steps beside the type, such as `upper` and `pad`, need not give back what they were given.
void Binder::check_read_back(Line const& line, std::vector<std::string> const& cells, json::Value const& value,
                             ConversionContext const& context, std::string const& path, BindReport& report) const {
    if (line.converter.part_first != 0 || line.direction == Direction::write) return;
    auto const again = read_back(line.converter, cells, context);
    auto const own = json::to_text(value);
    if (again == own || again == '"' + own + '"') return;
    report.diagnostics.push_back(fault(
        line.converter.upper ? "MAP-0119" : "MAP-0113", path, &value,
        fmt::format("`{}` {} is written as \"{}\", which will be read back as {}.", path, own, fmt::join(cells, "\", \""),
                    again.empty() ? "nothing" : again),
        fmt::format("Written by {}.", line.origin.text_place())));
}

/// A part of an element that several lines fill.
void Binder::set_part(OutObject::Text& place, std::string const& text, Line const& line) const {
    auto& whole = place.text;
    auto const before = line.converter.part_first - 1;
    auto length = static_cast<std::uint32_t>(
        std::ranges::count_if(whole, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    if (length < before) { // parts between are blank, or come later
        whole.append(before - length, ' ');
        length = before;
    }
    auto const head = std::string(before == 0 ? std::string_view() : characters(whole, 1, before));
    auto const own = static_cast<std::uint32_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    auto const behind = std::string(characters(whole, line.converter.part_first + own, 0));
    whole = head + text + behind;
    place.line = &line;
    place.set = true;
}

void Binder::set(OutObject& object, SlotIndex slot, std::string text, Line const& line, bool is_computed,
                 BindReport& report) {
    auto& place = object.slots[slot];
    if (line.converter.part_first != 0) return set_part(place, text, line);
    if (place.set && place.text != text) {
        not_carried(joined(object.path, line.target == nullptr ? std::string() : member_path(line.target)), nullptr,
                    fmt::format("{} is filled with \"{}\" already; \"{}\" is not written.",
                                object.body->slots[slot].external, place.text, text),
                    {}, report);
        return;
    }
    place = {std::move(text), &line, true, is_computed};
}

void Binder::computed(OutObject& object, Line const& line, BindReport& report) {
    auto const& expression = *line.expression;
    auto const* const stated = line.target == nullptr ? nullptr : find(object, line.target);
    auto const path = joined(object.path, line.target == nullptr ? std::string() : member_path(line.target));
    bool const given = expression.kind == Expression::Kind::variable;
    if (stated != nullptr && given) { // the document's own word comes first
        line_value(object, line, *stated, report);
        return;
    }
    std::string reason;
    auto text = expression.kind == Expression::Kind::count_segment ? std::optional(std::string(count_mark))
                                                                   : evaluate(object, expression, reason);
    if (!reason.empty())
        report.diagnostics.push_back(fault(order_missed_ ? "MAP-0122" : "MAP-0123", path, nullptr, reason,
                                           fmt::format("Asked for by {}.", line.origin.text_place())));
    if (!text || text->empty()) return;
    auto const canonical = *text;
    if (*text != count_mark && line.converter.op != Op::period) {
        std::vector<std::string> cells(std::max<std::size_t>(1, line.alternatives.front().parts.size()));
        auto const offset = zone_offset(object, line);
        if (!write_value(line.converter, json::Value(*text), cells, reason, {offset, values_})) {
            report.diagnostics.push_back(
                fault("MAP-0113", path, nullptr,
                      fmt::format("\"{}\" cannot be written to {}: it {}.", *text, external_of(*object.body, line), reason),
                      fmt::format("Computed by {}.", line.origin.text_place())));
            return;
        }
        text = cells.front();
    }
    // a total that somebody stated is worth its segment; one that is only computed rides along
    set(object, line.alternatives.front().parts.front().slot, *text, line,
        stated == nullptr && expression.kind != Expression::Kind::variable, report);
    if (stated != nullptr && canonical != count_mark && stated->text() != canonical)
        report.diagnostics.push_back(
            fault("MAP-0118", path, stated,
                  fmt::format("`{}` says {}; {} was {} and written to {}.", path, stated->text(), canonical,
                              expression.kind == Expression::Kind::count_path ? "counted" : "computed",
                              external_of(*object.body, line))));
}

} // namespace wharf::translator
