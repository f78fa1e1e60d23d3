// What a channel's file may ask for beyond the usual (transport/channel.hpp: PickupRules, UploadRules), the same on every
// transport. docs/channels.md lists which setting is shown by which test.
#include "conformance/channel_fixture.hpp"

namespace wharf::transport {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

class RulesTest : public ChannelTest {
protected:
    void again() { // with rules that were changed
        channel_.reset();
        reconnect();
    }
    void take(RemoteFile const& file, std::string const& expected) {
        auto const content = connection().fetch(file);
        ASSERT_TRUE(content) << content.error().message;
        EXPECT_EQ(*content, expected);
        auto const done = connection().finish(file);
        ASSERT_TRUE(done) << done.error().message;
    }
};

void set_time(fs::path const& file, int seconds_ago) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::seconds(seconds_ago));
}

// --- pick-up --------------------------------------------------------------------------------------------------------

TEST_P(RulesTest, ADoneMarkerSaysThatAFileIsComplete) {
    for (auto const& [pattern, marker] : {std::pair("{name}.done", "a.edi.done"), std::pair("{stem}.ok", "a.ok")}) {
        rules_.done_marker = pattern;
        again();
        write_text(inbox() / "a.edi", "ISA");
        auto listing = list();
        EXPECT_THAT(listing.ready, IsEmpty());
        EXPECT_EQ(listing.waiting, 1u);
        write_text(inbox() / marker, "");
        listing = list();
        ASSERT_EQ(listing.ready.size(), 1u);
        EXPECT_EQ(listing.waiting, 0u);
        take(listing.ready.front(), "ISA");
        EXPECT_THAT(names_in(inbox()), IsEmpty()) << "the marker goes with its file";
    }
}

TEST_P(RulesTest, OfTwoGatewaysOneTakesAFile) {
    rules_.claim_as = "one";
    auto const first = fixture_->channel(rules_, nullptr);
    rules_.claim_as = "two";
    auto const second = fixture_->channel(rules_, nullptr);
    auto one = first->connect(), two = second->connect();
    ASSERT_TRUE(one && two);
    write_text(inbox() / "f", "content");
    auto const file = (*one)->list()->ready.front();
    auto const content = (*one)->fetch(file);
    ASSERT_TRUE(content) << content.error().message;
    auto const late = (*two)->fetch(file);
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().is_temporary()) << late.error().message;
    EXPECT_THAT(late.error().message, HasSubstr("another gateway"));
    EXPECT_THAT((*two)->list()->ready, IsEmpty());
    EXPECT_THAT(names_in(inbox()), ElementsAre(".wharf-claim-one-f"));

    one = first->connect(); // after a crash the claim is found again, before a new file of the same name
    write_text(inbox() / "f", "the next");
    auto listing = (*one)->list();
    ASSERT_TRUE(listing);
    ASSERT_EQ(listing->ready.size(), 1u);
    EXPECT_EQ(listing->ready.front().size, 7u);
    EXPECT_EQ(*(*one)->fetch(listing->ready.front()), "content");
    ASSERT_TRUE((*one)->finish(listing->ready.front()));
    ASSERT_TRUE((*two)->finish(listing->ready.front())) << "not his";
    EXPECT_THAT(names_in(inbox()), ElementsAre("f"));
    EXPECT_EQ(read_text(inbox() / "f"), "the next");
}

TEST_P(RulesTest, TwoGatewaysAtOnceTakeEveryFileOnce) {
    for (int i = 0; i < 60; ++i)
        write_text(inbox() / fmt::format("{:03}", i), fmt::format("content {}", i));
    std::mutex mutex;
    std::vector<std::string> taken;
    auto const poll = [&](std::string const& name) {
        auto rules = rules_;
        rules.claim_as = name;
        auto const channel = fixture_->channel(rules, nullptr);
        auto made = channel->connect();
        if (!made)
            return;
        for (int look = 0; look < 3; ++look) {
            auto const listing = (*made)->list();
            for (auto const& file : listing ? listing->ready : std::vector<RemoteFile>()) {
                auto const content = (*made)->fetch(file);
                if (!content)
                    continue;
                {
                    std::lock_guard const lock(mutex);
                    taken.push_back(*content);
                }
                EXPECT_TRUE((*made)->finish(file));
            }
        }
    };
    std::thread one(poll, "one"), two(poll, "two");
    one.join();
    two.join();
    std::ranges::sort(taken);
    EXPECT_EQ(taken.size(), 60u);
    EXPECT_EQ(std::ranges::unique(taken).size(), 0u);
    EXPECT_THAT(names_in(inbox()), IsEmpty());
}

TEST_P(RulesTest, AClaimedFileThatStillGrowsGetsItsNameBack) {
    rules_.claim_as = "one";
    write_text(inbox() / "f", "first");
    auto const file = only();
    write_text(inbox() / "f", "first and more");
    auto const content = connection().fetch(file);
    ASSERT_FALSE(content);
    EXPECT_TRUE(content.error().is_temporary());
    EXPECT_THAT(names_in(inbox()), ElementsAre("f"));
    take(only(), "first and more");
}

TEST_P(RulesTest, TooLargeFilesAreSetAsideWithClaims) {
    rules_.claim_as = "one";
    rules_.max_bytes = 3;
    write_text(inbox() / "large", "four");
    auto const listing = list();
    ASSERT_EQ(listing.too_large.size(), 1u);
    ASSERT_TRUE(connection().set_aside(listing.too_large.front()));
    EXPECT_EQ(read_text(fixture_->root() / "failed/large"), "four");
}

TEST_P(RulesTest, FilesMayStayWhereTheyAre) {
    rules_.leave = true;
    write_text(inbox() / "f", "content");
    auto const file = only();
    take(file, "content");
    EXPECT_EQ(read_text(inbox() / "f"), "content");
    EXPECT_EQ(only().claim_key(), file.claim_key()) << "the caller remembers by it";
}

TEST_P(RulesTest, TheOrderAndTheMostOfAPoll) {
    write_text(inbox() / "a", "333");
    write_text(inbox() / "b", "1");
    write_text(inbox() / "c", "22");
    set_time(inbox() / "a", 20);
    set_time(inbox() / "b", 30);
    set_time(inbox() / "c", 10);
    using Order = PickupRules::Order;
    for (auto const& [order, names] : std::vector<std::pair<Order, std::vector<std::string>>>{{Order::name, {"a", "b"}},
                                                                                              {Order::oldest, {"b", "a"}},
                                                                                              {Order::newest, {"c", "a"}},
                                                                                              {Order::smallest, {"b", "c"}}}) {
        rules_.order = order;
        rules_.most_per_poll = 2;
        again();
        EXPECT_EQ(ready_names(), names);
        EXPECT_EQ(list().waiting, 1u);
    }
}

TEST_P(RulesTest, SmallFilesMayWait) {
    rules_.min_bytes = 1;
    write_text(inbox() / "empty", "");
    write_text(inbox() / "full", "x");
    EXPECT_THAT(ready_names(), ElementsAre("full"));
    EXPECT_EQ(list().waiting, 1u);
}

TEST_P(RulesTest, FoldersInsideTheInbox) {
    rules_.depth = 2;
    rules_.archive = "in/taken";
    for (auto const* const folder : {"one", "one/two", "one/two/three", ".hidden", "taken"})
        fs::create_directory(inbox() / folder);
    for (auto const* const name : {"a", "one/b", "one/two/c", "one/two/three/d", ".hidden/e", "taken/old"})
        write_text(inbox() / name, name);
    std::vector<std::string> skipped = {"one/two/three"};
    if (fixture_->tells_links()) {
        fs::create_directory_symlink(inbox() / "one", inbox() / "link");
        skipped.emplace_back("link");
    }
    auto const listing = list();
    std::vector<std::string> names;
    for (auto const& file : listing.ready)
        names.push_back(file.name);
    EXPECT_THAT(names, ElementsAre("a", "one/b", "one/two/c"));
    EXPECT_THAT(listing.skipped, UnorderedElementsAreArray(skipped));
    for (auto const& file : listing.ready)
        take(file, file.name);
    EXPECT_EQ(read_text(inbox() / "taken/one/two/c"), "one/two/c");
    EXPECT_EQ(connection().fetch({"one/../../secret", 1, 1}).error().kind, ErrorKind::invalid);
    EXPECT_EQ(connection().fetch({"one/two/three/d", 1, 1}).error().kind, ErrorKind::invalid);
}

TEST_P(RulesTest, TheArchiveByDayAndItsCollisions) {
    ManualClock clock(Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + 23h + 59min + 59s));
    rules_.archive = "archive/{date}";
    auto const archive = fixture_->root() / "archive/2026-01-31";
    auto const archive_one = [&](PickupRules::Collision collision, std::string const& content) {
        rules_.collision = collision;
        connection_.reset();
        channel_ = fixture_->channel(rules_, &clock);
        reconnect();
        write_text(inbox() / "f", content);
        return connection().finish(only());
    };
    using Collision = PickupRules::Collision;
    ASSERT_TRUE(archive_one(Collision::number, "1"));
    ASSERT_TRUE(archive_one(Collision::number, "2"));
    ASSERT_TRUE(archive_one(Collision::time, "3"));
    EXPECT_THAT(names_in(archive), ElementsAre("f", "f.1", "f.20260131T235959Z"));
    ASSERT_TRUE(archive_one(Collision::replace, "4"));
    EXPECT_EQ(read_text(archive / "f"), "4");
    EXPECT_THAT(names_in(archive), ElementsAre("f", "f.1", "f.20260131T235959Z"));
    auto const refused = archive_one(Collision::refuse, "5");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::permanent);
    EXPECT_THAT(refused.error().message, HasSubstr("exists in the archive"));
    EXPECT_EQ(read_text(inbox() / "f"), "5");
    EXPECT_EQ(read_text(archive / "f"), "4");
}

// --- many at a time -------------------------------------------------------------------------------------------------

TEST_P(RulesTest, ManyFilesAtATime) {
    std::vector<std::string> contents;
    for (unsigned i = 0; i < 150; ++i)
        contents.push_back(random_bytes(i % 40 == 7 ? 700'000 : i * 37 % 5000));
    std::vector<std::string> names;
    for (unsigned i = 0; i < contents.size(); ++i)
        names.push_back(fmt::format("{:03}", i));
    std::vector<Connection::Upload> uploads;
    for (unsigned i = 0; i < contents.size(); ++i)
        uploads.push_back({names[i], contents[i]});
    write_text(outbox() / "005", "something else");
    write_text(outbox() / "006", contents[6]);
    auto const put = connection().put_all(uploads);
    ASSERT_EQ(put.size(), uploads.size());
    for (unsigned i = 0; i < put.size(); ++i)
        EXPECT_EQ(put[i].has_value(), i != 5) << i << (put[i] ? "" : put[i].error().message);
    EXPECT_EQ(names_in(outbox()), names) << "and no drafts";
    EXPECT_EQ(read_text(outbox() / "005"), "something else");

    for (unsigned i = 0; i < contents.size(); ++i)
        write_text(inbox() / names[i], contents[i]);
    auto files = list().ready;
    ASSERT_EQ(files.size(), contents.size());
    fs::remove(inbox() / "010");
    write_text(inbox() / "011", "it grew since it was listed, or shrank");
    auto const fetched = connection().fetch_all(files);
    for (unsigned i = 0; i < fetched.size(); ++i) {
        EXPECT_EQ(fetched[i].has_value(), i != 10 && i != 11) << i;
        EXPECT_TRUE(!fetched[i] || *fetched[i] == contents[i]) << i;
    }
    auto const finished = connection().finish_all(files);
    for (unsigned i = 0; i < finished.size(); ++i)
        EXPECT_TRUE(finished[i]) << i << finished[i].error().message;
    EXPECT_THAT(names_in(inbox()), ElementsAre("011"));
}

// --- upload ---------------------------------------------------------------------------------------------------------

TEST_P(RulesTest, WhatBecomesOfAnExistingFile) {
    using Existing = UploadRules::Existing;
    auto const put = [&](Existing existing, std::string const& content) {
        rules_.upload.existing = existing;
        again();
        return connection().put("f", content);
    };
    ASSERT_TRUE(put(Existing::refuse, "1"));
    EXPECT_EQ(put(Existing::refuse, "2").error().kind, ErrorKind::permanent);
    EXPECT_TRUE(put(Existing::ignore, "2"));
    EXPECT_EQ(read_text(outbox() / "f"), "1");
    auto const replaced = put(Existing::replace, "2");
    EXPECT_TRUE(replaced) << replaced.error().message;
    EXPECT_EQ(read_text(outbox() / "f"), "2");
    EXPECT_TRUE(put(Existing::move, "3"));
    EXPECT_TRUE(put(Existing::move, "4"));
    EXPECT_TRUE(put(Existing::move, "4")) << "the same content again is the same file";
    EXPECT_THAT(names_in(outbox()), ElementsAre("f", "f.1", "f.2"));
    EXPECT_EQ(read_text(outbox() / "f"), "4");
    EXPECT_EQ(read_text(outbox() / "f.1"), "2");
    EXPECT_EQ(read_text(outbox() / "f.2"), "3");
}

TEST_P(RulesTest, WrittenUnderTheFinalNameAtOnce) {
    rules_.upload.temporary = "";
    ASSERT_TRUE(connection().put("f", "whole content"));
    EXPECT_TRUE(connection().put("f", "whole content"));
    EXPECT_EQ(connection().put("f", "other").error().kind, ErrorKind::permanent);
    write_text(outbox() / "g", "whole con"); // of an attempt that broke off
    auto const again = connection().put("g", "whole content");
    EXPECT_TRUE(again) << again.error().message;
    EXPECT_EQ(read_text(outbox() / "g"), "whole content");
    EXPECT_THAT(names_in(outbox()), ElementsAre("f", "g"));
}

TEST_P(RulesTest, TemporaryNamesFoldersMarkersAndRights) {
    fs::create_directory(fixture_->root() / "drafts");
    rules_.outbox = "new/out";
    rules_.upload.temporary = "{name}.part";
    rules_.upload.temporary_folder = "drafts";
    rules_.upload.marker = "{stem}.done";
    rules_.upload.mode = fixture_->sets_rights() ? 0600 : 0;
    rules_.upload.make_folders = true;
    rules_.upload.sync = false;
    write_text(fixture_->root() / "drafts/f.edi.part", "of an attempt that broke off, and longer than the content");
    auto const put = connection().put("f.edi", "content");
    ASSERT_TRUE(put) << put.error().message;
    auto const out = fixture_->root() / "new/out";
    EXPECT_EQ(read_text(out / "f.edi"), "content");
    EXPECT_THAT(names_in(out), ElementsAre("f.done", "f.edi"));
    EXPECT_TRUE(!fixture_->sets_rights() || fs::status(out / "f.edi").permissions() == fs::perms(0600));
    EXPECT_THAT(names_in(fixture_->root() / "drafts"), IsEmpty());
    fs::remove(out / "f.done");
    EXPECT_TRUE(connection().put("f.edi", "content"));
    EXPECT_TRUE(fs::exists(out / "f.done")) << "a marker that a crash left out comes with the retry";
}

TEST_P(RulesTest, TheDateOfTheMessageAndNotOfTheWriting) {
    constexpr std::int64_t then = 1'700'000'000;
    auto const large = random_bytes(700'000);
    auto const date = [&](std::string const& name) {
        struct stat status{};
        return ::stat((outbox() / name).c_str(), &status) == 0 ? status.st_mtim.tv_sec : 0;
    };
    auto const put = [&](bool keep_time, std::string const& prefix) {
        rules_.upload.keep_time = keep_time;
        again();
        std::vector<std::string> const names = {prefix + "1", prefix + "2", prefix + "large"};
        std::vector<Connection::Upload> const one = {{names[0], "1", then}}, more = {{names[1], "2", then}, {names[2], large, then}};
        for (auto const& uploads : {one, more})
            for (auto const& done : connection().put_all(uploads))
                EXPECT_TRUE(done) << done.error().message;
        for (auto const& name : names)
            EXPECT_EQ(date(name) == then, keep_time && fixture_->sets_dates()) << name;
    };
    put(true, "kept");
    put(false, "own");
    rules_.upload.temporary = "";
    put(true, "at once");
}

TEST_P(RulesTest, ALoginThatMayOnlyWrite) {
    rules_.inbox = "";
    rules_.upload.write_only = true;
    rules_.upload.temporary = "";
    again();
    ASSERT_TRUE(connection().put("f", "first"));
    auto const again = connection().put("f", "2nd");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(read_text(outbox() / "f"), "2nd");
    rules_.upload.temporary = ".wharf-{id}.tmp";
    channel_.reset();
    reconnect();
    ASSERT_TRUE(connection().put("g", "content"));
    EXPECT_THAT(names_in(outbox()), ElementsAre("f", "g"));
}

INSTANTIATE_TEST_SUITE_P(Channels, RulesTest, every_kind(), name_of);

} // namespace
} // namespace wharf::transport
