#include "gateway/pace.hpp"

#include <gtest/gtest.h>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;

Pace::Time at(std::chrono::milliseconds time) { return Pace::Time(time); }

TEST(Pace, TheIntervalCountsFromTheEndOfALook) {
    Pace pace(30s, false);
    EXPECT_LE(pace.due(), at(0s)) << "the first look is at once";
    pace.looked({at(0s), at(20s), false, true, true});
    EXPECT_EQ(pace.due(), at(50s));
}

TEST(Pace, AWatchedFileThatIsNotReadyIsLookedAtSoonAndThenMoreRarely) {
    Pace pace(1h, true);
    Pace::Time time = at(0s);
    for (auto const expected : {5s, 10s, 20s, 40s}) {
        pace.looked({time, time, false, false, true});
        EXPECT_EQ(pace.due() - time, expected);
        time = pace.due();
    }
    for (int i = 0; i < 20; ++i)
        pace.looked({time, time, false, false, true});
    EXPECT_EQ(pace.due() - time, 1h) << "never more rarely than without a watch";
    pace.looked({time, time, false, true, true});
    pace.looked({time, time, false, true, true});
    EXPECT_EQ(pace.due() - time, 5s) << "something was taken: the rest may be ready soon";
    pace.looked({time, time, false, false, false});
    EXPECT_EQ(pace.due() - time, 1h);
}

TEST(Pace, ChangesThatLeadToNothingSlowUsDown) {
    Pace pace(1h, true);
    EXPECT_LE(pace.earliest(), at(0s));
    for (auto const expected : {50ms, 100ms, 200ms}) {
        pace.looked({at(0s), at(0s), true, false, false});
        EXPECT_EQ(pace.earliest(), at(expected));
    }
    for (int i = 0; i < 20; ++i)
        pace.looked({at(0s), at(0s), true, false, false});
    EXPECT_EQ(pace.earliest(), at(5s));
    pace.looked({at(0s), at(0s), true, true, false});
    EXPECT_EQ(pace.earliest(), at(0s));
}

TEST(Pace, LooksTakeHalfOfTheTimeAtMost) {
    Pace pace(1h, true);
    pace.looked({at(0s), at(2s), true, true, false});
    EXPECT_EQ(pace.earliest(), at(4s));
}

} // namespace
} // namespace wharf::gateway
