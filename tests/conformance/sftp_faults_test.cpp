// Lines that break, servers with quirks and limits: files arrive whole and once.
#include "conformance/sftp_fixture.hpp"
#include "support/tcp_proxy.hpp"

#include <cstring>
#include <fstream>
#include <random>
#include <sys/mount.h>

namespace wharf::transport {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// On both engines: a server with only an RSA host key is served by the second.
class SftpFaults : public SftpLogin, public testing::WithParamInterface<char const*> {
protected:
    [[nodiscard]] static SshdOptions options() { return {.host_key_type = GetParam()}; }
    void through(TcpProxy const& proxy) { settings_.port = proxy.port(); }
    [[nodiscard]] fs::path in() const { return sshd_->home() / "in"; }
    [[nodiscard]] fs::path out() const { return sshd_->home() / "out"; }
    [[nodiscard]] unsigned logins() const {
        auto const log = sshd_->log();
        unsigned count = 0;
        for (auto at = log.find("Accepted publickey"); at != std::string::npos; at = log.find("Accepted publickey", at + 1))
            ++count;
        return count;
    }
};

std::string noise(std::size_t size) {
    std::mt19937_64 random(7);
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
        auto const word = random();
        std::memcpy(bytes.data() + i, &word, 8);
    }
    return bytes;
}

std::vector<std::string> visible(fs::path const& folder) {
    std::vector<std::string> names;
    for (auto const& entry : fs::directory_iterator(folder))
        if (auto name = entry.path().filename().string(); !name.starts_with('.'))
            names.push_back(std::move(name));
    std::ranges::sort(names);
    return names;
}

#define TRY(...)                                                                                                       \
    do {                                                                                                               \
        if (auto&& step = (__VA_ARGS__); !step) {                                                                        \
            EXPECT_TRUE(step.error().is_temporary()) << step.error().message;                                          \
            return false;                                                                                              \
        }                                                                                                              \
    } while (false)

// A connection that is cut after any number of bytes: in the key exchange, the login, the listing, a transfer, a rename. The next
// attempts finish what was begun; nothing comes twice, nothing comes in half.
TEST_P(SftpFaults, CutAtEveryStep) {
    START(options());
    settings_.rules.archive = "archive";
    TcpProxy proxy(sshd_->port());
    through(proxy);
    auto const content = noise(1'500'000);
    std::unique_ptr<Channel> channel;
    unsigned fetched = 0;
    bool stored = false;
    auto const attempt = [&] {
        auto made = channel->connect();
        TRY(made);
        auto const listing = (*made)->list();
        TRY(listing);
        for (auto const& file : listing->ready) {
            auto const bytes = (*made)->fetch(file);
            TRY(bytes);
            EXPECT_TRUE(*bytes == content);
            fetched += stored ? 0 : 1; // the store knows a file by name, size and time
            stored = true;
            TRY((*made)->finish(file));
        }
        std::vector<Connection::Upload> const small = {{"one", "1"}, {"two", "22"}};
        for (auto const& done : (*made)->put_all(small))
            TRY(done);
        TRY((*made)->put("large", content));
        return true;
    };
    auto const run = [&](std::uint64_t limit) {
        for (auto const& folder : {in(), out(), sshd_->home() / "archive"}) {
            fs::remove_all(folder);
            fs::create_directory(folder);
        }
        write_text(in() / "file", content);
        channel = make_sftp_channel("acme", settings_);
        fetched = 0;
        stored = false;
        proxy.cut_after(limit);
        unsigned attempts = 1;
        while (!attempt() && attempts < 5)
            ++attempts;
        EXPECT_LE(attempts, 2u) << limit;
        EXPECT_EQ(fetched, 1u) << limit;
        EXPECT_THAT(visible(in()), IsEmpty()) << limit;
        EXPECT_THAT(visible(sshd_->home() / "archive"), ElementsAre("file")) << limit;
        EXPECT_THAT(visible(out()), ElementsAre("large", "one", "two")) << limit;
        EXPECT_TRUE(read_text(out() / "large") == content) << limit;
    };
    run(UINT64_MAX);
    auto const total = proxy.bytes();
    ASSERT_GT(total, 3'000'000u);
    std::vector<std::uint64_t> places = {0, 1, 20, 21, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 6000, 7000};
    for (std::uint64_t place = 100'000; place < total; place += 600'000)
        places.push_back(place);
    for (std::uint64_t before = 200; before < 5000; before += 600) // the renames at the end
        places.push_back(total - before);
    for (auto const place : places)
        run(place);
}

TEST_P(SftpFaults, AReadingGoesOnWhereItEnded) {
    START(options());
    TcpProxy proxy(sshd_->port());
    through(proxy);
    auto const content = noise(30'000'000);
    write_text(in() / "large", content);
    auto const channel = make_sftp_channel("acme", settings_);
    auto made = channel->connect();
    ASSERT_TRUE(made);
    auto const file = (*made)->list()->ready.front();
    proxy.cut_after(20'000'000);
    EXPECT_TRUE((*made)->fetch(file).error().is_temporary());
    made = channel->connect();
    ASSERT_TRUE(made) << made.error().message;
    proxy.reset();
    auto const bytes = (*made)->fetch(file);
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_TRUE(*bytes == content);
    EXPECT_LT(proxy.bytes(), 20'000'000u);

    // A file that is another by now begins anew.
    proxy.cut_after(20'000'000);
    EXPECT_FALSE((*made)->fetch(file));
    auto const other = std::string(content.rbegin(), content.rend());
    write_text(in() / "large", other);
    fs::last_write_time(in() / "large", fs::file_time_type::clock::now() - 1h);
    made = channel->connect();
    ASSERT_TRUE(made);
    auto const again = (*made)->fetch((*made)->list()->ready.front());
    ASSERT_TRUE(again);
    EXPECT_TRUE(*again == other);
}

TEST_P(SftpFaults, AnUploadGoesOnWhereItEnded) {
    START(options());
    TcpProxy proxy(sshd_->port());
    through(proxy);
    auto const content = noise(30'000'000);
    auto const channel = make_sftp_channel("acme", settings_);
    auto made = channel->connect();
    ASSERT_TRUE(made);
    proxy.cut_after(20'000'000);
    EXPECT_TRUE((*made)->put("large", content).error().is_temporary());
    EXPECT_THAT(visible(out()), IsEmpty());
    made = channel->connect();
    ASSERT_TRUE(made) << made.error().message;
    proxy.reset();
    auto const put = (*made)->put("large", content);
    ASSERT_TRUE(put) << put.error().message;
    EXPECT_LT(proxy.bytes(), 25'000'000u);
    EXPECT_TRUE(read_text(out() / "large") == content);
    EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()), 1) << "no drafts";
}

TEST_P(SftpFaults, ALongLine) {
    START(options());
    TcpProxy proxy(sshd_->port(), 20ms);
    through(proxy);
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    auto const content = noise(5'000'000);
    ASSERT_TRUE((*made)->put("large", content));
    fs::rename(out() / "large", in() / "large");
    auto const listing = (*made)->list();
    auto const bytes = (*made)->fetch(listing->ready.front());
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_TRUE(*bytes == content);
}

// What a fast line of 30 ms at 100 MB/s needs: 3 MB on their way at a time.
TEST_P(SftpFaults, MuchIsOnItsWayAtATime) {
    START(options());
    TcpProxy proxy(sshd_->port());
    through(proxy);
    auto const content = noise(12'000'000);
    write_text(in() / "large", content);
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    auto const listing = (*made)->list();
    for (std::uint64_t const after : {200'000u, 5'000'000u}) { // at the beginning, and after the window was renewed
        proxy.dam(after, 3'000'000);
        auto const bytes = (*made)->fetch(listing->ready.front());
        ASSERT_TRUE(bytes) << bytes.error().message;
        EXPECT_TRUE(*bytes == content);
    }
}

TEST_P(SftpFaults, ADiskThatIsFull) {
    START(options());
    if (::getuid() != 0 || ::mount("wharf", out().c_str(), "tmpfs", 0, "size=2m") != 0)
        GTEST_SKIP() << "needs the right to mount";
    struct Unmount {
        fs::path folder;
        ~Unmount() { ::umount2(folder.c_str(), MNT_DETACH); }
    } const unmount{out()};
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    auto const content = noise(1'500'000);
    write_text(out() / "other", content);
    auto const put = (*made)->put("f", content);
    ASSERT_FALSE(put);
    EXPECT_TRUE(put.error().is_temporary()) << put.error().message;
    EXPECT_THAT(put.error().message, AllOf(HasSubstr("write"), HasSubstr("disk")));
    EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()), 1) << "no drafts";
    fs::remove(out() / "other");
    auto const again = (*made)->put("f", content);
    EXPECT_TRUE(again) << again.error().message;
    EXPECT_TRUE(read_text(out() / "f") == content);
}

TEST_P(SftpFaults, PermissionDenied) {
    if (::getuid() != 0 || !::getpwnam("nobody"))
        GTEST_SKIP() << "needs root and the user nobody";
    auto how = options();
    how.user = "nobody";
    START(how);
    write_text(in() / "f", "content");
    write_text(in() / "secret", "s");
    fs::permissions(in() / "secret", fs::perms(0600));
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    auto const listing = (*made)->list();
    ASSERT_TRUE(listing);
    ASSERT_EQ(listing->ready.size(), 2u);
    EXPECT_EQ(*(*made)->fetch(listing->ready[0]), "content");
    auto const finished = (*made)->finish(listing->ready[0]);
    auto const secret = (*made)->fetch(listing->ready[1]);
    auto const put = (*made)->put("x", "y");
    for (auto const& error : {finished.error(), secret.error(), put.error()}) {
        EXPECT_EQ(error.kind, ErrorKind::permanent);
        EXPECT_THAT(error.message, HasSubstr("denies permission"));
    }
}

TEST_P(SftpFaults, AChroot) {
    char name[] = "/run/wharf-test-XXXXXX"; // all folders above must be root's alone
    if (::getuid() != 0 || !::mkdtemp(name))
        GTEST_SKIP() << "needs root";
    struct Remove {
        fs::path folder;
        ~Remove() { fs::remove_all(folder); }
    } const cleaning{name};
    fs::permissions(name, fs::perms(0755));
    auto how = options();
    how.first = fmt::format("ChrootDirectory {}\nForceCommand internal-sftp\n", name);
    START(how);
    fs::create_directories(cleaning.folder / "in");
    fs::create_directories(cleaning.folder / "out");
    settings_.rules.inbox = "/in";
    settings_.rules.outbox = "/out";
    settings_.rules.archive = "/archive/deep";
    write_text(cleaning.folder / "in/f", "content");
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    auto const listing = (*made)->list();
    ASSERT_TRUE(listing) << listing.error().message;
    EXPECT_EQ(*(*made)->fetch(listing->ready.front()), "content");
    ASSERT_TRUE((*made)->finish(listing->ready.front()));
    ASSERT_TRUE((*made)->put("g", "y"));
    EXPECT_EQ(read_text(cleaning.folder / "archive/deep/f"), "content");
    EXPECT_EQ(read_text(cleaning.folder / "out/g"), "y");
}

TEST_P(SftpFaults, OneSessionOneFileOneTransfer) {
    auto how = options();
    how.first = "MaxSessions 1\n";
    START(how);
    settings_.most_open_files = 1;
    settings_.transfers_per_connection = 1;
    for (auto const* const file : {"a", "b", "c"})
        write_text(in() / file, file);
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    auto const listing = (*made)->list();
    for (auto const& content : (*made)->fetch_all(listing->ready))
        EXPECT_TRUE(content) << content.error().message;
    for (auto const& done : (*made)->finish_all(listing->ready))
        EXPECT_TRUE(done);
    std::vector<Connection::Upload> const uploads = {{"x", "1"}, {"y", "2"}};
    for (auto const& done : (*made)->put_all(uploads))
        EXPECT_TRUE(done);
    EXPECT_THAT(visible(in()), IsEmpty());
    EXPECT_THAT(visible(out()), ElementsAre("x", "y"));
    EXPECT_EQ(logins(), 5u);
}

TEST_P(SftpFaults, AnIdleConnectionIsMadeAnew) {
    START(options());
    settings_.idle_timeout = 1s;
    auto made = connect();
    ASSERT_TRUE(made);
    ASSERT_TRUE((*made)->list());
    EXPECT_EQ(logins(), 1u);
    std::this_thread::sleep_for(1100ms);
    ASSERT_TRUE((*made)->list());
    EXPECT_EQ(logins(), 2u);
}

TEST_P(SftpFaults, TwentyThousandFiles) {
    START(options());
    for (int i = 0; i < 20'000; ++i)
        write_text(in() / fmt::format("{:05}.edi", i), "x");
    settings_.rules.most_per_poll = 500;
    auto made = connect();
    ASSERT_TRUE(made);
    TcpProxy proxy(sshd_->port());
    through(proxy);
    made = connect();
    ASSERT_TRUE(made);
    proxy.reset();
    auto const listing = (*made)->list();
    ASSERT_TRUE(listing) << listing.error().message;
    EXPECT_EQ(listing->ready.size(), 500u);
    EXPECT_EQ(listing->waiting, 19'500u);
    EXPECT_LT(proxy.bytes(), 20'000u * 200) << "one line of the listing for each, no question";
    auto const contents = (*made)->fetch_all(listing->ready);
    EXPECT_TRUE(std::ranges::all_of(contents, [](auto const& content) { return content && *content == "x"; }));
}

TEST_P(SftpFaults, AWriterThatTakesItsTime) {
    START(options());
    settings_.rules.stable_polls = 3;
    auto made = connect();
    ASSERT_TRUE(made);
    std::ofstream writer(in() / "slow");
    for (int i = 0; i < 5; ++i) {
        writer << "line " << i << '\n' << std::flush;
        for (int look = 0; look < 2; ++look) {
            auto const listing = (*made)->list();
            ASSERT_TRUE(listing);
            EXPECT_THAT(listing->ready, IsEmpty());
        }
    }
    writer.close();
    (void)(*made)->list();
    auto const listing = (*made)->list();
    ASSERT_EQ(listing->ready.size(), 1u);
    EXPECT_EQ((*made)->fetch(listing->ready.front())->size(), 35u);
}

INSTANTIATE_TEST_SUITE_P(Engines, SftpFaults, testing::Values("ed25519", "rsa"), [](auto const& engine) {
    return std::string(engine.param) == "rsa" ? "libssh" : "libssh2";
});

// --- the line: the same for every engine ----------------------------------------------------------------------------

using SftpLine = SftpLogin;

TEST_F(SftpLine, ThroughProxies) {
    START();
    auto const port = settings_.port;
    for (auto const& [front, kind] : {std::pair(TcpProxy::Front::socks5, ProxySettings::Kind::socks5),
                                      std::pair(TcpProxy::Front::http, ProxySettings::Kind::http)}) {
        TcpProxy const proxy(port, {}, front);
        settings_.host = "sftp.acme.example"; // the proxy resolves it
        settings_.proxy = {kind, "127.0.0.1", proxy.port(), "", ""};
        expect_login();
        EXPECT_THAT(proxy.asked(), HasSubstr("sftp.acme.example"));
        settings_.proxy.user = "us";
        settings_.proxy.password = "s3cret";
        expect_login();
        EXPECT_THAT(proxy.asked(), testing::AnyOf(HasSubstr("us:s3cret"), HasSubstr("dXM6czNjcmV0")));
    }
    settings_.proxy.port = port; // no proxy at all
    auto const error = refused();
    EXPECT_THAT(error.message, AllOf(HasSubstr("proxy"), testing::Not(HasSubstr("s3cret"))));
}

TEST_F(SftpLine, FromAnAddressOfOurs) {
    START();
    settings_.bind_address = "127.0.0.2";
    expect_login();
    EXPECT_THAT(sshd_->log(), HasSubstr("from 127.0.0.2"));
    settings_.bind_address = "203.0.113.1";
    auto const error = refused();
    EXPECT_EQ(error.kind, ErrorKind::permanent);
    EXPECT_THAT(error.message, HasSubstr("203.0.113.1"));
}

TEST_F(SftpLine, NoFasterThanAgreed) {
    START();
    settings_.bytes_per_second = 400'000;
    auto made = connect();
    ASSERT_TRUE(made);
    auto const content = noise(200'000);
    auto const begun = std::chrono::steady_clock::now();
    ASSERT_TRUE((*made)->put("f", content));
    fs::rename(sshd_->home() / "out/f", sshd_->home() / "in/f");
    auto const bytes = (*made)->fetch((*made)->list()->ready.front());
    ASSERT_TRUE(bytes);
    EXPECT_TRUE(*bytes == content);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 900ms) << "it cannot be done sooner";
}

} // namespace
} // namespace wharf::transport
