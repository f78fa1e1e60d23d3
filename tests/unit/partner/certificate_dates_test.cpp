#include "partner/certificate_dates.hpp"

#include "base/base64.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wharf::partner {
namespace {

// UTCTime at its beginning, GeneralizedTime at its end.
constexpr std::string_view body = "MIIBcDCCARWgAwIBAgIUenMVa/6hAMLqq08PPO5CYUs+nFUwCgYIKoZIzj0EAwIw\n"
                                  "DDEKMAgGA1UEAwwBYTAgFw0yNjExMjExODU5MTFaGA8yMDgxMDgyNDE4NTkxMVow\n"
                                  "DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLhWwHaNZ847\n"
                                  "AdTLSkOV9dURYfeTl9QeoGlcdrwOI2jAi0MSMEaSfkb5gkOOSEx9M4rskD2qTwsg\n"
                                  "EMIMIx0FdIajUzBRMB0GA1UdDgQWBBR6S4wzq6t+HI/gbX+n+jDzVY823zAfBgNV\n"
                                  "HSMEGDAWgBR6S4wzq6t+HI/gbX+n+jDzVY823zAPBgNVHRMBAf8EBTADAQH/MAoG\n"
                                  "CCqGSM49BAMCA0kAMEYCIQDOAb+SAaM8brlEGONSnvl3f+6BZJWEdcdB5LE/kMrX\n"
                                  "hwIhAJ+gikxB2EuzJryQgthmzjpHGAqPet8focppT8fU77fC\n";

std::string pem(std::string_view kind) { return "text\n-----BEGIN " + std::string(kind) + "-----\n" + std::string(body) + "-----END " + std::string(kind) + "-----\n"; }

TEST(CertificateDates, OfPemAndDer) {
    for (auto const& bytes : {pem("CERTIFICATE"), pem("X509 CERTIFICATE"), decode_base64(body)}) {
        auto const dates = read_certificate_dates(bytes);
        ASSERT_TRUE(dates);
        EXPECT_EQ(to_iso8601(dates->not_before), "2026-11-21T18:59:11.000Z");
        EXPECT_EQ(to_iso8601(dates->not_after), "2081-08-24T18:59:11.000Z");
    }
    for (auto const& bytes : {std::string(), std::string("text"), pem("PRIVATE KEY"), std::string("-----BEGIN CERTIFICATE-----\n")})
        EXPECT_FALSE(read_certificate_dates(bytes));
}

TEST(CertificateDates, WhateverTheBytesAre) {
    auto const der = decode_base64(body);
    for (std::size_t length = 0; length < der.size(); ++length)
        EXPECT_FALSE(read_certificate_dates(std::string(der.substr(0, length)))) << length;
    for (std::size_t at = 0; at < 120; ++at)
        for (int value = 0; value < 256; ++value) {
            auto changed = der;
            changed[at] = static_cast<char>(value);
            (void)read_certificate_dates(std::string(changed)); // under the sanitizers: never beyond the end
        }
}

} // namespace
} // namespace wharf::partner
