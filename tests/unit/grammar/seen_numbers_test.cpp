#include "grammar/seen_numbers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <random>

namespace wharf::grammar {
namespace {

TEST(SeenNumbers, a_number_is_seen_once_in_its_scope) {
    SeenNumbers seen(100);
    EXPECT_FALSE(seen.add(0, "0001", {10, 1}));
    EXPECT_FALSE(seen.add(1, "0001", {20, 2})) << "another scope";
    EXPECT_FALSE(seen.add(0, "00001", {30, 3})) << "another number: sets are named as they are written";
    EXPECT_FALSE(seen.add(0, "A001", {40, 4}));
    auto const first = seen.add(0, "0001", {50, 5});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->offset, 10u);
    EXPECT_EQ(first->segment_position, 1u);
    ASSERT_TRUE(seen.add(0, "A001", {60, 6}));
    EXPECT_EQ(seen.add(1, "0001", {60, 6})->offset, 20u);
    seen.clear();
    EXPECT_FALSE(seen.add(0, "0001", {70, 7}));
    EXPECT_FALSE(seen.add(0, "A001", {80, 8}));
}

TEST(SeenNumbers, a_run_reaches_a_number_that_came_before_it) {
    SeenNumbers seen(100);
    EXPECT_FALSE(seen.add(0, "0001", {1, 1}));
    EXPECT_FALSE(seen.add(0, "0003", {2, 1}));
    EXPECT_FALSE(seen.add(0, "0002", {3, 1}));
    auto const first = seen.add(0, "0003", {4, 1});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->offset, 2u);
}

TEST(SeenNumbers, what_is_no_control_number_is_not_remembered) {
    SeenNumbers seen(100);
    for (auto const* number : {"", "1234567890", "\xc9\xc9"}) {
        EXPECT_FALSE(seen.add(0, number, {}));
        EXPECT_FALSE(seen.add(0, number, {})) << number;
    }
}

TEST(SeenNumbers, memory_has_an_end) {
    SeenNumbers seen(10);
    for (int i = 0; i < 20; ++i)
        EXPECT_FALSE(seen.add(0, fmt::format("{:04}", i), {}));
    EXPECT_TRUE(seen.is_full());
    EXPECT_TRUE(seen.add(0, "0009", {})) << "the first ones are still known";
    EXPECT_FALSE(seen.add(0, "0010", {}));
    EXPECT_FALSE(seen.add(0, "X", {}));
    EXPECT_FALSE(seen.add(0, "X", {}));
}

TEST(SeenNumbers, agrees_with_a_map) {
    std::mt19937 random(3);
    for (int round = 0; round < 50; ++round) {
        SeenNumbers seen(100'000);
        std::map<std::pair<std::uint32_t, std::string>, std::uint64_t> map;
        std::uint32_t next = random() % 100;
        for (std::uint64_t at = 1; at < 3000; ++at) {
            next = random() % 10 == 0 ? random() % 3000 : next + 1;
            auto const number = random() % 20 == 0 ? fmt::format("N{}", next % 50) : fmt::format("{:0{}}", next, random() % 50 == 0 ? 5 : 4);
            std::uint32_t const scope = random() % 10 == 0;
            auto const first = seen.add(scope, number, {at, 0});
            auto const [place, is_new] = map.emplace(std::pair(scope, number), at);
            ASSERT_EQ(first.has_value(), !is_new) << number;
            if (first) {
                ASSERT_EQ(first->offset, place->second);
            }
        }
    }
}

} // namespace
} // namespace wharf::grammar
