#include "grammar/value_check.hpp"

#include "base/utf8.hpp"
#include "grammar/element_check.hpp"
#include "grammar/near_miss.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_quote = 60; // of a value inside a message

bool is_number(ElementRule const& rule) { return rule.kind == ElementClass::digits || rule.kind == ElementClass::decimal; }

/// Identifiers that systems compare byte by byte: a blank in front makes another one of them.
bool is_identifier(ElementRule const& rule) {
    constexpr std::string_view identifiers[] = {"67", "76", "87", "127", "234", "324", "327", "328", "350", "396"};
    return rule.kind == ElementClass::id || (rule.definition != nullptr && std::ranges::find(identifiers, rule.definition->number) != std::end(identifiers));
}

Judgement judge_characters(std::string_view value, x12::Delimiters const& delimiters) {
    for (std::size_t i = 0; i < value.size(); ++i) {
        char const c = value[i];
        auto const byte = static_cast<unsigned char>(c);
        // Separators first: in some files they are control characters themselves.
        if (c == delimiters.component)
            return {ValueFault::component_separator, i, 0};
        if (c == delimiters.repetition && c != '\0')
            return {ValueFault::repetition_separator, i, 0};
        if (byte < 0x20 || byte == 0x7f)
            return {ValueFault::control_character, i, 0};
    }
    return {};
}

ValueFault judge_blanks(ElementRule const& rule, std::string_view value, std::uint32_t length) {
    if (value.front() != ' ' && value.back() != ' ')
        return ValueFault::none;
    if (value.find_first_not_of(' ') == std::string_view::npos)
        return ValueFault::only_blanks;
    if (value.back() == ' ' && length > rule.min)
        return ValueFault::trailing_blanks;
    return value.front() == ' ' && is_identifier(rule) ? ValueFault::leading_blanks : ValueFault::none;
}

std::string help_about_date(ElementRule const& rule, std::string_view value) {
    auto const date = rule.kind == ElementClass::date;
    auto meant = date ? suggest_date(value, rule.max != 6) : suggest_time(value);
    if (meant.empty() && date)
        meant = why_no_date(value);
    return fmt::format("{}{}Send a {} that exists, in digits only.", meant, meant.empty() ? "" : " ", date ? "date" : "time");
}

std::string help_about_number(ElementRule const& rule, std::string_view value) {
    auto const meant = suggest_number(rule, value);
    auto const plain = rule.kind == ElementClass::digits && value.find('.') != std::string_view::npos
                           ? "Leave the decimal point out: it is implied."
                       : rule.kind == ElementClass::digits ? "Send digits only; no point, no thousands separators, no letters, no blanks."
                                                           : "Send digits, at most one point, and a minus only in front; no thousands separators, no letters, no blanks.";
    return meant.empty() ? plain : fmt::format("{} {}", meant, plain);
}

/// Of a value that is too long.
std::string help_about_length(ElementRule const& rule, std::string_view value) {
    auto const first = value.find_first_not_of(' ');
    auto const last = value.find_last_not_of(' ');
    if (first != std::string_view::npos && last - first + 1 < value.size() && count_characters(value.substr(first, last - first + 1)) <= rule.max)
        return "Leave the blanks around it out: only the ISA has fields of fixed width.";
    return is_identifier(rule) || is_number(rule) ? "Send the value as it is agreed: a receiver cuts off what is too long, or refuses it."
                                                  : "Shorten it, or send the rest in another occurrence.";
}

std::string help_about_code(Judgement const& judgement, ElementRule const& rule, std::string_view value, Dictionary const& dictionary) {
    for (std::size_t length = 2; value.size() > rule.max && length <= 3 && length < value.size(); ++length) { // FTCTT: FT, and CTT begins a segment
        auto const code = value.substr(0, value.size() - length), id = value.substr(value.size() - length);
        if (rule.codes->find(code) && dictionary.segment(id) != nullptr)
            return fmt::format("Is the terminator missing before {}? {} is a code, {} a segment.", id, code, id);
    }
    auto help = suggest_codes(*rule.codes, value, rule.definition->number);
    if (rule.codes->size() > 8)
        help += fmt::format("{}`wharf explain element {}` lists the {} codes of release {}.", help.empty() ? "" : " ", rule.definition->number, rule.codes->size(),
                           dictionary.release());
    if (judgement.length < rule.min || judgement.length > rule.max)
        help += fmt::format(" A code here has {}.", lengths_in_words(rule));
    return help;
}

/// A line break with a segment's name behind it: the terminator is what is missing. Empty: there is none.
std::string help_about_line_break(std::string_view value, x12::Delimiters const& delimiters, Dictionary const& dictionary) {
    auto const at = value.find_first_of("\r\n");
    auto const next = at == std::string_view::npos ? at : value.find_first_not_of(" \r\n\t", at);
    auto const id = next == std::string_view::npos ? std::string_view() : value.substr(next);
    if (id.size() < 2 || id.size() > 3 || dictionary.segment(id) == nullptr)
        return {};
    return fmt::format("The terminator {} seems to be missing before {}, which stands behind a line break: end the segment there.", delimiters.segment, id);
}

} // namespace

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
    auto const what = is_number(rule) ? "digits" : "characters";
    return rule.min == rule.max ? fmt::format("exactly {} {}", rule.max, what)
                                : fmt::format("{} to {} {}", rule.min, rule.max, what);
}

std::uint32_t count_characters(std::string_view text) {
    std::uint32_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count)
        at += static_cast<unsigned char>(text[at]) < 0x80 ? 1 : std::max<std::size_t>(utf8_sequence_length(text, at), 1);
    return count;
}

std::string quoted(std::string_view value) {
    return value.size() <= longest_quote ? fmt::format("\"{}\"", value) : fmt::format("\"{}…\"", value.substr(0, longest_quote));
}

std::string_view listed_or(Dictionary const& dictionary, std::string_view list, std::string_view code, std::string_view otherwise) {
    auto const* codes = dictionary.codes(list);
    return codes != nullptr && codes->find(code) ? code : otherwise;
}

Judgement judge(ElementRule const& rule, std::string_view value, x12::Delimiters const& delimiters) {
    if (is_number(rule)) {
        auto const shape = number_shape(value, rule.kind == ElementClass::decimal);
        auto const fault = !shape.valid ? ValueFault::number : shape.digits < rule.min ? ValueFault::too_short
                           : shape.digits > rule.max ? ValueFault::too_long : ValueFault::none;
        return {fault, 0, shape.digits};
    }
    if (rule.kind == ElementClass::date || rule.kind == ElementClass::time) {
        auto const length = static_cast<std::uint32_t>(value.size());
        bool const right = rule.kind == ElementClass::date ? length >= rule.min && length <= rule.max && is_date(value)
                                                           : length <= rule.max && is_time(value);
        return {right ? ValueFault::none : rule.kind == ElementClass::date ? ValueFault::date : ValueFault::time, 0, length};
    }
    if (rule.kind != ElementClass::binary)
        if (auto const characters = judge_characters(value, delimiters); characters.fault != ValueFault::none)
            return characters;
    auto const length = rule.kind == ElementClass::binary ? static_cast<std::uint32_t>(value.size()) : count_characters(value);
    auto const fault = rule.codes != nullptr && !rule.codes->find(value) ? ValueFault::code
                       : length < rule.min                               ? ValueFault::too_short
                       : length > rule.max                               ? ValueFault::too_long
                       : rule.kind == ElementClass::binary               ? ValueFault::none
                                                                         : judge_blanks(rule, value, length);
    return {fault, 0, length};
}

namespace {

ValueWords describe_fault(Judgement const& judgement, ElementRule const& rule, std::string_view name, std::string_view value,
                    x12::Delimiters const& delimiters, Dictionary const& dictionary) {
    auto const sent = quoted(value);
    switch (judgement.fault) {
    case ValueFault::number:
        return {"X12-0305", "6", fmt::format("{} {} is not {}", name, sent, type_in_words(rule)), help_about_number(rule, value)};
    case ValueFault::control_character:
        return {"X12-0305", "6", fmt::format("{} holds the control character 0x{:02x}", name, static_cast<unsigned char>(value[judgement.at])),
                "Remove it; a line break inside data usually comes from a file that was re-wrapped."};
    case ValueFault::component_separator:
        return {"X12-0313", listed_or(dictionary, "723", "13", "3"),
                fmt::format("{} holds '{}', the component separator, but is a single value", name, delimiters.component),
                "Remove it from the data, or choose another separator in ISA16 or ISA11."};
    case ValueFault::repetition_separator:
        return {"X12-0313", listed_or(dictionary, "723", "12", "3"),
                fmt::format("{} holds '{}', the repetition separator, but is a single value", name, delimiters.repetition),
                "Remove it from the data, or choose another separator in ISA16 or ISA11."};
    case ValueFault::date:
    case ValueFault::time: {
        bool const date = judgement.fault == ValueFault::date;
        return {date ? "X12-0307" : "X12-0308", date ? "8" : "9", fmt::format("{} {} is not {}", name, sent, type_in_words(rule)), help_about_date(rule, value)};
    }
    case ValueFault::code:
        return {"X12-0306", "7", fmt::format("{} {} is not a code of element {}", name, sent, rule.definition->number),
                help_about_code(judgement, rule, value, dictionary)};
    case ValueFault::too_short:
        return {"X12-0303", "4", fmt::format("{} {} is too short: it has {}, expected {}", name, sent, judgement.length, lengths_in_words(rule)),
                "Send the full value."};
    case ValueFault::too_long:
        return {"X12-0304", "5", fmt::format("{} {} is too long: it has {}, expected {}", name, sent, judgement.length, lengths_in_words(rule)),
                help_about_length(rule, value)};
    case ValueFault::leading_blanks:
        return {"X12-0316", "", fmt::format("{} {} begins with blanks", name, sent),
                "Leave the blanks out: they belong to the value, and a receiver that compares it finds another one."};
    case ValueFault::trailing_blanks:
        return {"X12-0315", "", fmt::format("{} {} ends with blanks", name, sent),
                "Leave trailing blanks out: only the ISA has fields of fixed width."};
    default:
        return {"X12-0315", "", fmt::format("{} holds nothing but blanks", name), "Leave the element empty when there is nothing to say."};
    }
}

} // namespace

ValueWords describe(Judgement const& judgement, ElementRule const& rule, std::string_view name, std::string_view value,
                    x12::Delimiters const& delimiters, Dictionary const& dictionary) {
    auto words = describe_fault(judgement, rule, name, value, delimiters, dictionary);
    bool const ends_lines = delimiters.segment == '\n' || delimiters.segment == '\r';
    if (ends_lines && value.ends_with(delimiters.component))
        words.help = fmt::format("Where each segment ends with {0} and a line end, {0} was meant to end segments: ISA16 then lacks the component separator before it.", delimiters.component);
    else if (auto cause = help_about_line_break(value, delimiters, dictionary); !cause.empty())
        words.help = std::move(cause);
    return words;
}

} // namespace wharf::grammar
