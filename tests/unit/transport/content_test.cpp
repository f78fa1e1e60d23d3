#include "transport/content.hpp"

#include "support/temp_folder.hpp"

#include <filesystem>
#include <gtest/gtest.h>

namespace wharf::transport {
namespace {

std::string all(Content const& content) { return content.text(1u << 30).value(); }

Content spooled(std::string_view bytes, SpoolSettings const& settings, std::size_t step) {
    Spool spool(settings);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
        EXPECT_TRUE(spool.append(bytes.substr(0, step)));
    return spool.finish().value();
}

std::string numbers(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; text.size() < count; ++i)
        text += std::to_string(i) + ' ';
    return text.substr(0, count);
}

TEST(Content, PiecesAreOneRowOfBytes) {
    Content row("abc");
    row.append("").append("defg").append(Content("hi").slice(1, 5));
    EXPECT_EQ(row.size(), 8u);
    EXPECT_EQ(all(row), "abcdefgi");
    EXPECT_EQ(all(row.slice(2, 5)), "cde");
    EXPECT_EQ(all(row.from(6)), "gi");
    EXPECT_EQ(all(row.slice(5, 3)), "");
    EXPECT_EQ(all(row.slice(7, 100)), "i");
    EXPECT_EQ(all(row.append(row)), "abcdefgiabcdefgi");
}

TEST(Content, ReadsFromAnyPlaceInMemoryAndOnDisk) {
    auto const text = numbers(700'000);
    testing_support::TempFolder const folder;
    for (std::uint64_t const memory : {std::uint64_t{1} << 20, std::uint64_t{1000}}) {
        auto const content = spooled(text, {folder.path(), memory, ~0ULL}, 777);
        ASSERT_EQ(content.size(), text.size());
        EXPECT_EQ(all(content), text);
        EXPECT_EQ(all(content.slice(299'999, 600'001)), text.substr(299'999, 300'002));
        std::string joined;
        ASSERT_TRUE(content.each_block([&](std::string_view block) -> Result<void> {
            EXPECT_LE(block.size(), ContentBlocks::most);
            joined += block;
            return {};
        }));
        EXPECT_EQ(joined, text);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the file has no name";
}

TEST(Content, OutlivesItsSpoolAndIsReadWhole) {
    Content kept;
    {
        auto const content = spooled(numbers(5000), {{}, 100, ~0ULL}, 50);
        kept = content.slice(10, 4000);
    }
    EXPECT_EQ(all(kept), numbers(5000).substr(10, 3990));
}

TEST(Content, LimitsAreKept) {
    Spool spool({{}, 10, 20});
    EXPECT_TRUE(spool.append("0123456789"));
    EXPECT_TRUE(spool.append("0123456789"));
    auto const refused = spool.append("x");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::permanent);
    auto const content = spool.finish().value();
    EXPECT_EQ(all(content), "01234567890123456789");
    EXPECT_FALSE(content.text(19));
}

TEST(Content, AFolderThatIsNotThereIsTemporaryTrouble) {
    Spool spool({"/nowhere/at/all", 4, ~0ULL});
    auto const refused = spool.append("12345");
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is_temporary());
}

TEST(Content, OfAFile) {
    testing_support::TempFolder const folder;
    testing_support::write_text(folder.path() / "a", "hello");
    EXPECT_EQ(all(Content::of_file(folder.path() / "a").value()), "hello");
    EXPECT_FALSE(Content::of_file(folder.path() / "b"));
    EXPECT_FALSE(Content::of_file(folder.path()));
}

} // namespace
} // namespace wharf::transport
