#include "syntax/csv/structure_index.hpp"

#include <bit>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace wharf::csv {
namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t slack = 16; // eight and eight are written without asking

[[gnu::always_inline]] inline std::uint32_t* write_positions(std::uint64_t mask, std::uint32_t base,
                                                             std::uint32_t* out) {
    auto* const end = out + std::popcount(mask);
    for (unsigned i = 0; i < 8; ++i) {
        out[i] = base + static_cast<std::uint32_t>(std::countr_zero(mask));
        mask &= mask - 1;
    }
    if (end > out + 8)
        for (auto* next = out + 8; next < end; ++next) {
            *next = base + static_cast<std::uint32_t>(std::countr_zero(mask));
            mask &= mask - 1;
        }
    return end;
}

/// Without a delimiter or quote a line feed stands in for it: a test more that changes nothing.
char or_line_feed(char c) {
    return c == '\0' ? '\n' : c;
}

std::uint32_t* scan_portable(IndexWork const& work) {
    auto const delimiter = or_line_feed(work.delimiter), quote = or_line_feed(work.quote);
    auto* out = work.positions;
    for (std::size_t i = 0; i < work.blocks; ++i) {
        std::uint64_t marks = 0, odd = 0;
        for (std::size_t k = 0; k < block_bytes; ++k) {
            auto const c = work.text[i * block_bytes + k];
            marks |= std::uint64_t{c == delimiter || c == quote || c == '\n' || c == '\r'} << k;
            odd |= std::uint64_t{c == '\0' || static_cast<unsigned char>(c) > 0x7f} << k;
        }
        work.odd[i] = odd;
        out = write_positions(marks, work.first + static_cast<std::uint32_t>(i * block_bytes), out);
    }
    return out;
}

#if defined(__x86_64__)
// Bytes above 0x7f are negative: one comparison with 1 finds them and NUL.
__attribute__((target("avx2,bmi,popcnt"))) std::uint32_t* scan_avx2(IndexWork const& work) {
    auto const delimiter = _mm256_set1_epi8(or_line_feed(work.delimiter));
    auto const quote = _mm256_set1_epi8(or_line_feed(work.quote));
    auto const line_feed = _mm256_set1_epi8('\n'), carriage_return = _mm256_set1_epi8('\r');
    auto const one = _mm256_set1_epi8(1);
    auto* out = work.positions;
    for (std::size_t i = 0; i < work.blocks; ++i) {
        std::uint64_t marks = 0, odd = 0;
        for (std::size_t k = 0; k < 2; ++k) {
            auto const bytes =
                _mm256_loadu_si256(reinterpret_cast<__m256i const*>(work.text + i * block_bytes + k * 32));
            auto const mark =
                _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(bytes, delimiter), _mm256_cmpeq_epi8(bytes, quote)),
                                _mm256_or_si256(_mm256_cmpeq_epi8(bytes, line_feed),
                                                _mm256_cmpeq_epi8(bytes, carriage_return)));
            marks |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(mark))) << (32 * k);
            odd |= static_cast<std::uint64_t>(
                       static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpgt_epi8(one, bytes))))
                   << (32 * k);
        }
        work.odd[i] = odd;
        out = write_positions(marks, work.first + static_cast<std::uint32_t>(i * block_bytes), out);
    }
    return out;
}

std::uint32_t* scan_sse2(IndexWork const& work) {
    auto const delimiter = _mm_set1_epi8(or_line_feed(work.delimiter));
    auto const quote = _mm_set1_epi8(or_line_feed(work.quote));
    auto const line_feed = _mm_set1_epi8('\n'), carriage_return = _mm_set1_epi8('\r');
    auto const one = _mm_set1_epi8(1);
    auto* out = work.positions;
    for (std::size_t i = 0; i < work.blocks; ++i) {
        std::uint64_t marks = 0, odd = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            auto const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(work.text + i * block_bytes + k * 16));
            auto const mark =
                _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter), _mm_cmpeq_epi8(bytes, quote)),
                             _mm_or_si128(_mm_cmpeq_epi8(bytes, line_feed), _mm_cmpeq_epi8(bytes, carriage_return)));
            marks |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(mark))) << (16 * k);
            odd |= static_cast<std::uint64_t>(
                       static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpgt_epi8(one, bytes))))
                   << (16 * k);
        }
        work.odd[i] = odd;
        out = write_positions(marks, work.first + static_cast<std::uint32_t>(i * block_bytes), out);
    }
    return out;
}
#endif

} // namespace

std::span<IndexKernel const> index_kernels() {
    static std::vector<IndexKernel> const kernels = [] {
        std::vector<IndexKernel> able;
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

void StructureIndex::index(char const* text, std::uint32_t size, char delimiter, char quote, bool complete) {
    static IndexKernel const kernel = index_kernels().front();
    if (std::size_t const needed = size + block_bytes + slack + 1; needed > capacity_) {
        capacity_ = needed + needed / 2;
        positions_ = std::make_unique_for_overwrite<std::uint32_t[]>(capacity_);
        odd_ = std::make_unique_for_overwrite<std::uint64_t[]>(capacity_ / block_bytes + 2);
    }
    auto const blocks = size / block_bytes;
    IndexWork work{text, blocks, 0, delimiter, quote, positions_.get(), odd_.get()};
    auto* out = kernel.run(work);
    auto const rest = size - blocks * block_bytes;
    char padded[block_bytes];
    std::memset(padded, delimiter == 'x' || quote == 'x' ? (delimiter == 'y' || quote == 'y' ? 'z' : 'y') : 'x',
                sizeof padded);
    std::memcpy(padded, text + blocks * block_bytes, rest);
    out = kernel.run({padded, 1, static_cast<std::uint32_t>(blocks * block_bytes), delimiter, quote, out,
                      odd_.get() + blocks});
    if (complete) *out++ = size;
    count_ = static_cast<std::size_t>(out - positions_.get());
}

bool StructureIndex::odd(std::uint32_t first, std::uint32_t last) const {
    if (first >= last) return false;
    auto const from = first / block_bytes, to = (last - 1) / block_bytes;
    auto const head = ~std::uint64_t{0} << (first % block_bytes);
    auto const tail = ~std::uint64_t{0} >> (block_bytes - 1 - (last - 1) % block_bytes);
    if (from == to) return (odd_[from] & head & tail) != 0;
    if ((odd_[from] & head) != 0 || (odd_[to] & tail) != 0) return true;
    for (auto i = from + 1; i < to; ++i)
        if (odd_[i] != 0) return true;
    return false;
}

} // namespace wharf::csv
