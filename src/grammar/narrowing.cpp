#include "grammar/narrowing.hpp"

#include "base/check_digit.hpp"
#include "base/date.hpp"
#include "base/utf8.hpp"
#include "grammar/element_check.hpp"
#include "grammar/guide_pattern.hpp"
#include "grammar/schema.hpp"

#include <algorithm>

namespace wharf::grammar {
namespace {

bool is_number(ElementRule const& rule) { return rule.kind == ElementClass::digits || rule.kind == ElementClass::decimal; }

bool all_digits(std::string_view value) {
    return std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t length_of(ElementRule const& rule, std::string_view value) {
    return is_number(rule) ? number_shape(value, true).digits : characters_in(value);
}

std::size_t decimals_in(std::string_view value) {
    auto const point = value.find('.');
    return point == std::string_view::npos ? 0 : value.size() - point - 1;
}

bool is_of_kind(ValueKind kind, std::string_view value) {
    switch (kind) {
    case ValueKind::none:
        return true;
    case ValueKind::upc:
        return value.size() == 12 && check_digit_of(value) == CheckDigit::right;
    case ValueKind::ean:
    case ValueKind::gln:
        return value.size() == 13 && check_digit_of(value) == CheckDigit::right;
    case ValueKind::gtin:
        return value.size() == 14 && check_digit_of(value) == CheckDigit::right;
    case ValueKind::sscc: // 20 digits: with the application identifier 00 before it
        if (value.size() == 20 && value.starts_with("00"))
            value.remove_prefix(2);
        return value.size() == 18 && check_digit_of(value) == CheckDigit::right;
    case ValueKind::date:
        return is_date(value);
    case ValueKind::time:
        return is_time(value);
    }
    return true;
}

/// As meant: an Nn element has its point n places from the right.
std::optional<Decimal> number_in(ElementRule const& rule, std::string_view value) {
    return rule.kind == ElementClass::digits ? Decimal::implied(value, rule.implied_decimals) : Decimal::parse(value);
}

bool has(std::vector<std::string> const& sorted, std::string_view value) {
    return std::ranges::binary_search(sorted, value, {}, [](auto const& text) -> std::string_view { return text; });
}

} // namespace

NarrowingFault narrowing_fault(ValueRule const& guide, ElementRule const& rule, std::string_view value) {
    if (!guide.codes.empty() && !has(guide.codes, value) && !has(guide.beyond_codes, value))
        return NarrowingFault::code;
    if (guide.lengths) {
        auto const length = length_of(rule, value);
        if (length < guide.lengths->first)
            return NarrowingFault::too_short;
        if (length > guide.lengths->second)
            return NarrowingFault::too_long;
    }
    if (guide.digits && !all_digits(value))
        return NarrowingFault::digits;
    if (guide.decimals && (rule.kind == ElementClass::digits ? rule.implied_decimals : decimals_in(value)) > *guide.decimals)
        return NarrowingFault::decimals;
    if (guide.from || guide.to) {
        auto const number = number_in(rule, value);
        if (!number) // of an element that is no number: what cannot be compared is out of range
            return NarrowingFault::too_small;
        if (guide.from && *number < *guide.from)
            return NarrowingFault::too_small;
        if (guide.to && *number > *guide.to)
            return NarrowingFault::too_large;
    }
    if (guide.like != nullptr && !guide.like->matches(value))
        return NarrowingFault::pattern;
    return is_of_kind(guide.is, value) ? NarrowingFault::none : NarrowingFault::kind;
}

std::string_view component_of(std::string_view element, std::uint32_t component, char separator) {
    for (; component > 1; --component) {
        auto const end = element.find(separator);
        if (end == std::string_view::npos)
            return {};
        element.remove_prefix(end + 1);
    }
    return element.substr(0, element.find(separator));
}

bool components_are_right(Narrowing const& narrowing, SegmentRule const& rule, x12::SegmentView const& segment,
                          x12::Delimiters const& delimiters) {
    return std::ranges::all_of(narrowing.row->elements, [&](ElementNarrowing const& one) {
        if (one.component == 0 || one.element == 0 || one.element > rule.elements.size())
            return true;
        auto const& element = rule.elements[one.element - 1];
        auto const whole = segment.element(one.element);
        if (whole.empty() || one.component > element.components.size())
            return true;
        auto const value = component_of(whole, one.component, delimiters.component);
        if (value.empty())
            return one.rule.use != Use::must;
        return one.rule.use != Use::must_not && narrowing_fault(one.rule, element.components[one.component - 1], value) == NarrowingFault::none;
    });
}

} // namespace wharf::grammar
