// Writing, lines: members of one value to slots.
#include "translator/writer.hpp"

#include "base/date.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <bit>
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

/// Of canonical decimals the whole ones that are written as they stand.
bool is_plain_whole(std::string_view text) {
    return !text.empty() && text.size() <= 18 && (text.size() == 1 || text.front() != '0') &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

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

/// The lines whose member is there, and those that say something of their own, in the map's order.
void Binder::values(OutObject& object, OutObject const* parent, BindReport& report) {
    auto const& body = *object.body;
    for (auto const index : body.unasked)
        object.lines[index / 64u] |= std::uint64_t{1} << (index % 64u);
    for (std::size_t word = 0; word < object.lines.size(); ++word)
        for (auto left = object.lines[word]; left != 0; left &= left - 1)
            value(object, parent, *body.lines[word * 64 + static_cast<std::size_t>(std::countr_zero(left))], report);
    rests(object);
}

/// Of a `one of` the first line whose member is there.
Line const* Binder::chosen(OutObject const& object, Line const& line) const {
    for (auto const index : object.body->groups[static_cast<std::size_t>(line.one_of)])
        if (auto const& other = *object.body->lines[index];
            other.writes() && find(object, other.target) != nullptr &&
            (!other.when || holds(object, *other.when, values_)))
            return &other;
    return nullptr;
}

void Binder::value(OutObject& object, OutObject const* parent, Line const& line, BindReport& report) {
    if (line.expression) {
        if (!line.when || holds(object, *line.when, values_)) computed(object, line, report);
        return;
    }
    auto const* const value = find(object, line.target);
    if (line.one_of >= 0)
        if (auto const* const first = chosen(object, line); first != &line) {
            if (value != nullptr && first != nullptr && first->target != line.target)
                not_carried(joined(object.path(), member_path(line.target)), value,
                            fmt::format("`{}` is not written: the same element says `{}` already.",
                                        joined(object.path(), member_path(line.target)), member_path(first->target)),
                            {}, report);
            return;
        }
    if (line.when && !holds(object, *line.when, values_)) return;
    if (value != nullptr) {
        if (!quick_value(object, line, *value)) line_value(object, line, *value, report);
        return;
    }
    if (line.same == nullptr || find(object, line.target->parent) == nullptr) return;
    auto const* const other = line.same_in_parent ? (parent == nullptr ? nullptr : find(*parent, line.same))
                                                  : find(object, line.same);
    if (other != nullptr) line_value(object, line, *other, report);
}

/// Members that only `read` lines know.
void Binder::unwritten(OutObject const& object, Member const& owner, json::Node const& value, std::string const& path,
                       BindReport& report) const {
    auto const& body = *object.body;
    for (auto const& one : owner.members) {
        auto const* const inner = one->kind == MemberKind::entry ? find(object, one.get()) : value.find(one->name);
        auto const own_path = [&] { return joined(path, one->name); }; // few need it
        if (inner == nullptr) { // most members of most objects
            if (one->fills_in) filled_in(object, *one, path, report);
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
            written = one->settled || std::any_of(one->lines.begin(), one->lines.end(), [&](auto index) {
                          return body.lines[index]->writes() && holds(object, *body.lines[index]->when, values_);
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
            auto const* const place = object.text(slot);
            if (place == nullptr || kept.key != rest_key(object.body->slots[slot].key, line.converter)) continue;
            std::string whole(place->text);
            auto const length = character_count(whole);
            if (length < line.converter.part_last) whole.append(line.converter.part_last - length, ' ');
            whole += kept.value->text();
            object.texts[slot].text = pool_.keep(whole);
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

/// What needs no conversion, or a small one. False: not written, the long way decides.
bool Binder::quick_value(OutObject& object, Line const& line, json::Node const& value) {
    if (line.quick == QuickWrite::none || value.is_object() || value.is_array()) return false;
    auto text = value.text();
    switch (line.quick) {
    case QuickWrite::none:
        return false;
    case QuickWrite::text:
        break;
    case QuickWrite::code:
        text = line.converter.codes->code(text); // of `x12:8R` nothing: no word has a colon
        break;
    case QuickWrite::decimal:
        if (!is_canonical_decimal(text)) return false;
        break;
    case QuickWrite::whole:
        if (!is_plain_whole(text)) return false;
        break;
    case QuickWrite::date: {
        if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
        auto* const digits = pool_.raw<char>(8);
        std::copy_n(text.data(), 4, digits);
        std::copy_n(text.data() + 5, 2, digits + 4);
        std::copy_n(text.data() + 8, 2, digits + 6);
        text = {digits, 8};
        if (!is_date(text)) return false;
    }
    }
    auto const slot = line.alternatives.front().parts.front().slot;
    if (text.empty() || object.text(slot) != nullptr) return false;
    object.set(slot, {text, &line, false});
    return true;
}

bool Binder::line_value(OutObject& object, Line const& line, json::Node const& value, BindReport& report) {
    auto const path = [&] { // for what is refused
        return joined(object.path(), line.target == nullptr ? std::string() : member_path(line.target));
    };
    if (line.converter.absent_value && value.text() == *line.converter.absent_value) return true;
    std::size_t alternative_index = 0;
    if (line.alternatives.size() > 1) // back to where it came from
        if (object.extensions != nullptr && extensions_fit_)
            if (auto const* const via = object.extensions->find("via"))
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
    if (line.converter.op == Op::code && value.text().find(':') != std::string_view::npos)
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
        if (!text.empty()) set(object, part.slot, pool_.keep(text), line, false, report);
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
void Binder::check_read_back(Line const& line, std::vector<std::string> const& cells, json::Node const& value,
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
void Binder::set_part(OutObject& object, SlotIndex slot, std::string_view text, Line const& line) {
    auto const* const place = object.text(slot);
    auto whole = std::string(place == nullptr ? std::string_view() : place->text);
    auto const before = line.converter.part_first - 1;
    auto length = static_cast<std::uint32_t>(character_count(whole));
    if (length < before) { // parts between are blank, or come later
        whole.append(before - length, ' ');
        length = before;
    }
    auto const head = std::string(before == 0 ? std::string_view() : characters(whole, 1, before));
    auto const own = static_cast<std::uint32_t>(character_count(text));
    auto const behind = std::string(characters(whole, line.converter.part_first + own, 0));
    object.set(slot, {pool_.keep(head + std::string(text) + behind), &line, place != nullptr && place->computed});
}

/// `text` must live as long as the object.
void Binder::set(OutObject& object, SlotIndex slot, std::string_view text, Line const& line, bool is_computed,
                 BindReport& report) {
    if (line.converter.part_first != 0) return set_part(object, slot, text, line);
    if (auto const* const place = object.text(slot); place != nullptr && place->text != text) {
        not_carried(joined(object.path(), line.target == nullptr ? std::string() : member_path(line.target)), nullptr,
                    fmt::format("{} is filled with \"{}\" already; \"{}\" is not written.",
                                object.body->slots[slot].external, place->text, text),
                    {}, report);
        return;
    }
    object.set(slot, {text, &line, is_computed});
}

void Binder::computed(OutObject& object, Line const& line, BindReport& report) {
    auto const& expression = *line.expression;
    auto const* const stated = line.target == nullptr ? nullptr : find(object, line.target);
    auto const path = [&] { // for what is refused
        return joined(object.path(), line.target == nullptr ? std::string() : member_path(line.target));
    };
    bool const given = expression.kind == Expression::Kind::variable;
    if (stated != nullptr && given) { // the document's own word comes first
        line_value(object, line, *stated, report);
        return;
    }
    std::string reason;
    auto text = expression.kind == Expression::Kind::count_segment ? std::optional(std::string(count_mark))
                                                                   : evaluate(object, expression, reason);
    if (!reason.empty())
        report.diagnostics.push_back(fault(order_missed_ ? "MAP-0122" : "MAP-0123", path(), nullptr, reason,
                                           fmt::format("Asked for by {}.", line.origin.text_place())));
    if (!text || text->empty()) return;
    auto const canonical = *text;
    if (*text != count_mark && line.converter.op != Op::period) {
        std::vector<std::string> cells(std::max<std::size_t>(1, line.alternatives.front().parts.size()));
        auto const offset = zone_offset(object, line);
        if (!write_value(line.converter, json::Node(*text), cells, reason, {offset, values_})) {
            report.diagnostics.push_back(
                fault("MAP-0113", path(), nullptr,
                      fmt::format("\"{}\" cannot be written to {}: it {}.", *text, external_of(*object.body, line), reason),
                      fmt::format("Computed by {}.", line.origin.text_place())));
            return;
        }
        text = cells.front();
    }
    // a total that somebody stated is worth its segment; one that is only computed rides along
    set(object, line.alternatives.front().parts.front().slot, pool_.keep(*text), line,
        stated == nullptr && expression.kind != Expression::Kind::variable, report);
    if (stated != nullptr && canonical != count_mark && stated->text() != canonical)
        report.diagnostics.push_back(
            fault("MAP-0118", path(), stated,
                  fmt::format("`{}` says {}; {} was {} and written to {}.", path(), stated->text(), canonical,
                              expression.kind == Expression::Kind::count_path ? "counted" : "computed",
                              external_of(*object.body, line))));
}

} // namespace wharf::translator
