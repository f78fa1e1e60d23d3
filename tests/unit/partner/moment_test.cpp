#include "partner/moment.hpp"

#include <gtest/gtest.h>

namespace wharf::partner {
namespace {

std::string shown(std::string_view text) {
    auto const read = read_moment(text);
    return read ? to_iso8601(read->time) + (read->is_day ? " day" : "") : "wrong";
}

TEST(Moment, DaysAndTimesWithTheirZones) {
    EXPECT_EQ(shown("2026-11-01"), "2026-11-01T00:00:00.000Z day");
    EXPECT_EQ(shown("2026-11-01T06:00Z"), "2026-11-01T06:00:00.000Z");
    EXPECT_EQ(shown("2026-11-01T06:00:00Z"), "2026-11-01T06:00:00.000Z");
    EXPECT_EQ(shown("2026-11-01T06:00-05:00"), "2026-11-01T11:00:00.000Z");
    EXPECT_EQ(shown("2026-11-01T06:00+05:30"), "2026-11-01T00:30:00.000Z");
    EXPECT_EQ(shown("2026-07-01 06:00 America/New_York"), "2026-07-01T10:00:00.000Z");
    EXPECT_EQ(shown("2026-12-01 06:00 America/New_York"), "2026-12-01T11:00:00.000Z");
    EXPECT_EQ(shown("2026-11-01 01:30 America/New_York"), "2026-11-01T05:30:00.000Z") << "shown twice: the first";
}

TEST(Moment, WhatIsNone) {
    for (auto const* const text : {"", "2026", "2026-13-01", "2026-02-30", "2026-11-01 ", "2026-11-01T06:00", "2026-11-01T24:00Z", "2026-11-01T06:00:30Z",
                                   "2026-11-01T06:00-15:00", "2026-11-01T06:00Zx", "2026-11-01 06:00", "2026-11-01 06:00 Nowhere/City", "2026-11-01x06:00Z",
                                   "0000-01-01", "2026-03-08 02:30 America/New_York"})
        EXPECT_EQ(shown(text), "wrong") << text;
    EXPECT_EQ(check_moment(""), "") << "nothing is agreed";
    EXPECT_NE(check_moment("2026-03-08 02:30 America/New_York").find("never show"), std::string::npos);
    EXPECT_NE(check_moment("tomorrow").find("2026-11-01T06:00-05:00"), std::string::npos) << "says how it is written";
}

} // namespace
} // namespace wharf::partner
