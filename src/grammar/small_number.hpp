// Short decimal numbers as integers, for sums over clean data. Internal to grammar/; what does not fit goes to Decimal.
#pragma once

#include <cstdint>
#include <string_view>

namespace wharf::grammar {

/// digits * 10^-scale
struct SmallNumber {
    std::int64_t digits = 0;
    unsigned scale = 0;
};

/// False for anything but a number of one to eight digits, with or without a sign and a point.
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
