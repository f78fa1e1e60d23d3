#include "transport/as2/exchange.hpp"

#include "support/as2_identity.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

Timestamp const now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

/// RFC 4130 7.3: the micalg asked for is that of the receipt's signature as well as of the MIC.
TEST(As2Exchange, ReceiptsAreSignedAsAsked) {
    Keys const ours{{testing_support::identity("us")}, {}}, theirs{{}, {testing_support::identity("us").certificate}};
    auto const digest_of_receipt = [&](std::optional<Digest> asked, std::optional<Digest> agreed) {
        Relation relation;
        relation.receipt_digest = agreed;
        Receipt receipt;
        receipt.final_recipient = "US";
        receipt.original_message_id = "<1@a>";
        if (asked) receipt.mic = Mic{"YQ==", "", asked};
        auto const packed = make_receipt(receipt, true, relation, ours, "u", now).value();
        UnpackSettings settings;
        settings.signature.partner = theirs.partner;
        settings.signature.accepts_sha1 = true;
        settings.requires_encryption = false;
        return unpack(packed.entity, settings).signature.value().digest;
    };
    EXPECT_EQ(digest_of_receipt(Digest::sha512, {}), Digest::sha512);
    EXPECT_EQ(digest_of_receipt(Digest::sha1, {}), Digest::sha1);
    EXPECT_EQ(digest_of_receipt({}, {}), Digest::sha256);
    EXPECT_EQ(digest_of_receipt(Digest::sha1, Digest::sha256), Digest::sha256);
    EXPECT_FALSE(make_receipt({}, true, {}, theirs, "u", now)) << "no key to sign with";
}

/// Certificate exchange messages are no orders, whoever sends them and however.
TEST(As2Exchange, CertificateExchangeMessagesAreNoPayload) {
    Keys keys{{testing_support::identity("us")}, {testing_support::identity("peer").certificate}};
    auto const opened = [&](std::vector<Payload> const& payloads) {
        PackSettings settings;
        settings.signer = testing_support::identity("peer");
        settings.recipients = {testing_support::identity("us").certificate};
        auto const packed = pack(payloads, settings, "u", now).value();
        return open_message({packed.entity.fields, {}, packed.entity.body}, Unpack{}, Relation(), keys, {});
    };
    Payload const xml{"application/ediint-cert-exchange+xml", "", Content("<EDIINTCertificateExchangeRequest/>")};
    Payload const certificate{"application/pkcs7-mime; smime-type=certs-only; name=smime.p7c", "smime.p7c", Content("DER")};
    Payload const loud{"Application/EDIINT-Cert-Exchange+XML; charset=utf-8", "", xml.content};
    for (auto const& payloads : {std::vector{xml, certificate}, {certificate, loud}, {xml}}) {
        auto const message = opened(payloads);
        ASSERT_TRUE(message.event.fault);
        EXPECT_TRUE(message.is_certificate_exchange);
        EXPECT_TRUE(message.payloads.empty());
        EXPECT_TRUE(message.event.sender_is_verified) << "a receipt may go to him";
        EXPECT_EQ(write_disposition(disposition_for(message.event.fault->kind)), "automatic-action/MDN-sent-automatically; failed/Failure: unsupported format");
        EXPECT_NE(message.event.fault->message.find("certificate exchange"), std::string::npos);
    }
    auto const order = opened({{"application/edi-x12", "ediint-cert-exchange.xml", Content("ISA~")}, {"application/xml", "", Content("<a/>")}});
    EXPECT_FALSE(order.event.fault);
    EXPECT_FALSE(order.is_certificate_exchange);
    EXPECT_EQ(order.payloads.size(), 2u);
}

} // namespace
} // namespace wharf::transport::as2
