#include "gateway/silence.hpp"

#include <gtest/gtest.h>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;
constexpr Timestamp noon{std::chrono::milliseconds(1'748'865'600'000)};

TEST(Silence, QuickFailuresAreNoMatter) {
    Silence silence;
    silence.report("erp", noon, noon + 100ms, false);
    EXPECT_FALSE(silence.until("erp", noon + 100ms));
}

TEST(Silence, WhoHangsIsLeftAloneForTwiceTheWait) {
    Silence silence;
    silence.report("erp", noon, noon + 30s, false);
    EXPECT_EQ(silence.until("erp", noon + 31s), noon + 90s);
    EXPECT_FALSE(silence.until("wms", noon + 31s));
    silence.report("slow", noon, noon + 600s, false);
    EXPECT_EQ(silence.until("slow", noon + 600s), noon + 720s) << "two minutes at most";
}

TEST(Silence, OneTriesAgainWhileTheOthersStayAway) {
    Silence silence;
    silence.report("erp", noon, noon + 30s, false);
    EXPECT_FALSE(silence.until("erp", noon + 90s)) << "this caller tries";
    EXPECT_TRUE(silence.until("erp", noon + 91s)) << "the next does not";
    silence.report("erp", noon + 90s, noon + 92s, true);
    EXPECT_FALSE(silence.until("erp", noon + 92s));
}

} // namespace
} // namespace wharf::gateway
