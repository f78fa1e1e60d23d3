// Does a value satisfy what a guide says of it? One answer for element cells, pair cells and the effects of rules.
//
// Looked at: lengths, codes, digits, decimals, from and to, is, like. Not looked at: use and `unique`, which are no matter of one
// value. Where a rule has no `codes`, the grammar's list (and `beyond codes`) is the element check's business.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/guide_rule.hpp"
#include "grammar/schema.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::grammar {

enum class ValueFault : std::uint8_t {
    none,
    too_short,
    too_long,
    code,
    digits,
    decimals,
    below,
    above,
    kind,        // `is`: not of that shape
    check_digit, // `is`: of that shape, with a wrong check digit
    pattern,
};

/// The type of the element that holds the value: sign and point do not count for the length of a number, and an Nn element has
/// implied decimals.
struct ValueType {
    ElementClass kind = ElementClass::text;
    std::uint8_t implied_decimals = 0;
    [[nodiscard]] bool is_number() const { return kind == ElementClass::digits || kind == ElementClass::decimal; }
};
[[nodiscard]] inline ValueType value_type(ElementRule const& rule) { return {rule.kind, rule.implied_decimals}; }

/// The number a value stands for: implied decimals reckoned in ("2350" of type N2 is 23.50). Nothing when it is none.
[[nodiscard]] std::optional<Decimal> number_of(std::string_view value, ValueType type);

/// The first fault of `value`, which is not empty; allocates nothing.
[[nodiscard]] ValueFault find_fault(ValueRule const& rule, std::string_view value, ValueType type);

/// What to say of a fault. `name`: of the place, as it begins the message ("REF02 Reference Identification").
struct FaultWords {
    std::string message; // `REF02 "12" is too short: it has 2 characters, the guide wants 6`
    std::string help;
    AcknowledgmentCodes acknowledgment; // segment 8, element and implementation_element
};
[[nodiscard]] FaultWords describe_fault(ValueFault fault, ValueRule const& rule, std::string_view value, ValueType type, std::string_view name);

/// The value between quotes, cut where it is long.
[[nodiscard]] std::string quote_value(std::string_view value);

} // namespace wharf::grammar
