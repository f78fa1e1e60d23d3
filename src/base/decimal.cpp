#include "base/decimal.hpp"

#include <algorithm>
#include <array>

namespace wharf {

// 36 digits fit __int128 (about 1.7e38) with room for one carry. Whatever would grow beyond them is rounded at its last
// decimals, or stops at the largest number: nothing a partner sends makes arithmetic overflow.
namespace {

constexpr unsigned max_digits = 36;

__extension__ using Wide = __int128;

constexpr Wide power_of_ten(unsigned exponent) {
    Wide power = 1;
    for (; exponent > 0; --exponent)
        power *= 10;
    return power;
}

constexpr Wide largest = power_of_ten(max_digits) - 1;

/// value / 10, rounded half away from zero.
Wide without_last_digit(Wide value) {
    auto const digit = value % 10;
    value /= 10;
    return digit >= 5 ? value + 1 : digit <= -5 ? value - 1 : value;
}

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
        if (c < '0' || c > '9') return std::nullopt;
        ++digits;
        if (value != 0 || c != '0') ++significant;
        if (significant > max_digits) return std::nullopt;
        value = value * 10 + (c - '0');
        if (point) ++scale;
    }
    if (digits == 0 || scale > max_digits) return std::nullopt;
    return Decimal(negative ? -value : value, scale);
}

std::optional<Decimal> Decimal::implied(std::string_view digits, unsigned scale) {
    if (digits.find('.') != std::string_view::npos) return std::nullopt;
    auto number = parse(digits);
    if (!number || scale > max_digits) return std::nullopt;
    number->scale_ = scale;
    return number;
}

std::string Decimal::text() const {
    std::string reversed;
    auto value = coefficient_ < 0 ? -coefficient_ : coefficient_;
    for (unsigned i = 0; value != 0 || i <= scale_; ++i) {
        if (i == scale_ && scale_ > 0) reversed += '.';
        reversed += static_cast<char>('0' + static_cast<int>(value % 10));
        value /= 10;
    }
    if (coefficient_ < 0) reversed += '-';
    std::ranges::reverse(reversed);
    return reversed;
}

std::optional<std::string> Decimal::implied_text(unsigned scale) const {
    auto value = *this;
    while (value.scale_ > scale) {
        if (value.coefficient_ % 10 != 0) return std::nullopt;
        value.coefficient_ /= 10;
        --value.scale_;
    }
    for (; value.scale_ < scale; ++value.scale_) {
        if (value.coefficient_ > largest / 10 || value.coefficient_ < -(largest / 10)) return std::nullopt;
        value.coefficient_ *= 10;
    }
    value.scale_ = 0;
    return value.text();
}

Decimal Decimal::rounded(unsigned scale) const {
    if (scale_ <= scale) return *this;
    auto value = coefficient_;
    bool up = false;
    for (unsigned i = scale_; i > scale; --i) {
        auto const digit = value % 10;
        up = digit >= 5 || digit <= -5;
        value /= 10;
    }
    if (up) value += coefficient_ < 0 ? -1 : 1;
    return {value, scale};
}

Decimal Decimal::operator-() const {
    return {-coefficient_, scale_};
}

void Decimal::align(Decimal& a, Decimal& b) {
    auto& coarse = a.scale_ < b.scale_ ? a : b;
    auto& fine = a.scale_ < b.scale_ ? b : a;
    for (; coarse.scale_ < fine.scale_; ++coarse.scale_) {
        if (coarse.coefficient_ > largest / 10 || coarse.coefficient_ < -(largest / 10)) break;
        coarse.coefficient_ *= 10;
    }
    for (; fine.scale_ > coarse.scale_; --fine.scale_)
        fine.coefficient_ = without_last_digit(fine.coefficient_);
}

Decimal operator+(Decimal const& a, Decimal const& b) {
    auto x = a;
    auto y = b;
    Decimal::align(x, y);
    auto sum = x.coefficient_ + y.coefficient_;
    if (sum <= largest && sum >= -largest) return {sum, x.scale_};
    if (x.scale_ > 0) return {without_last_digit(sum), x.scale_ - 1};
    return {sum > 0 ? largest : -largest, 0};
}

Decimal operator*(Decimal const& a, Decimal const& b) {
    // The whole product, at most 72 digits, in four parts of 18; then rounded once to what fits.
    constexpr auto base = power_of_ten(18);
    auto const x = a.coefficient_ < 0 ? -a.coefficient_ : a.coefficient_;
    auto const y = b.coefficient_ < 0 ? -b.coefficient_ : b.coefficient_;
    bool const negative = (a.coefficient_ < 0) != (b.coefficient_ < 0);
    auto const low = x % base * (y % base);
    auto const middle = x / base * (y % base) + x % base * (y / base) + low / base;
    auto const high = x / base * (y / base) + middle / base;
    std::array<Wide, 4> parts{low % base, middle % base, high % base, high / base};

    auto scale = a.scale_ + b.scale_;
    bool up = false;
    for (; scale > 0 && (scale > max_digits || parts[2] != 0 || parts[3] != 0); --scale) {
        Wide carry = 0;
        for (std::size_t i = parts.size(); i-- > 0;) {
            auto const value = carry * base + parts[i];
            parts[i] = value / 10;
            carry = value % 10;
        }
        up = carry >= 5;
    }
    if (parts[2] != 0 || parts[3] != 0) return {negative ? -largest : largest, 0};
    auto const product = std::min(parts[1] * base + parts[0] + (up ? 1 : 0), largest);
    return {negative ? -product : product, scale};
}

std::strong_ordering operator<=>(Decimal const& a, Decimal const& b) {
    // Whole parts first, then the fractions brought to one scale: exact, and neither can overflow.
    auto const unit_a = power_of_ten(a.scale_);
    auto const unit_b = power_of_ten(b.scale_);
    auto const whole = a.coefficient_ / unit_a <=> b.coefficient_ / unit_b;
    if (whole != 0) return whole;
    auto const scale = std::max(a.scale_, b.scale_);
    return a.coefficient_ % unit_a * power_of_ten(scale - a.scale_) <=>
           b.coefficient_ % unit_b * power_of_ten(scale - b.scale_);
}

} // namespace wharf
