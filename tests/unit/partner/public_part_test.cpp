#include "partner/public_part.hpp"

#include "base/base64.hpp"
#include "unit/partner/test_keys.hpp"

#include <gtest/gtest.h>

namespace wharf::partner {
namespace {

using namespace test_keys;

TEST(PublicPart, IsTheSameOfAKeyAndItsCertificateInEveryForm) {
    auto const rsa = public_parts_of_certificates(pem("CERTIFICATE", rsa_certificate));
    ASSERT_EQ(rsa.size(), 1u);
    EXPECT_EQ(rsa.front().kind, PublicPart::Kind::rsa);
    EXPECT_EQ(rsa, public_parts_of_certificates(decode_base64(rsa_certificate)));
    for (auto const& key : {pem("PRIVATE KEY", rsa_key), pem("RSA PRIVATE KEY", rsa_key_pkcs1), decode_base64(rsa_key), decode_base64(rsa_key_pkcs1)})
        EXPECT_EQ(public_part_of_key(key), rsa.front());

    auto const curve = public_parts_of_certificates(pem("CERTIFICATE", curve_certificate));
    ASSERT_EQ(curve.size(), 1u);
    EXPECT_EQ(curve.front().kind, PublicPart::Kind::curve);
    for (auto const& key : {pem("PRIVATE KEY", curve_key), decode_base64(curve_key), "parameters\n" + pem("EC PRIVATE KEY", curve_key_sec1_compressed)})
        EXPECT_EQ(public_part_of_key(key), curve.front());
    EXPECT_TRUE(public_part_of_key(pem("PRIVATE KEY", other_curve_key)));
    EXPECT_NE(public_part_of_key(pem("PRIVATE KEY", other_curve_key)), curve.front());
}

TEST(PublicPart, OfAChainEach) {
    auto const all = public_parts_of_certificates(pem("CERTIFICATE", curve_certificate) + pem("CERTIFICATE", rsa_certificate));
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].kind, PublicPart::Kind::rsa);
}

TEST(PublicPart, OfWhatOnlyOpenSslReadsNothing) {
    for (auto const& bytes : {std::string(), std::string("text"), pem("ENCRYPTED PRIVATE KEY", rsa_key), pem("CERTIFICATE", rsa_certificate),
                              pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n" + std::string(rsa_key_pkcs1)),
                              std::string("-----BEGIN PRIVATE KEY-----\n")})
        EXPECT_FALSE(public_part_of_key(bytes)) << bytes;
    EXPECT_TRUE(public_parts_of_certificates(pem("PRIVATE KEY", rsa_key)).empty());
}

TEST(PublicPart, WhateverTheBytesAre) {
    for (auto const* const body : {&rsa_key, &rsa_key_pkcs1, &curve_key, &curve_key_sec1_compressed, &rsa_certificate, &curve_certificate}) {
        auto const whole = decode_base64(*body);
        for (std::size_t length = 0; length < whole.size(); ++length)
            EXPECT_TRUE(!public_part_of_key(std::string(whole.substr(0, length))) && public_parts_of_certificates(std::string(whole.substr(0, length))).empty());
        for (std::size_t at = 0; at < 60; ++at)
            for (int value = 0; value < 256; ++value) {
                auto changed = whole;
                changed[at] = static_cast<char>(value);
                (void)public_part_of_key(std::string(changed)); // under the sanitizers: never beyond the end
                (void)public_parts_of_certificates(std::string(changed));
            }
    }
}

} // namespace
} // namespace wharf::partner
