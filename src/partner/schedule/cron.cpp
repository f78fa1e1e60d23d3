#include "partner/schedule/cron.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wharf::partner {

namespace {

using std::chrono::minutes;
using std::chrono::year_month_day;

struct FieldKind {
    std::string_view name;
    unsigned least, most;
    std::optional<unsigned> (*word)(std::string_view); // names of values
};

constexpr std::optional<unsigned> no_words(std::string_view) { return std::nullopt; }
constexpr FieldKind minute_field{"minute", 0, 59, no_words}, hour_field{"hour", 0, 23, no_words}, day_field{"day of the month", 1, 31, no_words},
    month_field{"month", 1, 12, month_of}, weekday_field{"weekday", 0, 7, weekday_of};

std::unexpected<Error> wrong(FieldKind const& kind, std::string_view item, std::string_view why) {
    return invalid(fmt::format("the {} '{}' {}", kind.name, item, why));
}

/// One value: a number or a name.
std::optional<unsigned> value_of(FieldKind const& kind, std::string_view text) {
    auto value = small_number(text);
    if (!value)
        value = kind.word(text);
    return value && *value >= kind.least && *value <= kind.most ? value : std::nullopt;
}

struct Span {
    unsigned first, last, step = 1;
    bool is_single = false;
};

/// "*", "5", "5-10", each with "/2" behind it.
Result<Span> parse_span(FieldKind const& kind, std::string_view item) {
    auto const slash = item.find('/');
    auto const range = item.substr(0, slash);
    auto const range_text = fmt::format("{}-{}", kind.least, kind.most);
    Span span{kind.least, kind.most};
    if (slash != std::string_view::npos) {
        auto const step = small_number(item.substr(slash + 1));
        if (!step || *step == 0)
            return wrong(kind, item, "has no step after '/'; write a number from 1 on, such as */5");
        span.step = *step;
    }
    if (range == "*")
        return span;
    auto const dash = range.find('-');
    auto const first = value_of(kind, range.substr(0, dash));
    auto const last = dash == std::string_view::npos ? first : value_of(kind, range.substr(dash + 1));
    if (!first || !last)
        return wrong(kind, item, fmt::format("is none: {} or * was expected, or a list, range or step of these", range_text));
    span.first = *first;
    if (dash != std::string_view::npos || slash == std::string_view::npos)
        span.last = *last; // "5/10" goes on to the end
    span.is_single = dash == std::string_view::npos && slash == std::string_view::npos;
    if (span.last < span.first && &kind != &weekday_field)
        return wrong(kind, item, fmt::format("ends before it begins; write {}-{},{}-{}", span.first, kind.most, kind.least, span.last));
    return span;
}

/// Calls `each` with every item of a list.
template <class Each> Result<void> for_items(std::string_view text, Each const& each) {
    for (;;) {
        auto const item = text.substr(0, text.find(','));
        if (Result<void> done = each(item); !done)
            return done;
        if (item.size() == text.size())
            return {};
        text.remove_prefix(item.size() + 1);
    }
}

/// Sets a bit for each value of a field; `single` when no item is more than one value.
template <std::size_t Size> Result<void> parse_field(FieldKind const& kind, std::string_view text, std::bitset<Size>& values, bool* single = nullptr) {
    if (single)
        *single = true;
    return for_items(text, [&](std::string_view item) -> Result<void> {
        auto const span = parse_span(kind, item);
        if (!span)
            return unexpected(span.error());
        if (single)
            *single = *single && span->is_single;
        for (auto value = span->first; value <= span->last; value += span->step)
            values.set(value);
        return {};
    });
}

std::string_view expanded(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words = {{{"@hourly", "0 * * * *"},
                                                                                           {"@daily", "0 0 * * *"},
                                                                                           {"@midnight", "0 0 * * *"},
                                                                                           {"@weekly", "0 0 * * 0"},
                                                                                           {"@monthly", "0 0 1 * *"},
                                                                                           {"@yearly", "0 0 1 1 *"}}};
    auto const found = std::ranges::find(words, text, &std::pair<std::string_view, std::string_view>::first);
    return found == words.end() ? text : found->second;
}

std::vector<std::string_view> fields_of(std::string_view text) {
    std::vector<std::string_view> fields;
    for (;;) {
        text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
        if (text.empty())
            return fields;
        fields.push_back(text.substr(0, text.find_first_of(" \t")));
        text.remove_prefix(fields.back().size());
    }
}

} // namespace

Result<Cron> Cron::parse(std::string_view text) {
    auto const fields = fields_of(expanded(text));
    if (fields.size() != 5)
        return invalid(fmt::format("a cron expression has five fields, minute hour day month weekday, or is @hourly, @daily, @weekly, "
                                   "@monthly or @yearly; here are {}",
                                   fields.size()));
    Cron cron;
    for (auto const& done :
         {parse_field(minute_field, fields[0], cron.minutes_), parse_field(hour_field, fields[1], cron.hours_, &cron.names_its_hours_),
          cron.parse_days(fields[2]), parse_field(month_field, fields[3], cron.months_), cron.parse_weekdays(fields[4])})
        if (!done)
            return unexpected(done.error());
    return cron;
}

Result<void> Cron::parse_days(std::string_view text) {
    any_day_ = text.starts_with('*') || text == "?";
    if (text == "?")
        text = "*";
    return for_items(text, [&](std::string_view item) -> Result<void> {
        if (item != "L" && item != "l")
            return parse_field(day_field, item, days_);
        last_day_ = true;
        return {};
    });
}

Result<void> Cron::parse_weekdays(std::string_view text) {
    any_weekday_ = text.starts_with('*') || text == "?";
    if (text == "?")
        text = "*";
    return for_items(text, [&](std::string_view item) -> Result<void> {
        if (item == "working_days" || item == "holidays") {
            (item == "holidays" ? weekdays_.holidays : weekdays_.working_days) = true;
            return {};
        }
        if (item == "*") {
            weekdays_.every = true;
            return {};
        }
        auto const hash = item.find('#');
        bool const is_last = item.size() > 1 && (item.ends_with('L') || item.ends_with('l'));
        if (hash != std::string_view::npos || is_last) {
            auto const day = value_of(weekday_field, item.substr(0, is_last ? item.size() - 1 : hash));
            auto const which = is_last ? std::optional(0u) : small_number(item.substr(hash + 1));
            if (!day || !which || *which > 5 || (!is_last && *which == 0))
                return wrong(weekday_field, item, "is none: mon#1 to mon#5 was expected, or monL for the last one of a month");
            nth_.emplace_back(*day % 7, *which);
            return {};
        }
        auto const span = parse_span(weekday_field, item);
        if (!span)
            return unexpected(span.error());
        auto const last = span->last < span->first ? span->last + 7 : span->last; // fri-mon
        for (auto day = span->first; day <= last; day += span->step)
            weekdays_.weekdays = static_cast<std::uint8_t>(weekdays_.weekdays | 1u << day % 7);
        return {};
    });
}

bool Cron::matches_day(Day day, Calendar const& calendar) const {
    year_month_day const date(day);
    auto const number = static_cast<unsigned>(date.day());
    if (!months_[static_cast<unsigned>(date.month())])
        return false;
    bool const ends_month = year_month_day(day + std::chrono::days(1)).month() != date.month();
    bool const by_day = days_[number] || (last_day_ && ends_month);
    bool const last_week = year_month_day(day + std::chrono::days(7)).month() != date.month();
    auto const nth = [&](auto const& one) {
        return one.first == weekday_of(day) && (one.second == 0 ? last_week : one.second == (number - 1) / 7 + 1);
    };
    bool const by_weekday = weekdays_.matches(day, calendar) || (std::ranges::any_of(nth_, nth) && !calendar.is_holiday(day));
    return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

/// The first time after `after` among those that a day's clocks show.
std::optional<Timestamp> Cron::first_on(Day day, Timestamp after, TimeZone const& zone) const {
    std::optional<Timestamp> first;
    auto const offer = [&](Timestamp time) {
        if (time > after && (!first || time < *first))
            first = time;
    };
    for (minutes minute{0}; minute < std::chrono::days(1); ++minute) {
        if (!matches_minute(minute))
            continue;
        auto const shown = zone.instants(day, minute);
        if (shown.kind != Instants::Kind::never || names_its_hours_)
            offer(shown.first);
        if (shown.kind == Instants::Kind::twice && !names_its_hours_)
            offer(shown.second);
    }
    return first;
}

std::optional<Timestamp> Cron::next(Timestamp after, TimeZone const& zone, Calendar const& calendar, std::chrono::days horizon) const {
    auto const today = zone.wall_time(after).day;
    // Clocks that are put back over midnight show a time of yesterday, and one of tomorrow before one of today.
    for (auto day = today - std::chrono::days(1); day <= today + horizon; day += std::chrono::days(1)) {
        auto first = matches_day(day, calendar) ? first_on(day, after, zone) : std::nullopt;
        if (!first)
            continue;
        auto const following = day + std::chrono::days(1);
        auto const other = matches_day(following, calendar) ? first_on(following, after, zone) : std::nullopt;
        return other ? std::min(*first, *other) : *first;
    }
    return std::nullopt;
}

} // namespace wharf::partner
