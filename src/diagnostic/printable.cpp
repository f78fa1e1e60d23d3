#include "diagnostic/printable.hpp"

#include "base/utf8.hpp"

namespace wharf {
namespace {

void append_code_point(std::string& out, unsigned code) { // below U+10000 is all we make
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

constexpr unsigned replacement = 0xfffd;
constexpr unsigned no_break_space = 0xa0, open_box = 0x2423; // seen, and not taken for a blank
constexpr unsigned soft_hyphen = 0xad;

unsigned code_point(std::string_view sequence) {
    auto const first = static_cast<unsigned char>(sequence[0]);
    unsigned code = sequence.size() == 2 ? first & 0x1fu : sequence.size() == 3 ? first & 0x0fu : first & 0x07u;
    for (char const c : sequence.substr(1))
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3fu);
    return code;
}

/// C1 controls, and what takes no column or turns the direction of writing: a file could hide or reorder what is shown.
bool is_without_picture(unsigned code) {
    return (code >= 0x80 && code < 0xa0) || code == soft_hyphen || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

/// Appends what stands for the character at text[at] and returns how many bytes it took.
std::size_t append_printable(std::string& out, std::string_view text, std::size_t at) {
    auto const byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20) {
        append_code_point(out, 0x2400 + byte);
        return 1;
    }
    if (byte == 0x7f) {
        append_code_point(out, 0x2421);
        return 1;
    }
    if (byte < 0x80) {
        out += static_cast<char>(byte);
        return 1;
    }
    auto const length = utf8_sequence_length(text, at);
    if (length == 0) { // Latin-1; its C1 controls have no picture
        append_code_point(out, byte < 0xa0 || byte == soft_hyphen ? replacement : byte == no_break_space ? open_box : byte);
        return 1;
    }
    auto const code = code_point(text.substr(at, length));
    if (code == no_break_space)
        append_code_point(out, open_box);
    else if (is_without_picture(code))
        append_code_point(out, replacement);
    else
        out.append(text, at, length);
    return length;
}

} // namespace

std::vector<Cell> printable_cells(std::string_view text) {
    std::vector<Cell> cells;
    cells.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        Cell cell{{}, at};
        at += append_printable(cell.text, text, at);
        cells.push_back(std::move(cell));
    }
    return cells;
}

std::string printable(std::string_view text, bool keep_newlines) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (keep_newlines && text[at] == '\n') {
            out += '\n';
            ++at;
        } else {
            at += append_printable(out, text, at);
        }
    }
    return out;
}

} // namespace wharf
