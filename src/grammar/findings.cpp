#include "grammar/findings.hpp"

#include "base/utf8.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/element_check.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_excerpt = 400; // of a segment, and of a value: a missing terminator makes either endless
constexpr std::size_t longest_quote = 60;    // of a value inside a message
constexpr std::size_t longest_id = 20;       // likewise of a segment id

std::string element_name(SegmentRule const& rule, std::uint32_t element, std::uint32_t component = 0) {
    auto name = fmt::format("{}{:02}", rule.definition->id, element);
    if (element < 1 || element > rule.elements.size())
        return name;
    auto const* part = &rule.elements[element - 1];
    if (component != 0) {
        name += fmt::format("-{:02}", component);
        if (component > part->components.size())
            return name;
        part = &part->components[component - 1];
    }
    name += ' ';
    name += part->definition != nullptr ? part->definition->name : part->composite->name;
    return name;
}

std::string type_in_words(ElementRule const& rule) {
    switch (rule.kind) {
    case ElementClass::digits:
        return rule.implied_decimals == 0
                   ? "a whole number"
                   : fmt::format("a whole number with {} implied decimals (1250 means {})", rule.implied_decimals,
                                 rule.implied_decimals == 2 ? "12.50" : "1250 / 10^" + std::to_string(rule.implied_decimals));
    case ElementClass::decimal:
        return "a decimal number with a point and no other signs than a leading minus, such as 12.5";
    case ElementClass::date:
        return rule.max == 6 ? "a date as YYMMDD" : "a date as CCYYMMDD";
    case ElementClass::time:
        return "a time as HHMM, HHMMSS or HHMMSSDD";
    default:
        return "text";
    }
}

std::string lengths_in_words(ElementRule const& rule) {
    auto const what = rule.kind == ElementClass::digits || rule.kind == ElementClass::decimal ? "digits" : "characters";
    return rule.min == rule.max ? fmt::format("exactly {} {}", rule.max, what)
                                : fmt::format("{} to {} {}", rule.min, rule.max, what);
}

/// Edit distance up to 2 between short codes, case ignored: what a person may have meant.
bool is_near(std::string_view a, std::string_view b) {
    if (a.size() > b.size())
        std::swap(a, b);
    if (b.size() - a.size() > 1)
        return false;
    auto const same = [](char x, char y) { return (x | 0x20) == (y | 0x20); };
    unsigned differences = 0;
    if (a.size() == b.size()) {
        for (std::size_t i = 0; i < a.size(); ++i)
            differences += same(a[i], b[i]) ? 0 : 1;
        return differences <= (a.size() > 2 ? 1u : 0u) ||
               (a.size() == 2 && same(a[0], b[1]) && same(a[1], b[0]));
    }
    std::size_t i = 0;
    while (i < a.size() && same(a[i], b[i]))
        ++i;
    while (i < a.size() && same(a[i], b[i + 1]))
        ++i;
    return i == a.size();
}

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

/// What a mistyped segment id may mean: segments of the set, at most three.
std::string suggest_segments(Schema const& schema, std::string_view id) {
    auto const rank = [&](std::string_view known) {
        if (same_word(known, id))
            return 0;
        if (known.size() == id.size() && std::ranges::is_permutation(known, id))
            return 1;
        return known.size() == 3 && is_near(known, id) ? 2 : 3;
    };
    int best = 3;
    unsigned shown = 0;
    std::string text;
    for (auto const& rule : schema.segments()) {
        std::string_view const known = rule.definition->id;
        auto const here = rank(known);
        if (here > best || here == 3)
            continue;
        if (here < best) {
            best = here;
            shown = 0;
            text.clear();
        }
        if (shown < 3)
            text += fmt::format("{}{}", shown++ == 0 ? "" : " or ", known);
    }
    return text;
}

std::string suggest_codes(CodeList const& codes, std::string_view value) {
    auto const list = codes.all();
    std::string text;
    unsigned shown = 0;
    auto const show = [&](auto const& entry) {
        text += fmt::format("{}{}{}{}", shown++ == 0 ? "" : ", ", entry.first, entry.second.empty() ? "" : " ", entry.second);
    };
    if (list.size() <= 8) {
        std::ranges::for_each(list, show);
        return "Use one of: " + text + ".";
    }
    for (auto const& entry : list)
        if (shown < 4 && (is_near(entry.first, value) || (value.size() > 3 && same_word(entry.second, value))))
            show(entry);
    return text.empty() ? std::string() : "Did you mean " + text + "?";
}

/// Characters, not bytes; a byte that is not UTF-8 is a character of Latin-1.
std::uint32_t count_characters(std::string_view text) {
    std::uint32_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count)
        at += std::max<std::size_t>(utf8_sequence_length(text, at), 1);
    return count;
}

std::string quoted(std::string_view value) {
    return value.size() <= longest_quote ? fmt::format("\"{}\"", value) : fmt::format("\"{}…\"", value.substr(0, longest_quote));
}

} // namespace

std::string place_path(Schema const& schema, NodeIndex node, x12::SegmentView const& segment, std::uint32_t element,
                       std::uint32_t component) {
    std::string path = node == no_node ? schema.set().id + "/" + std::string(segment.id().substr(0, longest_id)) : schema.path(node);
    if (node != no_node) {
        auto const key = schema.segments()[schema.nodes()[node].segment].definition->key;
        bool const repeats = schema.nodes()[node].max != 1 && schema.nodes()[node].narrowed->qualifiers.empty(); // else the path has it
        if (repeats && key != 0 && key != element && !segment.element(key).empty() && segment.element(key).size() <= 6)
            path += fmt::format("[{}]", segment.element(key));
    }
    if (element != 0)
        path += fmt::format("/{}{:02}", segment.id(), element);
    if (component != 0)
        path += fmt::format("-{:02}", component);
    return path;
}

Findings::Findings(Schema const& schema, x12::SegmentList const& set, SetContext const& context, std::uint32_t limit,
                   Diagnostics& out)
    : schema_(schema), set_(set), context_(context), limit_(limit), out_(out), start_(out.size()) {}

/// An error is never lost to the limit behind warnings: whether the set is accepted depends on it.
void Findings::add(Diagnostic diagnostic) {
    bool const first_error = diagnostic.severity == Severity::error && !has_error_;
    has_error_ = has_error_ || first_error;
    if (out_.size() - start_ < limit_) {
        out_.push_back(std::move(diagnostic));
        return;
    }
    ++suppressed_;
    if (first_error && out_.size() > start_)
        out_.back() = std::move(diagnostic);
}

void Findings::add_if_new(Diagnostic diagnostic) {
    auto const& place = diagnostic.place;
    auto const is_there = [&](Diagnostic const& found) { return found.place.segment_position == place.segment_position && found.place.element == place.element; };
    if (place.element == 0 || std::ranges::none_of(found(), is_there))
        add(std::move(diagnostic));
}

bool Findings::is_full() {
    if (!has_error_ || out_.size() - start_ < limit_)
        return false;
    ++suppressed_;
    return true;
}

Diagnostic Findings::at_segment(std::string_view code, std::size_t index, NodeIndex node, std::string message,
                                std::string help) const {
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    auto const segment = set_[index];
    auto& place = diagnostic.place;
    place.file = context_.file;
    place.offset = set_.file_offset(segment.begin());
    place.length = segment.id().size();
    place.has_offset = true;
    place.interchange = context_.interchange;
    place.group = context_.group;
    place.transaction = context_.transaction;
    place.transaction_set = schema_.set().id;
    place.segment_id = segment.id().substr(0, longest_id);
    place.segment_position = static_cast<std::uint32_t>(index + 1);
    place.path = place_path(schema_, node, segment);
    diagnostic.excerpt = segment.bytes().substr(0, longest_excerpt);
    return diagnostic;
}

void Findings::at_element(Diagnostic& diagnostic, std::size_t index, std::uint32_t element, std::uint32_t component,
                          std::size_t begin, std::string_view value) const {
    auto const segment = set_[index];
    auto& place = diagnostic.place;
    place.offset = set_.file_offset(begin);
    place.length = value.size();
    place.element = element;
    place.component = component;
    place.path += fmt::format("/{}{:02}", segment.id(), element);
    if (component != 0)
        place.path += fmt::format("-{:02}", component);
    diagnostic.value = value.substr(0, longest_excerpt);
    diagnostic.acknowledgment.segment = "8";
    show_excerpt(diagnostic, segment, begin);
}

void Findings::at_element(Diagnostic& diagnostic, std::size_t index, std::uint32_t element) const {
    auto const segment = set_[index];
    auto const begin = element > segment.element_count() ? segment.end() : segment.element_begin(element);
    at_element(diagnostic, index, element, 0, begin, segment.element(element));
    auto const slot = schema_.find_segment(segment.id());
    if (slot < 0 || element == 0 || element > schema_.segments()[static_cast<std::size_t>(slot)].elements.size())
        return;
    auto const* definition = schema_.segments()[static_cast<std::size_t>(slot)].elements[element - 1].definition;
    diagnostic.place.element_number = definition != nullptr ? static_cast<std::uint32_t>(std::atoi(definition->number.c_str())) : 0;
}

Related Findings::related(std::size_t index, NodeIndex node, std::uint32_t element, std::string message) const {
    auto place = at_segment("X12-0301", index, node, {}, {});
    if (element != 0)
        at_element(place, index, element);
    return {std::move(place.place), std::move(message)};
}

/// Begins a little before the fault when the segment is long.
void Findings::show_excerpt(Diagnostic& diagnostic, x12::SegmentView const& segment, std::size_t fault) {
    auto const inside = fault - segment.begin();
    auto const cut = inside > longest_excerpt / 2 ? inside - longest_excerpt / 2 : 0;
    diagnostic.excerpt = segment.bytes().substr(cut, longest_excerpt);
    diagnostic.excerpt_offset = static_cast<std::uint32_t>(inside - cut);
}

std::string_view Findings::element_error_or(std::string_view code, std::string_view otherwise) const {
    auto const* codes = schema_.dictionary().codes("723");
    return codes != nullptr && codes->find(code) ? code : otherwise;
}

void Findings::unknown_segment(std::size_t index) {
    if (is_full())
        return;
    auto const id = set_[index].id();
    auto const meant = suggest_segments(schema_, id.substr(0, longest_id));
    auto diagnostic = at_segment("X12-0201", index, no_node, fmt::format("\"{}\" is not a segment of release {}", id.substr(0, longest_id),
                                                                         schema_.dictionary().release()),
                                 meant.empty() ? "Check the segment id for a typing error, and the segment before it for a terminator inside data."
                                               : fmt::format("Did you mean {}? Else look for a terminator inside the data of the segment before it.", meant));
    diagnostic.value = id.substr(0, longest_id);
    diagnostic.acknowledgment.segment = "1";
    add(std::move(diagnostic));
}

void Findings::foreign_segment(std::size_t index) {
    if (is_full())
        return;
    auto const id = set_[index].id();
    auto const* definition = schema_.dictionary().segment(id);
    auto diagnostic = at_segment("X12-0202", index, no_node,
                                 fmt::format("segment {} {} is not used in set {} {}", id, definition != nullptr ? definition->name : "",
                                             schema_.set().id, schema_.set().name),
                                 "Remove it, or send its content in a segment that the set has.");
    diagnostic.acknowledgment.segment = "6";
    add(std::move(diagnostic));
}

void Findings::misplaced_segment(std::size_t index, Misplaced how, std::size_t other, NodeIndex near) {
    if (is_full())
        return;
    auto const segment = set_[index];
    auto const slot = schema_.find_segment(segment.id());
    // Where it could go, seen from `near`: the places in the innermost loop that has any; all of them when that is unknown.
    auto const loop_of = [&](NodeIndex node) {
        auto const& row = schema_.nodes()[node];
        return row.starts_loop ? schema_.loops()[row.loop].parent : row.loop;
    };
    std::uint16_t innermost = 0;
    for (NodeIndex node = 0; near != no_node && node < schema_.nodes().size(); ++node)
        if (schema_.nodes()[node].segment == slot && schema_.is_inside(schema_.nodes()[near].loop, loop_of(node)) &&
            schema_.is_inside(loop_of(node), innermost))
            innermost = loop_of(node);
    std::string places;
    for (NodeIndex node = 0; node < schema_.nodes().size(); ++node) {
        if (schema_.nodes()[node].segment != slot || (near != no_node && loop_of(node) != innermost))
            continue;
        if (std::ranges::count(places, ',') >= 3) {
            places += ", …";
            break;
        }
        places += (places.empty() ? "" : ", ") + schema_.path(node);
    }
    auto const message = how == Misplaced::late    ? fmt::format("segment {} stands too late: it belongs before {}", segment.id(), set_[other].id())
                         : how == Misplaced::early ? fmt::format("segment {} stands too early: it belongs after {}", segment.id(), set_[other].id())
                                                   : fmt::format("segment {} has no place here", segment.id());
    bool const out_of_order = how != Misplaced::nowhere;
    auto diagnostic = at_segment(out_of_order ? "X12-0206" : "X12-0207", index, no_node, message, places.empty() ? "Move it there, or remove it." : fmt::format("The set has it as {}: move it there, or remove it.", places));
    diagnostic.acknowledgment.segment = out_of_order ? "7" : "2";
    add(std::move(diagnostic));
}

void Findings::missing_row(std::size_t index, NodeIndex row) {
    if (is_full())
        return;
    auto const& node = schema_.nodes()[row];
    auto const& definition = *schema_.segments()[node.segment].definition;
    auto diagnostic = at_segment(
        "X12-0203", index, no_node,
        fmt::format("{} {} {} is missing before this {}", node.starts_loop ? "mandatory loop" : "mandatory segment",
                    definition.id, definition.name, set_[index].id()),
        fmt::format("Add {} at {}.", definition.id, schema_.path(row)));
    diagnostic.place.segment_id = definition.id;
    diagnostic.place.path = schema_.path(row);
    diagnostic.place.length = 0;
    diagnostic.acknowledgment.segment = "3";
    add(std::move(diagnostic));
}

void Findings::too_often(std::size_t index, NodeIndex row) {
    if (is_full())
        return;
    auto const& node = schema_.nodes()[row];
    auto const& definition = *schema_.segments()[node.segment].definition;
    auto diagnostic = at_segment(node.starts_loop ? "X12-0204" : "X12-0205", index, row,
                                 fmt::format("{} {} {} occurs more than {} time{} here", node.starts_loop ? "loop" : "segment", definition.id,
                                             definition.name, node.max, node.max == 1 ? "" : "s"),
                                 "Remove the surplus, or check whether a segment that begins a new loop is missing before it.");
    diagnostic.acknowledgment.segment = node.starts_loop ? "4" : "5";
    add(std::move(diagnostic));
}

void Findings::missing_element(std::size_t index, NodeIndex node, std::uint32_t element) {
    if (is_full())
        return;
    auto const& rule = schema_.rule_of(node);
    auto const segment = set_[index];
    auto diagnostic = at_segment("X12-0301", index, node, fmt::format("{} is mandatory and missing", element_name(rule, element)),
                                 fmt::format("Send {}{:02}: it must always be there.", segment.id(), element));
    auto const begin = std::min(element, segment.element_count() + 1);
    at_element(diagnostic, index, element, 0, begin > segment.element_count() ? segment.end() : segment.element_begin(begin), {});
    auto const* definition = rule.elements[element - 1].definition;
    diagnostic.place.element_number = definition != nullptr ? static_cast<std::uint32_t>(std::atoi(definition->number.c_str())) : 0;
    diagnostic.acknowledgment.element = "1";
    add(std::move(diagnostic));
}

void Findings::too_many_elements(std::size_t index, NodeIndex node) {
    auto const& rule = schema_.rule_of(node);
    auto const segment = set_[index];
    auto const allowed = static_cast<std::uint32_t>(rule.elements.size());
    std::uint32_t last = segment.element_count();
    while (last > allowed && segment.element(last).empty())
        --last;
    if (last <= allowed) {
        auto diagnostic = at_segment("X12-0317", index, node, fmt::format("{} ends with element separators beyond its last element {}{:02}", segment.id(), segment.id(), allowed),
                                     "Remove the trailing separators.");
        auto const surplus = segment.element_begin(allowed + 1) - 1; // the first separator too many
        diagnostic.place.offset = set_.file_offset(surplus);
        diagnostic.place.length = segment.end() - surplus;
        show_excerpt(diagnostic, segment, surplus);
        add(std::move(diagnostic));
        return;
    }
    auto diagnostic = at_segment("X12-0302", index, node,
                                 fmt::format("{} has {} elements; in release {} it has at most {}", segment.id(), last,
                                             schema_.dictionary().release(), allowed),
                                 fmt::format("Remove what stands after {}{:02}, or look for an element separator inside data.",
                                             segment.id(), allowed));
    at_element(diagnostic, index, allowed + 1, 0, segment.element_begin(allowed + 1), segment.element(allowed + 1));
    diagnostic.acknowledgment.element = "3";
    add(std::move(diagnostic));
}

void Findings::note(std::size_t index, NodeIndex node, NoteRule const& rule, std::uint64_t present) {
    auto const& segment_rule = schema_.rule_of(node);
    auto const segment = set_[index];
    auto const& positions = rule.note->positions;
    auto const is_present = [&](std::uint8_t position) { return (present >> (position - 1) & 1) != 0; };
    auto const list = [&](bool present_ones) {
        std::string text;
        for (auto const position : positions)
            if (is_present(position) == present_ones)
                text += fmt::format("{}{}{:02}", text.empty() ? "" : ", ", segment.id(), position);
        return text;
    };
    // The element the finding stands at: the first that should be there, or the second that should not.
    std::uint8_t at = positions.front();
    std::string_view code = "X12-0310";
    std::string message;
    std::string acknowledged = "2";
    auto const first_absent = std::ranges::find_if_not(positions, is_present);
    switch (rule.note->kind) {
    case 'R':
        code = "X12-0311";
        message = fmt::format("at least one of {} is required", list(false));
        break;
    case 'E': {
        code = "X12-0312";
        acknowledged = "10";
        auto const first = std::ranges::find_if(positions, is_present);
        at = *std::find_if(first + 1, positions.end(), is_present);
        message = fmt::format("only one of {} may be sent", list(true));
        break;
    }
    case 'L':
        at = positions.size() > 1 ? positions[1] : positions[0];
        message = fmt::format("{}{:02} is present, so at least one of {} is required", segment.id(), positions.front(), list(false));
        break;
    default: // P, C
        at = *first_absent;
        message = fmt::format("{} {} required when {} {} present", list(false),
                              std::popcount(rule.mask & ~present) > 1 ? "are" : "is", list(true),
                              std::popcount(rule.mask & present) > 1 ? "are" : "is");
    }
    auto const advice = rule.note->kind == 'E'   ? fmt::format("Keep one of them: {} or another.", element_name(segment_rule, at))
                        : rule.note->kind == 'R' ? fmt::format("Send {}, or another of them.", element_name(segment_rule, at))
                                                 : fmt::format("Send {} too, or leave out {}.", element_name(segment_rule, at), list(true));
    auto diagnostic = at_segment(code, index, node, std::move(message),
                                 fmt::format("{} The rule is syntax note {} of segment {} in release {}.", advice, rule.note->text(), segment.id(),
                                             schema_.dictionary().release()));
    auto const value = segment.element(at);
    at_element(diagnostic, index, at, 0, at > segment.element_count() ? segment.end() : segment.element_begin(at), value);
    auto const* definition = at <= segment_rule.elements.size() ? segment_rule.elements[at - 1].definition : nullptr;
    diagnostic.place.element_number = definition != nullptr ? static_cast<std::uint32_t>(std::atoi(definition->number.c_str())) : 0;
    diagnostic.acknowledgment.element = acknowledged;
    for (auto const position : positions) {
        if (!is_present(position) || position == at)
            continue;
        Related related{diagnostic.place, fmt::format("{}{:02} given here", segment.id(), position)};
        related.place.offset = set_.file_offset(segment.element_begin(position));
        related.place.length = segment.element(position).size();
        related.place.element = position;
        auto const* other = position <= segment_rule.elements.size() ? segment_rule.elements[position - 1].definition : nullptr;
        related.place.element_number = other != nullptr ? static_cast<std::uint32_t>(std::atoi(other->number.c_str())) : 0;
        diagnostic.related.push_back(std::move(related));
    }
    add(std::move(diagnostic));
}

void Findings::element(std::size_t index, NodeIndex node, std::uint32_t element) {
    auto const& rule = schema_.rule_of(node).elements[element - 1];
    auto const segment = set_[index];
    auto const whole = segment.element(element);
    std::size_t const begin = segment.element_begin(element);
    auto const repetition = set_.delimiters().repetition;
    if (rule.max_repeat == 1 || repetition == '\0') {
        if (rule.kind == ElementClass::composite)
            check_composite(index, node, element, rule, whole, begin);
        else
            check_value(index, node, element, 0, rule, whole, begin);
        return;
    }
    std::uint32_t count = 0;
    for (std::size_t at = 0; at <= whole.size();) {
        auto const end = std::min(whole.find(repetition, at), whole.size());
        auto const one = whole.substr(at, end - at);
        auto const before = out_.size();
        if (++count == rule.max_repeat + 1 && rule.max_repeat != 0) {
            auto diagnostic = at_segment("X12-0314", index, node, fmt::format("{}{:02} is repeated more than {} times", segment.id(), element, rule.max_repeat),
                                         "Remove the surplus repetitions.");
            at_element(diagnostic, index, element, 0, begin + at, one);
            diagnostic.acknowledgment.element = element_error_or("12", "3");
            add(std::move(diagnostic));
        }
        if (!one.empty()) {
            if (rule.kind == ElementClass::composite)
                check_composite(index, node, element, rule, one, begin + at);
            else
                check_value(index, node, element, 0, rule, one, begin + at);
        }
        for (auto i = before; i < out_.size(); ++i)
            out_[i].place.repetition = count;
        at = end + 1;
    }
}

void Findings::check_composite(std::size_t index, NodeIndex node, std::uint32_t element, ElementRule const& rule,
                               std::string_view value, std::size_t begin) {
    auto const separator = set_.delimiters().component;
    auto const id = set_[index].id();
    std::uint64_t present = 0;
    std::uint32_t component = 0;
    for (std::size_t at = 0; at <= value.size();) {
        auto const end = std::min(value.find(separator, at), value.size());
        auto const part = value.substr(at, end - at);
        ++component;
        if (component > rule.components.size()) {
            auto diagnostic = at_segment("X12-0313", index, node,
                                         fmt::format("{}{:02} has more than the {} components of {} {}", id, element, rule.components.size(),
                                                     rule.composite->id, rule.composite->name),
                                         "Remove the surplus, or look for a component separator inside data.");
            at_element(diagnostic, index, element, component, begin + at, part);
            diagnostic.acknowledgment.element = element_error_or("13", "3");
            add(std::move(diagnostic));
            break;
        }
        if (!part.empty()) {
            present |= std::uint64_t{1} << (component - 1);
            check_value(index, node, element, component, rule.components[component - 1], part, begin + at);
        }
        at = end + 1;
    }
    auto const& segment_rule = schema_.rule_of(node);
    for (std::uint32_t i = 0; i < rule.components.size(); ++i) {
        if (!rule.components[i].mandatory || (present >> i & 1) != 0)
            continue;
        auto diagnostic = at_segment("X12-0301", index, node, fmt::format("{} is mandatory and missing", element_name(segment_rule, element, i + 1)),
                                     "Send the component, or leave the whole element out.");
        at_element(diagnostic, index, element, i + 1, begin, {});
        diagnostic.acknowledgment.element = "1";
        add(std::move(diagnostic));
    }
    for (auto const& note : rule.composite->notes) {
        if (note.kind != 'P')
            continue;
        auto const has = [&](std::uint8_t position) { return (present >> (position - 1) & 1) != 0; };
        auto const any = std::ranges::any_of(note.positions, has);
        auto const absent = std::ranges::find_if_not(note.positions, has);
        if (!any || absent == note.positions.end())
            continue;
        auto diagnostic = at_segment("X12-0310", index, node, fmt::format("{} is required because its partner in note {} is present",
                                                                          element_name(segment_rule, element, *absent), note.text()),
                                     "Send both components or neither.");
        at_element(diagnostic, index, element, *absent, begin, {});
        diagnostic.acknowledgment.element = "2";
        add(std::move(diagnostic));
    }
}

void Findings::check_value(std::size_t index, NodeIndex node, std::uint32_t element, std::uint32_t component,
                           ElementRule const& rule, std::string_view value, std::size_t begin) {
    auto const& segment_rule = schema_.rule_of(node);
    auto const name = element_name(segment_rule, element, component);
    auto const report = [&](std::string_view code, std::string_view acknowledged, std::string message, std::string help,
                            std::size_t from = 0, std::size_t length = std::string_view::npos) {
        auto diagnostic = at_segment(code, index, node, std::move(message), std::move(help));
        at_element(diagnostic, index, element, component, begin, value);
        if (length != std::string_view::npos) {
            diagnostic.place.offset += from;
            diagnostic.place.length = length;
            show_excerpt(diagnostic, set_[index], begin + from);
        }
        diagnostic.place.element_number = static_cast<std::uint32_t>(std::atoi(rule.definition->number.c_str()));
        diagnostic.acknowledgment.element = acknowledged;
        add(std::move(diagnostic));
    };
    auto const number = rule.kind == ElementClass::digits || rule.kind == ElementClass::decimal;
    auto const shape = number_shape(value, rule.kind == ElementClass::decimal);
    auto const length = number ? shape.digits : count_characters(value);

    if (rule.kind == ElementClass::date || rule.kind == ElementClass::time) {
        bool const date = rule.kind == ElementClass::date;
        if (date ? is_date(value) && length >= rule.min && length <= rule.max : is_time(value) && length <= rule.max)
            return;
        report(date ? "X12-0307" : "X12-0308", date ? "8" : "9", fmt::format("{} {} is not {}", name, quoted(value), type_in_words(rule)),
               "Send a date or time that exists, in digits only.");
        return;
    }
    if (number && !shape.valid) {
        report("X12-0305", "6", fmt::format("{} {} is not {}", name, quoted(value), type_in_words(rule)),
               rule.kind == ElementClass::digits && value.find('.') != std::string_view::npos
                   ? "Leave the decimal point out: it is implied."
                   : "Send digits only; no thousands separators, no letters, no blanks.");
        return;
    }
    if (!number && rule.kind != ElementClass::binary) {
        CharacterTable const characters(set_.delimiters());
        auto const bad = std::ranges::find_if(value, [&](char c) {
            return static_cast<unsigned char>(c) < 0x80 && (characters.classes(std::string_view(&c, 1)) & CharacterTable::not_text) != 0;
        });
        if (bad != value.end()) {
            auto const at = static_cast<std::size_t>(bad - value.begin());
            if (*bad == set_.delimiters().component || (*bad == set_.delimiters().repetition && *bad != '\0')) {
                report("X12-0313", element_error_or(*bad == set_.delimiters().component ? "13" : "12", "3"),
                       fmt::format("{} holds '{}', the {} separator, but is a single value", name, *bad,
                                   *bad == set_.delimiters().component ? "component" : "repetition"),
                       "Remove it from the data, or choose another separator in ISA16 or ISA11.", at, 1);
            } else {
                report("X12-0305", "6", fmt::format("{} holds the control character 0x{:02x}", name, static_cast<unsigned char>(*bad)),
                       "Remove it; a line break inside data usually comes from a file that was re-wrapped.", at, 1);
            }
            return;
        }
    }
    if (rule.codes != nullptr && !rule.codes->find(value)) {
        auto help = suggest_codes(*rule.codes, value);
        if (help.empty())
            help = fmt::format("`wharf explain element {}` lists the {} codes of release {}.", rule.definition->number, rule.codes->size(),
                               schema_.dictionary().release());
        if (length < rule.min || length > rule.max)
            help += fmt::format(" A code here has {}.", lengths_in_words(rule));
        report("X12-0306", "7", fmt::format("{} {} is not a code of element {}", name, quoted(value), rule.definition->number), std::move(help));
        return;
    }
    if (length < rule.min) {
        report("X12-0303", "4", fmt::format("{} {} is too short: it has {}, expected {}", name, quoted(value), length, lengths_in_words(rule)),
               "Send the full value.");
        return;
    }
    if (length > rule.max) {
        report("X12-0304", "5", fmt::format("{} {} is too long: it has {}, expected {}", name, quoted(value), length, lengths_in_words(rule)),
               "Shorten it, or send the rest in another occurrence.");
        return;
    }
    if (!value.empty() && value.back() == ' ' && !number && length > rule.min)
        report("X12-0315", "", fmt::format("{} {} ends with blanks", name, quoted(value)),
               "Leave trailing blanks out: only the ISA has fields of fixed width.");
}

} // namespace wharf::grammar
