#include "partner/schedule/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::partner {

using std::chrono::minutes;

namespace {

constexpr unsigned most_tries = 20'000; // times of the expression outside all windows

/// "06:00"; "24:00" is the end of a day.
std::optional<minutes> time_of(std::string_view text) {
    if (text.size() != 5 || text[2] != ':')
        return std::nullopt;
    auto const hour = small_number(text.substr(0, 2)), minute = small_number(text.substr(3));
    if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > 24 * 60)
        return std::nullopt;
    return minutes(*hour * 60 + *minute);
}

} // namespace

Result<Window> Window::parse(std::string_view text) {
    Window window;
    auto const blank = text.find(' ');
    auto const first = text.substr(0, blank);
    auto const second = blank == std::string_view::npos ? std::string_view() : text.substr(text.find_first_not_of(' ', blank));
    bool const is_time = first.find(':') != std::string_view::npos;
    auto const times = is_time ? first : second;
    if (is_time && !second.empty())
        return invalid("the days stand before the time: mon-fri 06:00-22:00");
    if (is_time) {
        window.days.every = true;
    } else {
        auto days = Days::parse(first);
        if (!days)
            return unexpected(std::move(days.error()));
        window.days = *days;
    }
    if (times.empty())
        return window; // whole days
    auto const dash = times.find('-');
    auto const from = time_of(times.substr(0, dash));
    auto const until = dash == std::string_view::npos ? std::nullopt : time_of(times.substr(dash + 1));
    if (!from || !until)
        return invalid(fmt::format("'{}' is no time from and until; write 06:00-22:00, or 22:00-02:00 over midnight", times));
    if (*from == *until)
        return invalid("it ends when it begins; for whole days leave the time out");
    if (*from == minutes(24 * 60))
        return invalid("no window begins at 24:00; that is 00:00 of the following day");
    window.from = *from;
    window.until = *until;
    return window;
}

bool Window::holds(WallTime const& time, Calendar const& calendar) const {
    if (from < until)
        return from <= time.minute && time.minute < until && days.matches(time.day, calendar);
    return (from <= time.minute && days.matches(time.day, calendar)) ||
           (time.minute < until && days.matches(time.day - std::chrono::days(1), calendar));
}

bool Schedule::is_open(Timestamp time) const {
    auto const shown = parts_.zone.wall_time(time);
    return parts_.windows.empty() ||
           std::ranges::any_of(parts_.windows, [&](Window const& window) { return window.holds(shown, parts_.calendar); });
}

/// The first moment from `from` on at which a window begins on that day and is open.
std::optional<Timestamp> Schedule::opening_on(Day day, Timestamp from) const {
    std::optional<Timestamp> first;
    for (auto const& window : parts_.windows) {
        if (!window.days.matches(day, parts_.calendar))
            continue;
        auto const shown = parts_.zone.instants(day, window.from);
        for (auto const time : {shown.first, shown.kind == Instants::Kind::twice ? shown.second : shown.first})
            if (time >= from && (!first || time < *first) && is_open(time))
                first = time;
    }
    return first;
}

std::optional<Timestamp> Schedule::next_opening(Timestamp from) const {
    if (is_open(from))
        return from;
    auto const today = parts_.zone.wall_time(from).day;
    std::optional<Timestamp> first;
    for (auto day = today - std::chrono::days(1); day <= today + horizon && !first; day += std::chrono::days(1)) {
        first = opening_on(day, from);
        if (auto const following = first ? opening_on(day + std::chrono::days(1), from) : std::nullopt; following)
            first = std::min(*first, *following);
    }
    // Clocks that are put back may go back into a window.
    for (auto change = parts_.zone.next_change(from); change && first && *change < *first; change = parts_.zone.next_change(*change))
        if (is_open(*change))
            return change;
    return first;
}

std::optional<Timestamp> Schedule::next(Timestamp after) const {
    using std::chrono::milliseconds;
    if (!parts_.cron)
        return next_opening(after + milliseconds(1));
    auto const end = after + horizon;
    for (unsigned tries = 0; tries < most_tries && after < end; ++tries) {
        auto const time = parts_.cron->next(after, parts_.zone, parts_.calendar, horizon);
        if (!time || is_open(*time))
            return time;
        auto const opening = next_opening(*time);
        if (!opening)
            return std::nullopt;
        after = *opening - milliseconds(1);
    }
    return std::nullopt;
}

} // namespace wharf::partner
