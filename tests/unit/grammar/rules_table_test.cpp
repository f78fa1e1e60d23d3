// Every rule of the element and segment level, an ok and a bad case each: two segments put at the same place of a small set.
// What each rule is stands in the acknowledgment's own terms (elements 723 and 720) behind the finding's code.
#include "grammar/lint.hpp"
#include "support/all_sets.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

struct RuleCase {
    char const* rule;
    char const* release;
    char const* set;
    char const* before;
    char const* ok;
    char const* bad;
    char const* after;
    char const* finding; // "code path" of the bad one, acknowledgment's segment and element code
};

constexpr char const* beg = "BEG*00*SA*4711**20250602~";
constexpr char const* po1 = "PO1*1*10*EA*1~";
constexpr char const* big = "BIG*20250602*INV1~";

RuleCase const cases[] = {
    // requirement
    {"mandatory element", "004010", "850", "", "BEG*00*SA*4711**20250602~", "BEG*00*SA***20250602~", po1, "X12-0301 850/BEG/BEG03 8 1"},
    {"mandatory component", "004010", "850", beg, "REF*IA*1**DP>10~", "REF*IA*1**DP~", po1, "X12-0301 850/REF[IA]/REF04-02 8 1"},
    {"too many elements of a segment", "004010", "850", "BEG*00*SA*4711**20250602~N1*ST*A~", "N3*A*B~", "N3*A*B*C~", po1, "X12-0302 850/N1/N3/N303 8 3"},
    {"too many components", "004010", "850", beg, "REF*IA*1**DP>10>DP>10>DP>10~", "REF*IA*1**DP>10>DP>10>DP>10>X~", po1, "X12-0313 850/REF[IA]/REF04-07 8 3"},
    {"separators behind the last value", "004010", "850", "BEG*00*SA*4711**20250602~", "N1*ST*A*92*01~", "N1*ST*A*92*01**~", po1, "X12-0317 850/N1[ST]  "},
    {"separators behind the last element", "004010", "850", beg, "REF*IA*1**DP>10~", "REF*IA*1**DP>10*~", po1, "X12-0317 850/REF[IA]  "},
    // length
    {"shortest text", "004010", "850", "BEG*00*SA*4711**20250602~N1*ST*A~", "N4*AA*NY~", "N4*AA*N~", po1, "X12-0303 850/N1/N4/N402 8 4"},
    {"longest text", "004010", "850", "", "BEG*00*SA*1234567890123456789012**20250602~", "BEG*00*SA*12345678901234567890123**20250602~", po1, "X12-0304 850/BEG/BEG03 8 5"},
    {"longest number, point and sign not counted", "004010", "850", beg, "PO1*1*-12345678901234.5*EA*1~", "PO1*1*-123456789012345.6*EA*1~", "", "X12-0304 850/PO1/PO102 8 5"},
    // type
    {"whole number", "004010", "810", big, "TDS*12500~", "TDS*125.00~", "", "X12-0305 810/TDS/TDS01 8 6"},
    {"whole number with a sign", "004010", "810", big, "TDS*-12500~", "TDS*125-00~", "", "X12-0305 810/TDS/TDS01 8 6"},
    {"decimal number", "004010", "850", beg, "PO1*1*1.5*EA*.25~", "PO1*1*1.5.0*EA*1~", "", "X12-0305 850/PO1/PO102 8 6"},
    {"decimal number without letters", "004010", "850", beg, "PO1*1*-0.5*EA*1~", "PO1*1*1O*EA*1~", "", "X12-0305 850/PO1/PO102 8 6"},
    {"decimal number without separators of thousands", "004010", "850", beg, "PO1*1*1000*EA*1~", "PO1*1*1,000*EA*1~", "", "X12-0305 850/PO1/PO102 8 6"},
    {"characters", "004010", "850", beg, "REF*IA*A (B)/C~", "REF*IA*A\tB~", po1, "X12-0305 850/REF[IA]/REF02 8 6"},
    {"component separator in a simple element", "004010", "850", beg, "REF*IA*AB~", "REF*IA*A>B~", po1, "X12-0313 850/REF[IA]/REF02 8 3"},
    {"repetitions", "005010", "999", "AK1*PO*77~AK2*850*0001~IK3*N1*3**8~", "CTX*A^A^A^A^A^A^A^A^A^A~", "CTX*A^A^A^A^A^A^A^A^A^A^A~", "IK5*R*5~AK9*R*1*1*0~", "X12-0314 999/AK2/IK3/CTX/CTX01 8 12"},
    {"trailing blanks", "004010", "850", beg, "REF*IA*A B~", "REF*IA*A ~", po1, "X12-0315 850/REF[IA]/REF02  "},
    // codes, dates, times
    {"code", "004010", "850", "", "BEG*00*SA*4711**20250602~", "BEG*00*S?*4711**20250602~", po1, "X12-0306 850/BEG/BEG02 8 7"},
    {"code of a newer release", "004010", "850", "BEG*00*SA*4711**20250602~N1*ST*A~N3*A~", "N4*AA*NY**US*CI*X~", "N4*AA*NY**US*!!*X~", po1, "X12-0306 850/N1/N4/N405 8 7"},
    {"code of a component", "004010", "850", beg, "REF*IA*1**DP>10~", "REF*IA*1**!!>10~", po1, "X12-0306 850/REF[IA]/REF04-01 8 7"},
    {"list outside the standard is not checked", "004010", "850", beg, "CUR*BY*XQZ~", "CUR*BY*XQZZ~", po1, "X12-0304 850/CUR/CUR02 8 5"},
    {"date", "004010", "850", beg, "DTM*002*20240229~", "DTM*002*20250229~", po1, "X12-0307 850/DTM[002]/DTM02 8 8"},
    {"date of eight digits", "004010", "850", beg, "DTM*002*20250602~", "DTM*002*250602~", po1, "X12-0307 850/DTM[002]/DTM02 8 8"},
    {"date of six digits in an old release", "003060", "850", "BEG*00*SA*4711**250602~", "DTM*002*250602~", "DTM*002*251302~", po1, "X12-0307 850/DTM[002]/DTM02 8 8"},
    {"time", "004010", "850", beg, "DTM*002*20250602*2359~", "DTM*002*20250602*2400~", po1, "X12-0308 850/DTM[002]/DTM03 8 9"},
    {"time with seconds", "004010", "850", beg, "DTM*002*20250602*235959~", "DTM*002*20250602*235960~", po1, "X12-0308 850/DTM[002]/DTM03 8 9"},
    // syntax notes
    {"P: all or none", "004010", "850", beg, "N1*ST*A*92*01~", "N1*ST*A*92~", po1, "X12-0310 850/N1[ST]/N104 8 2"},
    {"P: the other way round", "004010", "850", beg, "N1*ST*A~", "N1*ST*A**01~", po1, "X12-0310 850/N1[ST]/N103 8 2"},
    {"R: at least one", "004010", "850", beg, "DTM*002**1200~", "DTM*002~", po1, "X12-0311 850/DTM[002]/DTM02 8 2"},
    {"E: at most one", "005010", "850", "BEG*00*SA*4711**20250602~N1*ST*A~", "N4*AA*NY~", "N4*AA*NY**US***NY~", po1, "X12-0312 850/N1/N4/N407 8 10"},
    {"C: the first needs the others", "004010", "850", beg, "FOB*PP*OR*X~", "FOB*PP**X~", po1, "X12-0310 850/FOB[PP]/FOB02 8 2"},
    {"C: the others do not need the first", "004010", "850", beg, "FOB*PP*OR~", "FOB*PP**X~", po1, "X12-0310 850/FOB[PP]/FOB02 8 2"},
    {"L: the first needs one of the others", "004010", "850", beg, "ITD*01*3*2**10~", "ITD*01*3*2~", po1, "X12-0310 850/ITD[01]/ITD04 8 2"},
    // structure
    {"unknown segment", "004010", "850", beg, "REF*IA*1~", "RFE*IA*1~", po1, "X12-0201 850/RFE 1 "},
    {"segment of another set", "004010", "850", beg, "REF*IA*1~", "HL*1**S~", po1, "X12-0202 850/HL 6 "},
    {"mandatory segment", "004010", "850", "", beg, "REF*IA*1~", po1, "X12-0203 850/BEG 3 "},
    {"mandatory loop", "004010", "850", beg, po1, "REF*IA*1~", "", "X12-0203 850/PO1 3 "},
    {"segment too often", "004010", "850", beg, "CUR*BY*USD~", "CUR*BY*USD~CUR*BY*USD~", po1, "X12-0205 850/CUR 5 "},
    {"loop too often", "004010", "810", big, "N9*L1*X~MSG*A~", "N9*L1*X~MSG*A~N9*L1*Y~MSG*B~", "TDS*12500~", "X12-0204 810/N9 4 "},
    {"order", "004010", "850", beg, "REF*IA*1~PER*BD~", "PER*BD~REF*IA*1~FOB*PP~", po1, "X12-0206 850/PER 7 "},
    {"a segment without a place", "004010", "850", beg, "N1*ST*A~N2*B~", "N2*B~", po1, "X12-0207 850/N2 2 "},
};

std::string findings(RuleCase const& one, char const* middle) {
    auto const schema = test::schemas().get(one.release, one.set);
    auto const text = test::interchange(schema->set().group, {test::set(one.set, std::string(one.before) + middle + one.after)}, one.release);
    std::string out;
    for (auto const& finding : lint(text, "t", test::schemas()).diagnostics)
        if (finding.code.starts_with("X12-02") || finding.code.starts_with("X12-03"))
            out += fmt::format("{}{} {} {} {}", out.empty() ? "" : "\n", finding.code, finding.place.path, finding.acknowledgment.segment,
                               finding.acknowledgment.element);
    return out;
}

TEST(RulesTable, each_rule_has_an_ok_and_a_bad_case) {
    for (auto const& one : cases) {
        EXPECT_EQ(findings(one, one.ok), "") << one.rule;
        EXPECT_EQ(findings(one, one.bad), one.finding) << one.rule;
    }
}

} // namespace
} // namespace wharf::grammar
