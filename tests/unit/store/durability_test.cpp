// One writer, many callers: atomicity, group commit, control numbers, and what a kill leaves behind.

#include "unit/store/store_fixture.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace wharf::store {
namespace {

using ::testing::HasSubstr;

TEST_F(StoreTest, AnErrorRollsBackEverythingOfItsOwn) {
    auto const done = store->transact([](Transaction& t) -> Result<void> {
        auto const inserted = t.insert(make_transfer("T1"));
        EXPECT_TRUE(inserted);
        EXPECT_TRUE(t.add_job(JobKind::process_transfer, "T1", at(1)));
        return temporary("the gateway thought better of it");
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::temporary);
    EXPECT_EQ(done.error().message, "the gateway thought better of it");
    EXPECT_FALSE(read([](Transaction& t) { return t.transfer("T1"); }));
    EXPECT_FALSE(read([](Transaction& t) { return t.next_due(); }));
}

TEST_F(StoreTest, AnExceptionRollsBackAndReachesTheCaller) {
    EXPECT_THROW((void)store->transact([](Transaction& t) -> Result<void> {
        EXPECT_TRUE(t.insert(make_transfer("T1")));
        throw std::runtime_error("a bug");
    }),
                 std::runtime_error);
    EXPECT_FALSE(read([](Transaction& t) { return t.transfer("T1"); }));
    write([](Transaction& t) { return t.insert(make_transfer("T1")); });
}

TEST_F(StoreTest, TransactInsideATransactionIsRefused) {
    auto const done = store->transact(
        [&](Transaction&) -> Result<void> { return store->transact([](Transaction&) -> Result<void> { return {}; }); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::invalid);
}

TEST_F(StoreTest, ControlNumbersCountPerScopeAndWrap) {
    std::vector<std::uint64_t> numbers;
    auto const take = [&](std::string_view scope, std::uint64_t max) {
        write([&](Transaction& t) -> Result<void> {
            auto const number = t.next_control_number(scope, max);
            if (!number) return unexpected(number.error());
            numbers.push_back(*number);
            return {};
        });
    };
    for (int i = 0; i < 4; ++i)
        take("a", 3);
    take("b", 999'999'999);
    EXPECT_THAT(numbers, ::testing::ElementsAre(1u, 2u, 3u, 1u, 1u));
    reopen();
    take("a", 3);
    EXPECT_EQ(numbers.back(), 2u);
    take("a", 1); // a smaller greatest value: begins again rather than giving a number that has no room
    EXPECT_EQ(numbers.back(), 1u);
    EXPECT_FALSE(store->transact([](Transaction& t) -> Result<void> {
        auto const number = t.next_control_number("a", 0);
        if (!number) return unexpected(number.error());
        return {};
    }));
}

class ControlNumbers : public StoreTest {
protected:
    std::uint64_t take(std::uint64_t first, std::uint64_t max = 999'999'999) {
        std::uint64_t taken = 0;
        write([&](Transaction& t) -> Result<void> {
            auto const number = t.next_control_number("isa", max, first);
            if (!number) return unexpected(number.error());
            taken = *number;
            return {};
        });
        return taken;
    }
};

TEST_F(ControlNumbers, BeginWithTheFirstWanted) {
    EXPECT_EQ(take(500'000'001), 500'000'001u);
    EXPECT_EQ(take(500'000'001), 500'000'002u);
    reopen();
    EXPECT_EQ(take(500'000'001), 500'000'003u);
    EXPECT_EQ(take(1), 500'000'004u) << "a lower one changes nothing";
    EXPECT_EQ(take(700'000'000), 700'000'000u) << "a higher one takes effect";
    EXPECT_EQ(take(700'000'000), 700'000'001u);
    EXPECT_EQ(take(999'999'999), 999'999'999u);
    EXPECT_EQ(take(999'999'999), 1u) << "after the greatest the count begins with 1, and does not jump again";
    EXPECT_EQ(take(999'999'999), 2u);
    EXPECT_EQ(take(600'000'000), 3u);
    reopen();
    EXPECT_EQ(take(499'999'999), 4u) << "the third after that one would be 500000002, which was given";
}

TEST_F(ControlNumbers, OfAnOlderStoreGoOn) {
    store.reset();
    {
        sqlite::Connection connection; // as the versions before wrote it
        ASSERT_TRUE(connection.open(file, sqlite::Access::read_write));
        ASSERT_TRUE(connection.execute("drop table refusal; drop index event_open_alarm; drop index event_alarm_subject;"
                                       "alter table event drop column settled_at; alter table exchange drop column body_sha256;" // of a later version
                                       "alter table control_number drop column least; alter table control_number drop column wrapped;"
                                       "insert into control_number (scope, last) values ('isa', 41);"
                                       "delete from schema_version where version > (select max(version) from schema_version) - 2"));
    }
    reopen();
    EXPECT_EQ(take(1), 42u);
    EXPECT_EQ(take(100), 100u);
    EXPECT_EQ(take(1), 101u);
}

TEST_F(ControlNumbers, OutOfRangeAreRefused) {
    for (std::uint64_t const first : {std::uint64_t(0), std::uint64_t(11)})
        EXPECT_FALSE(store->transact([&](Transaction& t) -> Result<void> {
            auto const number = t.next_control_number("isa", 10, first);
            return number ? Result<void>() : unexpected(number.error());
        })) << first;
}

TEST_F(ControlNumbers, AreNeverGivenTwiceByAJump) { // whatever is wanted, in whatever order
    constexpr std::uint64_t max = 60;
    std::uint64_t state = 1;
    auto const random = [&](std::uint64_t below) { 
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state >> 33) % below;
    };
    for (int round = 0; round < 40; ++round) {
        std::set<std::uint64_t> given; // since the count last began
        std::set<std::uint64_t> ever;
        std::uint64_t last = 0;
        auto const scope = std::to_string(round);
        for (int i = 0; i < 150; ++i) {
            auto const wanted = random(4) == 0 ? 1 + random(max) : 1;
            std::uint64_t number = 0;
            write([&](Transaction& t) -> Result<void> {
                auto const taken = t.next_control_number(scope, max, wanted);
                if (!taken) return unexpected(taken.error());
                number = *taken;
                return {};
            });
            if (last == max) {
                EXPECT_EQ(number, 1u);
                given.clear();
            }
            else if (last != 0 && number != last + 1) {
                EXPECT_EQ(number, wanted);
            }
            EXPECT_TRUE(given.insert(number).second) << number;
            if (!ever.insert(number).second) {
                EXPECT_EQ(given.size(), number) << "given again, and not all smaller ones were since the count began with 1";
            }
            last = number;
        }
    }
}

TEST_F(StoreTest, ARefusedDocumentConsumesNoNumber) {
    auto const take = [&](bool keep) {
        std::uint64_t taken = 0;
        [[maybe_unused]] auto const done = store->transact([&](Transaction& t) -> Result<void> {
            taken = t.next_control_number("isa|ZZ:US|ZZ:ACME|P", 999'999'999).value();
            return keep ? Result<void>{} : invalid("the document does not pass its own validation");
        });
        return taken;
    };
    EXPECT_EQ(take(true), 1u);
    EXPECT_EQ(take(false), 2u);
    EXPECT_EQ(take(false), 2u);
    EXPECT_EQ(take(true), 2u);
    EXPECT_EQ(take(true), 3u);
}

TEST_F(StoreTest, ManyThreadsShareCommitsWithoutDisturbingEachOther) {
    constexpr int threads = 8, rounds = 60;
    std::mutex mutex;
    std::multiset<std::uint64_t> numbers;
    std::atomic<int> failed = 0;
    std::vector<std::thread> workers;
    for (int thread = 0; thread < threads; ++thread)
        workers.emplace_back([&, thread] {
            for (int round = 0; round < rounds; ++round) {
                auto const id = std::to_string(thread) + "-" + std::to_string(round);
                bool const fail = round % 3 == 2;
                std::uint64_t number = 0;
                auto const done = store->transact([&](Transaction& t) -> Result<void> {
                    number = t.next_control_number("isa", 999'999'999).value();
                    if (auto inserted = t.insert(make_transfer(id)); !inserted) return inserted;
                    return fail ? invalid("refused") : Result<void>{};
                });
                EXPECT_EQ(done.has_value(), !fail);
                if (fail)
                    ++failed;
                else {
                    std::lock_guard const lock(mutex);
                    numbers.insert(number);
                }
            }
        });
    for (auto& worker : workers)
        worker.join();
    EXPECT_EQ(failed, threads * rounds / 3);
    // No number twice, none left out, though a third was rolled back in the middle of shared commits.
    ASSERT_EQ(numbers.size(), static_cast<std::size_t>(threads * rounds * 2 / 3));
    std::uint64_t expected = 1;
    for (auto const number : numbers)
        EXPECT_EQ(number, expected++);
    for (int thread = 0; thread < threads; ++thread)
        for (int round = 0; round < rounds; ++round) {
            auto const id = std::to_string(thread) + "-" + std::to_string(round);
            EXPECT_EQ(read([&](Transaction& t) { return t.transfer(id); }).has_value(), round % 3 != 2) << id;
        }
}

TEST_F(StoreTest, WaitingCallersShareOneCommit) {
    // While the first commit is held up, seven more arrive: together they need one more commit, not seven.
    store.reset();
    std::atomic<int> commits = 0;
    std::atomic<bool> first_is_held = false, release = false;
    auto opened = sqlite::SqliteStore::open(file, OpenMode::create, [&](sqlite::Step step) {
        if (step == sqlite::Step::committed) ++commits;
        if (step == sqlite::Step::before_commit && commits == 0) {
            first_is_held = true;
            while (!release)
                std::this_thread::yield();
        }
    });
    ASSERT_TRUE(opened);
    store = std::move(*opened);
    std::vector<std::thread> workers;
    auto const insert = [&](std::string id) {
        workers.emplace_back([this, id] { write([&](Transaction& t) { return t.insert(make_transfer(id)); }); });
    };
    insert("first");
    while (!first_is_held)
        std::this_thread::yield();
    for (int i = 0; i < 7; ++i)
        insert("T" + std::to_string(i));
    std::this_thread::sleep_for(std::chrono::milliseconds(200)); // all seven are waiting by now
    release = true;
    for (auto& worker : workers)
        worker.join();
    EXPECT_EQ(commits, 2);
    for (int i = 0; i < 7; ++i)
        EXPECT_TRUE(read([&](Transaction& t) { return t.transfer("T" + std::to_string(i)); }));
}

/// Runs one transaction in a child process that kills itself at `step`; the parent then looks at what is left.
void run_killed_at(std::filesystem::path const& file, sqlite::Step step, int number) {
    pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        auto opened = sqlite::SqliteStore::open(file, OpenMode::create, [step](sqlite::Step reached) {
            if (reached == step) ::kill(::getpid(), SIGKILL);
        });
        if (opened) [[maybe_unused]]
            auto const done = (*opened)->transact([&](Transaction& t) {
                auto const id = "T" + std::to_string(number);
                return in_order([&] { return t.insert(make_transfer(id)); },
                                [&] { return t.add_job(JobKind::process_transfer, id, at(number)); },
                                [&]() -> Result<void> {
                                    auto const taken = t.next_control_number("isa", 999'999'999);
                                    return taken ? t.add_event({at(1), id, "numbered", std::to_string(*taken)})
                                                 : Result<void>(unexpected(taken.error()));
                                });
            });
        ::_exit(0); // not reached: the observer kills before
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST_F(StoreTest, AKillBetweenAnyTwoStepsLeavesAllOrNothing) {
    using sqlite::Step;
    std::uint64_t committed = 0;
    int number = 0;
    for (int round = 0; round < 3; ++round)
        for (auto const step : {Step::begun, Step::worked, Step::before_commit, Step::committed}) {
            ++number;
            store.reset();
            run_killed_at(file, step, number);
            reopen();
            auto const id = "T" + std::to_string(number);
            bool const expected = step == Step::committed;
            committed += expected;
            EXPECT_EQ(read([&](Transaction& t) { return t.transfer(id); }).has_value(), expected);
            auto const events = read([&](Transaction& t) { return t.events_of(id); });
            ASSERT_EQ(events.size(), expected ? 1u : 0u);
            if (expected) {
                EXPECT_EQ(events[0].text, std::to_string(committed)) << "numbers have no gap";
            }
            auto const jobs = [&] {
                std::vector<Job> claimed;
                write([&](Transaction& t) -> Result<void> {
                    claimed = t.claim_jobs(at(1'000'000), at(1'000'001), 100).value();
                    return t.release_leases();
                });
                return claimed;
            }();
            EXPECT_EQ(jobs.size(), committed);
        }
}

TEST_F(StoreTest, AKillDuringABusyRunKeepsEveryConfirmedTransaction) {
    // The child confirms each commit through a pipe; whatever was confirmed must be there after the kill.
    for (int round = 0; round < 3; ++round) {
        store.reset();
        std::filesystem::remove_all(folder.path());
        std::filesystem::create_directories(folder.path());
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        pid_t const child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(ends[0]);
            auto opened = open_sqlite(file);
            std::vector<std::thread> workers;
            std::atomic<int> next = 0;
            for (int thread = 0; thread < 4; ++thread)
                workers.emplace_back([&] {
                    for (;;) {
                        int const number = next++;
                        auto const done = (*opened)->transact([&](Transaction& t) {
                            auto const id = "T" + std::to_string(number);
                            return in_order([&] { return t.insert(make_transfer(id)); },
                                            [&] { return t.add_job(JobKind::finish_file, id, at(1)); });
                        });
                        if (done) [[maybe_unused]]
                            auto const written = ::write(ends[1], &number, sizeof number);
                    }
                });
            for (auto& worker : workers)
                worker.join();
        }
        ::close(ends[1]);
        std::vector<int> confirmed;
        int number = 0;
        while (confirmed.size() < 50u + 37u * static_cast<unsigned>(round) &&
               ::read(ends[0], &number, sizeof number) == sizeof number)
            confirmed.push_back(number);
        ::kill(child, SIGKILL);
        while (::read(ends[0], &number, sizeof number) == sizeof number)
            confirmed.push_back(number);
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        reopen();
        for (int const done : confirmed) {
            auto const id = "T" + std::to_string(done);
            EXPECT_TRUE(read([&](Transaction& t) { return t.transfer(id); })) << id;
        }
        // Transfer and job are there together or not at all.
        auto const jobs = [&] {
            std::vector<Job> claimed;
            write([&](Transaction& t) -> Result<void> {
                claimed = t.claim_jobs(at(10), at(20), 100'000).value();
                return {};
            });
            return claimed;
        }();
        EXPECT_GE(jobs.size(), confirmed.size());
        for (auto const& job : jobs)
            EXPECT_TRUE(read([&](Transaction& t) { return t.transfer(job.subject); })) << job.subject;
    }
}

/// In a child, because the limit that stands for the full disk is the whole process's.
int write_with_little_room(std::filesystem::path const& file) {
    auto opened = sqlite::SqliteStore::open(file, OpenMode::create);
    if (!opened) return 1;
    auto& store = **opened;
    ::signal(SIGXFSZ, SIG_IGN); // a write beyond the limit then fails instead of killing
    rlimit const little{200'000, RLIM_INFINITY}, enough{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &little);
    auto const too_much = store.transact([](Transaction& t) {
        return in_order([&] { return t.insert(make_transfer("T2", std::string(20'000'000, 'x'))); },
                        [&] {
                            return t.add_event({at(1), "T2", "received", ""});
                        });
    });
    ::setrlimit(RLIMIT_FSIZE, &enough);
    if (too_much || too_much.error().kind != ErrorKind::temporary) return 2;
    return store.transact([](Transaction& t) { return t.insert(make_transfer("T3")); }) ? 0 : 3;
}

TEST_F(StoreTest, AFullDiskIsTemporaryAndLosesNothing) {
    write([](Transaction& t) { return t.insert(make_transfer("T1")); });
    store.reset();
    pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(write_with_little_room(file));
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    reopen();
    EXPECT_TRUE(read([](Transaction& t) { return t.transfer("T1"); }));
    EXPECT_FALSE(read([](Transaction& t) { return t.transfer("T2"); }));
    EXPECT_TRUE(read([](Transaction& t) { return t.transfer("T3"); }));
}

} // namespace
} // namespace wharf::store
