// The kernels of the index: the same work in the widest registers the processor has.
#include "syntax/x12/delimiter_index.hpp"

#include <bit>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace wharf::x12 {
namespace {

constexpr std::size_t block_bytes = 64;

/// What a kernel sees in 64 bytes.
struct Masks {
    std::uint64_t positions = 0;
    std::uint64_t terminators = 0;
    std::uint64_t blanks = 0;
    std::uint64_t not_text = 0;
};

/// Marks the blanks beside positions. A blank at the end of a block waits for the next one.
class BlankMarker {
public:
    explicit BlankMarker(std::uint64_t* not_text) : not_text_(not_text) {}

    [[gnu::always_inline]] void add(std::size_t block, Masks const& masks) {
        not_text_[block] = masks.not_text | (masks.blanks & (masks.positions >> 1 | masks.positions << 1 | position_before_));
        if (block != 0)
            not_text_[block - 1] |= (blank_before_ & masks.positions) << 63;
        position_before_ = masks.positions >> 63;
        blank_before_ = masks.blanks >> 63;
    }

private:
    std::uint64_t* not_text_;
    std::uint64_t position_before_ = 0;
    std::uint64_t blank_before_ = 0;
};

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

/// Writes which of the positions, counted from `base`, are terminators; three without asking.
[[gnu::always_inline]] inline std::uint32_t* write_terminators(Masks const& masks, std::uint32_t base, std::uint32_t* out) {
    auto* const end = out + std::popcount(masks.terminators);
    auto rest = masks.terminators;
    auto const one = [&](std::uint32_t* to) __attribute__((always_inline)) {
        auto const below = rest ^ (rest - 1); // the lowest bit and all under it
        *to = base + static_cast<std::uint32_t>(std::popcount(masks.positions & below)) - 1;
        rest &= rest - 1;
    };
    one(out);
    one(out + 1);
    one(out + 2);
    for (auto* next = out + 3; next < end; ++next)
        one(next);
    return end;
}

/// Without a repetition separator the component separator stands in for it: a test more that changes nothing.
char repetition_of(Delimiters const& delimiters) {
    return delimiters.repetition != '\0' ? delimiters.repetition : delimiters.component;
}

/// What is written so far, block after block.
class Output {
public:
    [[gnu::always_inline]] explicit Output(KernelWork const& work)
        : work_(work), ends_{work.positions, work.terminators}, blanks_(work.not_text) {}

    [[gnu::always_inline]] void add(std::size_t block, Masks const& masks) {
        blanks_.add(block, masks);
        ends_.terminators = write_terminators(masks, before(), ends_.terminators);
        ends_.positions = write_positions(masks.positions, first_of(block), ends_.positions);
    }
    [[nodiscard]] [[gnu::always_inline]] KernelEnds ends() const { return ends_; }

private:
    [[nodiscard]] [[gnu::always_inline]] std::uint32_t before() const {
        return work_.count + static_cast<std::uint32_t>(ends_.positions - work_.positions);
    }
    [[nodiscard]] [[gnu::always_inline]] std::uint32_t first_of(std::size_t block) const {
        return work_.first + static_cast<std::uint32_t>(block * block_bytes);
    }

    KernelWork const& work_;
    KernelEnds ends_;
    BlankMarker blanks_;
};

KernelEnds scan_portable(KernelWork const& work) {
    enum : std::uint8_t { position = 1, terminator = 2, blank = 4, not_text = 8 };
    std::uint8_t classes[256];
    for (unsigned c = 0; c < 256; ++c)
        classes[c] = static_cast<std::uint8_t>((c < 0x20 || c > 0x7e ? not_text : 0) | (c == ' ' ? blank : 0));
    auto const add = [&](char c, unsigned bits) { classes[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(bits); };
    add(work.delimiters.component, not_text);
    add(repetition_of(work.delimiters), not_text);
    add(work.delimiters.element, position);
    add(work.delimiters.segment, position | terminator);
    Output output(work);
    for (std::size_t i = 0; i < work.blocks; ++i) {
        Masks masks;
        for (std::size_t k = 0; k < block_bytes; ++k) {
            std::uint64_t const seen = classes[static_cast<unsigned char>(work.text[i * block_bytes + k])];
            masks.positions |= (seen & 1) << k;
            masks.terminators |= (seen >> 1 & 1) << k;
            masks.blanks |= (seen >> 2 & 1) << k;
            masks.not_text |= (seen >> 3) << k;
        }
        output.add(i, masks);
    }
    return output.ends();
}

#if defined(__x86_64__)
// Bytes above 0x7f are negative, so that one signed comparison finds them with the control characters.
__attribute__((target("avx2,bmi,popcnt"))) KernelEnds scan_avx2(KernelWork const& work) {
    auto const element = _mm256_set1_epi8(work.delimiters.element);
    auto const segment = _mm256_set1_epi8(work.delimiters.segment);
    auto const component = _mm256_set1_epi8(work.delimiters.component);
    auto const repetition = _mm256_set1_epi8(repetition_of(work.delimiters));
    auto const last_control = _mm256_set1_epi8(0x1f);
    auto const blank = _mm256_set1_epi8(' ');
    auto const del = _mm256_set1_epi8(0x7f);
    Output output(work);
    for (std::size_t i = 0; i < work.blocks; ++i) {
        Masks masks;
        for (std::size_t k = 0; k < 2; ++k) {
            auto const bytes = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(work.text + i * block_bytes + k * 32));
            auto const terminator = _mm256_cmpeq_epi8(bytes, segment);
            auto const position = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, element), terminator);
            auto const separator = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, component), _mm256_cmpeq_epi8(bytes, repetition));
            auto const odd = _mm256_or_si256(separator, _mm256_cmpeq_epi8(bytes, del));
            auto const printable = _mm256_cmpgt_epi8(bytes, last_control);
            auto const bits = [](__m256i value) __attribute__((target("avx2,bmi,popcnt"))) {
                return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(value)));
            };
            masks.positions |= bits(position) << (32 * k);
            masks.terminators |= bits(terminator) << (32 * k);
            masks.blanks |= bits(_mm256_cmpeq_epi8(bytes, blank)) << (32 * k);
            masks.not_text |= (bits(odd) | (bits(printable) ^ 0xffffffffu)) << (32 * k);
        }
        output.add(i, masks);
    }
    return output.ends();
}

KernelEnds scan_sse2(KernelWork const& work) {
    auto const element = _mm_set1_epi8(work.delimiters.element);
    auto const segment = _mm_set1_epi8(work.delimiters.segment);
    auto const component = _mm_set1_epi8(work.delimiters.component);
    auto const repetition = _mm_set1_epi8(repetition_of(work.delimiters));
    auto const last_control = _mm_set1_epi8(0x1f);
    auto const blank = _mm_set1_epi8(' ');
    auto const del = _mm_set1_epi8(0x7f);
    Output output(work);
    for (std::size_t i = 0; i < work.blocks; ++i) {
        Masks masks;
        for (std::size_t k = 0; k < 4; ++k) {
            auto const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(work.text + i * block_bytes + k * 16));
            auto const terminator = _mm_cmpeq_epi8(bytes, segment);
            auto const position = _mm_or_si128(_mm_cmpeq_epi8(bytes, element), terminator);
            auto const separator = _mm_or_si128(_mm_cmpeq_epi8(bytes, component), _mm_cmpeq_epi8(bytes, repetition));
            auto const odd = _mm_or_si128(separator, _mm_cmpeq_epi8(bytes, del));
            auto const printable = _mm_cmpgt_epi8(bytes, last_control);
            auto const bits = [](__m128i value) { return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(value))); };
            masks.positions |= bits(position) << (16 * k);
            masks.terminators |= bits(terminator) << (16 * k);
            masks.blanks |= bits(_mm_cmpeq_epi8(bytes, blank)) << (16 * k);
            masks.not_text |= (bits(odd) | (bits(printable) ^ 0xffffu)) << (16 * k);
        }
        output.add(i, masks);
    }
    return output.ends();
}

// GCC 12 warns of its own header: the undefined registers that some operations there begin with.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#define WHARF_AVX512 "avx512f,avx512bw,avx512vbmi2,bmi,bmi2,popcnt"

/// Sixteen numbers at a time: which bits are set, counted from `base`.
__attribute__((target(WHARF_AVX512), always_inline)) inline std::uint32_t* write_bits(std::uint64_t mask, std::uint32_t base, __m512i numbers,
                                                                                      std::uint32_t* out) {
    auto const set = _mm512_maskz_compress_epi8(mask, numbers);
    auto const bases = _mm512_set1_epi32(static_cast<int>(base));
    auto const sixteen = [&](std::uint32_t* to, __m128i bytes) __attribute__((target(WHARF_AVX512), always_inline)) {
        _mm512_storeu_si512(to, _mm512_add_epi32(_mm512_cvtepu8_epi32(bytes), bases));
    };
    auto const count = std::popcount(mask);
    sixteen(out, _mm512_castsi512_si128(set));
    if (count > 16) [[unlikely]] {
        sixteen(out + 16, _mm512_extracti32x4_epi32(set, 1));
        if (count > 32) {
            sixteen(out + 32, _mm512_extracti32x4_epi32(set, 2));
            sixteen(out + 48, _mm512_extracti32x4_epi32(set, 3));
        }
    }
    return out + count;
}

__attribute__((target(WHARF_AVX512))) KernelEnds scan_avx512(KernelWork const& work) {
    auto const element = _mm512_set1_epi8(work.delimiters.element);
    auto const segment = _mm512_set1_epi8(work.delimiters.segment);
    auto const component = _mm512_set1_epi8(work.delimiters.component);
    auto const repetition = _mm512_set1_epi8(repetition_of(work.delimiters));
    auto const last_control = _mm512_set1_epi8(0x1f);
    auto const blank = _mm512_set1_epi8(' ');
    auto const del = _mm512_set1_epi8(0x7f);
    alignas(64) std::uint8_t counted[block_bytes];
    for (std::size_t k = 0; k < block_bytes; ++k)
        counted[k] = static_cast<std::uint8_t>(k);
    auto const numbers = _mm512_load_si512(counted);
    KernelEnds out{work.positions, work.terminators};
    BlankMarker blanks(work.not_text);
    for (std::size_t i = 0; i < work.blocks; ++i) {
        auto const bytes = _mm512_loadu_si512(work.text + i * block_bytes);
        Masks masks;
        masks.terminators = _mm512_cmpeq_epi8_mask(bytes, segment);
        masks.positions = _mm512_cmpeq_epi8_mask(bytes, element) | masks.terminators;
        masks.blanks = _mm512_cmpeq_epi8_mask(bytes, blank);
        masks.not_text = _mm512_cmpeq_epi8_mask(bytes, component) | _mm512_cmpeq_epi8_mask(bytes, repetition) |
                         _mm512_cmpeq_epi8_mask(bytes, del) | _mm512_cmple_epi8_mask(bytes, last_control);
        blanks.add(i, masks);
        auto const before = work.count + static_cast<std::uint32_t>(out.positions - work.positions);
        out.terminators = write_bits(_pext_u64(masks.terminators, masks.positions), before, numbers, out.terminators);
        out.positions = write_bits(masks.positions, work.first + static_cast<std::uint32_t>(i * block_bytes), numbers, out.positions);
    }
    return out;
}
#pragma GCC diagnostic pop
#endif

} // namespace

std::span<NamedKernel const> delimiter_kernels() {
    static std::vector<NamedKernel> const kernels = [] {
        std::vector<NamedKernel> able;
#if defined(__x86_64__)
        bool const has_counts = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
        if (has_counts && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512vbmi2"))
            able.push_back({"avx512", scan_avx512});
        if (has_counts && __builtin_cpu_supports("avx2"))
            able.push_back({"avx2", scan_avx2});
        able.push_back({"sse2", scan_sse2});
#endif
        able.push_back({"portable", scan_portable});
        return able;
    }();
    return kernels;
}

} // namespace wharf::x12
