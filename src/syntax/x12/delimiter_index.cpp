#include "syntax/x12/delimiter_index.hpp"

#include <algorithm>
#include <cstring>

namespace wharf::x12 {
namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t slack = 64; // kernels write ahead

/// A larger array that begins as the old one did.
template <class T> void grow(std::unique_ptr<T[]>& array, std::size_t used, std::size_t capacity) {
    auto larger = std::make_unique_for_overwrite<T[]>(capacity);
    std::copy_n(array.get(), used, larger.get());
    array = std::move(larger);
}

} // namespace

void DelimiterIndex::reset(Delimiters const& delimiters) {
    delimiters_ = delimiters;
    count_ = 0;
    terminator_count_ = 0;
    indexed_ = 0;
    complete_ = false;
}

void DelimiterIndex::reserve(std::size_t bytes) {
    if (auto const needed = count_ + bytes + block_bytes + slack + 1; needed > capacity_) {
        auto const capacity = std::max(needed, capacity_ * 2);
        grow(positions_, count_, capacity);
        grow(terminators_, terminator_count_, capacity);
        capacity_ = capacity;
    }
    if (auto const needed = (indexed_ + bytes) / block_bytes + 3; needed > word_capacity_) { // two more: read eight bytes at a time
        auto const capacity = std::max(needed, word_capacity_ * 2);
        auto const used = std::min(word_capacity_, indexed_ / block_bytes + 1);
        grow(not_text_, used, capacity);
        word_capacity_ = capacity;
    }
}

/// What extend() has found, behind what there was.
struct DelimiterIndex::Found {
    std::uint32_t* positions;
    std::uint32_t* terminators;
};

void DelimiterIndex::extend(char const* text, std::size_t available, bool complete, std::size_t most) {
    static NamedKernel const kernel = delimiter_kernels().front();
    auto const start = indexed_ / block_bytes * block_bytes; // resume() may have stopped inside a block
    auto const skip = indexed_ - start;
    auto const window = std::min(available - start, std::max(most, 2 * block_bytes));
    auto const blocks = window / block_bytes;
    reserve(window + block_bytes);
    Found found{positions_.get() + count_, terminators_.get() + terminator_count_};
    auto const index_blocks = [&](char const* from, std::size_t at, std::size_t number) {
        auto const count = static_cast<std::uint32_t>(found.positions - positions_.get());
        auto const ends = kernel.run({from, number, static_cast<std::uint32_t>(at), count, delimiters_, found.positions, found.terminators,
                                      not_text_.get() + at / block_bytes});
        found = {ends.positions, ends.terminators};
    };
    index_blocks(text + start, start, blocks);
    auto reached = start + blocks * block_bytes;
    if (complete && available - reached < block_bytes) { // the last bytes, filled up with what is no delimiter
        char padded[block_bytes];
        std::memset(padded, delimiters_.element == 'x' || delimiters_.segment == 'x' ? 'y' : 'x', sizeof padded);
        std::memcpy(padded, text + reached, available - reached);
        index_blocks(padded, reached, 1);
        mark_blank_between(text, reached, available);
        reached = available;
        *found.terminators++ = static_cast<std::uint32_t>(found.positions - positions_.get());
        *found.positions++ = static_cast<std::uint32_t>(available);
        complete_ = true;
    }
    mark_blank_between(text, start, available);
    if (skip != 0)
        forget_before(indexed_, found);
    count_ = static_cast<std::size_t>(found.positions - positions_.get());
    terminator_count_ = static_cast<std::size_t>(found.terminators - terminators_.get());
    indexed_ = std::max(indexed_, reached);
}

/// Kernels do not see what stands on the other side of where they begin.
void DelimiterIndex::mark_blank_between(char const* text, std::size_t at, std::size_t available) {
    if (at == 0 || at >= available)
        return;
    auto const is_position = [&](char c) { return c == delimiters_.element || c == delimiters_.segment; };
    if (text[at - 1] == ' ' && is_position(text[at]))
        not_text_[(at - 1) / block_bytes] |= std::uint64_t{1} << (block_bytes - 1);
    if (text[at] == ' ' && is_position(text[at - 1]))
        not_text_[at / block_bytes] |= 1;
}

/// Of what was found, the positions before `byte`: resume() has passed over them.
void DelimiterIndex::forget_before(std::size_t byte, Found& found) {
    auto* const first = positions_.get() + count_;
    auto* const kept = std::find_if(first, found.positions, [&](std::uint32_t position) { return position >= byte; });
    auto const gone = static_cast<std::uint32_t>(kept - first);
    found.positions = std::copy(kept, found.positions, first);
    auto* const first_terminator = terminators_.get() + terminator_count_;
    auto* const kept_terminator =
        std::find_if(first_terminator, found.terminators, [&](std::uint32_t index) { return index >= count_ + gone; });
    found.terminators = std::transform(kept_terminator, found.terminators, first_terminator, [&](std::uint32_t index) { return index - gone; });
}

void DelimiterIndex::resume(std::size_t count, std::span<std::uint32_t const> added, std::size_t at) {
    count_ = count;
    while (terminator_count_ != 0 && terminators_[terminator_count_ - 1] >= count)
        --terminator_count_;
    reserve(added.size());
    std::ranges::copy(added, positions_.get() + count_);
    count_ += added.size();
    terminators_[terminator_count_++] = static_cast<std::uint32_t>(count_ - 1);
    indexed_ = at;
    complete_ = false;
}

} // namespace wharf::x12
