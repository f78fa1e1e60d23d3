#include "base/json_text.hpp"

#include <array>
#include <cstddef>

namespace wharf {
namespace {

constexpr auto plain = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 0x20; c < 0x7f; ++c)
        table[c] = c != '"' && c != '\\';
    return table;
}();

/// Length of the valid UTF-8 sequence that begins at text[at], or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
    auto const first = byte(at);
    if (first >= 0xc2 && first <= 0xdf)
        return continues(at + 1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        if (!continues(at + 1) || !continues(at + 2))
            return 0;
        auto const second = byte(at + 1);
        bool const overlong = first == 0xe0 && second < 0xa0;
        bool const surrogate = first == 0xed && second >= 0xa0;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (!continues(at + 1) || !continues(at + 2) || !continues(at + 3))
            return 0;
        auto const second = byte(at + 1);
        bool const outside = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
        return outside ? 0 : 4;
    }
    return 0;
}

void append_escape(std::string& out, unsigned char c) {
    constexpr char digits[] = "0123456789abcdef";
    switch (c) {
    case '"':
        out += "\\\"";
        break;
    case '\\':
        out += "\\\\";
        break;
    case '\n':
        out += "\\n";
        break;
    case '\r':
        out += "\\r";
        break;
    case '\t':
        out += "\\t";
        break;
    default:
        out += "\\u00";
        out += digits[c >> 4];
        out += digits[c & 15];
    }
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size();) {
        auto const c = static_cast<unsigned char>(text[i]);
        if (plain[c]) {
            ++i;
            continue;
        }
        out.append(text, run, i - run);
        if (c < 0x7f) {
            append_escape(out, c);
            ++i;
        } else if (auto const length = c == 0x7f ? 1 : sequence_length(text, i)) {
            out.append(text, i, length);
            i += length;
        } else { // Latin-1
            out += static_cast<char>(0xc0 | (c >> 6));
            out += static_cast<char>(0x80 | (c & 0x3f));
            ++i;
        }
        run = i;
    }
    out.append(text, run);
    out += '"';
}

} // namespace wharf
