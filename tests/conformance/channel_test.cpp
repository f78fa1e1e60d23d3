// What every channel promises (transport/channel.hpp), held against a folder and against a real OpenSSH server.
// A new transport adds a fixture and a line to every_kind() (channel_fixture.hpp).
#include "conformance/channel_fixture.hpp"

#include <fmt/format.h>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <sys/stat.h>

namespace wharf::transport {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

TEST_P(ChannelTest, TakesAFileOnceAndRemovesIt) {
    write_text(inbox() / "order.edi", "ISA*00~");
    auto const file = only();
    EXPECT_EQ(file.name, "order.edi");
    EXPECT_EQ(file.size, 7u);
    auto const content = connection().fetch(file);
    ASSERT_TRUE(content) << content.error().message;
    EXPECT_EQ(*content, "ISA*00~");
    EXPECT_TRUE(fs::exists(inbox() / "order.edi")) << "nothing is removed before finish()";
    ASSERT_TRUE(connection().finish(file));
    EXPECT_THAT(names_in(inbox()), ElementsAre());
    EXPECT_TRUE(connection().finish(file)) << "gone already is success";
    EXPECT_THAT(ready_names(), ElementsAre());
}

TEST_P(ChannelTest, AnEmptyFolderAndAnEmptyFile) {
    EXPECT_THAT(ready_names(), ElementsAre());
    write_text(inbox() / "empty", "");
    auto const content = connection().fetch(only());
    ASSERT_TRUE(content) << content.error().message;
    EXPECT_EQ(*content, "");
}

TEST_P(ChannelTest, BytesPassUnchanged) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    write_text(inbox() / "bytes", all);
    EXPECT_EQ(*connection().fetch(only()), all);
    ASSERT_TRUE(connection().put("bytes", all));
    EXPECT_EQ(read_text(outbox() / "bytes"), all);
    ASSERT_TRUE(connection().put("empty", ""));
    EXPECT_EQ(read_text(outbox() / "empty"), "");
}

TEST_P(ChannelTest, TwentyMegabytesThereAndBack) {
    auto const bytes = random_bytes(20'000'003);
    ASSERT_TRUE(connection().put("large", bytes));
    EXPECT_EQ(read_text(outbox() / "large"), bytes);
    fs::rename(outbox() / "large", inbox() / "large");
    auto const content = connection().fetch(only());
    ASSERT_TRUE(content) << content.error().message;
    EXPECT_TRUE(*content == bytes);
}

TEST_P(ChannelTest, SeesOnlyWhatItShould) {
    rules_.include = {"*.edi"};
    for (auto const* const name : {"b.edi", "a.edi", ".hidden.edi", "half.edi.tmp", "half.edi.filepart", "half.part", "x.txt"})
        write_text(inbox() / name, "x");
    fs::create_directory(inbox() / "folder.edi");
    std::vector<std::string> skipped = {"folder.edi"};
    if (fixture_->tells_links()) {
        fs::create_symlink("a.edi", inbox() / "link.edi");
        ASSERT_EQ(::mkfifo((inbox() / "pipe.edi").c_str(), 0644), 0);
        skipped.insert(skipped.end(), {"link.edi", "pipe.edi"});
    }
    auto const listing = list();
    EXPECT_THAT(ready_names(), ElementsAre("a.edi", "b.edi"));
    EXPECT_THAT(listing.skipped, UnorderedElementsAreArray(skipped));
    EXPECT_EQ(listing.waiting, 0u);
}

TEST_P(ChannelTest, OddNamesAreNames) {
    std::vector<std::string> odd = {" ",      "a b.edi", "..edi",  "-rf",       "a\nb",       "quote\"'",
                                          "back\\", "Zürich",  "注文.x12", "semi;colon", "\xff\xfe", "star*?"};
    std::erase_if(odd, [&](auto const& name) { return !fixture_->takes_name(name); });
    rules_.exclude = {"*.tmp"};
    for (auto const& name : odd)
        write_text(inbox() / name, name);
    auto listing = list();
    ASSERT_EQ(listing.ready.size(), odd.size());
    for (auto const& file : listing.ready) {
        auto const content = connection().fetch(file);
        ASSERT_TRUE(content) << content.error().message;
        EXPECT_EQ(*content, file.name);
        ASSERT_TRUE(connection().put(file.name, *content));
        EXPECT_EQ(read_text(outbox() / file.name), file.name);
        ASSERT_TRUE(connection().finish(file));
    }
    EXPECT_THAT(names_in(inbox()), ElementsAre());
}

TEST_P(ChannelTest, NamesThatLeaveTheFolderAreRefused) {
    write_text(fixture_->root() / "secret", "s");
    for (std::string const name : {"..", ".", "", "../secret", "/etc/passwd", "a/b"}) {
        RemoteFile const file{name, 1, 1};
        EXPECT_EQ(connection().fetch(file).error().kind, ErrorKind::invalid) << name;
        EXPECT_EQ(connection().finish(file).error().kind, ErrorKind::invalid) << name;
        EXPECT_EQ(connection().set_aside(file).error().kind, ErrorKind::invalid) << name;
        EXPECT_EQ(connection().put(name, "x").error().kind, ErrorKind::invalid) << name;
    }
    EXPECT_FALSE(connection().put(std::string("a\0b", 3), "x"));
    EXPECT_FALSE(connection().put(std::string(256, 'x'), "x"));
    EXPECT_EQ(read_text(fixture_->root() / "secret"), "s");
}

TEST_P(ChannelTest, AGrowingFileWaitsAcrossConnections) {
    rules_.stable_polls = 2;
    write_text(inbox() / "grows", "a");
    auto const poll = [&] {
        reconnect();
        return list();
    };
    EXPECT_EQ(poll().waiting, 1u);
    write_text(inbox() / "grows", "ab");
    auto listing = poll();
    EXPECT_EQ(listing.waiting, 1u);
    EXPECT_TRUE(listing.ready.empty());
    listing = poll();
    ASSERT_EQ(listing.ready.size(), 1u);
    EXPECT_EQ(listing.ready.front().size, 2u);
}

TEST_P(ChannelTest, AFileThatChangedAfterTheListingIsNotTaken) {
    write_text(inbox() / "f", "first");
    auto const file = only();
    write_text(inbox() / "f", "first and more");
    auto const content = connection().fetch(file);
    ASSERT_FALSE(content);
    EXPECT_TRUE(content.error().is_temporary()) << content.error().message;
    EXPECT_THAT(content.error().message, HasSubstr("changed or went"));
    fs::remove(inbox() / "f");
    EXPECT_TRUE(connection().fetch(file).error().is_temporary());
}

TEST_P(ChannelTest, AFileWrittenOverAfterTheFetchIsNotRemoved) {
    for (auto const& archive : {"", "archive"}) {
        rules_.archive = archive;
        channel_.reset();
        reconnect();
        write_text(inbox() / "f", "old");
        auto const file = only();
        ASSERT_TRUE(connection().fetch(file));
        write_text(inbox() / "f", "new content");
        EXPECT_TRUE(connection().finish(file));
        EXPECT_TRUE(connection().set_aside(file));
        EXPECT_EQ(read_text(inbox() / "f"), "new content");
        EXPECT_EQ(only().size, 11u);
    }
}

TEST_P(ChannelTest, WaitsForTheMinimumAge) {
    rules_.minimum_age = 60s;
    ManualClock clock(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    channel_ = fixture_->channel(rules_, &clock);
    write_text(inbox() / "young", "x");
    EXPECT_EQ(list().waiting, 1u);
    clock.advance(50s);
    EXPECT_EQ(list().waiting, 1u);
    clock.advance(15s);
    EXPECT_THAT(ready_names(), ElementsAre("young"));
}

TEST_P(ChannelTest, ArchivesUnderAFreeName) {
    rules_.archive = "archive/taken"; // made when missing
    for (int i = 0; i < 3; ++i) {
        write_text(inbox() / "same.edi", fmt::format("content {}", i));
        auto const file = only();
        ASSERT_TRUE(connection().fetch(file));
        auto const done = connection().finish(file);
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_TRUE(connection().finish(file)) << "again, as after a crash";
    }
    auto const archive = fixture_->root() / "archive/taken";
    EXPECT_THAT(names_in(archive), ElementsAre("same.edi", "same.edi.1", "same.edi.2"));
    EXPECT_EQ(read_text(archive / "same.edi"), "content 0");
    EXPECT_EQ(read_text(archive / "same.edi.2"), "content 2");
    EXPECT_THAT(names_in(inbox()), ElementsAre());
}

TEST_P(ChannelTest, TooLargeFilesAreSetAsideUntouched) {
    rules_.max_bytes = 1000;
    auto const bytes = random_bytes(1001);
    write_text(inbox() / "large", bytes);
    write_text(inbox() / "fits", bytes.substr(1));
    auto const listing = list();
    ASSERT_EQ(listing.too_large.size(), 1u);
    EXPECT_THAT(ready_names(), ElementsAre("fits"));
    auto const content = connection().fetch(listing.too_large.front());
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().kind, ErrorKind::permanent);
    EXPECT_THAT(content.error().message, HasSubstr("1001"));
    auto const moved = connection().set_aside(listing.too_large.front());
    ASSERT_TRUE(moved) << moved.error().message;
    EXPECT_TRUE(connection().set_aside(listing.too_large.front()));
    EXPECT_EQ(read_text(fixture_->root() / "failed/large"), bytes);
    EXPECT_THAT(names_in(inbox()), ElementsAre("fits"));
}

TEST_P(ChannelTest, ASecondPutOfTheSameNameNeverReplaces) {
    ASSERT_TRUE(connection().put("850.edi", "content"));
    EXPECT_TRUE(connection().put("850.edi", "content")) << "a retry after a crash";
    for (auto const* const other : {"CONTENT", "longer content", ""}) {
        auto const again = connection().put("850.edi", other);
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().kind, ErrorKind::permanent);
        EXPECT_THAT(again.error().message, HasSubstr("850.edi"));
    }
    EXPECT_EQ(read_text(outbox() / "850.edi"), "content");
    EXPECT_THAT(names_in(outbox()), ElementsAre("850.edi")) << "no temporary files are left";
    fs::create_directory(outbox() / "folder");
    EXPECT_EQ(connection().put("folder", "x").error().kind, ErrorKind::permanent);
}

TEST_P(ChannelTest, APutIsNeverSeenHalfWritten) {
    auto const bytes = random_bytes(8'000'000);
    std::atomic<bool> done = false;
    std::atomic<unsigned> seen = 0, half = 0;
    std::thread partner([&] { // picks up as a partner would, by the names that are not hidden
        while (!done) {
            for (auto const& name : names_in(outbox())) {
                std::error_code code;
                if (name.starts_with('.'))
                    continue;
                ++seen;
                half += fs::file_size(outbox() / name, code) != bytes.size() && !code;
            }
        }
    });
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(connection().put(fmt::format("f{}", i), bytes));
    std::this_thread::sleep_for(20ms);
    done = true;
    partner.join();
    EXPECT_GT(seen, 0u);
    EXPECT_EQ(half, 0u);
}

TEST_P(ChannelTest, MissingFoldersAreNamed) {
    rules_.inbox = "no-such-inbox";
    channel_ = fixture_->channel(rules_, nullptr);
    auto made = channel_->connect();
    Error error;
    if (made) {
        auto const listing = (*made)->list();
        ASSERT_FALSE(listing);
        error = listing.error();
    } else {
        error = made.error();
    }
    EXPECT_EQ(error.kind, ErrorKind::permanent);
    EXPECT_THAT(error.message, HasSubstr("no-such-inbox"));
    EXPECT_THAT(error.message, HasSubstr("channel test"));
}

TEST_P(ChannelTest, AOneWayChannelSaysSo) {
    rules_.outbox = "";
    EXPECT_EQ(connection().put("x", "y").error().kind, ErrorKind::invalid);
    rules_.outbox = "out";
    rules_.inbox = "";
    channel_.reset();
    reconnect();
    EXPECT_EQ(connection().list().error().kind, ErrorKind::invalid);
    rules_.outbox = "";
    EXPECT_EQ(fixture_->channel(rules_, nullptr)->connect().error().kind, ErrorKind::invalid);
}

TEST_P(ChannelTest, ListsAThousandFiles) {
    for (int i = 0; i < 1500; ++i)
        write_text(inbox() / fmt::format("{:04}.edi", i), "x");
    auto const listing = list();
    EXPECT_EQ(listing.ready.size(), 1000u);
    EXPECT_EQ(listing.waiting, 500u);
    EXPECT_EQ(listing.ready.front().name, "0000.edi");
}

TEST_P(ChannelTest, ConnectionsOutliveTheirChannel) {
    write_text(inbox() / "f", "x");
    (void)connection();
    channel_.reset();
    auto const listing = connection_->list();
    ASSERT_TRUE(listing);
    EXPECT_EQ(listing->ready.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Channels, ChannelTest, every_kind(), name_of);

} // namespace
} // namespace wharf::transport
