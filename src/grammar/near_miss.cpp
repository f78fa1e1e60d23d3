#include "grammar/near_miss.hpp"

#include "base/date.hpp"
#include "grammar/element_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_looked_at = 40; // a date or number with all its signs is shorter

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

/// Edit distance up to 1 between short codes, case ignored, or two letters exchanged.
bool is_near(std::string_view a, std::string_view b) {
    if (a.size() > b.size())
        std::swap(a, b);
    if (b.size() - a.size() > 1)
        return false;
    auto const same = [](char x, char y) { return (x | 0x20) == (y | 0x20); };
    unsigned differences = 0;
    if (a.size() == b.size()) {
        for (std::size_t i = 0; i < a.size(); ++i)
            differences += same(a[i], b[i]) ? 0 : 1;
        return differences <= (a.size() > 2 ? 1u : 0u) || (a.size() == 2 && same(a[0], b[1]) && same(a[1], b[0]));
    }
    std::size_t i = 0;
    while (i < a.size() && same(a[i], b[i]))
        ++i;
    while (i < a.size() && same(a[i], b[i + 1]))
        ++i;
    return i == a.size();
}

/// Runs of digits: "2025-06-02" is 2025, 06, 02.
std::vector<std::string> digit_groups(std::string_view text) {
    std::vector<std::string> groups;
    bool inside = false;
    for (char const c : text.substr(0, longest_looked_at)) {
        if (!is_digit(c)) {
            inside = false;
            continue;
        }
        if (!inside)
            groups.emplace_back();
        groups.back() += c;
        inside = true;
    }
    return groups;
}

std::string two_digits(std::string_view number) { return number.size() == 1 ? fmt::format("0{}", number) : std::string(number); }

/// The readings of a date, each as CCYYMMDD and checked against the calendar.
class DateReadings {
public:
    void add(std::string_view year, std::string_view month, std::string_view day, char const* how) {
        if (month.size() > 2 || day.size() > 2)
            return;
        auto const text = (year.size() == 2 ? "20" : "") + std::string(year) + two_digits(month) + two_digits(day);
        auto const century = std::string_view(text).substr(0, 2);
        if (text.size() == 8 && (century == "19" || century == "20") && is_date(text) &&
            std::ranges::find(found_, text, &Reading::text) == found_.end())
            found_.push_back({text, how});
    }
    [[nodiscard]] std::string words(bool with_century) const {
        std::string out;
        for (auto const& reading : found_)
            out += fmt::format("{}{}{}", out.empty() ? "" : " or ", std::string_view(reading.text).substr(with_century ? 0 : 2),
                               found_.size() > 1 ? fmt::format(" ({})", reading.how) : std::string());
        return out.empty() ? out : fmt::format("As {} it is {}.", with_century ? "CCYYMMDD" : "YYMMDD", out);
    }

private:
    struct Reading {
        std::string text;
        char const* how;
    };
    std::vector<Reading> found_;
};

std::string without_currency(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        // O, I and l between digits are slips of the pen; other letters around a number name a currency.
        bool const beside_digit = (i > 0 && (is_digit(text[i - 1]) || text[i - 1] == '.')) || (i + 1 < text.size() && is_digit(text[i + 1]));
        bool const between_digits = beside_digit && i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
        if (beside_digit && (c == 'O' || c == 'o'))
            out += '0';
        else if (beside_digit && (c == 'I' || c == 'l'))
            out += '1';
        else if (is_digit(c) || c == '.' || c == ',' || c == '-' || c == '+' || c == '(' || c == ')')
            out += c;
        else if (between_digits && is_letter(c)) // 1e3, 0x10: what is meant is anybody's guess
            return {};
        else if (c != ' ' && c != '$' && !is_letter(c) && static_cast<unsigned char>(c) < 0x80)
            return {};
    }
    return out;
}

/// "1.250,00", "(12.50)", "12.50-" and "+5" as a plain decimal; empty when it is none.
std::string plain_number(std::string_view sent) {
    auto text = without_currency(sent.substr(0, longest_looked_at));
    bool negative = false;
    if (text.size() > 2 && text.front() == '(' && text.back() == ')') {
        text = text.substr(1, text.size() - 2);
        negative = true;
    }
    if (!text.empty() && (text.back() == '-' || text.back() == '+')) {
        negative = negative || text.back() == '-';
        text.pop_back();
    }
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = negative || text.front() == '-';
        text.erase(0, 1);
    }
    auto const comma = text.rfind(',');
    auto const point = text.rfind('.');
    if (comma != std::string::npos) {
        bool const thousands = point == std::string::npos ? text.size() - comma == 4 || std::ranges::count(text, ',') > 1 : point > comma;
        std::erase(text, thousands ? ',' : '.');
        std::ranges::replace(text, ',', '.');
    }
    return number_shape(text, true).valid ? (negative ? "-" : "") + text : std::string();
}

} // namespace

bool same_to_the_eye(std::string_view a, std::string_view b) {
    auto const folded = [](char c) {
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
        return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    };
    return std::ranges::equal(a, b, {}, folded, folded);
}

std::string suggest_segments(Schema const& schema, std::string_view id) {
    constexpr int too_far = 4;
    auto const rank = [&](std::string_view known) {
        if (same_word(known, id))
            return 0;
        if (same_to_the_eye(known, id))
            return 1;
        if (known.size() == id.size() && std::ranges::is_permutation(known, id))
            return 2;
        return known.size() == 3 && is_near(known, id) ? 3 : too_far;
    };
    int best = too_far;
    unsigned shown = 0;
    std::string text;
    for (auto const& rule : schema.segments()) {
        std::string_view const known = rule.definition->id;
        auto const here = rank(known);
        if (here > best || here == too_far)
            continue;
        if (here < best) {
            best = here;
            shown = 0;
            text.clear();
        }
        if (shown < 3)
            text += fmt::format("{}{}", shown++ == 0 ? "" : " or ", known);
    }
    return text;
}

std::string suggest_codes(CodeList const& codes, std::string_view value) {
    auto const list = codes.all();
    std::string text;
    unsigned shown = 0;
    auto const show = [&](auto const& entry) {
        text += fmt::format("{}{}{}{}", shown++ == 0 ? "" : ", ", entry.first, entry.second.empty() ? "" : " ", entry.second);
    };
    if (list.size() <= 8) {
        std::ranges::for_each(list, show);
        return "Use one of: " + text + ".";
    }
    for (std::size_t i = 0; i < list.size() && shown < 4; ++i) // the same to the eye before what differs in a letter
        if (same_to_the_eye(list[i].first, value))
            show(list[i]);
    bool const by_letters = shown == 0;
    for (std::size_t i = 0; by_letters && i < list.size() && shown < 4; ++i)
        if (is_near(list[i].first, value) || (value.size() > 3 && same_word(list[i].second, value)))
            show(list[i]);
    return text.empty() ? std::string() : "Did you mean " + text + "?";
}

std::string suggest_date(std::string_view value, bool with_century) {
    auto const groups = digit_groups(value);
    if (groups.empty())
        return {};
    DateReadings readings;
    auto const part = [&](std::size_t from, std::size_t length) { return std::string_view(groups[0]).substr(from, length); };
    if (groups.size() >= 3 && groups[0].size() == 4) {
        readings.add(groups[0], groups[1], groups[2], "year first");
    } else if (groups.size() >= 3 && (groups[2].size() == 4 || groups[2].size() == 2)) {
        bool const german = value.find('.') != std::string_view::npos;
        if (!german)
            readings.add(groups[2], groups[0], groups[1], "month first");
        readings.add(groups[2], groups[1], groups[0], "day first");
        if (german)
            readings.add(groups[2], groups[0], groups[1], "month first");
    } else if (groups.size() == 1 && groups[0].size() >= 8) {
        readings.add(part(0, 4), part(4, 2), part(6, 2), "year first");
        if (groups[0].size() == 8) {
            readings.add(part(4, 4), part(0, 2), part(2, 2), "month first");
            readings.add(part(4, 4), part(2, 2), part(0, 2), "day first");
        }
    } else if (groups.size() == 1 && groups[0].size() == 6) {
        readings.add(part(0, 2), part(2, 2), part(4, 2), "year first");
        readings.add(part(4, 2), part(0, 2), part(2, 2), "month first");
    }
    return readings.words(with_century);
}

std::string suggest_time(std::string_view value) {
    if (value.starts_with("24") && value.find_first_not_of("0:", 2) == std::string_view::npos)
        return "Midnight at the end of a day is 0000 of the next.";
    auto const groups = digit_groups(value);
    std::string text;
    for (std::size_t i = 0; i < groups.size() && i < 3; ++i)
        text += two_digits(groups[i]);
    if (text.size() == 3)
        text.insert(0, 1, '0');
    bool const afternoon = value.find_first_of("Pp") != std::string_view::npos;
    if (afternoon && text.size() >= 4 && text < "12")
        text = fmt::format("{:02}{}", std::stoi(text.substr(0, 2)) + 12, text.substr(2));
    return is_time(text) && text != value ? fmt::format("As {} it is {}.", text.size() == 4 ? "HHMM" : "HHMMSS", text) : std::string();
}

std::string suggest_number(ElementRule const& rule, std::string_view value) {
    auto text = plain_number(value);
    if (text.empty())
        return {};
    if (rule.kind != ElementClass::digits)
        return text == value ? std::string() : fmt::format("Did you mean {}?", text);
    auto const point = text.find('.');
    if (point == std::string::npos)
        return text == value ? std::string() : fmt::format("Did you mean {}?", text);
    auto fraction = text.substr(point + 1);
    text.erase(point);
    while (fraction.size() > rule.implied_decimals && fraction.back() == '0')
        fraction.pop_back();
    if (fraction.size() > rule.implied_decimals)
        return {};
    text += fraction + std::string(rule.implied_decimals - fraction.size(), '0');
    while (text.size() > 1 && text.front() == '0')
        text.erase(0, 1);
    return rule.implied_decimals == 0 ? fmt::format("It is sent as {}.", text)
                                      : fmt::format("With {} implied decimals it is sent as {}.", rule.implied_decimals, text);
}

} // namespace wharf::grammar
