#include "transport/http/pace.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::http {
namespace {

using namespace std::chrono_literals;

TEST(HttpPace, BytesBuyTime) {
    Pace pace(30s, 100); // 3000 bytes for each 30 seconds
    EXPECT_EQ(pace.left(), 30s);
    pace.moved(20s, 1000);
    EXPECT_EQ(pace.left(), 10s);
    pace.moved(9s, 1999);
    EXPECT_EQ(pace.left(), 1s) << "one byte short";
    pace.moved(0s, 1);
    EXPECT_EQ(pace.left(), 30s);
}

TEST(HttpPace, WhoWasQuickHasNothingSavedUp) {
    Pace pace(30s, 100);
    pace.moved(1s, 1'000'000'000);
    EXPECT_EQ(pace.left(), 30s);
    for (int i = 0; i < 30; ++i)
        pace.moved(1s, 1);
    EXPECT_LE(pace.left(), 0s);
}

TEST(HttpPace, ALargeBodyMayTakeForEverWhileItFlows) {
    Pace pace(30s, 100);
    for (int hour = 0; hour < 1000; ++hour)
        for (int i = 0; i < 3600; ++i) {
            pace.moved(1s, 101);
            ASSERT_GT(pace.left(), 0s);
        }
}

TEST(HttpPace, WithoutARateOneByteIsEnough) {
    Pace pace(30s, 0);
    pace.moved(29s, 1);
    EXPECT_EQ(pace.left(), 30s);
    pace.moved(30s, 0);
    EXPECT_LE(pace.left(), 0s);
}

TEST(HttpProgress, OnlyTimeInWhichWeWaitedCounts) {
    Progress progress;
    Progress::Clock::time_point const begin{};
    EXPECT_FALSE(progress.is_waiting());
    EXPECT_GT(progress.rate(begin), 1e18) << "nothing is slow before time has passed";
    progress.begin_waiting(begin);
    EXPECT_TRUE(progress.is_waiting());
    EXPECT_EQ(progress.waited(begin + 2s), 2s) << "this wait counts, too";
    EXPECT_EQ(progress.rate(begin + 2s), 0.0);
    progress.end_waiting(begin + 2s, 1000);
    EXPECT_FALSE(progress.is_waiting());
    EXPECT_EQ(progress.rate(begin + 100s), 500.0) << "98 seconds were ours";
    progress.begin_waiting(begin + 100s);
    progress.end_waiting(begin + 102s, 1000);
    EXPECT_EQ(progress.waited(begin + 200s), 4s);
    EXPECT_EQ(progress.rate(begin + 200s), 500.0);
}

TEST(HttpProgress, WhoDripsAfterAQuickBeginningIsSlowSoon) {
    Progress progress;
    Progress::Clock::time_point now{};
    auto const move = [&](std::uint64_t bytes) {
        progress.begin_waiting(now);
        now += 1s;
        progress.end_waiting(now, bytes);
    };
    move(16u << 20);
    for (int i = 0; i < 10; ++i)
        move(1);
    EXPECT_GT(progress.rate(now), 1e6) << "a pause is nothing yet";
    for (int i = 0; i < 120; ++i)
        move(1);
    EXPECT_LT(progress.rate(now), 16 << 10);
    EXPECT_EQ(progress.waited(now), 131s) << "nothing of this is forgotten";
    for (int i = 0; i < 300; ++i)
        move(100'000);
    EXPECT_NEAR(progress.rate(now), 100'000, 1000) << "who becomes quick again is quick";
}

} // namespace
} // namespace wharf::transport::http
