#include "grammar/seen_numbers.hpp"

#include <bit>
#include <charconv>
#include <random>
#include <utility>

namespace wharf::grammar {
namespace {

constexpr std::size_t smallest = 32;
constexpr std::size_t kept_when_cleared = 1024; // slots; a larger table is given back

/// Nine characters of seven bits each; 0: not a number that can be told apart from others.
std::uint64_t pack(std::string_view number) {
    if (number.size() > 9)
        return 0;
    std::uint64_t key = 0;
    for (char const c : number) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte == 0 || byte > 0x7f)
            return 0;
        key = key << 7 | byte;
    }
    return key;
}

/// One for the process: asking the system for it takes longer than reading a small interchange.
std::uint64_t salt() {
    static std::uint64_t const value = [] {
        std::random_device random;
        return std::uint64_t{random()} << 32 | random();
    }();
    return value;
}

} // namespace

SeenNumbers::SeenNumbers(std::size_t limit) : limit_(limit), salt_(salt()) {}

SeenNumbers::Slot& SeenNumbers::find(std::uint64_t key, std::uint32_t scope) {
    auto const mask = slots_.size() - 1;
    // Salted and mixed twice: nobody can choose numbers that all fall into one place.
    auto hash = (key ^ salt_ ^ std::uint64_t{scope} * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
    hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93u;
    for (auto at = hash >> (64 - std::countr_zero(slots_.size()));; at = (at + 1) & mask)
        if (auto& slot = slots_[at]; slot.key == 0 || (slot.key == key && slot.scope == scope))
            return slot;
}

std::optional<SeenNumbers::First> SeenNumbers::add(std::uint32_t scope, std::string_view number, First here) {
    auto const key = pack(number);
    if (key == 0)
        return std::nullopt;
    std::uint32_t value = 0; // nine digits fit
    auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || end != number.data() + number.size())
        return add_to_hash(key, scope, here);
    if (run_.places.empty() && count_ == 0)
        run_ = {scope, number.size(), value, std::move(run_.places)};
    if (run_.scope != scope || run_.length != number.size() || value < run_.begin)
        return add_to_hash(key, scope, here);
    auto const index = value - run_.begin;
    if (index < run_.places.size())
        return run_.places[index];
    if (index > run_.places.size())
        return add_to_hash(key, scope, here);
    if (count_ != 0) // it may have come before the run did
        if (auto const& slot = find(key, scope); slot.key != 0)
            return First{slot.offset, slot.segment_position};
    if (!is_full())
        run_.places.push_back(here);
    return std::nullopt;
}

std::optional<SeenNumbers::First> SeenNumbers::add_to_hash(std::uint64_t key, std::uint32_t scope, First here) {
    if (slots_.empty())
        slots_.resize(smallest);
    auto* slot = &find(key, scope);
    if (slot->key != 0)
        return First{slot->offset, slot->segment_position};
    if (is_full())
        return std::nullopt;
    if (++count_ > slots_.size() / 8 * 7) {
        grow();
        slot = &find(key, scope);
    }
    *slot = {key, here.offset, scope, here.segment_position};
    return std::nullopt;
}

void SeenNumbers::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (auto const& slot : old)
        if (slot.key != 0)
            find(slot.key, slot.scope) = slot;
}

void SeenNumbers::clear() {
    run_.places.clear();
    if (run_.places.capacity() > kept_when_cleared)
        run_.places = {};
    if (count_ == 0)
        return;
    count_ = 0;
    if (slots_.size() > kept_when_cleared)
        slots_ = {};
    else
        slots_.assign(slots_.size(), {});
}

} // namespace wharf::grammar
