// SARIF, GitHub's commands, JUnit and statistics: what a whole file looks like is in tests/golden/lint/formats; here is what must
// hold for any finding.
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"

#include <gtest/gtest.h>

namespace wharf {
namespace {

Diagnostic finding(std::string_view code, std::string message, std::uint32_t line = 6) {
    auto made = make_diagnostic(code, std::move(message), "Mend it.");
    auto& place = made.place;
    place.file = "a.x12";
    place.has_offset = true;
    place.offset = 100;
    place.length = 2;
    place.line = line;
    place.column = line == 0 ? 0 : 12;
    place.interchange = "000000901";
    place.transaction = "0001";
    place.transaction_set = "850";
    place.segment_position = 3;
    place.path = "850/PO1/PO103";
    made.value = "XX";
    made.excerpt = "PO1*1*24*XX";
    made.excerpt_offset = 9;
    return made;
}

bool contains(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::vector<CheckedFile> const one_file{{.name = "a.x12", .sets = 1}};

TEST(RenderGithub, EscapesWhatWouldEndAProperty) {
    auto odd = finding("X12-0306", "50% of\nit: a, b");
    odd.place.file = "in:box,1/a%.x12";
    EXPECT_EQ(render_github({{odd}, {}}), "::error file=in%3Abox%2C1/a%25.x12,line=6,col=12,endColumn=14,title=X12-0306 code-not-in-list::"
                                          "50%25 of%0Ait: a, b.%0AMend it.%0A850/PO1/PO103, segment 3\n");
}

TEST(RenderGithub, WithoutALineAndOtherSeverities) {
    auto warning = finding("X12-0315", "m", 0);
    auto note = finding("X12-0315", "m", 0);
    note.severity = Severity::info;
    auto const text = render_github({{warning, note}, {}});
    EXPECT_TRUE(contains(text, "::warning file=a.x12,title=X12-0315 ")) << text;
    EXPECT_TRUE(contains(text, "\n::notice file=a.x12,title=X12-0315 ")) << text;
}

TEST(RenderSarif, PlacesInBytesAndLines) {
    Diagnostics const findings{finding("X12-0306", "m"), finding("X12-0307", "m", 0)};
    auto const text = render_sarif({findings, one_file});
    EXPECT_TRUE(contains(text, R"("region":{"startLine":6,"startColumn":12,"endColumn":14,"byteOffset":100,"byteLength":2})")) << text;
    EXPECT_TRUE(contains(text, R"("region":{"byteOffset":100,"byteLength":2})")) << text;
    EXPECT_TRUE(contains(text, R"("contextRegion":{"byteOffset":91,"byteLength":11,"snippet":{"text":"PO1*1*24*XX"}})")) << text;
    EXPECT_TRUE(contains(text, R"("ruleId":"X12-0307","ruleIndex":1)")) << text;
    EXPECT_TRUE(contains(text, R"("executionSuccessful":true)")) << text;
}

TEST(RenderSarif, BracesAreNoPlaceholders) {
    auto const text = render_sarif({{finding("X12-0306", "\"{0}\" is not a code")}, one_file});
    EXPECT_TRUE(contains(text, R"(\"{{0}}\" is not a code)")) << text;
}

TEST(RenderSarif, TheSameFaultTwiceHasTwoFingerprints) {
    Diagnostics const findings{finding("X12-0306", "m"), finding("X12-0306", "m", 7)};
    auto const text = render_sarif({findings, one_file});
    EXPECT_TRUE(contains(text, ":1\"}") && contains(text, ":2\"}")) << text;
}

TEST(RenderSarif, FilesAsUris) {
    auto const uri = [](std::string const& name) {
        auto const text = render_sarif({{}, {{.name = name}}});
        auto const at = text.find("\"uri\":\"") + 7;
        return text.substr(at, text.find('"', at) - at);
    };
    EXPECT_EQ(uri("in/a b.x12"), "in/a%20b.x12");
    EXPECT_EQ(uri("./a.x12"), "a.x12");
    EXPECT_EQ(uri("/var/a.x12"), "file:///var/a.x12");
    EXPECT_EQ(uri("a:b#c?"), "a%3Ab%23c%3F");
    EXPECT_EQ(uri("(standard input)"), "stdin");
}

TEST(RenderJunit, ASetIsACaseWithOneFailure) {
    auto other = finding("X12-0315", "blanks");
    other.place.transaction = "0002";
    Diagnostics const findings{finding("X12-0306", "a <b> & \"c\""), finding("X12-0307", "d"), other};
    auto const text = render_junit({findings, one_file});
    EXPECT_TRUE(contains(text, "<testsuite name=\"a.x12\" tests=\"2\" failures=\"1\" errors=\"0\"")) << text;
    EXPECT_TRUE(contains(text, "<failure message=\"a &lt;b&gt; &amp; &quot;c&quot; (and 1 more)\" type=\"X12-0306\">")) << text;
    EXPECT_TRUE(contains(text, "<system-out>warning[X12-0315]: blanks")) << text;
    auto const strict = render_junit({findings, one_file, true});
    EXPECT_TRUE(contains(strict, "failures=\"2\"")) << strict;
}

TEST(RenderJunit, WithoutFindingsAndUnread) {
    auto const text = render_junit({{}, {{.name = "a", .sets = 2}, {.name = "b", .trouble = "no such <file>"}}});
    EXPECT_TRUE(contains(text, "<testcase name=\"no findings in 2 transaction sets\" classname=\"a\" time=\"0\"/>")) << text;
    EXPECT_TRUE(contains(text, "<error message=\"no such &lt;file&gt;\"")) << text;
}

TEST(RenderJunit, CharactersThatXmlDoesNotHave) {
    auto const text = render_junit({{finding("X12-0306", "\x01\xef\xbf\xbf\xef\xbf\xbe\xff")}, one_file});
    EXPECT_TRUE(contains(text, "message=\"\\x01\xef\xbf\xbd\xef\xbf\xbd\xc3\xbf\"")) << text;
}

TEST(Statistics, TheMostFrequentFirst) {
    CodeCounts counts;
    add_count(counts, "X12-0315", Severity::warning);
    add_count(counts, "X12-0306", Severity::error, 11);
    add_count(counts, "X12-0307", Severity::error);
    EXPECT_EQ(render_statistics(counts), "11  X12-0306  error    code-not-in-list\n"
                                         " 1  X12-0307  error    invalid-date\n"
                                         " 1  X12-0315  warning  trailing-blanks\n");
    EXPECT_TRUE(contains(render_statistics_json(counts), R"({"code":"X12-0306","name":"code-not-in-list","severity":"error","count":11})"));
    EXPECT_EQ(render_statistics(CodeCounts{}), "");
    EXPECT_EQ(render_statistics_json(CodeCounts{}), "[]\n");
}

} // namespace
} // namespace wharf
