// Findings about elements, components and syntax notes. Looks again, exactly; nothing is named or formatted before something is
// wrong for certain.
#include "grammar/findings.hpp"

#include "base/limits.hpp"
#include "grammar/element_check.hpp"
#include "grammar/value_check.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace wharf::grammar {

std::string element_name(SegmentRule const& rule, std::uint32_t element, std::uint32_t component) {
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

namespace {

std::uint32_t number_of(ElementRule const& rule) {
    return rule.definition != nullptr ? static_cast<std::uint32_t>(std::atoi(rule.definition->number.c_str())) : 0;
}

std::uint64_t bit(std::uint32_t position) { return position == 0 || position > 64 ? 0 : std::uint64_t{1} << (position - 1); }

/// Blanks around a value leave it a value.
bool makes_invalid(ValueFault fault) {
    return fault != ValueFault::none && fault != ValueFault::leading_blanks && fault != ValueFault::trailing_blanks;
}

bool satisfied(SyntaxNote const& note, std::uint64_t present) {
    std::uint64_t mask = 0;
    for (auto const position : note.positions)
        mask |= bit(position);
    return note_holds(note.kind, mask, note.positions.empty() ? 0 : bit(note.positions.front()), present);
}

/// What is said of a broken note, and at which of its positions.
struct NoteWords {
    std::string_view code, acknowledged;
    std::uint8_t at = 0; // the first that should be there, or the second that should not
    std::string message;
};

/// `named`: "N103 Identification Code Qualifier" for its position.
template <class Named> NoteWords describe_note(SyntaxNote const& note, std::uint64_t present, Named const& named) {
    auto const is_present = [&](std::uint8_t position) { return (present & bit(position)) != 0; };
    unsigned there = 0;
    auto const list = [&](bool present_ones, std::string_view conjunction) { // "A, B or C"
        std::vector<std::string> names;
        for (auto const position : note.positions)
            if (is_present(position) == present_ones)
                names.push_back(named(position));
        std::string text;
        for (std::size_t i = 0; i < names.size(); ++i)
            text += (i == 0 ? "" : i + 1 == names.size() ? fmt::format(" {} ", conjunction) : ", ") + names[i];
        return text;
    };
    for (auto const position : note.positions)
        there += is_present(position) ? 1 : 0;
    switch (note.kind) {
    case 'R':
        return {"X12-0311", "2", note.positions.front(), fmt::format("at least one of {} is required", list(false, "and"))};
    case 'E': {
        auto const first = std::ranges::find_if(note.positions, is_present);
        return {"X12-0312", "10", *std::find_if(first + 1, note.positions.end(), is_present), fmt::format("only one of {} may be sent", list(true, "and"))};
    }
    case 'L':
        return {"X12-0310", "2", note.positions.size() > 1 ? note.positions[1] : note.positions[0],
                fmt::format("{} is present, so at least one of {} is required", named(note.positions.front()), list(false, "and"))};
    default: // P, C
        return {"X12-0310", "2", *std::ranges::find_if_not(note.positions, is_present),
                fmt::format("{} {} required when {} {} present", list(false, "and"), note.positions.size() - there > 1 ? "are" : "is", list(true, "and"),
                            there > 1 ? "are" : "is")};
    }
}

/// "one of: …", "a date as CCYYMMDD", "1 to 22 characters": what is sent in an element that is missing.
std::string wanted_in_words(ElementRule const& rule) {
    if (rule.definition == nullptr)
        return "its components";
    if (rule.codes == nullptr)
        return rule.kind == ElementClass::date || rule.kind == ElementClass::time ? type_in_words(rule) : lengths_in_words(rule);
    std::string text;
    for (auto const& [code, name] : rule.codes->size() > 6 ? std::vector<std::pair<std::string_view, std::string_view>>() : rule.codes->all())
        text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", code, name.empty() ? "" : " ", name);
    return text.empty() ? fmt::format("one of the codes that `wharf explain element {}` lists", rule.definition->number) : "one of: " + text;
}

/// The last element that is not empty; 0: none.
std::uint32_t last_value(x12::SegmentView const& segment) {
    auto last = segment.element_count();
    while (last != 0 && segment.element(last).empty())
        --last;
    return last;
}

std::string note_advice(SyntaxNote const& note, std::uint64_t present, std::string_view prefix, std::string_view name) {
    if (note.kind == 'E')
        return fmt::format("Keep one of them: {} or another.", name);
    if (note.kind == 'R')
        return fmt::format("Send {}, or another of them.", name);
    std::string given;
    for (auto const position : note.positions)
        if ((present & bit(position)) != 0)
            given += fmt::format("{}{}{:02}", given.empty() ? "" : ", ", prefix, position);
    return fmt::format("Send {} too, or leave out {}.", name, given);
}

} // namespace

void Findings::missing_element(std::size_t index, NodeIndex node, std::uint32_t element) {
    remember(index, element);
    if (is_full())
        return;
    auto const& rule = schema_.rule_of(node);
    auto const segment = set_[index];
    auto diagnostic = at_segment("X12-0301", index, node, fmt::format("{} is mandatory and missing", element_name(rule, element)),
                                 fmt::format("{}{:02} must always be there: send {}.", segment.id(), element, wanted_in_words(rule.elements[element - 1])));
    auto const begin = std::min(element, segment.element_count() + 1);
    at_element(diagnostic, index, element, 0, begin > segment.element_count() ? segment.end() : segment.element_begin(begin), {});
    diagnostic.place.element_number = number_of(rule.elements[element - 1]);
    diagnostic.acknowledgment.element = "1";
    add(std::move(diagnostic));
}

void Findings::too_many_elements(std::size_t index, NodeIndex node) {
    if (swallowing_index_ == index || is_full())
        return;
    auto const& rule = schema_.rule_of(node);
    auto const segment = set_[index];
    auto const allowed = static_cast<std::uint32_t>(rule.elements.size());
    auto const last = last_value(segment);
    if (last <= allowed)
        return trailing_separators(index, node);
    auto const endless = last > limits::elements_per_segment;
    auto diagnostic = at_segment("X12-0302", index, node,
                                 fmt::format("{} {} has {} elements; in release {} it has at most {}", segment.id(), rule.definition->name, last,
                                             schema_.dictionary().release(), allowed),
                                 endless ? std::string("A segment terminator is missing, or the ISA names the wrong one.")
                                         : fmt::format("Remove what stands after {}{:02}, or look for an element separator inside data.",
                                                       segment.id(), allowed));
    at_element(diagnostic, index, allowed + 1, 0, segment.element_begin(allowed + 1), segment.element(allowed + 1));
    diagnostic.acknowledgment.element = "3";
    add(std::move(diagnostic));
}

void Findings::trailing_separators(std::size_t index, NodeIndex node) {
    if (is_full())
        return;
    auto const segment = set_[index];
    auto const last = last_value(segment);
    auto diagnostic = at_segment("X12-0317", index, node,
                                 last == 0 ? fmt::format("{} holds nothing but element separators", segment.id())
                                           : fmt::format("{} ends with element separators behind its last value, {}{:02}", segment.id(), segment.id(), last),
                                 "Remove the trailing separators.");
    auto const surplus = segment.element_begin(last + 1) - 1; // the first separator too many
    diagnostic.place.offset = set_.file_offset(surplus);
    diagnostic.place.length = segment.end() - surplus;
    diagnostic.acknowledgment.segment = listed_or(schema_.dictionary(), "720", "10", "");
    show_excerpt(diagnostic, segment, surplus);
    add(std::move(diagnostic));
}

void Findings::note(std::size_t index, NodeIndex node, NoteRule const& rule, std::uint64_t present) {
    // What touches an element already reported missing or wrong is the same fault.
    if (is_remembered(index, rule.mask) || swallowing_index_ == index || is_full())
        return;
    auto const& segment_rule = schema_.rule_of(node);
    auto const segment = set_[index];
    auto words = describe_note(*rule.note, present, [&](std::uint8_t position) { return element_name(segment_rule, position); });
    auto diagnostic = at_segment(words.code, index, node, std::move(words.message),
                                 fmt::format("{} The rule is syntax note {} of segment {} in release {}.",
                                             note_advice(*rule.note, present, segment.id(), element_name(segment_rule, words.at)),
                                             rule.note->text(), segment.id(), schema_.dictionary().release()));
    auto const at = words.at;
    at_element(diagnostic, index, at, 0, at > segment.element_count() ? segment.end() : segment.element_begin(at), segment.element(at));
    diagnostic.place.element_number = at <= segment_rule.elements.size() ? number_of(segment_rule.elements[at - 1]) : 0;
    diagnostic.acknowledgment.element = words.acknowledged;
    for (auto const position : rule.note->positions) {
        if ((present & bit(position)) == 0 || position == at)
            continue;
        Related related{diagnostic.place, element_name(segment_rule, position) + " given here"};
        related.place.offset = set_.file_offset(segment.element_begin(position));
        related.place.length = segment.element(position).size();
        related.place.element = position;
        related.place.element_number = position <= segment_rule.elements.size() ? number_of(segment_rule.elements[position - 1]) : 0;
        diagnostic.related.push_back(std::move(related));
    }
    add(std::move(diagnostic));
}

/// Behind a line break inside a value stands the id of a segment: the terminator before it is missing. Empty: no such thing.
std::string_view Findings::swallowed_segment(std::string_view value, std::size_t line_break) const {
    if (value[line_break] != '\r' && value[line_break] != '\n')
        return {};
    auto const begin = value.find_first_not_of(" \t\r\n", line_break);
    auto const id = begin == std::string_view::npos ? std::string_view() : value.substr(begin);
    return id.size() >= 2 && schema_.find_segment(id) >= 0 ? id : std::string_view();
}

void Findings::element(std::size_t index, NodeIndex node, std::uint32_t element) {
    if (swallowing_index_ == index && element > swallowing_element_)
        return;
    auto const& rule = schema_.rule_of(node).elements[element - 1];
    auto const segment = set_[index];
    ValuePlace place{index, node, element, 0, 0, segment.element_begin(element)};
    auto const whole = segment.element(element);
    auto const separator = set_.delimiters().repetition;
    if (rule.max_repeat == 1 || separator == '\0' || whole.find(separator) == std::string_view::npos) {
        check_one(place, rule, whole);
        return;
    }
    auto const begin = place.begin;
    for (std::size_t at = 0; at <= whole.size();) {
        auto const end = std::min(whole.find(separator, at), whole.size());
        auto const one = whole.substr(at, end - at);
        place.begin = begin + at;
        if (++place.repetition == rule.max_repeat + 1 && rule.max_repeat != 0)
            report(place, one, "X12-0314", listed_or(schema_.dictionary(), "723", "12", "3"),
                   fmt::format("{} is repeated more than {} time{}", element_name(schema_.rule_of(node), element), rule.max_repeat, rule.max_repeat == 1 ? "" : "s"),
                   "Remove the surplus repetitions.");
        if (one.empty())
            report(place, one, "X12-0319", "", fmt::format("repetition {} of {} is empty", place.repetition, element_name(schema_.rule_of(node), element)),
                   "Remove the separator that has nothing before or after it.");
        else
            check_one(place, rule, one);
        at = end + 1;
    }
}

void Findings::check_one(ValuePlace const& place, ElementRule const& rule, std::string_view value) {
    if (rule.kind == ElementClass::composite)
        check_composite(place, rule, value);
    else
        check_value(place, rule, value);
}

void Findings::report(ValuePlace const& place, std::string_view value, std::string_view code, std::string_view acknowledged,
                      std::string message, std::string help) {
    auto diagnostic = at_segment(code, place.index, place.node, std::move(message), std::move(help));
    at_element(diagnostic, place.index, place.element, place.component, place.begin, value);
    diagnostic.place.repetition = place.repetition;
    diagnostic.acknowledgment.element = acknowledged;
    if (acknowledged.empty())
        diagnostic.acknowledgment.segment.clear();
    auto const& elements = schema_.rule_of(place.node).elements;
    if (place.element <= elements.size()) {
        auto const& rule = elements[place.element - 1];
        diagnostic.place.element_number = place.component == 0                         ? number_of(rule)
                                          : place.component <= rule.components.size() ? number_of(rule.components[place.component - 1])
                                                                                      : 0;
    }
    add(std::move(diagnostic));
}

void Findings::check_value(ValuePlace const& place, ElementRule const& rule, std::string_view value) {
    auto const judgement = judge(rule, value, set_.delimiters());
    if (judgement.fault == ValueFault::none)
        return;
    if (makes_invalid(judgement.fault))
        remember(place.index, place.element);
    if (is_full())
        return;
    auto const name = element_name(schema_.rule_of(place.node), place.element, place.component);
    if (judgement.fault == ValueFault::only_blanks && rule.mandatory) {
        report(place, value, "X12-0301", "1", fmt::format("{} is mandatory and holds nothing but blanks", name), "Send a value: blanks say nothing.");
        return;
    }
    auto words = describe(judgement, rule, name, value, set_.delimiters(), schema_.dictionary());
    if (judgement.fault == ValueFault::control_character)
        if (auto const id = swallowed_segment(value, judgement.at); !id.empty()) {
            words.message += fmt::format("; {} begins behind it: the terminator of {} is missing", id, set_[place.index].id());
            words.help = fmt::format("Add the segment terminator before {}.", id);
            swallowing_index_ = place.index;
            swallowing_element_ = place.element;
        }
    auto const before = out_.size();
    report(place, value, words.code, words.acknowledged, std::move(words.message), std::move(words.help));
    bool const one_character = judgement.fault == ValueFault::control_character || judgement.fault == ValueFault::component_separator ||
                               judgement.fault == ValueFault::repetition_separator;
    if (one_character && out_.size() > before) { // points at it
        auto const at = place.begin + judgement.at;
        out_.back().place.offset = set_.file_offset(static_cast<std::uint32_t>(at));
        out_.back().place.length = 1;
        show_excerpt(out_.back(), set_[place.index], at);
    }
}

void Findings::check_composite(ValuePlace const& whole, ElementRule const& rule, std::string_view value) {
    auto const separator = set_.delimiters().component;
    auto const name = element_name(schema_.rule_of(whole.node), whole.element);
    auto const last_used = value.find_last_not_of(separator);
    auto const used = value.substr(0, last_used == std::string_view::npos ? 0 : last_used + 1);
    if (used.size() < value.size()) {
        auto place = whole;
        place.begin += used.size();
        report(place, value.substr(used.size()), "X12-0318", listed_or(schema_.dictionary(), "723", "16", ""),
               used.empty() ? fmt::format("{} holds nothing but component separators", name)
                            : fmt::format("{} ends with component separators after its last component", name),
               "Remove the trailing separators.");
    }
    if (used.empty()) {
        if (rule.mandatory)
            missing_element(whole.index, whole.node, whole.element);
        return;
    }
    ComponentMasks masks;
    auto place = whole;
    for (std::size_t at = 0; at <= used.size();) {
        auto const end = std::min(used.find(separator, at), used.size());
        auto const part = used.substr(at, end - at);
        place.begin = whole.begin + at;
        if (++place.component > rule.components.size()) {
            remember(place.index, place.element);
            report(place, part, "X12-0313", listed_or(schema_.dictionary(), "723", "13", "3"),
                   fmt::format("{} has more than the {} components of {}", name, rule.components.size(), rule.composite->id),
                   "Remove the surplus, or look for a component separator inside data.");
            break;
        }
        if (!part.empty()) {
            masks.present |= bit(place.component);
            auto const& component = rule.components[place.component - 1];
            if (makes_invalid(judge(component, part, set_.delimiters()).fault))
                masks.reported |= bit(place.component);
            check_value(place, component, part);
        }
        at = end + 1;
    }
    check_component_presence(whole, rule, masks);
}

void Findings::check_component_presence(ValuePlace const& whole, ElementRule const& rule, ComponentMasks masks) {
    auto place = whole;
    for (std::uint32_t i = 1; i <= rule.components.size(); ++i) {
        if (!rule.components[i - 1].mandatory || (masks.present & bit(i)) != 0)
            continue;
        masks.reported |= bit(i);
        place.component = i;
        remember(place.index, place.element);
        report(place, {}, "X12-0301", "1", fmt::format("{} is mandatory and missing", element_name(schema_.rule_of(place.node), place.element, i)),
               "Send the component, or leave the whole element out.");
    }
    for (auto const& note : rule.composite->notes) {
        if (satisfied(note, masks.present) ||
            std::ranges::any_of(note.positions, [&](std::uint8_t position) { return (masks.reported & bit(position)) != 0; }))
            continue;
        auto const prefix = fmt::format("{}{:02}-", set_[whole.index].id(), whole.element);
        auto const named = [&](std::uint8_t position) { return element_name(schema_.rule_of(place.node), place.element, position); };
        auto words = describe_note(note, masks.present, named);
        place.component = words.at;
        remember(place.index, place.element);
        report(place, {}, words.code, words.acknowledged, std::move(words.message),
               fmt::format("{} The rule is syntax note {} of composite {} in release {}.",
                           note_advice(note, masks.present, prefix, element_name(schema_.rule_of(place.node), place.element, words.at)), note.text(),
                           rule.composite->id, schema_.dictionary().release()));
    }
}

} // namespace wharf::grammar
