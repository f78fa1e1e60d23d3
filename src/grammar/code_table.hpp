// The codes of one list as a flat hash table of eight-byte keys: two places to look, no loop, nothing else to read.
//
// Codes of one or two characters are bits besides. A key is the code's bytes, the rest zero; the longest code of the standard has six. Longer ones are not in the table
// (has_longer() tells). Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// What a lookup reads, to be kept where the checks of a worker are: no pointer to follow but the one to the slots.
struct CodeTableView {
    static constexpr std::size_t short_words = 256;
    std::uint64_t const* short_codes = nullptr; // bit 128 * second + first: the code of these two characters, or of one and '\0'
    std::uint64_t const* slots = nullptr;
    std::uint64_t multiplier = 0;
    std::uint64_t mask = 0;
    std::uint32_t first_shift = 63;
    std::uint32_t second_shift = 63;

    [[nodiscard]] std::size_t first_slot(std::uint64_t key) const { return key * multiplier >> first_shift; }
    [[nodiscard]] std::size_t second_slot(std::uint64_t key) const { return key * multiplier >> second_shift & mask; }
    /// Of one character (`second` 0) or two; beyond ASCII any answer is right. Most codes are that short.
    [[nodiscard]] bool has_short(std::uint32_t first, std::uint32_t second) const {
        auto const bit = (first & 0x7f) | (second & 0x7f) << 7;
        return (short_codes[bit >> 6] >> (bit & 63) & 1) != 0;
    }
    /// `key` is not 0.
    [[nodiscard]] bool has(std::uint64_t key) const {
        auto const hash = key * multiplier;
        return slots[hash >> first_shift] == key || slots[hash >> second_shift & mask] == key;
    }
};

class CodeTable {
public:
    static constexpr std::size_t longest_key = 8;

    /// A table of nothing: has() is false for every text without control characters.
    CodeTable();
    /// Later codes equal to an earlier one and codes longer than eight bytes are left out.
    explicit CodeTable(std::vector<std::string_view> const& codes);

    [[nodiscard]] CodeTableView view() const {
        return {short_codes_.data(), slots_.data(), multiplier_, slots_.size() - 1, first_shift_, second_shift_};
    }
    /// One to eight bytes.
    [[nodiscard]] bool has(std::string_view code) const { return view().has(key_of(code)); }
    /// Index of the code among those given; -1 when it is not there. One to eight bytes.
    [[nodiscard]] int find(std::string_view code) const;
    [[nodiscard]] bool has_longer() const { return has_longer_; }

    /// At most eight bytes; of an empty text, which may be no memory at all, the key of nothing.
    [[nodiscard]] static std::uint64_t key_of(std::string_view code) {
        std::uint64_t key = 0;
        code.copy(reinterpret_cast<char*>(&key), longest_key);
        return key;
    }

private:
    bool place_all(std::vector<std::pair<std::uint64_t, std::uint32_t>> const& keys);

    std::vector<std::uint64_t> short_codes_;
    std::vector<std::uint64_t> slots_;
    std::vector<std::uint32_t> codes_; // by slot: index of the code
    std::uint64_t multiplier_ = 0;
    std::uint32_t first_shift_ = 63;
    std::uint32_t second_shift_ = 63;
    bool has_longer_ = false;
};

} // namespace wharf::grammar
