#include "base/encoding.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

namespace wharf {
namespace {

// What windows-1252 has where ISO-8859-1 has control characters, 0x80 to 0x9f; 0: nothing.
constexpr std::array<char16_t, 32> windows_high = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

/// At most four bytes.
std::size_t put(char* to, char32_t code) {
    if (code < 0x80) {
        to[0] = static_cast<char>(code);
        return 1;
    }
    if (code < 0x800) {
        to[0] = static_cast<char>(0xc0 | code >> 6);
        to[1] = static_cast<char>(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = static_cast<char>(0xe0 | code >> 12);
        to[1] = static_cast<char>(0x80 | (code >> 6 & 0x3f));
        to[2] = static_cast<char>(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = static_cast<char>(0xf0 | code >> 18);
    to[1] = static_cast<char>(0x80 | (code >> 12 & 0x3f));
    to[2] = static_cast<char>(0x80 | (code >> 6 & 0x3f));
    to[3] = static_cast<char>(0x80 | (code & 0x3f));
    return 4;
}

char32_t code_of(std::string_view text, std::size_t at, std::size_t length) {
    auto const byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[at + i])); };
    switch (length) {
    case 1:
        return byte(0);
    case 2:
        return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
        return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
        return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
    }
}

bool append_code(std::string& out, char32_t code, Encoding encoding) {
    auto const unit = [&](char16_t value) {
        auto const high = static_cast<char>(value >> 8), low = static_cast<char>(value & 0xff);
        out += encoding == Encoding::utf_16le ? low : high;
        out += encoding == Encoding::utf_16le ? high : low;
    };
    switch (encoding) {
    case Encoding::utf_16le:
    case Encoding::utf_16be:
        if (code >= 0x10000) {
            unit(static_cast<char16_t>(0xd800 + ((code - 0x10000) >> 10)));
            unit(static_cast<char16_t>(0xdc00 + ((code - 0x10000) & 0x3ff)));
        } else {
            unit(static_cast<char16_t>(code));
        }
        return true;
    case Encoding::windows_1252:
        if (code >= 0x80 && (code < 0xa0 || code > 0xff)) {
            auto const found = std::find(windows_high.begin(), windows_high.end(), code);
            if (found == windows_high.end()) return false;
            out += static_cast<char>(0x80 + (found - windows_high.begin()));
            return true;
        }
        [[fallthrough]];
    default:
        if (code > 0xff) return false;
        out += static_cast<char>(code);
        return true;
    }
}

} // namespace

std::optional<Encoding> encoding_named(std::string_view name) {
    std::string small;
    for (auto const c : name)
        if (c != '-' && c != '_') small += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (small == "utf8") return Encoding::utf_8;
    if (small == "utf16" || small == "utf16le") return Encoding::utf_16le; // a mark in the file says better
    if (small == "utf16be") return Encoding::utf_16be;
    if (small == "iso88591" || small == "latin1") return Encoding::iso_8859_1;
    if (small == "windows1252" || small == "cp1252") return Encoding::windows_1252;
    return std::nullopt;
}

std::string_view to_string(Encoding encoding) {
    switch (encoding) {
    case Encoding::automatic:
        return "automatic";
    case Encoding::utf_8:
        return "utf-8";
    case Encoding::utf_16le:
        return "utf-16le";
    case Encoding::utf_16be:
        return "utf-16be";
    case Encoding::iso_8859_1:
        return "iso-8859-1";
    case Encoding::windows_1252:
        return "windows-1252";
    }
    return {};
}

std::string_view byte_order_mark(Encoding encoding) {
    switch (encoding) {
    case Encoding::automatic:
    case Encoding::utf_8:
        return "\xef\xbb\xbf";
    case Encoding::utf_16le:
        return "\xff\xfe";
    case Encoding::utf_16be:
        return "\xfe\xff";
    default:
        return {};
    }
}

/// At least that many bytes in raw_, unless the file ends; false at its end.
Result<bool> Utf8Source::fill(std::size_t least) {
    raw_.erase(0, used_);
    used_ = 0;
    while (raw_.size() < least && !ended_) {
        auto const before = raw_.size();
        raw_.resize(before + std::max<std::size_t>(least, 1 << 16));
        auto const got = bytes_->read(raw_.data() + before, raw_.size() - before);
        if (!got) return std::unexpected(got.error());
        raw_.resize(before + *got);
        ended_ = *got == 0;
    }
    return raw_.size() >= least;
}

Result<bool> Utf8Source::begin() {
    begun_ = true;
    if (auto const filled = fill(4); !filled) return filled;
    std::string_view const raw = raw_;
    for (auto const marked : {Encoding::utf_8, Encoding::utf_16le, Encoding::utf_16be})
        if (raw.starts_with(byte_order_mark(marked))) {
            encoding_ = marked;
            used_ = byte_order_mark(marked).size();
            return true;
        }
    if (encoding_ == Encoding::automatic) {
        bool const pairs = raw.size() >= 4;
        if (pairs && raw[0] != 0 && raw[1] == 0 && raw[2] != 0 && raw[3] == 0)
            encoding_ = Encoding::utf_16le;
        else if (pairs && raw[0] == 0 && raw[1] != 0 && raw[2] == 0 && raw[3] != 0)
            encoding_ = Encoding::utf_16be;
        else
            encoding_ = Encoding::utf_8;
    }
    return true;
}

std::size_t Utf8Source::convert_bytes(char* to, std::size_t most) {
    std::size_t written = 0;
    for (; used_ < raw_.size() && written + 4 <= most; ++used_) {
        auto const byte = static_cast<unsigned char>(raw_[used_]);
        if (byte < 0x80) {
            to[written++] = static_cast<char>(byte);
            continue;
        }
        char32_t code = byte;
        if (encoding_ == Encoding::windows_1252 && byte < 0xa0) code = windows_high[byte - 0x80u];
        if (code == 0)
            to[written++] = not_a_character;
        else
            written += put(to + written, code);
    }
    return written;
}

std::size_t Utf8Source::convert_units(char* to, std::size_t most) {
    std::size_t written = 0;
    auto const unit = [&](std::size_t at) {
        auto const first = static_cast<unsigned char>(raw_[at]), second = static_cast<unsigned char>(raw_[at + 1]);
        return static_cast<char32_t>(encoding_ == Encoding::utf_16le ? second << 8 | first : first << 8 | second);
    };
    while (used_ + 1 < raw_.size() && written + 4 <= most) {
        auto const first = unit(used_);
        if (first < 0xd800 || first > 0xdfff) {
            written += put(to + written, first);
            used_ += 2;
            continue;
        }
        if (first < 0xdc00 && used_ + 3 >= raw_.size() && !ended_) break; // its other half is not here yet
        auto const second = first < 0xdc00 && used_ + 3 < raw_.size() ? unit(used_ + 2) : 0;
        if (second >= 0xdc00 && second <= 0xdfff) {
            written += put(to + written, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            used_ += 4;
        } else {
            to[written++] = not_a_character;
            used_ += 2;
        }
    }
    if (ended_ && used_ + 1 == raw_.size() && written < most) { // half a character at the end
        to[written++] = not_a_character;
        ++used_;
    }
    return written;
}

Result<std::size_t> Utf8Source::read(char* to, std::size_t most) {
    if (!begun_)
        if (auto const begun = begin(); !begun) return std::unexpected(begun.error());
    if (encoding_ == Encoding::utf_8) {
        if (used_ < raw_.size()) {
            auto const count = std::min(most, raw_.size() - used_);
            std::memcpy(to, raw_.data() + used_, count);
            used_ += count;
            return count;
        }
        return ended_ ? Result<std::size_t>(0) : bytes_->read(to, most);
    }
    bool const units = encoding_ == Encoding::utf_16le || encoding_ == Encoding::utf_16be;
    for (;;) {
        auto const written = units ? convert_units(to, most) : convert_bytes(to, most);
        if (written != 0 || most < 4) return written;
        if (ended_) return std::size_t{0};
        if (auto const filled = fill(raw_.size() - used_ + 1); !filled) return std::unexpected(filled.error());
    }
}

std::string to_utf8(std::string_view bytes, Encoding encoding) {
    Utf8Source source(byte_source_of(bytes), encoding);
    std::string utf8;
    std::array<char, 1 << 16> block{};
    while (auto const got = source.read(block.data(), block.size())) { // memory does not fail
        if (*got == 0) break;
        utf8.append(block.data(), *got);
    }
    return utf8;
}

std::size_t append_encoded(std::string& out, std::string_view utf8, Encoding encoding) {
    if (encoding == Encoding::utf_8 || encoding == Encoding::automatic) {
        out += utf8;
        return std::string_view::npos;
    }
    auto const before = out.size();
    for (std::size_t at = 0; at < utf8.size();) {
        auto const length = utf8_sequence_length(utf8, at);
        if (length == 0 || !append_code(out, code_of(utf8, at, length), encoding)) {
            out.resize(before);
            return at;
        }
        at += length;
    }
    return std::string_view::npos;
}

} // namespace wharf
