#include "linter/in_order.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace wharf::linter {
namespace {

TEST(InOrder, results_come_in_order_for_any_number_of_jobs) {
    for (unsigned const jobs : {0u, 1u, 2u, 7u}) {
        std::vector<std::size_t> got;
        in_order(100, jobs, [](std::size_t i) { return i * i; }, [&](std::size_t i, std::size_t made) {
            EXPECT_EQ(made, i * i);
            got.push_back(i);
        });
        ASSERT_EQ(got.size(), 100u);
        EXPECT_TRUE(std::ranges::is_sorted(got));
    }
    in_order(0, 4, [](std::size_t i) { return i; }, [](std::size_t, std::size_t) { FAIL(); });
}

TEST(InOrder, few_results_wait) {
    std::atomic<std::size_t> made{0}, delivered{0}, most{0};
    in_order(500, 3, [&](std::size_t i) { ++made; return i; }, [&](std::size_t, std::size_t) {
        most = std::max(most.load(), made.load() - delivered.load());
        ++delivered;
    });
    EXPECT_LE(most.load(), 4u * 3u + 1u);
}

TEST(InOrder, what_is_thrown_comes_out) {
    EXPECT_THROW(in_order(50, 4, [](std::size_t i) { if (i == 20) throw std::runtime_error("work"); return i; }, [](std::size_t, std::size_t) {}), std::runtime_error);
    EXPECT_THROW(in_order(50, 4, [](std::size_t i) { return i; }, [](std::size_t i, std::size_t) { if (i == 20) throw std::runtime_error("deliver"); }), std::runtime_error);
}

} // namespace
} // namespace wharf::linter
