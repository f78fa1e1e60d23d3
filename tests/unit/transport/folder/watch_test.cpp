// A real folder and what the kernel tells of it. Verdicts wait for what must come; the limit is generous.
#include "transport/channel.hpp"

#include "support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace wharf::transport {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FolderWatchTest : public testing::Test {
protected:
    FolderWatchTest() {
        fs::create_directories(inbox());
        rules_.inbox = "in";
    }
    [[nodiscard]] fs::path inbox() const { return folder_.path() / "in"; }

    void watch() {
        channel_ = make_folder_channel("test", {folder_.path(), rules_});
        watch_ = channel_->watch([this] { ++changes_; });
        ASSERT_TRUE(watch_);
        ASSERT_EQ(watch_->renew(), "");
    }
    Listing list() {
        auto connection = channel_->connect();
        if (!connection)
            throw std::runtime_error(connection.error().message);
        auto listing = (*connection)->list();
        if (!listing)
            throw std::runtime_error(listing.error().message);
        return std::move(*listing);
    }
    std::vector<std::string> ready() {
        std::vector<std::string> names;
        for (auto const& file : list().ready)
            names.push_back(file.name);
        return names;
    }
    /// After this, whatever was done to the folder before has been told: listing hands out what the kernel has queued.
    unsigned changes() {
        (void)list();
        return changes_;
    }
    bool is_told(unsigned before) {
        for (auto const end = std::chrono::steady_clock::now() + 60s; std::chrono::steady_clock::now() < end;) {
            if (changes_ > before)
                return true;
            std::this_thread::sleep_for(1ms);
        }
        return false;
    }
    static void write(fs::path const& path, std::string_view text) { std::ofstream(path) << text; }

    testing_support::TempFolder folder_;
    PickupRules rules_;
    std::atomic<unsigned> changes_ = 0;
    std::unique_ptr<Channel> channel_;
    std::unique_ptr<Watch> watch_;
};

TEST_F(FolderWatchTest, TellsOfFilesThatAreClosedOrRenamedIntoPlace) {
    watch();
    write(inbox() / "a.edi", "A");
    EXPECT_TRUE(is_told(0)) << "without anybody looking";
    auto before = changes();
    write(folder_.path() / "b.edi", "B");
    fs::rename(folder_.path() / "b.edi", inbox() / "b.edi");
    EXPECT_TRUE(is_told(before));
    before = changes();
    write(inbox() / "c.edi.tmp", "C");
    EXPECT_EQ(changes(), before) << "an unfinished name";
    fs::rename(inbox() / "c.edi.tmp", inbox() / "c.edi");
    EXPECT_TRUE(is_told(before));
    EXPECT_THAT(ready(), ElementsAre("a.edi", "b.edi", "c.edi"));
}

TEST_F(FolderWatchTest, AFileThatSomebodyWritesWaitsUntilItIsClosed) {
    watch();
    int const file = ::open((inbox() / "a.edi").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    ASSERT_GE(file, 0);
    ASSERT_EQ(::write(file, "ISA*", 4), 4);
    EXPECT_THAT(ready(), IsEmpty());
    EXPECT_EQ(list().waiting, 1U);
    EXPECT_EQ(changes(), 0U);
    ASSERT_EQ(::rename((inbox() / "a.edi").c_str(), (inbox() / "b.edi").c_str()), 0);
    EXPECT_THAT(ready(), IsEmpty()) << "renamed while it is open: still not complete";
    ASSERT_EQ(::write(file, "00", 2), 2);
    ::close(file);
    EXPECT_TRUE(is_told(0));
    ASSERT_THAT(ready(), ElementsAre("b.edi"));
    EXPECT_EQ(list().ready.front().size, 6U);
}

TEST_F(FolderWatchTest, ALinkToACompleteFileIsComplete) {
    watch();
    write(folder_.path() / "a.edi", "A");
    fs::create_hard_link(folder_.path() / "a.edi", inbox() / "a.edi");
    EXPECT_TRUE(is_told(0));
    EXPECT_THAT(ready(), ElementsAre("a.edi"));
}

TEST_F(FolderWatchTest, MarkersCompleteFiles) {
    rules_.include = {"*.edi"};
    rules_.done_marker = "{name}.done";
    watch();
    write(inbox() / "a.edi", "A");
    auto const before = changes();
    EXPECT_THAT(ready(), IsEmpty());
    write(inbox() / "a.edi.done", "");
    EXPECT_TRUE(is_told(before));
    EXPECT_THAT(ready(), ElementsAre("a.edi"));
}

TEST_F(FolderWatchTest, FoldersInsideAreWatchedToTheDepthAskedFor) {
    rules_.depth = 1;
    fs::create_directories(inbox() / "north");
    watch();
    write(inbox() / "north" / "a.edi", "A");
    EXPECT_TRUE(is_told(0));
    auto before = changes();
    fs::create_directories(inbox() / "south");
    EXPECT_TRUE(is_told(before)) << "it may hold files already";
    EXPECT_EQ(watch_->renew(), "");
    before = changes();
    write(inbox() / "south" / "b.edi", "B");
    EXPECT_TRUE(is_told(before));
    fs::create_directories(inbox() / "south" / "deeper");
    before = changes();
    write(inbox() / "south" / "deeper" / "c.edi", "C");
    EXPECT_EQ(changes(), before);
    EXPECT_THAT(ready(), ElementsAre("north/a.edi", "south/b.edi"));
}

TEST_F(FolderWatchTest, AFolderThatWasPutInItsPlaceIsWatchedFromTheNextLookOn) {
    watch();
    fs::rename(inbox(), folder_.path() / "old");
    EXPECT_TRUE(is_told(0));
    EXPECT_THAT(watch_->renew(), HasSubstr("in\" is not watched: No such file or directory"));
    fs::create_directories(inbox());
    EXPECT_EQ(watch_->renew(), "");
    auto const before = changes();
    write(folder_.path() / "old" / "a.edi", "A");
    EXPECT_EQ(changes(), before) << "the old one is nobody's inbox";
    write(inbox() / "b.edi", "B");
    EXPECT_TRUE(is_told(before));
}

TEST_F(FolderWatchTest, ChannelsMayShareAFolder) {
    watch();
    auto other_rules = rules_;
    other_rules.include = {"*.csv"};
    std::atomic<unsigned> told = 0;
    auto const other = make_folder_channel("other", {folder_.path(), other_rules});
    auto other_watch = other->watch([&told] { ++told; });
    ASSERT_EQ(other_watch->renew(), "");
    write(inbox() / "a.edi", "A");
    EXPECT_EQ(changes(), 1U);
    EXPECT_EQ(told, 0U) << "not its kind of file";
    write(inbox() / "b.csv", "B");
    EXPECT_EQ(changes(), 2U);
    EXPECT_EQ(told, 1U);
    other_watch.reset();
    write(inbox() / "c.csv", "C");
    EXPECT_EQ(changes(), 3U) << "the folder is still ours";
    EXPECT_EQ(told, 1U);
}

TEST_F(FolderWatchTest, MayBeSwitchedOff) {
    auto const channel = make_folder_channel("test", {folder_.path(), rules_, false});
    EXPECT_EQ(channel->watch([] {}), nullptr);
}

} // namespace
} // namespace wharf::transport
