// The verbs of jobs, events and answers, on a real file.

#include "unit/store/store_fixture.hpp"

#include <array>
#include <gmock/gmock.h>

namespace wharf::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> subjects(std::vector<Job> const& jobs) {
    std::vector<std::string> found;
    for (auto const& job : jobs)
        found.push_back(job.subject);
    return found;
}

TEST_F(StoreTest, JobsAreClaimedOldestFirstWithALease) {
    write([](Transaction& t) {
        return in_order([&] { return t.add_job(JobKind::deliver, "late", at(300)); },
                        [&] { return t.add_job(JobKind::transmit, "second", at(200)); },
                        [&] { return t.add_job(JobKind::deliver, "first", at(100)); },
                        [&] { return t.add_job(JobKind::deliver, "third", at(200)); });
    });
    EXPECT_EQ(read([](Transaction& t) { return t.next_due(); }), at(100));

    std::vector<Job> jobs;
    auto const claim = [&](std::int64_t now, std::int64_t until, unsigned limit) {
        write([&](Transaction& t) -> Result<void> {
            auto claimed = t.claim_jobs(at(now), at(until), limit);
            if (!claimed) return unexpected(claimed.error());
            jobs = std::move(*claimed);
            return {};
        });
        return subjects(jobs);
    };
    EXPECT_THAT(claim(99, 1000, 10), IsEmpty());
    EXPECT_THAT(claim(250, 1000, 2), ElementsAre("first", "second"));
    EXPECT_EQ(jobs[0].kind, JobKind::deliver);
    EXPECT_EQ(jobs[1].kind, JobKind::transmit);
    EXPECT_EQ(jobs[0].due_at, at(100));
    EXPECT_EQ(jobs[0].attempts, 1u);
    auto const first = jobs[0].id;
    auto const second = jobs[1].id;
    EXPECT_THAT(claim(250, 1000, 10), ElementsAre("third"));
    EXPECT_THAT(claim(250, 1000, 10), IsEmpty());
    EXPECT_EQ(read([](Transaction& t) { return t.next_due(); }), at(300));

    write([&](Transaction& t) {
        return in_order([&] { return t.finish_job(first); }, [&] { return t.postpone_job(second, at(400)); });
    });
    EXPECT_THAT(claim(500, 2000, 10), ElementsAre("late", "second"));
    EXPECT_EQ(jobs[1].attempts, 2u);
    EXPECT_THAT(claim(1000, 2000, 10), ElementsAre("third")) << "its lease has run out";
    EXPECT_EQ(jobs[0].due_at, at(200));

    EXPECT_THAT(claim(1500, 3000, 10), IsEmpty());
    write([](Transaction& t) { return t.release_leases(); });
    EXPECT_THAT(claim(1500, 3000, 10), ElementsAre("third", "late", "second"));
}

TEST_F(StoreTest, OnlyTransmissionsThatAWindowPutOffAreHastened) {
    auto const outbound = [](std::string const& id, MessageState state, unsigned attempts) {
        auto message = make_message(id);
        message.direction = Direction::outbound;
        message.state = state;
        message.attempts = attempts;
        return message;
    };
    write([&](Transaction& t) {
        return in_order([&] { return t.insert(outbound("waits", MessageState::ready, 0)); },
                        [&] { return t.insert(outbound("tried", MessageState::ready, 1)); },
                        [&] {
                            auto again = outbound("again", MessageState::ready, 2);
                            again.reason = "waits for the window of channel van";
                            return t.insert(again);
                        },
                        [&] { return t.insert(outbound("sent", MessageState::sent, 0)); },
                        [&] { return t.insert(outbound("posted", MessageState::ready, 0)); },
                        [&] {
                            auto exchange = make_exchange("E1");
                            exchange.direction = Direction::outbound;
                            exchange.message_id = "posted";
                            return t.insert(exchange);
                        },
                        [&] { return t.add_job(JobKind::transmit, "waits", at(900)); },
                        [&] { return t.add_job(JobKind::expect_acknowledgment, "waits", at(910)); },
                        [&] { return t.add_job(JobKind::transmit, "tried", at(920)); },
                        [&] { return t.add_job(JobKind::transmit, "again", at(925)); },
                        [&] { return t.add_job(JobKind::transmit, "sent", at(930)); },
                        [&] { return t.add_job(JobKind::transmit, "posted", at(940)); },
                        [&] { return t.hasten_transmissions(at(100), "waits for the window"); });
    });
    std::vector<Job> jobs;
    auto const claim = [&](std::int64_t now, std::int64_t until) {
        write([&](Transaction& t) -> Result<void> {
            auto claimed = t.claim_jobs(at(now), at(until), 10);
            if (!claimed) return unexpected(claimed.error());
            jobs = std::move(*claimed);
            return {};
        });
        return subjects(jobs);
    };
    EXPECT_THAT(claim(100, 500), ElementsAre("waits", "again"));
    EXPECT_EQ(jobs[0].due_at, at(100));
    EXPECT_EQ(read([](Transaction& t) { return t.next_due(); }), at(500));
    write([](Transaction& t) { return t.hasten_transmissions(at(200), "waits for the window"); });
    EXPECT_THAT(claim(200, 600), IsEmpty()) << "it is leased";
    EXPECT_THAT(claim(1000, 2000), ElementsAre("waits", "again", "waits", "tried", "sent", "posted"));
}

TEST_F(StoreTest, AlarmsAreEventsInCapitals) {
    write([](Transaction& t) {
        return in_order([&] { return t.add_event({at(1), "M1", "AS2_RECEIPT_OVERDUE", "early"}); },
                        [&] { return t.add_event({at(2), "M1", "sent", ""}); },
                        [&] { return t.add_event({at(3), "M2", "QUARANTINED", "late"}); });
    });
    auto const all = read([](Transaction& t) { return t.alarms(at(0), 10); });
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].type, "QUARANTINED") << "the newest first";
    EXPECT_EQ(all[1].text, "early");
    EXPECT_EQ(read([](Transaction& t) { return t.alarms(at(2), 10); }).size(), 1u);
    EXPECT_EQ(read([](Transaction& t) { return t.alarms(at(0), 1); }).size(), 1u);
}

TEST_F(StoreTest, AKindIsClaimedWithoutTheOthers) {
    write([](Transaction& t) {
        return in_order([&] { return t.add_job(JobKind::expect_acknowledgment, "waits", at(1)); },
                        [&] { return t.add_job(JobKind::transmit, "sent", at(3)); },
                        [&] { return t.add_job(JobKind::finish_file, "finished", at(2)); });
    });
    static constexpr std::array channel_work = {JobKind::transmit, JobKind::finish_file};
    static constexpr std::array target_work = {JobKind::deliver};
    EXPECT_EQ(read([](Transaction& t) { return t.next_due(channel_work); }), at(2));
    EXPECT_FALSE(read([](Transaction& t) { return t.next_due(target_work); }));
    std::vector<Job> jobs;
    write([&](Transaction& t) -> Result<void> {
        jobs = t.claim_jobs(at(9), at(20), 10, channel_work).value();
        return {};
    });
    EXPECT_THAT(subjects(jobs), ElementsAre("finished", "sent"));
    EXPECT_EQ(read([](Transaction& t) { return t.next_due(); }), at(1));
}

TEST_F(StoreTest, JobsOfASubjectEndTogether) {
    write([](Transaction& t) {
        return in_order([&] { return t.add_job(JobKind::expect_acknowledgment, "M1", at(1)); },
                        [&] { return t.add_job(JobKind::transmit, "M1", at(2)); },
                        [&] { return t.add_job(JobKind::expect_acknowledgment, "M2", at(3)); },
                        [&] { return t.finish_jobs_of(JobKind::expect_acknowledgment, "M1"); });
    });
    EXPECT_EQ(read([](Transaction& t) { return t.next_due(); }), at(2));
    write([](Transaction& t) { return t.finish_jobs_of(JobKind::transmit, "M1"); });
    EXPECT_EQ(read([](Transaction& t) { return t.next_due(); }), at(3));
    write([](Transaction& t) { return t.finish_jobs_of(JobKind::expect_acknowledgment, "M2"); });
    EXPECT_FALSE(read([](Transaction& t) { return t.next_due(); }));
    EXPECT_FALSE(store->transact([](Transaction& t) { return t.postpone_job(77, at(1)); }));
}

TEST_F(StoreTest, EventsAndAnswers) {
    write([](Transaction& t) {
        return in_order(
            [&] {
                return t.add_event({at(2), "M1", "received", "from acme"});
            },
            [&] {
                return t.add_event({at(1), "M1", "DUPLICATE_INVOICE", "INV-7"});
            },
            [&] {
                return t.add_event({at(3), "M2", "sent", ""});
            },
            [&] { return t.remember_answer("key-1", "{\"id\":\"D1\"}"); });
    });
    auto const events = read([](Transaction& t) { return t.events_of("M1"); });
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].type, "received");
    EXPECT_EQ(events[0].at, at(2));
    EXPECT_EQ(events[0].subject, "M1");
    EXPECT_EQ(events[1].type, "DUPLICATE_INVOICE");
    EXPECT_EQ(events[1].text, "INV-7");
    EXPECT_EQ(read([](Transaction& t) { return t.find_answer("key-1"); }), "{\"id\":\"D1\"}");
    EXPECT_FALSE(read([](Transaction& t) { return t.find_answer("key-2"); }));
    EXPECT_FALSE(store->transact([](Transaction& t) { return t.remember_answer("key-1", "another"); }));
    EXPECT_EQ(read([](Transaction& t) { return t.find_answer("key-1"); }), "{\"id\":\"D1\"}");
}

} // namespace
} // namespace wharf::store
