// Which days: weekdays, and days of a calendar. Shared by cron expressions, windows and calendars.
#pragma once

#include "base/error.hpp"
#include "partner/schedule/time_zone.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace wharf::partner {

/// Holidays and working days of one or several calendar files. The holidays of all count; so do the days that are worked all the
/// same, which win.
class Calendar {
public:
    /// One line, with a name behind it that is for people: "2026-12-24", "2026-12-24..2027-01-01", "12-25" (every year),
    /// "12-24..01-01", "easter", "easter-2", "easter+39", "4th thu nov", "last mon may".
    [[nodiscard]] Result<void> add_holiday(std::string_view text);
    /// "2026-12-19": worked, whatever weekday or holiday it is. The same forms.
    [[nodiscard]] Result<void> add_working_day(std::string_view text);
    /// "mon-fri"; unless called, it is that.
    [[nodiscard]] Result<void> set_week(std::string_view text);

    [[nodiscard]] bool is_holiday(Day day) const;
    [[nodiscard]] bool is_working_day(Day day) const;
    /// Nothing was added.
    [[nodiscard]] bool empty() const { return holidays_.empty() && working_days_.empty(); }

private:
    struct Rule {
        enum class Kind { dates, yearly, easter, nth_weekday };
        Kind kind = Kind::dates;
        Day first{}, last{};                        // dates
        int from = 0, until = 0;                    // yearly: 100 * month + day
        int offset = 0;                             // easter
        unsigned month = 0, weekday = 0, which = 0; // nth_weekday; which 0: the last
        [[nodiscard]] bool matches(Day day) const;
    };
    [[nodiscard]] static Result<Rule> parse(std::string_view text);
    [[nodiscard]] static Result<void> add(std::vector<Rule>& rules, std::string_view text);

    std::vector<Rule> holidays_, working_days_;
    std::uint8_t week_ = 0b0111110; // bit n: weekday n, Sunday is 0
};

/// Days as a window or the last field of a cron expression names them. Named weekdays are not meant when they are holidays.
struct Days {
    bool every = false;
    std::uint8_t weekdays = 0; // bit n: weekday n, Sunday is 0
    bool working_days = false, holidays = false;

    /// "mon-fri", "sat,sun", "working_days", "holidays", "daily"; ranges may go over the end of the week ("fri-mon").
    [[nodiscard]] static Result<Days> parse(std::string_view text);
    [[nodiscard]] bool matches(Day day, Calendar const& calendar) const;
    /// A calendar changes what it means.
    [[nodiscard]] bool needs_calendar() const { return working_days || holidays; }
    [[nodiscard]] bool heeds_calendar() const { return needs_calendar() || (!every && weekdays != 0); }
};

/// 0 for "sun" to 6 for "sat"; nothing for other words. Capital letters are the same.
[[nodiscard]] std::optional<unsigned> weekday_of(std::string_view word);
/// 1 for "jan" to 12 for "dec".
[[nodiscard]] std::optional<unsigned> month_of(std::string_view word);
/// 0 for Sunday.
[[nodiscard]] unsigned weekday_of(Day day);
/// Digits alone.
[[nodiscard]] std::optional<unsigned> small_number(std::string_view text);
/// Easter Sunday of the western churches.
[[nodiscard]] Day easter(int year);

} // namespace wharf::partner
