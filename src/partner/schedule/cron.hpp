// Cron expressions: "minute hour day month weekday", as crontab(5) has them.
//
//     */5 6-20 * * mon-fri      every five minutes from 6:00 to 20:55, Monday to Friday
//     30 7 1,15 * *             on the first and the fifteenth
//     0 18 L * *                on the last day of each month
//     0 9 * * tue#2,friL        on the second Tuesday and the last Friday
//     0 * * * working_days      of the calendar
//
// Numbers, names (jan, mon), ranges, lists, steps; 7 is Sunday as well. When day and weekday are both given, either is enough. Also
// @hourly, @daily, @weekly, @monthly, @yearly.
#pragma once

#include "partner/schedule/days.hpp"

#include <bitset>
#include <utility>

namespace wharf::partner {

class Cron {
public:
    /// `invalid` naming the field, what stands there and what may.
    [[nodiscard]] static Result<Cron> parse(std::string_view text);

    [[nodiscard]] bool matches_day(Day day, Calendar const& calendar) const;
    [[nodiscard]] bool matches_minute(std::chrono::minutes minute) const {
        auto const count = static_cast<std::size_t>(minute.count());
        return hours_[count / 60] && minutes_[count % 60];
    }
    /// Each hour stands there by itself ("2", "2,14"): what comes at such a time is meant once a day, also on days when the clocks
    /// are changed. Ranges, steps and * mean "all the time".
    [[nodiscard]] bool names_its_hours() const { return names_its_hours_; }
    [[nodiscard]] Days const& weekdays() const { return weekdays_; }
    /// Holidays of a calendar are left out.
    [[nodiscard]] bool names_a_weekday() const { return !nth_.empty() || weekdays_.heeds_calendar(); }

    /// The first time after `after`; at most `horizon` later.
    [[nodiscard]] std::optional<Timestamp> next(Timestamp after, TimeZone const& zone, Calendar const& calendar,
                                                std::chrono::days horizon) const;

private:
    [[nodiscard]] Result<void> parse_weekdays(std::string_view text);
    [[nodiscard]] Result<void> parse_days(std::string_view text);
    [[nodiscard]] std::optional<Timestamp> first_on(Day day, Timestamp after, TimeZone const& zone) const;

    std::bitset<60> minutes_;
    std::bitset<24> hours_;
    std::bitset<32> days_;   // of the month
    std::bitset<13> months_;
    Days weekdays_;
    std::vector<std::pair<unsigned, unsigned>> nth_; // weekday, which: 1 to 5, 0 the last
    bool last_day_ = false;
    bool any_day_ = true, any_weekday_ = true; // the field begins with *
    bool names_its_hours_ = false;
};

} // namespace wharf::partner
