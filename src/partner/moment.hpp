// A day, or a time of a day in a zone, as settings name when something begins or ends.
//
//     2026-11-01                              the day, UTC
//     2026-11-01T06:00Z, 2026-11-01T06:00-05:00
//     2026-11-01 06:00 America/New_York       as the clocks on the wall there show it
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::partner {

struct Moment {
    Timestamp time;          // of a day: its beginning
    bool is_day = false;     // no time of day was given
};

/// `invalid` with what is wrong and how it is written. A time that clocks never show (put forward) is none; one that they show
/// twice is the first.
[[nodiscard]] Result<Moment> read_moment(std::string_view text);

/// For fields of the configuration: "" for a moment, or nothing at all; else what is wrong.
[[nodiscard]] std::string check_moment(std::string_view text);

} // namespace wharf::partner
