// Host certificates: known_hosts lines with @cert-authority, against a real OpenSSH server, on both engines.
#include "base/base64.hpp"
#include "conformance/sftp_fixture.hpp"
#include "transport/sftp/host_certificate.hpp"
#include "transport/sftp/packet.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

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
    void serve(std::vector<std::string> details, std::string const& host_key_type = "ed25519", unsigned certified_keys = 1) {
        details.insert(details.begin(), {"-s", authority().string()});
        start({.host_key_type = host_key_type, .host_certificate = std::move(details), .certified_keys = certified_keys});
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
    [[nodiscard]] std::string certificate() const { return bytes_in(sshd_->path() / "host_key_0-cert.pub"); }
    static std::string bytes_in(fs::path const& file) {
        std::istringstream words(read_text(file));
        std::string type, base64;
        words >> type >> base64;
        return decode_base64(base64);
    }
    /// Why a certificate that the authority makes with these options of ssh-keygen does not count; empty: it does.
    [[nodiscard]] std::string judged(std::vector<std::string> options) const {
        auto const key = folder_.path() / "key";
        EXPECT_TRUE(fs::exists(key) || Sshd::make_key(key, "ed25519"));
        options.insert(options.begin(), {"ssh-keygen", "-q", "-s", authority().string(), "-I", "test", "-n", "127.0.0.1"});
        options.push_back(key.string() + ".pub");
        EXPECT_EQ(run(options), 0);
        auto const certified = sftp::certified_key(bytes_in(folder_.path() / "key-cert.pub"), "127.0.0.1", {{}, {Sshd::fingerprint_of(authority())}, {}},
                                                   SystemClock().now());
        if (!certified)
            return certified.error().message;
        EXPECT_EQ(*certified, Sshd::fingerprint_of(key));
        return {};
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

TEST_F(SftpHostCertificate, OfTheKeyThatWasShown) {
    serve({"-n", "127.0.0.1"}, "ed25519,ecdsa,rsa", 3);
    if (IsSkipped())
        return;
    expect_login();
    for (auto const* const algorithm : {"ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512"}) {
        SCOPED_TRACE(algorithm);
        settings_.host_key_algorithms = {algorithm};
        expect_login();
    }
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

TEST_F(SftpHostCertificate, OnlyOfAHostWithoutUnknownConditions) {
    EXPECT_EQ(judged({"-h"}), "");
    EXPECT_THAT(judged({}), HasSubstr("is of a user and not of a host"));
    EXPECT_THAT(judged({"-h", "-O", "critical:only-on@example.org=monday"}), HasSubstr("has critical options that are not known"));
}

TEST_F(SftpHostCertificate, NotSignedBySha1) {
    make_authority("rsa");
    EXPECT_EQ(judged({"-h", "-t", "rsa-sha2-256"}), "");
    EXPECT_EQ(judged({"-h", "-t", "rsa-sha2-512"}), "");
    EXPECT_THAT(judged({"-h", "-t", "ssh-rsa"}), HasSubstr("or of a kind that is not accepted"));
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

/// Says these bytes to whoever calls, and hangs up.
class Babbler {
public:
    explicit Babbler(std::string bytes) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), bytes_(std::move(bytes)) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener_, 4);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        speaker_ = std::thread([this] {
            int const caller = ::accept(listener_, nullptr, nullptr);
            (void)::send(caller, bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
            ::shutdown(caller, SHUT_WR);
            char room[1024];
            while (::recv(caller, room, sizeof room, 0) > 0) {
            }
            ::close(caller);
        });
    }
    ~Babbler() {
        speaker_.join();
        ::close(listener_);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    int listener_;
    std::string bytes_;
    std::uint16_t port_ = 0;
    std::thread speaker_;
};

TEST_F(SftpHostCertificate, ServersThatAnswerNonsense) {
    std::string const hello = "SSH-2.0-x\r\n";
    auto const packet = [](std::string const& payload) {
        std::string bytes;
        sftp::append_u32(bytes, static_cast<std::uint32_t>(payload.size() + 5));
        return bytes + '\4' + payload + std::string(4, '\0');
    };
    auto const beginning = [&](std::string_view exchanges, std::string_view keys) {
        auto bytes = '\x14' + std::string(16, 'c');
        sftp::append_text(bytes, exchanges);
        sftp::append_text(bytes, keys);
        return hello + packet(bytes);
    };
    auto const asked = beginning("curve25519-sha256", "ssh-ed25519-cert-v01@openssh.com");
    std::vector<std::string> nonsense = {"", "SSH-1.5-old\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", std::string(20'000, 'x'), hello, hello + "abc",
                                         hello + std::string(100, '\xff'), hello + std::string(100, '\0'), hello + packet("\1"), hello + packet("\x14"),
                                         beginning("none-of-ours", "ssh-ed25519-cert-v01@openssh.com"), asked, asked + packet("\x1f"),
                                         asked + packet(std::string("\x1f\xff\xff\xff\xff", 5))};
    std::string many = hello;
    for (int i = 0; i < 100; ++i)
        many += packet("\2ignore me");
    nonsense.push_back(many);
    settings_.host = "127.0.0.1";
    settings_.timeout = 5s;
    for (auto const& bytes : nonsense) {
        Babbler const server(bytes);
        settings_.port = server.port();
        auto const certificate = sftp::ask_certificate(settings_, "ed25519");
        EXPECT_TRUE(!certificate || certificate->empty()) << bytes.substr(0, 100);
    }
    Babbler const server(asked + packet("\2") + packet(std::string("\x1f\0\0\0\3abc", 8)));
    settings_.port = server.port();
    EXPECT_EQ(sftp::ask_certificate(settings_, "ed25519").value_or("nothing"), "abc");
}

} // namespace
} // namespace wharf::transport
