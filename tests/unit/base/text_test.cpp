#include "base/embedded.hpp"
#include "base/json_text.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace wharf {
namespace {

std::string json(std::string_view text) {
    std::string out = "x"; // appended, not replaced
    append_json_string(out, text);
    return out.substr(1);
}

TEST(JsonText, EscapesWhatMustBe) {
    EXPECT_EQ(json(""), R"("")");
    EXPECT_EQ(json("N1*ST*ACME"), R"("N1*ST*ACME")");
    EXPECT_EQ(json("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(json("\n\r\t"), R"("\n\r\t")");
    EXPECT_EQ(json(std::string_view("\0\x1d\x1f", 3)), R"("\u0000\u001d\u001f")");
    EXPECT_EQ(json("\x7f"), "\"\x7f\"");
}

TEST(JsonText, Utf8PassesAndOtherBytesAreLatin1) {
    EXPECT_EQ(json("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x9a\xa2"), "\"M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x9a\xa2\"");
    EXPECT_EQ(json("M\xfcller"), "\"M\xc3\xbcller\"");
    EXPECT_EQ(json("\xff\x80"), "\"\xc3\xbf\xc2\x80\"");
    EXPECT_EQ(json("cut \xe2\x82"), "\"cut \xc3\xa2\xc2\x82\"");
}

TEST(Utf8, LengthOfASequence) {
    EXPECT_EQ(utf8_sequence_length("a", 0), 1u);
    EXPECT_EQ(utf8_sequence_length("x\xc3\xbc", 1), 2u);
    EXPECT_EQ(utf8_sequence_length("\xe2\x82\xac", 0), 3u);
    EXPECT_EQ(utf8_sequence_length("\xf0\x9f\x9a\xa2", 0), 4u);
    for (std::string_view const text :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x9a", "\xc3(", "\xe2(\xac"})
        EXPECT_EQ(utf8_sequence_length(text, 0), 0u) << testing::PrintToString(text);
}

TEST(Embedded, FindsFilesByPath) {
    auto const paths = embedded_paths("");
    ASSERT_FALSE(paths.empty());
    EXPECT_TRUE(std::ranges::is_sorted(paths));
    for (auto const path : paths)
        EXPECT_TRUE(embedded_file(path)) << path;
    EXPECT_FALSE(embedded_file("no/such/file"));
    EXPECT_TRUE(embedded_paths("no/such/").empty());
}

} // namespace
} // namespace wharf
