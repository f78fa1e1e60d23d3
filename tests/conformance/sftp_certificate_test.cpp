// Host certificates: known_hosts lines with @cert-authority, against a real OpenSSH server, on both engines.
#include "base/base64.hpp"
#include "conformance/sftp_fixture.hpp"
#include "transport/sftp/host_certificate.hpp"

#include <sstream>

namespace wharf::transport {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SftpHostCertificate : public SftpLogin {
protected:
    void SetUp() override { make_authority("ed25519"); }
    void make_authority(std::string const& type) {
        fs::remove(authority());
        fs::remove(authority().string() + ".pub");
        if (!Sshd::make_key(authority(), type))
            GTEST_SKIP() << "ssh-keygen is missing";
    }
    /// A server with a certificate, and a known_hosts file with nothing but its authority.
    void serve(std::vector<std::string> details, std::string const& host_key_type = "ed25519") {
        details.insert(details.begin(), {"-s", authority().string()});
        start({.host_key_type = host_key_type, .host_certificate = std::move(details)});
        if (IsSkipped())
            return;
        settings_.host_key_fingerprints.clear();
        settings_.known_hosts = folder_.path() / "known_hosts";
        know("@cert-authority " + line(authority()));
    }
    [[nodiscard]] fs::path authority() const { return folder_.path() / "authority"; }
    [[nodiscard]] std::string line(fs::path const& key) const {
        return fmt::format("[127.0.0.1]:{} {}", settings_.port, read_text(key.string() + ".pub"));
    }
    void know(std::string const& text) const { write_text(settings_.known_hosts, text); }
    [[nodiscard]] std::string certificate() const {
        std::istringstream words(read_text(sshd_->path() / "host_key_0-cert.pub"));
        std::string type, base64;
        words >> type >> base64;
        return decode_base64(base64);
    }

    TempFolder folder_;
};

TEST_F(SftpHostCertificate, EveryKindOfKeyAndAuthority) {
    for (auto const& [key, of] : {std::pair("ed25519", "ed25519"), std::pair("ecdsa", "rsa"), std::pair("rsa", "ecdsa"), std::pair("ed25519", "rsa"),
                                  std::pair("rsa", "ed25519")}) {
        SCOPED_TRACE(fmt::format("{} signed by {}", key, of));
        make_authority(of);
        serve({"-n", "sftp.acme.example,127.0.0.1"}, key);
        if (IsSkipped())
            return;
        expect_login();
        EXPECT_THAT(described(), HasSubstr(std::string(key) == "rsa" ? "engine=\"libssh " : "engine=\"libssh2"));
    }
}

TEST_F(SftpHostCertificate, AmongKeysOfOtherTypes) {
    serve({"-n", "127.0.0.1"}, "rsa,ed25519"); // the second has none, and is shown first
    if (IsSkipped())
        return;
    expect_login();
}

TEST_F(SftpHostCertificate, OnlyOfThisHostAndNow) {
    serve({"-n", "other.example"});
    if (IsSkipped())
        return;
    EXPECT_THAT(refused().message, AllOf(HasSubstr(sshd_->fingerprint()), HasSubstr("is of \"other.example\" and not of 127.0.0.1")));
    EXPECT_EQ(refused().kind, ErrorKind::permanent);
    serve({"-n", "127.0.0.1", "-V", "20200101:20200201"});
    EXPECT_THAT(refused().message, HasSubstr("has run out"));
    serve({"-n", "127.0.0.1", "-V", "20990101:20990201"});
    EXPECT_THAT(refused().message, HasSubstr("is not valid yet"));
    serve({}); // of any host
    expect_login();
}

TEST_F(SftpHostCertificate, OnlyOfItsAuthority) {
    serve({"-n", "127.0.0.1"});
    if (IsSkipped())
        return;
    auto const certified = line(sshd_->path() / "host_key_0");
    auto const right = "@cert-authority " + line(authority());
    know(right + "@revoked " + certified);
    EXPECT_THAT(refused().message, HasSubstr("which is revoked"));
    know(right + "@revoked " + line(authority()));
    EXPECT_THAT(refused().message, HasSubstr("holds no key for this server"));
    know("@cert-authority " + certified);
    EXPECT_THAT(refused().message, AllOf(HasSubstr("no authority for this server"), HasSubstr(Sshd::fingerprint_of(authority()))));
    know("@cert-authority other.example " + read_text(authority().string() + ".pub"));
    EXPECT_THAT(refused().message, HasSubstr("holds no key for this server"));
    know(right);
    expect_login();
    start(); // a server without a certificate
    settings_.host_key_fingerprints.clear();
    know("@cert-authority " + line(authority()));
    EXPECT_THAT(refused().message, HasSubstr("it has none"));
}

// No byte of a certificate can be another, and none be missing.
TEST_F(SftpHostCertificate, EveryByteCounts) {
    for (auto const* const type : {"ed25519", "ecdsa", "rsa"}) {
        make_authority(type);
        serve({"-n", "127.0.0.1"});
        if (IsSkipped())
            return;
        auto const whole = certificate();
        sftp::KnownKeys const known{{}, {Sshd::fingerprint_of(authority())}, {}};
        auto const now = SystemClock().now();
        auto const key = sftp::certified_key(whole, "127.0.0.1", known, now);
        ASSERT_TRUE(key) << key.error().message;
        EXPECT_EQ(*key, sshd_->fingerprint());
        for (std::size_t length = 0; length < whole.size(); ++length)
            EXPECT_FALSE(sftp::certified_key(whole.substr(0, length), "127.0.0.1", known, now)) << length;
        for (std::size_t place = 0; place < whole.size(); ++place) {
            auto damaged = whole;
            damaged[place] = static_cast<char>(damaged[place] ^ 1);
            EXPECT_FALSE(sftp::certified_key(damaged, "127.0.0.1", known, now)) << place;
        }
        EXPECT_FALSE(sftp::certified_key(whole + '\0', "127.0.0.1", known, now));
    }
}

} // namespace
} // namespace wharf::transport
