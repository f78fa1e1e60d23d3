// The usual values of a document, without a call for each: texts without anything to escape, codes with a word, canonical
// decimals. Whatever is not usual goes the long way (convert.cpp), with the same result. Internal to serialise.cpp.
#pragma once

#include "translator/convert.hpp"
#include "translator/plan.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wharf::translator {

/// Printable ASCII without quote and backslash in all eight bytes: nothing to escape.
[[nodiscard]] constexpr bool is_plain_word(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101ULL, highs = 0x8080808080808080ULL;
    auto const zero = [](std::uint64_t x) { return (x - ones) & ~x; };
    // a byte below 0x20, 0x7f and above, a quote, a backslash
    return (((word - ones * 0x20) | word | (word + ones) | zero(word ^ (ones * '"')) | zero(word ^ (ones * '\\'))) &
            highs) == 0;
}

/// Sixteen bytes at once; compilers know what the processor has for it.
using Bytes [[gnu::vector_size(16)]] = signed char;
/// Not zero where one of the bytes is to be escaped, or is none of ASCII's.
[[nodiscard, gnu::always_inline]] inline Bytes not_plain(Bytes bytes) {
    return (bytes < Bytes{} + 0x20) | (bytes == Bytes{} + '"') | (bytes == Bytes{} + '\\') | (bytes == Bytes{} + 0x7f);
}
[[nodiscard, gnu::always_inline]] inline bool is_zero(Bytes bytes) {
    std::uint64_t halves[2];
    std::memcpy(halves, &bytes, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/// Copies a text that is not empty; false when it holds something to escape (then what was copied means nothing).
[[nodiscard, gnu::always_inline]] inline bool copy_plain(char* to, std::string_view text) {
    auto const* const from = text.data();
    auto const count = text.size();
    std::uint64_t word;
    if (count >= 16) {
        Bytes bytes, bad{};
        for (std::size_t i = 0; i + 16 <= count; i += 16) {
            std::memcpy(&bytes, from + i, 16);
            std::memcpy(to + i, &bytes, 16);
            bad |= not_plain(bytes);
        }
        std::memcpy(&bytes, from + count - 16, 16); // the last sixteen, some of them again
        std::memcpy(to + count - 16, &bytes, 16);
        return is_zero(bad | not_plain(bytes));
    }
    if (count >= 8) {
        std::uint64_t both[2]; // first and last eight, which may overlap
        std::memcpy(&both[0], from, 8);
        std::memcpy(&both[1], from + count - 8, 8);
        std::memcpy(to, &both[0], 8);
        std::memcpy(to + count - 8, &both[1], 8);
        Bytes bytes;
        std::memcpy(&bytes, both, 16);
        return is_zero(not_plain(bytes));
    }
    if (count >= 4) {
        std::uint32_t first, last;
        std::memcpy(&first, from, 4);
        std::memcpy(&last, from + count - 4, 4);
        std::memcpy(to, &first, 4);
        std::memcpy(to + count - 4, &last, 4);
        return is_plain_word(std::uint64_t{first} << 32 | last);
    }
    char const one = from[0], two = from[count / 2], three = from[count - 1];
    to[0] = one;
    to[count / 2] = two;
    to[count - 1] = three;
    word = static_cast<unsigned char>(one) | static_cast<std::uint64_t>(static_cast<unsigned char>(two)) << 8 |
           static_cast<std::uint64_t>(static_cast<unsigned char>(three)) << 16 | 0x7878787878000000ULL;
    return is_plain_word(word);
}

/// Copies a canonical decimal: an optional sign, digits without leading zeros, an optional point with digits behind it.
/// False: it is none (then what was copied means nothing).
[[nodiscard, gnu::always_inline]] inline bool copy_decimal(char* to, std::string_view text) {
    auto const is_digit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
    auto const* from = text.data();
    auto const* const end = from + text.size();
    if (text.size() > 30) return false;
    if (*from == '-') *to++ = *from++;
    if (from == end || !is_digit(*from) || (*from == '0' && from + 1 != end && from[1] != '.')) return false;
    while (from != end && is_digit(*from))
        *to++ = *from++;
    if (from == end) return true;
    if (*from != '.' || from + 1 == end) return false;
    *to++ = *from++;
    while (from != end && is_digit(*from))
        *to++ = *from++;
    return from == end;
}

/// `,"key":` of any length, and of a quick member: that one is copied whole, which needs no look at its length.
struct AnyKey {
    std::string_view text;
    [[nodiscard]] std::size_t size() const { return text.size(); }
    [[nodiscard]] std::size_t room() const { return text.size(); }
    void copy(char* to) const { OutBuffer::copy(to, text.data(), text.size()); }
};
struct QuickKey {
    QuickMember const& member;
    [[nodiscard]] std::size_t size() const { return member.key_size; }
    [[nodiscard]] static std::size_t room() { return std::tuple_size_v<decltype(QuickMember::key)>; }
    void copy(char* to) const { std::memcpy(to, member.key.data(), room()); }
};

/// `,"key":value`. False: nothing was appended, and the long way decides. `kind` is not none, `text` is not empty.
template <class Key>
[[nodiscard, gnu::always_inline]] inline bool append_quick(QuickRead kind, Converter const& converter, Key const& key,
                                                           std::string_view text, OutBuffer& out) {
    if (text.back() == ' ') return false;
    std::string_view word;
    if (kind == QuickRead::code && (word = converter.codes->quoted_word(text)).empty()) return false;
    out.reserve(key.room() + word.size() + text.size() + 2);
    auto* to = out.end();
    key.copy(to);
    to += key.size();
    if (kind == QuickRead::code) {
        OutBuffer::copy(to, word.data(), word.size());
        out.advance(key.size() + word.size());
        return true;
    }
    *to++ = '"';
    if (!(kind == QuickRead::text ? copy_plain(to, text) : copy_decimal(to, text))) return false;
    to[text.size()] = '"';
    out.advance(key.size() + text.size() + 2);
    return true;
}

} // namespace wharf::translator
