#include "transport/as2/disposition.hpp"
#include "transport/as2/mdn.hpp"
#include "transport/as2/names.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

TEST(As2Names, AreQuotedOnlyWhereNecessary) {
    EXPECT_EQ(write_as2_name("ACME"), "ACME");
    EXPECT_EQ(write_as2_name("a;b#c!d<e>[f],g"), "a;b#c!d<e>[f],g");
    EXPECT_EQ(write_as2_name("My Co"), "\"My Co\"");
    EXPECT_EQ(write_as2_name("a\"b\\c"), "\"a\\\"b\\\\c\"");
    for (auto const* const name : {"ACME", "My Co", "a\"b\\c", "x;y#z", "!<>[],"})
        EXPECT_EQ(read_as2_name(write_as2_name(name)), name);
    EXPECT_EQ(read_as2_name("\"ACME\""), "ACME");
    EXPECT_EQ(read_as2_name("  My Co "), "My Co");
    for (auto const* const wrong : {"", "\"\"", "\"a", "\"a\"b", "a\tb"})
        EXPECT_FALSE(read_as2_name(wrong)) << wrong;
    EXPECT_TRUE(is_as2_name(std::string(128, 'x')));
    EXPECT_FALSE(is_as2_name(std::string(129, 'x')));
    EXPECT_FALSE(is_as2_name("\xc3\xa4"));
}

TEST(As2Names, MessageIds) {
    EXPECT_EQ(make_message_id("01JX", "acme.example"), "<01JX@acme.example>");
    EXPECT_EQ(make_message_id("a b<c>", "x y"), "<a-b-c-@x-y>");
    EXPECT_LE(make_message_id(std::string(500, 'a'), std::string(500, 'b')).size(), 255u);
    for (auto const* const odd : {"<a@b>", "no-at", "a b", "<a b@c>", "{guid}"})
        EXPECT_TRUE(is_message_id(odd)) << odd;
    for (auto const& wrong : {std::string(), std::string("<>"), std::string("a\r\nB: c"), std::string(999, 'x')})
        EXPECT_FALSE(is_message_id(wrong)) << wrong;
    EXPECT_TRUE(same_message_id("<a@b>", "a@b"));
    EXPECT_TRUE(same_message_id("<a@b>", " <a@b> "));
    EXPECT_FALSE(same_message_id("<a@b>", "<A@b>"));
}

TEST(As2Algorithms, NamesOfDigests) {
    for (auto const* const name : {"sha256", "SHA-256", "sha-256", " Sha256 ", "rsa-sha256", "\"sha-256\"", "sha_256"})
        EXPECT_EQ(digest_named(name), Digest::sha256) << name;
    for (auto const* const name : {"sha1", "SHA1", "sha-1", "rsa-sha1", "RSA-SHA-1"})
        EXPECT_EQ(digest_named(name), Digest::sha1) << name;
    for (auto const& [name, digest] : {std::pair{"sha224", Digest::sha224}, {"SHA-224", Digest::sha224}, {"sha3-256", Digest::sha3_256},
                                       {"SHA3_384", Digest::sha3_384}, {"rsa-sha3-512", Digest::sha3_512}, {"sha3-224", Digest::sha3_224}})
        EXPECT_EQ(digest_named(name), digest) << name;
    EXPECT_EQ(name_of(Digest::sha3_256, MicSpelling::plain), "sha3-256");
    EXPECT_EQ(name_of(Digest::sha224, MicSpelling::hyphenated), "sha-224");
    for (auto const* const name : {"md5", "", "sha", "pkcs7-signature", "sha2561", "sha3-84", "sha3-2-56", "sha3", "ripemd160"})
        EXPECT_FALSE(digest_named(name)) << name;
    EXPECT_EQ(name_of(Digest::sha1, MicSpelling::hyphenated), "sha1");
    EXPECT_EQ(name_of(Digest::sha384, MicSpelling::hyphenated), "sha-384");
    EXPECT_EQ(name_of(Digest::sha384, MicSpelling::plain), "sha384");
    for (auto const cipher : {Cipher::des_ede3_cbc, Cipher::aes128_cbc, Cipher::aes256_gcm})
        EXPECT_EQ(cipher_named(name_of(cipher)), cipher);
}

TEST(As2Disposition, OptionsInEveryForm) {
    for (auto const* const text : {"signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha256, sha1",
                                   "Signed-Receipt-Protocol = REQUIRED ,\tPKCS7-Signature;signed-receipt-micalg=optional,SHA-256,SHA1",
                                   "signed-receipt-micalg=required,sha256,md5 ; signed-receipt-protocol=required,pkcs7-signature;",
                                   "signed-receipt-protocol=\"optional, pkcs7-signature\"; signed-receipt-micalg=\"optional, sha256\"; x=y; z",
                                   "signed-receipt-protocol=pkcs7-signature; signed-receipt-micalg=sha256"}) {
        auto const form = choose_receipt_form(read_receipt_options(text), false);
        ASSERT_TRUE(form) << text;
        EXPECT_TRUE(form->is_signed) << text;
        EXPECT_EQ(form->micalg, Digest::sha256) << text;
    }
    auto const written = write_receipt_options(true, {Digest::sha256, Digest::sha1}, MicSpelling::hyphenated);
    EXPECT_EQ(written, "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha-256, sha1");
    EXPECT_EQ(write_receipt_options(false, {Digest::sha256}, MicSpelling::plain), "signed-receipt-micalg=optional, sha256");
}

TEST(As2Disposition, TheFirstSupportedAlgorithmIsTaken) {
    auto const first = [](std::string_view list, bool sha1) {
        return choose_receipt_form(read_receipt_options("signed-receipt-protocol=optional,pkcs7-signature;signed-receipt-micalg=optional," + std::string(list)), sha1);
    };
    EXPECT_EQ(first("md5, sha1, sha512", true)->micalg, Digest::sha1);
    EXPECT_EQ(first("md5, sha1, sha512", false)->micalg, Digest::sha512);
    EXPECT_EQ(first("md5, foo", true).error().kind, FaultKind::unsupported_mic_algorithms);
    EXPECT_EQ(first("sha1", false).error().kind, FaultKind::unsupported_mic_algorithms);
    EXPECT_EQ(first("sha3-256, sha256", false)->micalg, Digest::sha3_256);
    EXPECT_EQ(first("md5, sha-224, sha1", true)->micalg, Digest::sha224);
    EXPECT_EQ(first("pkcs7-signature, sha256", true)->micalg, Digest::sha256) << "some write the protocol there, too";
    auto const unknown = choose_receipt_form(read_receipt_options("signed-receipt-protocol=required, pgp; signed-receipt-micalg=optional,sha256"), true);
    EXPECT_EQ(unknown.error().kind, FaultKind::unsupported_format);
    auto const none = choose_receipt_form(read_receipt_options(""), false);
    EXPECT_FALSE(none->is_signed);
    EXPECT_FALSE(none->micalg);
}

TEST(As2Disposition, ReadAsMeant) {
    auto const plain = read_disposition("automatic-action/MDN-sent-automatically; processed").value();
    EXPECT_TRUE(plain.is_success());
    EXPECT_EQ(write_disposition(plain), "automatic-action/MDN-sent-automatically; processed");
    for (auto const* const text : {"x;processed", " x ; processed ", "x; Processed", ";processed", "processed"})
        EXPECT_TRUE(read_disposition(text)->is_success()) << text;
    auto const error = read_disposition("a/b; processed/Error: authentication-failed").value();
    EXPECT_FALSE(error.is_success());
    EXPECT_EQ(error.modifier, "error");
    EXPECT_EQ(error.text, "authentication-failed");
    auto const failure = read_disposition("a/b;failed/Failure: unsupported MIC-algorithms").value();
    EXPECT_EQ(failure.type, "failed");
    EXPECT_EQ(failure.modifier, "failure");
    EXPECT_EQ(failure.text, "unsupported MIC-algorithms");
    EXPECT_TRUE(read_disposition("a; processed/warning: duplicate-document")->is_success());
    EXPECT_EQ(read_disposition("a; processed: error: decryption-failed")->text, "decryption-failed");
    EXPECT_FALSE(read_disposition("a; processed: error: decryption-failed")->is_success());
    EXPECT_FALSE(read_disposition("a; processed/error")->is_success());
    EXPECT_FALSE(read_disposition("a; failed")->is_success());
    EXPECT_FALSE(read_disposition("automatic-action/MDN-sent-automatically"));
    EXPECT_FALSE(read_disposition(""));
}

TEST(As2Disposition, ForEachFault) {
    auto const text = [](FaultKind kind) { return write_disposition(disposition_for(kind)).substr(41); };
    EXPECT_EQ(text(FaultKind::decryption_failed), "processed/error: decryption-failed");
    EXPECT_EQ(text(FaultKind::authentication_failed), "processed/error: authentication-failed");
    EXPECT_EQ(text(FaultKind::integrity_check_failed), "processed/error: integrity-check-failed");
    EXPECT_EQ(text(FaultKind::decompression_failed), "processed/error: decompression-failed");
    EXPECT_EQ(text(FaultKind::insufficient_message_security), "processed/error: insufficient-message-security");
    EXPECT_EQ(text(FaultKind::unexpected_processing_error), "processed/error: unexpected-processing-error");
    EXPECT_EQ(text(FaultKind::unknown_trading_relationship), "processed/error: unknown-trading-relationship");
    EXPECT_EQ(text(FaultKind::duplicate_filename), "processed/error: duplicate-filename");
    EXPECT_EQ(text(FaultKind::illegal_filename), "processed/error: illegal-filename");
    EXPECT_EQ(text(FaultKind::invalid_message_id), "processed/error: invalid-message-id");
    EXPECT_EQ(text(FaultKind::unsupported_format), "failed/Failure: unsupported format");
    EXPECT_EQ(text(FaultKind::unsupported_mic_algorithms), "failed/Failure: unsupported MIC-algorithms");
}

TEST(As2Disposition, Mics) {
    for (auto const* const text : {"Zm9v, sha256", "Zm9v,SHA-256", " Zm9v ,\tsha256 ", "\"Zm9v\", \"sha-256\""}) {
        auto const mic = read_mic(text);
        ASSERT_TRUE(mic) << text;
        EXPECT_EQ(mic->base64, "Zm9v");
        EXPECT_EQ(mic->digest, Digest::sha256);
    }
    EXPECT_EQ(read_mic("Zm9v, md5")->digest, std::nullopt);
    EXPECT_EQ(read_mic("Zm9v, md5")->algorithm, "md5");
    EXPECT_EQ(read_mic("Zm9v")->digest, std::nullopt);
    EXPECT_FALSE(read_mic(""));
    EXPECT_FALSE(read_mic("???, sha1"));
    EXPECT_EQ(write_mic("foo", Digest::sha256, MicSpelling::plain), "Zm9v, sha256");
}

Receipt example() {
    Receipt receipt;
    receipt.text = "The message was received.\nAll is well.";
    receipt.reporting_agent = "Wharf";
    receipt.original_recipient = receipt.final_recipient = "My Co";
    receipt.original_message_id = "<odd id=\"x\" @y>";
    receipt.mic = Mic{"Zm9v", "sha256", Digest::sha256};
    return receipt;
}

Receipt read_back(std::string const& entity) {
    auto const head = read_head(Content(entity)).value();
    return read_receipt(head.fields, Content(entity).from(head.size)).value();
}

TEST(As2Mdn, WrittenAndReadBack) {
    auto const text = write_receipt(example(), "b1");
    EXPECT_NE(text.find("Content-Type: multipart/report; report-type=disposition-notification; boundary=\"b1\"\r\n"), std::string::npos);
    EXPECT_NE(text.find("\r\nOriginal-Recipient: rfc822; \"My Co\"\r\nFinal-Recipient: rfc822; \"My Co\"\r\n"
                        "Original-Message-ID: <odd id=\"x\" @y>\r\n"
                        "Disposition: automatic-action/MDN-sent-automatically; processed\r\nReceived-Content-MIC: Zm9v, sha256\r\n"),
              std::string::npos);
    EXPECT_TRUE(text.ends_with("\r\n--b1--\r\n"));
    auto const read = read_back(text);
    EXPECT_EQ(read.text, "The message was received.\r\nAll is well.");
    EXPECT_EQ(read.original_recipient, "My Co");
    EXPECT_EQ(read.final_recipient, "My Co");
    EXPECT_EQ(read.original_message_id, "<odd id=\"x\" @y>");
    EXPECT_EQ(read.mic->base64, "Zm9v");
    EXPECT_TRUE(read.disposition.is_success());
}

TEST(As2Mdn, OddReceiptsAreRead) {
    auto const read = read_back("content-type: message/disposition-notification\n\n"
                                "FINAL-recipient: RFC822;ACME\nORIGINAL-message-id: abc\n"
                                "disposition: automatic-action/MDN-sent-automatically ;processed\n"
                                "received-content-mic: Zm9v,\n sha-1\n");
    EXPECT_EQ(read.final_recipient, "ACME");
    EXPECT_EQ(read.original_recipient, "");
    EXPECT_EQ(read.original_message_id, "abc");
    EXPECT_EQ(read.mic->digest, Digest::sha1);
    EXPECT_TRUE(read.disposition.is_success());
    auto const encoded = read_back("Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
                                   "Content-Type: message/disposition-notification\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                   to_base64("\r\nDisposition: x; processed\r\nOriginal-Message-ID: <1@2>") + "\r\n--b--");
    EXPECT_EQ(encoded.original_message_id, "<1@2>");
}

TEST(As2Mdn, ReceiptsWithoutTheirPartAreRefused) {
    auto const refuse = [](std::string const& entity) {
        auto const head = read_head(Content(entity)).value();
        auto const read = read_receipt(head.fields, Content(entity).from(head.size));
        return read ? std::string() : read.error().message;
    };
    EXPECT_NE(refuse("Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b--"), "");
    EXPECT_NE(refuse("Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\ntext"), "");
    EXPECT_NE(refuse("Content-Type: message/disposition-notification\r\n\r\nOriginal-Message-ID: x\r\n"), "");
    EXPECT_NE(refuse("Content-Type: message/disposition-notification\r\n\r\n" + std::string(2'000'000, 'x')), "");
}

} // namespace
} // namespace wharf::transport::as2
