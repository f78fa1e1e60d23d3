// One bit per byte of a run of segments: can it stand in a simple element? One pass with 16 bytes at a time.
//
// Not text are: control characters, DEL, bytes above 0x7f, component and repetition separators. Element separators and
// terminators are text here (unless they are one of these), so that a whole segment is tested at once.
// Internal to grammar/; one map per worker.
#pragma once

#include "syntax/x12/delimiters.hpp"

#include <cstdint>
#include <vector>

namespace wharf::grammar {

class CharacterMap {
public:
    /// Of text[begin, end). Reads nothing outside.
    void build(char const* text, std::uint32_t begin, std::uint32_t end, x12::Delimiters const& delimiters);

    /// True when all bytes of text[begin, begin + length) are text; the range lies inside the one built.
    [[nodiscard]] bool is_text(std::uint32_t begin, std::uint32_t length) const {
        auto const bit = begin - origin_;
        auto const* const word = words_.data() + bit / 64;
        auto const shift = bit % 64;
        // Two words hold every segment of up to 64 bytes; the second is shifted twice, because a shift by 64 does nothing.
        auto const bits = word[0] >> shift | word[1] << 1 << (63 - shift);
        if (length <= 64) [[likely]]
            return (bits << ((64 - length) & 63)) == 0 || length == 0;
        return bits == 0 && rest_is_text(bit + 64, length - 64);
    }

private:
    [[nodiscard]] bool rest_is_text(std::uint32_t bit, std::uint32_t length) const;

    std::vector<std::uint64_t> words_; // one more than is filled
    std::uint32_t origin_ = 0;
};

} // namespace wharf::grammar
