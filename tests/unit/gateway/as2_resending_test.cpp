// Messages over AS2 after a restart, after a person's word, with other keys; large ones; partners who hang.
#include "gateway/exchanges.hpp"
#include "support/as2_sending_bench.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using store::ExchangeState;
using store::MessageState;
using test::As2Posted;
using test::As2SendingBench;

As2SendingBench::Answer killed() {
    return [](As2Posted const&) -> Result<as2::PostAnswer> { throw std::runtime_error("as after kill -9: nothing is recorded"); };
}

TEST(As2Resending, AfterARestartTheSameBytesGoOutUnderTheSameId) {
    As2SendingBench site;
    site.script = {killed()};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.exchange(id).state, ExchangeState::posting);
    EXPECT_EQ(site.exchange(id).attempts, 1U) << "counted before it was made";
    for (int i = 0; i < 3; ++i)
        site.work_after(1min);
    ASSERT_EQ(site.posts.size(), 2U);
    EXPECT_EQ(site.posts[0].fields, site.posts[1].fields);
    EXPECT_EQ(site.posts[0].body, site.posts[1].body);
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_EQ(site.exchange(id).attempts, 2U);
}

TEST(As2Resending, ADeadLetterGoesOutAgainAsItWas) {
    As2SendingBench site;
    site.script = {As2SendingBench::status(403)};
    auto const id = site.send();
    site.work();
    ASSERT_TRUE(retry(*site.bench->context, id));
    site.work();
    ASSERT_EQ(site.posts.size(), 2U);
    EXPECT_EQ(site.posts[0].id(), site.posts[1].id());
    EXPECT_EQ(site.posts[0].body, site.posts[1].body);
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_EQ(site.exchange(id).state, ExchangeState::succeeded);
}

TEST(As2Resending, WhereAKeyIsGoneItIsPackedAnew) {
    As2SendingBench site;
    site.script = {As2SendingBench::status(403), [](As2Posted const& posted) -> Result<as2::PostAnswer> {
                       auto const made = As2SendingBench::receipt_for(posted, {.signer = "peer 2"}, "peer 2");
                       return as2::PostAnswer{200, made.fields, made.body.text(~0ULL).value(), 0s};
                   }};
    auto const id = site.send();
    site.work();
    auto const first = site.exchange(id);
    site.settings().partner_certificates.front().file = site.pem("peer 2");
    site.open_relations();
    ASSERT_TRUE(retry(*site.bench->context, id));
    site.work();
    ASSERT_EQ(site.posts.size(), 2U);
    EXPECT_NE(site.posts[0].id(), site.posts[1].id()) << "other bytes never go out under the same Message-ID";
    EXPECT_NE(site.exchange(id).id, first.id);
    EXPECT_EQ(site.message(id).state, MessageState::sent) << site.message(id).reason;
}

TEST(As2Resending, ACorrectedNameIsPackedAnew) {
    As2SendingBench site;
    site.script = {As2SendingBench::receipt({.disposition = "automatic-action/MDN-sent-automatically; processed/error: unknown-trading-partner"})};
    auto const id = site.send();
    site.work();
    EXPECT_THAT(site.message(id).reason, HasSubstr("AS2-From WHARF, AS2-To ACME")) << "what the partner did not know";
    auto done = retry(*site.bench->context, id);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(*done, HasSubstr("same bytes and Message-ID, as AS2-From WHARF, AS2-To ACME")) << "nothing was corrected";
    site.script = {As2SendingBench::status(403)};
    site.work();
    EXPECT_THAT(site.message(id).reason, HasSubstr("AS2-From WHARF, AS2-To ACME"));
    EXPECT_EQ(site.posts[0].id(), site.posts[1].id());

    site.settings().own_name = "WHARF EAST";
    site.open_relations();
    done = retry(*site.bench->context, site.exchange(id).as2_message_id); // named as the partner names it
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(*done, HasSubstr("packed anew"));
    EXPECT_THAT(*done, HasSubstr("AS2-From WHARF EAST, AS2-To ACME"));
    site.work();
    ASSERT_EQ(site.posts.size(), 3U);
    EXPECT_EQ(as2::field(site.posts[2].fields, "AS2-From"), "\"WHARF EAST\"");
    EXPECT_NE(site.posts[2].id(), site.posts[0].id());
    EXPECT_EQ(site.message(id).state, MessageState::sent) << site.message(id).reason;
    EXPECT_EQ(names_of(site.exchange(id)).from, "WHARF EAST");
}

TEST(As2Resending, WhatWasRefusedIsPackedAnewWithNewKeys) {
    As2SendingBench site;
    site.script = {As2SendingBench::receipt({.disposition = "automatic-action/MDN-sent-automatically; processed/error: decryption-failed"})};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    ASSERT_TRUE(retry(*site.bench->context, id));
    site.script = {As2SendingBench::receipt({.disposition = "automatic-action/MDN-sent-automatically; processed/error: decryption-failed"})};
    site.work();
    EXPECT_EQ(site.posts[0].id(), site.posts[1].id()) << "the keys are those of today";
    EXPECT_EQ(site.exchange(id).disposition, "processed/error: decryption-failed");

    auto& newer = site.settings().partner_certificates.emplace_back(); // both are valid: the newer one is used
    newer.file = site.pem("peer 2");
    newer.from = "2025-06-01";
    site.open_relations();
    ASSERT_TRUE(retry(*site.bench->context, id));
    site.script = {[](As2Posted const& posted) -> Result<as2::PostAnswer> {
        auto const made = As2SendingBench::receipt_for(posted, {}, "peer 2");
        return as2::PostAnswer{200, made.fields, made.body.text(~0ULL).value(), 0s};
    }};
    site.work();
    ASSERT_EQ(site.posts.size(), 3U);
    EXPECT_NE(site.posts[1].id(), site.posts[2].id());
    EXPECT_EQ(site.message(id).state, MessageState::sent) << site.message(id).reason;
}

TEST(As2Resending, ResendMakesANewMessage) {
    As2SendingBench site;
    ASSERT_EQ(site.bench->order("PO-1").fate, SubmissionFate::accepted);
    site.work();
    auto const first = site.bench->messages(store::Direction::outbound)[0].id;
    auto const second = resend(*site.bench->context, first);
    ASSERT_TRUE(second) << second.error().message;
    site.work();
    ASSERT_EQ(site.posts.size(), 2U);
    EXPECT_NE(site.posts[0].id(), site.posts[1].id());
    EXPECT_EQ(site.exchange(second->id).as2_message_id, site.posts[1].id());
    EXPECT_EQ(site.exchange(first).as2_message_id, site.posts[0].id());
}

TEST(As2Resending, AStoredAcknowledgmentGoesOutOnceMoreUnderANewId) {
    As2SendingBench site;
    auto const id = site.send();
    site.work();
    site.write([&](store::Transaction& transaction) -> Result<void> { // as reception does for an interchange that came twice
        auto message = **transaction.message(id);
        message.state = MessageState::ready;
        WHARF_TRY(transaction.update(message));
        return transaction.add_job(store::JobKind::transmit, id, site.bench->clock.now());
    });
    site.work();
    ASSERT_EQ(site.posts.size(), 2U);
    EXPECT_NE(site.posts[0].id(), site.posts[1].id()) << "a partner would take the same one for a repetition and not look inside";
    EXPECT_EQ(As2SendingBench::opened(site.posts[1]).entity.body.text(100).value(), "ISA*00*~");
    EXPECT_EQ(site.message(id).state, MessageState::sent);
}

TEST(As2Resending, WithoutAKeyItWaitsAndSaysWhy) {
    As2SendingBench site([](partner::As2Channel& channel) { channel.own_certificates.front().from = "2025-06-03"; });
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.posts.size(), 0U);
    EXPECT_EQ(site.message(id).state, MessageState::ready);
    EXPECT_THAT(site.message(id).reason, HasSubstr("no certificate of ours"));
    EXPECT_TRUE(site.told(id, "transmission_failed"));
    for (int i = 0; i < 3; ++i)
        site.work_after(2min);
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    site.bench->clock.advance(24h);
    ASSERT_TRUE(retry(*site.bench->context, id));
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::sent) << site.message(id).reason;
}

TEST(As2Resending, WhatWasPutAsideMeanwhileIsNotSent) {
    As2SendingBench site;
    auto const id = site.send();
    site.write([&](store::Transaction& transaction) -> Result<void> {
        auto message = **transaction.message(id);
        message.state = MessageState::discarded;
        return transaction.update(message);
    });
    site.work();
    EXPECT_TRUE(site.posts.empty());
    EXPECT_EQ(site.bench->work(), 0U);
}

TEST(As2Resending, FormatsHaveTheirTypes) {
    As2SendingBench site;
    for (auto const& [format, type] : {std::pair("csv", "text/csv"), std::pair("xml", "application/xml"), std::pair("json", "application/json"),
                                       std::pair("fixed", "application/octet-stream")}) {
        (void)site.send("a,b\n", format, std::string("po.") + format);
        site.work();
        auto const opened = As2SendingBench::opened(site.posts.back());
        EXPECT_EQ(as2::field(opened.entity.fields, "Content-Type"), type);
        EXPECT_EQ(as2::file_name(opened.entity.fields), std::string("po.") + format);
    }
}

TEST(As2Resending, LargeMessagesLieInFilesOfTheVault) {
    As2SendingBench site;
    site.script = {As2SendingBench::status(503)};
    std::string text;
    for (int i = 0; text.size() < (3U << 20); ++i)
        text += std::to_string(i) + ",";
    auto const id = site.send(text, "csv", "large.csv");
    site.work();
    auto const file = site.folder.path() / "wharf.db.exchanges" / site.exchange(id).id / "message";
    EXPECT_TRUE(std::filesystem::exists(file));
    site.work_after(1min);
    ASSERT_EQ(site.posts.size(), 2U);
    EXPECT_TRUE(site.posts[0].body == site.posts[1].body);
    EXPECT_TRUE(As2SendingBench::opened(site.posts[1]).entity.body.text(~0ULL).value() == text);
    EXPECT_EQ(site.message(id).state, MessageState::sent);

    site.script = {As2SendingBench::status(403)};
    auto const lost = site.send(text, "csv", "lost.csv");
    site.work();
    std::filesystem::remove_all(site.folder.path() / "wharf.db.exchanges");
    ASSERT_TRUE(retry(*site.bench->context, lost));
    site.work();
    EXPECT_EQ(site.message(lost).state, MessageState::dead_letter);
    EXPECT_THAT(site.message(lost).reason, HasSubstr("missing"));
}

TEST(As2Resending, AHangingPartnerIsLeftAloneWithoutCountingAttempts) {
    As2SendingBench site;
    site.script = {[&](As2Posted const&) -> Result<as2::PostAnswer> {
        site.bench->clock.advance(60s);
        return temporary("timed out");
    }};
    auto const first = site.send();
    auto const second = site.send();
    site.work();
    EXPECT_EQ(site.posts.size(), 1U) << "the second message waits for what the first finds";
    EXPECT_EQ(site.exchange(first).attempts + site.exchange(second).attempts, 1U);
    site.work_after(2min);
    site.work_after(2min);
    EXPECT_EQ(site.posts.size(), 3U);
    EXPECT_EQ(site.message(first).state, MessageState::sent);
    EXPECT_EQ(site.message(second).state, MessageState::sent);
}

} // namespace
} // namespace wharf::gateway
