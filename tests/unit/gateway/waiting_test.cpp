// What waits for its next attempt, and what makes it go now.
#include "gateway/waiting.hpp"

#include "gateway/exchanges.hpp"
#include "support/as2_bench.hpp"
#include "support/as2_sending_bench.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using store::ExchangeState;
using store::MessageState;
using test::As2Bench;
using test::As2SendingBench;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal_of(Context const& context, std::string_view word) {
    auto const done = send_now(context, word);
    EXPECT_FALSE(done);
    EXPECT_EQ(done ? ErrorKind::temporary : done.error().kind, ErrorKind::invalid);
    return done ? std::string() : done.error().message;
}

TEST(Waiting, AMessageTellsItsNextAttemptAndGoesAtOnceWhenSomebodyWantsIt) {
    As2SendingBench site;
    site.script = {As2SendingBench::status(503), As2SendingBench::lost()};
    auto const id = site.send();
    site.work();
    auto const& context = *site.bench->context;
    auto const view = site.bench->view(id);
    ASSERT_TRUE(view.next);
    EXPECT_EQ(view.next->made, 1U);
    EXPECT_GT(view.next->at, site.bench->clock.now());
    auto const exchange = view_exchange(*site.bench->store, site.exchange(id).id);
    ASSERT_TRUE(exchange && exchange->next);
    EXPECT_EQ(exchange->next->at, view.next->at);
    site.work();
    EXPECT_EQ(site.posts.size(), 1U) << "it is not due";

    auto const done = send_now(context, id);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(*done, AllOf(HasSubstr("message " + id + " goes now: attempt 2"), HasSubstr(to_iso8601(view.next->at))));
    EXPECT_TRUE(site.told(id, "hastened"));
    site.work();
    EXPECT_EQ(site.posts.size(), 2U);
    EXPECT_EQ(site.posts[1].id(), site.posts[0].id());
    ASSERT_TRUE(send_now(context, site.posts[0].id())) << "by its Message-ID";
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_FALSE(site.bench->view(id).next);
    EXPECT_THAT(refusal_of(context, id), HasSubstr("is sent: it does not wait to be sent"));
}

TEST(Waiting, WhatCannotBeHastenedSaysWhy) {
    As2SendingBench site([](partner::As2Channel& channel) { channel.outgoing.retry.attempts = 1; });
    site.script = {As2SendingBench::status(404)};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    EXPECT_THAT(refusal_of(*site.bench->context, id), HasSubstr("wharf dead-letter retry " + id));
    EXPECT_THAT(refusal_of(*site.bench->context, "nobody"), HasSubstr("no message has the id"));
}

TEST(Waiting, AMessageThatWaitsForItsReceiptHasNoNextAttempt) {
    As2SendingBench site([](partner::As2Channel& channel) { channel.outgoing.receipt.mode = partner::As2ReceiptMode::asynchronous; });
    site.script = {As2SendingBench::status(200)};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.exchange(id).state, ExchangeState::waiting_for_receipt);
    EXPECT_FALSE(site.bench->view(id).next);
    EXPECT_THAT(refusal_of(*site.bench->context, id), HasSubstr("waits for its receipt until"));
}

TEST(Waiting, AnOwedReceiptGoesNow) {
    As2Bench site;
    site.answers = {as2::PostAnswer{503, {}, {}, {}}};
    site.written(site.post(site.asynchronous("<1@peer>", test::as2_order)));
    ASSERT_EQ(site.posts.size(), 1U);
    auto const id = site.exchanges().at(0).id;
    auto const view = view_exchange(*site.bench->store, id);
    ASSERT_TRUE(view && view->next);
    EXPECT_EQ(view->next->made, 1U);
    EXPECT_GT(view->next->at, site.bench->clock.now());
    auto const done = send_now(*site.bench->context, "<1@peer>");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(*done, HasSubstr("the receipt of exchange " + id + " goes now"));
    site.bench->work();
    EXPECT_EQ(site.posts.size(), 2U);
    EXPECT_EQ(site.exchanges().at(0).receipt, store::ReceiptState::sent);
    EXPECT_THAT(refusal_of(*site.bench->context, id), HasSubstr("its receipt sent"));
}

TEST(Waiting, ADeliveryGoesNow) {
    As2Bench site;
    site.bench->outcomes = {delivery::Outcome{}}; // temporary
    (void)site.post(site.message("<1@peer>", test::as2_order));
    site.bench->work();
    ASSERT_EQ(site.bench->requests.size(), 1U);
    auto const id = site.bench->messages(store::Direction::inbound).at(0).id;
    auto const next = site.bench->view(id).documents.at(0).next.at(0);
    ASSERT_TRUE(next);
    EXPECT_GT(next->at, site.bench->clock.now());
    auto const done = send_now(*site.bench->context, id);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(*done, HasSubstr("to erp goes now: attempt 2"));
    site.bench->work();
    EXPECT_EQ(site.bench->requests.size(), 2U);
    EXPECT_THAT(refusal_of(*site.bench->context, id), HasSubstr("nothing of it waits to be sent"));
}

TEST(Waiting, WhatIsBeingSentKeepsTheOtherDeliveriesNotBack) {
    As2Bench site([](partner::Configuration& configuration) {
        configuration.gateway.targets.push_back(configuration.gateway.targets.at(0));
        configuration.gateway.targets.back().name = "wms";
        configuration.partners.at(0).documents.back().targets = {"erp", "wms"};
    });
    site.bench->outcomes = {delivery::Outcome{}, delivery::Outcome{}}; // temporary
    (void)site.post(site.message("<1@peer>", test::as2_order));
    site.bench->work();
    ASSERT_EQ(site.bench->requests.size(), 2U);
    auto const id = site.bench->messages(store::Direction::inbound).at(0).id;
    site.bench->clock.advance(std::chrono::hours(1));
    auto const claim_one = [&] {
        auto const now = site.bench->clock.now();
        EXPECT_TRUE(site.bench->store->transact([&](store::Transaction& transaction) -> Result<void> {
            auto const claimed = transaction.claim_jobs(now, now + std::chrono::minutes(10), 1);
            EXPECT_TRUE(claimed && claimed->size() == 1 && claimed->at(0).kind == store::JobKind::deliver);
            return {};
        }));
    };
    claim_one();
    auto const done = send_now(*site.bench->context, id);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(*done, AllOf(HasSubstr(" goes now: attempt 2; delivery "), HasSubstr("is being sent at this moment")));
    claim_one();
    EXPECT_THAT(refusal_of(*site.bench->context, id), AllOf(HasSubstr("to erp is being sent at this moment"), HasSubstr("to wms is being sent at this moment")));
}

} // namespace
} // namespace wharf::gateway
