#include "syntax/x12/delimiter_index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace wharf::x12 {
namespace {

/// Writes the positions of the set bits; eight at a time without asking, since most blocks have fewer.
inline std::uint32_t* write_positions(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) {
    auto const count = static_cast<unsigned>(std::popcount(mask));
    auto* const end = out + count;
    for (unsigned i = 0; i < 8; ++i) {
        out[i] = base + static_cast<std::uint32_t>(std::countr_zero(mask));
        mask &= mask - 1;
    }
    for (auto* next = out + 8; next < end; ++next) {
        *next = base + static_cast<std::uint32_t>(std::countr_zero(mask));
        mask &= mask - 1;
    }
    return end;
}

using Kernel = std::uint32_t* (*)(char const* text, std::size_t blocks, char a, char b, std::uint32_t* out);

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::uint32_t* scan_avx2(char const* text, std::size_t blocks, char a, char b,
                                                         std::uint32_t* out) {
    auto const wanted_a = _mm256_set1_epi8(a);
    auto const wanted_b = _mm256_set1_epi8(b);
    auto const half = [&](char const* at) __attribute__((target("avx2"))) {
        auto const bytes = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(at));
        auto const hit = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, wanted_a), _mm256_cmpeq_epi8(bytes, wanted_b));
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(hit));
    };
    for (std::size_t i = 0; i < blocks; ++i) {
        auto const* at = text + i * 64;
        auto const mask = half(at) | static_cast<std::uint64_t>(half(at + 32)) << 32;
        out = write_positions(mask, static_cast<std::uint32_t>(i * 64), out);
    }
    return out;
}

std::uint32_t* scan_sse2(char const* text, std::size_t blocks, char a, char b, std::uint32_t* out) {
    auto const wanted_a = _mm_set1_epi8(a);
    auto const wanted_b = _mm_set1_epi8(b);
    for (std::size_t i = 0; i < blocks; ++i) {
        std::uint64_t mask = 0;
        for (unsigned k = 0; k < 4; ++k) {
            auto const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(text + i * 64 + k * 16));
            auto const hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, wanted_a), _mm_cmpeq_epi8(bytes, wanted_b));
            mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(hit))) << (16 * k);
        }
        out = write_positions(mask, static_cast<std::uint32_t>(i * 64), out);
    }
    return out;
}

Kernel choose_kernel() { return __builtin_cpu_supports("avx2") ? scan_avx2 : scan_sse2; }
#else
std::uint32_t* scan_portable(char const* text, std::size_t blocks, char a, char b, std::uint32_t* out) {
    for (std::size_t i = 0; i < blocks; ++i) {
        std::uint64_t mask = 0;
        for (unsigned k = 0; k < 64; ++k)
            mask |= static_cast<std::uint64_t>(text[i * 64 + k] == a || text[i * 64 + k] == b) << k;
        out = write_positions(mask, static_cast<std::uint32_t>(i * 64), out);
    }
    return out;
}

Kernel choose_kernel() { return scan_portable; }
#endif

} // namespace

void DelimiterIndex::fill(std::string_view text, std::size_t begin, std::size_t window, char element, char segment) {
    static Kernel const kernel = choose_kernel();
    window = std::min(window, text.size() - begin);
    window_begin_ = begin;
    reaches_end_ = begin + window == text.size();

    if (auto const needed = window + 64 + 8; capacity_ < needed) { // 8: write_positions writes ahead
        positions_ = std::make_unique_for_overwrite<std::uint32_t[]>(needed);
        capacity_ = needed;
    }
    auto const blocks = window / 64;
    auto* out = kernel(text.data() + begin, blocks, element, segment, positions_.get());
    if (auto const rest = window % 64) {
        char padded[64];
        std::memset(padded, element == 'x' ? 'y' : 'x', sizeof padded); // neither delimiter is a letter or digit
        std::memcpy(padded, text.data() + begin + blocks * 64, rest);
        auto* const first = out;
        out = kernel(padded, 1, element, segment, out);
        for (auto* p = first; p < out; ++p)
            *p += static_cast<std::uint32_t>(blocks * 64);
    }
    if (reaches_end_)
        *out++ = static_cast<std::uint32_t>(window);
    count_ = static_cast<std::size_t>(out - positions_.get());
}

} // namespace wharf::x12
