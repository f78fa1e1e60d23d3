// When a channel is looked at, and when it may be connected to at all: a cron expression, pick-up windows, calendars, a time zone.
// Pure calculation; immutable and used by all threads.
//
// When the clocks are changed:
//   - put forward (a time never comes): a cron expression that names its hours one by one ("30 2 * * *") comes at the moment the
//     clocks were put forward to; others ("*/5 * * * *") go on from there. A window that begins in the gap opens after it, one that
//     lies in the gap does not open that day.
//   - put back (a time comes twice): the former come the first time only, the latter both times. A window is open whenever the
//     clocks show a time within it.
#pragma once

#include "partner/schedule/cron.hpp"

#include <string>
#include <vector>

namespace wharf::partner {

/// "mon-fri 06:00-22:00", "22:00-02:00" (daily, over midnight), "sat", "working_days 07:00-24:00".
struct Window {
    Days days;
    std::chrono::minutes from{0}, until{24 * 60}; // wall time; until < from: of the following day
    [[nodiscard]] static Result<Window> parse(std::string_view text);
    [[nodiscard]] bool holds(WallTime const& time, Calendar const& calendar) const;
};

class Schedule {
public:
    /// What does not come within this time never comes: 29 February on a Monday takes 28 years, 40 over a year like 2100.
    static constexpr std::chrono::days horizon{40 * 366};

    struct Parts {
        std::optional<Cron> cron;
        TimeZone zone;
        std::vector<Window> windows; // none: always
        Calendar calendar;
    };
    explicit Schedule(Parts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] bool has_cron() const { return parts_.cron.has_value(); }
    [[nodiscard]] TimeZone const& zone() const { return parts_.zone; }
    /// A window is open, or there is none to be kept.
    [[nodiscard]] bool is_open(Timestamp time) const;
    /// `from`, or when the first window opens after it; nothing: none ever does.
    [[nodiscard]] std::optional<Timestamp> next_opening(Timestamp from) const;
    /// The first time after `after` at which the cron expression comes while a window is open; without one, at which a window is open
    /// (one millisecond later, if it is).
    [[nodiscard]] std::optional<Timestamp> next(Timestamp after) const;

private:
    [[nodiscard]] std::optional<Timestamp> opening_on(Day day, Timestamp from) const;
    Parts parts_;
};

} // namespace wharf::partner
