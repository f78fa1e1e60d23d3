#include "transport/as2/certificate_maker.hpp"

#include "support/as2_identity.hpp"

#include <gmock/gmock.h>

namespace wharf::transport::as2 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Timestamp const now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

TEST(As2CertificateMaker, SelfSigned) {
    auto const& key = testing_support::identity("us").key;
    auto const made = make_self_signed(key, {{}, "CN=WHARF,O=Acme\\, Inc,C=US", {"edi@us.example"}, {"as2.us.example"}, now, std::chrono::days(730)}).value();
    EXPECT_EQ(made.subject(), "C=US,O=Acme\\, Inc,CN=WHARF");
    EXPECT_EQ(made.issuer(), made.subject());
    EXPECT_EQ(to_iso8601(made.not_before()), "2026-11-21T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(made.not_after()), "2028-11-20T00:00:00.000Z");
    EXPECT_TRUE(key.belongs_to(made));
    EXPECT_EQ(X509_verify(made.native(), key.native()), 1);
    EXPECT_EQ(X509_get_version(made.native()), 2);
    EXPECT_EQ(X509_get_key_usage(made.native()), static_cast<unsigned>(KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT));
    EXPECT_EQ(X509_check_ca(made.native()), 0);
    EXPECT_EQ(X509_check_host(made.native(), "as2.us.example", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_email(made.native(), "edi@us.example", 0, 0), 1);
    EXPECT_EQ(Certificate::read(to_pem(made)).value(), made);
    auto const second = make_self_signed(key, {made, {}, {}, {}, now, std::chrono::days(10)}).value();
    EXPECT_EQ(second.subject(), made.subject());
    EXPECT_EQ(X509_check_host(second.native(), "as2.us.example", 0, 0, nullptr), 1) << "the names of the one it follows";
    EXPECT_NE(second.serial(), made.serial());
}

TEST(As2CertificateMaker, Request) {
    auto const& key = testing_support::identity("us").key;
    auto const text = make_request(key, {{}, "CN=WHARF", {}, {"as2.us.example"}, now, {}}).value();
    EXPECT_THAT(text, HasSubstr("-----BEGIN CERTIFICATE REQUEST-----"));
    std::unique_ptr<BIO, decltype(&BIO_free)> const bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
    std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> const read(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr), X509_REQ_free);
    ASSERT_TRUE(read);
    EXPECT_EQ(X509_REQ_verify(read.get(), key.native()), 1);
    auto* const extensions = X509_REQ_get_extensions(read.get());
    EXPECT_EQ(sk_X509_EXTENSION_num(extensions), 3);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

TEST(As2CertificateMaker, KeysAreWrittenWithAPassphrase) {
    auto const key = make_key(2048).value();
    auto const open = to_pem(key, "").value(), closed = to_pem(key, "hunter2").value();
    EXPECT_THAT(open, HasSubstr("-----BEGIN PRIVATE KEY-----"));
    EXPECT_THAT(closed, HasSubstr("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    EXPECT_TRUE(PrivateKey::read(open, ""));
    EXPECT_TRUE(PrivateKey::read(closed, "hunter2"));
    EXPECT_FALSE(PrivateKey::read(closed, "hunter3"));
    auto const certificate = make_self_signed(key, {{}, "CN=a", {}, {}, now, std::chrono::days(1)}).value();
    EXPECT_TRUE(Identity::read(to_pem(certificate) + closed, "", "hunter2"));
    EXPECT_TRUE(Identity::read(certificate.der(), closed, "hunter2"));
    EXPECT_TRUE(Identity::read(to_pem(testing_support::identity("peer").certificate) + to_pem(certificate), open, "")) << "the chain first";
    EXPECT_FALSE(Identity::read(to_pem(testing_support::identity("peer").certificate), open, ""));
    EXPECT_FALSE(Identity::read("", "", ""));
}

TEST(As2CertificateMaker, WhatCannotBeMade) {
    auto const& key = testing_support::identity("us").key;
    for (auto const* const subject : {"", "WHARF", "XX=a", "C=Germany", "CN="}) {
        auto const made = make_self_signed(key, {{}, subject, {}, {}, now, std::chrono::days(1)});
        ASSERT_FALSE(made) << subject;
        EXPECT_EQ(made.error().kind, ErrorKind::invalid) << made.error().message;
    }
    EXPECT_FALSE(make_self_signed(key, {{}, "CN=a", {"a@b,DNS:evil.example"}, {}, now, std::chrono::days(1)}));
    EXPECT_FALSE(make_self_signed(key, {{}, "CN=a", {}, {"a b"}, now, std::chrono::days(1)}));
    EXPECT_FALSE(make_key(1024));
}

} // namespace
} // namespace wharf::transport::as2
