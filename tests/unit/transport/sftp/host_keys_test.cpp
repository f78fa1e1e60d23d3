#include "base/base64.hpp"
#include "support/temp_folder.hpp"
#include "transport/sftp/host_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::transport::sftp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Base64, ThereAndBack) {
    for (auto const& [bytes, text] : {std::pair("", ""), std::pair("f", "Zg=="), std::pair("fo", "Zm8="), std::pair("foo", "Zm9v"),
                                      std::pair("foob", "Zm9vYg==")}) { // RFC 4648 section 10
        EXPECT_EQ(encode_base64(bytes), text);
        EXPECT_EQ(decode_base64(text), bytes);
    }
    EXPECT_EQ(encode_base64("f", false), "Zg");
}

TEST(KnownHosts, NamesPortsPatternsAndRevokedKeys) {
    auto const key = [](std::string const& text) { return encode_base64(text); };
    auto const print = [](std::string const& text) { return fingerprint_of(text); };
    auto const file = "# comment\n"
                      "sftp.acme.example,10.0.0.1 ssh-ed25519 " + key("one") + " comment\n"
                      "[sftp.acme.example]:2222 ssh-ed25519 " + key("two") + "\n"
                      "*.acme.example,!test.acme.example ssh-rsa " + key("three") + "\r\n"
                      "@cert-authority * ssh-rsa " + key("four") + "\n"
                      "@revoked * ssh-rsa " + key("five") + "\n"
                      "old.acme.example ssh-rsa " + key("five") + "\n"
                      "broken\n\n ssh-rsa\n";
    auto const keys = [](std::string const& text, std::string const& host, std::uint16_t port) {
        return sftp::known_keys(text, host, port).keys;
    };
    EXPECT_THAT(sftp::known_keys(file, "any.example", 22).authorities, ElementsAre(print("four")));
    EXPECT_THAT(sftp::known_keys(file + "@revoked any.example ssh-rsa " + key("four"), "any.example", 22).authorities, IsEmpty());
    EXPECT_THAT(keys(file, "sftp.acme.example", 22), ElementsAre(print("one"), print("three")));
    EXPECT_THAT(keys(file, "SFTP.ACME.EXAMPLE", 22), ElementsAre(print("one"), print("three")));
    EXPECT_THAT(keys(file, "10.0.0.1", 22), ElementsAre(print("one")));
    EXPECT_THAT(keys(file, "sftp.acme.example", 2222), ElementsAre(print("two")));
    EXPECT_THAT(keys(file, "test.acme.example", 22), IsEmpty());
    EXPECT_THAT(keys(file, "old.acme.example", 22), ElementsAre(print("three")));
    EXPECT_THAT(keys(file, "other.example", 22), IsEmpty());
    EXPECT_THAT(keys("|1||\n|1|x\n|1|a|b ssh-rsa AAAA", "h", 22), IsEmpty());
}

TEST(KnownHosts, APinnedKeyThatIsRevokedIsNotAccepted) {
    testing_support::TempFolder const folder;
    SftpSettings settings;
    settings.host = "sftp.acme.example";
    settings.known_hosts = folder.path() / "known_hosts";
    settings.host_key_fingerprints = {fingerprint_of("one"), fingerprint_of("two")};
    testing_support::write_text(settings.known_hosts, "@revoked * ssh-ed25519 " + encode_base64("one") + "\n");
    auto const accepted = accepted_keys("channel acme", settings);
    ASSERT_TRUE(accepted) << accepted.error().message;
    EXPECT_THAT(accepted->keys, ElementsAre(fingerprint_of("two")));
}

} // namespace
} // namespace wharf::transport::sftp
