// What is FTPS's own: who the server is, how TLS begins, what happens to connections and transfers that break off. The promises that all
// channels share are held by channel_test.cpp and channel_rules_test.cpp.
#include "support/ftpd.hpp"
#include "transport/channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::transport {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace testing_support;
using testing::HasSubstr;
using testing::Not;

class FtpsTest : public testing::Test {
protected:
    void start(FtpdOptions const& options = {}) {
        server_ = std::make_unique<Ftpd>(Ftpd::start(options));
        if (!server_->running())
            GTEST_SKIP() << server_->reason();
        fs::create_directory(server_->home() / "in");
        fs::create_directory(server_->home() / "out");
        settings_.host = "127.0.0.1";
        settings_.port = server_->port();
        settings_.user = server_->user();
        settings_.password = "test";
        settings_.tls.authorities = server_->certificate();
        settings_.timeout = 5s;
        settings_.connect_timeout = 5s;
        settings_.rules.inbox = "in";
        settings_.rules.outbox = "out";
    }
    [[nodiscard]] Result<std::unique_ptr<Connection>> connect() const { return make_ftps_channel("acme", settings_)->connect(); }
    [[nodiscard]] Error refused() const {
        auto made = connect();
        return made ? Error{ErrorKind::invalid, "connected"} : made.error();
    }
    void expect_a_file_both_ways() const {
        auto made = connect();
        ASSERT_TRUE(made) << made.error().message;
        auto const put = (*made)->put("f", "content");
        ASSERT_TRUE(put) << put.error().message;
        EXPECT_EQ(read_text(server_->home() / "out/f"), "content");
        write_text(server_->home() / "in/g", "answer");
        auto const listing = (*made)->list();
        ASSERT_TRUE(listing) << listing.error().message;
        ASSERT_EQ(listing->ready.size(), 1u);
        EXPECT_EQ((*made)->fetch(listing->ready.front()).value_or("nothing"), "answer");
    }

    std::unique_ptr<Ftpd> server_;
    FtpsSettings settings_;
};

#define START(...)                                                                                                     \
    start(__VA_ARGS__);                                                                                                \
    if (IsSkipped())                                                                                                   \
    return

TEST_F(FtpsTest, AServerThatNobodyVouchesForIsRefused) {
    START();
    settings_.tls.authorities.clear(); // the system's know nothing of it
    auto const error = refused();
    EXPECT_EQ(error.kind, ErrorKind::permanent);
    EXPECT_THAT(error.message, HasSubstr("certificate"));
    EXPECT_THAT(error.message, HasSubstr("channel acme: ftps://anonymous@127.0.0.1:"));
    EXPECT_THAT(error.message, Not(HasSubstr("test")));
}

TEST_F(FtpsTest, ACertificateOfOursIsShown) {
    TempFolder ours, strangers;
    if (!make_certificate(ours.path(), "wharf.example") || !make_certificate(strangers.path(), "stranger.example"))
        GTEST_SKIP() << "openssl is missing or fails";
    auto const pem = [](TempFolder const& folder) { return folder.path() / "server.pem"; };
    auto const key = [](TempFolder const& folder) { return folder.path() / "server.key"; };
    START({.extra = fmt::format("require_cert=YES\nvalidate_cert=YES\nca_certs_file={}\n", pem(ours).string())});
    EXPECT_THAT(refused().message, Not(HasSubstr("connected"))) << "none is shown";
    settings_.tls.client_certificate = pem(strangers);
    settings_.tls.client_key = key(strangers);
    EXPECT_THAT(refused().message, Not(HasSubstr("connected"))) << "one that nobody vouches for";
    settings_.tls.client_certificate = pem(ours);
    settings_.tls.client_key = key(ours);
    expect_a_file_both_ways();

    // Both in one file, and the key with a passphrase.
    auto const both = ours.path() / "both.pem";
    ASSERT_EQ(run({"openssl", "pkey", "-aes256", "-in", key(ours).string(), "-out", both.string(), "-passout", "pass:secret"}), 0);
    write_text(both, read_text(both) + read_text(pem(ours)));
    settings_.tls.client_certificate = both;
    settings_.tls.client_key.clear();
    EXPECT_THAT(refused().message, Not(HasSubstr("connected"))) << "without the passphrase";
    settings_.tls.client_key_passphrase = "secret";
    expect_a_file_both_ways();
}

TEST_F(FtpsTest, AnotherNameInTheCertificateIsRefused) {
    START({.name = "other.example"});
    settings_.host = "localhost";
    EXPECT_EQ(refused().kind, ErrorKind::permanent);
    settings_.tls.pinned_public_key = server_->pin();
    EXPECT_EQ(refused().kind, ErrorKind::permanent) << "a pin is asked for beside the certificate";
    settings_.tls.pin_is_enough = true;
    expect_a_file_both_ways();
}

TEST_F(FtpsTest, APinnedKeyAndNoOther) {
    START();
    settings_.tls.pinned_public_key = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for (bool const alone : {false, true}) {
        settings_.tls.pin_is_enough = alone;
        auto const error = refused();
        EXPECT_EQ(error.kind, ErrorKind::permanent);
        EXPECT_THAT(error.message, HasSubstr("public key"));
    }
    settings_.tls.pinned_public_key += ";" + server_->pin(); // while a key changes
    expect_a_file_both_ways();
}

TEST_F(FtpsTest, ImplicitTls) {
    START({.tls = "implicit"});
    settings_.implicit = true;
    expect_a_file_both_ways();
}

TEST_F(FtpsTest, WithoutTlsOnlyWhereTheSettingSaysSo) {
    START({.tls = "none"});
    auto const error = refused();
    EXPECT_EQ(error.kind, ErrorKind::permanent);
    EXPECT_THAT(error.message, HasSubstr("TLS"));
    settings_.insecure_plain = true;
    expect_a_file_both_ways();
    settings_.implicit = true;
    EXPECT_EQ(refused().kind, ErrorKind::invalid);
}

TEST_F(FtpsTest, AServerThatWantsTheSessionResumedAndOneWithout) {
    for (auto const kind : {FtpdOptions::Kind::vsftpd, FtpdOptions::Kind::pyftpdlib}) {
        START({.kind = kind});
        expect_a_file_both_ways();
        auto made = connect();
        ASSERT_TRUE(made);
        EXPECT_THAT((*made)->description(), HasSubstr("TLSv1.2"));
        EXPECT_THAT((*made)->description(), HasSubstr(kind == FtpdOptions::Kind::vsftpd ? "listing=LIST" : "listing=MLSD"));
    }
}

TEST_F(FtpsTest, WrongAddressesInPasvAreNotCalled) {
    START({.extra = "pasv_address=192.0.2.1\npasv_addr_resolve=NO\n"});
    settings_.extended_passive = false;
    expect_a_file_both_ways();
}

TEST_F(FtpsTest, ARefusedLoginIsPermanentAndAServerThatIsGoneTemporary) {
    START();
    settings_.user = "nobody-we-know";
    auto error = refused();
    EXPECT_EQ(error.kind, ErrorKind::permanent);
    EXPECT_THAT(error.message, HasSubstr("cannot log in: the server says \"530"));
    settings_.user = server_->user();
    server_->kill();
    error = refused();
    EXPECT_TRUE(error.is_temporary()) << error.message;
}

TEST_F(FtpsTest, TheControlConnectionIsKeptAndMadeAnewWhenTheServerClosesIt) {
    START({.extra = "idle_session_timeout=1\n"});
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE((*made)->list());
    ASSERT_TRUE((*made)->put("f", "x"));
    auto const logins = [&] {
        auto const log = read_text(server_->path() / "ftp.log");
        unsigned count = 0;
        for (auto at = log.find("OK LOGIN"); at != std::string::npos; at = log.find("OK LOGIN", at + 1))
            ++count;
        return count;
    };
    EXPECT_EQ(logins(), 1u) << read_text(server_->path() / "ftp.log");
    std::this_thread::sleep_for(2500ms);
    auto const listing = (*made)->list();
    EXPECT_TRUE(listing) << listing.error().message;
    EXPECT_EQ(logins(), 2u);
}

TEST_F(FtpsTest, NamesWithControlCharactersAreSaidNotSent) {
    START();
    auto made = connect();
    ASSERT_TRUE(made);
    for (auto const* const name : {"a\r\nDELE b", "a\nb", "\x01"}) {
        auto const put = (*made)->put(name, "x");
        ASSERT_FALSE(put);
        EXPECT_EQ(put.error().kind, ErrorKind::permanent);
        EXPECT_THAT(put.error().message, HasSubstr("control character"));
    }
    write_text(server_->home() / "in/a\nb", "x");
    write_text(server_->home() / "in/c", "x");
    auto const listing = (*made)->list();
    ASSERT_TRUE(listing);
    ASSERT_EQ(listing->ready.size(), 1u);
    EXPECT_EQ(listing->ready.front().name, "c");
    EXPECT_EQ(listing->skipped.size(), 2u) << "both halves of the other, which its line end makes two lines of";
}

TEST_F(FtpsTest, AFileOfTheSameSizeWithinTheMinuteIsAnother) {
    START(); // LIST shows no seconds
    write_text(server_->home() / "in/f", "one");
    auto made = connect();
    ASSERT_TRUE(made);
    auto const first = (*made)->list();
    ASSERT_TRUE(first && first->ready.size() == 1);
    write_text(server_->home() / "in/f", "two");
    fs::last_write_time(server_->home() / "in/f", fs::last_write_time(server_->home() / "in/f") + 3s);
    auto const content = (*made)->fetch(first->ready.front());
    ASSERT_FALSE(content);
    EXPECT_TRUE(content.error().is_temporary());
    auto const second = (*made)->list();
    ASSERT_TRUE(second && second->ready.size() == 1);
    EXPECT_NE(first->ready.front().claim_key(), second->ready.front().claim_key());
    EXPECT_EQ((*made)->fetch(second->ready.front()).value_or("nothing"), "two");
}

TEST_F(FtpsTest, AServerWithoutSizesAndTimesIsListed) {
    START({.extra = "cmds_denied=SIZE,MDTM,FEAT\n"});
    expect_a_file_both_ways();
    auto made = connect();
    ASSERT_TRUE(made);
    auto const listing = (*made)->list();
    ASSERT_TRUE(listing && listing->ready.size() == 1);
    EXPECT_TRUE((*made)->finish(listing->ready.front()));
    EXPECT_FALSE(fs::exists(server_->home() / "in/g"));
    EXPECT_FALSE((*made)->put("f", "other content")) << "never over it";
}

} // namespace
} // namespace wharf::transport
