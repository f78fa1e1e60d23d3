#include "grammar/near_miss.hpp"

#include "base/date.hpp"
#include "grammar/element_check.hpp"
#include "grammar/frequent_codes.hpp"

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

bool begins_with_word(std::string_view name, std::string_view word) {
    return name.size() >= word.size() && same_word(name.substr(0, word.size()), word) && (name.size() == word.size() || name[word.size()] == ' ');
}

/// "EACH" and "CASES" for a name, "SHIP" for Ship To.
bool is_called(std::string_view name, std::string_view value) {
    if (value.size() < 3)
        return false;
    auto const singular = value.size() > 3 && (value.back() | 0x20) == 's' ? value.substr(0, value.size() - 1) : value;
    return begins_with_word(name, value) || begins_with_word(name, singular);
}

std::string_view without_leading_zeros(std::string_view text) {
    while (text.size() > 1 && text.front() == '0')
        text.remove_prefix(1);
    return text;
}

/// The nearer comes first. Codes of two letters are near to very many others: of those only frequent ones count.
enum class Likeness { to_the_eye, by_name, frequent_near, frequent_same_letter, near, none };

Likeness likeness_of(std::string_view code, std::string_view name, std::string_view value, std::size_t rank) {
    if (same_to_the_eye(code, value))
        return Likeness::to_the_eye;
    if (is_called(name, value) || without_leading_zeros(code) == without_leading_zeros(value)) // 1 for 01
        return Likeness::by_name;
    bool const near = is_near(code, value);
    if (rank != not_frequent && code.size() == 2 && value.size() == 2 && (value[0] | 0x20) != (value[1] | 0x20)) {
        auto const same = [&](std::size_t i, std::size_t j) { return (code[i] | 0x20) == (value[j] | 0x20); };
        if (near || same(0, 0) || same(1, 1))
            return Likeness::frequent_near;
        if (same(0, 1) || same(1, 0))
            return Likeness::frequent_same_letter;
    }
    return !near ? Likeness::none : rank != not_frequent ? Likeness::frequent_near : Likeness::near;
}

struct MeantCode {
    Likeness likeness;
    std::size_t rank;
    std::string_view code, name;
};

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
        constexpr std::string_view first_of_last_century = "70"; // 870921 is of 1987
        auto const text = (year.size() != 2 ? "" : year < first_of_last_century ? "20" : "19") + std::string(year) + two_digits(month) + two_digits(day);
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

std::string suggest_codes(CodeList const& codes, std::string_view value, std::string_view element) {
    auto const first = value.find_first_not_of(' ');
    auto const trimmed = first == std::string_view::npos ? std::string_view() : value.substr(first, value.find_last_not_of(' ') - first + 1);
    if (trimmed != value)
        if (auto const name = codes.find(trimmed))
            return fmt::format("Leave out the blanks: {}{}{} is a code.", trimmed, name->empty() ? "" : " ", *name);
    constexpr std::size_t short_list = 8, most_shown = 4;
    auto const list = codes.all();
    std::vector<MeantCode> meant;
    if (list.size() > short_list) {
        for (auto const& [code, name] : list)
            if (auto const likeness = likeness_of(code, name, value, frequency_rank(element, code)); likeness != Likeness::none)
                meant.push_back({likeness, frequency_rank(element, code), code, name});
        std::ranges::stable_sort(meant, [](auto const& a, auto const& b) { return std::pair(a.likeness, a.rank) < std::pair(b.likeness, b.rank); });
        if (!meant.empty() && meant.front().likeness == Likeness::to_the_eye)
            std::erase_if(meant, [](auto const& one) { return one.likeness != Likeness::to_the_eye; });
        meant.resize(std::min(meant.size(), most_shown));
    } else {
        for (auto const& [code, name] : list)
            meant.push_back({Likeness::none, 0, code, name});
    }
    std::string text;
    for (auto const& one : meant)
        text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", one.code, one.name.empty() ? "" : " ", one.name);
    if (list.size() <= short_list)
        return "Use one of: " + text + ".";
    return text.empty() ? std::string() : "Did you mean " + text + "?";
}

std::string why_no_date(std::string_view value) {
    constexpr std::string_view months[] = {"January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December"};
    if (value.size() != 8 || !std::ranges::all_of(value, is_digit))
        return {};
    auto const month = static_cast<std::size_t>((value[4] - '0') * 10 + (value[5] - '0'));
    if (month < 1 || month > 12)
        return fmt::format("There is no month {}.", value.substr(4, 2));
    auto const year_and_month = std::string(value.substr(0, 6));
    unsigned days = 28;
    while (days < 31 && is_date(year_and_month + std::to_string(days + 1)))
        ++days;
    return is_date(year_and_month + "28") ? fmt::format("{} {} has {} days.", months[month - 1], value.substr(0, 4), days) : std::string();
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
