#include "base/base64.hpp"

#include <cstdint>

namespace wharf {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string decode_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (char const letter : text) {
        auto const value = alphabet.find(letter);
        if (value == std::string_view::npos)
            continue; // line ends, padding
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>(bits >> count & 0xFF);
        }
    }
    return bytes;
}

std::string encode_base64(std::string_view bytes, bool padding) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (char const byte : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(byte);
        for (count += 8; count >= 6; count -= 6)
            text += alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0)
        text += alphabet[bits << (6 - count) & 63];
    while (padding && text.size() % 4 != 0)
        text += '=';
    return text;
}

} // namespace wharf
