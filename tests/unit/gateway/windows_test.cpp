// Pick-up windows in the worker: nothing goes out or is looked at while they are closed, and no attempt is counted.
#include "gateway/windows.hpp"
#include "partner/schedule/schedule.hpp"
#include "support/gateway_bench.hpp"

#include <thread>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;
using store::Direction;
using store::MessageState;
using test::Bench;

/// Open on weekdays from 06:00 to 22:00 UTC.
partner::Configuration with_window(partner::UploadTimes uploads = partner::UploadTimes::in_windows) {
    auto configuration = test::one_partner();
    partner::Schedule::Parts parts;
    parts.windows.push_back(*partner::Window::parse("mon-fri 06:00-22:00"));
    auto& channel = configuration.channels.front();
    channel.schedule.windows = {"mon-fri 06:00-22:00"};
    channel.schedule.uploads = uploads;
    channel.timetable = std::make_shared<partner::Schedule const>(std::move(parts));
    return configuration;
}

/// Turns the bench's clock to a time of the day at which the window is closed or open.
void turn_to(Bench& bench, bool is_open) {
    auto const& timetable = *bench.configuration.channels.front().timetable;
    while (timetable.is_open(bench.clock.now()) != is_open)
        bench.clock.advance(1h);
}

TEST(Windows, WhatWeSendWaitsForTheWindowWithoutAttempts) {
    Bench bench(with_window());
    turn_to(bench, false);
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    bench.work();
    EXPECT_TRUE(bench.outbox().empty());
    auto const id = bench.messages(Direction::outbound)[0].id;
    EXPECT_EQ(bench.view(id).message.state, MessageState::ready);
    EXPECT_EQ(bench.view(id).message.attempts, 0U);
    EXPECT_EQ(bench.work(), 0U) << "not due before the window opens";
    turn_to(bench, true);
    bench.work();
    EXPECT_EQ(bench.outbox().size(), 1U);
    EXPECT_EQ(bench.view(id).message.state, MessageState::sent);
    EXPECT_EQ(bench.view(id).message.attempts, 1U);
}

/// What the start of `serve` and `poll --once` does to the work that is left.
void start_anew(Bench& bench) {
    ASSERT_TRUE(bench.store->transact(
        [&](store::Transaction& transaction) { return transaction.hasten_transmissions(bench.clock.now(), waits_for_window); }));
}

TEST(Windows, WhatWaitsSaysWhyAndIsJudgedAnewAtAStart) {
    Bench bench(with_window());
    turn_to(bench, false);
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    bench.work();
    auto const id = bench.messages(Direction::outbound)[0].id;
    auto const reason = bench.view(id).message.reason;
    EXPECT_TRUE(reason.starts_with("waits for the window of channel van, until ")) << reason;
    start_anew(bench);
    EXPECT_EQ(bench.work(), 1U) << "judged anew";
    EXPECT_TRUE(bench.outbox().empty()) << "and still closed";
    EXPECT_EQ(bench.view(id).message.reason, reason);
    start_anew(bench);
    bench.context->ignores_windows = true;
    bench.work();
    EXPECT_EQ(bench.outbox().size(), 1U);
    EXPECT_EQ(bench.view(id).message.state, MessageState::sent);
    EXPECT_EQ(bench.view(id).message.reason, "");
}

TEST(Windows, ARetryKeepsItsTimeAtAStart) {
    Bench bench;
    bench.mailbox->trouble = Error{ErrorKind::temporary, "the server is away"};
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    bench.work();
    ASSERT_EQ(bench.view(bench.messages(Direction::outbound)[0].id).message.attempts, 1U);
    start_anew(bench);
    EXPECT_EQ(bench.work(), 0U);
}

TEST(Windows, ARetryThatWaitsForTheWindowIsSentNow) {
    Bench bench(with_window());
    turn_to(bench, true);
    bench.mailbox->trouble = Error{ErrorKind::temporary, "the server is away"};
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    bench.work();
    auto const id = bench.messages(Direction::outbound)[0].id;
    ASSERT_EQ(bench.view(id).message.attempts, 1U);
    bench.mailbox->trouble.reset();
    turn_to(bench, false);
    bench.work(); // its time has come, and the window is closed
    ASSERT_TRUE(bench.view(id).message.reason.starts_with(waits_for_window)) << bench.view(id).message.reason;
    start_anew(bench);
    bench.context->ignores_windows = true;
    bench.work();
    EXPECT_EQ(bench.outbox().size(), 1U);
    EXPECT_EQ(bench.view(id).message.state, MessageState::sent);
}

TEST(Windows, UploadsMayBeAllowedAtAnyTime) {
    Bench bench(with_window(partner::UploadTimes::any_time));
    turn_to(bench, false);
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    bench.work();
    EXPECT_EQ(bench.outbox().size(), 1U);
}

TEST(Windows, PollOnceLeavesClosedChannelsAloneUnlessToldOtherwise) {
    Bench bench(with_window());
    turn_to(bench, false);
    bench.inbox()["a.edi"] = test::interchange("IN", {test::set("810", test::small_810)});
    auto const deliver = [] {
        return [](delivery::TargetSettings const&, delivery::DeliveryRequest const&) {
            return delivery::Outcome{delivery::OutcomeKind::delivered, 201, "", "R-1", 0s};
        };
    };
    auto summary = poll_once(*bench.context, deliver, {}, 1);
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->channels, 0U);
    ASSERT_EQ(summary->closed.size(), 1U);
    EXPECT_NE(summary->closed[0].find("van: its window opens at "), std::string::npos) << summary->closed[0];
    EXPECT_EQ(bench.inbox().size(), 1U);
    summary = poll_once(*bench.context, deliver, {.channel = "", .partner = "acme", .at_any_time = true}, 1);
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->taken, 1U);
    EXPECT_EQ(bench.outbox().size(), 1U) << "the acknowledgment went with it";
}

TEST(Windows, PollOnceByPartner) {
    Bench bench;
    auto const deliver = deliver_by_http();
    auto const unknown = poll_once(*bench.context, deliver, {.channel = "", .partner = "acne", .at_any_time = false}, 1);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().message, "there is no partner acne; did you mean acme?");
    auto const elsewhere = poll_once(*bench.context, deliver, {.channel = "box", .partner = "acme", .at_any_time = false}, 1);
    EXPECT_FALSE(elsewhere);
    auto const known = poll_once(*bench.context, deliver, {.channel = "", .partner = "acme", .at_any_time = false}, 1);
    ASSERT_TRUE(known);
    EXPECT_EQ(known->channels, 1U);
}

TEST(Windows, ASecondLookAtTheSameTimeIsRefused) {
    Bench bench;
    bench.inbox()["a.edi"] = test::interchange("IN", {test::set("810", test::small_810)});
    auto looking = bench.channels->look("van");
    IntakeReport second;
    std::jthread([&] { second = take_in(*bench.context, bench.configuration.channels.front()); }).join();
    EXPECT_EQ(second.taken, 0U);
    EXPECT_EQ(second.trouble, "somebody is looking at it already");
    looking.unlock();
    EXPECT_EQ(take_in(*bench.context, bench.configuration.channels.front()).taken, 1U);
}

} // namespace
} // namespace wharf::gateway
