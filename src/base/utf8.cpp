#include "base/utf8.hpp"

namespace wharf {

std::size_t utf8_sequence_length(std::string_view text, std::size_t at) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
    auto const first = byte(at);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(at + 1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        if (!continues(at + 1) || !continues(at + 2)) return 0;
        auto const second = byte(at + 1);
        bool const overlong = first == 0xe0 && second < 0xa0;
        bool const surrogate = first == 0xed && second >= 0xa0;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (!continues(at + 1) || !continues(at + 2) || !continues(at + 3)) return 0;
        auto const second = byte(at + 1);
        bool const outside = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
        return outside ? 0 : 4;
    }
    return 0;
}

} // namespace wharf
