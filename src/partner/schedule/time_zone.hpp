// Time zones by their name in the IANA database, as the system keeps it (/usr/share/zoneinfo; Debian's package tzdata).
//
// Wall time is written as a day and minutes since its midnight. Values are cheap to copy and may be used by all threads.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::partner {

using Day = std::chrono::local_days;

/// What the clocks on the wall show.
struct WallTime {
    Day day;
    std::chrono::minutes minute; // since midnight, rounded down
};

/// When clocks show a time.
struct Instants {
    enum class Kind { once, never, twice };
    Kind kind = Kind::once;
    Timestamp first;  // never: the instant at which the clocks were put forward over it
    Timestamp second; // twice: after they were put back
};

class TimeZone {
public:
    /// UTC.
    TimeZone();
    /// `invalid`, with the nearest name, when there is no such zone; `permanent` when the system has no zones at all.
    [[nodiscard]] static Result<TimeZone> find(std::string_view name);

    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] WallTime wall_time(Timestamp time) const;
    [[nodiscard]] Instants instants(Day day, std::chrono::minutes minute) const;
    /// When the clocks are changed next.
    [[nodiscard]] std::optional<Timestamp> next_change(Timestamp after) const;
    /// "2026-03-29 03:00 CEST"
    [[nodiscard]] std::string show(Timestamp time) const;

private:
    struct Rules;
    std::string name_ = "UTC";
    std::shared_ptr<Rules const> rules_;
};

} // namespace wharf::partner
