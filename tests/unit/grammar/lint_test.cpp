// What a finding carries beside its words: line and column, the loop it stands in, the segments beside it; and how often what was
// found.
#include "grammar/lint.hpp"

#include "support/dripping_source.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

/// A medium that cannot be had a second time.
std::unique_ptr<ByteSource> pipe(std::string_view text) { return std::make_unique<test::DrippingSource>(text, 1000); }

SchemaCache& schemas() {
    static SchemaCache cache(*Grammars::open());
    return cache;
}

/// One set with so many lines of a wrong quantity, each segment on a line of its own.
std::string faulty(unsigned lines) {
    std::string body = "BEG*00*SA*4711**20250602~";
    for (unsigned i = 1; i <= lines; ++i)
        body += fmt::format("PO1*{}*X*EA*1.00~PID*F****{}~", i, i % 2 == 0 ? "TEXT" : "TEXT ");
    auto text = test::interchange("PO", {test::set("850", body + fmt::format("CTT*{}~", lines))});
    for (auto at = text.find('~'); at != std::string::npos; at = text.find('~', at + 3))
        text.insert(at + 1, "\r\n");
    return text;
}

std::string places(LintResult const& result) {
    std::string text;
    for (auto const& finding : result.diagnostics)
        text += fmt::format("{} {}:{} ", finding.code, finding.place.line, finding.place.column);
    return text;
}

TEST(Lint, LinesOfTextFileAndPipe) {
    auto const text = faulty(40);
    auto const expected = places(lint(text, "f", schemas()));
    EXPECT_TRUE(expected.starts_with("X12-0305 5:7 X12-0315 6:10 X12-0305 7:7 X12-0305 9:7 ")) << expected;
    EXPECT_EQ(places(lint(byte_source_of(text), "f", schemas())), expected);
    EXPECT_EQ(places(lint(pipe(text), "f", schemas())), expected);
    LintOptions options;
    options.jobs = 3;
    EXPECT_EQ(places(lint(pipe(text), "f", schemas(), options)), expected);
    options.find_lines = false;
    EXPECT_EQ(lint(text, "f", schemas(), options).diagnostics.front().place.line, 0u);
    EXPECT_EQ(lint(byte_source_of(text), "f", schemas(), options).diagnostics.front().place.line, 0u);
}

TEST(Lint, OfALongPipeThereAreNoLines) {
    auto const text = test::interchange("PO", {test::set("850", test::small_850)}) + std::string(17'000'000, '\n') + faulty(1);
    auto const piped = lint(pipe(text), "f", schemas());
    ASSERT_FALSE(piped.diagnostics.empty());
    EXPECT_EQ(piped.diagnostics.back().place.line, 0u);
    EXPECT_EQ(lint(byte_source_of(text), "f", schemas()).diagnostics.back().place.line, 17'000'006u);
}

TEST(Lint, CountsGoOnWhereFindingsAreNoLongerKept) {
    LintOptions options;
    options.max_findings = 10;
    for (unsigned const jobs : {1u, 3u}) {
        options.jobs = jobs;
        auto const result = lint(faulty(100), "f", schemas(), options);
        EXPECT_EQ(result.diagnostics.size(), 10u);
        EXPECT_EQ(result.suppressed, 140u);
        ASSERT_EQ(result.counts.size(), 2u);
        EXPECT_EQ(result.counts.at("X12-0305").count, 100u);
        EXPECT_EQ(result.counts.at("X12-0315").count, 50u);
        EXPECT_EQ(result.counts.at("X12-0315").severity, Severity::warning);
    }
    EXPECT_EQ(lint("hello", "f", schemas()).counts.at("X12-0001").count, 1u);
    EXPECT_TRUE(lint(test::interchange("PO", {test::set("850", test::small_850)}), "f", schemas()).counts.empty());
}

TEST(Lint, TheLoopAndTheSegmentThatBeginsIt) {
    auto const result = lint(faulty(3), "f", schemas());
    ASSERT_EQ(result.diagnostics.size(), 5u);
    auto const& quantity = result.diagnostics[2];
    EXPECT_EQ(quantity.place.loop, "PO1");
    EXPECT_EQ(quantity.place.loop_position, 5u);
    EXPECT_EQ(quantity.loop_excerpt, "") << "it is the segment itself";
    auto const& blanks = result.diagnostics[4];
    EXPECT_EQ(blanks.place.segment_position, 8u);
    EXPECT_EQ(blanks.place.loop, "PO1/PID");
    EXPECT_EQ(blanks.place.loop_position, 8u);
    auto const heading = lint(test::interchange("PO", {test::set("850", "BEG*99*SA*4711**20250602~PO1~")}), "f", schemas());
    ASSERT_FALSE(heading.diagnostics.empty());
    EXPECT_EQ(heading.diagnostics[0].place.loop, "");
    EXPECT_EQ(heading.diagnostics[0].place.loop_position, 0u);
    auto const inside = lint(test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~N1*ST*A~N3*X~N4*C~PO1~")}), "f", schemas());
    ASSERT_EQ(inside.diagnostics.size(), 1u);
    EXPECT_EQ(inside.diagnostics[0].place.loop_position, 3u);
    EXPECT_EQ(inside.diagnostics[0].loop_excerpt, "N1*ST*A");
}

TEST(Lint, AMissingTerminatorBeforeALineBreakIsOneFault) {
    auto const codes = [](std::string const& body) {
        std::string text;
        for (auto const& finding : lint(test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~" + body + "PO1~")}), "f", schemas()).diagnostics)
            text += finding.code + " " + finding.message + "|" + finding.help + "\n";
        return text;
    };
    EXPECT_EQ(codes("N1*ST*A*92*1129\r\n   N3*1 MAIN STREET*SUITE 1~"),
              "X12-0305 N104 Identification Code holds the control character 0x0d; N3 begins behind it: the terminator of N1 is missing|"
              "Add the segment terminator before N3.\n");
    EXPECT_EQ(codes("N1*ST*A\nB*92*1129~"), "X12-0305 N102 Name holds the control character 0x0a|Remove it; a line break inside data usually comes from a file that was re-wrapped.\n");
}

TEST(Lint, NoBreakSpacesAreNamed) {
    auto text = test::interchange("PO", {test::set("850", test::small_850)});
    for (auto at = text.find("00*          "); at != std::string::npos; at = text.find("00*          "))
        text.replace(at + 3, 10, "\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0");
    auto const result = lint(text, "f", schemas());
    ASSERT_EQ(result.diagnostics.size(), 2u);
    for (auto const& finding : result.diagnostics) {
        EXPECT_EQ(finding.code, "X12-0116");
        EXPECT_NE(finding.message.find("holds no-break spaces, not blanks"), std::string::npos) << finding.message;
    }
}

TEST(Lint, WhereTheOneBeforeStands) {
    auto const result = lint(test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~CUR*BY*USD~CUR*BY*EUR~PO1~")}), "f", schemas());
    ASSERT_EQ(result.diagnostics.size(), 1u);
    ASSERT_EQ(result.diagnostics[0].related.size(), 1u);
    EXPECT_EQ(result.diagnostics[0].related[0].excerpt, "CUR*BY*USD");
    EXPECT_EQ(result.diagnostics[0].related[0].place.segment_position, 3u);
}

} // namespace
} // namespace wharf::grammar
