#include "base/decimal.hpp"

#include <algorithm>

namespace wharf {
namespace {

constexpr unsigned max_digits = 36;

} // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    bool negative = false;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    Wide value = 0;
    unsigned digits = 0;
    unsigned significant = 0;
    unsigned scale = 0;
    bool point = false;
    for (char const c : text) {
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            return std::nullopt;
        ++digits;
        if (value != 0 || c != '0')
            ++significant;
        if (significant > max_digits)
            return std::nullopt;
        value = value * 10 + (c - '0');
        if (point)
            ++scale;
    }
    if (digits == 0 || scale > max_digits)
        return std::nullopt;
    return Decimal(negative ? -value : value, scale);
}

std::optional<Decimal> Decimal::implied(std::string_view digits, unsigned scale) {
    if (digits.find('.') != std::string_view::npos)
        return std::nullopt;
    auto number = parse(digits);
    if (number)
        number->scale_ = scale;
    return number;
}

std::string Decimal::text() const {
    std::string reversed;
    auto value = coefficient_ < 0 ? -coefficient_ : coefficient_;
    for (unsigned i = 0; value != 0 || i <= scale_; ++i) {
        if (i == scale_ && scale_ > 0)
            reversed += '.';
        reversed += static_cast<char>('0' + static_cast<int>(value % 10));
        value /= 10;
    }
    if (coefficient_ < 0)
        reversed += '-';
    std::ranges::reverse(reversed);
    return reversed;
}

std::optional<std::string> Decimal::implied_text(unsigned scale) const {
    auto value = *this;
    while (value.scale_ > scale) {
        if (value.coefficient_ % 10 != 0)
            return std::nullopt;
        value.coefficient_ /= 10;
        --value.scale_;
    }
    for (; value.scale_ < scale; ++value.scale_)
        value.coefficient_ *= 10;
    value.scale_ = 0;
    return value.text();
}

Decimal Decimal::rounded(unsigned scale) const {
    if (scale_ <= scale)
        return *this;
    auto value = coefficient_;
    bool up = false;
    for (unsigned i = scale_; i > scale; --i) {
        auto const digit = value % 10;
        up = digit >= 5 || digit <= -5;
        value /= 10;
    }
    if (up)
        value += coefficient_ < 0 ? -1 : 1;
    return {value, scale};
}

Decimal Decimal::operator-() const { return {-coefficient_, scale_}; }

void Decimal::align(Decimal& a, Decimal& b) {
    for (; a.scale_ < b.scale_; ++a.scale_)
        a.coefficient_ *= 10;
    for (; b.scale_ < a.scale_; ++b.scale_)
        b.coefficient_ *= 10;
}

Decimal operator+(Decimal const& a, Decimal const& b) {
    auto x = a;
    auto y = b;
    Decimal::align(x, y);
    return {x.coefficient_ + y.coefficient_, x.scale_};
}

Decimal operator*(Decimal const& a, Decimal const& b) { return {a.coefficient_ * b.coefficient_, a.scale_ + b.scale_}; }

std::strong_ordering operator<=>(Decimal const& a, Decimal const& b) {
    auto x = a;
    auto y = b;
    Decimal::align(x, y);
    return x.coefficient_ <=> y.coefficient_;
}

} // namespace wharf
