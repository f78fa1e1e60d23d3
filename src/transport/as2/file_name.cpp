// File names from partners, made safe.
#include "transport/as2/mime.hpp"

#include "base/encoding.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

constexpr std::size_t most_bytes = 200;
constexpr std::uint64_t most_encoded = 64u << 10; // more than a head may hold

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

/// One encoded word at the beginning of `text` (RFC 2047 2), which is shortened by it. Mendelson's servers write names so.
std::optional<std::string> take_encoded_word(std::string_view& text) {
    if (!text.starts_with("=?")) return std::nullopt;
    auto const charset_end = text.find('?', 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?') return std::nullopt;
    auto const end = text.find("?=", charset_end + 3);
    if (end == std::string_view::npos) return std::nullopt;
    auto const charset = text.substr(2, charset_end - 2);
    auto const encoding = same_word(charset, "us-ascii") ? Encoding::utf_8 : encoding_named(charset);
    if (!encoding) return std::nullopt;
    std::string encoded(text.substr(charset_end + 3, end - charset_end - 3));
    auto const way = text.substr(charset_end + 1, 1);
    std::optional<std::string> bytes;
    if (same_word(way, "b")) {
        bytes = from_base64(encoded);
    } else if (same_word(way, "q")) {
        std::ranges::replace(encoded, '_', ' ');
        if (auto const decoded = decode(Content(std::move(encoded)), TransferEncoding::quoted_printable, {}))
            if (auto plain = decoded->text(most_encoded)) bytes = std::move(*plain);
    }
    if (!bytes) return std::nullopt;
    text.remove_prefix(end + 2);
    return to_utf8(*bytes, *encoding);
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

std::string write_file_name(std::string_view name) {
    constexpr std::string_view attribute_marks = "!#$&+-.^_`|~"; // RFC 5987 3.2.1
    std::string plain, escaped;
    for (char const c : name) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x80) plain += c;
        else if ((byte & 0xc0) != 0x80) plain += '_'; // one for each character
        bool const is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_word || attribute_marks.find(c) != std::string_view::npos) escaped += c;
        else escaped += fmt::format("%{:02X}", byte);
    }
    auto const written = "filename=" + write_parameter(plain);
    bool const is_ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return is_ascii ? written : fmt::format("{}; filename*=UTF-8''{}", written, escaped);
}

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
    auto safe = safe_file_name(stated_file_name(fields));
    return safe.empty() ? std::nullopt : std::optional(std::move(safe));
}

std::string stated_file_name(Fields const& fields) {
    std::string first;
    for (auto const& [field_name, parameter] : {std::pair{"Content-Disposition", "filename"}, std::pair{"Content-Type", "name"}}) {
        auto const value = read_field_value(field(fields, field_name));
        std::string stated(without_encoded_words(value.parameter(parameter)));
        if (!safe_file_name(stated).empty()) return stated;
        if (first.empty()) first = std::move(stated);
    }
    return first;
}

} // namespace wharf::transport::as2
