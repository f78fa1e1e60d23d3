// Logins that may do little: a real OpenSSH server that refuses kinds of requests.
#include "conformance/names_in.hpp"
#include "conformance/sftp_fixture.hpp"

namespace wharf::transport {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class SftpHabits : public SftpLogin {
protected:
    /// `options` of sftp-server: -R, -P (these not), -p (these only).
    void serve(std::string const& options) {
        start({.first = fmt::format("ForceCommand internal-sftp {}\n", options)});
        if (IsSkipped())
            return;
        settings_.rules.inbox = in(); // such a login does not begin in its home
        settings_.rules.outbox = out();
    }
    [[nodiscard]] fs::path in() const { return sshd_->home() / "in"; }
    [[nodiscard]] fs::path out() const { return sshd_->home() / "out"; }
    void take_all(Connection& connection, std::vector<std::string> const& contents) {
        auto const listing = connection.list();
        ASSERT_TRUE(listing) << listing.error().message;
        std::vector<std::string> found;
        for (auto const& content : connection.fetch_all(listing->ready))
            found.push_back(content ? *content : content.error().message);
        EXPECT_EQ(found, contents);
        for (auto const& done : connection.finish_all(listing->ready))
            EXPECT_TRUE(done) << done.error().message;
    }
};

#define SERVE(...)                                                                                                     \
    serve(__VA_ARGS__);                                                                                                \
    if (IsSkipped())                                                                                                   \
    return

TEST_F(SftpHabits, NoRenaming) {
    SERVE("-P rename,posix-rename,hardlink");
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    auto const refused = (*made)->put("f", "content");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::permanent);
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr("rename"), HasSubstr("temporary_name")));
    EXPECT_THAT(names_in(out()), ElementsAre()) << "no drafts";
    settings_.rules.upload.temporary = "";
    made = connect();
    std::vector<Connection::Upload> const uploads = {{"f", "content"}, {"g", std::string_view("other")}};
    for (auto const& done : (*made)->put_all(uploads))
        EXPECT_TRUE(done) << done.error().message;
    EXPECT_THAT(names_in(out()), ElementsAre("f", "g"));
    write_text(in() / "a", "1");
    write_text(in() / "b", "2");
    take_all(**made, {"1", "2"});
    EXPECT_THAT(names_in(in()), ElementsAre());
}

TEST_F(SftpHabits, NoRenamingOverAFile) {
    SERVE("-P posix-rename");
    settings_.rules.upload.existing = UploadRules::Existing::replace;
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    for (auto const* const content : {"first", "second", "second", "3"}) {
        auto const put = (*made)->put("f", content);
        ASSERT_TRUE(put) << put.error().message;
        EXPECT_EQ(read_text(out() / "f"), content);
    }
    EXPECT_THAT(names_in(out()), ElementsAre("f"));
}

TEST_F(SftpHabits, NothingButReading) {
    SERVE("-R");
    settings_.rules.leave = true;
    settings_.rules.max_bytes = 1000;
    write_text(in() / "a", "1");
    write_text(in() / "large", std::string(1001, 'x'));
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    take_all(**made, {"1"});
    auto const listing = (*made)->list();
    ASSERT_EQ(listing->too_large.size(), 1u);
    EXPECT_TRUE((*made)->set_aside(listing->too_large.front()));
    EXPECT_THAT(names_in(in()), ElementsAre("a", "large"));
    EXPECT_THAT((*made)->put("f", "x").error().message, HasSubstr("denies permission"));
}

TEST_F(SftpHabits, NothingButWriting) {
    for (bool const renames : {true, false}) {
        SERVE(renames ? "-p open,write,close,rename" : "-p open,write,close");
        settings_.rules.upload.write_only = true;
        if (!renames)
            settings_.rules.upload.temporary = "";
        auto made = connect();
        ASSERT_TRUE(made) << made.error().message;
        for (auto const* const content : {"first", "2nd"}) {
            fs::remove(renames ? out() / "f" : out() / "none"); // OpenSSH renames over nothing
            auto const put = (*made)->put("f", content);
            ASSERT_TRUE(put) << put.error().message;
            EXPECT_EQ(read_text(out() / "f"), content);
        }
        EXPECT_THAT(names_in(out()), ElementsAre("f"));
    }
}

TEST_F(SftpHabits, NoLookAtOpenFilesAndNoAttributes) {
    SERVE("-P fstat,fsetstat,setstat,fsync,limits");
    settings_.rules.upload.keep_time = true;
    write_text(in() / "a", "1");
    write_text(in() / "b", std::string(100'000, 'b'));
    auto made = connect();
    ASSERT_TRUE(made) << made.error().message;
    take_all(**made, {"1", std::string(100'000, 'b')});
    std::string const large(100'000, 'y');
    std::vector<Connection::Upload> const uploads = {{"f", "x", 1'700'000'000}, {"g", large, 1'700'000'000}};
    for (auto const& done : (*made)->put_all(uploads))
        EXPECT_TRUE(done) << done.error().message;
    EXPECT_EQ(read_text(out() / "g"), large);
    EXPECT_THAT(names_in(out()), ElementsAre("f", "g"));
}

} // namespace
} // namespace wharf::transport
