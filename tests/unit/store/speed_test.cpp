// How many durable transactions a second. Not run by itself:
//
//     build/release/store_test --gtest_also_run_disabled_tests --gtest_filter='*Speed*'
//
// A transaction is what the gateway does for a file: transfer with 2 KB of raw bytes, its two jobs and an event.

#include "unit/store/store_fixture.hpp"

#include <chrono>
#include <fmt/format.h>
#include <thread>

namespace wharf::store {
namespace {

Result<void> take_in(Transaction& t, std::string const& id, std::string const& raw) {
    return in_order([&] { return t.insert(make_transfer(id, raw)); },
                    [&] { return t.add_job(JobKind::process_transfer, id, at(1)); },
                    [&] { return t.add_job(JobKind::finish_file, id, at(1)); },
                    [&] {
                        return t.add_event({at(1), id, "received", "file po.edi of channel acme"});
                    });
}

template <class Work>
void measure(std::string_view what, Store& store, int threads, Work work) {
    constexpr auto duration = std::chrono::seconds(3);
    std::atomic<int> done = 0;
    std::vector<std::thread> workers;
    auto const begin = std::chrono::steady_clock::now();
    for (int thread = 0; thread < threads; ++thread)
        workers.emplace_back([&, thread] {
            for (int i = 0; std::chrono::steady_clock::now() - begin < duration; ++i) {
                auto const id = fmt::format("{}-{}-{}", what, thread, i);
                auto const result = store.transact([&](Transaction& t) { return work(t, id); });
                ASSERT_TRUE(result) << result.error().message;
                ++done;
            }
        });
    for (auto& worker : workers)
        worker.join();
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
    fmt::print("{:40} {:2} threads {:8.0f} /s\n", what, threads, done / took.count());
}

TEST_F(StoreTest, DISABLED_Speed) {
    std::string const raw(2048, 'x');
    for (int threads : {1, 8, 32}) {
        measure(fmt::format("transfer-2KB-{}", threads), *store, threads,
                [&](Transaction& t, std::string const& id) { return take_in(t, id, raw); });
        measure(fmt::format("event-{}", threads), *store, threads, [&](Transaction& t, std::string const& id) {
            return t.add_event({at(1), id, "x", ""});
        });
    }
}

TEST_F(StoreTest, DISABLED_SpeedOfClaims) {
    write([](Transaction& t) -> Result<void> {
        for (int i = 0; i < 200'000; ++i)
            if (auto done = t.add_job(JobKind::deliver, "D", at(i)); !done) return done;
        return {};
    });
    for (unsigned batch : {1u, 20u}) {
        std::atomic<std::size_t> claimed = 0;
        auto const begin = std::chrono::steady_clock::now();
        for (int i = 0; i < 2000; ++i)
            write([&](Transaction& t) -> Result<void> {
                auto const jobs = t.claim_jobs(at(1'000'000), at(2'000'000), batch);
                claimed += jobs->size();
                return {};
            });
        std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
        fmt::print("claims by {:2} {:8.0f} jobs/s\n", batch, static_cast<double>(claimed) / took.count());
    }
}

} // namespace
} // namespace wharf::store
