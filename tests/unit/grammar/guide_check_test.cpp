// When is a guide a subset of its grammar: every row of the table in docs/guides.md with an ok and a bad case, and where exactly
// the bad one is marked. Rows stand in a guide that narrows 850 of 004010; the first row given is line 3.
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "support/guide_text.hpp"
#include "support/temp_folder.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

using test::read;
using test::read_850;

void ok(std::string_view rows) {
    auto const guide = read_850(rows);
    EXPECT_TRUE(guide) << rows << (guide ? "" : render_text(guide.error()));
    if (guide) { EXPECT_TRUE((*guide)->deviations().empty()) << rows << render_text((*guide)->deviations()); }
}

/// Exactly one error, of this code, at this line and column; returns it.
Diagnostic bad_in(std::string_view text, std::string_view code, std::uint32_t line, std::uint32_t column) {
    auto const guide = read(text);
    EXPECT_FALSE(guide) << text;
    if (guide) return {};
    EXPECT_EQ(guide.error().size(), 1u) << text << render_text(guide.error());
    auto const& finding = guide.error().front();
    EXPECT_EQ(finding.code, code) << text << render_text(guide.error());
    EXPECT_EQ(finding.place.line, line) << text << render_text(guide.error());
    EXPECT_EQ(finding.place.column, column) << text << render_text(guide.error());
    return finding;
}
Diagnostic bad(std::string_view rows, std::string_view code, std::uint32_t line, std::uint32_t column) {
    return bad_in("guide demo \"Demo\"\nnarrows 850 of 004010\n" + std::string(rows), code, line, column);
}
void ok_856(std::string const& rows) {
    auto const guide = read("guide demo \"Demo\"\nnarrows 856 of 004010\n" + rows);
    EXPECT_TRUE(guide) << rows << (guide ? "" : render_text(guide.error()));
}
Diagnostic bad_856(std::string_view rows, std::string_view code, std::uint32_t line, std::uint32_t column) {
    return bad_in("guide demo \"Demo\"\nnarrows 856 of 004010\n" + std::string(rows), code, line, column);
}

TEST(GuideCheck, the_message_of_the_specification) {
    auto const finding = bad("heading\n  REF [IA]  M 1\n    REF02  M  1/40\n", "GUIDE-0021", 5, 15);
    EXPECT_EQ(finding.message, "lengths 1/40 are wider than element 127 has in 004010 (1/30)");
    EXPECT_EQ(finding.help, "write `beyond 1/40` if the partner really sends more");
    ASSERT_EQ(finding.related.size(), 1u);
    EXPECT_TRUE(finding.related.front().place.file.ends_with("elements"));
    EXPECT_TRUE(finding.related.front().message.starts_with("element 127   AN 1/80 @005050.. | AN 1/50")) << finding.related.front().message;
    EXPECT_GT(finding.related.front().place.line, 1u);
    EXPECT_EQ(finding.place.length, 4u);
    EXPECT_EQ(finding.value, "1/40");
}

TEST(GuideCheck, place) {
    ok("heading\n  CUR  O 1\n");
    auto const in_loop = bad("heading\n  loop N1  M 1\n    N9  O 1\n", "GUIDE-0011", 5, 5);
    EXPECT_EQ(in_loop.message, "loop N1 of 850 in 004010 has no N9 (the set has it as 850/N9, 850/PO1/N9 and 850/PO1/SLN/N9)");
    EXPECT_EQ(bad("heading\n  PO1  M 1\n", "GUIDE-0011", 4, 3).message, "the heading of 850 in 004010 has no PO1 (the set has it as 850/PO1)");
    EXPECT_EQ(bad("heading\n  REFF  M 1\n", "GUIDE-0001", 4, 3).place.length, 4u);
    EXPECT_TRUE(bad("heading\n  BGE  M 1\n", "GUIDE-0011", 4, 3).message.ends_with("; did you mean BEG?"));
    ok("heading\n  loop N9  O 1\n");
    EXPECT_EQ(bad("heading\n  N9  O 1\n", "GUIDE-0012", 4, 3).help, "write `loop N9`");
    EXPECT_EQ(bad("heading\n  loop CUR  O 1\n", "GUIDE-0012", 4, 8).help, "write CUR without `loop`");
    ok("heading\n  BEG  M 1\n    BEG12  O\n");
    EXPECT_EQ(bad("heading\n  BEG  M 1\n    BEG13  O\n", "GUIDE-0013", 5, 5).message, "there is no BEG13; BEG has 12 elements in 004010");
    bad("heading\n  BEG  M 1\n    BEG03-01  O\n", "GUIDE-0013", 5, 5);
    bad("heading\n  BEG  M 1\n    REF02  O\n", "GUIDE-0010", 5, 5);
    bad("heading\n  BEG  M 1  digits\n", "GUIDE-0010", 4, 13);
    bad("heading\n  BEG  M 1\n    <UP>  O\n", "GUIDE-0014", 5, 6);
    bad("heading\n  CUR  O 1\n  CUR  M 1\n", "GUIDE-0015", 5, 3);
    bad("heading\n  BEG  M 1\n    BEG03  M\n    BEG03  M\n", "GUIDE-0015", 6, 5);
    bad("heading\n  BEG  M 1\n    BEG03  M  1/2 2/3\n", "GUIDE-0015", 5, 19);
    ok("heading\n  REF [IA]  M 1\n    REF04-02  M 1/5\n");
}

TEST(GuideCheck, use) {
    ok("heading\n  CUR  M 1\n  FOB  -\n");
    auto const made_optional = bad("heading\n  BEG  O 1\n", "GUIDE-0020", 4, 8);
    EXPECT_EQ(made_optional.message, "BEG is mandatory in 004010 and cannot be made optional");
    ASSERT_EQ(made_optional.related.size(), 1u);
    EXPECT_EQ(made_optional.related.front().message, "020   BEG  M 1");
    EXPECT_EQ(made_optional.related.front().place.line, 4u);
    bad("heading\n  BEG  -\n", "GUIDE-0020", 4, 8);
    ok("heading\n  BEG  M 1\n    BEG04  M\n    BEG06  -\n");
    EXPECT_EQ(bad("heading\n  BEG  M 1\n    BEG03  -\n", "GUIDE-0020", 5, 12).related.size(), 1u);
}

TEST(GuideCheck, count) {
    ok("heading\n  TD5  O 2..12\n");
    EXPECT_EQ(bad("heading\n  TD5  O 13\n", "GUIDE-0030", 4, 10).message, "TD5 may stand 12 times in 004010, not 13 times");
    bad("heading\n  TD5  O >1\n", "GUIDE-0030", 4, 10);
    bad("heading\n  TD5  O 5..2\n", "GUIDE-0031", 4, 10);
    bad("heading\n  TD5  M 0..2\n", "GUIDE-0031", 4, 10);
    ok("heading\n  DTM [002]  M 5..5\n  DTM [010]  M 5..5\n");
    EXPECT_EQ(bad("heading\n  DTM [002]  M 5..5\n  DTM [010]  M 6..6\n", "GUIDE-0031", 5, 16).message, "with this row DTM must stand 11 times, and may 10 times in 004010");
}

TEST(GuideCheck, variants) {
    ok("heading\n  REF [DP]  M 1\n  REF [IA,VN]  O 1\n  REF  -\n");
    ok("heading\n  loop SAC [A, SAC02=C310]  O 1\n  loop SAC [A, SAC02=D240]  O 1\n");
    auto const overlap = bad("heading\n  REF [DP]  M 1\n  REF [DP,IA]  O 1\n", "GUIDE-0032", 5, 7);
    EXPECT_EQ(overlap.message, "REF[DP] and REF[DP,IA] can both match one segment");
    EXPECT_EQ(overlap.related.front().place.line, 4u);
    bad("heading\n  loop SAC [A, SAC02=C310]  O 1\n  loop SAC [A]  O 1\n", "GUIDE-0032", 5, 12);
    bad("heading\n  REF  O 1\n  REF [DP]  M 1\n", "GUIDE-0032", 5, 7);
    EXPECT_EQ(bad("heading\n  REF [QQQ]  M 1\n", "GUIDE-0033", 4, 8).message, "QQQ is no code of REF01 (element 128) in 004010");
    EXPECT_EQ(bad("heading\n  PO1 [EA]  M 1\n", "GUIDE-0011", 4, 3).code, "GUIDE-0011");
    EXPECT_EQ(bad("detail\n  loop PO1 [EA]  M 1\n", "GUIDE-0033", 4, 13).help, "name the element: PO1[PO101=EA]");
    bad("heading\n  REF [IA, SAC02=C310]  M 1\n", "GUIDE-0033", 4, 12);
}

TEST(GuideCheck, lengths_and_types) {
    ok("heading\n  BEG  M 1\n    BEG03  M  22/22 digits\n");
    bad("heading\n  BEG  M 1\n    BEG03  M  0/10\n", "GUIDE-0021", 5, 15);
    bad("heading\n  BEG  M 1\n    BEG03  M  10/6\n", "GUIDE-0024", 5, 15);
    ok("detail\n  loop PO1  M 1\n    PO104  O  decimals 2 from 0.01 to 10\n    <UK>  O  is gtin\n");
    bad("heading\n  BEG  M 1\n    BEG03  M  decimals 2\n", "GUIDE-0023", 5, 15);
    bad("heading\n  BEG  M 1\n    BEG03  M  from 1 to 5\n", "GUIDE-0023", 5, 15);
    ok("heading\n  BEG  M 1\n    BEG03  M  digits from 1 to 5\n");
    bad("detail\n  loop PO1  M 1\n    PO104  O  from 5 to 1\n", "GUIDE-0024", 5, 15);
    bad("detail\n  loop PO1  M 1\n    PO104  O  is gtin\n", "GUIDE-0023", 5, 15);
    bad("detail\n  loop PO1  M 1\n    <UK>  O  1/5 is gtin\n", "GUIDE-0024", 5, 18);
    bad("heading\n  REF [IA]  M 1\n    REF04  O  digits\n", "GUIDE-0023", 5, 15);
    ok("heading\n  BEG  M 1\n    BEG03  M  like \"[0-9]{8}\"\n");
    bad("heading\n  BEG  M 1\n    BEG03  M  like \"[0-9\"\n", "GUIDE-0025", 5, 15);
    ok("heading\n  BEG  M 1\n    BEG05  M  is date\n");
}

TEST(GuideCheck, codes) {
    ok("heading\n  BEG  M 1\n    BEG01  M  codes 00 05\n");
    auto const unknown = bad("heading\n  BEG  M 1\n    BEG01  M  codes 00 XQ\n", "GUIDE-0022", 5, 24);
    EXPECT_EQ(unknown.message, "XQ is no code of BEG01 (element 353) in 004010");
    EXPECT_EQ(unknown.related.size(), 1u);
    auto const newer = bad("heading\n  BEG  M 1\n    BEG02  M  codes SA DN\n", "GUIDE-0022", 5, 24);
    EXPECT_NE(newer.help.find(" has it since "), std::string::npos) << newer.help;
    ok("heading\n  CUR  O 1\n    CUR02  M  codes USD ABC\n"); // the list stands outside the standard
    bad("heading\n  CUR  O 1\n    CUR02  M  codes USDX\n", "GUIDE-0024", 5, 21);
    ok("detail\n  loop PO1  M 1\n    <UP>  O\n");
    bad("detail\n  loop PO1  M 1\n    <QQ>  O\n", "GUIDE-0022", 5, 6);
}

TEST(GuideCheck, order) {
    ok("heading\n  loop N1 [BY]  M 1\n  loop N1 [ST]  M 1\n  order N1 BY ST\n");
    EXPECT_EQ(bad("heading\n  loop N1 [BY]  M 1\n  order N1 BY ST\n", "GUIDE-0034", 5, 3).help, "the variants are N1[BY]");
    bad("heading\n  order XX BY ST\n", "GUIDE-0034", 4, 9);
    bad("heading\n  loop N1 [BY]  M 1\n  order N1 BY BY\n", "GUIDE-0034", 5, 3);
}

TEST(GuideCheck, levels) {
    auto const head = std::string("detail\n  levels HL\n    S \"Shipment\"  M 1\n");
    auto const guide = read("guide demo \"Demo\"\nnarrows 856 of 004010\n" + head + "    O \"Order\"  M >1  under S\n  level O\n    PRF  M 1\n");
    EXPECT_TRUE(guide) << (guide ? "" : render_text(guide.error()));
    bad_856(head + "    ZQ \"Nothing\"  M >1  under S\n", "GUIDE-0035", 6, 5);
    EXPECT_EQ(bad_856(head + "    O \"Order\"  M >1\n", "GUIDE-0035", 6, 5).message, "levels S and O both stand at the top");
    EXPECT_EQ(bad_856(head + "    O \"Order\"  M >1  under T\n", "GUIDE-0035", 6, 28).message, "level O stands under T, which is no level of this tree");
    EXPECT_EQ(bad_856(head + "    O \"Order\"  M >1  under S O\n", "GUIDE-0035", 6, 5).message, "level O stands under itself");
    bad_856(head + "    S \"Again\"  M 1\n", "GUIDE-0035", 6, 5);
    bad_856(head + "    HL03 parent\n", "GUIDE-0035", 6, 5);
    bad_856(head + "  level T\n", "GUIDE-0035", 6, 9);
    bad_856("detail\n  level S\n", "GUIDE-0035", 4, 9);
    bad_856("detail\n  levels HL\n", "GUIDE-0035", 4, 10);
    bad("detail\n  levels HL\n    S \"Shipment\"  M 1\n", "GUIDE-0035", 4, 10);
}

TEST(GuideCheck, rules) {
    ok("heading\n  BEG  M 1\n    when BEG02 = RL: BEG04 M else -\n");
    auto const lost = bad("heading\n  BEG  M 1\n    when BEG02 = RL: XX01 M\n", "GUIDE-0040", 5, 22);
    EXPECT_EQ(lost.message, "path XX01: 850 of 004010 has no XX");
    EXPECT_EQ(bad("heading\n  need N1/PO3 absent\n", "GUIDE-0040", 4, 8).message, "path N1/PO3: N1 has no PO3 (the set has it as 850/PO1/PO3 and 850/PO1/SLN/PO3)");
    bad("heading\n  need BEG13 present\n", "GUIDE-0013", 4, 8);
    bad("heading\n  need <UP>\n", "GUIDE-0040", 4, 8);
    bad("heading\n  need PO1/<QQ>\n", "GUIDE-0022", 4, 8);
    bad("heading\n  need CUR = USD\n", "GUIDE-0040", 4, 8);
    EXPECT_EQ(bad("heading\n  need BEG02 = QQ\n", "GUIDE-0041", 4, 8).message, "BEG02 can never be QQ: element 92 has no code QQ in 004010");
    EXPECT_EQ(bad("heading\n  BEG  M 1\n    BEG02  M  codes SA\n    when BEG02 = RL: BEG04 M\n", "GUIDE-0041", 6, 10).message, "BEG02 can never be RL: BEG02 allows only SA here");
    bad("heading\n  need BEG02 in {SA QQ}\n", "GUIDE-0041", 4, 8);
    bad("heading\n  need BEG08 = ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ\n", "GUIDE-0041", 4, 8);
    bad("heading\n  need count(N1) = ST\n", "GUIDE-0041", 4, 14);
    bad("heading\n  need sum(BEG03) = 5\n", "GUIDE-0041", 4, 12);
    bad("heading\n  need BEG02 > SA\n", "GUIDE-0041", 4, 8);
    ok("heading\n  need CTT01 = count(/PO1)\n  need BEG05 <= value(DTM[002]/DTM02)\n");
    bad("heading\n  FOB  -\n  need FOB present\n", "GUIDE-0041", 5, 8);
    bad("heading\n  need BEG03 like \"(\"\n", "GUIDE-0025", 4, 3);
}

TEST(GuideCheck, paths_from_level_to_level) {
    std::string const levels = "detail\n  levels HL\n    S \"Shipment\" M 1\n    O \"Order\" M >1 under S\n    I \"Item\" M >1 under O\n";
    ok_856(levels + "  need HL[S]/HL[O]/HL[I]/LIN present\n  need HL[O]/PRF present\n");
    auto const astray = bad_856(levels + "  need HL[S]/HL[I]/LIN present\n", "GUIDE-0040", 8, 8);
    EXPECT_EQ(astray.message + " | " + astray.help, "path HL[S]/HL[I]/LIN: level I does not stand under S in this guide | it stands under O");
    bad_856(levels + "  need HL[O]/HL[S] present\n", "GUIDE-0040", 8, 8);
    bad_856(levels + "  need HL[S]/N1/HL[O] present\n", "GUIDE-0040", 8, 8);
    ok_856("detail\n  loop HL  M 1..200000\n    need HL[S]/HL[I]/LIN absent\n");
}

TEST(GuideCheck, effects) {
    ok("heading\n  BEG  M 1\n    BEG04  O  1/10\n    when BEG02 = RL: BEG04 M 5/10 digits\n");
    bad("heading\n  BEG  M 1\n    when BEG02 = RL: BEG03 -\n", "GUIDE-0020", 5, 22);
    bad("heading\n  BEG  M 1\n    when BEG02 = RL: BEG04 M else -, CUR M\n", "GUIDE-0001", 5, 36);
    bad("heading\n  BEG  M 1\n    when BEG02 = RL: BEG04 1/40\n", "GUIDE-0021", 5, 28);
    EXPECT_EQ(bad("heading\n  BEG  M 1\n    BEG04  M\n    when BEG02 = RL: BEG04 -\n", "GUIDE-0042", 6, 22).related.front().place.line, 5u);
    bad("heading\n  BEG  M 1\n    BEG04  O  1/10\n    when BEG02 = RL: BEG04 1/20\n", "GUIDE-0042", 6, 28);
    bad("heading\n  when BEG02 = RL: BEG -\n", "GUIDE-0020", 4, 20);
    bad("heading\n  CUR  M 1\n  when BEG02 = RL: CUR -\n", "GUIDE-0042", 5, 20);
    bad("heading\n  FOB  -\n  when BEG02 = RL: FOB M\n", "GUIDE-0041", 5, 20);
    bad("heading\n  when BEG02 = RL: CUR digits\n", "GUIDE-0010", 4, 24);
}

TEST(GuideCheck, whole) {
    ok("heading\n  loop N9  O 1\n    MSG  M 1\n");
    bad("heading\n  loop N9  -\n    MSG  M 1\n", "GUIDE-0036", 5, 10);
}

TEST(GuideCheck, header) {
    bad_in("narrows 850 of 004010\nheading\n  BEG  M 1\n", "GUIDE-0003", 0, 0);
    EXPECT_EQ(bad_in("guide demo \"Demo\"\nheading\n  BEG  M 1\n", "GUIDE-0052", 0, 0).severity, Severity::info);
    bad_in("guide demo \"Demo\"\nguide demo \"Demo\"\nnarrows 850 of 004010\n", "GUIDE-0003", 2, 1);
    bad_in("guide demo \"Demo\"\nnarrows 850 of 004010\nheading\n  BEG  M 1\nunlisted forbid\n", "GUIDE-0003", 5, 1);
    EXPECT_EQ(bad_in("guide demo \"Demo\"\nnarrows 851 of 004010\n", "GUIDE-0005", 2, 9).help, "did you mean 850?");
    bad_in("guide demo \"Demo\"\nnarrows 850 of 004011\n", "GUIDE-0005", 2, 16);
    bad_in("guide demo \"Demo\"\nnarrows 850 of 004010\nextends other\n", "GUIDE-0006", 3, 9);
}

TEST(GuideCheck, indentation) {
    bad("heading\n   BEG  M 1\n", "GUIDE-0002", 4, 1);
    bad("heading\n    BEG  M 1\n", "GUIDE-0002", 4, 1);
    bad("  BEG  M 1\n", "GUIDE-0002", 3, 1);
    bad("BEG  M 1\n", "GUIDE-0002", 3, 1);
    bad("heading\n  BEG  M 1\n    REF  M 1\n", "GUIDE-0002", 5, 5);
    bad("heading\n  BEG01  M\n", "GUIDE-0002", 4, 3);
    bad("heading\n  BEG  M 1\n    BEG01  M\n      BEG02  M\n", "GUIDE-0002", 6, 7);
    EXPECT_TRUE(read("\xef\xbb\xbfguide demo \"Demo\"\r\nnarrows 850 of 004010\r\nheading\r\n  BEG  M 1  # here too\r\n"));
}

TEST(GuideCheck, all_errors_are_listed_and_rows_below_a_faulty_one_are_only_read) {
    auto const guide = read_850("heading\n  BEG  X 1\n    BEG03  M  1/99\n    BEG04  Q\n  CUR  O 9\n");
    ASSERT_FALSE(guide);
    std::string found;
    for (auto const& finding : guide.error())
        found += fmt::format("{}:{}:{} ", finding.code, finding.place.line, finding.place.column);
    EXPECT_EQ(found, "GUIDE-0001:4:8 GUIDE-0001:6:12 GUIDE-0030:7:10 ");
}

TEST(GuideCheck, nothing_to_widen) {
    auto const warned = [](std::string_view rows) {
        auto const guide = read_850(rows);
        EXPECT_TRUE(guide) << rows;
        return guide && (*guide)->deviations().size() == 1 && (*guide)->deviations().front().code == "GUIDE-0051";
    };
    EXPECT_TRUE(warned("heading\n  CUR  O beyond 1\n"));
    EXPECT_TRUE(warned("heading\n  beyond CUR  O 1\n"));
    EXPECT_TRUE(warned("heading\n  BEG  M 1\n    BEG03  M  beyond 1/22\n"));
    EXPECT_TRUE(warned("heading\n  BEG  M 1\n    BEG01  M  beyond codes 00\n"));
    EXPECT_TRUE(warned("heading\n  loop N1  O 1\n    N4  O 1\n      N404  O  beyond codes US MX\n"));
    EXPECT_TRUE(warned("heading\n  CUR  O 1  override\n"));
}

class Chain : public testing::Test {
protected:
    void write(std::string const& name, std::string_view text) { std::ofstream(folder_.path() / (name + ".guide")) << text; }
    std::expected<std::shared_ptr<Guide const>, Diagnostics> load(std::string const& name) { return load_guide(folder_.path() / (name + ".guide"), test::grammars()); }
    /// A parent and a child with these rows; the codes of the findings.
    std::string codes(std::string_view parent, std::string_view child) {
        write("parent", "guide parent \"Parent\"\nnarrows 850 of 004010\n" + std::string(parent));
        write("child", "guide child \"Child\"\nextends parent\n" + std::string(child));
        auto const guide = load("child");
        std::string found;
        for (auto const& finding : guide ? (*guide)->deviations() : guide.error()) {
            found += fmt::format("{}:{}:{} ", finding.code, finding.place.line, finding.place.column);
            last_message = finding.message;
        }
        return found;
    }
    std::string last_message; // of codes()
    testing_support::TempFolder folder_;
};

TEST_F(Chain, a_child_narrows) {
    EXPECT_EQ(codes("heading\n  CUR  O 1\n  REF [IA]  M 1..5\n    REF02  M  1/20\n", "heading\n  CUR  M 1\n  REF [IA]  M 1..2\n    REF02  M  1/10 digits\n"), "");
    EXPECT_EQ(codes("heading\n  CUR  M 1\n", "heading\n  CUR  O 1\n"), "GUIDE-0045:4:8 ");
    EXPECT_EQ(codes("heading\n  CUR  M 1\n", "heading\n  CUR  O 1  override\n"), "");
    EXPECT_EQ(codes("heading\n  BEG  M 1\n", "heading\n  BEG  O 1  override\n"), "GUIDE-0020:4:8 ");
    EXPECT_EQ(codes("heading\n  REF  -\n", "heading\n  REF [IA]  M 1\n"), "GUIDE-0045:4:13 ");
    EXPECT_EQ(codes("heading\n  TD5  O 2\n", "heading\n  TD5  O 3\n"), "GUIDE-0045:4:10 ");
    EXPECT_EQ(codes("heading\n  TD5  O 2\n", "heading\n  TD5  O 3  override\n"), "");
    EXPECT_EQ(codes("heading\n  TD5  O 2\n", "heading\n  TD5  O 13  override\n"), "GUIDE-0030:4:10 ");
    auto const row = std::string("heading\n  BEG  M 1\n");
    EXPECT_EQ(codes(row + "    BEG03  M  1/10\n", row + "    BEG03  M  1/12\n"), "GUIDE-0045:5:15 ");
    EXPECT_EQ(codes(row + "    BEG03  M  1/10\n", row + "    BEG03  M  1/12 override\n"), "");
    EXPECT_EQ(codes(row + "    BEG01  M  codes 00 01\n", row + "    BEG01  M  codes 00 05\n"), "GUIDE-0045:5:24 ");
    EXPECT_EQ(codes(row + "    BEG01  M  codes 00  beyond codes ZZ9\n", row + "    BEG01  M  codes ZZ9\n"), "GUIDE-0050:5:25 GUIDE-0024:5:21 ");
    EXPECT_EQ(codes(row + "    BEG03  M  like \"A+\"\n", row + "    BEG03  M  like \"B+\"\n"), "GUIDE-0045:5:15 ");
    EXPECT_EQ(codes("unlisted forbid\n", "unlisted allow\n"), "GUIDE-0045:3:1 ");
    EXPECT_EQ(codes("unlisted allow\n", "unlisted forbid\n"), "");
}

TEST_F(Chain, what_relaxes_is_named_with_both_values) {
    auto const said = [&](std::string const& parent, std::string const& child) {
        static_cast<void>(codes("heading\n" + parent, "heading\n" + child));
        return last_message;
    };
    EXPECT_EQ(said("  CUR  M 1\n", "  CUR  O 1\n"), "CUR is O here, but M in the guide this one extends");
    EXPECT_EQ(said("  TD5  O 2\n", "  TD5  O 3\n"), "TD5 may stand 3 times here, but 2 times in the guide this one extends, 0 at least");
    auto const beg = [&](std::string const& parent, std::string const& child) { return said("  BEG  M 1\n    BEG03  M  " + parent + "\n", "  BEG  M 1\n    BEG03  M  " + child + "\n"); };
    EXPECT_EQ(beg("1/10", "1/12"), "BEG03 has lengths 1/12 here, which are wider than 1/10 in the guide this one extends");
    EXPECT_EQ(beg("like \"A+\"", "like \"B+\""), "BEG03 is like \"B+\" here, but like \"A+\" in the guide this one extends");
    EXPECT_EQ(beg("digits from 1 to 5", "digits from 1 to 9"), "BEG03 may be 1 to 9 here, but 1 to 5 in the guide this one extends");
    EXPECT_EQ(said("  BEG  M 1\n    BEG01  M  codes 00\n", "  BEG  M 1\n    BEG01  M  codes 05\n"), "BEG01 may be 05 here, but only 00 in the guide this one extends");
    static_cast<void>(codes("unlisted forbid\n", "unlisted allow\n"));
    EXPECT_EQ(last_message, "what is not mentioned is to be allowed here, but forbidden in the guide this one extends");
}

TEST_F(Chain, a_new_variant_begins_as_the_others_were) {
    EXPECT_EQ(codes("heading\n  loop N1  O 5\n    N3  -\n", "heading\n  loop N1 [ST]  O 5\n    N3  O 1\n"), "GUIDE-0045:5:9 ");
}

TEST_F(Chain, the_effective_text_names_both_files_and_reads_back_equal) {
    write("parent", "guide parent \"Parent\"\nanswers 004010X\nheading\n  REF [IA]  O 2\n    REF02  M  1/20\n  need CUR\n");
    write("child", "guide child \"Child\"\nnarrows 850 of 004010\nextends parent\nheading\n  REF [IA]  M 1\n    REF02  M  1/10\n");
    auto const guide = load("child");
    ASSERT_TRUE(guide) << render_text(guide.error());
    auto const text = (*guide)->effective_text();
    EXPECT_NE(text.find("  REF [IA]  M 1  # child.guide:5, parent.guide:4\n    REF02  M  1/10  # child.guide:6, parent.guide:5\n"), std::string::npos) << text;
    EXPECT_NE(text.find("  need CUR  # parent.guide:6\n"), std::string::npos) << text;
    auto const again = read(text);
    ASSERT_TRUE(again) << render_text(again.error());
    EXPECT_EQ(test::dump((*guide)->narrowed()), test::dump((*again)->narrowed()));
}

TEST_F(Chain, that_does_not_fit) {
    write("a", "guide a \"A\"\nnarrows 850 of 004010\nextends b\n");
    write("b", "guide b \"B\"\nextends a\n");
    auto const circle = load("a");
    ASSERT_FALSE(circle);
    EXPECT_EQ(circle.error().front().code, "GUIDE-0007");
    EXPECT_EQ(circle.error().front().message, "a extends itself by way of b");

    write("c", "guide c \"C\"\nnarrows 810 of 004010\nextends d\n");
    write("d", "guide d \"D\"\nnarrows 850 of 004010\n");
    auto const other = load("c");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().front().code, "GUIDE-0007");
    EXPECT_EQ(other.error().front().place.column, 9u);

    write("e", "guide e \"E\"\nnarrows 810 of 004010\nextends aa\n");
    auto const missing = load("e");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().front().code, "GUIDE-0006");
    EXPECT_EQ(missing.error().front().help, "did you mean a?");

    for (int i = 0; i < 10; ++i)
        write(fmt::format("n{}", i), fmt::format("guide n{} \"N\"\nextends n{}\n", i, i + 1));
    auto const deep = load("n0");
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().front().message, "more than 8 guides extend each other");

    auto const unreadable = load("nowhere");
    ASSERT_FALSE(unreadable);
    EXPECT_EQ(unreadable.error().front().code, "GUIDE-0004");
}

TEST_F(Chain, errors_of_the_guide_that_is_extended_are_told_with_its_file) {
    write("parent", "guide parent \"Parent\"\nheading\n  IT1  M 1\n");
    write("child", "guide child \"Child\"\nnarrows 850 of 004010\nextends parent\nheading\n  IT1  M 1\n");
    auto const guide = load("child");
    ASSERT_FALSE(guide);
    ASSERT_EQ(guide.error().size(), 1u); // of the child only what can be told without its parent
    EXPECT_TRUE(guide.error().front().place.file.ends_with("parent.guide"));
    EXPECT_EQ(guide.error().front().place.line, 3u);
}

TEST(GuideCheck, limits) {
    std::string many = "guide demo \"Demo\"\nnarrows 850 of 004010\nheading\n";
    for (int i = 0; i < 11'000; ++i)
        many += "  need CUR\n";
    auto const guide = read(many);
    ASSERT_FALSE(guide);
    EXPECT_EQ(guide.error().front().code, "GUIDE-0004");
    auto const huge = read(std::string(2u << 20, '#'));
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().front().code, "GUIDE-0004");
    std::string variants = "guide demo \"Demo\"\nnarrows 850 of 004010\nheading\n";
    unsigned count = 0;
    for (auto const& [code, meaning] : test::grammars().dictionary("004010")->codes("128")->all())
        if (++count < 700) variants += fmt::format("  REF [{}]  O 1\n", code);
    ASSERT_GT(count, 600u);
    auto const spread = read(variants);
    ASSERT_FALSE(spread);
    EXPECT_EQ(spread.error().front().code, "GUIDE-0004");
}

/// The examples of src/diagnostic/codes/GUIDE-*.md: the bad one gives the code, the good one gives nothing.
TEST(GuideCheck, examples_of_the_code_pages) {
    auto const codes = [](std::string_view example) {
        auto const whole = example.starts_with("guide ") || example.starts_with("narrows ");
        auto const text = std::string(whole ? "" : "guide demo \"Demo\"\nnarrows 850 of 004010\n") + std::string(example) + "\n";
        auto const guide = read(text);
        std::vector<std::string> found;
        for (auto const& finding : guide ? (*guide)->deviations() : guide.error())
            found.push_back(finding.code);
        return found;
    };
    unsigned examples = 0;
    for (auto const& entry : all_codes()) {
        if (!entry.code.starts_with("GUIDE-")) continue;
        if (!entry.bad.empty()) {
            ++examples;
            auto const found = codes(entry.bad);
            EXPECT_NE(std::ranges::find(found, entry.code), found.end()) << entry.code << ": " << fmt::format("{}", fmt::join(found, " "));
        }
        if (!entry.good.empty()) {
            auto const found = codes(entry.good);
            EXPECT_EQ(std::ranges::find(found, entry.code), found.end()) << entry.code;
            EXPECT_TRUE(found.empty() || entry.code == "GUIDE-0022") << entry.code << ": " << fmt::format("{}", fmt::join(found, " "));
        }
    }
    EXPECT_GE(examples, 26u);
}

} // namespace
} // namespace wharf::grammar
