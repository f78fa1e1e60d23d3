// File names from partners, made safe.
#include "transport/as2/mime.hpp"

#include "base/base64.hpp"

#include <algorithm>

namespace wharf::transport::as2 {
namespace {

constexpr std::size_t most_bytes = 200;

/// Cuts at a character's beginning, not inside one, where the text is UTF-8.
std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    auto begin = most;
    while (begin > 0 && most - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80)
        --begin;
    return text.substr(0, most - begin < 4 ? begin : most);
}

/// Without blanks and dots around it.
std::string_view without_edges(std::string_view text) {
    auto const first = text.find_first_not_of(" .");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" .") - first + 1);
}

std::string utf8_of_latin1(std::string_view text) {
    std::string utf8;
    for (char const c : text) {
        auto const code = static_cast<unsigned char>(c);
        if (code < 0x80) {
            utf8 += c;
        } else {
            utf8 += static_cast<char>(0xc0 | code >> 6);
            utf8 += static_cast<char>(0x80 | (code & 0x3f));
        }
    }
    return utf8;
}

int hex_value(char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    auto const place = digits.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    return place == std::string_view::npos ? -1 : static_cast<int>(place);
}

/// The text of an encoded word in "Q".
std::optional<std::string> quoted(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            bytes += text[i] == '_' ? ' ' : text[i];
            continue;
        }
        if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return std::nullopt;
        bytes += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return bytes;
}

/// One encoded word at the beginning of `text` (RFC 2047 2), which is shortened by it. Mendelson's servers write names so.
std::optional<std::string> take_encoded_word(std::string_view& text) {
    if (!text.starts_with("=?")) return std::nullopt;
    auto const charset_end = text.find('?', 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?') return std::nullopt;
    auto const end = text.find("?=", charset_end + 3);
    if (end == std::string_view::npos) return std::nullopt;
    std::string charset(text.substr(2, charset_end - 2));
    std::ranges::transform(charset, charset.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    bool const is_latin1 = charset == "iso-8859-1";
    if (!is_latin1 && charset != "utf-8" && charset != "us-ascii") return std::nullopt;
    auto const encoded = text.substr(charset_end + 3, end - charset_end - 3);
    char const way = text[charset_end + 1];
    auto bytes = way == 'B' || way == 'b' ? from_base64(encoded) : way == 'Q' || way == 'q' ? quoted(encoded) : std::nullopt;
    if (!bytes) return std::nullopt;
    text.remove_prefix(end + 2);
    return is_latin1 ? utf8_of_latin1(*bytes) : std::move(*bytes);
}

/// Encoded words become their text; blanks between two of them do not count. What is none stays as it is.
std::string without_encoded_words(std::string_view text) {
    std::string plain;
    for (bool behind_word = false; !text.empty();) {
        auto rest = text.substr(std::min(behind_word ? text.find_first_not_of(" \t") : 0, text.size()));
        if (auto word = take_encoded_word(rest)) {
            plain += *word;
            text = rest;
            behind_word = true;
            continue;
        }
        plain += text.front();
        text.remove_prefix(1);
        behind_word = false;
    }
    return plain;
}

std::string shortened(std::string const& name) {
    if (name.size() <= most_bytes) return name;
    auto const dot = name.rfind('.');
    auto const ending = dot == std::string::npos || name.size() - dot > 20 ? std::string{} : name.substr(dot);
    return std::string(without_edges(std::string(cut(name, most_bytes - ending.size())) + ending)); // what was inside may be the end now
}

} // namespace

std::string safe_file_name(std::string_view name) {
    if (auto const slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
    std::string safe;
    for (char const c : name) {
        if (static_cast<unsigned char>(c) < ' ' || c == 127) continue;
        safe += std::string_view("<>:\"|?*").find(c) == std::string_view::npos ? c : '_';
    }
    return shortened(std::string(without_edges(safe)));
}

std::optional<std::string> file_name(Fields const& fields) {
    for (auto const& [field_name, parameter] : {std::pair{"Content-Disposition", "filename"}, std::pair{"Content-Type", "name"}}) {
        auto const value = read_field_value(field(fields, field_name));
        if (auto safe = safe_file_name(without_encoded_words(value.parameter(parameter))); !safe.empty()) return safe;
    }
    return std::nullopt;
}

} // namespace wharf::transport::as2
