#include "base/clock.hpp"
#include "base/date.hpp"

#include <gtest/gtest.h>

namespace wharf {
namespace {

TEST(Date, ExistsInTheCalendar) {
    for (std::string_view const date : {"20250602", "250602", "20240229", "240229", "20000229", "000229", "991231"})
        EXPECT_TRUE(is_date(date)) << date;
    for (std::string_view const date : {"", "2025060", "202506021", "20250632", "20251301", "20250600", "20250001",
                                        "20230229", "19000229", "20250431", "2025-6-2", " 250602", "25060A"})
        EXPECT_FALSE(is_date(date)) << date;
}

TEST(Date, IsoForm) {
    EXPECT_EQ(iso_date("20250602"), "2025-06-02");
    EXPECT_EQ(iso_date("250602"), "2025-06-02");
    EXPECT_EQ(iso_date("491231"), "2049-12-31");
    EXPECT_EQ(iso_date("500101"), "1950-01-01");
}

TEST(Time, OfTheDay) {
    for (std::string_view const time : {"0000", "2359", "140307", "1403072", "14030725", "235959"})
        EXPECT_TRUE(is_time(time)) << time;
    for (std::string_view const time : {"", "140", "14030", "140307250", "2400", "1460", "140360", "14:03", "14A3"})
        EXPECT_FALSE(is_time(time)) << time;
    EXPECT_EQ(iso_time("1403"), "14:03");
    EXPECT_EQ(iso_time("140307"), "14:03:07");
    EXPECT_EQ(iso_time("1403072"), "14:03:07.2");
    EXPECT_EQ(iso_time("14030725"), "14:03:07.25");
}

TEST(Clock, Texts) {
    using namespace std::chrono;
    Timestamp const time = sys_days(2025y / 6 / 2) + 14h + 3min + 7s + 250ms;
    EXPECT_EQ(to_iso8601(time), "2025-06-02T14:03:07.250Z");
    EXPECT_EQ(x12_date6(time), "250602");
    EXPECT_EQ(x12_date8(time), "20250602");
    EXPECT_EQ(x12_time4(time), "1403");
    EXPECT_EQ(to_iso8601(Timestamp{}), "1970-01-01T00:00:00.000Z");
}

TEST(Clock, ManualMovesOnlyWhenTold) {
    ManualClock clock{Timestamp{}};
    EXPECT_EQ(clock.now(), clock.now());
    clock.advance(std::chrono::seconds(2));
    EXPECT_EQ(to_iso8601(clock.now()), "1970-01-01T00:00:02.000Z");
}

} // namespace
} // namespace wharf
