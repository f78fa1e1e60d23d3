// What `wharf show` makes of a file, and how text and HTML carry it. That nothing is left out: tests/property/shown_test.cpp.
#include "grammar/guide.hpp"
#include "support/page.hpp"
#include "support/x12_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::linter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string order(std::string_view body) { return test::interchange("PO", {test::set("850", body)}); }
std::string const head = "BEG*00*SA*PO-4711**20250602~";
std::string const lines = "PO1*1*24*EA*12.50**UP*614141000012~PID*F****BLUE KETTLE~PO1*2*10*CA*99**UP*614141000029*VN*K-2~CTT*2~";

TEST(Show, the_envelope_says_who_when_and_whether_it_counts) {
    auto const page = test::page_as_text(order(head + lines));
    EXPECT_THAT(page, HasSubstr("  From              SENDER, Mutually Defined (ZZ)\n"));
    EXPECT_THAT(page, HasSubstr("  Interchange Date  2 June 2025 14:03\n"));
    EXPECT_THAT(page, HasSubstr("  Usage Indicator   Production Data (P)\n"));
    EXPECT_THAT(page, HasSubstr("Group 77: Purchase Order (850) (PO)\n"));
}

TEST(Show, the_title_names_set_and_number) {
    EXPECT_THAT(test::page_as_text(order(head + lines)), HasSubstr("850 Purchase Order PO-4711 ST 0001, read by release 004010\n"
                                                                   "══════════════════════════\n"
                                                                   "  Purpose            Original (00)\n"));
}

TEST(Show, qualifiers_name_what_they_qualify) {
    auto const page = test::page_as_text(order(head + "REF*DP*038~DTM*002*20250620*0930~PER*BD*J DOE*TE*555-0100~" + lines));
    EXPECT_THAT(page, HasSubstr("  Department Number (DP)    038\n"));
    EXPECT_THAT(page, HasSubstr("  Delivery Requested (002)  20 June 2025 09:30\n"));
    EXPECT_THAT(page, HasSubstr("Buyer Name or Department (BD)  J DOE\n"));
    EXPECT_THAT(page, HasSubstr("Telephone (TE)                 555-0100\n"));
}

TEST(Show, a_party_has_its_role_as_title_and_an_address) {
    EXPECT_THAT(test::page_as_text(order(head + "N1*ST*ACME STORES*92*0107~N3*12 DOCK LANE~N4*COLUMBUS*OH*43215~" + lines)),
                HasSubstr("  Ship To (ST)\n"
                          "    Name                              ACME STORES\n"
                          "    Assigned by Buyer or Buyer's      0107\n"
                          "    Agent (92)\n"
                          "                                      12 DOCK LANE\n"
                          "                                      COLUMBUS, OH, 43215\n"));
}

TEST(Show, lines_are_a_table_with_what_few_have_below) {
    EXPECT_THAT(test::page_as_text(order(head + lines)),
                HasSubstr("  Lines\n"
                          "    Line  Quantity  Unit       Unit price  GTIN-12 (UP)  Vendor's        Description\n"
                          "                                                         (Seller's)\n"
                          "                                                         Item Number\n"
                          "                                                         (VN)\n"
                          "    ────  ────────  ─────────  ──────────  ────────────  ──────────────  ───────────────\n"
                          "    1           24  Each (EA)       12.50  614141000012                  BLUE KETTLE (F)\n"
                          "    2           10  Case (CA)          99  614141000029  K-2\n"));
    EXPECT_THAT(test::page_as_text(order(head + "PO1*1*3*EA~SCH*1*EA***002*20250701~SCH*2*EA***002*20250702~PO1*2*1*EA~CTT*2~")),
                HasSubstr("        Line Item Schedule: Quantity: 1 Each (EA); Delivery Requested (002): 1 July 2025\n"
                          "        Line Item Schedule: Quantity: 2 Each (EA); Delivery Requested (002): 2 July 2025\n"));
}

TEST(Show, forty_columns_get_lists) {
    auto const page = test::page_as_text(order(head + lines), 40);
    EXPECT_THAT(page, HasSubstr("    Line: 1; Quantity: 24; Unit: Each\n"
                                "      (EA); Unit price: 12.50; GTIN-12\n"
                                "      (UP): 614141000012; Description:\n"
                                "      BLUE KETTLE (F)\n"));
}

TEST(Show, findings_stand_where_they_are) {
    auto const page = test::page_as_text(order(head + "PO1*1*2X*EA*12.50~PO1*2*10*CA*99~CTT*2~"));
    EXPECT_THAT(page, HasSubstr("    1           2X  Each (EA)       12.50\n      ! error[X12-0305]: PO102"));
    EXPECT_LT(page.find("X12-0305"), page.find("Case (CA)"));
}

std::string notice(std::string_view levels) { return test::interchange("SH", {test::set("856", "BSN*00*SH1*20250602*1200~" + std::string(levels))}); }

TEST(Show, levels_are_a_tree) {
    EXPECT_THAT(test::page_as_text(notice("HL*1**S~TD1*CTN*2~HL*2*1*O~PRF*4711~HL*3*2*I~SN1**5*EA~HL*4*2*I~SN1**6*EA~")),
                HasSubstr("Shipment 1 (S) HL*1**S\n"
                          "  Carrier Details (Quantity and Weight): Packaging Code: CTN; Lading Quantity: 2\n"
                          "└─ Order 2 (O) HL*2*1*O\n"
                          "     Purchase order: 4711\n"
                          "   ├─ Item 3 (I) HL*3*2*I\n"
                          "   │    Quantity shipped: 5 Each (EA)\n"
                          "   └─ Item 4 (I) HL*4*2*I\n"
                          "        Quantity shipped: 6 Each (EA)\n"));
}

TEST(Show, levels_without_parents_are_told_by_their_kinds) {
    auto const page = test::page_as_text(notice("HL*1**S~HL*2**O~HL*3**I~HL*4**O~HL*5**I~"));
    EXPECT_THAT(page, HasSubstr("├─ Order 2 (O)"));
    EXPECT_THAT(page, HasSubstr("│  └─ Item 3 (I)"));
    EXPECT_THAT(page, HasSubstr("└─ Order 4 (O)"));
    EXPECT_THAT(page, HasSubstr("   └─ Item 5 (I)"));
}

TEST(Show, no_depth_of_levels_is_too_deep) {
    std::string levels;
    for (int i = 1; i <= 2000; ++i)
        levels += fmt::format("HL*{}*{}*I~", i, i == 1 ? "" : std::to_string(i - 1));
    EXPECT_THAT(test::page_as_text(notice(levels), 40), HasSubstr("HL*2000*1999*I"));
    EXPECT_THAT(test::page_as_html(notice(levels)), HasSubstr("HL*2000*1999*I"));
}

TEST(Show, a_line_number_and_its_item_are_one_line) {
    auto const page = test::page_as_text(test::interchange(
        "SW", {test::set("945", "W06*N*4711*20250602~LX*1~W12*CL*5*5**EA**IN*A-1~LX*2~W12*CL*6*6**EA**IN*A-2~W03*11~")}));
    EXPECT_THAT(page, HasSubstr("         1  Complete (CL)"));
    EXPECT_THAT(page, HasSubstr("         2  Complete (CL)"));
}

TEST(Show, what_nobody_knows_is_shown_as_it_stands) {
    auto const page = test::page_as_text(test::interchange("PO", {test::set("123", "XYZ*A*B~")}));
    EXPECT_THAT(page, HasSubstr("123 (unknown set) ST 0001\n"));
    EXPECT_THAT(page, HasSubstr("XYZ01  A\n"));
    EXPECT_THAT(page, HasSubstr("XYZ02  B\n"));
    EXPECT_THAT(test::page_as_text("hello"), HasSubstr("error[X12-0001]"));
    EXPECT_THAT(test::page_as_text(order(head + "ZZZ*1~" + lines).substr(0, 220)), HasSubstr("PO-4711"));
}

TEST(Show, no_control_character_gets_through) {
    auto const text = order(head + "N1*ST*A\x1b[31mB\x07~" + lines);
    EXPECT_THAT(test::page_as_text(text), Not(HasSubstr("\x1b")));
    EXPECT_THAT(test::page_as_html(text), Not(HasSubstr("\x1b")));
    EXPECT_THAT(test::page_as_text(text), HasSubstr("A␛[31mB␇"));
    EXPECT_THAT(test::page_as_text(text, 100, {}, true), HasSubstr("\x1b[1m")); // colour is ours
}

TEST(Show, html_escapes_all_that_is_markup) {
    auto const html = test::page_as_html(order("BEG*00*SA*<script>alert(\"1\")</script>'**20250602~" + lines));
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, HasSubstr("<bdi>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;</bdi>"));
    EXPECT_EQ(html_escaped("\xef\xbf\xbf|\xf0\x9f\xbf\xbe|\xef\xb7\x90|\xc3\xa9|\xff"), "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd|\xc3\xa9|\xc3\xbf");
}

TEST(Show, a_guide_names_its_rows) {
    auto const guide = grammar::read_guide("guide demo \"Demo\"\nnarrows 850 of 004010\nunlisted allow\nheading\n  loop N1 [ST]  M 1  \"Deliver here\"\n", "demo.guide", {},
                                           test::schemas().grammars());
    ASSERT_TRUE(guide) << guide.error().front().message;
    grammar::InterchangeReaderOptions options;
    options.guides.push_back(*guide);
    auto const page = test::page_as_text(order(head + "N1*ST*ACME~" + lines), 100, options);
    EXPECT_THAT(page, HasSubstr("Deliver here (ST)\n"));
    EXPECT_THAT(page, HasSubstr("and guide demo"));
}

TEST(Show, written_dates) {
    EXPECT_EQ(written_date("20250602"), "2 June 2025");
    EXPECT_EQ(written_date("991231"), "31 December 1999");
}

} // namespace
} // namespace wharf::linter
