// Receipts in the manner of products that are out there: their heads, their order of fields, their odd words. Written by us from what
// is publicly known of them; names and numbers are invented.
#include "support/as2_identity.hpp"
#include "support/openssl_cms.hpp"
#include "transport/as2/cms_syntax.hpp"
#include "transport/as2/exchange.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

using testing_support::identity;

Content const sent("Content-Type: application/edi-x12\r\n\r\nISA~");
constexpr std::string_view sent_id = "<order-1@wharf.example>";

std::string mic(Digest digest) { return to_base64(digest_of(sent, digest).value()); }

struct Style {
    std::string report;         // the entity that is signed
    std::string signature_head; // of the part beside it
    std::string content_type = "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha1; boundary=\"outer\"";
    std::string preamble;
    EVP_MD const* digest = EVP_sha256();
    bool is_ber = false; // the signature in indefinite lengths, as libraries for Java stream it
};

std::string as_ber(std::string const& der_form) {
    BerCursor cursor{Content(der_form)};
    EXPECT_TRUE(enter_content_info(cursor));
    EXPECT_TRUE(cursor.enter(tag::sequence, ""));
    std::string const begin("\x80", 1), end(2, '\0');
    return "\x30" + begin + der_oid(oid::signed_data) + "\xa0" + begin + "\x30" + begin + der_form.substr(cursor.position()) + end + end + end;
}

struct Found {
    ReceiptVerdict verdict;
    Receipt receipt;
    std::string reason;
};
Found judged(Entity const& answer, bool wants_signature = true) {
    Relation relation;
    relation.accepts_sha1 = true;
    relation.receipt_signed = wants_signature;
    Keys keys;
    keys.partner = {identity("peer").certificate};
    auto const opened = open_receipt(answer, sent, relation, keys);
    auto const* const arrived = std::get_if<ArrivedReceipt>(&opened);
    if (!arrived) {
        auto const* const unreadable = std::get_if<UnreadableReceipt>(&opened);
        ADD_FAILURE() << (unreadable ? unreadable->reason : "no receipt");
        return {ReceiptVerdict::no_proof, {}, {}};
    }
    auto const judgement = judge(*arrived, relation, sent_id);
    return {judgement.verdict, arrived->receipt, judgement.reason};
}
Found judged(Style const& style) {
    auto const made = testing_support::openssl_sign(style.report, identity("peer"), {CMS_DETACHED, false, style.digest});
    auto signature = to_base64(style.is_ber ? as_ber(made) : made);
    for (std::size_t at = 64; at < signature.size(); at += 66)
        signature.insert(at, "\r\n");
    auto const body = style.preamble + "--outer\r\n" + style.report + "\r\n--outer\r\n" + style.signature_head + "\r\n" + signature + "\r\n--outer--\r\n";
    return judged(Entity{{{"Content-Type", style.content_type}}, {}, Content(body)});
}

/// A report of two parts, each with its own head: the text for people, and the notification.
std::string report_of(std::string_view content_type, std::string_view boundary, std::string_view text, std::string_view notification) {
    return fmt::format("Content-Type: {0}\r\n\r\n--{1}\r\n{2}\r\n--{1}\r\n{3}\r\n--{1}--\r\n", content_type, boundary, text, notification);
}

/// What is found in a receipt that must count as a success.
Receipt accepted(Style const& style) {
    auto const found = judged(style);
    EXPECT_EQ(found.verdict, ReceiptVerdict::success) << found.reason;
    return found.receipt;
}

std::string const plain_signature_head = "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n";

/// Sterling and its forerunners: no head before the text, everything else without a blank, the MIC before the disposition.
TEST(As2Products, SterlingsWay) {
    auto const notification = fmt::format("Content-Type: message/disposition-notification\r\n\r\nOriginal-Recipient: rfc822;PEER\r\n"
                                          "Final-Recipient: rfc822;PEER\r\nOriginal-Message-ID: {}\r\nReceived-Content-MIC: {},sha1\r\n"
                                          "Disposition: Automatic-action/mdn-sent-automatically;processed\r\n",
                                          sent_id, mic(Digest::sha1));
    auto const receipt = accepted({.report = report_of("multipart/report;Report-Type=disposition-notification;boundary=\"_=6597Sterling6597MOKO\"",
                                                       "_=6597Sterling6597MOKO", "\r\nYour order arrived.\r\n", notification),
                                   .signature_head = "Content-Type: Application/pkcs7-signature;name=EDIINTSIG.p7s\r\nContent-Transfer-Encoding: base64\r\n",
                                   .content_type = "multipart/signed;protocol=\"application/pkcs7-signature\";micalg=sha1;boundary=\"outer\"",
                                   .preamble = {},
                                   .digest = EVP_sha1()});
    EXPECT_EQ(receipt.text, "Your order arrived.");
    EXPECT_EQ(receipt.final_recipient, "PEER");
}

/// mendelson and the family of OpenAS2: folded heads, blank lines before the first boundary and behind the fields, BER in base64.
TEST(As2Products, MendelsonsAndOpenAs2sWay) {
    auto const report = [](std::string_view disposition) {
        return fmt::format("Content-Type: multipart/report; report-type=disposition-notification; \r\n\tboundary=\"----=_Part_5_20.148\"\r\n\r\n"
                           "------=_Part_5_20.148\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
                           "It was received.\r\n\r\n\r\n------=_Part_5_20.148\r\n"
                           "Content-Type: message/disposition-notification\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
                           "Reporting-UA: some AS2 4.4@192.0.2.1:443\r\nOriginal-Recipient: rfc822; PEER\r\nFinal-Recipient: rfc822; PEER\r\n"
                           "Original-Message-ID: {}\r\nDisposition: automatic-action/MDN-sent-automatically; {}\r\n"
                           "Received-Content-MIC: {}, sha-256\r\n\r\n\r\n------=_Part_5_20.148--\r\n",
                           sent_id, disposition, mic(Digest::sha256));
    };
    std::string const signature_head = "Content-Type: application/pkcs7-signature; name=smime.p7s; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n"
                                       "Content-Disposition: attachment; filename=\"smime.p7s\"\r\nContent-Description: S/MIME Cryptographic Signature\r\n";
    std::string const type = "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256;    boundary=\"outer\"";
    EXPECT_EQ(judged({report("processed"), signature_head, type, "\r\n\r\n", EVP_sha256(), true}).verdict, ReceiptVerdict::success);
    // An error with the right MIC: what was received is ours, and was not taken.
    auto const refused = judged({report("processed/Error:unexpected-processing-error"), signature_head, type, "\r\n"});
    EXPECT_EQ(refused.verdict, ReceiptVerdict::refused);
    EXPECT_NE(refused.reason.find("unexpected-processing-error"), std::string::npos) << refused.reason;
    EXPECT_EQ(judged({report("failed/failure: sender-equals-receiver"), signature_head, type, ""}).verdict, ReceiptVerdict::refused);
    EXPECT_EQ(judged({report("processed/Warning: duplicate-document"), signature_head, type, ""}).verdict, ReceiptVerdict::warning);
}

/// SEEBURGER: recipients without the type of their address, the notification as binary.
TEST(As2Products, SeeburgersWay) {
    auto const notification = fmt::format("Content-Type: message/disposition-notification\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                                          "Reporting-UA: 192.0.2.71; AS2\r\nOriginal-Recipient: PEER\r\nFinal-Recipient: \"OTHER NAME\"\r\n"
                                          "Original-Message-ID: {}\r\nDisposition: automatic-action/MDN-sent-automatically; processed\r\n"
                                          "Received-Content-MIC: {}, SHA256\r\n",
                                          sent_id, mic(Digest::sha256));
    auto const receipt = accepted({.report = report_of("multipart/report; report-type=disposition-notification; boundary=in", "in",
                                                       "Content-Type: text/plain\r\n\r\nok", notification),
                                   .signature_head = plain_signature_head});
    EXPECT_EQ(receipt.original_recipient, "PEER");
    EXPECT_EQ(receipt.final_recipient, "OTHER NAME") << "it need not be the name that we sent to";
}

/// TIBCO: no Original-Recipient; the text for people has brackets and a line that looks like a field.
TEST(As2Products, TibcosWay) {
    auto const found = judged({.report = fmt::format("Content-Type: multipart/report; report-type=disposition-notification; \r\n\tboundary=\"in\"\r\n\r\n--in\r\n"
                                                     "Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\nThe message to <rfc822; PEER>\r\n"
                                                     "Disposition: none of this is meant\r\n\r\n--in\r\nContent-Type: message/disposition-notification\r\n"
                                                     "Content-Transfer-Encoding: 7bit\r\n\r\nReporting-UA: TIBCO\r\nFinal-Recipient: rfc822; PEER\r\n"
                                                     "Original-Message-ID: {}\r\nDisposition: automatic-action/MDN-sent-automatically;\r\n  processed\r\n"
                                                     "Received-Content-MIC: {},\r\n\tsha512\r\n\r\n--in--\r\n",
                                                     sent_id, mic(Digest::sha512)),
                               .signature_head = plain_signature_head});
    EXPECT_EQ(found.verdict, ReceiptVerdict::success) << found.reason;
    EXPECT_EQ(found.receipt.original_recipient, "");
}

/// Microsoft's Logic Apps: the text for people has no head and no blank line, so that it looks like a broken head; no MIC for errors.
TEST(As2Products, LogicAppsWay) {
    auto const found = judged({.report = fmt::format("Content-Type: multipart/report;report-type=\"disposition-notification\";boundary=\"_1a93_\"\r\n\r\n--_1a93_\r\n"
                                                     "The message could not be processed\r\n\r\n--_1a93_\r\nContent-Type: message/disposition-notification\r\n\r\n"
                                                     "Final-Recipient: rfc822; PEER\r\nOriginal-Message-ID: {}\r\n"
                                                     "Disposition: automatic-action/MDN-sent-automatically; processed/Error: Could not parse message\r\n\r\n--_1a93_--\r\n",
                                                     sent_id),
                               .signature_head = "Content-Type: application/pkcs7-signature;name=\"smime.p7s\"\r\nContent-Transfer-Encoding: base64\r\n"});
    EXPECT_EQ(found.verdict, ReceiptVerdict::refused);
    EXPECT_EQ(found.receipt.text, "The message could not be processed");
    EXPECT_NE(found.reason.find("Could not parse message"), std::string::npos) << found.reason;
}

/// Libraries of mail write the notification as quoted-printable and break a long identifier.
TEST(As2Products, NotificationsAsQuotedPrintable) {
    auto const found = judged({.report = fmt::format("Content-Type: multipart/report; report-type=disposition-notification; boundary=in\r\n\r\n--in\r\n"
                                                     "Content-Type: text/html; charset=utf-8\r\n\r\n<p>ok</p>\r\n--in\r\nContent-Type: message/disposition-notification\r\n"
                                                     "Content-Transfer-Encoding: quoted-printable\r\n\r\nFinal-Recipient: rfc822; PEER\r\nOriginal-Message-ID: <order-1@w=\r\n"
                                                     "harf.example>\r\nDisposition: automatic-action/MDN-sent-automatically; processed\r\nReceived-Content-MIC: {}=3D, sha-256\r\n"
                                                     "\r\n--in--\r\n",
                                                     mic(Digest::sha256).substr(0, 43)),
                               .signature_head = plain_signature_head});
    EXPECT_EQ(found.verdict, ReceiptVerdict::success) << found.reason;
}

/// Small products: a bare notification, unsigned, with line feeds alone and no line end at its end.
TEST(As2Products, ABareNotification) {
    Entity const answer{{{"content-type", "message/disposition-notification"}, {"Content-Transfer-Encoding", "7bit"}}, {},
                        Content(fmt::format("Reporting-UA: AS2 Server\nOriginal-Recipient: rfc822; \"Some Co\"\nFinal-Recipient: rfc822; \"Some Co\"\n"
                                            "Original-Message-ID: {}\nDisposition: automatic-action/MDN-sent-automatically;processed",
                                            sent_id))};
    EXPECT_EQ(judged(answer, false).verdict, ReceiptVerdict::success);
    EXPECT_EQ(judged(answer, true).verdict, ReceiptVerdict::no_proof);
}

/// mendelson offers SHA-3, and PSS with it.
TEST(As2Products, ReceiptsWithTheDigestsOfOthers) {
    for (auto const& [digest, name, native] : {std::tuple(Digest::sha224, "sha-224", EVP_sha224()), std::tuple(Digest::sha3_256, "sha3-256", EVP_sha3_256()),
                                               std::tuple(Digest::sha3_512, "SHA3-512", EVP_sha3_512())}) {
        auto const found = judged({.report = fmt::format("Content-Type: multipart/report; boundary=in\r\n\r\n--in\r\nContent-Type: message/disposition-notification\r\n\r\n"
                                                         "Final-Recipient: rfc822; PEER\r\nOriginal-Message-ID: {}\r\nDisposition: x; processed\r\n"
                                                         "Received-Content-MIC: {}, {}\r\n--in--\r\n",
                                                         sent_id, mic(digest), name),
                                   .signature_head = plain_signature_head,
                                   .content_type = fmt::format("multipart/signed; protocol=\"application/pkcs7-signature\"; micalg={}; boundary=outer", name),
                                   .preamble = {},
                                   .digest = native});
        EXPECT_EQ(found.verdict, ReceiptVerdict::success) << name << ": " << found.reason;
    }
}

} // namespace
} // namespace wharf::transport::as2
