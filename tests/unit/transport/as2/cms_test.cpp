#include "transport/as2/cms.hpp"

#include "support/as2_identity.hpp"
#include "support/openssl_cms.hpp"
#include "support/temp_folder.hpp"
#include "transport/as2/ber.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

using testing_support::Form;
using testing_support::identity;
using testing_support::openssl_encrypt;
using testing_support::openssl_sign;
using testing_support::OpensslEncryption;
using testing_support::OpensslSigning;

Timestamp const now{std::chrono::milliseconds(1'780'000'000'000)};
std::string all(Content const& content) { return content.text(1u << 30).value(); }

std::string text_of(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i)
        text += "ISA*" + std::to_string(i) + "~";
    return text.substr(0, size);
}

SignaturePolicy trusting(Certificate const& certificate) { return {{certificate}, true, 2048}; }

FaultKind fault_of(Outcome<VerifiedSignature> const& outcome) {
    EXPECT_FALSE(outcome);
    return outcome ? FaultKind::local : outcome.error().kind;
}

/// The message with one byte changed.
Content changed(Content const& message, std::uint64_t at) {
    auto text = all(message);
    text[at] = static_cast<char>(text[at] ^ 1);
    return Content(text);
}

TEST(Cms, SignedByUsAndVerified) {
    auto const& us = identity("us");
    Content const content(text_of(100'000));
    for (auto const digest : {Digest::sha1, Digest::sha256, Digest::sha384, Digest::sha512}) {
        Content const signature(sign(digest_of(content, digest).value(), digest, us, now).value());
        EXPECT_EQ(cms_type(signature), CmsType::signed_data);
        auto const verified = verify(signature, content, trusting(us.certificate));
        ASSERT_TRUE(verified) << verified.error().message;
        EXPECT_EQ(verified->digest, digest);
        EXPECT_EQ(verified->signer, us.certificate);
        EXPECT_EQ(verified->signing_time, std::chrono::floor<std::chrono::seconds>(now));
        EXPECT_EQ(fault_of(verify(signature, changed(content, 50'000), trusting(us.certificate))), FaultKind::integrity_check_failed);
    }
}

TEST(Cms, OurSignaturesAreGoodForOpenssl) {
    auto const& us = identity("us");
    Content const content(text_of(1000));
    auto const signature = sign(digest_of(content, Digest::sha256).value(), Digest::sha256, us, now).value();
    BIO* const der = BIO_new_mem_buf(signature.data(), static_cast<int>(signature.size()));
    CMS_ContentInfo* const cms = d2i_CMS_bio(der, nullptr);
    ASSERT_TRUE(cms);
    auto const text = all(content);
    BIO* const data = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    EXPECT_EQ(CMS_verify(cms, nullptr, nullptr, data, nullptr, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY), 1);
    CMS_ContentInfo_free(cms);
    BIO_free(der);
    BIO_free(data);
}

TEST(Cms, OddSignaturesOfOthersAreVerified) {
    auto const& peer = identity("peer");
    auto const text = text_of(5000);
    for (unsigned const flags : {0u, unsigned{CMS_NOATTR}, unsigned{CMS_NOCERTS}, unsigned{CMS_USE_KEYID}, unsigned{CMS_NOATTR | CMS_NOCERTS}})
        for (bool const pss : {false, true})
            for (auto const* const digest : {EVP_sha256(), EVP_sha512()}) {
                SCOPED_TRACE(testing::Message() << flags << (pss ? " PSS" : ""));
                Content const signature(openssl_sign(text, peer, {flags | CMS_DETACHED, pss, digest}));
                auto const verified = verify(signature, Content(text), trusting(peer.certificate));
                ASSERT_TRUE(verified) << verified.error().message;
                EXPECT_EQ(fault_of(verify(signature, Content(text + "x"), trusting(peer.certificate))), FaultKind::integrity_check_failed);
            }
}

TEST(Cms, DigestsThatOthersOffer) {
    auto const& peer = identity("peer");
    auto const text = text_of(100);
    for (auto const& [native, digest] : {std::pair{EVP_sha224(), Digest::sha224}, {EVP_sha3_224(), Digest::sha3_224}, {EVP_sha3_256(), Digest::sha3_256},
                                         {EVP_sha3_384(), Digest::sha3_384}, {EVP_sha3_512(), Digest::sha3_512}})
        for (bool const pss : {false, true}) {
            if (pss && digest != Digest::sha224) continue; // OpenSSL 3.0 has no name for PSS with SHA-3
            Content const signature(openssl_sign(text, peer, {CMS_DETACHED, pss, native}));
            auto const verified = verify(signature, Content(text), trusting(peer.certificate));
            ASSERT_TRUE(verified) << verified.error().message;
            EXPECT_EQ(verified->digest, digest);
            EXPECT_EQ(fault_of(verify(signature, Content(text + "x"), trusting(peer.certificate))), FaultKind::integrity_check_failed);
            Content const ours(sign(digest_of(Content(text), digest).value(), digest, peer, now).value());
            EXPECT_TRUE(verify(ours, Content(text), trusting(peer.certificate))) << "a receipt is signed with what was asked for";
        }
    auto const refused = verify(Content(openssl_sign(text, peer, {CMS_DETACHED, false, EVP_md5()})), Content(text), trusting(peer.certificate));
    EXPECT_EQ(fault_of(refused), FaultKind::insufficient_message_security);
    EXPECT_NE(refused.error().message.find("MD5"), std::string::npos) << refused.error().message;
}

/// As pyas2-lib writes PSS and OAEP: the name of the algorithm and nothing behind it.
TEST(Cms, PssAndOaepWithoutParameters) {
    auto const& peer = identity("peer");
    auto const& us = identity("us");
    auto const text = text_of(1000);
    for (auto const* const digest : {EVP_sha1(), EVP_sha256(), EVP_sha512()}) {
        auto const signature = testing_support::without_parameters(openssl_sign(text, peer, {CMS_DETACHED, true, digest}));
        auto const verified = verify(Content(signature), Content(text), trusting(peer.certificate));
        EXPECT_TRUE(verified) << verified.error().message;
        EXPECT_FALSE(verify(Content(signature), Content(text + "x"), trusting(peer.certificate)));
    }
    for (auto const* const cipher : {EVP_aes_128_cbc(), EVP_aes_256_gcm()}) {
        auto const message = testing_support::without_parameters(openssl_encrypt(text, {us.certificate}, {0, cipher, EVP_sha1(), Form::der}));
        auto const opened = decrypt(Content(message), {us}, {});
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_EQ(all(opened->plain), text);
    }
}

TEST(Cms, SignaturesOfStrangersAreRefusedByName) {
    auto const& peer = identity("peer");
    auto const& stranger = identity("stranger");
    auto const text = text_of(100);
    auto const refused = verify(Content(openssl_sign(text, stranger)), Content(text), trusting(peer.certificate));
    EXPECT_EQ(fault_of(refused), FaultKind::authentication_failed);
    EXPECT_NE(refused.error().message.find("CN=stranger"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("CN=peer"), std::string::npos) << refused.error().message;
    EXPECT_EQ(fault_of(verify(Content(openssl_sign(text, stranger)), Content(text), {})), FaultKind::authentication_failed);
}

TEST(Cms, AnImpostorWithTheNameOfThePartnerIsRefused) {
    auto const& peer = identity("peer");
    auto const& stranger = identity("stranger");
    // The same issuer and serial number, another key.
    Identity const impostor{testing_support::certificate_for(stranger.key.native(), "peer"), stranger.key};
    auto const text = text_of(100);
    for (unsigned const flags : {0u, unsigned{CMS_NOATTR}})
        EXPECT_FALSE(verify(Content(openssl_sign(text, impostor, {flags | CMS_DETACHED})), Content(text), trusting(peer.certificate)));
}

TEST(Cms, ARenewedCertificateForTheSameKeyIsThePartner) {
    auto const& peer = identity("peer");
    Identity const renewed{testing_support::certificate_for(peer.key.native(), "peer renewed"), peer.key};
    auto const text = text_of(100);
    auto const verified = verify(Content(openssl_sign(text, renewed)), Content(text), trusting(peer.certificate));
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->signer, peer.certificate);
}

TEST(Cms, OldAndNewCertificatesOverlap) {
    auto const& peer = identity("peer");
    auto const& next = identity("next");
    auto const text = text_of(100);
    SignaturePolicy const both{{peer.certificate, next.certificate}, false, 2048};
    for (auto const* const one : {&peer, &next})
        EXPECT_EQ(verify(Content(openssl_sign(text, *one)), Content(text), both)->signer, one->certificate);
}

TEST(Cms, WeakSignaturesNeedASetting) {
    auto const& peer = identity("peer");
    auto const& small = identity("small", {.bits = 1024});
    auto const text = text_of(100);
    Content const sha1(openssl_sign(text, peer, {CMS_DETACHED, false, EVP_sha1()}));
    EXPECT_EQ(fault_of(verify(sha1, Content(text), {{peer.certificate}, false, 2048})), FaultKind::insufficient_message_security);
    EXPECT_TRUE(verify(sha1, Content(text), {{peer.certificate}, true, 2048}));
    Content const short_key(openssl_sign(text, small));
    EXPECT_EQ(fault_of(verify(short_key, Content(text), {{small.certificate}, true, 2048})), FaultKind::insufficient_message_security);
    EXPECT_TRUE(verify(short_key, Content(text), {{small.certificate}, true, 1024}));
    EXPECT_EQ(fault_of(verify(Content(openssl_sign(text, peer, {CMS_DETACHED, false, EVP_md5()})), Content(text), trusting(peer.certificate))),
              FaultKind::insufficient_message_security);
}

TEST(Cms, ContentInsideASignedDataIsTakenOut) {
    auto const& peer = identity("peer");
    testing_support::TempFolder const folder;
    for (auto const size : {std::size_t{1}, std::size_t{10}, std::size_t{3'000'000}})
        for (auto const form : {Form::der, Form::streamed}) {
            auto const text = text_of(size);
            auto const opened = open_signed(Content(openssl_sign(text, peer, {0, false, EVP_sha256(), form})), {folder.path(), 1000, ~0ULL});
            ASSERT_TRUE(opened) << opened.error().message;
            EXPECT_EQ(all(opened->content), text);
            EXPECT_TRUE(verify(opened->signature, opened->content, trusting(peer.certificate)));
        }
    EXPECT_FALSE(open_signed(Content(openssl_sign("x", peer)), {})) << "detached: nothing inside";
}

class CmsCipher : public testing::TestWithParam<Cipher> {};

TEST_P(CmsCipher, ThereAndBackAtEverySize) {
    auto const& us = identity("us");
    testing_support::TempFolder const folder;
    SpoolSettings const spool{folder.path(), 1000, ~0ULL};
    for (auto const size : {0u, 1u, 15u, 16u, 17u, 127u, 128u, 300'000u}) {
        auto const text = text_of(size);
        auto const message = encrypt(Content(text), GetParam(), {us.certificate}, spool).value();
        EXPECT_EQ(cms_type(message), is_authenticated(GetParam()) ? CmsType::authenticated_enveloped : CmsType::enveloped);
        auto const opened = decrypt(message, {us}, spool);
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_EQ(all(opened->plain), text);
        EXPECT_EQ(opened->cipher, GetParam());
        EXPECT_EQ(opened->recipient, us.certificate);
    }
}

TEST_P(CmsCipher, OfOpensslInEveryForm) {
    auto const& us = identity("us");
    auto const& other = identity("peer");
    auto const text = text_of(200'000);
    EVP_CIPHER const* const ciphers[] = {EVP_des_ede3_cbc(), EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc(),
                                         EVP_aes_128_gcm(), EVP_aes_192_gcm(), EVP_aes_256_gcm()};
    auto const* const cipher = ciphers[static_cast<std::size_t>(GetParam())];
    for (unsigned const flags : {0u, unsigned{CMS_USE_KEYID}})
        for (auto const* const oaep : {static_cast<EVP_MD const*>(nullptr), EVP_sha1(), EVP_sha256()})
            for (auto const form : {Form::streamed, Form::der}) {
                SCOPED_TRACE(testing::Message() << flags << (oaep ? " OAEP" : "") << (form == Form::streamed ? " streamed" : ""));
                Content const message(openssl_encrypt(text, {other.certificate, us.certificate}, {flags, cipher, oaep, form}));
                for (auto const& keys : {std::vector{us}, std::vector{identity("next"), us}, std::vector{other}}) {
                    auto const opened = decrypt(message, keys, {});
                    ASSERT_TRUE(opened) << opened.error().message;
                    EXPECT_EQ(all(opened->plain), text);
                }
            }
}

TEST_P(CmsCipher, ChangedOrCutShort) {
    auto const& us = identity("us");
    auto const message = encrypt(Content(text_of(2000)), GetParam(), {us.certificate}, {}).value();
    // In the last block: the padding, or what the tag covers.
    for (std::uint64_t const from_end : {1u, 5u, 18u, 20u})
        if (is_authenticated(GetParam())) {
            auto const opened = decrypt(changed(message, message.size() - from_end), {us}, {});
            ASSERT_FALSE(opened) << from_end;
            EXPECT_EQ(opened.error().kind, FaultKind::decryption_failed);
        }
    for (std::uint64_t end = 0; end < message.size(); end += end < 800 ? 1 : 97) {
        auto const opened = decrypt(message.slice(0, end), {us}, {});
        ASSERT_FALSE(opened) << end;
        EXPECT_EQ(opened.error().kind, FaultKind::decryption_failed);
    }
}

INSTANTIATE_TEST_SUITE_P(All, CmsCipher, testing::Values(Cipher::des_ede3_cbc, Cipher::aes128_cbc, Cipher::aes192_cbc, Cipher::aes256_cbc,
                                                         Cipher::aes128_gcm, Cipher::aes192_gcm, Cipher::aes256_gcm),
                         [](auto const& tested) {
                             std::string name(name_of(tested.param));
                             std::erase(name, '-');
                             return name;
                         });

TEST(Cms, EncryptedForSomebodyElse) {
    auto const& us = identity("us");
    auto const message = encrypt(Content("x"), Cipher::aes128_cbc, {identity("stranger").certificate}, {}).value();
    auto const opened = decrypt(message, {us}, {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, FaultKind::decryption_failed);
    EXPECT_NE(opened.error().message.find("serial number"), std::string::npos) << opened.error().message;
    EXPECT_NE(opened.error().message.find("CN=us"), std::string::npos) << opened.error().message;
}

TEST(Cms, AWrongKeyAndAChangedMessageLookAlike) {
    auto const& us = identity("us");
    Identity const wrong{testing_support::certificate_for(identity("stranger").key.native(), "us"), identity("stranger").key};
    auto const message = encrypt(Content(text_of(1000)), Cipher::aes128_gcm, {us.certificate}, {}).value();
    auto const by_wrong_key = decrypt(message, {wrong}, {});
    auto const by_change = decrypt(changed(message, message.size() - 30), {us}, {});
    ASSERT_FALSE(by_wrong_key);
    ASSERT_FALSE(by_change);
    auto const without_label = [](std::string text) { return text.substr(0, text.find("CN=")) + text.substr(text.find(") does")); };
    EXPECT_EQ(without_label(by_wrong_key.error().message), without_label(by_change.error().message));
}

TEST(Cms, RecipientsWithOddNamesAndIdentifiers) {
    // The same issuer, written as another kind of string, is the same issuer; a certificate need not state its key identifier.
    auto const& us = identity("us");
    auto const printable = testing_support::certificate_for(us.key.native(), "us", {.name_type = MBSTRING_ASC});
    auto const message = encrypt(Content("hello"), Cipher::aes128_cbc, {printable}, {}).value();
    EXPECT_EQ(all(decrypt(message, {us}, {})->plain), "hello");
    Identity const silent{testing_support::certificate_for(us.key.native(), "us", {.states_key_id = false}), us.key};
    Content const by_key_id(openssl_encrypt("hello", {us.certificate}, {.flags = CMS_USE_KEYID}));
    EXPECT_EQ(all(decrypt(by_key_id, {silent}, {})->plain), "hello");
}

TEST(Cms, CompressedAndBack) {
    testing_support::TempFolder const folder;
    SpoolSettings const spool{folder.path(), 1000, ~0ULL};
    for (auto const size : {0u, 1u, 100u, 65'536u, 3'000'000u}) {
        auto const text = text_of(size);
        auto const message = compress(Content(text), spool).value();
        EXPECT_EQ(cms_type(message), CmsType::compressed);
        auto const opened = decompress(message, spool);
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_EQ(all(*opened), text);
        for (std::uint64_t end = 0; end < message.size(); end += end < 200 ? 1 : message.size() / 17)
            ASSERT_FALSE(decompress(message.slice(0, end), spool)) << end;
    }
}

TEST(Cms, CompressedInPiecesOfIndefiniteLength) {
    auto const der_form = all(compress(Content(text_of(5000)), {}).value());
    // The zlib stream out of it, in octet strings of 100 bytes.
    BerCursor cursor{Content(der_form)};
    ASSERT_TRUE(cursor.enter(tag::sequence, ""));
    ASSERT_TRUE(cursor.skip());
    ASSERT_TRUE(cursor.enter(tag::context_constructed(0), ""));
    ASSERT_TRUE(cursor.enter(tag::sequence, ""));
    auto const version = cursor.take(tag::integer, "", 10).value();
    auto const algorithm = cursor.take(tag::sequence, "", 100).value();
    ASSERT_TRUE(cursor.enter(tag::sequence, ""));
    auto const inner = cursor.take(tag::oid, "", 100).value();
    ASSERT_TRUE(cursor.enter(tag::context_constructed(0), ""));
    auto const stream = cursor.take_value(tag::octet_string, "", 60'000).value();
    std::string pieces;
    for (std::size_t at = 0; at < stream.size(); at += 100)
        pieces += der(tag::octet_string, stream.substr(at, 100));
    auto const open = [](char identifier) { return std::string{identifier, '\x80'}; };
    std::string const end(2, '\0');
    auto const message = open('\x30') + der_oid("1.2.840.113549.1.9.16.1.9") + open('\xa0') + open('\x30') + version + algorithm + open('\x30') + inner +
                         open('\xa0') + open('\x24') + pieces + end + end + end + end + end + end;
    auto const opened = decompress(Content(message), {});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(all(*opened), text_of(5000));
}

TEST(Cms, ABombIsStopped) {
    auto const message = compress(Content(std::string(60'000'000, ' ')), {}).value();
    ASSERT_LT(message.size(), 100'000u);
    auto const opened = decompress(message, {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, FaultKind::decompression_failed);
    EXPECT_TRUE(decompress(compress(Content(std::string(10'000'000, ' ')), {}).value(), {}));
    EXPECT_FALSE(decompress(compress(Content(std::string(10'000'000, ' ')), {}).value(), {{}, 1u << 20, 9'000'000}));
}

TEST(Ber, WhatIsNoStructureIsRefusedWithItsPlace) {
    for (auto const& bytes : {std::string("\x30"), std::string("\x30\x05\x01"), std::string("\x30\x84\xff\xff\xff\xff"), std::string("\x30\x80"),
                              std::string("\x1f\x01\x00", 3), std::string("\x04\x80\x00\x00", 4), std::string("\x30\x89\x01\x01\x01\x01\x01\x01\x01\x01\x01", 11)}) {
        BerCursor cursor{Content(bytes)};
        auto const skipped = cursor.skip();
        ASSERT_FALSE(skipped);
        EXPECT_NE(skipped.error().message.find("at byte"), std::string::npos);
    }
    std::string deep;
    for (int i = 0; i < 1000; ++i)
        deep += "\x30\x80";
    EXPECT_FALSE(BerCursor(Content(deep + std::string(2000, '\0'))).skip()) << "nested too deeply";
    EXPECT_EQ(oid_text(der_oid("1.2.840.113549.1.9.16.1.23").substr(2)), "1.2.840.113549.1.9.16.1.23");
}

} // namespace
} // namespace wharf::transport::as2
