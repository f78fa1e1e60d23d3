// Whose turn it is to POST to a partner.
#include "gateway/posting.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;

struct Turns {
    std::optional<PostTurns::Turn> take(std::string const& partner, std::string const& subject) { return turns.take(partner, subject, clock, later); }
    ManualClock clock{Timestamp(std::chrono::milliseconds(1'748'873'000'000))};
    PostTurns turns;
    Timestamp later{};
};

TEST(PostTurns, OneAtATimeUntilThePartnerHasAnswered) {
    Turns bench;
    bench.turns.wait_at_most(1ms);
    auto first = bench.take("acme", "1");
    ASSERT_TRUE(first);
    EXPECT_FALSE(bench.take("acme", "2"));
    EXPECT_GT(bench.later, bench.clock.now());
    EXPECT_TRUE(bench.take("bolt", "2")) << "others are not held up";
    first->report(true);
    first.reset();
    std::vector<std::optional<PostTurns::Turn>> held;
    for (unsigned i = 0; i < PostTurns::at_once; ++i)
        EXPECT_TRUE(held.emplace_back(bench.take("acme", std::to_string(i))));
    EXPECT_FALSE(bench.take("acme", "one more"));
    held.pop_back();
    EXPECT_TRUE(bench.take("acme", "one more"));
}

TEST(PostTurns, WhoHangsGetsNoOther) {
    Turns bench;
    auto first = bench.take("acme", "1");
    first->report(true);
    first.reset();
    auto const hanging = bench.take("acme", "1");
    bench.clock.advance(3s);
    EXPECT_FALSE(bench.take("acme", "2")) << "although four at once are allowed, and without waiting";
    EXPECT_EQ(bench.later, bench.clock.now() + 3s);
    bench.clock.advance(10min);
    EXPECT_FALSE(bench.take("acme", "2"));
    EXPECT_EQ(bench.later, bench.clock.now() + 60s) << "asked more and more rarely";
}

TEST(PostTurns, AfterALongFailureHeIsLeftAlone) {
    Turns bench;
    {
        auto turn = bench.take("acme", "1");
        bench.clock.advance(30s);
        turn->report(false);
    }
    EXPECT_FALSE(bench.take("acme", "1"));
    EXPECT_EQ(bench.later, bench.clock.now() + 60s);
    bench.clock.advance(60s);
    EXPECT_TRUE(bench.take("acme", "1"));
}

TEST(PostTurns, OneSubjectHasOneTurn) {
    Turns bench;
    auto answers = bench.take("acme", "0");
    answers->report(true);
    auto const first = bench.take("acme", "1");
    EXPECT_FALSE(bench.take("acme", "1"));
    EXPECT_TRUE(bench.take("acme", "2"));
}

} // namespace
} // namespace wharf::gateway
