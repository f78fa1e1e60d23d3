#include "grammar/dictionary.hpp"

#include "diagnostic/registry.hpp"
#include "grammar/grammar_check.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace {

namespace fs = std::filesystem;
using namespace wharf;
using namespace wharf::grammar;

std::shared_ptr<Grammars const> embedded() {
    auto opened = Grammars::open();
    EXPECT_TRUE(opened.has_value());
    return *opened;
}

/// A folder of grammar files that goes away with the test.
class Overlay {
public:
    Overlay() : path_(fs::temp_directory_path() / fmt::format("wharf-grammar-{}-{}", ::getpid(), ++number_)) {
        fs::create_directories(path_);
    }
    ~Overlay() { fs::remove_all(path_); }
    void write(std::string const& name, std::string_view text) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << text;
    }
    [[nodiscard]] fs::path const& path() const { return path_; }
    /// All faults, one a line: "sets/850:3:9 GRAMMAR-0001 message | help".
    [[nodiscard]] std::string faults() const {
        auto const opened = Grammars::open(path_);
        if (opened)
            return "none\n";
        std::string text;
        for (auto const& finding : opened.error()) {
            text += fmt::format("{}:{}:{} {} {}", fs::path(finding.place.file).lexically_relative(path_).string(),
                                finding.place.line, finding.place.column, finding.code, finding.message);
            text += finding.help.empty() ? "\n" : fmt::format(" | {}\n", finding.help);
        }
        return text;
    }

private:
    static inline int number_ = 0;
    fs::path path_;
};

constexpr std::string_view small_set = R"(set 850 "Purchase Order" group PO
heading
  010   ST   M 1
  020   BEG  M 1
  030   loop N1   O >1 @005010.. | O 3 @..004060
    040   N2   O 2  @004010..
summary
  050   SE   M 1
)";

TEST(Grammars, KnowsItsReleasesOldestFirst) {
    auto const grammars = embedded();
    auto const releases = grammars->releases();
    ASSERT_EQ(releases.size(), 14u);
    EXPECT_EQ(releases.front(), "003040");
    EXPECT_EQ(releases.back(), "007040");
    EXPECT_EQ(grammars->interchange_version("004010"), "00401");
    EXPECT_EQ(grammars->interchange_version("004015"), "");
    EXPECT_EQ(grammars->dictionary("004015"), nullptr);
}

TEST(Grammars, FindsTheReleaseThatGs08Means) {
    auto const grammars = embedded();
    auto const match = [&](std::string_view gs08) {
        auto const found = grammars->match_release(gs08);
        return found.release + (found.exact ? "" : " nearest") + (found.suffixed ? " suffixed" : "");
    };
    EXPECT_EQ(match("004010"), "004010");
    EXPECT_EQ(match("004010VICS"), "004010 suffixed");
    EXPECT_EQ(match("005010X230"), "005010 suffixed");
    EXPECT_EQ(match("005010X230A1"), "005010 suffixed");
    EXPECT_EQ(match("004010~"), "004010");
    EXPECT_EQ(match(" 004010 "), "004010");
    EXPECT_EQ(match("4010"), "004010");
    EXPECT_EQ(match("4010VICS"), "004010 suffixed");
    EXPECT_EQ(match("00401"), "004010");
    EXPECT_EQ(match("004015"), "004010 nearest");
    EXPECT_EQ(match("003070"), "003060 nearest");
    EXPECT_EQ(match("002003"), "003040 nearest");
    EXPECT_EQ(match("008010"), "007040 nearest");
    EXPECT_EQ(match("004015UCS"), "004010 nearest suffixed");
    EXPECT_EQ(match(""), "004010 nearest");
    EXPECT_EQ(match("VICS"), "004010 nearest suffixed");
    EXPECT_EQ(match("99999999999999999999"), "007040 nearest suffixed");
}

TEST(Dictionary, ShowsOneReleaseOfASet) {
    auto const grammars = embedded();
    auto const old = grammars->dictionary("004010");
    auto const* const order = old->set("850");
    ASSERT_NE(order, nullptr);
    EXPECT_EQ(order->name, "Purchase Order");
    EXPECT_EQ(order->group, "PO");
    EXPECT_EQ(order->rows.front().segment, "ST");
    EXPECT_EQ(order->rows.back().segment, "SE");
    auto const& sac = order->rows[11];
    EXPECT_EQ(sac.segment, "SAC");
    EXPECT_EQ(sac.position, "120");
    EXPECT_TRUE(sac.is_loop);
    EXPECT_EQ(sac.max, 25u);
    ASSERT_EQ(sac.rows.size(), 1u);
    EXPECT_EQ(sac.rows[0].segment, "CUR");
    // from 007010 the loop repeats without limit, and positions have four digits
    auto const& newer = grammars->dictionary("007010")->set("850")->rows[11];
    EXPECT_EQ(newer.segment, "SAC");
    EXPECT_EQ(newer.position, "1200");
    EXPECT_EQ(newer.max, 0u);
    EXPECT_EQ(old->set("753"), nullptr); // first in 004030
    EXPECT_EQ(old->set("../segments"), nullptr);
    EXPECT_EQ(old->set(""), nullptr);
}

TEST(Dictionary, ShowsOneReleaseOfASegment) {
    auto const grammars = embedded();
    auto const* const ref = grammars->dictionary("003040")->segment("REF");
    ASSERT_NE(ref, nullptr);
    EXPECT_EQ(ref->elements.size(), 3u);
    auto const* const newer = grammars->dictionary("004010")->segment("REF");
    ASSERT_EQ(newer->elements.size(), 4u);
    EXPECT_EQ(newer->elements[3].reference, "C040");
    ASSERT_EQ(newer->notes.size(), 1u);
    EXPECT_EQ(newer->notes[0].text(), "R0203");
    EXPECT_EQ(newer->key, 1);
    EXPECT_EQ(grammars->dictionary("004010")->segment("QQQ"), nullptr);
    EXPECT_EQ(grammars->dictionary("004010")->segment("IK3"), nullptr); // first in 005010
    EXPECT_NE(grammars->dictionary("005010")->segment("IK3"), nullptr);
}

TEST(Dictionary, KnowsQualifiersAndPairs) {
    auto const dictionary = embedded()->dictionary("004010");
    EXPECT_EQ(dictionary->segment("N1")->key, 1);
    EXPECT_EQ(dictionary->segment("HL")->key, 3);
    EXPECT_EQ(dictionary->segment("CTP")->key, 2);
    EXPECT_EQ(dictionary->segment("DTM")->key, 1);
    EXPECT_EQ(dictionary->segment("SE")->key, 0);
    for (auto const id : {"PO1", "IT1", "SLN", "SDQ", "LIN"})
        EXPECT_EQ(dictionary->segment(id)->key, 0) << id;
    EXPECT_EQ(dictionary->segment("PO1")->pairs_from, 6);
    EXPECT_EQ(dictionary->segment("PO1")->pairs_to, 25);
    EXPECT_EQ(dictionary->segment("LIN")->pairs_from, 2);
    EXPECT_EQ(dictionary->segment("LIN")->pairs_to, 31);
    EXPECT_EQ(dictionary->segment("N1")->pairs_from, 0);
    EXPECT_EQ(embedded()->dictionary("003040")->segment("PER")->pairs_to, 6); // it has six elements there
}

TEST(Dictionary, ShowsOneReleaseOfAnElement) {
    auto const grammars = embedded();
    auto const* const element = grammars->dictionary("004010")->element("127");
    ASSERT_NE(element, nullptr);
    EXPECT_EQ(element->type, "AN");
    EXPECT_EQ(element->max, 30u);
    EXPECT_EQ(grammars->dictionary("005010")->element("127")->max, 50u);
    EXPECT_EQ(grammars->dictionary("004010")->element("C040"), nullptr);
    EXPECT_EQ(grammars->dictionary("004010")->composite("127"), nullptr);
    auto const* const composite = grammars->dictionary("004010")->composite("C040");
    ASSERT_NE(composite, nullptr);
    EXPECT_EQ(composite->components.size(), 6u);
    EXPECT_EQ(grammars->dictionary("003040")->segment("ISA")->elements[10].reference, "I10");
    EXPECT_EQ(grammars->dictionary("005010")->segment("ISA")->elements[10].reference, "I65");
}

TEST(Dictionary, FindsCodes) {
    auto const dictionary = embedded()->dictionary("004010");
    auto const* const purposes = dictionary->codes("353");
    ASSERT_NE(purposes, nullptr);
    EXPECT_EQ(purposes->find("00"), "Original");
    EXPECT_FALSE(purposes->find("0").has_value());
    EXPECT_FALSE(purposes->find("").has_value());
    EXPECT_FALSE(purposes->find("000").has_value());
    EXPECT_FALSE(purposes->find(std::string_view("00\0", 3)).has_value());
    EXPECT_FALSE(purposes->find("0000000000000000000000000").has_value());
    EXPECT_EQ(purposes->all().size(), purposes->size());
    EXPECT_EQ(dictionary->codes("26"), nullptr);  // country codes: an external list
    EXPECT_EQ(dictionary->codes("127"), nullptr); // not coded
    EXPECT_EQ(dictionary->codes("99999"), nullptr);
    // I32 is a code of three releases' difference: the list of element 98 grows
    EXPECT_LT(embedded()->dictionary("003040")->codes("98")->size(), dictionary->codes("98")->size());
}

TEST(Dictionary, ServesSeveralThreads) {
    auto const grammars = embedded();
    std::vector<std::size_t> sums(4);
    {
        std::vector<std::jthread> threads;
        for (auto& sum : sums)
            threads.emplace_back([&grammars, &sum] {
                auto const dictionary = grammars->dictionary("005010");
                for (auto const& id : dictionary->sets())
                    sum += dictionary->set(id)->rows.size();
                sum += dictionary->codes("98")->size() + dictionary->segment("PO1")->elements.size();
            });
    }
    EXPECT_GT(sums[0], 1000u);
    for (auto const sum : sums)
        EXPECT_EQ(sum, sums[0]);
}

TEST(ShippedGrammars, HaveNoFaults) {
    auto const folder = GrammarFolder::load(std::nullopt);
    ASSERT_TRUE(folder.has_value());
    for (auto const& finding : check_grammars(*folder, true))
        ADD_FAILURE() << finding.place.file << ":" << finding.place.line << ":" << finding.place.column << " " << finding.message;
}

TEST(Overlay, ReplacesFilesOfTheSameName) {
    Overlay const overlay;
    overlay.write("sets/850", small_set);
    overlay.write("codes/353", "codes 353 \"Purpose\"\n@all\n  00 Original\n  ABCDEFGHIJ Long\n@005010..\n  77 Simulation # exercise\n");
    auto const opened = Grammars::open(overlay.path());
    ASSERT_TRUE(opened.has_value()) << overlay.faults();
    auto const dictionary = (*opened)->dictionary("004010");
    auto const* const set = dictionary->set("850");
    ASSERT_NE(set, nullptr);
    ASSERT_EQ(set->rows.size(), 4u);
    EXPECT_EQ(set->rows[2].max, 3u);
    EXPECT_EQ(set->rows[2].rows.size(), 1u);
    EXPECT_TRUE((*opened)->dictionary("003060")->set("850")->rows[2].rows.empty());
    EXPECT_EQ((*opened)->dictionary("007040")->set("850")->rows[2].max, 0u);
    EXPECT_EQ(dictionary->codes("353")->size(), 2u);
    EXPECT_EQ(dictionary->codes("353")->find("ABCDEFGHIJ"), "Long");
    EXPECT_FALSE(dictionary->codes("353")->find("ABCDEFGHIK").has_value());
    EXPECT_FALSE(dictionary->codes("353")->find("77").has_value());
    EXPECT_EQ((*opened)->dictionary("005010")->codes("353")->find("77"), "Simulation # exercise");
    EXPECT_NE(dictionary->set("810"), nullptr); // what is not overlaid stays
}

TEST(Overlay, MayStandInAFolderX12AndHideFiles) {
    Overlay const overlay;
    overlay.write("x12/sets/850", small_set);
    overlay.write("x12/.notes", "mine");
    auto const opened = Grammars::open(overlay.path());
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ((*opened)->dictionary("004010")->set("850")->rows.size(), 4u);
}

TEST(Overlay, IsRefusedWhenItIsNoFolder) {
    auto const opened = Grammars::open("/nonexistent/grammars");
    ASSERT_FALSE(opened.has_value());
    ASSERT_EQ(opened.error().size(), 1u);
    EXPECT_EQ(opened.error()[0].code, "GRAMMAR-0010");
    EXPECT_EQ(opened.error()[0].place.file, "/nonexistent/grammars");
}

TEST(Overlay, RefusesFilesThatWouldHaveNoEffect) {
    Overlay const overlay;
    overlay.write("set/850", small_set);
    EXPECT_EQ(overlay.faults(),
              "set/850:0:0 GRAMMAR-0009 no grammar file is called set/850 | grammar files are releases, envelope, segments, "
              "elements, sets/NNN and codes/N; a name that begins with a dot is passed over\n");
}

TEST(Overlay, ReportsEveryFaultyLineOfASet) {
    Overlay const overlay;
    overlay.write("sets/850", R"(set 850 "Purchase Order" group PO
heading
  010   ST   M 1
  020   BEG  X 1
  030   REF  O 0
  040   PERX O 3
  050   DTM  O
  060   N1   O 1 @004015..
  07    N2   O 1
	080   N3   O 1
  090   N4   O 1  @005010  extra
details
  100   SE   M 1
)");
    EXPECT_EQ(overlay.faults(),
              "sets/850:4:14 GRAMMAR-0001 expected M or O, found \"X\"\n"
              "sets/850:5:16 GRAMMAR-0001 expected a maximum: a number from 1, or >1 for no limit, found \"0\"\n"
              "sets/850:6:9 GRAMMAR-0001 expected a segment: two or three capitals and digits, found \"PERX\"\n"
              "sets/850:7:15 GRAMMAR-0001 expected a maximum: a number from 1, or >1 for no limit, found the end of the line\n"
              "sets/850:8:19 GRAMMAR-0002 expected a release listed in `releases`, found \"004015..\"\n"
              "sets/850:9:3 GRAMMAR-0001 expected a position: digits, ~digits or -, found \"07\"\n"
              "sets/850:10:1 GRAMMAR-0003 a tab; rows are indented by two blanks per level\n"
              "sets/850:11:28 GRAMMAR-0001 expected the end of the row, found \"extra\"\n"
              "sets/850:12:7 GRAMMAR-0001 expected the end of the row, found \"s\"\n");
}

TEST(Overlay, ReportsRowsThatDoNotFitTogether) {
    Overlay const overlay;
    overlay.write("sets/850", R"(set 850 "Purchase Order" group PO  @004010..
heading
  010   BEG  M 1
  020   REF  O 1
    030   DTM  O 1
  040   loop N1  O 1 @005010.. | O 2 @004060..
    050   N2   O 1  @..003060
   060   N3   O 1
  070   N4   O 1 @005010..
  080   N4   O 1  @007010..004010
detail
heading
  090   SE   M 1
)");
    EXPECT_EQ(overlay.faults(),
              "sets/850:5:5 GRAMMAR-0003 indented by 4 blanks, expected 2 at most, by twos | each level has two blanks; only a "
              "`loop` row has rows inside\n"
              "sets/850:6:34 GRAMMAR-0004 two alternatives hold in 005010, 005020 and 5 more | give each alternative its own "
              "releases: `O >1 @003060.. | O 12 @..003040`\n"
              "sets/850:6:18 GRAMMAR-0004 no alternative holds in 004010, 004020 and 2 more | a lifetime after one blank belongs "
              "to the alternative, after two blanks to the row\n"
              "sets/850:7:21 GRAMMAR-0012 this row lives in no release | what it stands in lives in 004010, 004020 and 10 more; "
              "a range begins with its older release\n"
              "sets/850:8:4 GRAMMAR-0003 indented by 3 blanks, expected 4 at most, by twos | each level has two blanks; only a "
              "`loop` row has rows inside\n"
              "sets/850:9:14 GRAMMAR-0004 no alternative holds in 004010, 004020 and 3 more | a lifetime after one blank belongs "
              "to the alternative, after two blanks to the row\n"
              "sets/850:10:19 GRAMMAR-0012 this row lives in no release | what it stands in lives in 004010, 004020 and 10 more; "
              "a range begins with its older release\n"
              "sets/850:12:1 GRAMMAR-0011 this row stands out of place; the areas are heading, detail, summary, each once at most\n");
}

TEST(Overlay, ReportsWhatIsNotDefined) {
    Overlay const overlay;
    overlay.write("sets/850", R"(set 850 "Purchase Order" group PO
heading
  010   BEG  M 1
  020   QQQ  O 1
  030   IK3  O 1
summary
  040   SE   O 1
)");
    overlay.write("codes/9000", "codes 9000 \"Nothing\"\n@all\n  A One\n  A Two\n");
    overlay.write("sets/851", small_set);
    EXPECT_EQ(overlay.faults(),
              "sets/850:4:9 GRAMMAR-0006 there is no segment QQQ | define it in `segments`, or correct the name\n"
              "sets/850:5:9 GRAMMAR-0006 segment IK3 does not live in 003040, 003060 and 5 more | give this row a lifetime, or "
              "widen the one of IK3 in `segments`\n"
              "sets/850:3:9 GRAMMAR-0015 expected ST M 1 here, found BEG | a transaction set begins with ST and ends with SE, "
              "each mandatory and once, in all its releases\n"
              "sets/850:7:9 GRAMMAR-0015 expected SE M 1 here, found SE | a transaction set begins with ST and ends with SE, "
              "each mandatory and once, in all its releases\n"
              "sets/851:1:5 GRAMMAR-0013 the file is called 851 but speaks of 850 | rename the file or correct the row\n"
              "codes/9000:1:7 GRAMMAR-0006 there is no element 9000 | define it in `elements`, or correct the name\n"
              "codes/9000:4:3 GRAMMAR-0005 code A stands twice in 003040, 003060 and 12 more | leave one of them\n");
}

TEST(Overlay, ReportsFaultsInSegmentsAndElements) {
    Overlay const overlay;
    overlay.write("segments", R"(segment ST "Transaction Set Header"
  01  143 M
  03  329 M
  04  C040 O y5
segment SE "Transaction Set Trailer"
  01  96 M  @004010..
  02  329 M
  note  P0203
  note  Q0102
  key 00
  pairs 01..01
segment ST "Again"
)");
    overlay.write("elements", R"(element 98   ID 3/2  "Entity Identifier Code"
element 99   XX 1/2  "Type"
element 100  AN 1-2  "Lengths"
element 101  AN 1/2  Name
composite C001 "Composite"
  01  98 M x>1
  02  C001 O
)");
    EXPECT_EQ(overlay.faults(),
              "elements:1:14 GRAMMAR-0014 the shortest length 3 is longer than the longest 2\n"
              "elements:2:14 GRAMMAR-0001 expected a type: AN, ID, N0 to N9, R, DT, TM or B, found \"XX\"\n"
              "elements:3:17 GRAMMAR-0001 expected lengths such as 1/30, found \"1-2\"\n"
              "elements:4:22 GRAMMAR-0001 expected a name in double quotes, found \"Name\"\n"
              "elements:7:7 GRAMMAR-0006 a composite cannot hold a composite\n"
              "segments:3:3 GRAMMAR-0007 element position 03, expected 02 | positions run from 01 without holes; a position that "
              "a release lacks has a lifetime\n"
              "segments:4:14 GRAMMAR-0001 expected a lifetime after two blanks, or the end of the row, found \"y5\"\n"
              "segments:7:3 GRAMMAR-0007 position 02 lives in 003040, 003060, where position 01 does not\n"
              "segments:8:3 GRAMMAR-0008 names position 03, which SE lacks in 003040, 003060 and 12 more | give the row a "
              "lifetime, or correct the position\n"
              "segments:9:9 GRAMMAR-0001 expected a syntax note: P, R, E, C or L and two-digit positions, such as P0304, found "
              "\"Q0102\"\n"
              "segments:10:7 GRAMMAR-0001 expected an element position or `none`, found \"00\"\n"
              "segments:11:3 GRAMMAR-0008 names position 01, which SE lacks in 003040, 003060 | give the row a lifetime, or "
              "correct the position\n"
              "segments:11:9 GRAMMAR-0008 pairs need an even number of positions\n"
              "segments:12:9 GRAMMAR-0005 ST is defined a second time | one definition holds all releases; join the two with "
              "lifetimes\n");
}

TEST(Overlay, ReportsFaultsInReleasesAndCodes) {
    {
        Overlay const overlay;
        overlay.write("releases", "004010  00401  positions 3\n003060  00306  positions 5\n003040  00304  positions 3\n");
        EXPECT_EQ(overlay.faults(), "releases:2:26 GRAMMAR-0001 expected 3 or 4, found \"5\"\n"
                                    "releases:3:1 GRAMMAR-0007 003040 stands after 004010 | releases are listed oldest first, "
                                    "each once\n");
    }
    {
        Overlay const overlay;
        overlay.write("releases", "# none yet\n");
        EXPECT_EQ(overlay.faults(), "releases:1:1 GRAMMAR-0011 no release is listed\n");
    }
    Overlay const overlay;
    overlay.write("codes/353", "codes 353 \"Purpose\"\n  00 Original\n@005010..004010\n   01 Cancellation\nall\n");
    EXPECT_EQ(overlay.faults(),
              "codes/353:2:3 GRAMMAR-0011 this row stands out of place; codes stand below `@all` or a lifetime\n"
              "codes/353:3:1 GRAMMAR-0012 these codes live in no release | the list lives in 003040, 003060 and 12 more\n"
              "codes/353:4:4 GRAMMAR-0003 indented by 3 blanks, expected 2\n"
              "codes/353:5:1 GRAMMAR-0001 expected `codes`, `@all` or a lifetime, found \"all\"\n");
    Overlay const empty;
    empty.write("sets/850", "");
    empty.write("codes/353", "\n\n");
    EXPECT_EQ(empty.faults(), "sets/850:1:1 GRAMMAR-0011 the file has no rows\ncodes/353:1:1 GRAMMAR-0011 the file has no codes\n");
}

TEST(Overlay, TakesFilesWrittenOnOtherSystems) {
    Overlay const overlay;
    std::string text(small_set);
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
        text.insert(at, 1, '\r');
    text.resize(text.size() - 2); // and without a last end of line
    overlay.write("sets/850", text);
    EXPECT_EQ(overlay.faults(), "none\n");
}

TEST(Overlay, SurvivesAnything) {
    // every prefix of a good file, and every file with one byte changed: faults or none, never a crash
    auto const folder = GrammarFolder::load(std::nullopt);
    auto const releases = [&] {
        Problems none;
        return read_releases(*folder->find("releases"), none);
    }();
    std::string const good(small_set);
    for (std::size_t size = 0; size <= good.size(); ++size) {
        GrammarText const file{"850", std::string_view(good).substr(0, size)};
        Diagnostics findings;
        Problems problems(&findings);
        auto const entry = read_set(file, releases, problems);
        (void)view_set(entry, releases, 2);
        for (auto const& finding : findings)
            EXPECT_TRUE(finding.code.starts_with("GRAMMAR-") && !finding.message.empty()) << size;
        if (size == good.size()) {
            EXPECT_TRUE(findings.empty()) << "the whole file is right";
        }
    }
    for (std::size_t at = 0; at < good.size(); ++at)
        for (char const c : {'\0', ' ', '"', '@', '\n', '9', '\xff', '|'}) {
            auto changed = good;
            changed[at] = c;
            GrammarText const file{"850", changed};
            Diagnostics findings;
            Problems problems(&findings);
            auto const entry = read_set(file, releases, problems);
            (void)view_set(entry, releases, 2);
        }
}

} // namespace
