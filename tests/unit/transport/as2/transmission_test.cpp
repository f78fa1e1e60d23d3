// The sender, held against the checklist of what interoperability takes. No socket, no clock, no file, no key.
#include "transport/as2/transmission.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

using namespace std::chrono_literals;
std::string const id = "<1@wharf>";

Relation acme() {
    Relation relation;
    relation.own_name = "WHARF";
    relation.partner_name = "ACME";
    relation.retry = {60s, 600s, 3};
    return relation;
}

ArrivedReceipt arrived(std::string_view disposition = "x; processed", ArrivedReceipt::Signature signature = ArrivedReceipt::Signature::verified) {
    ArrivedReceipt made;
    made.receipt.original_message_id = id;
    made.receipt.disposition = read_disposition(disposition).value();
    made.receipt.mic = read_mic("Zm9v, sha256");
    made.signature = signature;
    made.expected_mic = "Zm9v";
    return made;
}

Relation asynchronous() {
    auto relation = acme();
    relation.receipt_mode = ReceiptMode::asynchronous;
    return relation;
}

template <class T> T const* first(TransmissionActions const& actions) {
    for (auto const& action : actions)
        if (auto const* const found = std::get_if<T>(&action)) return found;
    return nullptr;
}

/// Posted once.
Transmission posted(Relation relation = acme()) {
    Transmission made(std::move(relation), id);
    auto const actions = made.begin();
    EXPECT_EQ(first<Post>(actions)->attempt, 1u);
    return made;
}

TransmissionActions answered(Transmission& machine, int status, ReceiptInAnswer receipt = NoReceipt{}) {
    return machine.on(Answered{status, std::move(receipt), 0s, 0.0});
}

TEST(As2Sender, ASignedReceiptWithTheRightMicIsASuccess) {
    auto machine = posted();
    EXPECT_TRUE(first<Succeed>(answered(machine, 200, arrived())));
    EXPECT_EQ(machine.state().phase, TransmissionState::Phase::succeeded);
}

TEST(As2Sender, WhatTryingAgainDoesNotChangeFailsAtOnce) {
    auto machine = posted();
    auto const actions = machine.on(NotPossible{"the certificate of the server has expired"});
    ASSERT_TRUE(first<Fail>(actions));
    EXPECT_EQ(first<Fail>(actions)->reason, "the certificate of the server has expired");
    EXPECT_TRUE(first<RaiseAlarm>(actions));
    EXPECT_TRUE(machine.on(NotPossible{"once more"}).empty()) << "nothing is posted any more";
}

TEST(As2Sender, AWrongMicIsAFailureWithAnAlarm) {
    auto receipt = arrived();
    receipt.expected_mic = "YmFy";
    auto machine = posted();
    auto const actions = answered(machine, 200, receipt);
    ASSERT_TRUE(first<Fail>(actions));
    EXPECT_NE(first<Fail>(actions)->reason.find("YmFy"), std::string::npos);
    EXPECT_NE(first<Fail>(actions)->reason.find("Zm9v"), std::string::npos);
    EXPECT_TRUE(first<RaiseAlarm>(actions));
    EXPECT_FALSE(first<WaitToRetry>(actions));
}

/// Some products answer a repetition of what they have taken with an error, where only their receipt was lost.
TEST(As2Sender, AMicIsComparedAsBytes) {
    for (auto const* const written : {"Zm9vYg==, sha256", "Zm9vYg,sha256", " Zm9vYg = = , sha256"}) {
        auto machine = posted();
        auto receipt = arrived();
        receipt.receipt.mic = read_mic(written);
        receipt.expected_mic = "Zm9vYg==";
        EXPECT_TRUE(first<Succeed>(answered(machine, 200, receipt))) << written;
    }
}

TEST(As2Sender, AnErrorForARepetitionMayMeanThatItWasTakenBefore) {
    auto machine = posted();
    EXPECT_EQ(first<Fail>(answered(machine, 200, arrived("x; processed/error: unexpected-processing-error")))->reason.find("earlier one"), std::string::npos);
    machine = posted();
    (void)machine.on(ConnectionLost{"reset", 0.0});
    (void)machine.on(Tick{});
    auto const actions = answered(machine, 200, arrived("x; processed/error: unexpected-processing-error"));
    ASSERT_TRUE(first<Fail>(actions));
    EXPECT_NE(first<Fail>(actions)->reason.find("attempt 2: an earlier one may have been taken"), std::string::npos);
}

TEST(As2Sender, WithoutTheProofThatWasAskedForThereIsNoSuccess) {
    auto no_mic = arrived();
    no_mic.receipt.mic.reset();
    EXPECT_EQ(judge(no_mic, acme(), id).verdict, ReceiptVerdict::no_proof);
    auto odd_mic = arrived();
    odd_mic.receipt.mic = read_mic("Zm9v, md5");
    odd_mic.expected_mic.reset();
    EXPECT_EQ(judge(odd_mic, acme(), id).verdict, ReceiptVerdict::no_proof);
    EXPECT_EQ(judge(arrived("x; processed", ArrivedReceipt::Signature::none), acme(), id).verdict, ReceiptVerdict::no_proof);
    auto relation = acme();
    relation.receipt_signed = false;
    EXPECT_TRUE(judge(arrived("x; processed", ArrivedReceipt::Signature::none), relation, id).is_success());
    no_mic.signature = ArrivedReceipt::Signature::none;
    EXPECT_TRUE(judge(no_mic, relation, id).is_success());
}

TEST(As2Sender, WarningsAreSuccesses) {
    auto duplicate = arrived("x; processed/warning: duplicate-document");
    EXPECT_EQ(judge(duplicate, acme(), id).verdict, ReceiptVerdict::warning);
    duplicate.receipt.mic.reset();
    auto machine = posted();
    auto const actions = answered(machine, 200, duplicate);
    ASSERT_TRUE(first<Succeed>(actions));
    EXPECT_NE(first<Succeed>(actions)->note.find("duplicate-document"), std::string::npos);
}

TEST(As2Sender, ErrorsOfThePartnerAreFinalSignedOrNot) {
    for (auto const* const text : {"x; processed/error: authentication-failed", "x; failed/Failure: unsupported MIC-algorithms", "x; processed/error: anything new"})
        for (auto const signature : {ArrivedReceipt::Signature::verified, ArrivedReceipt::Signature::none}) {
            auto machine = posted();
            auto const actions = answered(machine, 200, arrived(text, signature));
            EXPECT_TRUE(first<Fail>(actions)) << text;
            EXPECT_FALSE(first<WaitToRetry>(actions)) << "never sent again";
        }
}

TEST(As2Sender, AReceiptThatCannotBeTrustedIsNeverAReasonToSendAgain) {
    auto forged = arrived("x; processed", ArrivedReceipt::Signature::wrong);
    auto machine = posted();
    auto const actions = answered(machine, 200, forged);
    EXPECT_TRUE(first<Fail>(actions));
    EXPECT_FALSE(first<WaitToRetry>(actions));
    EXPECT_TRUE(first<RaiseAlarm>(actions));
}

TEST(As2Sender, AForgedAsynchronousReceiptSettlesNothing) {
    auto machine = posted(asynchronous());
    EXPECT_TRUE(first<WaitForReceipt>(answered(machine, 202)));
    auto stranger = arrived("x; processed", ArrivedReceipt::Signature::wrong);
    auto const ignored = machine.on(ReceiptArrived{stranger});
    EXPECT_FALSE(first<Fail>(ignored));
    EXPECT_TRUE(first<RaiseAlarm>(ignored));
    EXPECT_TRUE(first<Succeed>(machine.on(ReceiptArrived{arrived()})));
}

/// Whoever knows names and Message-ID can write one; where a signed receipt was agreed only that counts.
TEST(As2Sender, AnUnsignedReceiptFromOutsideSettlesNothing) {
    auto machine = posted(asynchronous());
    (void)answered(machine, 200);
    auto const actions = machine.on(ReceiptArrived{arrived("x; processed/error: decryption-failed", ArrivedReceipt::Signature::none)});
    EXPECT_TRUE(first<RaiseAlarm>(actions));
    EXPECT_FALSE(first<Fail>(actions));
    EXPECT_EQ(machine.state().phase, TransmissionState::Phase::waiting_for_receipt);
    EXPECT_TRUE(first<Succeed>(machine.on(ReceiptArrived{arrived()})));
    auto relation = asynchronous();
    relation.receipt_signed = false;
    auto unsigned_agreed = posted(relation);
    (void)answered(unsigned_agreed, 200);
    EXPECT_TRUE(first<Fail>(unsigned_agreed.on(ReceiptArrived{arrived("x; processed/error: decryption-failed", ArrivedReceipt::Signature::none)})));
}

TEST(As2Sender, AReceiptForAnotherMessageIsNotOurs) {
    auto other = arrived();
    other.receipt.original_message_id = "<2@wharf>";
    EXPECT_EQ(judge(other, acme(), id).verdict, ReceiptVerdict::not_ours);
    other.receipt.original_message_id = "";
    EXPECT_EQ(judge(other, acme(), id).verdict, ReceiptVerdict::not_ours) << "Original-Message-ID is needed";
    other.receipt.original_message_id = "1@wharf";
    EXPECT_TRUE(judge(other, acme(), id).is_success()) << "brackets lost by the partner";
    other.receipt.final_recipient = "somebody";
    EXPECT_TRUE(judge(other, acme(), id).is_success()) << "Final-Recipient need not be the AS2-To";
}

TEST(As2Sender, AnyTwoHundredWaitsForTheAsynchronousReceipt) {
    for (int const status : {200, 202, 204}) {
        auto machine = posted(asynchronous());
        auto const actions = answered(machine, status);
        ASSERT_TRUE(first<WaitForReceipt>(actions)) << status;
        EXPECT_EQ(first<WaitForReceipt>(actions)->time, 3600s);
    }
}

TEST(As2Sender, AReceiptThatComesBeforeTheAnswerCounts) {
    auto machine = posted();
    EXPECT_TRUE(first<Succeed>(machine.on(ReceiptArrived{arrived()})));
    EXPECT_TRUE(answered(machine, 200).empty());
    auto lost = posted();
    EXPECT_TRUE(first<Succeed>(lost.on(ReceiptArrived{arrived()})));
    EXPECT_TRUE(lost.on(ConnectionLost{"reset", 0.0}).empty()) << "no retry";
}

TEST(As2Sender, WithoutAReceiptInTimeItIsAnAlarmOrASecondSending) {
    auto machine = posted(asynchronous());
    (void)answered(machine, 200);
    auto const given_up = machine.on(Tick{});
    EXPECT_TRUE(first<Fail>(given_up));
    EXPECT_TRUE(first<RaiseAlarm>(given_up));
    EXPECT_TRUE(first<Succeed>(machine.on(ReceiptArrived{arrived()}))) << "late is better than never";

    auto relation = asynchronous();
    relation.resends_without_receipt = 1;
    auto again = posted(relation);
    (void)answered(again, 200);
    EXPECT_EQ(first<Post>(again.on(Tick{}))->attempt, 2u);
    (void)answered(again, 200);
    EXPECT_TRUE(first<Fail>(again.on(Tick{})));
}

TEST(As2Sender, ASynchronousReceiptIsInTheAnswerOrMissing) {
    auto machine = posted();
    auto const actions = answered(machine, 200);
    EXPECT_TRUE(first<Fail>(actions));
    EXPECT_FALSE(first<WaitToRetry>(actions)) << "the partner may have processed it";
    EXPECT_TRUE(first<Succeed>(machine.on(ReceiptArrived{arrived()}))) << "it came another way";
    auto relation = acme();
    relation.resends_without_receipt = 1;
    auto again = posted(relation);
    EXPECT_TRUE(first<WaitToRetry>(answered(again, 204)));
    (void)again.on(Tick{});
    EXPECT_TRUE(first<Fail>(answered(again, 204)));
}

TEST(As2Sender, RetriesOnWhatIsLostAndOnlyOnThat) {
    for (int const status : {408, 500, 502, 503, 504, 599}) {
        auto machine = posted();
        EXPECT_TRUE(first<WaitToRetry>(answered(machine, status))) << status;
        EXPECT_EQ(first<Post>(machine.on(Tick{}))->attempt, 2u);
    }
    for (int const status : {301, 302, 400, 401, 403, 404, 405, 413, 422, 429, 499}) {
        auto machine = posted();
        auto const actions = answered(machine, status);
        EXPECT_TRUE(first<Fail>(actions)) << status;
        EXPECT_FALSE(first<WaitToRetry>(actions)) << status;
    }
    auto machine = posted();
    EXPECT_TRUE(first<WaitToRetry>(machine.on(ConnectionLost{"connection reset", 0.0})));
}

TEST(As2Sender, WhichFourHundredsAreTemporaryIsAMatterOfThePartner) {
    auto relation = acme();
    relation.temporary_statuses = {429, 403, 404};
    for (int const status : relation.temporary_statuses) {
        auto machine = posted(relation);
        EXPECT_TRUE(first<WaitToRetry>(answered(machine, status))) << status;
    }
    auto machine = posted(relation);
    EXPECT_TRUE(first<Fail>(answered(machine, 401)));
}

TEST(As2Sender, InformationalAnswersAreIgnored) {
    auto machine = posted();
    EXPECT_TRUE(answered(machine, 100).empty());
    EXPECT_TRUE(answered(machine, 102).empty());
    EXPECT_TRUE(first<Succeed>(answered(machine, 200, arrived())));
}

TEST(As2Sender, WaitsGrowAndEnd) {
    auto machine = posted();
    auto actions = answered(machine, 503);
    EXPECT_EQ(first<WaitToRetry>(actions)->time, 60s);
    (void)machine.on(Tick{});
    EXPECT_EQ(first<WaitToRetry>(answered(machine, 503))->time, 120s);
    (void)machine.on(Tick{});
    actions = answered(machine, 503);
    EXPECT_TRUE(first<Fail>(actions)) << "three attempts were allowed";
    EXPECT_TRUE(first<RaiseAlarm>(actions));
    EXPECT_EQ(wait_after(1, {60s, 3600s, 8}, 0.0), 60s);
    EXPECT_EQ(wait_after(7, {60s, 3600s, 8}, 0.0), 3600s);
    EXPECT_EQ(wait_after(4'000'000'000u, {60s, 3600s, 8}, 0.0), 3600s);
    EXPECT_GE(wait_after(1, {60s, 3600s, 8}, 0.999), 45s);
    EXPECT_LT(wait_after(1, {60s, 3600s, 8}, 0.999), 46s);
}

TEST(As2Sender, ThePartnerMayAskForALongerWait) {
    auto machine = posted();
    EXPECT_EQ(first<WaitToRetry>(machine.on(Answered{503, NoReceipt{}, 900s, 0.0}))->time, 900s);
}

TEST(As2Sender, SendingAgainByHandUsesTheSameIdentifier) {
    auto machine = posted();
    (void)answered(machine, 403);
    EXPECT_EQ(first<Post>(machine.on(ResendAsked{}))->attempt, 1u);
    EXPECT_TRUE(first<Succeed>(answered(machine, 200, arrived("x; processed/warning: duplicate-document"))));
}

TEST(As2Sender, AContradictionAfterASuccessIsAnAlarm) {
    auto machine = posted();
    (void)answered(machine, 200, arrived());
    EXPECT_TRUE(machine.on(ReceiptArrived{arrived()}).empty()) << "twice the same";
    auto const actions = machine.on(ReceiptArrived{arrived("x; processed/error: decryption-failed")});
    EXPECT_TRUE(first<RaiseAlarm>(actions));
    EXPECT_FALSE(first<Fail>(actions));
    EXPECT_EQ(machine.state().phase, TransmissionState::Phase::succeeded);
}

TEST(As2Sender, WithoutAReceiptAgreedTheAnswerIsEnough) {
    auto relation = acme();
    relation.receipt_mode = ReceiptMode::none;
    auto machine = posted(relation);
    EXPECT_TRUE(first<Succeed>(answered(machine, 200)));
}

TEST(As2Sender, AnUnreadableReceiptIsSaidSo) {
    auto machine = posted();
    auto const actions = answered(machine, 200, UnreadableReceipt{"it is a web page"});
    ASSERT_TRUE(first<Fail>(actions));
    EXPECT_NE(first<Fail>(actions)->reason.find("web page"), std::string::npos);
    auto busy = posted();
    EXPECT_TRUE(first<WaitToRetry>(answered(busy, 503, UnreadableReceipt{"it is a web page"})));
}

TEST(As2Sender, GoesOnAfterARestart) {
    using Phase = TransmissionState::Phase;
    Transmission posting(acme(), id, {Phase::posting, 1, 0});
    EXPECT_TRUE(first<WaitToRetry>(posting.on(Restarted{}))) << "whether it arrived nobody knows; the Message-ID does";
    Transmission waiting(acme(), id, {Phase::waiting_for_receipt, 1, 0});
    EXPECT_TRUE(first<WaitForReceipt>(waiting.on(Restarted{})));
    Transmission retrying(acme(), id, {Phase::waiting_to_retry, 2, 0});
    EXPECT_EQ(first<Post>(retrying.on(Restarted{}))->attempt, 3u);
    Transmission done(acme(), id, {Phase::succeeded, 1, 0});
    EXPECT_TRUE(done.on(Restarted{}).empty());
}

TEST(As2Sender, FieldsOfMessages) {
    auto relation = acme();
    relation.partner_name = "Big \"Co\"";
    relation.receipt_mode = ReceiptMode::asynchronous;
    relation.own_receipt_address = "https://wharf.example/as2?" + std::string(200, 'x');
    auto const fields = write_message_head(relation, id, "850", {{{"Content-Type", "application/pkcs7-mime"}}, {}, {}});
    EXPECT_EQ(field(fields, "AS2-To"), "\"Big \\\"Co\\\"\"");
    EXPECT_EQ(field(fields, "Message-ID"), id);
    EXPECT_EQ(field(fields, "Receipt-Delivery-Option"), relation.own_receipt_address);
    EXPECT_EQ(field(fields, "Disposition-Notification-Options"), "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha256");
    EXPECT_EQ(field(fields, "Content-Type"), "application/pkcs7-mime");
    relation.receipt_mode = ReceiptMode::none;
    EXPECT_FALSE(has_field(write_message_head(relation, id, "", {}), "Disposition-Notification-To"));
    for (auto const& [name, value] : fields)
        EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << name;
}

} // namespace
} // namespace wharf::transport::as2
