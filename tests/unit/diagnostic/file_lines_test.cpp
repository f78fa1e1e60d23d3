#include "diagnostic/file_lines.hpp"

#include "support/dripping_source.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

namespace wharf {
namespace {

Diagnostic at(std::uint64_t offset) {
    Diagnostic diagnostic;
    diagnostic.place.file = "f";
    diagnostic.place.offset = offset;
    diagnostic.place.has_offset = true;
    return diagnostic;
}

/// "line:column" of each offset, read in steps of one byte and at once, which must not differ.
std::string lines_of(std::string_view text, std::vector<std::uint64_t> const& offsets) {
    auto const run = [&](std::size_t step) {
        Diagnostics diagnostics;
        for (auto const offset : offsets)
            diagnostics.push_back(at(offset));
        test::DrippingSource source(text, step);
        find_lines(diagnostics, "f", source);
        std::string out;
        for (auto const& diagnostic : diagnostics)
            out += std::to_string(diagnostic.place.line) + ":" + std::to_string(diagnostic.place.column) + " ";
        return out;
    };
    auto const at_once = run(text.size() + 1);
    for (std::size_t const step : {1u, 2u, 3u, 7u})
        EXPECT_EQ(run(step), at_once) << text << " in steps of " << step;
    return at_once;
}

TEST(FileLines, LinesEndAsEditorsHaveThem) {
    EXPECT_EQ(lines_of("ab\ncd\n", {0, 1, 2, 3, 5, 6}), "1:1 1:2 1:3 2:1 2:3 3:1 ");
    EXPECT_EQ(lines_of("ab\r\ncd\r\n\r\nx", {0, 4, 8, 10}), "1:1 2:1 3:1 4:1 ");
    EXPECT_EQ(lines_of("ab\rcd\r\rx", {3, 4, 7}), "2:1 2:2 4:1 ");
    EXPECT_EQ(lines_of("a\n\rb", {3}), "3:1 ");
    EXPECT_EQ(lines_of("", {0}), "1:1 ");
}

TEST(FileLines, ColumnsAreCharacters) {
    EXPECT_EQ(lines_of("M\xc3\xbcller*\xe2\x82\xac*x", {8, 12}), "1:8 1:10 ");
    EXPECT_EQ(lines_of("M\xfcller*x", {7}), "1:8 ") << "Latin-1: a byte is a character";
    EXPECT_EQ(lines_of("\xe2\x82\x41z", {3}), "1:4 ") << "a sequence that is cut is bytes";
}

TEST(FileLines, PlacesInAnyOrderAndBehindTheEnd) {
    EXPECT_EQ(lines_of("a\nb\nc", {4, 0, 2, 5, 6}), "3:1 1:1 2:1 3:2 0:0 ");
}

TEST(FileLines, OnlyPlacesOfTheFileThatHaveAByteAndNoLine) {
    Diagnostics diagnostics{at(3), at(3), at(3)};
    diagnostics[0].place.file = "other";
    diagnostics[1].place.line = 9;
    diagnostics[2].place.has_offset = false;
    diagnostics[2].related.push_back({at(2).place, "m"});
    auto const source = byte_source_of("a\nbc");
    find_lines(diagnostics, "f", *source);
    EXPECT_EQ(diagnostics[0].place.line, 0u);
    EXPECT_EQ(diagnostics[1].place.line, 9u);
    EXPECT_EQ(diagnostics[2].place.line, 0u);
    EXPECT_EQ(diagnostics[2].related[0].place.line, 2u);
}

TEST(FileLines, ALongFileIsReadOnce) {
    std::string text;
    for (int i = 0; i < 100000; ++i)
        text += "PO1*1*2*EA~\n";
    Diagnostics diagnostics;
    for (std::uint64_t i = 0; i < 1000; ++i)
        diagnostics.push_back(at(i * 1200 + 4));
    auto const source = byte_source_of(text);
    find_lines(diagnostics, "f", *source);
    for (std::uint64_t i = 0; i < 1000; ++i) {
        EXPECT_EQ(diagnostics[i].place.line, i * 100 + 1);
        EXPECT_EQ(diagnostics[i].place.column, 5u);
    }
}

} // namespace
} // namespace wharf
