#include "grammar/code_table.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace wharf::grammar {
namespace {

// No text has this key: 0xff is never a character of a code, and an empty slot must not match the key of an empty value.
constexpr std::uint64_t nothing = ~std::uint64_t{0};
constexpr unsigned multipliers_per_size = 32;

} // namespace

CodeTable::CodeTable() : short_codes_(CodeTableView::short_words), slots_(2, nothing), codes_(2), multiplier_(1) {}

CodeTable::CodeTable(std::vector<std::string_view> const& codes) : short_codes_(CodeTableView::short_words) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> keys;
    keys.reserve(codes.size());
    for (std::uint32_t i = 0; i < codes.size(); ++i) {
        if (codes[i].size() > longest_key)
            has_longer_ = true;
        else if (auto const key = key_of(codes[i]); key != 0 && key != nothing)
            keys.emplace_back(key, i);
    }
    for (auto const& [key, code] : keys)
        if (codes[code].size() <= 2 && (key & 0x8080) == 0)
            short_codes_[(key & 0x7f) / 64 + (key >> 8) * 2] |= std::uint64_t{1} << (key & 0x3f);
    std::ranges::stable_sort(keys, {}, &std::pair<std::uint64_t, std::uint32_t>::first);
    auto const same = std::ranges::unique(keys, {}, &std::pair<std::uint64_t, std::uint32_t>::first);
    keys.erase(same.begin(), same.end());

    auto capacity = std::bit_ceil(std::max<std::size_t>(keys.size() * 3, 4));
    std::uint64_t multiplier = 0x9e3779b97f4a7c15u;
    for (;; capacity *= 2) {
        auto const bits = static_cast<std::uint32_t>(std::countr_zero(capacity));
        first_shift_ = 64 - bits;
        second_shift_ = 64 - 2 * bits;
        for (unsigned attempt = 0; attempt < multipliers_per_size; ++attempt) {
            multiplier_ = multiplier | 1;
            slots_.assign(capacity, nothing);
            codes_.assign(capacity, 0);
            if (place_all(keys))
                return;
            multiplier = multiplier * 6364136223846793005u + 1442695040888963407u;
        }
    }
}

/// Cuckoo: a key that finds both its places taken moves the one in the first to that one's other place.
bool CodeTable::place_all(std::vector<std::pair<std::uint64_t, std::uint32_t>> const& keys) {
    auto const table = view();
    for (auto [key, code] : keys) {
        auto slot = table.first_slot(key);
        for (unsigned moves = 0;; ++moves) {
            if (moves == 64)
                return false;
            if (slots_[slot] == nothing) {
                slots_[slot] = key;
                codes_[slot] = code;
                break;
            }
            if (moves == 0 && slots_[table.second_slot(key)] == nothing) {
                slot = table.second_slot(key);
                continue;
            }
            std::swap(slots_[slot], key);
            std::swap(codes_[slot], code);
            slot = table.first_slot(key) == slot ? table.second_slot(key) : table.first_slot(key);
        }
    }
    return true;
}

int CodeTable::find(std::string_view code) const {
    auto const key = key_of(code);
    if (key == nothing)
        return -1;
    auto const table = view();
    for (auto const slot : {table.first_slot(key), table.second_slot(key)})
        if (slots_[slot] == key)
            return static_cast<int>(codes_[slot]);
    return -1;
}

} // namespace wharf::grammar
