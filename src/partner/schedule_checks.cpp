// From a channel's schedule to its timetable, with findings for whoever wrote it.

#include "partner/check.hpp"
#include "partner/schedule/schedule.hpp"

#include <algorithm>

namespace wharf::partner {
namespace {

/// Whether something ever comes is judged from here on, so that the answer does not depend on the day it is asked.
constexpr Timestamp reference{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

template <class T> std::string fault_of(Result<T> const& parsed) { return parsed ? std::string() : parsed.error().message; }

/// The calendars a schedule names, in one.
Calendar calendar_of(Check<Channel>& check, ScheduleSettings const& settings, std::vector<Loaded<CalendarFile>> const& calendars) {
    Calendar calendar;
    std::string week;
    std::vector<std::string> known;
    for (auto const& one : calendars)
        known.push_back(one.value.name);
    for (std::size_t i = 0; i < settings.calendars.size(); ++i) {
        auto const& name = settings.calendars[i];
        auto const path = fmt::format("schedule.calendars[{}]", i);
        auto const found = std::ranges::find(known, name);
        if (found == known.end()) {
            check.report(path, "PARTNER-0050", fmt::format("there is no calendar '{}'", name),
                         known_names(name, known, "calendar", "each is a file NAME.yaml in the folder calendars"), name);
            continue;
        }
        auto const& file = calendars[static_cast<std::size_t>(found - known.begin())].value;
        if (!week.empty() && week != file.working_week)
            check.report(path, "PARTNER-0021", fmt::format("the working weeks of the calendars differ: {} and {}", week, file.working_week),
                         "a channel follows one week; name calendars with the same one", name);
        week = file.working_week;
        (void)calendar.set_week(week); // the texts were checked when they were read
        for (auto const& day : file.holidays)
            (void)calendar.add_holiday(day);
        for (auto const& day : file.working_days)
            (void)calendar.add_working_day(day);
    }
    return calendar;
}

/// Settings that mean nothing together.
void check_sense(Check<Channel>& check, ScheduleSettings const& settings, Schedule::Parts const& parts, bool has_interval, bool is_read) {
    if (parts.cron && has_interval)
        check.report("poll_interval", "PARTNER-0021", "schedule.cron says when the channel is looked at, and poll_interval does as well",
                     "keep one of the two");
    if (parts.cron && !is_read)
        check.report("schedule.cron", "PARTNER-0021", "nothing is picked up on this channel, so there is nothing to look for",
                     "set pickup.inbox, or leave cron out", settings.cron);
    if (settings.uploads != UploadTimes::in_windows && settings.windows.empty())
        check.report("schedule.uploads", "PARTNER-0021", "there are no windows that uploads could heed or not", "give windows, or leave it out");
    if (settings.time_zone != "UTC" && !parts.cron && settings.windows.empty())
        check.report("schedule.time_zone", "PARTNER-0021", "there is neither cron nor windows whose time it could be",
                     "give one of the two, or leave it out", settings.time_zone);
    auto days = std::vector<Days>();
    for (auto const& window : parts.windows)
        days.push_back(window.days);
    if (parts.cron)
        days.push_back(parts.cron->weekdays());
    bool const needed = std::ranges::any_of(days, &Days::needs_calendar);
    bool const heeded = std::ranges::any_of(days, &Days::heeds_calendar) || (parts.cron && parts.cron->names_a_weekday());
    if (needed && settings.calendars.empty())
        check.report("schedule", "PARTNER-0006", "working_days and holidays are those of a calendar, and schedule.calendars names none",
                     "name a calendar, or write mon-fri");
    if (!heeded && !settings.calendars.empty())
        check.report("schedule.calendars", "PARTNER-0021", "neither cron nor a window names weekdays, working_days or holidays, so no day is left out",
                     "write mon-fri, mon-sun or working_days where the calendar is to count, or leave it out");
}

void check_that_it_comes(Check<Channel>& check, ScheduleSettings const& settings, Schedule const& schedule, Schedule::Parts const& parts) {
    if (parts.cron && !parts.cron->next(reference, parts.zone, parts.calendar, Schedule::horizon))
        return check.report("schedule.cron", "PARTNER-0051", fmt::format("'{}' never comes: no day of the next forty years is such a day", settings.cron),
                            "look at day and month: April has 30 days, February 28 or 29", settings.cron);
    if (!parts.windows.empty() && !schedule.next_opening(reference))
        return check.report("schedule.windows", "PARTNER-0051", "no window ever opens", "look at the days: the calendar may have none of them");
    if (parts.cron && !schedule.next(reference))
        check.report("schedule.cron", "PARTNER-0051", fmt::format("'{}' never comes while a window is open", settings.cron),
                     "let the expression come within the windows; both mean the clocks of schedule.time_zone", settings.cron);
}

} // namespace

std::string check_cron(std::string_view text) { return text.empty() ? std::string() : fault_of(Cron::parse(text)); }
std::string check_time_zone(std::string_view text) { return fault_of(TimeZone::find(text)); }
std::string check_window(std::string_view text) { return fault_of(Window::parse(text)); }
std::string check_calendar_day(std::string_view text) { return fault_of(Calendar().add_holiday(text)); }
std::string check_working_week(std::string_view text) { return fault_of(Calendar().set_week(text)); }

void make_timetables(LoadedConfiguration& loaded, Diagnostics& findings) {
    for (auto& channel : loaded.channels) {
        if (!channel.origins.contains("schedule"))
            continue;
        auto const& settings = channel.value.schedule;
        Check check(channel, findings);
        Schedule::Parts parts;
        if (auto zone = TimeZone::find(settings.time_zone))
            parts.zone = std::move(*zone);
        if (!settings.cron.empty())
            if (auto cron = Cron::parse(settings.cron))
                parts.cron = std::move(*cron);
        for (auto const& text : settings.windows)
            if (auto window = Window::parse(text))
                parts.windows.push_back(*window);
        parts.calendar = calendar_of(check, settings, loaded.calendars);
        auto const before = findings.size();
        auto const interval = channel.origins.find("poll_interval"); // wharf.yaml's is filled in as well
        bool const is_own = interval != channel.origins.end() && interval->second.source == channel.source;
        check_sense(check, settings, parts, is_own, channel.value.is_read());
        Schedule schedule(parts);
        if (findings.size() == before)
            check_that_it_comes(check, settings, schedule, parts);
        if (parts.cron || !parts.windows.empty())
            channel.value.timetable = std::make_shared<Schedule const>(std::move(schedule));
    }
}

} // namespace wharf::partner
