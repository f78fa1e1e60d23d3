// wharf-store-speed: how many durable transactions and claims of jobs a second, in a store of its own in the temporary folder.
//
//     build/release/wharf-store-speed
//
// A transaction is what the gateway does for a file: transfer with 2 KB of raw bytes, its two jobs and an event.
#include "store/sqlite/store.hpp"
#include "store/store.hpp"
#include "tests/support/temp_folder.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace wharf;
using namespace wharf::store;
using Clock = std::chrono::steady_clock;

constexpr auto duration = std::chrono::seconds(3); // of one row of the table
constexpr int waiting_jobs = 200'000;

Timestamp at(std::int64_t milliseconds) { return Timestamp(std::chrono::milliseconds(milliseconds)); }

void must(Result<void> const& done) {
    if (done) return;
    fmt::print(stderr, "wharf-store-speed: {}\n", done.error().message);
    std::exit(2);
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

Result<void> take_in(Transaction& t, std::string const& id, std::string const& raw) {
    Transfer transfer;
    transfer.id = id;
    transfer.channel = "acme";
    transfer.file_name = "po.edi";
    transfer.claim_key = id;
    transfer.sha256 = id;
    transfer.size = raw.size();
    transfer.raw = raw;
    transfer.received_at = at(1000);
    if (auto done = t.insert(transfer); !done) return done;
    if (auto done = t.add_job(JobKind::process_transfer, id, at(1)); !done) return done;
    if (auto done = t.add_job(JobKind::finish_file, id, at(1)); !done) return done;
    return t.add_event({at(1), id, "received", "file po.edi of channel acme"});
}

template <class Work> void measure(std::string_view what, Store& store, int threads, Work work) {
    std::atomic<int> done = 0;
    std::vector<std::thread> workers;
    auto const begin = Clock::now();
    for (int thread = 0; thread < threads; ++thread)
        workers.emplace_back([&, thread] {
            for (int i = 0; Clock::now() - begin < duration; ++i, ++done) {
                auto const id = fmt::format("{}-{}-{}-{}", what, threads, thread, i);
                must(store.transact([&](Transaction& t) { return work(t, id); }));
            }
        });
    for (auto& worker : workers)
        worker.join();
    fmt::print("{:20} {:2} threads {:8.0f} /s\n", what, threads, done / seconds_since(begin));
}

void measure_claims(Store& store) {
    must(store.transact([](Transaction& t) -> Result<void> {
        for (int i = 0; i < waiting_jobs; ++i)
            if (auto done = t.add_job(JobKind::deliver, "D", at(i)); !done) return done;
        return {};
    }));
    for (unsigned const batch : {1u, 20u}) {
        std::size_t claimed = 0;
        auto const begin = Clock::now();
        for (int i = 0; i < 2000; ++i)
            must(store.transact([&](Transaction& t) -> Result<void> {
                auto const jobs = t.claim_jobs(at(1'000'000), at(2'000'000), batch);
                if (!jobs) return unexpected(jobs.error());
                claimed += jobs->size();
                return {};
            }));
        fmt::print("claims by {:2}         {:8.0f} jobs/s\n", batch, static_cast<double>(claimed) / seconds_since(begin));
    }
}

} // namespace

int main() {
    testing_support::TempFolder const folder;
    auto store = sqlite::SqliteStore::open(folder.path() / "wharf.db", OpenMode::create);
    if (!store) {
        fmt::print(stderr, "wharf-store-speed: {}\n", store.error().message);
        return 2;
    }
    std::string const raw(2048, 'x');
    for (int const threads : {1, 8, 32}) {
        measure("transfer of 2 KB", **store, threads, [&](Transaction& t, std::string const& id) { return take_in(t, id, raw); });
        measure("event", **store, threads, [](Transaction& t, std::string const& id) { return t.add_event({at(1), id, "x", ""}); });
    }
    measure_claims(**store);
}
