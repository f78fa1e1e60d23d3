// How long the bytes of exchanges are kept, and what stays.
#include "gateway/retention.hpp"

#include "gateway/as2_receipts.hpp"
#include "gateway/evidence.hpp"
#include "gateway/operations.hpp"
#include "support/as2_bench.hpp"
#include "support/as2_sending_bench.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using ::testing::HasSubstr;
using store::ExchangeState;
using store::ReceiptState;
using test::As2Bench;
using test::as2_order;
using test::identity;
using namespace std::chrono_literals;

void thirty_days(partner::Configuration& configuration) { configuration.channels.back().as2.evidence_days = {30}; }

unsigned emptied(test::Bench& bench) {
    auto const done = empty_old_exchanges(*bench.context);
    EXPECT_TRUE(done) << done.error().message;
    return done.value_or(0);
}

TEST(Retention, ForEverUnlessSaid) {
    As2Bench site;
    (void)site.post(site.message("<1@peer>", as2_order));
    site.bench->clock.advance(24h * 10'000);
    EXPECT_EQ(emptied(*site.bench), 0U);
    EXPECT_FALSE(site.kept(site.exchanges()[0].id, vault_name::signed_bytes).empty());
}

TEST(Retention, BytesGoAndTheReceiptStaysForRepetitions) {
    As2Bench site(thirty_days);
    auto const sent = site.message("<1@peer>", test::numbered(1) + std::string(3u << 20, ' '));
    auto const first = site.post(sent);
    auto const before = site.exchanges()[0];
    auto const folder = site.folder.path() / "wharf.db.exchanges" / before.id;
    EXPECT_TRUE(std::filesystem::exists(folder / "signed"));
    site.bench->work();
    site.bench->clock.advance(24h * 30 - 1s);
    EXPECT_EQ(emptied(*site.bench), 0U);
    site.bench->clock.advance(2s);
    EXPECT_EQ(emptied(*site.bench), 1U);
    EXPECT_EQ(emptied(*site.bench), 0U) << "once";
    EXPECT_FALSE(std::filesystem::exists(folder));
    for (auto const name : {vault_name::signed_bytes, vault_name::signature, vault_name::certificates, vault_name::receipt_signed, vault_name::receipt_signature})
        EXPECT_EQ(site.kept(before.id, name), "") << name;
    auto const after = site.exchanges()[0];
    EXPECT_EQ(after.mic, before.mic);
    EXPECT_EQ(after.as2_message_id, "<1@peer>");
    EXPECT_EQ(after.certificates, before.certificates);
    EXPECT_EQ(after.emptied_at, site.bench->clock.now());
    EXPECT_EQ(after.updated_at, before.updated_at);
    EXPECT_TRUE(site.has_line("as2_evidence_removed acme-as2", "exchanges=1 days=30"));

    auto const again = site.post(sent);
    EXPECT_EQ(again.body, first.body) << "byte for byte";
    EXPECT_EQ(site.transfers().size(), 1U);
    auto const evidence = collect_evidence(*site.bench->store, site.bench->context->vault, after, site.bench->clock.now());
    ASSERT_FALSE(evidence);
    EXPECT_THAT(evidence.error().message, HasSubstr("evidence_days"));
}

TEST(Retention, TheListenerSaysItForRelationsThatDoNot) {
    As2Bench site([](partner::Configuration& configuration) { configuration.gateway.as2.evidence_days = {7}; });
    (void)site.post(site.message("<1@peer>", as2_order));
    site.bench->work();
    site.bench->clock.advance(24h * 8);
    site.bench->context->as2 = nullptr; // and for those that are gone
    EXPECT_EQ(emptied(*site.bench), 1U);
}

TEST(Retention, WhatSomebodyStillNeedsStays) {
    As2Bench site([](partner::Configuration& configuration) {
        thirty_days(configuration);
        configuration.gateway.limits.message_bytes = 100'000;
        configuration.channels.back().as2.outgoing.retry = {24h * 100, 24h * 100, 9};
    });
    (void)site.post(site.message("<large@peer>", std::string(3u << 20, 'x')));
    site.answers = {temporary("refused")};
    site.written(site.post(site.asynchronous("<owed@peer>", as2_order)));
    (void)site.post(site.asynchronous("<waits@peer>", test::numbered(2)));
    auto const exchanges = site.exchanges();
    ASSERT_EQ(exchanges.size(), 3U);
    EXPECT_EQ(exchanges[1].receipt, ReceiptState::owed);
    site.bench->clock.advance(24h * 31);
    EXPECT_EQ(emptied(*site.bench), 0U);
    EXPECT_FALSE(site.kept(exchanges[0].id, vault_name::payload).empty()) << "a dead letter";
    ASSERT_TRUE(discard(*site.bench->context, site.transfers()[0].id));
    EXPECT_EQ(emptied(*site.bench), 1U);
    EXPECT_EQ(site.kept(exchanges[0].id, vault_name::payload), "");
    EXPECT_FALSE(site.kept(exchanges[2].id, vault_name::message).empty()) << "not opened yet";
}

/// Old ones of two channels, taking turns; "gone" is none of the configuration.
void add_old(As2Bench& site, int count) {
    for (int i = 0; i < count; ++i) {
        auto const done = site.bench->store->transact([&](store::Transaction& transaction) -> Result<void> {
            store::Exchange one;
            one.id = fmt::format("E{}", i);
            one.as2_message_id = fmt::format("<{}@x>", i);
            one.channel = i % 2 == 0 ? "acme-as2" : "gone";
            one.state = ExchangeState::accepted;
            return transaction.insert(one);
        });
        ASSERT_TRUE(done);
    }
}

void make_busy(As2Bench& site) {
    (void)site.bench->store->transact([&](store::Transaction& transaction) { return transaction.add_job(store::JobKind::deliver, "D", site.bench->clock.now()); });
}

TEST(Retention, ManyGoInTurnsWhileThereIsWork) {
    As2Bench site(thirty_days);
    add_old(site, 120);
    make_busy(site);
    EXPECT_EQ(emptied(*site.bench), 50U) << "a job is due: the rest waits";
    EXPECT_EQ(emptied(*site.bench), 10U) << "those of the channel that is gone are kept for ever";
}

TEST(Retention, OneChannelDoesNotKeepTheOthersFromTheirTurn) {
    As2Bench site([](partner::Configuration& configuration) { configuration.gateway.as2.evidence_days = {7}; });
    add_old(site, 120);
    make_busy(site);
    EXPECT_EQ(emptied(*site.bench), 100U);
    EXPECT_EQ(emptied(*site.bench), 20U);
}

TEST(Retention, AStopIsNotWaitedFor) {
    As2Bench site(thirty_days);
    add_old(site, 20);
    *site.bench->context->stopping = true;
    EXPECT_EQ(emptied(*site.bench), 0U);
}

TEST(Retention, WhatGoesOutIsPackedAnewWhenItsBytesAreGone) {
    test::As2SendingBench site([](partner::As2Channel& channel) { channel.evidence_days = {30}; });
    site.script = {test::As2SendingBench::status(403)};
    auto const id = site.send();
    site.work();
    auto const first = site.exchange(id);
    EXPECT_EQ(first.state, ExchangeState::failed);
    site.bench->clock.advance(24h * 31);
    EXPECT_EQ(emptied(*site.bench), 1U);
    ASSERT_TRUE(retry(*site.bench->context, id));
    site.work();
    ASSERT_EQ(site.posts.size(), 2U);
    EXPECT_NE(site.posts[0].id(), site.posts[1].id());
    EXPECT_EQ(site.message(id).state, store::MessageState::sent);
}

TEST(Retention, AReceiptThatComesAfterwardsIsJudgedByTheMicThatWasNoted) {
    for (bool const is_right : {true, false}) {
        test::As2SendingBench site([](partner::As2Channel& channel) { channel.evidence_days = {30}; });
        site.script = {test::As2SendingBench::status(403)};
        auto const id = site.send();
        site.work();
        site.bench->clock.advance(24h * 31);
        EXPECT_EQ(emptied(*site.bench), 1U);
        auto const late = test::As2SendingBench::receipt_for(site.posts[0], {.mic = is_right ? "" : "AAAA, sha256", .original = {}});
        auto const outcome = take_receipt(*site.bench->context, "acme-as2", late);
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->fate, is_right ? ReceiptFate::taken : ReceiptFate::not_taken) << outcome->reason;
        EXPECT_EQ(site.message(id).state, is_right ? store::MessageState::sent : store::MessageState::dead_letter);
    }
}

} // namespace
} // namespace wharf::gateway
