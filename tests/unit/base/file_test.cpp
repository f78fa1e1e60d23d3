#include "base/file.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace wharf {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
protected:
    File() {
        auto name = (fs::temp_directory_path() / "wharf_file_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~File() override { fs::remove_all(folder_); }

    [[nodiscard]] fs::path make(std::string const& name, std::string_view content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return folder_ / name;
    }
    [[nodiscard]] std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

    fs::path folder_;
};

TEST_F(File, ReadsWholeFiles) {
    EXPECT_EQ(read_file(make("empty", ""), 10).value(), "");
    EXPECT_EQ(read_file(make("bytes", std::string_view("a\0b\r\n", 5)), 5).value(), std::string_view("a\0b\r\n", 5));
    std::string const large(200'000, 'x');
    EXPECT_EQ(read_file(make("large", large), large.size()).value(), large);
    EXPECT_FALSE(read_file("/proc/self/status", 1 << 20).value().empty()); // says that its size is 0
}

TEST_F(File, ReadsPipesWhoseSizeNobodyKnows) {
    auto const pipe = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::string const large(200'000, 'x');
    std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << large; });
    auto const content = read_file(pipe, large.size());
    writer.join();
    ASSERT_TRUE(content);
    EXPECT_EQ(*content, large);
}

TEST_F(File, WritesIntoAPipeInsteadOfReplacingIt) {
    auto const pipe = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::string got;
    std::thread reader([&] { got = read_file(pipe, 100).value_or("not read"); });
    auto const written = write_file_durably(pipe, "through");
    reader.join();
    EXPECT_TRUE(written);
    EXPECT_EQ(got, "through");
    EXPECT_TRUE(fs::is_fifo(pipe));
    EXPECT_EQ(entries(), 1u);
}

TEST_F(File, RefusesMoreThanTheLimit) {
    auto const refused = read_file(make("large", std::string(11, 'x')), 10);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
    EXPECT_NE(refused.error().message.find("it has 11 bytes and the limit is 10"), std::string::npos);
    auto const endless = read_file("/dev/zero", 1000);
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().kind, ErrorKind::invalid);
}

TEST_F(File, SaysWhyAFileCannotBeRead) {
    auto const missing = read_file(folder_ / "missing", 10);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::permanent);
    EXPECT_EQ(missing.error().message, "cannot open " + (folder_ / "missing").string() + ": No such file or directory");
    auto const folder = read_file(folder_, 10);
    ASSERT_FALSE(folder);
    EXPECT_NE(folder.error().message.find("it is a folder"), std::string::npos);
}

TEST_F(File, WritesDurablyAndLeavesNothingBeside) {
    auto const target = folder_ / "out.x12";
    ASSERT_TRUE(write_file_durably(target, "first"));
    ASSERT_TRUE(write_file_durably(target, "second, longer"));
    EXPECT_EQ(read_file(target, 100).value(), "second, longer");
    EXPECT_EQ(entries(), 1u);
    EXPECT_EQ(fs::status(target).permissions() & fs::perms::mask, fs::perms(0644));

    auto const refused = write_file_durably(folder_ / "no folder" / "x", "y");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::permanent);
    fs::create_directory(folder_ / "taken");
    EXPECT_FALSE(write_file_durably(folder_ / "taken", "y")); // a folder is in the way
    EXPECT_EQ(entries(), 2u);                                 // and no temporary file is left
}

TEST_F(File, SyncsFolders) {
    EXPECT_TRUE(sync_folder(folder_));
    EXPECT_TRUE(sync_folder(""));
    EXPECT_FALSE(sync_folder(folder_ / "missing"));
}

TEST(PlainFileName, KeepsPartnersInTheirFolder) {
    for (std::string_view const name : {"a", "po 4711.x12", "...", "-", "M\xc3\xbcller"})
        EXPECT_TRUE(is_plain_file_name(name)) << name;
    for (std::string_view const name : {std::string_view(""), std::string_view("."), std::string_view(".."),
                                        std::string_view("a/b"), std::string_view("/"), std::string_view("a\0b", 3)})
        EXPECT_FALSE(is_plain_file_name(name)) << name;
    EXPECT_TRUE(is_plain_file_name(std::string(255, 'x')));
    EXPECT_FALSE(is_plain_file_name(std::string(256, 'x')));
}

} // namespace
} // namespace wharf
