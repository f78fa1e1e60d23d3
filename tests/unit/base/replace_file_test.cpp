#include "base/replace_file.hpp"

#include "base/file.hpp"
#include "support/temp_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace wharf {
namespace {

void write(std::filesystem::path const& path, std::string_view text) { std::ofstream(path) << text; }

TEST(ReplaceFile, content_changes_and_rights_stay) {
    testing_support::TempFolder const folder;
    auto const path = folder.path() / "a";
    write(path, "old");
    ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
    auto const read = read_for_replacement(path, 100);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->content, "old");
    EXPECT_TRUE(read->is_replaceable());
    ASSERT_TRUE(replace_file(*read, "new and longer"));
    EXPECT_EQ(*read_file(path, 100), "new and longer");
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777u, 0640u);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()), 1);
}

TEST(ReplaceFile, what_changed_meanwhile_is_left_alone) {
    testing_support::TempFolder const folder;
    auto const path = folder.path() / "a";
    write(path, "old");
    auto const read = read_for_replacement(path, 100);
    ASSERT_TRUE(read);
    write(path, "other text");
    EXPECT_FALSE(replace_file(*read, "new"));
    EXPECT_EQ(*read_file(path, 100), "other text");
    std::filesystem::remove(path);
    EXPECT_FALSE(replace_file(*read, "new"));
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ReplaceFile, links_lead_to_what_is_replaced) {
    testing_support::TempFolder const folder;
    write(folder.path() / "a", "old");
    std::filesystem::create_symlink("a", folder.path() / "link");
    auto const read = read_for_replacement(folder.path() / "link", 100);
    ASSERT_TRUE(read);
    ASSERT_TRUE(replace_file(*read, "new"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "link"));
    EXPECT_EQ(*read_file(folder.path() / "a", 100), "new");
}

TEST(ReplaceFile, limits_and_what_is_no_file) {
    testing_support::TempFolder const folder;
    write(folder.path() / "a", "12345");
    EXPECT_FALSE(read_for_replacement(folder.path() / "a", 4));
    EXPECT_FALSE(read_for_replacement(folder.path() / "none", 4));
    EXPECT_FALSE(read_for_replacement(folder.path(), 4));
    auto const device = read_for_replacement("/dev/null", 4);
    ASSERT_TRUE(device);
    EXPECT_FALSE(device->is_replaceable());
    std::filesystem::create_hard_link(folder.path() / "a", folder.path() / "b");
    auto const read = read_for_replacement(folder.path() / "a", 100);
    ASSERT_TRUE(read);
    EXPECT_FALSE(replace_file(*read, "new"));
}

} // namespace
} // namespace wharf
