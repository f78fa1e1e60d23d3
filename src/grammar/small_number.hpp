// Short decimal numbers as integers, for sums over clean data (CTT hash totals, line amounts): no allocation, some ten instructions a
// number. Internal to grammar/; what does not fit goes to Decimal (base/decimal.hpp), which is exact for any length.
//
// Pure; it borrows nothing beyond the call and cannot fail. Eight digits each: a product of two has at most sixteen, so that nine hundred
// of them can be added without a check; who adds more, or brings numbers to one scale, must watch for overflow himself.
#pragma once

#include <cstdint>
#include <string_view>

namespace wharf::grammar {

/// digits * 10^-scale: "-12.50" is -1250 and 2. Not reduced: 1.0 and 1 differ in both members.
struct SmallNumber {
    std::int64_t digits = 0;
    unsigned scale = 0;
};

/// False for anything but a number of one to eight characters (a point counted), with or without a minus in front (X12.6 section
/// 3.5.1: no plus, no exponent); `out` is then not to be used. ".5" and "5." are numbers, "." is none.
[[nodiscard]] inline bool read_small(std::string_view text, SmallNumber& out) {
    bool const negative = !text.empty() && text[0] == '-';
    if (negative)
        text.remove_prefix(1);
    if (text.empty() || text.size() > 8)
        return false;
    std::int64_t value = 0;
    std::size_t point = text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned const digit = static_cast<unsigned char>(text[i]) - unsigned{'0'};
        if (digit <= 9)
            value = value * 10 + digit;
        else if (text[i] == '.' && point == text.size())
            point = i;
        else
            return false;
    }
    bool const has_point = point != text.size();
    out.digits = negative ? -value : value;
    out.scale = has_point ? static_cast<unsigned>(text.size() - point - 1) : 0;
    return text.size() > (has_point ? 1U : 0U);
}

} // namespace wharf::grammar
