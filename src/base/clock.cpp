#include "base/clock.hpp"

#include <fmt/format.h>

namespace wharf {
namespace {

struct Parts {
    int year;
    unsigned month, day;
    long hour, minute, second, millisecond;
};

Parts split(Timestamp time) {
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const clock(time - day);
    return {int(date.year()),      unsigned(date.month()),          unsigned(date.day()),
            clock.hours().count(), clock.minutes().count(),         clock.seconds().count(),
            clock.subseconds().count()};
}

} // namespace

std::string to_iso8601(Timestamp time) {
    auto const p = split(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", p.year, p.month, p.day, p.hour, p.minute, p.second,
                       p.millisecond);
}

std::string x12_date6(Timestamp time) { return x12_date8(time).substr(2); }

std::string x12_date8(Timestamp time) {
    auto const p = split(time);
    return fmt::format("{:04}{:02}{:02}", p.year, p.month, p.day);
}

std::string x12_time4(Timestamp time) {
    auto const p = split(time);
    return fmt::format("{:02}{:02}", p.hour, p.minute);
}

} // namespace wharf
