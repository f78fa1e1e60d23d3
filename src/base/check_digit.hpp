// Check digits of GS1 numbers: U.P.C. (12 digits), EAN and GLN (13), GTIN-14, SSCC (18). Modulo 10, weights 3 and 1 from the
// right (GS1 General Specifications §7.9). Pure.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wharf {

/// How a number stands to its last digit.
enum class CheckDigit : std::uint8_t { right, wrong, not_digits };

/// Eight bytes at a time: a clean file is full of these numbers. `number` has at least eight digits to be quick; shorter ones
/// are right all the same. At most 255 digits; longer ones are not_digits.
///
///     check_digit_of("012345678905") == CheckDigit::right
[[nodiscard]] inline CheckDigit check_digit_of(std::string_view number) {
    static_assert(std::endian::native == std::endian::little);
    if (number.empty() || number.size() > 255)
        return CheckDigit::not_digits;
    auto const add = [](std::uint64_t digits, std::uint64_t& sum) {
        constexpr std::uint64_t high = 0xf0f0f0f0f0f0f0f0U;
        bool const all_digits = (digits & high) == 0x3030303030303030U && ((digits + 0x0606060606060606U) & high) == 0x3030303030303030U;
        digits &= 0x0f0f0f0f0f0f0f0fU;
        // The last digit stands in the highest byte and counts once, the one before it three times, and so on.
        auto const once = (digits >> 8) & 0x00ff00ff00ff00ffU;
        auto const thrice = digits & 0x00ff00ff00ff00ffU;
        sum += ((once + 3 * thrice) * 0x0001000100010001U) >> 48;
        return all_digits;
    };
    std::uint64_t sum = 0;
    auto const* end = number.data() + number.size();
    auto left = number.size();
    for (; left >= 8; left -= 8) {
        end -= 8;
        std::uint64_t word = 0;
        std::memcpy(&word, end, 8);
        if (!add(word, sum))
            return CheckDigit::not_digits;
    }
    if (left > 0) {
        std::uint64_t word = 0;
        if (number.size() >= 8) {
            std::memcpy(&word, number.data(), 8);
            word <<= 8 * (8 - left);
        } else {
            for (std::size_t i = 0; i < left; ++i)
                word |= std::uint64_t{static_cast<unsigned char>(number[i])} << (8 * (8 - left + i));
        }
        word |= 0x3030303030303030U >> (8 * left);
        if (!add(word, sum))
            return CheckDigit::not_digits;
    }
    return sum % 10 == 0 ? CheckDigit::right : CheckDigit::wrong;
}

/// The digit that belongs behind these digits; '\0' when they are not all digits.
///
///     gs1_check_digit("01234567890") == '5'
[[nodiscard]] inline char gs1_check_digit(std::string_view digits) {
    unsigned sum = 0;
    unsigned weight = 3;
    for (std::size_t i = digits.size(); i > 0; --i, weight = 4 - weight) {
        char const c = digits[i - 1];
        if (c < '0' || c > '9')
            return '\0';
        sum = (sum + weight * static_cast<unsigned>(c - '0')) % 10;
    }
    return static_cast<char>('0' + (10 - sum) % 10);
}

} // namespace wharf
