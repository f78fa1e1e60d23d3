// Base64 and quoted-printable, a block at a time.
#include "transport/as2/mime.hpp"

#include "base/hexadecimal.hpp"

#include <array>
#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr signed char blank = -2, bad = -1, padding = -3;

constexpr auto values = [] {
    std::array<signed char, 256> table{};
    table.fill(bad);
    for (std::size_t i = 0; i < digits.size(); ++i)
        table[static_cast<unsigned char>(digits[i])] = static_cast<signed char>(i);
    for (char const c : {' ', '\t', '\r', '\n'})
        table[static_cast<unsigned char>(c)] = blank;
    table[static_cast<unsigned char>('=')] = padding;
    return table;
}();

class Base64Decoder {
public:
    /// False for a character that has no place.
    bool feed(std::string_view text, std::string& out) {
        for (char const c : text) {
            auto const value = values[static_cast<unsigned char>(c)];
            if (value == blank) continue;
            if (value == padding) {
                padded_ = true;
                continue;
            }
            if (value == bad || padded_) return false;
            bits_ = bits_ << 6 | static_cast<unsigned>(value);
            if (++count_ == 4) {
                for (int const shift : {16, 8, 0})
                    out += static_cast<char>(bits_ >> shift & 0xff);
                count_ = 0;
                bits_ = 0;
            }
        }
        return true;
    }
    bool finish(std::string& out) const {
        if (count_ == 1) return false;
        if (count_ == 2) out += static_cast<char>(bits_ >> 4 & 0xff);
        if (count_ == 3) {
            out += static_cast<char>(bits_ >> 10 & 0xff);
            out += static_cast<char>(bits_ >> 2 & 0xff);
        }
        return true;
    }

private:
    unsigned bits_ = 0, count_ = 0;
    bool padded_ = false;
};

void append_base64(std::string& out, std::string_view bytes) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
    std::size_t i = 0;
    for (; i + 2 < bytes.size(); i += 3) {
        auto const bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        for (int const shift : {18, 12, 6, 0})
            out += digits[bits >> shift & 63];
    }
    if (i == bytes.size()) return;
    bool const two = i + 1 < bytes.size();
    auto const bits = byte(i) << 16 | (two ? byte(i + 1) << 8 : 0);
    out += digits[bits >> 18 & 63];
    out += digits[bits >> 12 & 63];
    out += two ? digits[bits >> 6 & 63] : '=';
    out += '=';
}

Result<Content> decode_base64(Content const& body, SpoolSettings const& settings) {
    Spool spool(settings);
    Base64Decoder decoder;
    std::string out;
    auto const done = body.each_block([&](std::string_view block) -> Result<void> {
        out.clear();
        if (!decoder.feed(block, out)) return permanent("said to be base64, but holds other characters");
        return spool.append(out);
    });
    if (!done) return unexpected(done.error());
    out.clear();
    if (!decoder.finish(out)) return permanent("base64 that ends within a byte");
    if (auto added = spool.append(out); !added) return unexpected(added.error());
    return spool.finish();
}

/// "=3D" is one byte, "=" at the end of a line joins it with the next (RFC 2045 6.7). A "=" that is neither stays.
Result<Content> decode_quoted_printable(Content const& body, SpoolSettings const& settings) {
    Spool spool(settings);
    std::string out, escape; // "=", and what came behind it
    auto const take = [&](char c) {
        if (escape.empty()) {
            if (c == '=') escape = c;
            else out += c;
            return;
        }
        escape += c;
        if (escape.size() == 2) {
            if (c == '\n') escape.clear();
            else if (c != '\r' && hex_value(c) < 0) out += std::exchange(escape, {});
            return;
        }
        if (escape[1] == '\r') {
            if (c != '\n') out += c;
        } else if (hex_value(c) >= 0) {
            out += static_cast<char>(hex_value(escape[1]) * 16 + hex_value(c));
        } else {
            out += escape;
        }
        escape.clear();
    };
    auto const done = body.each_block([&](std::string_view block) -> Result<void> {
        out.clear();
        for (char const c : block)
            take(c);
        return spool.append(out);
    });
    if (!done) return unexpected(done.error());
    if (auto added = spool.append(escape); !added) return unexpected(added.error());
    return spool.finish();
}

} // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    append_base64(text, bytes);
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    Base64Decoder decoder;
    std::string bytes;
    if (!decoder.feed(text, bytes) || !decoder.finish(bytes)) return std::nullopt;
    return bytes;
}

Result<TransferEncoding> transfer_encoding(Fields const& fields) {
    auto const name = read_field_value(field(fields, "Content-Transfer-Encoding")).value;
    if (name.empty() || name == "binary" || name == "8bit" || name == "7bit") return TransferEncoding::binary;
    if (name == "base64") return TransferEncoding::base64;
    if (name == "quoted-printable") return TransferEncoding::quoted_printable;
    return permanent(fmt::format("Content-Transfer-Encoding \"{}\" is not known; binary, base64 and quoted-printable are", name.substr(0, 40)));
}

Result<Content> decode(Content const& body, TransferEncoding encoding, SpoolSettings const& spool) {
    if (encoding == TransferEncoding::base64) return decode_base64(body, spool);
    if (encoding == TransferEncoding::quoted_printable) return decode_quoted_printable(body, spool);
    return body;
}

Result<Content> encode_base64(Content const& bytes, SpoolSettings const& settings) {
    constexpr std::size_t line = 57; // bytes of a line of 76 characters
    Spool spool(settings);
    std::string rest, out;
    auto const write_lines = [&](std::size_t least) {
        out.clear();
        std::size_t at = 0;
        for (; rest.size() - at >= least && at < rest.size(); at = std::min(at + line, rest.size())) {
            append_base64(out, std::string_view(rest).substr(at, line));
            out += "\r\n";
        }
        rest.erase(0, at);
        return spool.append(out);
    };
    auto const done = bytes.each_block([&](std::string_view block) {
        rest += block;
        return write_lines(line);
    });
    if (!done) return unexpected(done.error());
    if (auto last = write_lines(1); !last) return unexpected(last.error());
    return spool.finish();
}

} // namespace wharf::transport::as2
