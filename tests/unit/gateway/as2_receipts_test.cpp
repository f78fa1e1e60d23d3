// Receipts that go out by themselves, and receipts that come.
#include "support/as2_bench.hpp"

#include "gateway/as2_processing.hpp"
#include "gateway/stored_exchange.hpp"

#include <gmock/gmock.h>

#include <utility>

namespace wharf::gateway {
namespace {

using store::ExchangeState;
using store::ReceiptState;
using test::As2Bench;
using test::as2_order;
using test::identity;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST(As2Receipts, AReceiptIsTriedAgainAndGivenUpAndSentWhenTheMessageComesAgain) {
    As2Bench site([](partner::Configuration& configuration) {
        configuration.channels.back().as2.outgoing.retry = {1s, 10s, 3};
    });
    auto const sent = site.asynchronous("<1@peer>", as2_order);
    site.answers = {temporary("connection refused"), as2::PostAnswer{503, {}, {}, {}}, as2::PostAnswer{408, {}, {}, {}}};
    site.written(site.post(sent));
    EXPECT_EQ(site.posts.size(), 1U);
    site.bench->clock.advance(1min);
    site.bench->work();
    EXPECT_EQ(site.posts.size(), 2U);
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::owed);
    EXPECT_EQ(site.exchanges()[0].attempts, 2U);
    site.bench->clock.advance(1min);
    site.bench->work();
    EXPECT_EQ(site.posts.size(), 3U);
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::unsent);
    EXPECT_TRUE(site.has_line("AS2_RECEIPT_UNSENT", "<1@peer>"));
    site.bench->clock.advance(24h);
    EXPECT_EQ(site.bench->work(), 0U);

    auto const again = site.post(sent);
    site.written(again);
    site.bench->clock.advance(1s);
    site.bench->work();
    ASSERT_EQ(site.posts.size(), 4U);
    EXPECT_EQ(site.posts[3].body, site.posts[0].body);
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::sent);
}

TEST(As2Receipts, WhatIsAskedForAgainWhileItIsSentIsOwedStill) {
    As2Bench site;
    auto const sent = site.asynchronous("<1@peer>", as2_order);
    auto const usual = site.bench->context->send_post;
    bool is_first = true;
    site.bench->context->send_post = [&](as2::PostSettings const& settings, as2::Fields const& fields, transport::Content const& body) {
        if (std::exchange(is_first, false)) {
            site.bench->clock.advance(1s);
            auto const again = site.post(sent); // the partner asks once more, while this one hangs
            EXPECT_EQ(again.status, 200);
            site.receiving->answered(again.exchange_id);
            return Result<as2::PostAnswer>(as2::PostAnswer{404, {}, {}, {}});
        }
        return usual(settings, fields, body);
    };
    site.written(site.post(sent));
    site.bench->clock.advance(2s);
    site.bench->work();
    EXPECT_EQ(site.posts.size(), 1U) << "the failure of the first says nothing of what was asked for later";
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::sent);
}

TEST(As2Receipts, APostThatIsBrokenOffByAStopIsNoAttempt) {
    As2Bench site([](partner::Configuration& configuration) { configuration.channels.back().as2.outgoing.retry = {1s, 10s, 1}; });
    site.answers = {temporary("it was broken off, because we are stopping")};
    *site.bench->context->stopping = true;
    site.written(site.post(site.asynchronous("<1@peer>", as2_order)));
    EXPECT_EQ(site.posts.size(), 1U);
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::owed) << "the last attempt that there is was not counted";
    *site.bench->context->stopping = false;
    site.bench->work();
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::sent) << "due at once, at the next start";
}

TEST(As2Receipts, ARefusalOfTheReceiptIsNotRepeated) {
    As2Bench site;
    site.answers = {as2::PostAnswer{404, {}, {}, {}}};
    site.written(site.post(site.asynchronous("<1@peer>", as2_order)));
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::unsent);
    site.bench->clock.advance(24h);
    EXPECT_EQ(site.bench->work(), 0U);
    EXPECT_EQ(site.posts.size(), 1U);
}

TEST(As2Receipts, TheAddressIsTheOneAgreed) {
    As2Bench site;
    site.written(site.post(site.asynchronous("<1@peer>", as2_order, "http://169.254.169.254/latest")));
    ASSERT_EQ(site.posts.size(), 1U);
    EXPECT_EQ(site.posts[0].settings.url, "http://peer.example/mdn?with=query");
    EXPECT_TRUE(site.has_line("AS2_ALARM", "another address"));
}

TEST(As2Receipts, NoReceiptGoesOutForWhoIsNotVerified) {
    for (bool const to_unverified : {false, true}) {
        As2Bench site([&](partner::Configuration& configuration) { configuration.channels.back().as2.incoming.receipts_to_unverified = to_unverified; });
        auto draft = site.draft("<1@peer>", as2_order);
        draft.settings.signer = identity("stranger");
        draft.relation.receipt_mode = as2::ReceiptMode::asynchronous;
        draft.relation.own_receipt_address = "http://peer.example/mdn?with=query";
        site.written(site.post(As2Bench::pack(draft)));
        EXPECT_EQ(site.posts.size(), to_unverified ? 1U : 0U);
        EXPECT_EQ(site.exchanges()[0].receipt, to_unverified ? ReceiptState::sent : ReceiptState::unsent);
        EXPECT_EQ(site.exchanges()[0].state, ExchangeState::refused);
        EXPECT_THAT(site.exchanges()[0].disposition, HasSubstr("authentication-failed"));
    }
}

TEST(As2Receipts, WithoutAnAddressThatWasAgreedNoReceiptGoesOut) {
    As2Bench site([](partner::Configuration& configuration) { configuration.channels.back().as2.incoming.receipt_address.clear(); });
    site.written(site.post(site.asynchronous("<1@peer>", as2_order)));
    EXPECT_TRUE(site.posts.empty());
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::accepted) << "the message itself is good";
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::unsent);
    EXPECT_THAT(site.exchanges()[0].reason, HasSubstr("no address"));
    EXPECT_TRUE(site.has_line("AS2_ALARM", "no address"));
}

TEST(As2Receipts, ARestartGoesOnWithWhatWasReceived) {
    As2Bench site;
    auto const answer = site.post(site.asynchronous("<1@peer>", as2_order));
    // Nobody says that the answer was written: the process that would have is gone, and so is what it knew.
    site.bench->context->as2_unanswered = std::make_shared<As2Unanswered>();
    site.bench->work();
    EXPECT_EQ(site.posts.size(), 1U);
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::accepted);
    EXPECT_EQ(site.bench->requests.size(), 1U);
}

/// The one job that is due, as claimed for the `attempts`th time.
store::Job claim(As2Bench& site, unsigned attempts) {
    std::vector<store::Job> jobs;
    auto const done = site.bench->store->transact([&](store::Transaction& transaction) -> Result<void> {
        jobs = *transaction.claim_jobs(site.bench->clock.now(), site.bench->clock.now() + 1min, 10);
        return {};
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(jobs.size(), 1U);
    auto job = jobs.empty() ? store::Job() : jobs[0];
    job.attempts = attempts;
    return job;
}

void count_openings(As2Bench& site, std::string const& exchange_id, unsigned attempts) {
    auto const done = site.bench->store->transact([&](store::Transaction& transaction) -> Result<void> {
        auto exchange = transaction.exchange(exchange_id).value().value();
        exchange.attempts = attempts;
        return transaction.update(exchange);
    });
    EXPECT_TRUE(done);
}

TEST(As2Receipts, WhatNeverComesToAnEndIsGivenUp) {
    As2Bench site;
    auto const answer = site.post(site.asynchronous("<1@peer>", test::numbered(1) + std::string(3u << 20, ' ')));
    auto const job = claim(site, 21);
    count_openings(site, answer.exchange_id, 20);
    EXPECT_TRUE(open_exchange(*site.bench->context, job));
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::refused);
    EXPECT_TRUE(site.has_line("AS2_NOT_OPENED"));
    ASSERT_TRUE(site.bench->context->vault.sweep(*site.bench->store));
    EXPECT_FALSE(site.kept(answer.exchange_id, vault_name::message).empty()) << "it was answered 200: these bytes are all there is";
}

TEST(As2Receipts, ABodyThatIsMissingIsNoEmptyMessage) {
    As2Bench site;
    auto const answer = site.post(site.asynchronous("<1@peer>", test::numbered(1) + std::string(3u << 20, ' ')));
    auto const file = site.folder.path() / "wharf.db.exchanges" / answer.exchange_id / "message", aside = site.folder.path() / "aside";
    std::filesystem::rename(file, aside); // as after a backup that has the store and not the folder
    auto const job = claim(site, 1);
    auto const done = open_exchange(*site.bench->context, job);
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().is_temporary()) << "it waits for the file and is not given up";
    EXPECT_THAT(done.error().message, HasSubstr("wharf.db.exchanges/" + answer.exchange_id + "/message"));
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::received) << "nothing was said of it to the partner";
    std::filesystem::create_directories(file.parent_path());
    std::filesystem::rename(aside, file);
    EXPECT_TRUE(open_exchange(*site.bench->context, job));
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::accepted);
}

TEST(As2Receipts, AnEmptyBodyIsRefusedByAReceipt) {
    As2Bench site;
    auto sent = site.asynchronous("<1@peer>", as2_order);
    sent.body.clear();
    (void)site.post(sent);
    EXPECT_TRUE(open_exchange(*site.bench->context, claim(site, 1)));
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::refused);
    EXPECT_FALSE(site.exchanges()[0].disposition.empty());
}

TEST(As2Receipts, TemporaryTroubleNeverGivesUpWhatWasAnswered) {
    As2Bench site;
    auto const answer = site.post(site.asynchronous("<1@peer>", as2_order));
    auto job = claim(site, 2);
    auto const relations = std::exchange(site.bench->context->as2, nullptr);
    for (; job.attempts < 60; ++job.attempts) {
        auto const done = open_exchange(*site.bench->context, job);
        ASSERT_FALSE(done);
        EXPECT_TRUE(done.error().is_temporary());
        EXPECT_EQ(site.exchanges()[0].state, ExchangeState::received);
        EXPECT_EQ(site.exchanges()[0].attempts, 0U) << "it came to an end";
    }
    site.bench->context->as2 = relations;
    count_openings(site, answer.exchange_id, 19); // kills
    EXPECT_TRUE(open_exchange(*site.bench->context, job));
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::accepted);
    EXPECT_EQ(site.exchanges()[0].attempts, 0U) << "of the receipt";
}

TEST(As2Receipts, WhatIsBeingOpenedIsLeftAlone) {
    As2Bench site;
    auto const answer = site.post(site.asynchronous("<1@peer>", as2_order));
    auto const job = claim(site, 2);
    {
        As2Opening const other(site.bench->context->as2_openings, answer.exchange_id);
        EXPECT_TRUE(other.is_ours());
        EXPECT_TRUE(open_exchange(*site.bench->context, job));
        EXPECT_EQ(site.exchanges()[0].state, ExchangeState::received);
        EXPECT_EQ(site.exchanges()[0].attempts, 0U);
    }
    EXPECT_TRUE(open_exchange(*site.bench->context, job));
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::accepted);
}

TEST(As2Receipts, WhatAnotherSettledMeanwhileIsNotSettledAgain) {
    As2Bench site;
    auto const answer = site.post(site.asynchronous("<1@peer>", test::numbered(1) + std::string(3u << 20, ' ')));
    auto const job = claim(site, 2);
    auto const& context = *site.bench->context;
    auto const earlier = site.exchanges()[0]; // as the slower one read it
    auto body = context.vault.open(*site.bench->store, earlier.id, vault_name::message);
    ASSERT_TRUE(body);
    EXPECT_TRUE(open_exchange(context, job));
    auto const settled = site.exchanges()[0];
    auto const receipt = site.kept(earlier.id, vault_name::receipt), covered = site.kept(earlier.id, vault_name::signed_bytes);
    EXPECT_EQ(settled.state, ExchangeState::accepted);
    EXPECT_FALSE(receipt.empty());
    EXPECT_FALSE(covered.empty());

    site.bench->clock.advance(1s);
    auto fields = read_stored_head(earlier.head);
    auto head = as2::read_message_head(fields);
    ASSERT_TRUE(head);
    auto const relation = context.as2->by_channel("acme-as2");
    as2::Reception reception(std::move(*head));
    auto actions = reception.on(as2::Resumed{relation->relation});
    As2Processing processing(context, relation, std::move(reception), earlier, true, {std::move(fields), {}, std::move(*body)});
    EXPECT_EQ(processing.run(std::move(actions), &job), As2Processing::End::duplicate);
    EXPECT_FALSE(processing.is_committed());
    EXPECT_EQ(site.transfers().size(), 1U) << "the document once";
    EXPECT_EQ(site.exchanges()[0].updated_at, settled.updated_at);
    EXPECT_EQ(site.kept(earlier.id, vault_name::receipt), receipt);
    EXPECT_EQ(site.kept(earlier.id, vault_name::signed_bytes), covered) << "the evidence stays";
}

TEST(As2Receipts, AKeyThatCannotBeReadIsOurTrouble) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", as2_order);
    std::filesystem::remove(site.folder.path() / "us.pem");
    As2Bench other([&](partner::Configuration& configuration) {
        configuration.channels.back().as2.own_certificates.front().file = "/nonexistent/us.pem";
    });
    auto const answer = other.post(sent);
    EXPECT_EQ(answer.status, 503) << "the partner keeps the message and comes again";
    EXPECT_TRUE(other.exchanges().empty());
}

TEST(As2Receipts, AReceiptOfSomethingThatWasNeverSentIsAnsweredAndTold) {
    As2Bench site;
    as2::Receipt receipt;
    receipt.reporting_agent = "Peer";
    receipt.final_recipient = "ACME Corp";
    receipt.original_message_id = "<unknown@wharf>";
    receipt.text = "fine";
    as2::Relation relation;
    relation.own_name = "ACME Corp";
    relation.partner_name = "WHARF";
    as2::Keys keys;
    keys.own = {identity("peer")};
    for (bool const is_signed : {true, false}) {
        auto const packed = as2::make_receipt(receipt, is_signed, relation, keys, "unique", site.bench->clock.now());
        ASSERT_TRUE(packed);
        test::As2Outgoing const sent{as2::write_receipt_head(relation, "<mdn@peer>", packed->entity), *packed->entity.body.text(~0ULL), "<mdn@peer>", {}};
        auto const answer = site.post(sent);
        EXPECT_EQ(answer.status, 200);
        EXPECT_TRUE(answer.body.empty());
    }
    EXPECT_TRUE(site.exchanges().empty()) << "a receipt is no message";
    EXPECT_TRUE(site.transfers().empty());
}

} // namespace
} // namespace wharf::gateway
