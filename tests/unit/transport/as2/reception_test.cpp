// The receiver, held against the checklist of what interoperability takes. No socket, no clock, no file, no key.
#include "transport/as2/reception.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

Relation acme() {
    Relation relation;
    relation.own_name = "WHARF";
    relation.partner_name = "ACME";
    relation.receipt_address = "https://acme.example/mdn";
    return relation;
}

enum class Asks { nothing, synchronous, asynchronous, unsigned_receipt };

MessageHead head_of(Asks asks, std::string options = "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha256") {
    Fields http{{"AS2-From", "ACME"}, {"AS2-To", "WHARF"}, {"Message-ID", "<1@acme>"}, {"Content-Type", "application/pkcs7-mime"}};
    if (asks == Asks::unsigned_receipt) options.clear();
    if (asks != Asks::nothing) {
        http.emplace_back("Disposition-Notification-To", "anything at all");
        http.emplace_back("Disposition-Notification-Options", options);
    }
    if (asks == Asks::asynchronous) http.emplace_back("Receipt-Delivery-Option", "https://acme.example/mdn");
    return read_message_head(http).value();
}

template <class T> T const* first(ReceptionActions const& actions) {
    for (auto const& action : actions)
        if (auto const* const found = std::get_if<T>(&action)) return found;
    return nullptr;
}

Opened good() { return {std::nullopt, true, Mic{"Zm9v", "sha256", Digest::sha256}}; }
Opened bad(FaultKind kind, bool verified = false) { return {Fault{kind, "why"}, verified, std::nullopt}; }

/// A message on its way up to the commit, which is given back.
struct Journey {
    Reception reception;
    ReceptionActions at_storing, at_unpacking, at_commit;
    Journey(MessageHead head, Opened const& opened, Relation relation = acme()) : reception(std::move(head)) {
        EXPECT_TRUE(first<LookUpRelation>(reception.begin()));
        auto actions = reception.on(RelationFound{std::move(relation)});
        if (first<LookUpMessage>(actions)) actions = reception.on(NotSeen{});
        at_storing = actions;
        EXPECT_TRUE(first<StoreBody>(actions));
        at_unpacking = reception.on(BodyStored{});
        at_commit = first<Unpack>(at_unpacking) ? reception.on(opened) : at_unpacking;
    }
    Commit const& commit() const { return *first<Commit>(at_commit); }
    ReceptionActions end() { return reception.on(Committed{}); }
};

TEST(As2Receiver, SynchronousReceiptComesWithTheAnswerAfterTheCommit) {
    Journey journey(head_of(Asks::synchronous), good());
    EXPECT_FALSE(first<Respond>(journey.at_unpacking)) << "nothing is answered before it is durable and judged";
    EXPECT_TRUE(journey.commit().is_accepted);
    EXPECT_TRUE(journey.commit().receipt_is_signed);
    auto const& receipt = *journey.commit().receipt;
    EXPECT_TRUE(receipt.disposition.is_success());
    EXPECT_EQ(receipt.original_message_id, "<1@acme>");
    EXPECT_EQ(receipt.final_recipient, "WHARF");
    EXPECT_EQ(receipt.mic->base64, "Zm9v");
    auto const end = journey.end();
    EXPECT_EQ(first<Respond>(end)->status, 200);
    EXPECT_EQ(first<Respond>(end)->body, AnswerBody::stored_receipt);
    EXPECT_FALSE(first<SendReceipt>(end));
    EXPECT_TRUE(journey.reception.is_done());
}

/// RFC 8098: a receipt needs no Message-ID of its own. What may be one is opened; only what turns out to be none is refused for that.
TEST(As2Receiver, WhatMayBeAReceiptIsOpenedWithoutAMessageId) {
    auto head = head_of(Asks::nothing);
    head.message_id.clear();
    Journey const message(head, good());
    EXPECT_FALSE(first<Unpack>(message.at_unpacking));
    EXPECT_FALSE(message.commit().is_accepted);
    head.may_be_receipt = true;
    Journey const receipt(head, good());
    EXPECT_TRUE(first<Unpack>(receipt.at_unpacking)) << "whoever drives it looks whether it holds a receipt";
    EXPECT_FALSE(receipt.commit().is_accepted) << "it was none";
}

TEST(As2Receiver, SynchronousReceiptIs200EvenForErrors) {
    Journey journey(head_of(Asks::synchronous), bad(FaultKind::decryption_failed));
    EXPECT_FALSE(journey.commit().is_accepted);
    EXPECT_EQ(journey.commit().receipt->disposition.text, "decryption-failed");
    EXPECT_FALSE(journey.commit().receipt->mic);
    auto const end = journey.end();
    EXPECT_EQ(first<Respond>(end)->status, 200);
    EXPECT_TRUE(first<Alarm>(end));
}

TEST(As2Receiver, EveryFaultHasItsDisposition) {
    for (auto const kind : {FaultKind::decryption_failed, FaultKind::authentication_failed, FaultKind::integrity_check_failed, FaultKind::decompression_failed,
                            FaultKind::insufficient_message_security, FaultKind::unexpected_processing_error}) {
        Journey journey(head_of(Asks::synchronous), bad(kind));
        EXPECT_EQ(journey.commit().receipt->disposition, disposition_for(kind));
        EXPECT_FALSE(journey.commit().receipt->disposition.text.empty()) << "a bare error is refused by certifiers";
    }
}

TEST(As2Receiver, AsynchronousReceiptGoesOutAfterTheAnswerThatFollowsTheLastByte) {
    Journey journey(head_of(Asks::asynchronous), good());
    EXPECT_FALSE(first<Respond>(journey.at_storing));
    ASSERT_TRUE(first<Respond>(journey.at_unpacking)) << "before processing";
    EXPECT_EQ(first<Respond>(journey.at_unpacking)->status, 200);
    EXPECT_EQ(first<Respond>(journey.at_unpacking)->body, AnswerBody::none);
    auto const end = journey.end();
    EXPECT_FALSE(first<Respond>(end)) << "answered once";
    EXPECT_EQ(first<SendReceipt>(end)->address, "https://acme.example/mdn");
    EXPECT_FALSE(first<SendReceipt>(end)->is_stored);
}

TEST(As2Receiver, AsynchronousReceiptsGoToTheConfiguredAddressOnly) {
    auto relation = acme();
    relation.receipt_address = "https://acme.example/other";
    Journey elsewhere(head_of(Asks::asynchronous), good(), relation);
    auto const end = elsewhere.end();
    EXPECT_EQ(first<SendReceipt>(end)->address, "https://acme.example/other");
    EXPECT_TRUE(first<Alarm>(end));
    relation.receipt_address.clear();
    Journey nowhere(head_of(Asks::asynchronous), good(), relation);
    auto const silent = nowhere.end();
    EXPECT_FALSE(first<SendReceipt>(silent));
    EXPECT_TRUE(first<Alarm>(silent));
}

TEST(As2Receiver, NoAsynchronousReceiptForASenderWhoCouldNotBeVerified) {
    for (auto const kind : {FaultKind::authentication_failed, FaultKind::decryption_failed}) {
        Journey journey(head_of(Asks::asynchronous), bad(kind));
        EXPECT_FALSE(first<SendReceipt>(journey.end()));
        auto relation = acme();
        relation.receipts_unverified = true;
        Journey allowed(head_of(Asks::asynchronous), bad(kind), relation);
        EXPECT_TRUE(first<SendReceipt>(allowed.end()));
    }
    Journey verified(head_of(Asks::asynchronous), bad(FaultKind::unexpected_processing_error, true));
    EXPECT_TRUE(first<SendReceipt>(verified.end())) << "the signature held; the fault lay behind it";
}

TEST(As2Receiver, UnsignedMessagesAreVerifiedWhereNoSignatureIsAgreed) {
    auto relation = acme();
    relation.requires_signature = false;
    Opened unsigned_message = good();
    unsigned_message.sender_is_verified = false;
    Journey journey(head_of(Asks::asynchronous), unsigned_message, relation);
    EXPECT_TRUE(first<SendReceipt>(journey.end()));
}

TEST(As2Receiver, DispositionNotificationToIsReadForItsPresenceOnly) {
    EXPECT_TRUE(read_message_head({{"AS2-From", "A"}, {"AS2-To", "B"}, {"Disposition-Notification-To", ""}})->receipt);
    EXPECT_FALSE(read_message_head({{"AS2-From", "A"}, {"AS2-To", "B"}, {"Disposition-Notification-Options", "x"}})->receipt);
    Journey journey(head_of(Asks::nothing), good());
    EXPECT_FALSE(journey.commit().receipt);
    EXPECT_EQ(first<Respond>(journey.end())->body, AnswerBody::none);
}

TEST(As2Receiver, WithoutAReceiptTheStatusTellsTheSender) {
    Journey refused(head_of(Asks::nothing), bad(FaultKind::authentication_failed));
    auto const end = refused.end();
    EXPECT_EQ(first<Respond>(end)->status, 400);
}

TEST(As2Receiver, TheMicIsByTheAlgorithmAskedFor) {
    auto const asked = [](std::string const& list) {
        Journey journey(head_of(Asks::synchronous, "signed-receipt-protocol=optional,pkcs7-signature;signed-receipt-micalg=optional," + list), good());
        return first<Unpack>(journey.at_unpacking)->micalg;
    };
    EXPECT_EQ(asked("md5,SHA-512,sha256"), Digest::sha512);
    Journey unsaid(head_of(Asks::unsigned_receipt), good());
    EXPECT_EQ(first<Unpack>(unsaid.at_unpacking)->micalg, std::nullopt);
    EXPECT_FALSE(unsaid.commit().receipt_is_signed);
}

TEST(As2Receiver, UnsupportedMicAlgorithmsAndFormatsFailWithoutProcessing) {
    Journey mic(head_of(Asks::synchronous, "signed-receipt-protocol=optional,pkcs7-signature;signed-receipt-micalg=required,md5"), good());
    EXPECT_FALSE(first<Unpack>(mic.at_unpacking));
    EXPECT_EQ(write_disposition(mic.commit().receipt->disposition), "automatic-action/MDN-sent-automatically; failed/Failure: unsupported MIC-algorithms");
    Journey format(head_of(Asks::synchronous, "signed-receipt-protocol=required,pgp;signed-receipt-micalg=required,sha256"), good());
    EXPECT_EQ(format.commit().receipt->disposition.text, "unsupported format");
    EXPECT_FALSE(format.commit().receipt_is_signed);
    EXPECT_EQ(first<Respond>(format.end())->status, 200);
}

TEST(As2Receiver, DuplicatesGetTheStoredReceiptAndAreNotProcessed) {
    Reception synchronous(head_of(Asks::synchronous));
    (void)synchronous.begin();
    (void)synchronous.on(RelationFound{acme()});
    auto const answer = synchronous.on(Seen{});
    EXPECT_EQ(answer.size(), 1u);
    EXPECT_EQ(first<Respond>(answer)->status, 200);
    EXPECT_EQ(first<Respond>(answer)->body, AnswerBody::stored_receipt);
    EXPECT_TRUE(synchronous.is_done());

    Reception asynchronous(head_of(Asks::asynchronous));
    (void)asynchronous.begin();
    (void)asynchronous.on(RelationFound{acme()});
    auto const again = asynchronous.on(Seen{});
    EXPECT_EQ(first<Respond>(again)->body, AnswerBody::none);
    EXPECT_TRUE(first<SendReceipt>(again)->is_stored);
}

TEST(As2Receiver, ADuplicateWhileTheFirstIsInWorkIsAskedToComeAgain) {
    Reception synchronous(head_of(Asks::synchronous));
    (void)synchronous.begin();
    (void)synchronous.on(RelationFound{acme()});
    EXPECT_EQ(first<Respond>(synchronous.on(StillInWork{}))->status, 503);
    Reception asynchronous(head_of(Asks::asynchronous));
    (void)asynchronous.begin();
    (void)asynchronous.on(RelationFound{acme()});
    EXPECT_EQ(first<Respond>(asynchronous.on(StillInWork{}))->status, 200);
}

TEST(As2Receiver, StrangersLearnNothing) {
    auto const answer_to = [](Asks asks) {
        Reception reception(head_of(asks));
        (void)reception.begin();
        return reception.on(RelationUnknown{});
    };
    auto const synchronous = answer_to(Asks::synchronous);
    EXPECT_EQ(first<Respond>(synchronous)->status, 200);
    EXPECT_EQ(first<Respond>(synchronous)->receipt->disposition.text, "unknown-trading-relationship");
    for (auto const asks : {Asks::asynchronous, Asks::nothing}) {
        auto const answer = answer_to(asks);
        EXPECT_EQ(answer.size(), 1u) << "nobody's address is called";
        EXPECT_EQ(first<Respond>(answer)->status, 403);
        EXPECT_EQ(first<Respond>(answer)->text.find("ACME"), std::string::npos);
    }
}

TEST(As2Receiver, WhatIsNotDurableIsNotAnswered) {
    for (auto const asks : {Asks::synchronous, Asks::asynchronous, Asks::nothing}) {
        Reception reception(head_of(asks));
        (void)reception.begin();
        (void)reception.on(RelationFound{acme()});
        (void)reception.on(NotSeen{});
        auto const failed = reception.on(StoreFailed{"disk full"});
        EXPECT_EQ(first<Respond>(failed)->status, 503);
        EXPECT_TRUE(first<Alarm>(failed));
        EXPECT_FALSE(first<Commit>(failed));
    }
    Journey commit_fails(head_of(Asks::synchronous), good());
    auto const failed = commit_fails.reception.on(CommitRefused{{FaultKind::local, "disk full"}});
    EXPECT_EQ(first<Respond>(failed)->status, 503);
    Journey unpack_fails(head_of(Asks::synchronous), bad(FaultKind::local));
    EXPECT_EQ(first<Respond>(unpack_fails.at_commit)->status, 503);
    EXPECT_FALSE(first<Commit>(unpack_fails.at_commit));
}

TEST(As2Receiver, ALostConnectionLeavesNothingBehind) {
    Reception reception(head_of(Asks::synchronous));
    (void)reception.begin();
    (void)reception.on(RelationFound{acme()});
    (void)reception.on(NotSeen{});
    EXPECT_TRUE(reception.on(BodyLost{}).empty());
    EXPECT_TRUE(reception.is_done());
}

TEST(As2Receiver, FileNamesThatAreTakenOrIllegalAreSaidSo) {
    for (auto const& [kind, text] : {std::pair{FaultKind::duplicate_filename, "duplicate-filename"}, {FaultKind::illegal_filename, "illegal-filename"}}) {
        Journey journey(head_of(Asks::asynchronous), good());
        auto const again = journey.reception.on(CommitRefused{{kind, "po.edi"}});
        ASSERT_TRUE(first<Commit>(again));
        EXPECT_FALSE(first<Commit>(again)->is_accepted);
        EXPECT_EQ(first<Commit>(again)->receipt->disposition.text, text);
        EXPECT_TRUE(first<SendReceipt>(journey.end())) << "the sender was verified";
    }
}

TEST(As2Receiver, AMessageWithoutAUsableIdentifierIsRefusedByName) {
    Fields http{{"AS2-From", "ACME"}, {"AS2-To", "WHARF"}, {"Disposition-Notification-To", "x"}};
    Journey absent(read_message_head(http).value(), good());
    EXPECT_EQ(absent.commit().receipt->disposition.text, "invalid-message-id");
    http.emplace_back("Message-ID", std::string(999, 'x'));
    EXPECT_EQ(read_message_head(http)->message_id, "");
}

TEST(As2Receiver, IdentifiersOfEveryKindAreEchoedByteForByte) {
    for (auto const* const id : {"<a@b>", "no-brackets", "<no at>", "<\"quoted part\"@x>", "{8F2A}"}) {
        auto head = read_message_head({{"AS2-From", "ACME"}, {"AS2-To", "WHARF"}, {"message-id", id}, {"Disposition-Notification-To", "x"}}).value();
        Journey journey(std::move(head), good());
        EXPECT_EQ(journey.commit().receipt->original_message_id, id);
    }
}

TEST(As2Receiver, NamesAreReadQuotedOrNotAndComparedUnquoted) {
    auto const head = read_message_head({{"as2-from", "\"ACME\""}, {"AS2-TO", "\"My \\\"Co\\\"\""}}).value();
    EXPECT_EQ(head.from, "ACME");
    EXPECT_EQ(head.to, "My \"Co\"");
    EXPECT_EQ(head.version, "1.0") << "absent means that";
    EXPECT_EQ(read_message_head({{"AS2-From", "ACME"}}).error().status, 400);
    EXPECT_EQ(read_message_head({{"AS2-From", "A"}, {"AS2-To", "B"}, {"as2-from", "C"}}).error().status, 400);
    EXPECT_EQ(read_message_head({{"AS2-From", "\xff"}, {"AS2-To", "x"}}).error().status, 400);
    for (auto const* const odd : {"a;b", "a#b", "!a", "<a>", "[a]", "a,b"})
        EXPECT_EQ(read_message_head({{"AS2-From", odd}, {"AS2-To", "x"}})->from, odd);
}

TEST(As2Receiver, AfterARestartTheRestIsDoneOnce) {
    Reception reception(head_of(Asks::asynchronous));
    auto const actions = reception.on(Resumed{acme()});
    EXPECT_TRUE(first<Unpack>(actions));
    EXPECT_FALSE(first<Respond>(actions));
    EXPECT_TRUE(first<Commit>(reception.on(good())));
    auto const end = reception.on(Committed{});
    EXPECT_TRUE(first<SendReceipt>(end));
    EXPECT_FALSE(first<Respond>(end));
}

TEST(As2Receiver, FieldsOfReceipts) {
    auto relation = acme();
    relation.own_name = "My Co";
    auto const fields = write_receipt_head(relation, "<r@x>", {{{"Content-Type", "multipart/report"}}, {}, {}});
    EXPECT_EQ(field(fields, "AS2-Version"), "1.2");
    EXPECT_EQ(field(fields, "AS2-From"), "\"My Co\"");
    EXPECT_EQ(field(fields, "AS2-To"), "ACME");
    EXPECT_NE(field(fields, "EDIINT-Features"), "");
    EXPECT_EQ(field(fields, "Content-Type"), "multipart/report");
    relation.version = "1.1";
    EXPECT_FALSE(has_field(write_receipt_head(relation, "<r@x>", {}), "EDIINT-Features"));
}

} // namespace
} // namespace wharf::transport::as2
