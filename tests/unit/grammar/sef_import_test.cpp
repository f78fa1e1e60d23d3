#include "base/file.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "grammar/guide.hpp"
#include "grammar/lint.hpp"
#include "grammar/sef_file.hpp"
#include "grammar/sef_import.hpp"
#include "support/x12_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <sstream>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

std::filesystem::path const folder = std::filesystem::path(WHARF_SOURCE_DIR) / "tests/golden/sef";

Grammars const& grammars() {
    static auto const opened = *Grammars::open();
    return *opened;
}

/// A file with one set 850 of 004010: the rows of .SETS, then whatever follows.
std::string sef(std::string_view rows, std::string_view rest = {}) {
    return fmt::format(".VER 1.6\n.INI\nT850,,004 010,X,X12-4010,Test orders\n.SETS\n850=^[ST,M][BEG,M]{}\n{}", rows, rest);
}

/// "code line:column message", one a line.
std::string report_of(SefImport const& made) {
    std::string text;
    for (auto const& finding : made.report)
        text += fmt::format("{} {}:{} {}\n", finding.code, finding.place.line, finding.place.column, finding.message);
    return text;
}
std::string report_of(std::string const& bytes, SefOptions const& options = {}) { return report_of(import_sef(bytes, "t.sef", grammars(), options)); }

/// The guide without its comments and head, and without what is not used.
std::string rows_of(std::string const& bytes) {
    auto const made = import_sef(bytes, "t.sef", grammars());
    std::string rows;
    std::size_t at = made.guide.find("\nheading");
    if (at == std::string::npos) at = made.guide.find("\ndetail");
    if (at == std::string::npos) return "no rows\n" + report_of(made);
    std::istringstream lines(made.guide.substr(at + 1));
    for (std::string line; std::getline(lines, line);)
        if (!line.ends_with("  -")) rows += line + '\n';
    return rows;
}

void expect_file(std::string const& name, std::string const& text) {
    auto const path = folder / name;
    if (std::getenv("WHARF_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
    auto const expected = read_file(path, 1 << 20);
    ASSERT_TRUE(expected) << path;
    EXPECT_EQ(*expected, text) << path;
}

TEST(SefImport, whole_guideline) {
    auto const bytes = *read_file(folder / "cove-850.sef", 1 << 20);
    auto const made = import_sef(bytes, "cove-850.sef", grammars(), {{}, {}, "cove-850"});
    expect_file("cove-850.guide", made.guide);
    expect_file("cove-850.report", render_text(made.report));
    auto const guide = read_guide(made.guide, "cove-850.guide", {}, grammars());
    ASSERT_TRUE(guide) << render_text(guide.error());
    EXPECT_EQ((*guide)->answers(), (std::vector<std::string>{"004010", "004010VICS"}));
}

// ---- the imported guide against data

struct Held {
    std::string_view name, from, to, code;
};

std::string const good_order = "BEG*00*SA*12345678**20250602~REF*DP*042~DTM*002*20250615~"
                               "N1*ST*COVE 0001*92*0001~N3*1 HARBOUR ROAD~N4*BOSTON*MA*02101~N1*BY*COVE OUTFITTERS~"
                               "PO1*1*10*EA*12.50**UP*012345678905*VN*7788~CTT*1~";

Diagnostics held_against(Guide const& guide, std::string body) {
    static SchemaCache schemas(*Grammars::open());
    LintOptions options;
    options.reader.guides = {std::shared_ptr<Guide const>(&guide, [](Guide const*) {})};
    return lint(test::interchange("PO", {test::set("850", body)}, "004010VICS"), "order.edi", schemas, options).diagnostics;
}

TEST(SefImport, imported_guide_checks_data) {
    auto const made = import_sef(*read_file(folder / "cove-850.sef", 1 << 20), "cove-850.sef", grammars());
    auto const guide = read_guide(made.guide, "cove850.guide", {}, grammars());
    ASSERT_TRUE(guide);
    EXPECT_EQ(render_text(held_against(**guide, good_order)), "");
    for (auto const& [name, from, to, code] : std::initializer_list<Held>{
             {"code not chosen for BEG01", "BEG*00", "BEG*05", "X12-0606"},
             {"number of nine digits", "12345678*", "123456789*", "X12-0608"},
             {"number with a letter", "12345678*", "1234567A*", "X12-0609"},
             {"unused element", "20250602~", "20250602*C1~", "X12-0604"},
             {"element that a rule forbids", "**20250602", "*R1*20250602", "X12-0621"},
             {"rule makes BEG04 mandatory", "*SA*", "*ZV*", "X12-0620"},
             {"segment that must be used", "REF*DP*042~", "", "X12-0602"},
             {"one too many", "REF*DP*042~", "REF*DP*1~REF*DP*2~REF*IA*3~REF*IA*4~", "X12-0603"},
             {"unused segment", "DTM*002", "TAX*1~DTM*002", "X12-0601"},
             {"loop that must be used", "N1*ST*COVE 0001*92*0001~N3*1 HARBOUR ROAD~N4*BOSTON*MA*02101~", "", "X12-0602"},
             {"variant that is not used", "N1*BY*COVE OUTFITTERS~", "N1*BY*COVE OUTFITTERS~N1*VN*X~", "X12-0601"},
             {"variant twice", "N1*BY*COVE OUTFITTERS~", "N1*BY*COVE OUTFITTERS~N1*BY*X~", "X12-0603"},
             {"unused element of one variant only", "N1*BY*COVE OUTFITTERS", "N1*BY*COVE OUTFITTERS*92*0001", "X12-0604"},
             {"value of a list", "92*0001", "92*0003", "X12-0606"},
             {"segment that must be used in a loop", "N3*1 HARBOUR ROAD~", "", "X12-0602"},
             {"local codes where a rule holds", "*SA*", "*DS*", "X12-0622"},
             {"segment that a rule makes mandatory", "*SA*", "*DS*", "X12-0620"},
             {"length of a price", "*12.50*", "*1234567.891*", "X12-0608"},
             {"syntax note of the guideline", "*VN*7788", "", "X12-0620"},
             {"codes of a unit", "*EA*", "*LB*", "X12-0606"},
             {"one more total", "CTT*1~", "CTT*1*10~", "X12-0604"}}) {
        auto body = good_order;
        auto const at = body.find(from);
        ASSERT_NE(at, std::string::npos) << name;
        body.replace(at, from.size(), to);
        auto const found = held_against(**guide, body);
        auto const is_it = [&](Diagnostic const& finding) { return finding.code == code && finding.of_guide; };
        EXPECT_TRUE(std::ranges::any_of(found, is_it)) << name << "\n" << render_text(found);
    }
}

// ---- one thing at a time

/// The segments that the rows below use.
std::string const segments = ".SEGS\nBEG=[353,M][92,M][324,M][328][373,M]\nCUR=[98,M][100,M]\nREF=[128,M][127][352]\nPO1=[350]\nN9=[128,M]\nDTM=[374,M]\nLIN=[350][235,M]\n";

/// Rows of a file, but for the many that are marked as not used because the file leaves them out.
struct Case {
    std::string_view name, rows;
    std::string rest;
    std::string_view guide, report;
};

class OneThing : public testing::TestWithParam<Case> {};

TEST_P(OneThing, becomes_this) {
    auto const& [name, rows, rest, guide, report] = GetParam();
    auto const bytes = sef(rows, rest);
    EXPECT_EQ(rows_of(bytes), guide) << name;
    EXPECT_EQ(report_of(bytes), report) << name;
}

INSTANTIATE_TEST_SUITE_P(
    SefImport, OneThing,
    testing::Values(
        Case{"marks", "[!CUR][$REF,,2][-PER,,3][&TAX][.FOB]^{:5[PO1,M]}[SE,M]",
             ".SEGS\nBEG=[353,M][92,M][324,M][328][373,M]\nCUR=[98,M][100,M]\nREF=[128,M]\nPER=[366,M]\nTAX=[325]\nPO1=[350]\n",
             "heading\n"
             "  BEG  M 1\n"
             "  CUR  M 1\n"
             "  REF  O 2\n"
             "    note \"Recommended\"\n"
             "  PER  O 3\n"
             "    note \"Not recommended\"\n"
             "  TAX  O 1\n"
             "    note \"Whether it is used depends on other data\"\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0014 5:25 3 places are marked as recommended, not recommended or dependent; the guide has that as notes, which no data is checked against\n"},
        Case{"mandatory, yet marked as not used", "^{:5[PO1,M]}[.SE]", segments,
             "heading\n"
             "  BEG  M 1\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0010 5:31 SE is marked as not used, but 850 of 004010 makes it mandatory; it stays mandatory\n"},
        Case{"not of the standard's order", "[REF][CUR]^{:5[PO1,M]}", segments,
             "heading\n"
             "  BEG  M 1\n"
             "  REF  O 1\n"
             "  CUR  O 1\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0010 5:24 CUR stands behind REF here, before it in the standard; the order of the standard holds\n"},
        Case{"a segment too many", "[N9,,3][XYZ]{:2[N7]}^{:5[PO1,M]}", segments,
             "heading\n"
             "  BEG  M 1\n"
             "  loop N9  O\n"
             "  beyond loop N7  O 2\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0010 5:19 N9 is a segment here, but begins a loop in 850 of 004010; what may stand in that loop is not narrowed\n"
             "SEF-0010 5:26 004010 has no segment XYZ\n"
             "SEF-0011 5:34 850 of 004010 has no loop N7 here; the guide allows it with `beyond`\n"
             "SEF-0013 5:34 .SEGS has no N7, so nothing is known of its elements\n"},
        Case{"more often than the standard", "[CUR,,3]^{:200000[PO1,M]}", segments,
             "heading\n"
             "  BEG  M 1\n"
             "  CUR  O beyond 3\n"
             "detail\n"
             "  loop PO1  M beyond 200000\n"
             "summary\n",
             "SEF-0011 5:19 CUR may stand 3 times here, once in 850 of 004010; the guide allows it with `beyond`\n"
             "SEF-0011 5:36 PO1 may stand 200000 times here, 100000 times in 850 of 004010; the guide allows it with `beyond`\n"},
        Case{"variants without codes", "[REF,M,1][REF,,2]^{:5[PO1,M]}", segments,
             "heading\n"
             "  BEG  M 1\n"
             "  REF  M\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0010 5:28 2 rows REF stand at one place of the standard and no codes tell them apart; the first is kept, without what it says of elements\n"},
        Case{"variants with a rest", "[REF,M,1][REF,,2]^{:5[PO1,M]}", segments + ".CODES\n128=DP,IA%[DP]+850/3///1\n",
             "heading\n"
             "  BEG  M 1\n"
             "  REF [DP]  M 1\n"
             "  REF  O 2\n"
             "    REF01  M  codes DP IA\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             ""},
        Case{"loop where the standard has a segment", "{:5[CUR][DTM]}^{:5[PO1,M]}", segments,
             "heading\n"
             "  BEG  M 1\n"
             "  CUR  O\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0010 5:22 CUR begins a loop here, but is a segment of its own in 850 of 004010; what stands in the loop is left out\n"},
        Case{"marks of a mask", "[CUR*1]^{:5[PO1,M]}", ".SEGS\nBEG=[353,M][92,M][324,M][328][373,M]\nPO1=[350]\nCUR=[98,M][100,M][280][98][100],.!#$-\n",
             "heading\n"
             "  BEG  M 1\n"
             "  CUR  O 1\n"
             "    CUR04  O\n"
             "      note \"Recommended\"\n"
             "    CUR05  O\n"
             "      note \"Not recommended\"\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0014 9:36 2 places are marked as recommended, not recommended or dependent; the guide has that as notes, which no data is checked against\n"},
        Case{"a mask that is not there", "[CUR*3]^{:5[PO1,M]}", segments,
             "heading\n"
             "  BEG  M 1\n"
             "  CUR  O 1\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0013 5:19 segment CUR has no mask 3; it has 0\n"},
        Case{"lengths at a place", "[CUR]^{:5[PO1,M]}", ".SEGS\nBEG=[353,M][92,M][324;1:10,M][328;:40][373,M]\nPO1=[350]\nCUR=[98,M][100,M]\n",
             "heading\n"
             "  BEG  M 1\n"
             "    BEG03  M  1/10\n"
             "    BEG04  O  beyond 1/40\n"
             "  CUR  O 1\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0011 7:30 lengths 1/40 of element 328 go beyond 1/30 of 004010; the guide allows them with `beyond`\n"},
        Case{"types", "[CUR]^{:5[PO1,M]}", segments + ".ELMS\n324=N0,1,22\n328=DT,8,8\n373=AN,8,8\n",
             "heading\n"
             "  BEG  M 1\n"
             "    BEG03  M  digits\n"
             "    BEG04  O  is date  8/8\n"
             "  CUR  O 1\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0010 17:1 element 373 has type AN here, DT in 004010; the type of the standard holds (BEG05)\n"},
        Case{"repeated elements written out", "^{:5[PO1*1,M]}", ".SEGS\nBEG=[353,M][92,M][324,M][328][373,M]\nPO1=[350][330][355][212][639]{2[235][234]},.....!!\n",
             "heading\n"
             "  BEG  M 1\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "    PO106  M\n"
             "    PO107  M\n"
             "summary\n",
             ""},
        Case{"composites", "[MEA*1,,40]^{:5[PO1,M]}", ".SEGS\nBEG=[353,M][92,M][324,M][328][373,M]\nPO1=[350]\nMEA=[737][738][739][C001*1],...!\n.COMS\nC001=[355,M][1018][649],..#\n",
             "heading\n"
             "  BEG  M 1\n"
             "  MEA  O 40\n"
             "    MEA04  M\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             ""},
        Case{"syntax notes of its own", "[PER,,3]^{:5[PO1,M]}", ".SEGS\nBEG=[353,M][92,M][324,M][328][373,M]\nPO1=[350]\nPER=[366,M][93][365][364][365][364]+P0304E0405R0203C020304L020506\n",
             "heading\n"
             "  BEG  M 1\n"
             "  PER  O 3\n"
             "    need not (PER04 and PER05)\n"
             "    need PER02 or PER03\n"
             "    when PER02: PER03 M\n"
             "    when PER02: PER04 M\n"
             "    need not PER02 or PER05 or PER06\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             ""},
        Case{"values", "[REF]^{:5[PO1,M]}", segments + ".VALREFS\n850/3///2=A\n850/3///1=B\n850/3///3=C\n.VALLISTS\nA=\"x\"\n'One two\n'a.b\nB=\n&^[\n",
             "heading\n"
             "  BEG  M 1\n"
             "  REF  O 1\n"
             "    REF02  O  like \"One two|a\\.b\"\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0013 17:1 .VALLISTS has no list C\n"
             "SEF-0010 23:1 the expression ^[ of list B cannot be said by `like`; the list is left out\n"},
        Case{"rules that cannot be said", "[REF]^{:5[PO1,M]}", segments + ".OBJVARS\n850/2///1=P\n850/99///1=Q\n.SEMREFS\n850/3///=[R'EQ'1:USAGE:2:][Q'EQ'1:USAGE:2:][P'XX'1:USAGE:2:][P'EQ'1:USAGE:9:][P'EQ'1:LOCALCODE:1:]\n850/99///1=[P'EQ'1:USAGE:2:]\n",
             "heading\n"
             "  BEG  M 1\n"
             "  REF  O 1\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "summary\n",
             "SEF-0010 18:10 the rule [R'EQ'1:USAGE:2:] of 850/3/// tests R, which .OBJVARS does not name; it is left out\n"
             "SEF-0010 18:27 the rule [Q'EQ'1:USAGE:2:] of 850/3/// tests Q, which is at 850/99///1: the set has no such place; it is left out\n"
             "SEF-0010 18:44 the rule [P'XX'1:USAGE:2:] of 850/3/// tests with 'XX', which a guide has no word for; it is left out\n"
             "SEF-0010 18:61 the rule [P'EQ'1:USAGE:9:] of 850/3/// says a use that SEF 1.6 does not have; it is left out\n"
             "SEF-0010 18:78 the rule [P'EQ'1:LOCALCODE:1:] of 850/3/// asks for LOCALCODE, which only a program can do; it is left out\n"
             "SEF-0010 19:12 the rule [P'EQ'1:USAGE:2:] of 850/99///1 speaks of a segment that the set does not have; it is left out\n"},
        Case{"rules", "[.REF][CUR]^{:5[PO1,M][.LIN]}", segments + ".OBJVARS\n850/2///1=P\n850/5///1=L\n.SEMREFS\n850/3///=[P'EQ'00:USAGE:0:]\n850/4///=[P'EQ'05&P'NE'06:USAGE:1:]\n850/6///=[L'EQ':USAGE:2:]\n",
             "heading\n"
             "  BEG  M 1\n"
             "  REF  O 1\n"
             "  CUR  O 1\n"
             "  when not (/BEG01 = 00): REF -\n"
             "  when /BEG01 = 05 and /BEG01 != 06: CUR -\n"
             "detail\n"
             "  loop PO1  M 5\n"
             "    when PO101 absent: LIN M else -\n"
             "    LIN  O 1\n"
             "summary\n",
             "SEF-0010 5:25 CUR stands behind REF here, before it in the standard; the order of the standard holds\n"}));

// ---- files that are none, and files at fault

struct Faulty {
    std::string_view name, bytes, report;
};
class FaultySef : public testing::TestWithParam<Faulty> {};
TEST_P(FaultySef, is_told) { EXPECT_EQ(report_of(std::string(GetParam().bytes)), GetParam().report) << GetParam().name; }

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(
    SefImport, FaultySef,
    testing::Values(
        Faulty{"empty", "",
               "SEF-0001 1:1 the file is empty\n"}, Faulty{"container", "EDIDE\x01\x02\x03",
               "SEF-0001 1:1 this is an encrypted container, not a SEF file\n"}, Faulty{"utf-16", "\xff\xfe.\0V\0"sv,
               "SEF-0001 1:1 the file is UTF-16 text; SEF is ASCII\n"},
        Faulty{"binary", ".VER\0\0\0"sv,
               "SEF-0001 1:1 the file is binary; SEF is text\n"}, Faulty{"interchange", "ISA*00*",
               "SEF-0001 1:1 this is an interchange, not a SEF file\n"}, Faulty{"text", "Dear supplier,\n",
               "SEF-0001 1:1 a SEF file begins with .VER or .INI, this one does not\n"},
        Faulty{"no sets", ".VER 1.6\n.INI\nT,,004 010,X,X12,Test\n",
               "SEF-0001 3:1 the file has no section .SETS, so it says nothing about any transaction set\n"},
        Faulty{"EDIFACT", ".INI\nORDERS,,D 96A,UN,D96A,Orders\n.SETS\nORDERS=[UNH,M][BGM,M][UNT,M]\n",
               "SEF-0005 2:1 the guideline is for agency UN (UN/EDIFACT); only those for X (ASC X12) can be imported\n"},
        Faulty{"another release", ".INI\nT,,009 990,X,X12-9990,Test\n.SETS\n850=^[ST,M]\n",
               "SEF-0006 2:1 there is no grammar for release 009990\n"},
        Faulty{"no release", ".INI\nT\n.SETS\n850=^[ST,M]\n",
               "SEF-0006 2:1 the file does not say its release\n"},
        Faulty{"unknown set", ".INI\nT,,004 010,X,X12-4010,Test\n.SETS\n999=^[ST,M]\n",
               "SEF-0007 4:1 there is no transaction set 999 in 004010\n"},
        Faulty{"two sets", ".INI\nT,,004 010,X,X12-4010,Test\n.SETS\n850=^[ST,M]\n810=^[ST,M]\n",
               "SEF-0007 5:1 the file has 2 transaction sets: 850 810\n"},
        Faulty{"cut off in a segment", ".INI\nT,,004 010,X,X12-4010,Test\n.SETS\n850=^[ST,M][BEG,M]{:5[N1",
               "SEF-0007 1:1 no transaction set could be read from the file\n"
               "SEF-0002 4:25 .SETS 850: expected `]`, found the end of the record\n"},
        Faulty{"loop not closed", ".INI\nT,,004 010,X,X12-4010,Test\n.SETS\n850=^[ST,M][BEG,M]{:5[N1]\n",
               "SEF-0007 1:1 no transaction set could be read from the file\n"
               "SEF-0002 4:26 .SETS 850: expected `}` at the end of the loop or group, found the end of the record\n"},
        Faulty{"wrong count", ".INI\nT,,004 010,X,X12-4010,Test\n.SETS\n850=^[ST,M][BEG,M,x]\n",
               "SEF-0007 1:1 no transaction set could be read from the file\n"
               "SEF-0002 4:19 .SETS 850: expected `]`, found \"x]\"\n"},
        Faulty{"unknown section", ".INI\nT,,004 010,X,X12-4010,Test\n.SET\n850=^[ST,M]\n",
               "SEF-0004 3:1 there is no section .SET in SEF 1.6; its lines were not read\n"
               "SEF-0001 4:1 the file has no section .SETS, so it says nothing about any transaction set\n"},
        Faulty{"order", ".SETS\n850=^[ST,M][BEG,M]\n.STD LS\n.INI\nT,,004 010,X,X12-4010,Test\n",
               "SEF-0010 2:1 the file has no PO1, which 850 of 004010 makes mandatory; it stays mandatory\n"
               "SEF-0013 2:12 .SEGS has no BEG, so nothing is known of its elements\n"
               "SEF-0003 3:1 .STD stands behind .SETS; it must stand before it\n"
               "SEF-0003 4:1 .INI stands behind other sections; it must be the first, or follow .VER\n"},
        Faulty{"private without end", ".INI\nT,,004 010,X,X12-4010,Test\n.SETS\n850=^[ST,M]\n.PRIVATE X\n.SEGS\n",
               "SEF-0010 4:1 the file has no BEG, which 850 of 004010 makes mandatory; it stays mandatory\n"
               "SEF-0010 4:1 the file has no PO1, which 850 of 004010 makes mandatory; it stays mandatory\n"
               "SEF-0003 5:1 the section .PRIVATE is not closed by .PUBLIC; what follows it was not read\n"
               "SEF-0015 5:1 1 lines between .PRIVATE and .PUBLIC were not read; they are meant for one program only\n"}));

TEST(SefImport, line_ends_and_wraps_do_not_matter) {
    auto const bytes = *read_file(folder / "cove-850.sef", 1 << 20);
    auto const plain = import_sef(bytes, "t.sef", grammars());
    std::string carriage, both, mixed, bom = "\xef\xbb\xbf" + bytes;
    unsigned line = 0;
    for (char const c : bytes) {
        carriage += c == '\n' ? '\r' : c;
        both += c == '\n' ? "\r\n" : std::string(1, c);
        mixed += c != '\n' ? std::string(1, c) : ++line % 3 == 0 ? "\r\n" : line % 3 == 1 ? "\n" : "\r";
    }
    for (auto const& other : {carriage, both, mixed}) {
        auto const made = import_sef(other, "t.sef", grammars());
        EXPECT_EQ(made.guide, plain.guide);
        EXPECT_EQ(report_of(made), report_of(plain));
    }
    EXPECT_EQ(import_sef(bom, "t.sef", grammars()).guide, plain.guide);
}

TEST(SefImport, bytes_of_windows_are_read_as_such) {
    auto const made = import_sef(sef("[SE,M]\n.TEXT,SETS\n850~2,4,Caf\xe9 \x96 f\xfcnf"), "t.sef", grammars());
    EXPECT_NE(made.guide.find("note \"Café – fünf\""), std::string::npos) << made.guide;
    EXPECT_NE(report_of(made).find("SEF-0016 1:1 "), std::string::npos);
}

/// Wherever a file is cut off: no crash, and what comes out is a guide that its check accepts.
TEST(SefImport, cut_anywhere) {
    auto const bytes = *read_file(folder / "cove-850.sef", 1 << 20);
    std::size_t guides = 0;
    for (std::size_t length = 0; length < bytes.size(); length += 7) {
        auto const made = import_sef(bytes.substr(0, length), "t.sef", grammars());
        EXPECT_FALSE(made.guide.empty() && made.report.empty()) << length;
        if (made.guide.empty()) continue;
        ++guides;
        EXPECT_TRUE(read_guide(made.guide, made.name + ".guide", {}, grammars())) << length << made.guide;
    }
    EXPECT_GT(guides, 100u);
}

TEST(SefImport, levels_of_a_ship_notice) {
    auto const made = import_sef(".INI\nASN,,004 010,X,X12-4010,Ship notices\n.SETS\n856=^[ST,M][BSN,M]^{:1[HL,M][TD1,,1]}{:>1[HL,M][PRF]}{:>1[HL,O][MAN,,1]}{:>1[HL,M][LIN][SN1]}"
                                 "^[CTT][SE,M]\n.CODES\n735=S,O,P,I%[S]+856/3///3[O]+856/5///3[P]+856/7///3[I]+856/9///3\n",
                                 "asn.sef", grammars());
    auto const rows = made.guide.find("detail\n");
    EXPECT_EQ(made.guide.substr(rows, made.guide.find("  level S") - rows), "detail\n"
                                                                            "  levels HL\n"
                                                                            "    S \"Shipment\"  M 1\n"
                                                                            "    O \"Order\"  M >1  under S\n"
                                                                            "    P \"Pack\"  O >1  under S O\n"
                                                                            "    I \"Item\"  M >1  under S O P\n");
    EXPECT_TRUE(read_guide(made.guide, made.name + ".guide", {}, grammars()));
}

/// The examples of the codes: a whole file, or sections of one.
std::string around(std::string_view example) {
    std::string text;
    auto const has = [&](std::string_view section) { return example.find(section) != std::string_view::npos; };
    if (!has(".INI") && !has("ISA")) text += ".INI\nT,,004 010,X,X12-4010,Test\n";
    if (!has(".SET") && !has("ISA")) text += has(".INI") ? "" : ".SETS\n850=^[ST,M][BEG,M]^{:5[PO1,M]}[SE,M]\n";
    text += example;
    if (has(".INI") && !has(".SETS")) text += "\n.SETS\n850=^[ST,M][BEG,M]^{:5[PO1,M]}[SE,M]\n";
    return text;
}

TEST(SefImport, examples_of_the_codes) {
    unsigned examples = 0;
    std::string without;
    for (auto const& entry : all_codes()) {
        if (!entry.code.starts_with("SEF-")) continue;
        if (entry.bad.empty()) {
            without += fmt::format("{} ", entry.code);
            continue;
        }
        ++examples;
        auto const is_it = [&](Diagnostic const& finding) { return finding.code == entry.code; };
        auto const bad = import_sef(around(entry.bad), "bad.sef", grammars()).report;
        EXPECT_TRUE(std::ranges::any_of(bad, is_it)) << entry.code << "\n" << render_text(bad);
        auto const good = import_sef(around(entry.good), "good.sef", grammars()).report;
        EXPECT_TRUE(std::ranges::none_of(good, is_it)) << entry.code << "\n" << render_text(good);
    }
    EXPECT_EQ(without, "SEF-0007 SEF-0009 SEF-0016 SEF-0017 ");
    EXPECT_EQ(examples, 12u);
}

TEST(SefRange, written_out) {
    auto const range = [](std::string_view first, std::string_view last) {
        std::vector<std::string> codes;
        return expand_sef_range(first, last, codes) ? fmt::format("{}", fmt::join(codes, " ")) : "no range";
    };
    EXPECT_EQ(range("00", "03"), "00 01 02 03");
    EXPECT_EQ(range("8", "11"), "8 9 10 11");
    EXPECT_EQ(range("098", "101"), "098 099 100 101");
    EXPECT_EQ(range("A8", "B1"), "A8 A9 B0 B1");
    EXPECT_EQ(range("AA", "AC"), "AA AB AC");
    EXPECT_EQ(range("AY", "BB"), "AY AZ BA BB");
    EXPECT_EQ(range("A1", "A3"), "A1 A2 A3");
    EXPECT_EQ(range("B020", "B022"), "B020 B021 B022");
    EXPECT_EQ(range("a", "c"), "a b c");
    EXPECT_EQ(range("9", "1"), "no range");
    EXPECT_EQ(range("A", "9"), "no range");
    EXPECT_EQ(range("A-", "A+"), "no range");
    EXPECT_EQ(range("00000", "99999").size(), 599'999u);
    EXPECT_EQ(range("000000", "999999"), "no range"); // more than a list may have
}

} // namespace
} // namespace wharf::grammar
