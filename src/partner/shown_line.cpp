#include "partner/shown_line.hpp"

#include <algorithm>
#include <array>

namespace wharf::partner {
namespace {

constexpr std::string_view mask = "…";
constexpr std::string_view blanks = " \t";

bool sounds_secret(std::string_view text) {
    constexpr std::array<std::string_view, 8> words = {"pass", "pwd", "token", "secret", "key", "credential", "login", "auth"};
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return std::ranges::any_of(words, [&](std::string_view word) { return lower.contains(word); });
}

/// The next colon behind which a value begins; npos: none.
std::size_t colon_after(std::string_view line, std::size_t from) {
    for (auto at = line.find(':', from); at != std::string_view::npos; at = line.find(':', at + 1))
        if (at + 1 == line.size() || (blanks.find(line[at + 1]) != std::string_view::npos))
            return at;
    return std::string_view::npos;
}

/// The key before a colon: back to the brace, the comma or the beginning of the line.
std::string_view key_before(std::string_view line, std::size_t colon, std::size_t from) {
    auto const part = line.substr(from, colon - from);
    auto const begin = part.find_last_of("{,[");
    return begin == std::string_view::npos ? part : part.substr(begin + 1);
}

/// Where a value inside braces ends: at a comma with another key behind it, or the closing brace. Quoted: behind the quotes.
std::size_t end_of_value(std::string_view line, std::size_t begin) {
    if (begin < line.size() && (line[begin] == '"' || line[begin] == '\'')) {
        auto const end = line.find(line[begin], begin + 1);
        return end == std::string_view::npos ? line.size() : end + 1;
    }
    for (auto at = begin; at < line.size(); ++at) {
        if (line[at] == '}' || line[at] == ']')
            return at;
        if (line[at] != ',')
            continue;
        auto const colon = colon_after(line, at);
        auto const key = colon == std::string_view::npos ? std::string_view() : line.substr(at + 1, colon - at - 1);
        auto const word = key.substr(std::min(key.find_first_not_of(blanks), key.size()));
        if (!word.empty() && std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }))
            return at;
    }
    return line.size();
}

bool is_reference(std::string_view value) {
    if (value.starts_with('"') || value.starts_with('\''))
        value.remove_prefix(1);
    return value.starts_with("${env:") || value.starts_with("${file:");
}

/// Whether a word in what is neither a key nor masked sounds like a secret; paths and references do not count.
bool has_loose_secret(std::string_view text) {
    while (!text.empty()) {
        auto const end = std::min(text.find_first_of(" \t,{}[]\"'"), text.size());
        auto const word = text.substr(0, end);
        bool const is_path = word.find_first_of("/.") != std::string_view::npos && !word.contains('@') && !word.contains("://");
        if (!is_path && !word.ends_with(':') && !word.starts_with("${") && sounds_secret(word))
            return true;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return false;
}

} // namespace

ShownLine shown_line(std::string_view line, std::size_t fault) {
    ShownLine shown{{}, fault};
    std::size_t copied = 0;
    bool is_in_braces = false;
    for (auto colon = colon_after(line, 0); colon != std::string_view::npos;) {
        auto const begin = std::min(line.find_first_not_of(blanks, colon + 1), line.size());
        is_in_braces = is_in_braces || line.substr(copied, colon - copied).contains('{');
        if (!sounds_secret(key_before(line, colon, copied)) || begin == line.size() || line[begin] == '{' || is_reference(line.substr(begin))) {
            colon = colon_after(line, colon + 1);
            continue;
        }
        auto const end = is_in_braces ? end_of_value(line, begin) : line.size();
        shown.text += line.substr(copied, begin - copied);
        if (fault > begin)
            shown.fault = fault < end ? shown.text.size() : shown.fault + mask.size() - (end - begin);
        shown.text += mask;
        copied = end;
        colon = colon_after(line, end);
    }
    shown.text += line.substr(copied);
    if (auto const colon = shown.text.find(':'); colon != std::string::npos && has_loose_secret(shown.text)) {
        shown.text.resize(colon + 1);
        shown.text += " ";
        shown.text += mask;
    }
    return shown;
}

} // namespace wharf::partner
