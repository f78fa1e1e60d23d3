// Replaces a value by another of the same shape, the same by the same and different ones by different ones, by a secret key.
//
// A permutation of all values of one shape (length, and at each place digit, capital, small letter, or another character, which stays), made
// of eight rounds of an alternating Feistel network over the characters with SipHash-2-4 as its function. Without the key a replacement can
// not be found by trying the values of a list. What is so short that it has few shapes (one digit, two letters) hides little.
//
// Letters beyond ASCII keep their block of 64 (UTF-8), or stay letters of Latin-1. Zeros in front stay, the first other digit never
// becomes one. Pure; one key may be used by several threads.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace wharf::linter {

class PseudonymKey {
public:
    /// From sixteen random bytes or more; any length is taken.
    explicit PseudonymKey(std::string_view secret);

    /// Names and texts. A number of digits that has a GS1 check digit of 8, 12, 13, 14, 18 or 20 digits keeps it right, and a wrong one wrong.
    ///
    ///     text("ACME STORES") == "QWKD JZXLPO", for one key
    [[nodiscard]] std::string text(std::string_view value) const;
    /// Amounts: by a permutation of their own, digits alone. What is zero stays zero.
    [[nodiscard]] std::string amount(std::string_view value) const;

private:
    [[nodiscard]] std::string permuted(std::string_view value, std::uint64_t domain) const;
    std::array<std::uint64_t, 2> key_{};
};

/// SipHash-2-4 (Aumasson, Bernstein 2012).
[[nodiscard]] std::uint64_t siphash(std::array<std::uint64_t, 2> const& key, std::string_view bytes);

} // namespace wharf::linter
