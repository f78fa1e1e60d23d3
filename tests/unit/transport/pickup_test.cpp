#include "transport/pickup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::transport {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

Timestamp at(std::int64_t seconds) { return Timestamp(std::chrono::seconds(seconds)); }

std::vector<std::string> names(std::vector<RemoteFile> const& files) {
    std::vector<std::string> result;
    for (auto const& file : files)
        result.push_back(file.name);
    return result;
}

TEST(Glob, MatchesWholeNames) {
    for (auto const& [pattern, name] : std::vector<std::pair<std::string, std::string>>{
             {"*", ""}, {"*", "a"}, {"*.edi", "a.edi"}, {"*.edi", ".edi"}, {"a*b*c", "aXbYbZc"}, {"??", "ab"},
             {"?.x", "ü.x"}, {"*?", "a"}, {"850_*.x12", "850_1.2.x12"}, {"", ""}, {"a**", "a"}, {"*\n*", "x\ny"}})
        EXPECT_TRUE(glob_matches(pattern, name)) << pattern << " " << name;
    for (auto const& [pattern, name] : std::vector<std::pair<std::string, std::string>>{
             {"", "a"}, {"*.edi", "a.edi.tmp"}, {"*.edi", "a.EDI"}, {"?", ""}, {"?", "ab"}, {"a*b", "aXc"}, {"[ab]", "a"}})
        EXPECT_FALSE(glob_matches(pattern, name)) << pattern << " " << name;
}

TEST(Glob, StaysQuickOnHostilePatterns) {
    std::string pattern;
    for (int i = 0; i < 100; ++i)
        pattern += "*a";
    EXPECT_FALSE(glob_matches(pattern + "b", std::string(255, 'a')));
}

TEST(Pickup, ChoosesCompleteFilesByName) {
    PickupMemory memory;
    PickupRules rules;
    rules.include = {"*.edi", "*.x12"};
    rules.max_bytes = 100;
    auto const listing = memory.choose(rules,
                                       {{"b.edi", EntryType::file, 10, 5},
                                        {"a.x12", EntryType::file, 0, 5},
                                        {".hidden.edi", EntryType::file, 10, 5},
                                        {"c.edi.part", EntryType::file, 10, 5},
                                        {"note.txt", EntryType::file, 10, 5},
                                        {"folder.edi", EntryType::folder, 10, 5},
                                        {"link.edi", EntryType::link, 10, 5},
                                        {"a/b.edi", EntryType::file, 10, 5},
                                        {"..", EntryType::folder, 0, 0},
                                        {"big.edi", EntryType::file, 101, 5}},
                                       at(5));
    EXPECT_THAT(names(listing.ready), ElementsAre("a.x12", "b.edi"));
    EXPECT_THAT(names(listing.too_large), ElementsAre("big.edi"));
    EXPECT_THAT(listing.skipped, ElementsAre("a/b.edi", "folder.edi", "link.edi"));
    EXPECT_EQ(listing.waiting, 0u);
    EXPECT_EQ(listing.ready[1].claim_key(), "b.edi|10|5");
}

TEST(Pickup, WaitsUntilAFileNoLongerGrows) {
    PickupMemory memory;
    PickupRules rules;
    rules.stable_polls = 3;
    auto const poll = [&](std::uint64_t size, std::int64_t modified, std::int64_t nanoseconds = 0) {
        auto const listing = memory.choose(rules, {{"f", EntryType::file, size, modified, nanoseconds}}, at(100));
        EXPECT_EQ(listing.ready.size() + listing.waiting, 1u);
        return listing.ready.size() == 1;
    };
    EXPECT_FALSE(poll(1, 5));
    EXPECT_FALSE(poll(1, 5));
    EXPECT_FALSE(poll(2, 5)) << "grown: counted anew";
    EXPECT_FALSE(poll(2, 5));
    EXPECT_FALSE(poll(2, 5, 7)) << "written again within the same second";
    EXPECT_FALSE(poll(2, 5, 7));
    EXPECT_TRUE(poll(2, 5, 7));
    EXPECT_TRUE(poll(2, 5, 7)) << "offered until it is finished";
    (void)memory.choose(rules, {}, at(100));
    EXPECT_FALSE(poll(2, 5, 7)) << "gone and back: counted anew";
}

TEST(Pickup, WaitsForTheMinimumAge) {
    PickupMemory memory;
    PickupRules rules;
    rules.minimum_age = 30s;
    auto const ready = [&](std::int64_t modified, std::int64_t now) {
        return memory.choose(rules, {{"f", EntryType::file, 1, modified}}, at(now)).ready.size() == 1;
    };
    EXPECT_FALSE(ready(1000, 1010));
    EXPECT_TRUE(ready(1000, 1030));
    EXPECT_FALSE(ready(9000, 1040)) << "a server whose clock runs ahead";
    EXPECT_FALSE(ready(9000, 1069));
    EXPECT_TRUE(ready(9000, 1070)) << "we have seen it unchanged for 30 s";
}

TEST(Pickup, TakesNoMoreThanAsked) {
    PickupMemory memory;
    PickupRules rules;
    rules.most_per_poll = 2;
    auto const listing = memory.choose(
        rules, {{"c", EntryType::file, 1, 1}, {"a", EntryType::file, 1, 1}, {"b", EntryType::file, 1, 1}}, at(5));
    EXPECT_THAT(names(listing.ready), ElementsAre("a", "b"));
    EXPECT_EQ(listing.waiting, 1u);
}

TEST(Pickup, NamesTheFailedFolderBesideTheInbox) {
    auto const folder = [](std::string inbox, std::string failed = "failed") {
        PickupRules rules;
        rules.inbox = std::move(inbox);
        rules.failed = std::move(failed);
        return failed_folder(rules);
    };
    EXPECT_EQ(folder("in"), "failed");
    EXPECT_EQ(folder("a/in/"), "a/failed");
    EXPECT_EQ(folder("/a/in"), "/a/failed");
    EXPECT_EQ(folder("/in"), "/failed");
    EXPECT_EQ(folder("/"), "/failed");
    EXPECT_EQ(folder("."), "failed");
    EXPECT_EQ(folder("in", "/elsewhere"), "/elsewhere");
}

TEST(Pickup, NumbersNames) {
    EXPECT_EQ(numbered_name("a.edi", 0), "a.edi");
    EXPECT_EQ(numbered_name("a.edi", 12), "a.edi.12");
    EXPECT_EQ(numbered_name(std::string(255, 'x'), 7).size(), 255u);
    UploadRules upload;
    EXPECT_NE(temporary_name(upload, "a"), temporary_name(upload, "a"));
    EXPECT_TRUE(temporary_name(upload, "a").starts_with(own_prefix));
    upload.temporary = "{name}.part";
    EXPECT_EQ(temporary_name(upload, "a.edi"), "a.edi.part");
}

} // namespace
} // namespace wharf::transport
