// Each rule about values, components and repetitions: one case that is right, one that is wrong.
#include "grammar/lint.hpp"
#include "grammar/near_miss.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

using wharf::test::schemas;

Diagnostics findings_of(std::string const& body, std::string const& set_id = "850", std::string const& release = "004010") {
    auto const text = test::interchange(schemas().get(release, set_id)->set().group, {test::set(set_id, body)}, release);
    return lint(text, "t", schemas()).diagnostics;
}

/// "X12-0318 850/REF[IA]/REF04" each on a line.
std::string found(std::string const& body, std::string const& set_id = "850", std::string const& release = "004010") {
    std::string out;
    for (auto const& finding : findings_of(body, set_id, release))
        out += finding.code + " " + finding.place.path + "\n";
    return out;
}
std::string const head = "BEG*00*SA*4711**20250602~";
std::string in_order(std::string const& segment) { return found(head + segment + "PO1~"); }
std::string help_of(std::string const& body, std::string const& set_id = "850") {
    auto const all = findings_of(body, set_id);
    return all.size() == 1 ? all[0].help : "?";
}

TEST(ElementFindings, components) {
    EXPECT_EQ(in_order("REF*IA*1**DP>10>ST>20~"), "");
    EXPECT_EQ(in_order("REF*IA*1**DP>10>ST~"), "X12-0310 850/REF[IA]/REF04-04\n") << "P0304";
    EXPECT_EQ(in_order("REF*IA*1**DP>10>>20~"), "X12-0310 850/REF[IA]/REF04-03\n");
    EXPECT_EQ(in_order("REF*IA*1**DP>10>Q?~"), "X12-0306 850/REF[IA]/REF04-03\n") << "a note that touches a wrong value is silent";
    EXPECT_EQ(in_order("REF*IA*1**>10~"), "X12-0301 850/REF[IA]/REF04-01\n");
    EXPECT_EQ(in_order("REF*IA*1**DP>10>ST>20>VN>30>X~"), "X12-0313 850/REF[IA]/REF04-07\n");
    EXPECT_EQ(in_order("REF*IA*1**DP>10>>~"), "X12-0318 850/REF[IA]/REF04\n");
    EXPECT_EQ(in_order("REF*IA*1**>>~"), "X12-0318 850/REF[IA]/REF04\n") << "an optional composite with nothing in it";
    EXPECT_EQ(in_order("REF*IA*1**DP>10>>>>>>>>>~"), "X12-0318 850/REF[IA]/REF04\n") << "separators alone are no components";
}

TEST(ElementFindings, repetitions) {
    std::string const begin = "AK1*PO*77~AK2*850*0001~IK3*N1*3**8~CTX*";
    std::string const end = "~IK5*R*5~AK9*R*1*1*0~";
    auto const ctx = [&](std::string const& value) { return found(begin + value + end, "999", "005010"); };
    EXPECT_EQ(ctx("A>1^B>2"), "");
    EXPECT_EQ(ctx("A>1^^B>2"), "X12-0319 999/AK2/IK3/CTX/CTX01\n");
    EXPECT_EQ(ctx("A>1^"), "X12-0319 999/AK2/IK3/CTX/CTX01\n");
    EXPECT_EQ(ctx("A^A^A^A^A^A^A^A^A^A^A"), "X12-0314 999/AK2/IK3/CTX/CTX01\n");
    EXPECT_EQ(ctx("A^" + std::string(36, 'x')), "X12-0304 999/AK2/IK3/CTX/CTX01-01\n");
    auto const all = findings_of(begin + "A^" + std::string(36, 'x') + end, "999", "005010");
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].place.repetition, 2u);
    EXPECT_EQ(found("BEG*00*SA*47^11**20250602~PO1~", "850", "005010"), "X12-0313 850/BEG/BEG03\n") << "does not repeat";
}

TEST(ElementFindings, blanks) {
    EXPECT_EQ(in_order("REF*IA*1 ~"), "X12-0315 850/REF[IA]/REF02\n");
    EXPECT_EQ(in_order("REF*IA* 1~"), "X12-0316 850/REF[IA]/REF02\n");
    EXPECT_EQ(in_order("N9*L1*X~MSG* INDENTED TEXT~"), "") << "free text may begin with a blank";
    EXPECT_EQ(in_order("REF*IA* ~"), "X12-0315 850/REF[IA]/REF02\n") << "nothing but blanks";
    EXPECT_EQ(found("BEG*00*SA* **20250602~PO1~"), "X12-0301 850/BEG/BEG03\n") << "blanks do not make a mandatory element present";
}

TEST(ElementFindings, characters) {
    EXPECT_EQ(in_order("N1*ST*CAF\xc3\x89~"), "") << "UTF-8";
    EXPECT_EQ(in_order("N1*ST*CAF\xc9~"), "") << "Latin-1";
    EXPECT_EQ(in_order("N1*ST*CA\x07""FE~"), "X12-0305 850/N1[ST]/N102\n");
    EXPECT_EQ(in_order("N1*ST*CAFE\x7f~"), "X12-0305 850/N1[ST]/N102\n");
}

TEST(ElementFindings, a_note_that_touches_a_reported_element_is_silent) {
    EXPECT_EQ(in_order("N1*ST*ACME*92~"), "X12-0310 850/N1[ST]/N104\n");
    EXPECT_EQ(in_order("N1*ST*ACME*?Q~"), "X12-0306 850/N1[ST]/N103\n");
    EXPECT_EQ(in_order("N1*ST*ACME *92~"), "X12-0315 850/N1[ST]/N102\nX12-0310 850/N1[ST]/N104\n") << "blanks around a value leave it one";
}

TEST(ElementFindings, sign_and_point_do_not_count_for_the_length) {
    EXPECT_EQ(found("BIG*20250602*INV1~TDS*-123456789012345~", "810"), "");
    EXPECT_EQ(found("BIG*20250602*INV1~TDS*-1234567890123456~", "810"), "X12-0304 810/TDS/TDS01\n");
}

TEST(ElementFindings, one_finding_for_one_value) {
    EXPECT_EQ(in_order("N1*SHIPTO*ACME~"), "X12-0306 850/N1[SHIPTO]/N101\n");
    EXPECT_NE(help_of(head + "N1*SHIPTO*ACME~PO1~").find("A code here has 2 to 3 characters."), std::string::npos);
}

TEST(NearMiss, codes_and_segments) {
    EXPECT_NE(help_of(head + "N1*st*ACME~PO1~").find("Did you mean ST Ship To?"), std::string::npos);
    EXPECT_NE(help_of(head + "P01*1*10*EA*1~PO1~").find("Did you mean PO1?"), std::string::npos);
    EXPECT_NE(help_of(head + "ref*IA*1~PO1~").find("Did you mean REF?"), std::string::npos);
    EXPECT_NE(help_of(head + "NI*ST*A~PO1~").find("Did you mean N1?"), std::string::npos);
    EXPECT_TRUE(same_to_the_eye("PO1", "p0I"));
    EXPECT_FALSE(same_to_the_eye("PO1", "PO2"));
}

TEST(NearMiss, dates) {
    EXPECT_EQ(suggest_date("06022025", true), "As CCYYMMDD it is 20250602 (month first) or 20250206 (day first).");
    EXPECT_EQ(suggest_date("06252025", true), "As CCYYMMDD it is 20250625.");
    EXPECT_EQ(suggest_date("25.06.2025", true), "As CCYYMMDD it is 20250625.");
    EXPECT_EQ(suggest_date("2025-06-02", true), "As CCYYMMDD it is 20250602.");
    EXPECT_EQ(suggest_date("6/2/25", true), "As CCYYMMDD it is 20250602 (month first) or 20250206 (day first).");
    EXPECT_EQ(suggest_date("20250602", false), "As YYMMDD it is 250602.");
    EXPECT_EQ(suggest_date("250602", true), "As CCYYMMDD it is 20250602.");
    EXPECT_EQ(suggest_date("2025-06-02T14:03:00", true), "As CCYYMMDD it is 20250602.");
    EXPECT_EQ(suggest_date("20250230", true), "") << "no reading is a day";
    EXPECT_EQ(suggest_date("", true), "");
    EXPECT_EQ(suggest_date(std::string(1000, '1'), true).find("As"), std::string::npos);
}

TEST(NearMiss, times) {
    EXPECT_EQ(suggest_time("14:03"), "As HHMM it is 1403.");
    EXPECT_EQ(suggest_time("2:03 PM"), "As HHMM it is 1403.");
    EXPECT_EQ(suggest_time("903"), "As HHMM it is 0903.");
    EXPECT_EQ(suggest_time("2400"), "Midnight at the end of a day is 0000 of the next.");
    EXPECT_EQ(suggest_time("noon"), "");
}

TEST(NearMiss, numbers) {
    ElementRule decimal;
    decimal.kind = ElementClass::decimal;
    EXPECT_EQ(suggest_number(decimal, "12,50"), "Did you mean 12.50?");
    EXPECT_EQ(suggest_number(decimal, "1,250.00"), "Did you mean 1250.00?");
    EXPECT_EQ(suggest_number(decimal, "1.250,00"), "Did you mean 1250.00?");
    EXPECT_EQ(suggest_number(decimal, "$12.50"), "Did you mean 12.50?");
    EXPECT_EQ(suggest_number(decimal, "12.50 USD"), "Did you mean 12.50?");
    EXPECT_EQ(suggest_number(decimal, "12.5O"), "Did you mean 12.50?");
    EXPECT_EQ(suggest_number(decimal, "12.50-"), "Did you mean -12.50?");
    EXPECT_EQ(suggest_number(decimal, "(12.50)"), "Did you mean -12.50?");
    EXPECT_EQ(suggest_number(decimal, "twelve"), "");
    EXPECT_EQ(suggest_number(decimal, "1.2E3"), "");
    EXPECT_EQ(suggest_number(decimal, "0x10"), "");
    ElementRule cents;
    cents.kind = ElementClass::digits;
    cents.implied_decimals = 2;
    EXPECT_EQ(suggest_number(cents, "125.00"), "With 2 implied decimals it is sent as 12500.");
    EXPECT_EQ(suggest_number(cents, "0.5"), "With 2 implied decimals it is sent as 50.");
    EXPECT_EQ(suggest_number(cents, "1.255"), "") << "nothing is rounded";
    ElementRule whole;
    whole.kind = ElementClass::digits;
    EXPECT_EQ(suggest_number(whole, "10.0"), "It is sent as 10.");
}

} // namespace
} // namespace wharf::grammar
