#include "grammar/explain.hpp"

#include "grammar/grammar_folder.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace {

using namespace wharf::grammar;

std::shared_ptr<Dictionary const> dictionary(std::string_view release) {
    auto const grammars = Grammars::open();
    EXPECT_TRUE(grammars.has_value());
    return (*grammars)->dictionary(release);
}

TEST(Explain, Segment) {
    EXPECT_EQ(explain_segment(*dictionary("004010"), "N1"), R"(segment N1 "Party Identification" in 004010

  N101    98  M  ID 2/3   Entity Identifier Code         1312 codes, the qualifier
  N102    93  X  AN 1/60  Name
  N103    66  X  ID 1/2   Identification Code Qualifier  215 codes
  N104    67  X  AN 2/80  Identification Code
  N105   706  O  ID 2/2   Entity Relationship Code       96 codes
  N106    98  O  ID 2/3   Entity Identifier Code         1312 codes

Syntax notes
  R0203   at least one of N102 or N103 must be there
  P0304   N103 and N104 stand together: all of them or none
)");
}

TEST(Explain, SegmentWithPairsAndRepeats) {
    auto const text = explain_segment(*dictionary("004010"), "LIN").value();
    EXPECT_NE(text.find("\nLIN02 to LIN31 are pairs: a qualifier and its value.\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("the qualifier\n"), std::string::npos) << text;
    EXPECT_EQ(explain_segment(*dictionary("004010"), "QQQ"), std::nullopt);
}

TEST(Explain, Element) {
    EXPECT_EQ(explain_element(*dictionary("004010"), "127"), R"(element 127 "Reference Identification" in 004010

  type AN: text
  1 to 30 characters
)");
    EXPECT_EQ(explain_element(*dictionary("004010"), "8"), R"(element 8 "Bank Client Code" in 004010

  type ID: a code
  1 character

2 codes
  E  Payee
  R  Payer
)");
    EXPECT_EQ(explain_element(*dictionary("004010"), "26"), R"(element 26 "Country Code" in 004010

  type ID: a code
  2 to 3 characters
  codes of an external list, which is not checked
)");
    EXPECT_EQ(explain_element(*dictionary("004010"), "785").value().find("4294967295"), std::string::npos);
    EXPECT_EQ(explain_element(*dictionary("004010"), "99999"), std::nullopt);
}

TEST(Explain, PlaceOfAnElement) {
    auto const text = explain_place(*dictionary("004010"), "N104").value_or("");
    EXPECT_TRUE(text.starts_with("N104 of N1 \"Party Identification\": a syntax note says when it must or may be there\n  P0304")) << text;
    EXPECT_NE(text.find("element 67 \"Identification Code\""), std::string::npos) << text;
    EXPECT_TRUE(explain_place(*dictionary("004010"), "BEG02").value_or("").starts_with("BEG02 of BEG"));
    EXPECT_TRUE(explain_place(*dictionary("004010"), "REF04-01").value_or("").starts_with("REF04-01 of C040")) << explain_place(*dictionary("004010"), "REF04-01").value_or("nothing");
    EXPECT_TRUE(explain_place(*dictionary("004010"), "C040-02").value_or("").starts_with("C040-02 of C040"));
    for (auto const* const none : {"BEG99", "ZZZ01", "BEG", "01", "", "BEG01-01", "C040-99", "-01"})
        EXPECT_EQ(explain_place(*dictionary("004010"), none), std::nullopt) << none;
}

TEST(Explain, Composite) {
    EXPECT_EQ(explain_element(*dictionary("004010"), "C040"), R"(composite C040 "Reference Identifier" in 004010

  C040-01   128  M  ID 2/3   Reference Identification Qualifier  1503 codes
  C040-02   127  M  AN 1/30  Reference Identification
  C040-03   128  X  ID 2/3   Reference Identification Qualifier  1503 codes
  C040-04   127  X  AN 1/30  Reference Identification
  C040-05   128  X  ID 2/3   Reference Identification Qualifier  1503 codes
  C040-06   127  X  AN 1/30  Reference Identification

Syntax notes
  P0304   C040-03 and C040-04 stand together: all of them or none
  P0506   C040-05 and C040-06 stand together: all of them or none
)");
}

TEST(Explain, NotesInWords) {
    EXPECT_EQ(explain_note({'E', {4, 12}}, "MEA"), "at most one of MEA04 and MEA12 may be there");
    EXPECT_EQ(explain_note({'C', {28, 27, 29}}, "ACK"), "if ACK28 is there, ACK27 and ACK29 must be there too");
    EXPECT_EQ(explain_note({'L', {7, 8, 9, 10}}, "SAC"), "if SAC07 is there, at least one of SAC08, SAC09 or SAC10 must be there too");
}

TEST(Explain, Set) {
    auto const text = explain_set(*dictionary("004010"), "997").value();
    EXPECT_EQ(text, R"(set 997 "Functional Acknowledgment" group FA  @004010
heading
  010   ST   M 1              # Transaction Set Header
  020   AK1  M 1              # Functional Group Response Header
  030   loop AK2  O 999999    # Transaction Set Response Header
    040   loop AK3  O 999999  # Data Segment Note
      050   AK4  O 99         # Data Element Note
    060   AK5  M 1            # Transaction Set Response Trailer
  070   AK9  M 1              # Functional Group Response Trailer
  080   SE   M 1              # Transaction Set Trailer
)");
    EXPECT_EQ(explain_set(*dictionary("004010"), "753"), std::nullopt);
}

TEST(Explain, TheFlatFormOfASetIsAGrammarFile) {
    auto const folder = GrammarFolder::load(std::nullopt);
    ASSERT_TRUE(folder.has_value());
    wharf::Diagnostics findings;
    Problems problems(&findings);
    auto const releases = read_releases(*folder->find("releases"), problems);
    for (auto const release : {"003040", "004010", "005010", "007040"}) {
        auto const one = dictionary(release);
        for (auto const& id : one->sets()) {
            auto const text = explain_set(*one, id).value();
            GrammarText const file{id, text};
            auto const entry = read_set(file, releases, problems);
            ASSERT_TRUE(findings.empty()) << findings[0].message << "\n" << text;
            auto const index = static_cast<unsigned>(releases.find(release));
            EXPECT_EQ(entry.life, ReleaseMask{1} << index);
            // printed again, what was read is the same text
            auto const again = view_set(entry, releases, index);
            std::function<std::string(std::vector<SetRow> const&)> const flat = [&](std::vector<SetRow> const& rows) {
                std::string result;
                for (auto const& row : rows)
                    result += row.segment + row.position + (row.mandatory ? "M" : "O") + std::to_string(row.max) +
                              std::to_string(static_cast<int>(row.area)) + (row.is_loop ? "(" + flat(row.rows) + ")" : "");
                return result;
            };
            EXPECT_EQ(flat(again.rows), flat(one->set(id)->rows)) << release << " " << id;
        }
    }
}

} // namespace
