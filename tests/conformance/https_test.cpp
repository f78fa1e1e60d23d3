// The https transport against a real server over TLS (tests/support/https_files.py): of what all channels promise that which has a
// meaning over HTTP, and what is its own.
#include "conformance/looks.hpp"
#include "support/certificate.hpp"
#include "support/temp_folder.hpp"
#include "transport/channel.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::transport {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace testing_support;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class HttpsTest : public testing::Test, public Looks {
protected:
    void start(std::vector<std::string> const& options = {}) {
        if (!make_certificate(folder_.path()))
            GTEST_SKIP() << "openssl is missing or fails";
        std::vector<std::string> arguments = {"python3", WHARF_SOURCE_DIR "/tests/support/https_files.py", folder_.path().string(),
                                              (folder_.path() / "server.pem").string(), (folder_.path() / "server.key").string()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        server_ = std::make_unique<Child>(arguments, (folder_.path() / "log").string());
        auto const port = server_->read_line(30'000);
        if (port.empty())
            GTEST_SKIP() << "the server does not start here";
        base_ = "https://localhost:" + port;
        fs::create_directory(inbox());
        fs::create_directory(outbox());
        settings_.listing = HttpsSettings::Listing::index;
        settings_.tls.authorities = folder_.path() / "server.pem";
        settings_.timeout = 10s;
        settings_.rules.inbox = base_ + "/in/";
        settings_.rules.outbox = base_ + "/out/{name}";
    }
    [[nodiscard]] fs::path inbox() const { return folder_.path() / "in"; }
    [[nodiscard]] fs::path outbox() const { return folder_.path() / "out"; }
    [[nodiscard]] std::string requests() const { return read_text(folder_.path() / "requests"); }
    Connection& connection() override {
        if (!channel_)
            channel_ = make_https_channel("acme", settings_);
        if (!connection_) {
            auto made = channel_->connect();
            if (!made)
                throw std::runtime_error(made.error().message);
            connection_ = std::move(*made);
        }
        return *connection_;
    }
    void anew() {
        connection_.reset();
        channel_.reset();
    }

    TempFolder folder_;
    std::unique_ptr<Child> server_;
    std::string base_;
    HttpsSettings settings_;
    std::unique_ptr<Channel> channel_;
    std::unique_ptr<Connection> connection_;
};

#define START(...)                                                                                                     \
    start(__VA_ARGS__);                                                                                                \
    if (IsSkipped())                                                                                                   \
    return

TEST_F(HttpsTest, TakesAFileOnceAndDeletesIt) {
    START();
    for (auto const listing : {HttpsSettings::Listing::index, HttpsSettings::Listing::json}) {
        settings_.listing = listing;
        settings_.rules.inbox = base_ + (listing == HttpsSettings::Listing::json ? "/in/?json" : "/in/");
        anew();
        write_text(inbox() / "order.edi", "ISA*00~");
        auto const file = only();
        EXPECT_EQ(file.name, "order.edi");
        EXPECT_EQ(file.size, 7u);
        auto const content = connection().fetch(file);
        ASSERT_TRUE(content) << content.error().message;
        EXPECT_EQ(*content, "ISA*00~");
        EXPECT_TRUE(fs::exists(inbox() / "order.edi")) << "nothing is removed before finish()";
        connection_.reset(); // as after a crash
        auto const finished = connection().finish(file);
        ASSERT_TRUE(finished) << finished.error().message;
        EXPECT_FALSE(fs::exists(inbox() / "order.edi"));
        EXPECT_TRUE(connection().finish(file)) << "gone already is success";
        EXPECT_THAT(ready_names(), ElementsAre());
    }
}

TEST_F(HttpsTest, OddNamesAndAllBytes) {
    START();
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    std::vector<std::string> const odd = {" ", "a b.edi", "..edi", "-rf", "quote\"'", "Zürich", "注文.x12", "semi;colon", "star*?", "100%", "a&amp;b", "#+"};
    settings_.rules.exclude = {"*.tmp"};
    for (auto const& name : odd)
        write_text(inbox() / name, name + all);
    auto const listing = list();
    EXPECT_EQ(listing.ready.size(), odd.size());
    for (auto const& file : listing.ready) {
        auto const content = connection().fetch(file);
        ASSERT_TRUE(content) << content.error().message;
        EXPECT_EQ(*content, file.name + all);
        auto const put = connection().put(file.name, *content);
        ASSERT_TRUE(put) << put.error().message;
        EXPECT_EQ(read_text(outbox() / file.name), *content);
        ASSERT_TRUE(connection().finish(file));
    }
    EXPECT_TRUE(fs::is_empty(inbox()));
    EXPECT_TRUE(connection().put("empty", ""));
    EXPECT_EQ(read_text(outbox() / "empty"), "");
    std::string const large(8'000'000, 'x');
    EXPECT_TRUE(connection().put("large", large));
    EXPECT_TRUE(read_text(outbox() / "large") == large);
}

TEST_F(HttpsTest, SeesOnlyWhatItShould) {
    START();
    settings_.rules.include = {"*.edi"};
    settings_.rules.max_bytes = 10;
    for (auto const* const name : {"b.edi", "a.edi", ".hidden.edi", "half.edi.tmp", "x.txt"})
        write_text(inbox() / name, "x");
    write_text(inbox() / "large.edi", "more than ten");
    fs::create_directory(inbox() / "folder.edi");
    auto listing = list();
    EXPECT_THAT(ready_names(), ElementsAre("a.edi", "b.edi"));
    ASSERT_EQ(listing.too_large.size(), 1u);
    EXPECT_EQ(connection().fetch(listing.too_large.front()).error().kind, ErrorKind::permanent);
    ASSERT_TRUE(connection().set_aside(listing.too_large.front()));
    EXPECT_TRUE(list().too_large.empty()) << "told of once; it stays where it is";
    EXPECT_THAT(requests(), Not(HasSubstr("x.txt"))) << "what does not count is not asked for";
}

TEST_F(HttpsTest, WhatTheListingTellsIsNotAskedAgain) {
    START();
    settings_.listing = HttpsSettings::Listing::json;
    settings_.rules.inbox = base_ + "/in/?facts";
    auto const heads = [&] {
        auto const log = requests();
        std::size_t count = 0;
        for (auto at = log.find("\"HEAD\""); at != std::string::npos; at = log.find("\"HEAD\"", at + 1))
            ++count;
        return count;
    };
    for (auto const* const name : {"a", "b", "c"})
        write_text(inbox() / name, name);
    EXPECT_EQ(list().ready.size(), 3u);
    EXPECT_EQ(heads(), 3u);
    connection_.reset(); // another connection knows it, too
    EXPECT_EQ(list().ready.size(), 3u);
    EXPECT_EQ(heads(), 3u) << "size and time are as they were";
    write_text(inbox() / "b", "b and more");
    auto const listing = list();
    EXPECT_EQ(heads(), 4u) << "only of the one that changed";
    for (auto const& file : listing.ready)
        EXPECT_EQ(connection().fetch(file).value_or("none"), file.name == "b" ? "b and more" : file.name);

    // A listing that lags behind is found out when the file is read, and not believed again.
    auto answer = std::string("[");
    for (auto const* const name : {"a", "b", "c"})
        answer += std::string(answer.size() > 1 ? "," : "") + "{\"name\": \"" + name + "\", \"size\": 1, \"mtime\": 1}";
    write_text(folder_.path() / "stale", answer + "]");
    (void)list();
    write_text(inbox() / "c", "c is another now");
    auto const fetched = [&] {
        auto const files = list().ready;
        return connection().fetch(*std::ranges::find(files, "c", &RemoteFile::name));
    };
    EXPECT_TRUE(fetched().error().is_temporary());
    EXPECT_EQ(fetched().value_or("none"), "c is another now");
}

TEST_F(HttpsTest, AFileThatChangedIsNotTakenAndNotDeleted) {
    START();
    write_text(inbox() / "f", "first");
    auto file = only();
    write_text(inbox() / "f", "first and more");
    EXPECT_TRUE(connection().fetch(file).error().is_temporary());
    EXPECT_TRUE(connection().finish(file));
    EXPECT_EQ(read_text(inbox() / "f"), "first and more");
    file = only();
    ASSERT_TRUE(connection().fetch(file));
    fs::remove(inbox() / "f");
    EXPECT_TRUE(connection().fetch(file).error().is_temporary());
}

TEST_F(HttpsTest, OneFileIsRememberedByWhatTheServerTells) {
    for (std::vector<std::string> const& options :
         {std::vector<std::string>{}, {"--no-etag"}, {"--no-etag", "--no-date"}, {"--no-head"}, {"--no-head", "--no-etag", "--no-date"}}) {
        START(options);
        anew();
        settings_.listing = HttpsSettings::Listing::file;
        settings_.rules.inbox = base_ + "/in/orders.edi";
        settings_.rules.leave = true;
        EXPECT_TRUE(list().ready.empty()) << "no such file yet";
        write_text(inbox() / "orders.edi", "one");
        fs::last_write_time(inbox() / "orders.edi", fs::file_time_type::clock::now() - 1h);
        auto const first = only();
        EXPECT_EQ(first.name, "orders.edi");
        EXPECT_EQ(connection().fetch(first).value_or("nothing"), "one");
        EXPECT_TRUE(connection().finish(first));
        EXPECT_EQ(only().claim_key(), first.claim_key()) << "the same file";
        write_text(inbox() / "orders.edi", "two");
        auto const second = only();
        EXPECT_NE(second.claim_key(), first.claim_key());
        EXPECT_EQ(connection().fetch(second).value_or("nothing"), "two");
        fs::remove(inbox() / "orders.edi");
        fs::remove(folder_.path() / "in");
        fs::remove(folder_.path() / "out");
    }
}

TEST_F(HttpsTest, ASecondPutOfTheSameNameNeverReplaces) {
    START();
    ASSERT_TRUE(connection().put("850.edi", "content"));
    EXPECT_TRUE(connection().put("850.edi", "content")) << "a retry after a crash";
    auto const again = connection().put("850.edi", "other content");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::permanent);
    EXPECT_THAT(again.error().message, HasSubstr("850.edi"));
    EXPECT_EQ(read_text(outbox() / "850.edi"), "content");
    settings_.rules.upload.existing = UploadRules::Existing::replace;
    anew();
    EXPECT_TRUE(connection().put("850.edi", "other content"));
    EXPECT_EQ(read_text(outbox() / "850.edi"), "other content");
    for (std::string const name : {"..", ".", "", "../secret", "a/b"})
        EXPECT_EQ(connection().put(name, "x").error().kind, ErrorKind::invalid) << name;
}

TEST_F(HttpsTest, HeadersTokensAndOneKeyForOneFile) {
    START({"--token", "s3cret"});
    EXPECT_THAT(connection().list().error().message, HasSubstr("answers 401 and says \"who are you?\""));
    EXPECT_EQ(connection().list().error().kind, ErrorKind::permanent);
    settings_.bearer_token = "s3cret";
    settings_.method = "POST";
    settings_.content_type = "application/EDI-X12";
    settings_.headers = {{"X-File", "{name}"}};
    settings_.idempotency_header = "Idempotency-Key";
    anew();
    fs::remove(folder_.path() / "requests");
    ASSERT_TRUE(connection().put("a b", "x"));
    ASSERT_TRUE(connection().put("a b", "x"));
    auto const log = requests();
    auto const first = log.substr(0, log.find('\n')), second = log.substr(log.find('\n') + 1);
    EXPECT_THAT(first, HasSubstr("\"x-file\": \"a%20b\""));
    EXPECT_THAT(first, HasSubstr("\"content-type\": \"application/EDI-X12\""));
    EXPECT_THAT(first, HasSubstr("\"idempotency-key\": "));
    EXPECT_EQ(first + "\n", second) << "a retry looks the same";
}

TEST_F(HttpsTest, StatusesAndWhatTheyMean) {
    START();
    for (auto const& [status, kind] : {std::pair(400, ErrorKind::permanent), {403, ErrorKind::permanent}, {409, ErrorKind::permanent}, {408, ErrorKind::temporary},
                                       {429, ErrorKind::temporary}, {500, ErrorKind::temporary}, {503, ErrorKind::temporary}}) {
        settings_.rules.outbox = fmt::format("{}/status/{}/{{name}}", base_, status);
        anew();
        auto const put = connection().put("f", "x");
        ASSERT_FALSE(put) << status;
        EXPECT_EQ(put.error().kind, kind) << status;
        EXPECT_THAT(put.error().message, HasSubstr(fmt::format("{} and says \"as the test asks\"", status)));
    }
    settings_.success = {200, 400};
    settings_.rules.outbox = base_ + "/status/400/{name}";
    anew();
    EXPECT_TRUE(connection().put("f", "x"));
}

TEST_F(HttpsTest, RedirectsOnlyOnTheSameServer) {
    START();
    settings_.rules.outbox = base_ + "/inside/out/{name}";
    ASSERT_TRUE(connection().put("f", "content"));
    EXPECT_EQ(read_text(outbox() / "f"), "content");
    settings_.rules.outbox = base_ + "/outside/out/{name}";
    anew();
    auto const put = connection().put("f", "content");
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().kind, ErrorKind::permanent);
    EXPECT_THAT(put.error().message, HasSubstr("another server"));
    settings_.rules.inbox = base_ + "/circle/f";
    settings_.listing = HttpsSettings::Listing::file;
    anew();
    EXPECT_EQ(connection().list().error().kind, ErrorKind::permanent);
}

TEST_F(HttpsTest, TheServerIsVerified) {
    START();
    settings_.tls.pinned_public_key = pin_of(folder_.path() / "server.pem");
    EXPECT_TRUE(connection().list());
    settings_.tls.authorities.clear();
    anew();
    EXPECT_EQ(connection().list().error().kind, ErrorKind::permanent);
    settings_.tls.pin_is_enough = true;
    anew();
    EXPECT_TRUE(connection().list());
    settings_.tls.pinned_public_key = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    anew();
    EXPECT_EQ(connection().list().error().kind, ErrorKind::permanent);
    server_.reset();
    anew();
    EXPECT_TRUE(connection().list().error().is_temporary());
}

TEST_F(HttpsTest, WhatMakesNoSenseIsSaid) {
    HttpsSettings settings;
    EXPECT_EQ(make_https_channel("acme", settings)->connect().error().kind, ErrorKind::invalid);
    settings.rules.outbox = "http://partner.example/{name}";
    EXPECT_EQ(make_https_channel("acme", settings)->connect().error().kind, ErrorKind::invalid);
    settings.rules.outbox = "https://partner.example/{name}";
    EXPECT_TRUE(make_https_channel("acme", settings)->connect());
    settings.rules.archive = "taken";
    EXPECT_EQ(make_https_channel("acme", settings)->connect().error().kind, ErrorKind::invalid);
}

} // namespace
} // namespace wharf::transport
