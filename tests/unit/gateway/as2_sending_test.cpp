// A message that goes out over AS2, through the store: every row of the table in docs/as2.md.
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
namespace name = vault_name;

void asynchronous(partner::As2Channel& channel) { channel.outgoing.receipt.mode = partner::As2ReceiptMode::asynchronous; }

TEST(As2Sending, ASignedReceiptInTheAnswerSettlesIt) {
    As2SendingBench site;
    auto const id = site.send("ISA*00*~");
    site.work();
    ASSERT_EQ(site.posts.size(), 1U);
    auto const& posted = site.posts[0];
    EXPECT_EQ(posted.settings.url, "http://peer.example/as2");
    EXPECT_EQ(as2::field(posted.fields, "AS2-From"), "WHARF");
    EXPECT_EQ(as2::field(posted.fields, "AS2-To"), "ACME");
    EXPECT_EQ(as2::field(posted.fields, "Subject"), "EDI");
    auto const opened = As2SendingBench::opened(posted);
    ASSERT_FALSE(opened.fault) << opened.fault->message;
    EXPECT_TRUE(opened.signature && opened.cipher);
    EXPECT_EQ(opened.entity.body.text(100).value(), "ISA*00*~");
    EXPECT_EQ(as2::field(opened.entity.fields, "Content-Type"), "application/edi-x12");
    EXPECT_EQ(as2::file_name(opened.entity.fields), "po 1.edi");

    auto const exchange = site.exchange(id);
    EXPECT_EQ(exchange.state, ExchangeState::succeeded);
    EXPECT_EQ(exchange.as2_message_id, posted.id());
    EXPECT_EQ(exchange.disposition, "processed");
    EXPECT_EQ(exchange.receipt, store::ReceiptState::received);
    EXPECT_EQ(exchange.receipt_message_id, "<receipt@acme>");
    EXPECT_EQ(exchange.attempts, 1U);
    auto const mic = as2::digest_of(opened.mic_source, as2::Digest::sha256).value();
    EXPECT_EQ(exchange.mic, as2::write_mic(mic, as2::Digest::sha256, as2::MicSpelling::plain));
    EXPECT_THAT(exchange.certificates, HasSubstr("signed-by sha256:" + test::identity("us").certificate.fingerprint() + "\n"));
    EXPECT_THAT(exchange.certificates, HasSubstr("encrypted-for sha256:" + test::identity("peer").certificate.fingerprint() + "\n"));
    EXPECT_THAT(exchange.certificates, HasSubstr("receipt-signed-by sha256:" + test::identity("peer").certificate.fingerprint() + "\n"));
    auto const message = site.message(id);
    EXPECT_EQ(message.state, MessageState::sent);
    EXPECT_EQ(message.reason, "");
    EXPECT_EQ(message.attempts, 1U);
    for (auto const* const event : {"as2_packed", "as2_receipt", "sent"})
        EXPECT_TRUE(site.told(id, event)) << event;
    site.work_after(24h);
    EXPECT_EQ(site.posts.size(), 1U) << "nothing is left to do";
}

TEST(As2Sending, TheEvidenceIsKept) {
    As2SendingBench site;
    auto const id = site.send();
    site.work();
    auto const exchange = site.exchange(id).id;
    EXPECT_EQ(site.kept(exchange, name::message), site.posts[0].body);
    as2::SignaturePolicy ours, theirs;
    ours.partner = {test::identity("us").certificate};
    theirs.partner = {test::identity("peer").certificate};
    EXPECT_TRUE(as2::verify(transport::Content(site.kept(exchange, name::signature)), transport::Content(site.kept(exchange, name::signed_bytes)), ours));
    EXPECT_TRUE(as2::verify(transport::Content(site.kept(exchange, name::receipt_signature)),
                            transport::Content(site.kept(exchange, name::receipt_signed)), theirs));
    EXPECT_THAT(site.kept(exchange, name::receipt), HasSubstr("Original-Message-ID: " + site.posts[0].id()));
    auto const certificates = as2::Certificate::read_all(site.kept(exchange, name::certificates));
    ASSERT_TRUE(certificates);
    ASSERT_EQ(certificates->size(), 2U);
    EXPECT_TRUE(certificates->at(0) == test::identity("us").certificate);
    EXPECT_TRUE(certificates->at(1) == test::identity("peer").certificate);
}

TEST(As2Sending, TheClockOfThe997BeginsWithTheReceipt) {
    As2SendingBench site;
    site.script = {As2SendingBench::status(503)};
    ASSERT_EQ(site.bench->order("PO-1").fate, SubmissionFate::accepted);
    site.work();
    auto const id = site.bench->messages(store::Direction::outbound)[0].id;
    EXPECT_EQ(site.message(id).state, MessageState::ready);
    site.work_after(1min);
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_EQ(site.bench->view(id).documents.at(0).document.state, store::DocumentState::sent);
    site.work_after(3h + 59min);
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    site.work_after(1min);
    EXPECT_EQ(site.message(id).state, MessageState::overdue);
}

TEST(As2Sending, WhatIsLostComesAgainWithTheSameBytes) {
    As2SendingBench site([](partner::As2Channel& channel) { channel.outgoing.temporary_statuses = {"403"}; });
    site.script = {As2SendingBench::lost(), As2SendingBench::status(403), As2SendingBench::receipt()};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.exchange(id).state, ExchangeState::waiting_to_retry);
    EXPECT_EQ(site.message(id).state, MessageState::ready);
    EXPECT_THAT(site.message(id).reason, HasSubstr("connection reset"));
    site.work();
    EXPECT_EQ(site.posts.size(), 1U) << "not before its time";
    site.work_after(1min);
    EXPECT_EQ(site.posts.size(), 2U);
    EXPECT_THAT(site.message(id).reason, HasSubstr("403"));
    site.work_after(1min);
    EXPECT_EQ(site.posts.size(), 2U) << "twice as long now";
    site.work_after(1min);
    ASSERT_EQ(site.posts.size(), 3U);
    for (auto const& posted : site.posts) {
        EXPECT_EQ(posted.body, site.posts[0].body);
        EXPECT_EQ(posted.fields, site.posts[0].fields);
    }
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_EQ(site.exchange(id).attempts, 3U);
    EXPECT_TRUE(site.told(id, "transmission_failed"));
}

TEST(As2Sending, RetryAfterIsHeard) {
    As2SendingBench site;
    site.script = {As2SendingBench::status(503, 600s)};
    auto const id = site.send();
    site.work();
    site.work_after(9min);
    EXPECT_EQ(site.posts.size(), 1U);
    site.work_after(1min);
    EXPECT_EQ(site.posts.size(), 2U);
    EXPECT_EQ(site.message(id).state, MessageState::sent);
}

TEST(As2Sending, AFailureTellsWhoSaidWhat) {
    As2SendingBench site([](partner::As2Channel& channel) { channel.url = "http://user:hunter2@peer.example/as2?key=hunter2"; });
    auto const says = [](int code, as2::Fields fields, std::string body) {
        return [=](As2Posted const&) -> Result<as2::PostAnswer> { return as2::PostAnswer{code, fields, body, 0s}; };
    };
    site.script = {says(503, {}, "<html>\n  maintenance \x1b today</html>"), As2SendingBench::lost(), says(302, {{"Location", "https://new.example/as2?k=hunter2"}}, {})};
    auto const id = site.send();
    site.work();
    EXPECT_THAT(site.message(id).reason, HasSubstr("the server http://peer.example/as2?… answered 503 and says \"<html> maintenance . today</html>\""));
    auto const line = std::ranges::find_if(site.bench->lines, [](auto const& one) { return one.find(" transmission_failed ") != std::string::npos; });
    ASSERT_NE(line, site.bench->lines.end());
    EXPECT_THAT(*line, HasSubstr("maintenance . today")) << "in the log as well";
    site.work_after(1h);
    EXPECT_THAT(site.message(id).reason, HasSubstr("http://peer.example/as2?…: connection reset"));
    site.work_after(1h);
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    EXPECT_THAT(site.message(id).reason, HasSubstr("the partner's server http://peer.example/as2?… answers 302"));
    EXPECT_THAT(site.message(id).reason, HasSubstr("and redirects to \"https://new.example/as2?...\""));
    for (auto const& one : site.bench->lines)
        EXPECT_EQ(one.find("hunter2"), std::string::npos) << one;
}

TEST(As2Sending, WithoutACertificateTheLogSaysWhyAndNamesTheChannelOnce) {
    As2SendingBench site([](partner::As2Channel& channel) {
        for (auto& one : channel.own_certificates)
            one.until = "2021-01-01";
    });
    auto const id = site.send();
    site.work();
    auto const line = std::ranges::find_if(site.bench->lines, [](auto const& one) { return one.find(" transmission_failed ") != std::string::npos; });
    ASSERT_NE(line, site.bench->lines.end());
    EXPECT_THAT(*line, HasSubstr("reason=\"channel acme-as2: no certificate of ours is valid now"));
    auto const events = site.bench->view(id).events;
    ASSERT_FALSE(events.empty());
    EXPECT_THAT(events.back().text, HasSubstr("attempt 1 on channel acme-as2 failed: no certificate of ours"));
}

TEST(As2Sending, AfterAllAttemptsItIsADeadLetter) {
    As2SendingBench site;
    site.script = {As2SendingBench::lost(), As2SendingBench::status(503), As2SendingBench::status(408)};
    auto const id = site.send();
    for (int i = 0; i < 5; ++i)
        site.work_after(1h);
    EXPECT_EQ(site.posts.size(), 3U);
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    EXPECT_THAT(site.message(id).reason, HasSubstr("after 3 attempts"));
    EXPECT_EQ(site.exchange(id).state, ExchangeState::failed);
    EXPECT_TRUE(site.told(id, "transmission_given_up"));
    EXPECT_TRUE(site.told(id, "AS2_SENDING_FAILED"));
}

TEST(As2Sending, AnyOther4xxFailsAtOnce) {
    As2SendingBench site;
    site.script = {As2SendingBench::status(403)};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    EXPECT_THAT(site.message(id).reason, HasSubstr("403"));
    EXPECT_TRUE(site.told(id, "AS2_SENDING_FAILED"));
    site.work_after(24h);
    EXPECT_EQ(site.posts.size(), 1U);
}

TEST(As2Sending, AnAddressThatCannotBeRightFailsAtOnce) {
    As2SendingBench site;
    site.script = {[](As2Posted const&) -> Result<as2::PostAnswer> { return permanent("the certificate of the server has expired"); }};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    EXPECT_THAT(site.message(id).reason, HasSubstr("http://peer.example/as2: the certificate of the server has expired"));
}

TEST(As2Sending, TheReceiptMissingFromTheAnswer) {
    As2SendingBench site;
    site.script = {As2SendingBench::status(200)};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    EXPECT_TRUE(site.told(id, "AS2_RECEIPT_FAILED"));

    As2SendingBench patient([](partner::As2Channel& channel) { channel.outgoing.receipt.resends.number = 1; });
    patient.script = {As2SendingBench::status(200)};
    auto const again = patient.send();
    patient.work();
    patient.work_after(1min);
    EXPECT_EQ(patient.posts.size(), 2U);
    EXPECT_EQ(patient.message(again).state, MessageState::sent);
    EXPECT_EQ(patient.exchange(again).resends, 1U);
}

struct Failure {
    char const* what;
    test::As2Says says;
    char const* reason;
    char const* disposition;
};

TEST(As2Sending, AReceiptThatIsNoProofFails) {
    for (auto const& failure : {Failure{"another MIC", {.mic = "Zm9v, sha256"}, "the MIC differs", "processed"},
                                Failure{"unsigned", {.signer = ""}, "not signed", "processed"},
                                Failure{"an error", {.disposition = "automatic-action/MDN-sent-automatically; processed/error: decryption-failed"},
                                        "decryption-failed", "processed/error: decryption-failed"},
                                Failure{"somebody else's", {.signer = "stranger"}, "cannot be trusted", ""},
                                Failure{"of another message", {.original = "<other@wharf>"}, "<other@wharf>", "processed"}}) {
        SCOPED_TRACE(failure.what);
        As2SendingBench site;
        site.script = {As2SendingBench::receipt(failure.says)};
        auto const id = site.send();
        site.work();
        EXPECT_EQ(site.exchange(id).state, ExchangeState::failed);
        EXPECT_EQ(site.exchange(id).disposition, failure.disposition);
        EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
        EXPECT_THAT(site.message(id).reason, HasSubstr(failure.reason));
        EXPECT_TRUE(site.told(id, "AS2_RECEIPT_FAILED"));
        EXPECT_NE(site.kept(site.exchange(id).id, name::receipt), "") << "it is evidence, too";
        site.work_after(24h);
        EXPECT_EQ(site.posts.size(), 1U) << "never sent again by itself";
    }
}

TEST(As2Sending, WithoutAnyReceiptAgreed2xxIsEnough) {
    As2SendingBench site([](partner::As2Channel& channel) { channel.outgoing.receipt.mode = partner::As2ReceiptMode::none; });
    site.script = {As2SendingBench::status(204)};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_EQ(site.exchange(id).receipt, store::ReceiptState::none);
    EXPECT_TRUE(as2::field(site.posts[0].fields, "Disposition-Notification-To").empty());
}

// --- receipts that come by themselves -----------------------------------------------------------------------------------

TEST(As2Sending, AReceiptByItself) {
    As2SendingBench site(asynchronous);
    site.script = {As2SendingBench::status(202)};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(as2::field(site.posts[0].fields, "Receipt-Delivery-Option"), "http://wharf.example/as2");
    EXPECT_EQ(site.exchange(id).state, ExchangeState::waiting_for_receipt);
    EXPECT_EQ(site.message(id).state, MessageState::ready);
    EXPECT_THAT(site.message(id).reason, HasSubstr("waits for its receipt"));
    EXPECT_TRUE(site.told(id, "as2_sent"));
    auto const refused = resend(*site.bench->context, id);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("waits for his receipt"));

    auto const receipt = As2SendingBench::receipt_for(site.posts[0]);
    auto const taken = site.receive(receipt);
    EXPECT_EQ(taken.fate, ReceiptFate::taken);
    EXPECT_EQ(taken.exchange_id, site.exchange(id).id);
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_EQ(site.exchange(id).state, ExchangeState::succeeded);
    EXPECT_NE(site.kept(taken.exchange_id, name::receipt_signature), "");
    EXPECT_EQ(site.receive(receipt).fate, ReceiptFate::repeated);
    site.work_after(24h);
    EXPECT_EQ(site.posts.size(), 1U);
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_FALSE(site.told(id, "AS2_RECEIPT_OVERDUE"));
}

TEST(As2Sending, AReceiptThatNeverComes) {
    As2SendingBench site([](partner::As2Channel& channel) {
        asynchronous(channel);
        channel.outgoing.receipt.resends.number = 1;
        channel.outgoing.receipt.timeout = 30min;
    });
    site.script = {As2SendingBench::status(200), As2SendingBench::status(200)};
    auto const id = site.send();
    site.work();
    site.work_after(29min);
    EXPECT_EQ(site.posts.size(), 1U);
    site.work_after(1min);
    ASSERT_EQ(site.posts.size(), 2U) << "sent again for want of a receipt";
    EXPECT_EQ(site.posts[0].id(), site.posts[1].id());
    EXPECT_EQ(site.posts[0].body, site.posts[1].body);
    site.work_after(30min);
    EXPECT_EQ(site.posts.size(), 2U);
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    EXPECT_TRUE(site.told(id, "AS2_RECEIPT_OVERDUE"));

    EXPECT_EQ(site.receive(As2SendingBench::receipt_for(site.posts[0])).fate, ReceiptFate::taken) << "late, it still proves it";
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_EQ(site.exchange(id).state, ExchangeState::succeeded);
}

TEST(As2Sending, TheResendThatFailsForAWhileIsTriedAgain) {
    As2SendingBench site([](partner::As2Channel& channel) {
        asynchronous(channel);
        channel.outgoing.receipt.resends.number = 1;
    });
    site.script = {As2SendingBench::status(200), As2SendingBench::lost(), As2SendingBench::receipt()};
    auto const id = site.send();
    site.work();
    site.work_after(1h);
    EXPECT_EQ(site.exchange(id).state, ExchangeState::waiting_to_retry);
    site.work_after(1h);
    EXPECT_EQ(site.posts.size(), 3U);
    EXPECT_EQ(site.message(id).state, MessageState::sent) << "and its receipt may be in the answer";
}

TEST(As2Sending, AReceiptBeforeTheAnswer) {
    As2SendingBench site(asynchronous);
    site.script = {[&](As2Posted const& posted) -> Result<as2::PostAnswer> {
        EXPECT_EQ(site.receive(As2SendingBench::receipt_for(posted)).fate, ReceiptFate::taken);
        return temporary("connection reset");
    }};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    site.work_after(24h);
    EXPECT_EQ(site.posts.size(), 1U);
    EXPECT_EQ(site.exchange(id).state, ExchangeState::succeeded);
}

TEST(As2Sending, AReceiptWhileItWaitsToTryAgain) {
    As2SendingBench site(asynchronous);
    site.script = {As2SendingBench::lost()};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.receive(As2SendingBench::receipt_for(site.posts[0])).fate, ReceiptFate::taken);
    site.work_after(24h);
    EXPECT_EQ(site.posts.size(), 1U);
    EXPECT_EQ(site.message(id).state, MessageState::sent);
}

TEST(As2Sending, ReceiptsThatAreNotTaken) {
    As2SendingBench site(asynchronous);
    site.script = {As2SendingBench::status(200)};
    auto const id = site.send();
    site.work();
    auto const& posted = site.posts[0];
    auto const stranger = site.receive(As2SendingBench::receipt_for(posted, {.signer = "stranger"}));
    EXPECT_EQ(stranger.fate, ReceiptFate::not_taken);
    EXPECT_EQ(stranger.exchange_id, site.exchange(id).id) << "what it claims to be for is told";
    EXPECT_TRUE(site.told(id, "AS2_RECEIPT_NOT_TAKEN"));
    EXPECT_EQ(site.exchange(id).state, ExchangeState::waiting_for_receipt) << "the right one may still come";

    auto const unknown = site.receive(As2SendingBench::receipt_for(posted, {.original = "<never@wharf>"}));
    EXPECT_EQ(unknown.fate, ReceiptFate::unmatched);
    EXPECT_THAT(unknown.reason, HasSubstr("<never@wharf>"));
    EXPECT_TRUE(site.told("acme-as2", "AS2_RECEIPT_UNMATCHED"));

    EXPECT_EQ(site.receive({{{"Content-Type", "text/html"}}, {}, transport::Content("<html>")}).fate, ReceiptFate::unreadable);
    EXPECT_EQ(site.receive({{{"Content-Type", "multipart/report; boundary=x"}}, {}, transport::Content("--x")}).fate, ReceiptFate::unreadable);
    EXPECT_EQ(site.receive({{{"Content-Type", "multipart/report; boundary=x"}}, {}, transport::Content(std::string(2 << 20, 'x'))}).fate,
              ReceiptFate::unreadable);

    auto bare = posted.id();
    bare = bare.substr(1, bare.size() - 2);
    EXPECT_EQ(site.receive(As2SendingBench::receipt_for(posted, {.original = bare})).fate, ReceiptFate::taken) << "brackets do not count";
    EXPECT_EQ(site.receive(As2SendingBench::receipt_for(posted, {.mic = "Zm9v, sha256"})).fate, ReceiptFate::not_taken)
        << "a word against an earlier one is told";
    EXPECT_EQ(site.message(id).state, MessageState::sent);
    EXPECT_THAT(site.kept(site.exchange(id).id, name::receipt), ::testing::Not(HasSubstr("Zm9v, sha256"))) << "the proof stays";
}

TEST(As2Sending, AWrongMicAtOurAddress) {
    As2SendingBench site(asynchronous);
    site.script = {As2SendingBench::status(200)};
    auto const id = site.send();
    site.work();
    EXPECT_EQ(site.receive(As2SendingBench::receipt_for(site.posts[0], {.mic = "Zm9v, sha256"})).fate, ReceiptFate::taken);
    EXPECT_EQ(site.message(id).state, MessageState::dead_letter);
    EXPECT_TRUE(site.told(id, "AS2_RECEIPT_FAILED"));
    site.work_after(24h);
    EXPECT_EQ(site.posts.size(), 1U);
}

TEST(As2Sending, The997MayBeFasterThanTheReceipt) {
    As2SendingBench site(asynchronous);
    site.script = {As2SendingBench::status(200), As2SendingBench::status(200)};
    for (auto const* const number : {"PO-1", "PO-2"})
        ASSERT_EQ(site.bench->order(number).fate, SubmissionFate::accepted);
    site.work();
    site.bench->inbox()["997.edi"] = test::interchange(
        "FA", {test::set("997", "AK1*PO*1~AK9*A*1*1*1~"), test::set("997", "AK1*PO*2~AK9*A*1*1*1~", "0002")}, "004010", "9");
    site.bench->poll();
    for (auto const& message : site.bench->messages(store::Direction::outbound))
        EXPECT_EQ(message.state, MessageState::accepted);
    auto const first = site.bench->messages(store::Direction::outbound).back().id;
    EXPECT_EQ(site.receive(As2SendingBench::receipt_for(site.posts[0])).fate, ReceiptFate::taken);
    site.work_after(1h); // the other's receipt never comes
    for (auto const& message : site.bench->messages(store::Direction::outbound)) {
        EXPECT_EQ(message.state, MessageState::accepted) << "what the 997 says stands";
        EXPECT_EQ(site.exchange(message.id).state, message.id == first ? ExchangeState::succeeded : ExchangeState::failed);
    }
}

} // namespace
} // namespace wharf::gateway
