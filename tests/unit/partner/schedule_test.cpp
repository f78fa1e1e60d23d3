// Cron expressions, windows and calendars: by example, and by property against a scan of every minute.
#include "partner/schedule/schedule.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace wharf::partner {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using testing::HasSubstr;

/// "2026-03-29 01:30" UTC
Timestamp at(std::string_view text) {
    auto const number = [&](std::size_t from, std::size_t count) { return static_cast<int>(*small_number(text.substr(from, count))); };
    using namespace std::chrono;
    sys_days const day = year(number(0, 4)) / number(5, 2) / number(8, 2);
    return Timestamp(day) + hours(number(11, 2)) + minutes(number(14, 2));
}

Day day_of(std::string_view text) { return Day(at(std::string(text) + " 00:00").time_since_epoch() / std::chrono::days(1) * std::chrono::days(1)); }

TimeZone zone_of(std::string_view name) {
    auto zone = TimeZone::find(name);
    if (!zone)
        throw std::runtime_error(zone.error().message);
    return *zone;
}

Cron cron_of(std::string_view text) {
    auto cron = Cron::parse(text);
    if (!cron)
        throw std::runtime_error(cron.error().message);
    return *cron;
}

Schedule::Parts parts_of(std::string_view zone, std::string_view cron, std::vector<std::string> const& windows = {}) {
    Schedule::Parts parts;
    parts.zone = zone_of(zone);
    if (!cron.empty())
        parts.cron = cron_of(cron);
    for (auto const& text : windows) {
        auto window = Window::parse(text);
        if (!window)
            throw std::runtime_error(window.error().message);
        parts.windows.push_back(*window);
    }
    return parts;
}

/// The first times after `after`, as the zone's clocks show them.
std::vector<std::string> times(Schedule::Parts parts, Timestamp after, unsigned count) {
    auto const zone = parts.zone;
    Schedule const schedule(std::move(parts));
    std::vector<std::string> shown;
    for (auto time = schedule.next(after); time && shown.size() < count; time = schedule.next(*time))
        shown.push_back(zone.show(*time));
    return shown;
}

using Shown = std::vector<std::string>;

TEST(Cron, TheUsualForms) {
    auto const from = at("2026-02-27 12:00"); // a Friday
    EXPECT_EQ(times(parts_of("UTC", "*/20 6-7 * * mon-fri"), from, 4),
              (Shown{"2026-03-02 06:00 UTC", "2026-03-02 06:20 UTC", "2026-03-02 06:40 UTC", "2026-03-02 07:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "30 7 1,15 * *"), from, 3), (Shown{"2026-03-01 07:30 UTC", "2026-03-15 07:30 UTC", "2026-04-01 07:30 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "@monthly"), from, 2), (Shown{"2026-03-01 00:00 UTC", "2026-04-01 00:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "5/25 * * * *"), from, 3), (Shown{"2026-02-27 12:05 UTC", "2026-02-27 12:30 UTC", "2026-02-27 12:55 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "0 0 * jan,DEC sun"), from, 2), (Shown{"2026-12-06 00:00 UTC", "2026-12-13 00:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "0 0 * * 7"), from, 1), times(parts_of("UTC", "0 0 * * 0"), from, 1));
    EXPECT_EQ(times(parts_of("UTC", "0 0 * * fri-sun"), from, 3), (Shown{"2026-02-28 00:00 UTC", "2026-03-01 00:00 UTC", "2026-03-06 00:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "0 0 13 * fri"), from, 3), (Shown{"2026-03-06 00:00 UTC", "2026-03-13 00:00 UTC", "2026-03-20 00:00 UTC"}))
        << "day and weekday: either is enough";
    EXPECT_EQ(times(parts_of("UTC", "0 0 */10 * mon"), from, 2), (Shown{"2026-05-11 00:00 UTC", "2026-06-01 00:00 UTC"}))
        << "but not when one begins with a star";
}

TEST(Cron, EndsOfMonthsLeapDaysAndNthWeekdays) {
    auto const from = at("2026-01-15 00:00");
    EXPECT_EQ(times(parts_of("UTC", "0 18 L * *"), from, 4),
              (Shown{"2026-01-31 18:00 UTC", "2026-02-28 18:00 UTC", "2026-03-31 18:00 UTC", "2026-04-30 18:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "0 0 31 * *"), from, 3), (Shown{"2026-01-31 00:00 UTC", "2026-03-31 00:00 UTC", "2026-05-31 00:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "0 0 29 2 *"), from, 2), (Shown{"2028-02-29 00:00 UTC", "2032-02-29 00:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "0 0 29 2 *"), at("2096-03-01 00:00"), 1), (Shown{"2104-02-29 00:00 UTC"})) << "2100 is no leap year";
    EXPECT_EQ(times(parts_of("UTC", "0 0 L 2 *"), at("2027-12-31 00:00"), 2), (Shown{"2028-02-29 00:00 UTC", "2029-02-28 00:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "0 9 * * tue#2,friL"), from, 3), (Shown{"2026-01-30 09:00 UTC", "2026-02-10 09:00 UTC", "2026-02-27 09:00 UTC"}));
    EXPECT_EQ(times(parts_of("UTC", "0 0 31 2 *"), from, 1), Shown{}) << "never";
}

TEST(Cron, ClocksThatArePutForward) { // 2026-03-29 in Berlin: 02:00 CET is 03:00 CEST
    auto const from = at("2026-03-28 22:00");
    EXPECT_EQ(times(parts_of("Europe/Berlin", "30 2 * * *"), from, 2), (Shown{"2026-03-29 03:00 CEST", "2026-03-30 02:30 CEST"}))
        << "a named hour is made up for when the clocks have moved";
    EXPECT_EQ(times(parts_of("Europe/Berlin", "30 * * * *"), at("2026-03-29 00:00"), 3),
              (Shown{"2026-03-29 01:30 CET", "2026-03-29 03:30 CEST", "2026-03-29 04:30 CEST"}))
        << "every hour goes on";
    EXPECT_EQ(times(parts_of("Europe/Berlin", "0,30 2,3 * * *"), from, 3),
              (Shown{"2026-03-29 03:00 CEST", "2026-03-29 03:30 CEST", "2026-03-30 02:00 CEST"}))
        << "what falls together comes once";
}

TEST(Cron, ClocksThatArePutBack) { // 2026-10-25 in Berlin: 03:00 CEST is 02:00 CET
    auto const from = at("2026-10-24 22:30");
    EXPECT_EQ(times(parts_of("Europe/Berlin", "30 2 * * *"), from, 2), (Shown{"2026-10-25 02:30 CEST", "2026-10-26 02:30 CET"}))
        << "a named hour comes the first time only";
    EXPECT_EQ(times(parts_of("Europe/Berlin", "30 * * * *"), from, 4),
              (Shown{"2026-10-25 01:30 CEST", "2026-10-25 02:30 CEST", "2026-10-25 02:30 CET", "2026-10-25 03:30 CET"}));
    EXPECT_EQ(times(parts_of("Europe/Berlin", "*/30 1-2 * * *"), from, 5).back(), "2026-10-25 02:00 CET") << "no hour without a look";
}

TEST(Cron, SaysWhatIsWrongWhere) {
    auto const fault = [](std::string_view text) { return Cron::parse(text) ? std::string("none") : Cron::parse(text).error().message; };
    EXPECT_THAT(fault("* * * *"), HasSubstr("five fields"));
    EXPECT_THAT(fault("60 * * * *"), HasSubstr("the minute '60' is none: 0-59 or * was expected"));
    EXPECT_THAT(fault("* 6-25 * * *"), HasSubstr("the hour '6-25'"));
    EXPECT_THAT(fault("* 22-4 * * *"), HasSubstr("write 22-23,0-4"));
    EXPECT_THAT(fault("*/0 * * * *"), HasSubstr("no step after '/'"));
    EXPECT_THAT(fault("* * 0 * *"), HasSubstr("the day of the month '0'"));
    EXPECT_THAT(fault("* * * mai *"), HasSubstr("the month 'mai'"));
    EXPECT_THAT(fault("* * * * mon#6"), HasSubstr("mon#1 to mon#5"));
    EXPECT_THAT(fault("* * * * 8"), HasSubstr("the weekday '8'"));
    for (auto const* const text : {"", "  ", "1,, * * * *", "- * * * *", "1-2-3 * * * *", "*5 * * * *", "+1 * * * *", "* * * * #", "* * * * L",
                                   "* * * * mon#", "1/ * * * *", "99999999999 * * * *", "@often", ", , , , ,"})
        EXPECT_NE(fault(text), "none") << text;
}

TEST(Zones, AreFoundByName) {
    EXPECT_TRUE(TimeZone::find("America/Argentina/Buenos_Aires"));
    for (auto const* const name : {"", "/etc/passwd", "../zoneinfo/UTC", "Europe/../UTC", "localtime", "Fixed/UTC+01:00:00", "Europe/Berlin\n"})
        EXPECT_FALSE(TimeZone::find(name)) << name;
    EXPECT_THAT(TimeZone::find("Europe/Berln").error().message, HasSubstr("did you mean Europe/Berlin?"));
    EXPECT_THAT(TimeZone::find("Quux").error().message, HasSubstr("Europe/Berlin or America/Chicago"));
}

Calendar calendar_of(std::vector<std::string> const& holidays, std::vector<std::string> const& working_days = {}) {
    Calendar calendar;
    for (auto const& day : holidays)
        if (auto added = calendar.add_holiday(day); !added)
            throw std::runtime_error(day + ": " + added.error().message);
    for (auto const& day : working_days)
        if (auto added = calendar.add_working_day(day); !added)
            throw std::runtime_error(day + ": " + added.error().message);
    return calendar;
}

TEST(Calendars, HolidaysOfEveryForm) {
    auto const calendar = calendar_of({"2026-05-04 moving house", "12-25 Christmas Day", "12-30..01-02 stocktaking", "2026-08-10..2026-08-14",
                                       "easter-2 Good Friday", "easter+1", "4th thu nov Thanksgiving", "last mon may", "02-29"},
                                      {"2026-12-26 a Saturday", "2027-12-25"});
    for (auto const* const day : {"2026-05-04", "2026-12-25", "2025-12-25", "2026-12-30", "2026-12-31", "2026-01-02", "2026-08-10", "2026-08-14",
                                  "2026-04-03", "2026-04-06", "2025-04-18", "2026-11-26", "2026-05-25", "2028-02-29"})
        EXPECT_TRUE(calendar.is_holiday(day_of(day))) << day;
    for (auto const* const day : {"2027-05-04", "2026-12-24", "2026-01-03", "2026-08-15", "2026-04-05", "2026-11-19", "2026-05-18", "2027-12-25"})
        EXPECT_FALSE(calendar.is_holiday(day_of(day))) << day;
    EXPECT_TRUE(calendar.is_working_day(day_of("2026-12-26"))) << "worked all the same";
    EXPECT_FALSE(calendar.is_working_day(day_of("2026-12-19"))) << "a Saturday";
    EXPECT_TRUE(calendar.is_working_day(day_of("2026-12-21")));
}

TEST(Calendars, EasterInMoreThanOneCentury) { // from published tables
    for (auto const* const day : {"1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23", "2019-04-21", "2026-04-05", "2038-04-25", "2100-03-28"})
        EXPECT_EQ(easter(static_cast<int>(*small_number(std::string_view(day).substr(0, 4)))), day_of(day)) << day;
}

TEST(Calendars, RefuseWhatIsNoDay) {
    Calendar calendar;
    for (auto const* const text : {"", "2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "02-30", "13-01", "2026-05-02..2026-05-01", "easter*1", "easter+",
                                   "easter+1000", "6th mon may", "1st mon", "1st may mon", "..", "2026-01-01..12-01", "Christmas"})
        EXPECT_FALSE(calendar.add_holiday(text)) << text;
    EXPECT_FALSE(calendar.set_week("daily"));
    EXPECT_FALSE(calendar.set_week("mo-fr"));
    EXPECT_TRUE(calendar.set_week("sun-thu"));
    EXPECT_FALSE(calendar.is_working_day(day_of("2026-01-02"))) << "a Friday";
}

TEST(Windows, LeaveOutHolidaysWhereWeekdaysAreNamed) {
    auto parts = parts_of("UTC", "", {"mon-fri 06:00-22:00", "holidays 08:00-09:00"});
    parts.calendar = calendar_of({"12-25"});
    Schedule const schedule(parts); // 25 December 2026 is a Friday
    EXPECT_TRUE(schedule.is_open(at("2026-12-24 21:59")));
    EXPECT_FALSE(schedule.is_open(at("2026-12-24 22:00")));
    EXPECT_EQ(schedule.next_opening(at("2026-12-24 22:00")), at("2026-12-25 08:00"));
    EXPECT_FALSE(schedule.is_open(at("2026-12-25 09:00")));
    EXPECT_EQ(schedule.next_opening(at("2026-12-25 09:00")), at("2026-12-28 06:00"));
}

TEST(Windows, OverMidnightBelongToTheDayTheyBegin) {
    Schedule const schedule(parts_of("UTC", "", {"fri 22:00-02:00"}));
    EXPECT_TRUE(schedule.is_open(at("2026-02-27 23:00"))); // a Friday
    EXPECT_TRUE(schedule.is_open(at("2026-02-28 01:59")));
    EXPECT_FALSE(schedule.is_open(at("2026-02-28 02:00")));
    EXPECT_FALSE(schedule.is_open(at("2026-02-27 01:00")));
    EXPECT_EQ(schedule.next_opening(at("2026-02-28 02:00")), at("2026-03-06 22:00"));
}

TEST(Windows, OnDaysOfChangingClocks) {
    Schedule const in_gap(parts_of("Europe/Berlin", "", {"02:00-03:00"}));
    EXPECT_EQ(in_gap.next_opening(at("2026-03-28 12:00")), at("2026-03-30 00:00")) << "on the 29th there is no such time";
    Schedule const into_gap(parts_of("Europe/Berlin", "", {"02:30-04:00"}));
    EXPECT_EQ(into_gap.next_opening(at("2026-03-28 12:00")), at("2026-03-29 01:00")) << "opens when the clocks have moved";
    EXPECT_TRUE(in_gap.is_open(at("2026-10-25 00:30")));
    EXPECT_TRUE(in_gap.is_open(at("2026-10-25 01:30"))) << "twice";
    Schedule const until(parts_of("Europe/Berlin", "", {"01:00-02:30"}));
    EXPECT_EQ(until.next_opening(at("2026-10-25 00:30")), at("2026-10-25 01:00")) << "put back into the window";
}

TEST(Windows, RefuseWhatIsNone) {
    for (auto const* const text : {"", "mon", "sat,sun", "06:00-22:00", "daily 00:00-24:00", "mon-fri  22:00-02:00", "working_days 07:00-24:00"})
        EXPECT_EQ(Window::parse(text).has_value(), *text != '\0') << text;
    auto const fault = [](std::string_view text) { return Window::parse(text) ? std::string("none") : Window::parse(text).error().message; };
    EXPECT_THAT(fault("monday 06:00-22:00"), HasSubstr("'monday' is no day"));
    EXPECT_THAT(fault("06:00-22:00 mon"), HasSubstr("the days stand before the time"));
    EXPECT_THAT(fault("mon 6-22"), HasSubstr("write 06:00-22:00"));
    EXPECT_THAT(fault("mon 06:00-06:00"), HasSubstr("it ends when it begins"));
    for (auto const* const text : {"mon 06:00", "mon 06:60-07:00", "mon 24:01-25:00", "mon 24:00-01:00", "mon,", "mon 06:00-07:00x", "-", "mon-"})
        EXPECT_NE(fault(text), "none") << text;
}

TEST(Schedule, CronWithinWindows) {
    EXPECT_EQ(times(parts_of("Europe/Berlin", "*/30 * * * *", {"mon-fri 06:15-07:15"}), at("2026-02-27 05:40"), 3),
              (Shown{"2026-02-27 07:00 CET", "2026-03-02 06:30 CET", "2026-03-02 07:00 CET"}));
    EXPECT_EQ(times(parts_of("UTC", "0 3 * * *", {"06:00-22:00"}), at("2026-01-01 00:00"), 1), Shown{}) << "never";
}

// --- properties -----------------------------------------------------------------------------------------------------

constexpr auto minute_steps = 4 * 24 * 60;

class Random {
public:
    unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(engine_); }
    template <class List> auto const& one_of(List const& list) { return list[below(static_cast<unsigned>(std::size(list)))]; }
    std::string hour_and_minute() { return fmt::format("{:02}:{:02}", below(24), below(60)); }

private:
    std::mt19937 engine_{20260329};
};

/// Zones with changes of an hour and of half an hour, over midnight, of a whole day, against the sun, and none.
constexpr std::array<std::string_view, 8> zones = {"Europe/Berlin",    "America/New_York",  "Australia/Lord_Howe", "Pacific/Apia",
                                                   "America/St_Johns", "Africa/Casablanca", "Asia/Kathmandu",      "UTC"};

/// Near a change of clocks, as a rule.
Timestamp some_time(Random& random, TimeZone const& zone) {
    Timestamp const year = at("2005-01-01 00:00") + std::chrono::days(random.below(365 * 25));
    auto const change = zone.next_change(year);
    auto const base = change && random.below(4) > 0 ? *change - minutes(random.below(2 * 24 * 60)) : year;
    return std::chrono::floor<minutes>(base) + std::chrono::milliseconds(random.below(2) * random.below(60'000));
}

/// What the expression means, minute by minute, from what the clocks show alone.
bool comes_at(Cron const& cron, TimeZone const& zone, Calendar const& calendar, Timestamp time) {
    auto const shows = [&](Timestamp when) {
        auto const shown = zone.wall_time(when);
        return Timestamp(shown.day.time_since_epoch()) + shown.minute;
    };
    auto const named = [&](Timestamp shown) {
        auto const day = std::chrono::floor<std::chrono::days>(shown);
        return cron.matches_day(Day(day.time_since_epoch()), calendar) && cron.matches_minute(std::chrono::floor<minutes>(shown - day));
    };
    auto const now = shows(time);
    if (!cron.names_its_hours())
        return named(now);
    for (auto skipped = shows(time - 1min) + 1min; skipped < now; skipped += 1min)
        if (named(skipped))
            return true;
    if (!named(now))
        return false;
    for (auto earlier = time - 1min; earlier > time - 25h; earlier -= 1min) // shown before, the first time
        if (shows(earlier) == now)
            return false;
    return true;
}

TEST(ScheduleProperty, NextIsTheFirstMinuteThatMatches) {
    Random random;
    constexpr std::array<std::string_view, 9> minute_fields = {"*", "0", "30", "*/7", "59", "0-5", "15,45", "1", "*/30"};
    constexpr std::array<std::string_view, 9> hour_fields = {"*", "2", "0", "1-3", "*/6", "2,3", "23", "0,1,2,3", "22-23,0-2"};
    constexpr std::array<std::string_view, 6> day_fields = {"*", "*", "1,L", "28-31", "*/2", "29"};
    constexpr std::array<std::string_view, 6> weekday_fields = {"*", "*", "mon-fri", "sun", "sat#5,sunL", "working_days"};
    auto const calendar = calendar_of({"01-01", "easter", "12-30"});
    unsigned found = 0;
    for (int round = 0; round < 600; ++round) {
        auto const text = fmt::format("{} {} {} * {}", random.one_of(minute_fields), random.one_of(hour_fields), random.one_of(day_fields),
                                      random.one_of(weekday_fields));
        auto const zone = zone_of(random.one_of(zones));
        auto const cron = cron_of(text);
        auto const after = some_time(random, zone);
        auto const next = cron.next(after, zone, calendar, Schedule::horizon);
        ASSERT_TRUE(next) << text;
        ASSERT_GT(*next, after) << text;
        auto time = std::chrono::floor<minutes>(after) + 1min;
        auto const end = time + minutes(minute_steps);
        while (time < end && !comes_at(cron, zone, calendar, time))
            time += 1min;
        found += time < end ? 1 : 0;
        ASSERT_EQ(std::min<Timestamp>(*next, end), time) << text << " in " << zone.name() << " after " << zone.show(after) << ": next is "
                                                         << zone.show(*next) << ", the scan finds " << zone.show(time);
    }
    EXPECT_GT(found, 300u) << "or the scan proves little";
}

TEST(ScheduleProperty, OpeningsAreTheFirstOpenMinute) {
    Random random;
    constexpr std::array<std::string_view, 5> days = {"daily", "mon-fri", "sun", "working_days", "holidays,sat"};
    for (int round = 0; round < 400; ++round) {
        auto parts = parts_of(random.one_of(zones), "");
        std::string text;
        for (auto left = 1 + random.below(3); left > 0; --left) {
            auto window = Window::parse(fmt::format("{} {}-{}", random.one_of(days), random.hour_and_minute(), random.hour_and_minute()));
            if (!window)
                continue; // from is until
            parts.windows.push_back(*window);
            text += fmt::format("{}-{} ", window->from.count(), window->until.count());
        }
        if (parts.windows.empty())
            continue;
        parts.calendar = calendar_of({"easter", "01-01", "10-25..10-27"});
        auto const from = some_time(random, parts.zone);
        auto const zone = parts.zone;
        Schedule const schedule(std::move(parts));
        auto const opening = schedule.next_opening(from);
        ASSERT_TRUE(opening) << text;
        ASSERT_TRUE(schedule.is_open(*opening)) << text;
        ASSERT_GE(*opening, from);
        auto time = from;
        for (auto const end = from + minutes(minute_steps); time < end && !schedule.is_open(time);)
            time = std::chrono::floor<minutes>(time) + 1min;
        ASSERT_EQ(std::min(*opening, time), time) << text << zone.name() << " from " << zone.show(from) << ": " << zone.show(*opening);
        if (schedule.is_open(time)) {
            ASSERT_EQ(*opening, time) << text << zone.name() << " from " << zone.show(from);
        }
    }
}

} // namespace
} // namespace wharf::partner
