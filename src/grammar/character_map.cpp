#include "grammar/character_map.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace wharf::grammar {
namespace {

constexpr std::size_t block = 64;

#if defined(__SSE2__)

class Kernel {
public:
    explicit Kernel(x12::Delimiters const& delimiters)
        : component_(_mm_set1_epi8(delimiters.component)),
          repetition_(_mm_set1_epi8(delimiters.repetition)) {} // '\0', none: a control character anyway

    [[nodiscard]] std::uint64_t operator()(char const* at) const {
        return sixteen(at) | sixteen(at + 16) << 16 | sixteen(at + 32) << 32 | sixteen(at + 48) << 48;
    }

private:
    [[nodiscard]] std::uint64_t sixteen(char const* at) const {
        auto const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(at));
        auto const control = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)); // signed: bytes above 0x7f too
        auto const separator = _mm_or_si128(_mm_cmpeq_epi8(bytes, component_), _mm_cmpeq_epi8(bytes, repetition_));
        auto const wrong = _mm_or_si128(_mm_or_si128(control, separator), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
        return static_cast<std::uint32_t>(_mm_movemask_epi8(wrong));
    }

    __m128i component_, repetition_;
};

#else

class Kernel {
public:
    explicit Kernel(x12::Delimiters const& delimiters) {
        for (unsigned c = 0; c < 256; ++c)
            wrong_[c] = c < 0x20 || c > 0x7e;
        wrong_[static_cast<unsigned char>(delimiters.component)] = true;
        wrong_[static_cast<unsigned char>(delimiters.repetition)] = true;
    }
    [[nodiscard]] std::uint64_t operator()(char const* at) const {
        std::uint64_t bits = 0;
        for (unsigned i = 0; i < block; ++i)
            bits |= std::uint64_t{wrong_[static_cast<unsigned char>(at[i])]} << i;
        return bits;
    }

private:
    std::array<bool, 256> wrong_{};
};

#endif

} // namespace

void CharacterMap::build(char const* text, std::uint32_t begin, std::uint32_t end, x12::Delimiters const& delimiters) {
    origin_ = begin;
    auto const blocks = (end - begin) / block;
    if (words_.size() < blocks + 3)
        words_.resize(blocks + 3);
    Kernel const kernel(delimiters);
    auto const* at = text + begin;
    auto* word = words_.data();
    for (auto* const last = word + blocks; word != last; ++word, at += block)
        *word = kernel(at);
    std::array<char, block> rest;
    rest.fill('0');
    std::memcpy(rest.data(), at, (end - begin) % block);
    word[0] = kernel(rest.data());
    word[1] = 0;
}

bool CharacterMap::rest_is_text(std::uint32_t bit, std::uint32_t length) const {
    for (;;) {
        auto const shift = bit % 64;
        auto const take = std::min<std::uint32_t>(64 - shift, length);
        if (((words_[bit / 64] >> shift) << (64 - take)) != 0)
            return false;
        length -= take;
        bit += take;
        if (length == 0)
            return true;
    }
}

} // namespace wharf::grammar
