#include "partner/moment.hpp"

#include "partner/schedule/time_zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace wharf::partner {
namespace {

/// Exactly `digits` of them at the beginning, which then go.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
    unsigned value = 0;
    if (text.size() < digits || !std::ranges::all_of(text.substr(0, digits), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    std::from_chars(text.data(), text.data() + digits, value);
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::year_month_day> take_day(std::string_view& text) {
    auto const year = take_number(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    auto const month = take_number(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    auto const day = take_number(text, 2);
    if (!day) return std::nullopt;
    auto const date = std::chrono::year(static_cast<int>(*year)) / std::chrono::month(*month) / std::chrono::day(*day);
    return date.ok() && *year > 0 ? std::optional(date) : std::nullopt;
}

/// "06:00", "06:00:30" where seconds are 00: who agrees on a second?
std::optional<std::chrono::minutes> take_minutes(std::string_view& text) {
    auto const hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    auto const minute = take_number(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    if (text.starts_with(":00")) text.remove_prefix(3);
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

/// "Z", "-05:00": minutes east of UTC.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
    if (take(text, 'Z')) return std::chrono::minutes(0);
    bool const is_west = text.starts_with('-');
    if (!is_west && !text.starts_with('+')) return std::nullopt;
    text.remove_prefix(1);
    auto const minutes = take_minutes(text);
    if (!minutes || *minutes > std::chrono::hours(14)) return std::nullopt;
    return is_west ? -*minutes : *minutes;
}

std::unexpected<Error> wrong() {
    return invalid("it is a day (UTC) such as 2026-11-01, or a time with its zone such as 2026-11-01T06:00-05:00, 2026-11-01T11:00Z or 2026-11-01 06:00 America/New_York");
}

} // namespace

Result<Moment> read_moment(std::string_view text) {
    auto rest = text;
    auto const date = take_day(rest);
    if (!date) return wrong();
    std::chrono::sys_days const day(*date);
    if (rest.empty()) return Moment{day, true};
    bool const is_iso = rest.starts_with('T');
    if (!is_iso && !rest.starts_with(' ')) return wrong();
    rest.remove_prefix(1);
    auto const minutes = take_minutes(rest);
    if (!minutes) return wrong();
    if (is_iso) {
        auto const offset = take_offset(rest);
        if (!offset || !rest.empty()) return wrong();
        return Moment{day + *minutes - *offset, false};
    }
    if (!take(rest, ' ') || rest.empty()) return wrong();
    auto const zone = TimeZone::find(rest);
    if (!zone) return unexpected(zone.error());
    auto const instants = zone->instants(Day(day.time_since_epoch()), *minutes);
    if (instants.kind == Instants::Kind::never)
        return invalid(fmt::format("the clocks of {} never show this time: they are put forward over it; choose another", zone->name()));
    return Moment{instants.first, false};
}

std::string check_moment(std::string_view text) {
    if (text.empty()) return {};
    auto const read = read_moment(text);
    return read ? std::string() : read.error().message;
}

} // namespace wharf::partner
