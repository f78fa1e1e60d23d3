#include "partner/schedule/days.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace wharf::partner {

namespace {

using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> weekday_words = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> month_words = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::size_t most_rules = 10'000;

template <std::size_t Count> std::optional<unsigned> place_of(std::array<std::string_view, Count> const& words, std::string_view word) {
    auto const same = [](char left, char right) { return left == (right >= 'A' && right <= 'Z' ? right + 32 : right); };
    for (std::size_t i = 0; i < Count; ++i)
        if (std::ranges::equal(words[i], word, same))
            return static_cast<unsigned>(i);
    return std::nullopt;
}

std::string_view next_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t")));
    auto const word = rest.substr(0, rest.find_first_of(" \t"));
    rest.remove_prefix(word.size());
    return word;
}

std::optional<unsigned> digits(std::string_view text, std::size_t count) {
    return text.size() == count ? small_number(text) : std::nullopt;
}

/// "2026-12-24"
std::optional<Day> date_of(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    auto const y = digits(text.substr(0, 4), 4), m = digits(text.substr(5, 2), 2), d = digits(text.substr(8), 2);
    if (!y || !m || !d)
        return std::nullopt;
    year_month_day const date{std::chrono::year(static_cast<int>(*y)), std::chrono::month(*m), std::chrono::day(*d)};
    return date.ok() ? std::optional(Day(date)) : std::nullopt;
}

/// "12-24" as 1224
std::optional<int> day_of_year(std::string_view text) {
    if (text.size() != 5 || text[2] != '-')
        return std::nullopt;
    auto const m = digits(text.substr(0, 2), 2), d = digits(text.substr(3), 2);
    if (!m || !d || !year_month_day{std::chrono::year(2024), std::chrono::month(*m), std::chrono::day(*d)}.ok()) // a leap year
        return std::nullopt;
    return static_cast<int>(100 * *m + *d);
}

std::optional<unsigned> which_of(std::string_view word) {
    static constexpr std::array<std::string_view, 6> words = {"last", "1st", "2nd", "3rd", "4th", "5th"};
    return place_of(words, word);
}

} // namespace

std::optional<unsigned> small_number(std::string_view text) {
    unsigned number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const whole = !text.empty() && text.size() <= 6 && error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

std::optional<unsigned> weekday_of(std::string_view word) { return place_of(weekday_words, word); }

std::optional<unsigned> month_of(std::string_view word) {
    auto const place = place_of(month_words, word);
    return place ? std::optional(*place + 1) : std::nullopt;
}

unsigned weekday_of(Day day) { return std::chrono::weekday(day).c_encoding(); }

// Gauss's rule in the form of Meeus, Jones and Butcher, for the Gregorian calendar.
Day easter(int year) {
    int const a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    int const h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
    int const m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
    return Day(year_month_day{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(n / 31)),
                              std::chrono::day(static_cast<unsigned>(n % 31 + 1))});
}

// --- calendars ------------------------------------------------------------------------------------------------------

Result<Calendar::Rule> Calendar::parse(std::string_view text) {
    auto rest = text;
    auto const word = next_word(rest);
    Rule rule;
    auto const dots = word.find("..");
    auto const from = word.substr(0, dots), until = dots == std::string_view::npos ? from : word.substr(dots + 2);
    if (auto const first = date_of(from), last = date_of(until); first && last) {
        rule.first = *first, rule.last = *last;
        if (rule.last < rule.first)
            return invalid("it ends before it begins");
        return rule;
    }
    if (auto const first = day_of_year(from), last = day_of_year(until); first && last) {
        rule.kind = Rule::Kind::yearly;
        rule.from = *first, rule.until = *last;
        return rule;
    }
    if (word.starts_with("easter")) {
        auto const shift = word.substr(6);
        auto const number = shift.empty() ? std::optional(0u) : small_number(shift.substr(1));
        if (number && *number <= 100 && (shift.empty() || shift[0] == '+' || shift[0] == '-')) {
            rule.kind = Rule::Kind::easter;
            rule.offset = static_cast<int>(*number) * (shift.starts_with('-') ? -1 : 1);
            return rule;
        }
    }
    if (auto const which = which_of(word)) {
        auto const weekday = weekday_of(next_word(rest));
        auto const month = weekday ? month_of(next_word(rest)) : std::nullopt;
        if (month) {
            rule.kind = Rule::Kind::nth_weekday;
            rule.which = *which, rule.weekday = *weekday, rule.month = *month;
            return rule;
        }
    }
    return invalid("a day is written 2026-12-24, 12-25 (every year), 2026-12-24..2027-01-01, 12-24..01-01, easter+1, 4th thu nov or "
                   "last mon may, and its name may follow");
}

bool Calendar::Rule::matches(Day day) const {
    year_month_day const date(day);
    auto const month_and_day = static_cast<int>(100 * static_cast<unsigned>(date.month()) + static_cast<unsigned>(date.day()));
    switch (kind) {
    case Kind::dates:
        return first <= day && day <= last;
    case Kind::yearly: // 12-24..01-01 goes over the end of the year
        return from <= until ? from <= month_and_day && month_and_day <= until : from <= month_and_day || month_and_day <= until;
    case Kind::easter:
        return partner::easter(static_cast<int>(date.year())) + std::chrono::days(offset) == day;
    case Kind::nth_weekday:
        break;
    }
    if (static_cast<unsigned>(date.month()) != month || weekday_of(day) != weekday)
        return false;
    if (which > 0)
        return (static_cast<unsigned>(date.day()) - 1) / 7 + 1 == which;
    return year_month_day(day + std::chrono::days(7)).month() != date.month();
}

Result<void> Calendar::add(std::vector<Rule>& rules, std::string_view text) {
    auto rule = parse(text);
    if (!rule)
        return unexpected(std::move(rule.error()));
    if (rules.size() >= most_rules)
        return invalid(fmt::format("a calendar has at most {} days of a kind", most_rules));
    rules.push_back(*rule);
    return {};
}

Result<void> Calendar::add_holiday(std::string_view text) { return add(holidays_, text); }
Result<void> Calendar::add_working_day(std::string_view text) { return add(working_days_, text); }

Result<void> Calendar::set_week(std::string_view text) {
    auto const days = Days::parse(text);
    if (!days || days->every || days->needs_calendar())
        return invalid("the days of a week that are worked are written mon-fri, or sun,mon,tue,wed,thu");
    week_ = days->weekdays;
    return {};
}

bool Calendar::is_holiday(Day day) const {
    auto const holds = [&](Rule const& rule) { return rule.matches(day); };
    return std::ranges::any_of(holidays_, holds) && std::ranges::none_of(working_days_, holds);
}

bool Calendar::is_working_day(Day day) const {
    auto const holds = [&](Rule const& rule) { return rule.matches(day); };
    return std::ranges::any_of(working_days_, holds) ||
           ((week_ >> weekday_of(day) & 1) != 0 && std::ranges::none_of(holidays_, holds));
}

// --- days -----------------------------------------------------------------------------------------------------------

Result<Days> Days::parse(std::string_view text) {
    Days days;
    for (auto rest = text;;) {
        auto const item = rest.substr(0, rest.find(','));
        auto const dash = item.find('-');
        auto const first = weekday_of(item.substr(0, dash));
        auto const last = dash == std::string_view::npos ? first : weekday_of(item.substr(dash + 1));
        if (item == "daily")
            days.every = true;
        else if (item == "working_days")
            days.working_days = true;
        else if (item == "holidays")
            days.holidays = true;
        else if (first && last)
            for (auto day = *first;; day = (day + 1) % 7) {
                days.weekdays = static_cast<std::uint8_t>(days.weekdays | 1u << day);
                if (day == *last)
                    break;
            }
        else
            return invalid(fmt::format("'{}' is no day; days are mon, tue, wed, thu, fri, sat, sun, ranges such as mon-fri, daily, "
                                       "working_days and holidays, with commas between them",
                                       item));
        if (item.size() == rest.size())
            return days;
        rest.remove_prefix(item.size() + 1);
    }
}

bool Days::matches(Day day, Calendar const& calendar) const {
    if (every)
        return true;
    bool const holiday = calendar.is_holiday(day);
    return (holidays && holiday) || (working_days && calendar.is_working_day(day)) ||
           (!holiday && (weekdays >> weekday_of(day) & 1) != 0);
}

} // namespace wharf::partner
