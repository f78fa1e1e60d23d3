#include "grammar/grammar_code_list.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wharf::grammar {
namespace {

constexpr std::size_t packed_size = 8; // codes of today have six bytes at most; longer ones are searched by halves

std::uint64_t load(char const* from, std::size_t bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, bytes);
    return value;
}

/// One to eight bytes as one number. Overlapping loads: no loop, no read beyond the code.
std::uint64_t pack(std::string_view code) {
    auto const size = code.size();
    if (size == 2)
        return load(code.data(), 2);
    if (size >= 4)
        return load(code.data(), 4) | load(code.data() + size - 4, 4) << (8 * (size - 4));
    if (size == 3)
        return load(code.data(), 2) | load(code.data() + 2, 1) << 16;
    return load(code.data(), 1);
}

std::size_t spread(std::uint64_t key, unsigned shift) { return static_cast<std::size_t>(key * 0x9e3779b97f4a7c15u >> shift); }

} // namespace

struct HashedCodeList::Table {
    struct Slot {
        std::uint64_t key = 0;
        std::uint32_t row = 0;
        std::uint32_t size = 0; // of the code; 0: empty slot
    };
    std::vector<std::pair<std::string_view, std::string_view>> rows; // file order
    std::vector<Slot> slots;
    std::vector<std::pair<std::string_view, std::uint32_t>> longer; // sorted
    std::size_t mask = 0;
    unsigned shift = 63;
};

HashedCodeList::HashedCodeList(GrammarText file, ReleaseTable const& releases, unsigned release)
    : file_(std::move(file)), releases_(releases), release_(release) {}
HashedCodeList::~HashedCodeList() = default;

HashedCodeList::Table const& HashedCodeList::table() const {
    if (auto const* const ready = table_.load(std::memory_order_acquire))
        return *ready;
    std::call_once(once_, [this] {
        Problems uncounted;
        auto const entry = read_codes(file_, releases_, uncounted);
        auto table = std::make_unique<Table>();
        table->rows.reserve(entry.rows.size());
        for (auto const& row : entry.rows)
            if ((row.life >> release_ & 1) != 0)
                table->rows.emplace_back(row.code, row.meaning);
        auto const capacity = std::bit_ceil(std::max<std::size_t>(2 * table->rows.size(), 2));
        table->slots.resize(capacity);
        table->mask = capacity - 1;
        table->shift = 64u - static_cast<unsigned>(std::countr_zero(capacity));
        for (std::uint32_t i = 0; i < table->rows.size(); ++i) {
            auto const code = table->rows[i].first;
            if (code.size() > packed_size) {
                table->longer.emplace_back(code, i);
                continue;
            }
            auto const key = pack(code);
            auto at = spread(key, table->shift);
            while (table->slots[at].size != 0)
                at = (at + 1) & table->mask;
            table->slots[at] = {key, i, static_cast<std::uint32_t>(code.size())};
        }
        std::ranges::sort(table->longer);
        owned_ = std::move(table);
        table_.store(owned_.get(), std::memory_order_release);
    });
    return *owned_;
}

std::optional<std::string_view> HashedCodeList::find(std::string_view code) const {
    auto const& t = table();
    if (code.empty())
        return std::nullopt;
    if (code.size() > packed_size) {
        auto const found = std::ranges::lower_bound(t.longer, code, {}, [](auto const& entry) { return entry.first; });
        if (found == t.longer.end() || found->first != code)
            return std::nullopt;
        return t.rows[found->second].second;
    }
    auto const key = pack(code);
    for (auto at = spread(key, t.shift);; at = (at + 1) & t.mask) {
        auto const& slot = t.slots[at];
        if (slot.size == 0)
            return std::nullopt;
        if (slot.key == key && slot.size == code.size())
            return t.rows[slot.row].second;
    }
}

std::size_t HashedCodeList::size() const { return table().rows.size(); }

std::vector<std::pair<std::string_view, std::string_view>> HashedCodeList::all() const { return table().rows; }

} // namespace wharf::grammar
