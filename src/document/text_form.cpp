#include "document/text_form.hpp"

#include "base/date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wharf::document {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
/// What stands in words: small letters, digits, _.
constexpr auto word_characters = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 0; c < table.size(); ++c)
        table[c] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    return table;
}();

bool take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), is_digit))
        return false;
    text.remove_prefix(count);
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

bool is_decimal(std::string_view text) {
    auto at = text.begin();
    auto const end = text.end();
    auto const digits = [&] { // how many stand here
        auto const first = at;
        while (at != end && is_digit(*at))
            ++at;
        return at - first;
    };
    if (at != end && *at == '-') ++at;
    bool const zero = at != end && *at == '0';
    auto const whole = digits();
    if (whole == 0 || (zero && whole != 1)) return false;
    if (at == end) return true;
    return *at++ == '.' && digits() != 0 && at == end;
}

bool take_date(std::string_view& text) {
    return take_digits(text, 4) && take(text, '-') && take_digits(text, 2) && take(text, '-') && take_digits(text, 2);
}

bool take_time(std::string_view& text) {
    if (!take_digits(text, 2) || !take(text, ':') || !take_digits(text, 2)) return false;
    if (take(text, ':')) {
        if (!take_digits(text, 2)) return false;
        if (take(text, '.')) {
            if (!take_digits(text, 1)) return false;
            take_digits(text, 1);
        }
    }
    return true;
}

bool is_coded(std::string_view text) {
    std::size_t size = 0; // of the word, or of the list's name
    while (size < text.size() && word_characters[static_cast<unsigned char>(text[size])])
        ++size;
    if (size == 0) return false;
    if (size == text.size()) return !is_digit(text.front()) && text.front() != '_';
    auto const code = text.substr(size + 1);
    return text[size] == ':' && !code.empty() && code.find_first_of("\r\n") == code.npos;
}

bool at_most(std::string_view two_digits, int most) {
    return (two_digits[0] - '0') * 10 + (two_digits[1] - '0') <= most;
}

bool hour_exists(std::string_view time) { // "14:03", "14:03:07.5"
    return at_most(time.substr(0, 2), 23) && at_most(time.substr(3, 2), 59) &&
           (time.size() < 8 || at_most(time.substr(6, 2), 59));
}

} // namespace

bool has_form(Pattern pattern, std::string_view text) {
    switch (pattern) {
    case Pattern::none:
        return true;
    case Pattern::decimal:
        return is_decimal(text);
    case Pattern::date:
        return take_date(text) && text.empty();
    case Pattern::date_time:
        if (!take_date(text)) return false;
        if (text.empty()) return true;
        if (!take(text, 'T') || !take_time(text)) return false;
        if (text.empty() || take(text, 'Z')) return text.empty();
        return (take(text, '+') || take(text, '-')) && take_digits(text, 2) && take(text, ':') &&
               take_digits(text, 2) && text.empty();
    case Pattern::time:
        return take_time(text) && text.empty();
    case Pattern::coded:
        return is_coded(text);
    }
    return false;
}

bool exists(Pattern pattern, std::string_view text) {
    if (pattern == Pattern::time) return hour_exists(text);
    if (pattern != Pattern::date && pattern != Pattern::date_time) return true;
    std::array<char, 8> digits{};
    std::copy_if(text.begin(), text.begin() + 10, digits.begin(), is_digit);
    if (!is_date({digits.data(), digits.size()})) return false;
    if (text.size() == 10) return true;
    auto const time = text.substr(11);
    auto const zone = time.find_first_of("Z+-");
    if (!hour_exists(time.substr(0, zone))) return false;
    return zone == time.npos || time[zone] == 'Z' ||
           (at_most(time.substr(zone + 1, 2), 23) && at_most(time.substr(zone + 4, 2), 59));
}

std::size_t length(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string quoted(std::string_view text) {
    constexpr std::size_t most = 60;
    return text.size() <= most ? fmt::format("\"{}\"", text) : fmt::format("\"{}…\"", text.substr(0, most));
}

} // namespace wharf::document
