#include "transport/as2/certificate.hpp"

#include "support/as2_identity.hpp"
#include "support/openssl_cms.hpp"

#include <gtest/gtest.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

namespace wharf::transport::as2 {
namespace {

using testing_support::bio_text;
using testing_support::identity;

/// What a function of OpenSSL writes.
template <class Write> std::string written(Write write) {
    std::unique_ptr<BIO, decltype(&BIO_free)> const bio(BIO_new(BIO_s_mem()), BIO_free);
    EXPECT_EQ(write(bio.get()), 1);
    return bio_text(bio.get());
}

std::string pem(Certificate const& certificate) {
    return written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.native()); });
}

TEST(As2Certificate, ReadFromEveryForm) {
    auto const& us = identity("us").certificate;
    auto const& peer = identity("peer").certificate;
    EXPECT_EQ(Certificate::read(pem(us)).value(), us);
    EXPECT_EQ(Certificate::read("a line of text before it\n" + pem(us)).value(), us);
    EXPECT_EQ(Certificate::read(us.der()).value(), us);
    auto const both = Certificate::read_all(pem(us) + pem(peer)).value();
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[1], peer);
    std::unique_ptr<PKCS7, decltype(&PKCS7_free)> const bundle(PKCS7_new(), PKCS7_free);
    PKCS7_set_type(bundle.get(), NID_pkcs7_signed);
    PKCS7_content_new(bundle.get(), NID_pkcs7_data);
    for (auto const& one : {us, peer})
        ASSERT_EQ(PKCS7_add_certificate(bundle.get(), one.native()), 1);
    EXPECT_EQ(Certificate::read_all(written([&](BIO* bio) { return i2d_PKCS7_bio(bio, bundle.get()); }))->size(), 2u);
    EXPECT_EQ(Certificate::read_all(written([&](BIO* bio) { return PEM_write_bio_PKCS7(bio, bundle.get()); }))->size(), 2u);
    for (auto const& wrong : {std::string(), std::string("hello"), pem(us).substr(0, 300), us.der().substr(0, 300)}) {
        auto const read = Certificate::read(wrong);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().kind, ErrorKind::invalid);
    }
}

TEST(As2Certificate, SaysWhatItIs) {
    auto const& us = identity("us").certificate;
    EXPECT_EQ(us.subject(), "CN=us");
    EXPECT_EQ(us.issuer(), "CN=us");
    EXPECT_EQ(us.fingerprint().size(), 64u);
    EXPECT_TRUE(us.is_rsa());
    EXPECT_EQ(us.key_bits(), 2048u);
    EXPECT_EQ(to_iso8601(us.not_before()), "2020-01-01T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(us.not_after()), "2060-01-01T00:00:00.000Z");
    EXPECT_NE(us.label().find("CN=us (serial "), std::string::npos);
    EXPECT_FALSE(us == identity("peer").certificate);
}

TEST(As2Certificate, KeysWithAndWithoutAPassphrase) {
    auto const& us = identity("us");
    auto* const key = us.key.native();
    auto const plain = written([&](BIO* bio) { return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
    auto const traditional = written([&](BIO* bio) { return PEM_write_bio_PrivateKey_traditional(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
    auto const der = written([&](BIO* bio) { return i2d_PrivateKey_bio(bio, key); });
    std::string secret = "open sesame";
    auto const encrypted = written([&](BIO* bio) {
        return PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_256_cbc(), secret.data(), static_cast<int>(secret.size()), nullptr, nullptr);
    });
    for (auto const& text : {plain, traditional, der})
        EXPECT_TRUE(PrivateKey::read(text, "")->belongs_to(us.certificate));
    EXPECT_TRUE(PrivateKey::read(encrypted, secret)->belongs_to(us.certificate));
    for (auto const* const wrong : {"", "open barley"}) {
        auto const refused = PrivateKey::read(encrypted, wrong);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().message.find(secret), std::string::npos);
    }
    EXPECT_FALSE(PrivateKey::read("hello", ""));
    EXPECT_FALSE(PrivateKey::read(pem(us.certificate), ""));
    EXPECT_FALSE(Identity::of(identity("peer").certificate, us.key));
    EXPECT_TRUE(Identity::of(us.certificate, us.key));
}

TEST(As2Certificate, OtherKeysThanRsaAreRefusedByName) {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    auto const text = written([&](BIO* bio) { return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    auto const refused = PrivateKey::read(text, "");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("RSA"), std::string::npos);
}

TEST(As2Certificate, Pkcs12OldAndNew) {
    auto const& us = identity("us");
    std::string const secret = "open sesame";
    for (int const algorithm : {NID_aes_256_cbc, NID_pbe_WithSHA1And3_Key_TripleDES_CBC}) {
        std::unique_ptr<PKCS12, decltype(&PKCS12_free)> const file(
            PKCS12_create(secret.c_str(), "us", us.key.native(), us.certificate.native(), nullptr, algorithm, algorithm, 0, 0, 0), PKCS12_free);
        ASSERT_TRUE(file);
        auto const bytes = written([&](BIO* bio) { return i2d_PKCS12_bio(bio, file.get()); });
        auto const read = Identity::read_pkcs12(bytes, secret);
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read->certificate, us.certificate);
        EXPECT_TRUE(read->key.belongs_to(us.certificate));
        EXPECT_FALSE(Identity::read_pkcs12(bytes, "wrong"));
        EXPECT_FALSE(Identity::read_pkcs12(bytes.substr(0, 500), secret));
    }
}

} // namespace
} // namespace wharf::transport::as2
