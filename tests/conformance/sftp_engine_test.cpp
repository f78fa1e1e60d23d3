// Which servers and which ways to log in are served, by which of the two engines (docs/adr/0007-sftp-engine.md).
#include "conformance/sftp_fixture.hpp"

namespace wharf::transport {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using SftpEngine = SftpLogin;

std::string password_hash(std::string const& password) {
    return Child({"openssl", "passwd", "-6", "-salt", "wharftest", password}).read_line();
}

TEST_F(SftpEngine, TheFirstEngineServesWhereItCan) {
    START();
    EXPECT_THAT(described(), AllOf(HasSubstr("engine=\"libssh2"), HasSubstr("OpenSSH"), HasSubstr("curve25519")));
}

TEST_F(SftpEngine, ARsaOnlyServerIsServedByTheSecond) {
    SshdOptions options;
    options.host_key_type = "rsa";
    START(options);
    expect_login();
    EXPECT_THAT(described(), HasSubstr("engine=\"libssh "));
    settings_.host_key_fingerprints = {"SHA256:" + std::string(43, 'A')};
    EXPECT_THAT(refused().message, AllOf(HasSubstr(sshd_->fingerprint()), HasSubstr("nothing was sent")));
}

TEST_F(SftpEngine, TheRsaKeyAmongSeveralMayBeThePinnedOne) {
    SshdOptions options;
    options.host_key_type = "ed25519,rsa";
    START(options);
    settings_.host_key_fingerprints = {sshd_->fingerprint(1)};
    expect_login();
    settings_.host_key_fingerprints = {sshd_->fingerprint(0)};
    expect_login();
}

TEST_F(SftpEngine, AnOldServerThatSignsWithSha1) {
    SshdOptions options;
    options.host_key_type = "rsa";
    options.extra = "HostKeyAlgorithms ssh-rsa\n";
    START(options);
    expect_login();
}

TEST_F(SftpEngine, RsaUserKeys) {
    for (auto const* const passphrase : {"", "a passphrase"}) {
        SshdOptions options;
        options.user_key_type = "rsa";
        options.passphrase = passphrase;
        START(options);
        SCOPED_TRACE(passphrase);
        expect_login();
        // and as other tools write them
        ASSERT_EQ(run({"ssh-keygen", "-q", "-p", "-m", "PEM", "-N", passphrase, "-P", passphrase, "-f", sshd_->user_key().string()}), 0);
        expect_login();
        ASSERT_EQ(run({"ssh-keygen", "-q", "-p", "-m", "PKCS8", "-N", passphrase, "-P", passphrase, "-f", sshd_->user_key().string()}), 0);
        expect_login();
        if (options.passphrase.empty())
            continue;
        settings_.passphrase = "wrong";
        EXPECT_THAT(refused().message, HasSubstr("passphrase"));
    }
}

TEST_F(SftpEngine, ServersWithOnlyNewAlgorithms) {
    for (auto const* const extra : {"Ciphers chacha20-poly1305@openssh.com\n", "Ciphers aes256-gcm@openssh.com\n",
                                    "Ciphers aes256-ctr\nMACs hmac-sha2-256-etm@openssh.com\n"}) {
        SshdOptions options;
        options.extra = extra;
        START(options);
        SCOPED_TRACE(extra);
        expect_login();
    }
}

TEST_F(SftpEngine, TheChannelsOwnAlgorithms) {
    START();
    settings_.ciphers = {"aes128-ctr"};
    settings_.macs = {"hmac-sha2-512"};
    settings_.key_exchanges = {"ecdh-sha2-nistp256"};
    EXPECT_THAT(described(), AllOf(HasSubstr("engine=\"libssh2"), HasSubstr("aes128-ctr"), HasSubstr("hmac-sha2-512"),
                                   HasSubstr("ecdh-sha2-nistp256")));
    settings_.ciphers = {"chacha20-poly1305@openssh.com"}; // only the second engine has it
    EXPECT_THAT(described(), AllOf(HasSubstr("engine=\"libssh "), HasSubstr("chacha20")));
    settings_.ciphers = {"rot13"};
    auto const error = refused();
    EXPECT_EQ(error.kind, ErrorKind::permanent);
    EXPECT_THAT(error.message, AllOf(HasSubstr("ciphers"), HasSubstr("rot13")));
}

TEST_F(SftpEngine, HostKeysFromKnownHosts) {
    START();
    auto const key = read_text(sshd_->path() / "host_key_0.pub");
    auto const file = sshd_->path() / "known_hosts";
    auto const line = fmt::format("[127.0.0.1]:{} {}", settings_.port, key);
    settings_.host_key_fingerprints.clear();
    settings_.known_hosts = file;
    write_text(file, "# ours\nother.example " + key + line);
    expect_login();
    ASSERT_EQ(run({"ssh-keygen", "-q", "-H", "-f", file.string()}), 0);
    ASSERT_THAT(read_text(file), HasSubstr("|1|"));
    expect_login();
    write_text(file, line + "@revoked * " + key);
    EXPECT_THAT(refused().message, AllOf(HasSubstr("holds no key for this server"), HasSubstr(sshd_->fingerprint())));
    write_text(file, "127.0.0.1 " + key); // another port
    EXPECT_THAT(refused().message, HasSubstr("holds no key for this server"));
    settings_.known_hosts = "/no/such/file";
    EXPECT_THAT(refused().message, HasSubstr("/no/such/file"));
}

TEST_F(SftpEngine, AChangedKeyStopsTheChannel) {
    START();
    settings_.host_key_fingerprints = {"SHA256:" + std::string(43, 'A')};
    auto const channel = make_sftp_channel("acme", settings_);
    EXPECT_FALSE(channel->is_stopped());
    auto const first = channel->connect();
    ASSERT_FALSE(first);
    EXPECT_TRUE(channel->is_stopped());
    sshd_->kill(); // it is not even asked again
    auto const second = channel->connect();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message, first.error().message);
    EXPECT_EQ(second.error().kind, ErrorKind::permanent);
}

TEST_F(SftpEngine, ACertificateOfTheUserKey) {
    TempFolder const folder;
    ASSERT_TRUE(Sshd::make_key(folder.path() / "ca", "ed25519"));
    for (auto const* const type : {"ed25519", "rsa"}) {
        SshdOptions options;
        options.user_key_type = type;
        options.extra = fmt::format("TrustedUserCAKeys {}/ca.pub\n", folder.path().string());
        START(options);
        write_text(sshd_->path() / "authorized_keys", "");
        EXPECT_THAT(refused().message, HasSubstr("refused"));
        ASSERT_EQ(run({"ssh-keygen", "-q", "-s", (folder.path() / "ca").string(), "-I", "wharf", "-n", settings_.user,
                       sshd_->user_key().string() + ".pub"}),
                  0);
        settings_.certificate = sshd_->user_key().string() + "-cert.pub";
        expect_login();
        settings_.certificate = sshd_->user_key().string() + ".pub";
        EXPECT_THAT(refused().message, HasSubstr("certificate"));
        settings_.certificate.clear();
    }
}

TEST_F(SftpEngine, KeysOfAnAgent) {
    START();
    auto const socket = (sshd_->path() / "agent").string();
    Child const agent({"ssh-agent", "-D", "-a", socket});
    ::setenv("SSH_AUTH_SOCK", socket.c_str(), 1);
    settings_.private_key = "";
    settings_.agent = true;
    for (int i = 0; i < 200 && !fs::exists(socket); ++i)
        std::this_thread::sleep_for(10ms);
    EXPECT_THAT(refused().message, HasSubstr("agent"));
    ASSERT_EQ(run({"ssh-add", "-q", sshd_->user_key().string()}), 0);
    expect_login();
    ::unsetenv("SSH_AUTH_SOCK");
    EXPECT_THAT(refused().message, HasSubstr("SSH_AUTH_SOCK"));
}

TEST_F(SftpEngine, KeyAndPasswordBoth) {
    SshdOptions options;
    options.root_password_hash = password_hash("open sesame");
    options.extra = "AuthenticationMethods publickey,password\n";
    if (::getuid() != 0 || options.root_password_hash.empty())
        GTEST_SKIP() << "needs root and openssl";
    for (auto const* const type : {"ed25519", "rsa"}) { // one for each engine
        options.user_key_type = type;
        START(options);
        settings_.password = "open sesame";
        expect_login();
        settings_.password = "s3cret-but-wrong";
        EXPECT_THAT(refused().message, AllOf(HasSubstr("password"), Not(HasSubstr("s3cret"))));
        settings_.password = "";
        EXPECT_EQ(refused().kind, ErrorKind::permanent);
    }
}

TEST_F(SftpEngine, QuestionsAreAnsweredWithThePassword) {
    SshdOptions options;
    options.root_password_hash = password_hash("open sesame");
    options.questions = true;
    if (::getuid() != 0 || options.root_password_hash.empty() || !fs::exists("/etc/pam.d/sshd"))
        GTEST_SKIP() << "needs root, openssl and PAM";
    for (auto const* const type : {"ed25519", "rsa"}) { // one for each engine
        options.host_key_type = type;
        START(options);
        settings_.private_key = "";
        settings_.password = "open sesame";
        expect_login();
        settings_.password = "s3cret-but-wrong";
        EXPECT_THAT(refused().message, AllOf(HasSubstr("password"), Not(HasSubstr("s3cret"))));
    }
}

} // namespace
} // namespace wharf::transport
