#include "grammar/value_rule.hpp"

#include "base/check_digit.hpp"
#include "base/date.hpp"
#include "base/utf8.hpp"
#include "grammar/element_check.hpp"
#include "grammar/guide_pattern.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_quote = 60;
constexpr std::size_t most_codes_shown = 12;

/// Characters of text, digits of a number.
std::uint32_t length_of(std::string_view value, ValueType type) {
    if (type.is_number())
        return number_shape(value, true).digits;
    std::uint32_t count = 0;
    for (std::size_t at = 0; at < value.size(); ++count)
        at += std::max<std::size_t>(utf8_sequence_length(value, at), 1);
    return count;
}

bool is_one_of(std::string_view value, std::vector<std::string> const& sorted) {
    return std::binary_search(sorted.begin(), sorted.end(), value, std::less<>());
}

/// Digits behind the point that are sent; of an Nn element, those that are not trailing zeros.
std::uint32_t decimals_of(std::string_view value, ValueType type) {
    if (type.kind == ElementClass::digits) {
        std::uint32_t decimals = type.implied_decimals;
        while (decimals > 0 && value.ends_with('0')) {
            value.remove_suffix(1);
            --decimals;
        }
        return decimals;
    }
    auto const point = value.find('.');
    return point == std::string_view::npos ? 0 : static_cast<std::uint32_t>(value.size() - point - 1);
}

bool is_trade_number(ValueKind kind) { return kind != ValueKind::date && kind != ValueKind::time; }

bool has_right_length(ValueKind kind, std::string_view value) {
    auto const length = value.size();
    switch (kind) {
    case ValueKind::upc:
        return length == 12;
    case ValueKind::gtin: // 8, 12 and 13 digits are the same number without its leading zeros
        return length == 14 || length == 13 || length == 12 || length == 8;
    case ValueKind::sscc: // 00: the application identifier of an SSCC
        return length == 18 || (length == 20 && value.starts_with("00"));
    default: // ean, gln
        return length == 13;
    }
}

ValueFault find_kind_fault(ValueKind kind, std::string_view value) {
    if (!is_trade_number(kind))
        return (kind == ValueKind::date ? is_date(value) : is_time(value)) ? ValueFault::none : ValueFault::kind;
    if (!has_right_length(kind, value))
        return ValueFault::kind;
    auto const digit = check_digit_of(value);
    return digit == CheckDigit::right ? ValueFault::none : digit == CheckDigit::wrong ? ValueFault::check_digit : ValueFault::kind;
}

ValueFault find_range_fault(ValueRule const& rule, std::string_view value, ValueType type) {
    auto const number = number_of(value, type);
    if (!number)
        return type.is_number() ? ValueFault::none : ValueFault::digits; // of a number element, the element check has said so
    if (rule.from && *number < *rule.from)
        return ValueFault::below;
    return rule.to && *number > *rule.to ? ValueFault::above : ValueFault::none;
}

std::string list_codes(ValueRule const& rule) {
    std::string text;
    std::size_t shown = 0;
    for (auto const* codes : {&rule.codes, &rule.beyond_codes})
        for (auto const& code : *codes) {
            if (shown == most_codes_shown)
                return text + ", …";
            text += (shown++ == 0 ? "" : ", ") + code;
        }
    return text;
}

std::string lengths_in_words(ValueRule const& rule, ValueType type) {
    auto const what = type.is_number() || rule.digits ? "digits" : "characters";
    auto const [min, max] = *rule.lengths;
    return min == max ? fmt::format("exactly {} {}", max, what) : fmt::format("{} to {} {}", min, max, what);
}

std::string range_in_words(ValueRule const& rule) {
    if (rule.from && rule.to)
        return fmt::format("from {} to {}", rule.from->text(), rule.to->text());
    return rule.from ? fmt::format("at least {}", rule.from->text()) : fmt::format("at most {}", rule.to->text());
}

std::string_view kind_in_words(ValueKind kind) {
    switch (kind) {
    case ValueKind::upc:
        return "a UPC of 12 digits";
    case ValueKind::ean:
        return "an EAN of 13 digits";
    case ValueKind::gtin:
        return "a GTIN of 14 digits (or 8, 12, 13)";
    case ValueKind::sscc:
        return "an SSCC of 18 digits (20 with the application identifier 00)";
    case ValueKind::gln:
        return "a GLN of 13 digits";
    case ValueKind::date:
        return "a date (CCYYMMDD or YYMMDD) that exists";
    default:
        return "a time (HHMM, HHMMSS or HHMMSSDD) that exists";
    }
}

} // namespace

std::string quote_value(std::string_view value) {
    if (value.size() <= longest_quote)
        return fmt::format("\"{}\"", value);
    auto cut = longest_quote; // not inside a character of several bytes
    while (cut > 0 && (static_cast<unsigned char>(value[cut]) & 0xc0) == 0x80)
        --cut;
    return fmt::format("\"{}…\"", value.substr(0, cut == 0 ? longest_quote : cut));
}

std::optional<Decimal> number_of(std::string_view value, ValueType type) {
    return type.kind == ElementClass::digits ? Decimal::implied(value, type.implied_decimals) : Decimal::parse(value);
}

ValueFault find_fault(ValueRule const& rule, std::string_view value, ValueType type) {
    if (!rule.codes.empty() && !is_one_of(value, rule.codes) && !is_one_of(value, rule.beyond_codes))
        return ValueFault::code;
    if (rule.lengths) {
        auto const length = length_of(value, type);
        if (length < rule.lengths->first)
            return ValueFault::too_short;
        if (length > rule.lengths->second)
            return ValueFault::too_long;
    }
    if (rule.digits && !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; }))
        return ValueFault::digits;
    if (rule.is != ValueKind::none)
        if (auto const fault = find_kind_fault(rule.is, value); fault != ValueFault::none)
            return fault;
    if (rule.decimals && decimals_of(value, type) > *rule.decimals)
        return ValueFault::decimals;
    if (rule.from || rule.to)
        if (auto const fault = find_range_fault(rule, value, type); fault != ValueFault::none)
            return fault;
    return rule.like != nullptr && !rule.like->matches(value) ? ValueFault::pattern : ValueFault::none;
}

FaultWords describe_fault(ValueFault fault, ValueRule const& rule, std::string_view value, ValueType type, std::string_view name) {
    FaultWords words;
    words.acknowledgment.segment = "8";
    words.acknowledgment.element = "7";
    words.acknowledgment.implementation_element = "I12";
    auto const say = [&](std::string_view what, std::string help) {
        words.message = fmt::format("{} {} {}", name, quote_value(value), what);
        words.help = std::move(help);
    };
    switch (fault) {
    case ValueFault::none:
        break;
    case ValueFault::too_short:
    case ValueFault::too_long: {
        bool const is_short = fault == ValueFault::too_short;
        words.acknowledgment.element = is_short ? "4" : "5";
        say(fmt::format("is too {}: it has {}, the guide wants {}", is_short ? "short" : "long", length_of(value, type), lengths_in_words(rule, type)),
            is_short ? "Send the full value." : "Shorten it to what the partner takes.");
        break;
    }
    case ValueFault::code:
        words.acknowledgment.implementation_element = "I6";
        say("is not a code that the guide allows here", fmt::format("Use one of: {}.", list_codes(rule)));
        break;
    case ValueFault::digits:
        say("is not all digits", "Send digits only.");
        break;
    case ValueFault::decimals:
        say(fmt::format("has {} decimals, the guide allows {}", decimals_of(value, type), *rule.decimals), "Round it.");
        break;
    case ValueFault::below:
    case ValueFault::above:
        say(fmt::format("is too {}", fault == ValueFault::below ? "small" : "large"), fmt::format("The guide wants a number {}.", range_in_words(rule)));
        break;
    case ValueFault::kind:
        say(fmt::format("is not {}", kind_in_words(rule.is)), "Send the whole number, with leading zeros and its check digit, without blanks or hyphens.");
        if (!is_trade_number(rule.is))
            words.help = "Send a date or time that exists, in digits only.";
        break;
    case ValueFault::check_digit:
        say(fmt::format("has a wrong check digit: it is {}, reckoned {}", value.back(), gs1_check_digit(value.substr(0, value.size() - 1))),
            "Look for digits that are missing, doubled or swapped; the check digit itself is seldom what is wrong.");
        break;
    case ValueFault::pattern:
        say(fmt::format("does not match \"{}\"", rule.like_text), "Send a value of the form that the guide describes.");
        break;
    }
    return words;
}

} // namespace wharf::grammar
