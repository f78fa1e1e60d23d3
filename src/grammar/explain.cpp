#include "grammar/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace wharf::grammar {
namespace {

auto out(std::string& text) { return std::back_inserter(text); }

std::string count_text(std::uint32_t count) { return count == 0 ? ">1" : std::to_string(count); }

void collect_rows(Dictionary const& dictionary, std::vector<SetRow> const& rows, std::size_t depth,
                  std::vector<std::pair<std::string, std::string>>& lines) {
    for (auto const& row : rows) {
        auto const* const segment = dictionary.segment(row.segment);
        lines.emplace_back(fmt::format("{:{}}{:<5} {}{:<3}  {} {}", "", 2 * depth, row.position, row.is_loop ? "loop " : "",
                                       row.segment, row.mandatory ? 'M' : 'O', count_text(row.max)),
                           segment != nullptr ? segment->name : std::string());
        collect_rows(dictionary, row.rows, depth + 1, lines); // as deep as the loader lets loops stand
    }
}

std::string_view type_in_words(std::string_view type) {
    if (type == "AN")
        return "text";
    if (type == "ID")
        return "a code";
    if (type == "N0")
        return "a whole number";
    if (type.starts_with('N'))
        return "a number with implied decimals";
    if (type == "R")
        return "a decimal number";
    if (type == "DT")
        return "a date, YYMMDD or CCYYMMDD by its length";
    if (type == "TM")
        return "a time, HHMM, HHMMSS or with decimals of a second";
    if (type == "B")
        return "binary data";
    return "";
}

std::string lengths(ElementDefinition const& element) {
    if (element.max == 0xffffffff)
        return fmt::format("{}/no limit", element.min);
    return fmt::format("{}/{}", element.min, element.max);
}

/// X12.5: X where a note decides; the first element of a C or L note is free by itself.
char requirement(ElementUse const& use, std::vector<SyntaxNote> const& notes) {
    if (use.mandatory)
        return 'M';
    for (auto const& note : notes) {
        auto const at = std::ranges::find(note.positions, use.position);
        if (at != note.positions.end() && ((note.kind != 'C' && note.kind != 'L') || at != note.positions.begin()))
            return 'X';
    }
    return 'O';
}

struct UseRow {
    std::string place, reference, requirement, type, name, remark;
};

std::vector<UseRow> use_rows(Dictionary const& dictionary, std::string_view prefix, std::vector<ElementUse> const& uses,
                             std::vector<SyntaxNote> const& notes, bool is_composite) {
    std::vector<UseRow> rows;
    for (auto const& use : uses) {
        UseRow row;
        row.place = fmt::format("{}{}{:02}", prefix, is_composite ? "-" : "", use.position);
        row.reference = use.reference;
        row.requirement = requirement(use, notes);
        if (use.max_repeat != 1)
            row.requirement += " x" + count_text(use.max_repeat);
        if (auto const* const element = dictionary.element(use.reference)) {
            row.type = fmt::format("{} {}", element->type, lengths(*element));
            row.name = element->name;
            if (auto const* const codes = dictionary.codes(use.reference))
                row.remark = fmt::format("{} codes", codes->size());
        } else if (auto const* const composite = dictionary.composite(use.reference)) {
            row.type = "composite";
            row.name = composite->name;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

void print_uses(std::vector<UseRow> const& rows, std::string& text) {
    std::size_t place = 0, requirement = 0, type = 0, name = 0;
    for (auto const& row : rows) {
        place = std::max(place, row.place.size());
        requirement = std::max(requirement, row.requirement.size());
        type = std::max(type, row.type.size());
        name = std::max(name, row.name.size());
    }
    for (auto const& row : rows) {
        auto line = fmt::format("  {:<{}}  {:>4}  {:<{}}  {:<{}}  {:<{}}  {}", row.place, place, row.reference, row.requirement,
                                requirement, row.type, type, row.name, name, row.remark);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
}

void print_notes(std::vector<SyntaxNote> const& notes, std::string_view prefix, std::string& text) {
    if (notes.empty())
        return;
    text += "\nSyntax notes\n";
    for (auto const& note : notes)
        fmt::format_to(out(text), "  {:<7} {}\n", note.text(), explain_note(note, prefix));
}

std::string joined(std::vector<std::string> const& words, std::string_view last) {
    if (words.empty())
        return {};
    std::string text = words.front();
    for (std::size_t i = 1; i < words.size(); ++i)
        text += (i + 1 == words.size() ? fmt::format(" {} ", last) : std::string(", ")) + words[i];
    return text;
}

std::string explain_composite(Dictionary const& dictionary, CompositeDefinition const& composite) {
    std::string text;
    fmt::format_to(out(text), "composite {} \"{}\" in {}\n\n", composite.id, composite.name, dictionary.release());
    print_uses(use_rows(dictionary, composite.id, composite.components, composite.notes, true), text);
    print_notes(composite.notes, composite.id + "-", text);
    return text;
}

} // namespace

std::string explain_note(SyntaxNote const& note, std::string_view prefix) {
    std::vector<std::string> all;
    for (auto const position : note.positions)
        all.push_back(fmt::format("{}{:02}", prefix, position));
    if (all.empty())
        return {};
    std::vector<std::string> const others(all.begin() + 1, all.end());
    switch (note.kind) {
    case 'P':
        return fmt::format("{} stand together: all of them or none", joined(all, "and"));
    case 'R':
        return fmt::format("at least one of {} must be there", joined(all, "or"));
    case 'E':
        return fmt::format("at most one of {} may be there", joined(all, "and"));
    case 'C':
        return fmt::format("if {} is there, {} must be there too", all.front(), joined(others, "and"));
    case 'L':
        return fmt::format("if {} is there, at least one of {} must be there too", all.front(), joined(others, "or"));
    default:
        return {};
    }
}

std::optional<std::string> explain_set(Dictionary const& dictionary, std::string_view id) {
    auto const* const set = dictionary.set(id);
    if (set == nullptr)
        return std::nullopt;
    auto text = fmt::format("set {} \"{}\" group {}  @{}\n", set->id, set->name, set->group, set->release);
    // one column for all names, as far right as the widest row needs
    std::vector<std::pair<std::string, std::string>> lines;
    std::vector<std::pair<std::size_t, std::string_view>> areas; // index of the first line of each
    constexpr std::string_view names[] = {"heading", "detail", "summary"};
    for (std::size_t i = 0; i < set->rows.size();) {
        auto const area = set->rows[i].area;
        auto end = i;
        while (end < set->rows.size() && set->rows[end].area == area)
            ++end;
        areas.emplace_back(lines.size(), names[static_cast<int>(area)]);
        collect_rows(dictionary, {set->rows.begin() + static_cast<std::ptrdiff_t>(i), set->rows.begin() + static_cast<std::ptrdiff_t>(end)},
                     1, lines);
        i = end;
    }
    std::size_t width = 0;
    for (auto const& [row, name] : lines)
        width = std::max(width, row.size());
    auto area = areas.begin();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (area != areas.end() && area->first == i)
            text.append((area++)->second) += '\n';
        auto const& [row, name] = lines[i];
        if (name.empty())
            text += row + '\n';
        else
            fmt::format_to(out(text), "{:<{}}  # {}\n", row, width, name);
    }
    return text;
}

std::optional<std::string> explain_segment(Dictionary const& dictionary, std::string_view id) {
    auto const* const segment = dictionary.segment(id);
    if (segment == nullptr)
        return std::nullopt;
    auto text = fmt::format("segment {} \"{}\" in {}\n\n", segment->id, segment->name, dictionary.release());
    auto rows = use_rows(dictionary, segment->id, segment->elements, segment->notes, false);
    if (segment->key != 0 && segment->key <= rows.size()) {
        auto& remark = rows[segment->key - 1u].remark;
        remark += remark.empty() ? "the qualifier" : ", the qualifier";
    }
    print_uses(rows, text);
    if (segment->pairs_from != 0)
        fmt::format_to(out(text), "\n{0}{1:02} to {0}{2:02} are pairs: a qualifier and its value.\n", segment->id,
                       segment->pairs_from, segment->pairs_to);
    print_notes(segment->notes, segment->id, text);
    return text;
}

std::optional<std::string> explain_element(Dictionary const& dictionary, std::string_view number) {
    if (auto const* const composite = dictionary.composite(number))
        return explain_composite(dictionary, *composite);
    auto const* const element = dictionary.element(number);
    if (element == nullptr)
        return std::nullopt;
    auto text = fmt::format("element {} \"{}\" in {}\n\n", element->number, element->name, dictionary.release());
    fmt::format_to(out(text), "  type {}: {}\n", element->type, type_in_words(element->type));
    if (element->max == 0xffffffff)
        fmt::format_to(out(text), "  at least {} {}\n", element->min, element->min == 1 ? "character" : "characters");
    else if (element->min == element->max)
        fmt::format_to(out(text), "  {} {}\n", element->min, element->min == 1 ? "character" : "characters");
    else
        fmt::format_to(out(text), "  {} to {} characters\n", element->min, element->max);
    auto const* const codes = dictionary.codes(number);
    if (codes == nullptr) {
        if (element->type == "ID")
            text += "  codes of an external list, which is not checked\n";
        return text;
    }
    auto rows = codes->all();
    std::ranges::sort(rows);
    std::size_t width = 0;
    for (auto const& [code, meaning] : rows)
        width = std::max(width, code.size());
    fmt::format_to(out(text), "\n{} codes\n", rows.size());
    for (auto const& [code, meaning] : rows)
        if (meaning.empty())
            fmt::format_to(out(text), "  {}\n", code);
        else
            fmt::format_to(out(text), "  {:<{}}  {}\n", code, width, meaning);
    return text;
}

namespace {

/// Splits "BEG02" or "C040-02" at its two last digits; 0: it ends otherwise.
std::uint32_t take_position(std::string_view& text) {
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() < 3 || !is_digit(text[text.size() - 1]) || !is_digit(text[text.size() - 2]))
        return 0;
    auto const position = static_cast<std::uint32_t>((text[text.size() - 2] - '0') * 10 + (text[text.size() - 1] - '0'));
    text.remove_suffix(text[text.size() - 3] == '-' ? 3 : 2);
    return position;
}

} // namespace

std::optional<std::string> explain_place(Dictionary const& dictionary, std::string_view place) {
    auto const explain_use = [&](std::vector<ElementUse> const& uses, std::vector<SyntaxNote> const& notes, std::uint32_t position,
                                 std::string_view owner, std::string_view owner_name) -> std::optional<std::string> {
        auto const use = std::ranges::find(uses, position, &ElementUse::position);
        if (use == uses.end())
            return std::nullopt;
        auto const asked = requirement(*use, notes);
        auto text = fmt::format("{} of {} \"{}\": {}\n", place, owner, owner_name,
                                asked == 'M' ? "mandatory" : asked == 'X' ? "a syntax note says when it must or may be there" : "optional");
        for (auto const& note : notes)
            if (std::ranges::find(note.positions, position) != note.positions.end())
                text += fmt::format("  {} {}\n", note.text(), explain_note(note, owner));
        return text + "\n" + explain_element(dictionary, use->reference).value_or(std::string());
    };
    auto rest = place;
    bool const has_component = rest.find('-') != std::string_view::npos;
    auto const position = take_position(rest);
    if (position == 0)
        return std::nullopt;
    if (!has_component) {
        auto const* const segment = dictionary.segment(rest);
        return segment == nullptr ? std::nullopt : explain_use(segment->elements, segment->notes, position, segment->id, segment->name);
    }
    auto const* composite = dictionary.composite(rest);
    if (auto const element = composite == nullptr ? take_position(rest) : 0; element != 0)
        if (auto const* const segment = dictionary.segment(rest))
            if (auto const use = std::ranges::find(segment->elements, element, &ElementUse::position); use != segment->elements.end())
                composite = dictionary.composite(use->reference);
    return composite == nullptr ? std::nullopt : explain_use(composite->components, composite->notes, position, composite->id, composite->name);
}

} // namespace wharf::grammar
