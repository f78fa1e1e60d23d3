// Exact decimal numbers: quantities and money, from end to end. No binary floating point touches them.
//
// A Decimal is digits and a scale (10^-scale), at most 36 digits. The canonical text is a JSON string
// `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; trailing zeros stay as received ("157.50"), leading zeros and a bare point do not.
// Compare by value, print by text. Sums and products are exact while they fit 36 digits; beyond, their last decimals are
// rounded half away from zero, and a whole part of more than 36 digits stops at the largest number.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wharf {

class Decimal {
public:
    constexpr Decimal() = default;

    /// Accepts what X12 type R and canonical decimals allow: "12", "-5", "+3", ".5", "5.", "0012.50"; no exponent, no
    /// blanks, at most 36 digits and 36 decimals. Nothing otherwise.
    [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);
    /// The value digits * 10^-scale of an X12 element of type Nn: implied("2350", 2) is 23.50.
    [[nodiscard]] static std::optional<Decimal> implied(std::string_view digits, unsigned scale);

    /// Canonical text with this number's own scale.
    [[nodiscard]] std::string text() const;
    /// The digits of an Nn element: implied_text(2) of 23.5 is "2350"; nothing when digits would be lost
    /// or there would be more than 36.
    [[nodiscard]] std::optional<std::string> implied_text(unsigned scale) const;
    /// Rounded half away from zero to `scale` decimals.
    [[nodiscard]] Decimal rounded(unsigned scale) const;

    [[nodiscard]] bool is_negative() const { return coefficient_ < 0; }
    [[nodiscard]] bool is_zero() const { return coefficient_ == 0; }
    [[nodiscard]] unsigned scale() const { return scale_; }
    [[nodiscard]] Decimal operator-() const;

    friend Decimal operator+(Decimal const& a, Decimal const& b);
    friend Decimal operator-(Decimal const& a, Decimal const& b) { return a + -b; }
    friend Decimal operator*(Decimal const& a, Decimal const& b);
    friend bool operator==(Decimal const& a, Decimal const& b) { return (a <=> b) == 0; }
    friend std::strong_ordering operator<=>(Decimal const& a, Decimal const& b);

private:
    __extension__ using Wide = __int128;
    constexpr Decimal(Wide coefficient, unsigned scale) : coefficient_(coefficient), scale_(scale) {}
    static void align(Decimal& a, Decimal& b);

    Wide coefficient_ = 0;
    unsigned scale_ = 0;
};

} // namespace wharf
