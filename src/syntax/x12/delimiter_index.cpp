#include "syntax/x12/delimiter_index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace wharf::x12 {
namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t slack = 16; // write_positions writes ahead

/// Writes the positions of the set bits; eight and eight at a time without asking, since most blocks have 5 to 15: a loop over the
/// exact number would be guessed wrong at nearly every block.
[[gnu::always_inline]] inline std::uint32_t* write_positions(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) {
    auto* const end = out + std::popcount(mask);
    auto const eight = [&](std::uint32_t* to) __attribute__((always_inline)) {
        for (unsigned i = 0; i < 8; ++i) {
            to[i] = base + static_cast<std::uint32_t>(std::countr_zero(mask));
            mask &= mask - 1;
        }
    };
    eight(out);
    if (end > out + 8) {
        eight(out + 8);
        if (end > out + 16) [[unlikely]]
            for (auto* next = out + 16; next < end; ++next) {
                *next = base + static_cast<std::uint32_t>(std::countr_zero(mask));
                mask &= mask - 1;
            }
    }
    return end;
}

/// Without a repetition separator the component separator stands in for it: a test more that changes nothing.
char repetition_of(Delimiters const& delimiters) {
    return delimiters.repetition != '\0' ? delimiters.repetition : delimiters.component;
}

std::uint32_t* scan_portable(KernelWork const& work) {
    enum : std::uint8_t { delimiter = 1, not_text = 2, not_digit = 4 };
    std::uint8_t classes[256];
    for (unsigned c = 0; c < 256; ++c)
        classes[c] = static_cast<std::uint8_t>((c < 0x20 || c > 0x7e ? not_text : 0) | (c < '0' || c > '9' ? not_digit : 0));
    auto const add = [&](char c, std::uint8_t bit) { classes[static_cast<unsigned char>(c)] |= bit; };
    add(work.delimiters.component, not_text);
    add(repetition_of(work.delimiters), not_text);
    add(work.delimiters.element, delimiter);
    add(work.delimiters.segment, delimiter);
    auto* out = work.positions;
    for (std::size_t i = 0; i < work.blocks; ++i) {
        std::uint64_t delimiters = 0, text = 0, digit = 0;
        for (unsigned k = 0; k < block_bytes; ++k) {
            std::uint64_t const seen = classes[static_cast<unsigned char>(work.text[i * block_bytes + k])];
            delimiters |= (seen & 1) << k;
            text |= (seen >> 1 & 1) << k;
            digit |= (seen >> 2) << k;
        }
        work.not_text[i] = text;
        work.not_digit[i] = digit;
        out = write_positions(delimiters, work.first + static_cast<std::uint32_t>(i * block_bytes), out);
    }
    return out;
}

#if defined(__x86_64__)
// In both: bytes above 0x7f are negative, so that one signed comparison finds them with the control characters; digits moved down
// by 0x30 + 0x80 are the ten smallest signed numbers.
__attribute__((target("avx2,bmi,popcnt"))) std::uint32_t* scan_avx2(KernelWork const& work) {
    auto const element = _mm256_set1_epi8(work.delimiters.element);
    auto const segment = _mm256_set1_epi8(work.delimiters.segment);
    auto const component = _mm256_set1_epi8(work.delimiters.component);
    auto const repetition = _mm256_set1_epi8(repetition_of(work.delimiters));
    auto const last_control = _mm256_set1_epi8(0x1f);
    auto const del = _mm256_set1_epi8(0x7f);
    auto const to_smallest = _mm256_set1_epi8(static_cast<char>(0x80 - '0'));
    auto const behind_nine = _mm256_set1_epi8(static_cast<char>(0x80 + 10));
    auto* out = work.positions;
    for (std::size_t i = 0; i < work.blocks; ++i) {
        std::uint64_t masks[3] = {};
        for (unsigned k = 0; k < 2; ++k) {
            auto const bytes = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(work.text + i * block_bytes + k * 32));
            auto const delimiter = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, element), _mm256_cmpeq_epi8(bytes, segment));
            auto const separator = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, component), _mm256_cmpeq_epi8(bytes, repetition));
            auto const odd = _mm256_or_si256(separator, _mm256_cmpeq_epi8(bytes, del));
            auto const printable = _mm256_cmpgt_epi8(bytes, last_control);
            auto const digit = _mm256_cmpgt_epi8(behind_nine, _mm256_add_epi8(bytes, to_smallest));
            auto const bits = [](__m256i value) __attribute__((target("avx2,bmi,popcnt"))) {
                return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(value)));
            };
            masks[0] |= bits(delimiter) << (32 * k);
            masks[1] |= (bits(odd) | (bits(printable) ^ 0xffffffffu)) << (32 * k);
            masks[2] |= (bits(digit) ^ 0xffffffffu) << (32 * k);
        }
        work.not_text[i] = masks[1];
        work.not_digit[i] = masks[2];
        out = write_positions(masks[0], work.first + static_cast<std::uint32_t>(i * block_bytes), out);
    }
    return out;
}

std::uint32_t* scan_sse2(KernelWork const& work) {
    auto const element = _mm_set1_epi8(work.delimiters.element);
    auto const segment = _mm_set1_epi8(work.delimiters.segment);
    auto const component = _mm_set1_epi8(work.delimiters.component);
    auto const repetition = _mm_set1_epi8(repetition_of(work.delimiters));
    auto const last_control = _mm_set1_epi8(0x1f);
    auto const del = _mm_set1_epi8(0x7f);
    auto const to_smallest = _mm_set1_epi8(static_cast<char>(0x80 - '0'));
    auto const behind_nine = _mm_set1_epi8(static_cast<char>(0x80 + 10));
    auto* out = work.positions;
    for (std::size_t i = 0; i < work.blocks; ++i) {
        std::uint64_t masks[3] = {};
        for (unsigned k = 0; k < 4; ++k) {
            auto const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(work.text + i * block_bytes + k * 16));
            auto const delimiter = _mm_or_si128(_mm_cmpeq_epi8(bytes, element), _mm_cmpeq_epi8(bytes, segment));
            auto const separator = _mm_or_si128(_mm_cmpeq_epi8(bytes, component), _mm_cmpeq_epi8(bytes, repetition));
            auto const odd = _mm_or_si128(separator, _mm_cmpeq_epi8(bytes, del));
            auto const printable = _mm_cmpgt_epi8(bytes, last_control);
            auto const digit = _mm_cmpgt_epi8(behind_nine, _mm_add_epi8(bytes, to_smallest));
            auto const bits = [](__m128i value) { return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(value))); };
            masks[0] |= bits(delimiter) << (16 * k);
            masks[1] |= (bits(odd) | (bits(printable) ^ 0xffffu)) << (16 * k);
            masks[2] |= (bits(digit) ^ 0xffffu) << (16 * k);
        }
        work.not_text[i] = masks[1];
        work.not_digit[i] = masks[2];
        out = write_positions(masks[0], work.first + static_cast<std::uint32_t>(i * block_bytes), out);
    }
    return out;
}
#endif

/// A larger array that begins as the old one did.
template <class T> void grow(std::unique_ptr<T[]>& array, std::size_t used, std::size_t capacity) {
    auto larger = std::make_unique_for_overwrite<T[]>(capacity);
    std::copy_n(array.get(), used, larger.get());
    array = std::move(larger);
}

} // namespace

std::span<NamedKernel const> delimiter_kernels() {
    static std::vector<NamedKernel> const kernels = [] {
        std::vector<NamedKernel> able;
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
            able.push_back({"avx2", scan_avx2});
        able.push_back({"sse2", scan_sse2});
#endif
        able.push_back({"portable", scan_portable});
        return able;
    }();
    return kernels;
}

void DelimiterIndex::reset(Delimiters const& delimiters) {
    delimiters_ = delimiters;
    count_ = 0;
    indexed_ = 0;
    complete_ = false;
}

void DelimiterIndex::reserve(std::size_t bytes) {
    if (auto const needed = count_ + bytes + block_bytes + slack + 1; needed > capacity_) {
        auto const capacity = std::max(needed, capacity_ * 2);
        grow(positions_, count_, capacity);
        capacity_ = capacity;
    }
    if (auto const needed = (indexed_ + bytes) / block_bytes + 3; needed > word_capacity_) { // two more: read eight bytes at a time
        auto const capacity = std::max(needed, word_capacity_ * 2);
        auto const used = std::min(word_capacity_, indexed_ / block_bytes + 1);
        grow(not_text_, used, capacity);
        grow(not_digit_, used, capacity);
        word_capacity_ = capacity;
    }
}

void DelimiterIndex::extend(char const* text, std::size_t available, bool complete, std::size_t most) {
    static NamedKernel const kernel = delimiter_kernels().front();
    auto const start = indexed_ / block_bytes * block_bytes; // resume() may have stopped inside a block
    auto const skip = indexed_ - start;
    auto const window = std::min(available - start, std::max(most, 2 * block_bytes));
    auto const blocks = window / block_bytes;
    reserve(window + block_bytes);
    KernelWork work{text + start,
                    blocks,
                    static_cast<std::uint32_t>(start),
                    delimiters_,
                    positions_.get() + count_,
                    not_text_.get() + start / block_bytes,
                    not_digit_.get() + start / block_bytes};
    auto* out = kernel.run(work);
    auto reached = start + blocks * block_bytes;
    if (complete && available - reached < block_bytes) { // the last bytes, filled up with what is no delimiter
        char padded[block_bytes];
        std::memset(padded, delimiters_.element == 'x' || delimiters_.segment == 'x' ? 'y' : 'x', sizeof padded);
        std::memcpy(padded, text + reached, available - reached);
        work.text = padded;
        work.blocks = 1;
        work.first = static_cast<std::uint32_t>(reached);
        work.positions = out;
        work.not_text += blocks;
        work.not_digit += blocks;
        out = kernel.run(work);
        reached = available;
        *out++ = static_cast<std::uint32_t>(available);
        complete_ = true;
    }
    if (skip != 0) // positions before `indexed_` in its block
        out = std::remove_if(positions_.get() + count_, out, [&](std::uint32_t position) { return position < indexed_; });
    count_ = static_cast<std::size_t>(out - positions_.get());
    indexed_ = std::max(indexed_, reached);
}

void DelimiterIndex::resume(std::size_t count, std::span<std::uint32_t const> added, std::size_t at) {
    count_ = count;
    reserve(added.size());
    std::ranges::copy(added, positions_.get() + count_);
    count_ += added.size();
    indexed_ = at;
    complete_ = false;
}

} // namespace wharf::x12
