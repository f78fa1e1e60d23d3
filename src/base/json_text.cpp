#include "base/json_text.hpp"

#include "base/utf8.hpp"

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
        } else if (auto const length = utf8_sequence_length(text, i)) {
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
