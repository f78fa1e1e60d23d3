// The verbs of jobs, events and answers, on a real file.

#include "base/id.hpp"
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
    auto const first = new_id(at(1)), second = new_id(at(3));
    write([&](Transaction& t) {
        return in_order([&] { return t.add_event({at(1), first, "AS2_RECEIPT_OVERDUE", "early"}); },
                        [&] { return t.add_event({at(2), first, "sent", ""}); },
                        [&] { return t.add_event({at(3), second, "QUARANTINED", "late"}); });
    });
    auto const all = read([](Transaction& t) { return t.alarms({}); });
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].type, "QUARANTINED") << "the newest first";
    EXPECT_EQ(all[1].text, "early");
    EXPECT_EQ(read([](Transaction& t) { return t.alarms({.since = at(2)}); }).size(), 1u);
    EXPECT_EQ(read([](Transaction& t) { return t.alarms({.limit = 1}); }).size(), 1u);
    write([](Transaction& t) { return t.add_event({at(1), "acme", "CERTIFICATE_EXPIRED", ""}); });
    auto const count_since = [&] { return read([](Transaction& t) { return t.alarms({.since = at(2), .with_settled = true}); }).size(); };
    EXPECT_EQ(count_since(), 2u) << "of a channel: as long as it is open";
    write([](Transaction& t) -> Result<void> {
        auto const settled = t.settle_alarms("acme", "", at(4));
        return settled ? Result<void>() : unexpected(settled.error());
    });
    EXPECT_EQ(count_since(), 1u);
}

TEST_F(StoreTest, AnAlarmIsSettledByAPersonOrByWhatItIsAbout) {
    write([](Transaction& t) {
        auto quarantined = make_message("M1");
        quarantined.state = MessageState::quarantined;
        auto sent = make_message("M2", Direction::outbound);
        sent.state = MessageState::sent;
        auto held = make_document("D1", "M1");
        held.state = DocumentState::held;
        auto owing = make_exchange("E1");
        owing.receipt = ReceiptState::unsent;
        return in_order([&] { return t.insert(quarantined); }, [&] { return t.insert(sent); }, [&] { return t.insert(held); },
                        [&] { return t.insert(owing); }, [&] { return t.add_event({at(1), "M1", "QUARANTINED", ""}); },
                        [&] { return t.add_event({at(2), "M2", "AS2_SENDING_FAILED", ""}); }, [&] { return t.add_event({at(3), "D1", "NO_TARGET", ""}); },
                        [&] { return t.add_event({at(4), "E1", "AS2_RECEIPT_UNSENT", ""}); },
                        [&] { return t.add_event({at(5), "acme", "HOST_KEY_REFUSED", ""}); },
                        [&] { return t.add_event({at(6), "M2", "UNMATCHED_ACKNOWLEDGMENT", ""}); });
    });
    auto const open = [&](AlarmFilter const& filter = {}) {
        std::vector<std::string> words;
        for (auto const& alarm : read([&](Transaction& t) { return t.alarms(filter); }))
            words.push_back((alarm.is_settled ? "-" : "") + alarm.type);
        return words;
    };
    EXPECT_THAT(open(), ElementsAre("UNMATCHED_ACKNOWLEDGMENT", "HOST_KEY_REFUSED", "AS2_RECEIPT_UNSENT", "NO_TARGET", "QUARANTINED")) << "M2 was sent";
    write([](Transaction& t) {
        auto processed = make_message("M1");
        auto delivered = make_document("D1", "M1");
        auto sent = make_exchange("E1");
        sent.receipt = ReceiptState::sent;
        return in_order([&] { return t.update(processed); }, [&] { return t.update(delivered); }, [&] { return t.update(sent); });
    });
    EXPECT_THAT(open(), ElementsAre("UNMATCHED_ACKNOWLEDGMENT", "HOST_KEY_REFUSED"));
    unsigned settled = 0;
    auto const settle = [&](std::string_view subject, std::string_view word) {
        write([&](Transaction& t) -> Result<void> {
            auto count = t.settle_alarms(subject, word, at(9));
            if (!count) return unexpected(count.error());
            settled = *count;
            return {};
        });
        return settled;
    };
    EXPECT_EQ(settle("acme", "CERTIFICATE_EXPIRED"), 0u);
    EXPECT_EQ(settle("acme", "HOST_KEY_REFUSED"), 1u);
    EXPECT_EQ(settle("acme", ""), 0u) << "once";
    EXPECT_THAT(open(), ElementsAre("UNMATCHED_ACKNOWLEDGMENT"));
    EXPECT_THAT(open({.with_settled = true}), ElementsAre("UNMATCHED_ACKNOWLEDGMENT", "-HOST_KEY_REFUSED", "-AS2_RECEIPT_UNSENT", "-NO_TARGET",
                                                          "-AS2_SENDING_FAILED", "-QUARANTINED"));
    EXPECT_EQ(read([](Transaction& t) { return t.alarms({.with_settled = true, .subject = "acme"}); }).at(0).settled_at, at(9));
    EXPECT_THAT(open({.subject = "M2", .word = "UNMATCHED"}), ElementsAre("UNMATCHED_ACKNOWLEDGMENT"));
    EXPECT_THAT(open({.word = "CERTIFICATE_"}), IsEmpty());
}

TEST_F(StoreTest, WithoutAProofAnExchangeKeepsItsAlarmThoughTheMessageWasAccepted) {
    write([](Transaction& t) {
        auto accepted = make_message("M1", Direction::outbound);
        accepted.state = MessageState::accepted;
        auto overdue = make_exchange("E1", Direction::outbound);
        overdue.message_id = "M1";
        overdue.state = ExchangeState::failed;
        return in_order([&] { return t.insert(accepted); }, [&] { return t.insert(overdue); },
                        [&] { return t.add_event({at(1), "M1", "AS2_RECEIPT_OVERDUE", ""}); });
    });
    EXPECT_EQ(read([](Transaction& t) { return t.alarms({}); }).size(), 1u);
    write([](Transaction& t) {
        auto late = make_exchange("E1", Direction::outbound);
        late.state = ExchangeState::succeeded;
        return t.update(late);
    });
    EXPECT_TRUE(read([](Transaction& t) { return t.alarms({}); }).empty());
}

TEST_F(StoreTest, RefusalsAreCountedAndBounded) {
    auto const all = [&] { return read([](Transaction& t) { return t.refusals({}, 100); }); };
    write([](Transaction& t) {
        return in_order([&] { return t.add_refusal(refused_as("A", "192.0.2.7", 1000), 2); }, [&] { return t.add_refusal(refused_as("A", "192.0.2.7", 2000), 2); },
                        [&] { return t.add_refusal(refused_as("B"), 2); }, [&] { return t.add_refusal(refused_as("C"), 2); },
                        [&] { return t.add_refusal(refused_as("D"), 2); }, [&] { return t.add_refusal(refused_as("A", "192.0.2.8", 3000), 2); });
    });
    auto const found = all();
    ASSERT_EQ(found.size(), 4u) << "the third and fourth pair of names of an address are one entry";
    EXPECT_EQ(found[0].address, "192.0.2.8") << "the newest first";
    EXPECT_EQ(found[1].from, "A");
    EXPECT_EQ(found[1].count, 2u);
    EXPECT_EQ(found[1].first_at, at(1000));
    EXPECT_EQ(found[1].last_at, at(2000));
    EXPECT_TRUE(std::ranges::any_of(found, [](auto const& one) { return one.from.empty() && one.count == 2; }));
    EXPECT_TRUE(read([](Transaction& t) { return t.refusals({"globex-as2"}, 100); }).empty());
    EXPECT_EQ(read([](Transaction& t) { return t.refusals({"globex-as2", "acme-as2"}, 100); }).size(), 4u);
    write([](Transaction& t) { return in_order([&] { return t.trim_refusals("login", "globex-as2", 0); }, [&] { return t.trim_refusals("login", "acme-as2", 2); }); });
    ASSERT_EQ(all().size(), 2u);
    EXPECT_EQ(all()[1].last_at, at(2000));
}

TEST_F(StoreTest, AJobIsHastenedUnlessSomebodyIsAtWorkOnIt) {
    write([](Transaction& t) {
        return in_order([&] { return t.add_job(JobKind::transmit, "M1", at(5000)); }, [&] { return t.add_job(JobKind::send_receipt, "E1", at(10)); });
    });
    auto const hasten = [&](JobKind kind, std::string_view subject) {
        bool done = false;
        write([&](Transaction& t) -> Result<void> {
            auto hastened = t.hasten_job(kind, subject, at(20));
            if (!hastened) return unexpected(hastened.error());
            done = *hastened;
            return {};
        });
        return done;
    };
    EXPECT_EQ(read([](Transaction& t) { return t.jobs_of("M1"); }).at(0).due_at, at(5000));
    EXPECT_FALSE(hasten(JobKind::send_receipt, "M1"));
    EXPECT_TRUE(hasten(JobKind::transmit, "M1"));
    EXPECT_EQ(read([](Transaction& t) { return t.jobs_of("M1"); }).at(0).due_at, at(20));
    write([](Transaction& t) -> Result<void> {
        auto claimed = t.claim_jobs(at(30), at(500), 10);
        return claimed && claimed->size() == 2 ? Result<void>() : permanent("two were due");
    });
    EXPECT_FALSE(hasten(JobKind::transmit, "M1")) << "it is leased";
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
