// Rules of guides in data: each kind of rule holds and does not hold; what the findings say.
#include "grammar/guide.hpp"
#include "grammar/fast_check.hpp"
#include "grammar/rule_run.hpp"
#include "guided_set.hpp"
#include "support/guide_text.hpp"

namespace wharf::grammar {
namespace {

std::shared_ptr<Schema const> with_guide(std::string const& set_id, std::string const& rows) {
    return wharf::test::compile_guide("guide test-" + set_id + " \"Test\"\nnarrows " + set_id + " of 004010\nanswers 004010\n" + rows);
}

Diagnostics validate(std::string const& rows, std::string const& body, std::string const& set_id = "850") {
    auto const schema = with_guide(set_id, rows);
    return schema ? test::validate(schema, body) : Diagnostics();
}

/// "code path" of the findings in an order with this body.
std::string order(std::string const& rows, std::string const& body) {
    auto const found = validate(rows, body);
    for (auto const& finding : found) {
        EXPECT_TRUE(finding.of_guide) << finding.message;
        EXPECT_EQ(finding.related.empty() ? "" : finding.related.back().place.file, "test.guide") << finding.message;
    }
    return test::codes(found);
}

std::string const beg = "BEG*00*SA*4711**20250602~";
std::string const line = "PO1*1*10*EA*1~";

TEST(Rules, when_requires_an_element) {
    std::string const rows = "heading\n  BEG  M 1\n    when BEG02 = RL: BEG04 M\n";
    EXPECT_EQ(order(rows, beg + line), "");
    EXPECT_EQ(order(rows, "BEG*00*RL*4711*12*20250602~" + line), "");
    EXPECT_EQ(order(rows, "BEG*00*RL*4711**20250602~" + line), "X12-0620 850/BEG/BEG04\n");
}

TEST(Rules, when_with_else_forbids_the_rest) {
    std::string const rows = "heading\n  BEG  M 1\n    when BEG02 = RL: BEG04 M else -\n";
    EXPECT_EQ(order(rows, beg + line), "");
    EXPECT_EQ(order(rows, "BEG*00*SA*4711*12*20250602~" + line), "X12-0621 850/BEG/BEG04\n");
    EXPECT_EQ(order(rows, "BEG*00*RL*4711*12*20250602~" + line), "");
}

TEST(Rules, when_speaks_of_values) {
    std::string const rows = "heading\n  loop N1  O 200\n    when N103 = UL: N104 M is gln\n";
    EXPECT_EQ(order(rows, beg + "N1*ST*A*UL*0614141000012~" + line), "");
    EXPECT_EQ(order(rows, beg + "N1*ST*A*92*0107~" + line), "");
    EXPECT_EQ(order(rows, beg + "N1*ST*A*UL*0614141000013~" + line), "X12-0622 850/N1[ST]/N104\n");
    EXPECT_EQ(order(rows, beg + "N1*BY*A*UL*0614141000012~N1*ST*A*UL*06~" + line), "X12-0622 850/N1[ST]/N104\n");
}

TEST(Rules, when_requires_and_forbids_segments) {
    std::string const rows = "heading\n  when BEG02 = DS: N1[ST]/N2 M, N1[ST]/PER[DC] M\n";
    EXPECT_EQ(order(rows, beg + "N1*ST*A~" + line), "");
    EXPECT_EQ(order(rows, "BEG*00*DS*4711**20250602~N1*ST*A~N2*B~PER*DC*C~" + line), "");
    EXPECT_EQ(order(rows, "BEG*00*DS*4711**20250602~N1*ST*A~PER*DC*C~" + line), "X12-0620 850/N1[ST]/N2\n");
    EXPECT_EQ(order(rows, "BEG*00*DS*4711**20250602~N1*ST*A~N2*B~PER*BD*C~" + line), "X12-0620 850/N1[ST]/PER\n");
    EXPECT_EQ(order(rows, "BEG*00*DS*4711**20250602~N1*BY*A~" + line), "") << "no N1[ST]: its rows say nothing";
    EXPECT_EQ(order("detail\n  loop PO1  M 99999\n    when PO103 = CA: PO4 M\n", beg + "PO1*1*1*CA*1~PO1*2*1*EA*1~PO1*3*1*CA*1~"), "X12-0620 850/PO1/PO4\nX12-0620 850/PO1/PO4\n") << "each line";
    EXPECT_EQ(order(rows, "BEG*00*DS*4711**20250602~N1*BY*A~N2*B~PER*DC*C~N1*ST*A~N2*B~PER*DC*C~" + line), "");
    std::string const forbids = "detail\n  loop PO1  M 99999\n    when /BEG02 = DS: SDQ -\n";
    EXPECT_EQ(order(forbids, beg + line + "SDQ*EA*92*0107*5~"), "");
    EXPECT_EQ(order(forbids, "BEG*00*DS*4711**20250602~" + line + "SDQ*EA*92*0107*5~SDQ*EA*92*0108*5~" + line), "X12-0621 850/PO1/SDQ\n");
    std::string const requires_one = "heading\n  when BEG02 = DS: REF[DP] M\n";
    EXPECT_EQ(order(requires_one, "BEG*00*DS*4711**20250602~REF*DP*1~" + line), "");
    EXPECT_EQ(order(requires_one, "BEG*00*DS*4711**20250602~REF*IA*1~" + line), "X12-0620 850/REF\n");
}

TEST(Rules, need_one_of) {
    std::string const rows = "detail\n  loop PO1  M 99999\n    need <UP> or <UK>  \"Send the UPC or the case GTIN\"\n";
    EXPECT_EQ(order(rows, beg + "PO1*1*10*EA*1**UP*012345678905~PO1*2*10*EA*1**IN*7*UK*10012345678902~"), "");
    EXPECT_EQ(order(rows, beg + "PO1*1*10*EA*1**UP*012345678905~PO1*2*10*EA*1**IN*7~"), "X12-0623 850/PO1/PO106\n");
    auto const found = validate(rows, beg + "PO1*1*10*EA*1**IN*7~");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].message, "Send the UPC or the case GTIN");
    EXPECT_EQ(found[0].help, "at least one of <UP>, <UK> is required. Found: <UP> is absent; <UK> is absent.");
    EXPECT_EQ(found[0].related.back().place.line, 6u);
}

TEST(Rules, need_compares_with_what_is_counted_and_summed) {
    std::string const rows = "summary\n  loop CTT  O 1\n    need CTT01 = count(/PO1)  \"CTT01 must be the number of PO1 lines\"\n    need CTT02 = sum(/PO1/PO102)\n";
    EXPECT_EQ(order(rows, beg + line + line + "CTT*2*20~"), "");
    EXPECT_EQ(order(rows, beg + line + line + "CTT*3*20.0~"), "X12-0623 850/CTT/CTT01\n");
    EXPECT_EQ(order(rows, beg + line + line + "CTT*2*21~"), "X12-0623 850/CTT/CTT02\n");
    auto const found = validate(rows, beg + line + "CTT*2*10~");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].help, "this must hold, and does not: CTT01 is the number of PO1. Found: CTT01 is \"2\"; the number of PO1 is 1.");
    EXPECT_EQ(found[0].acknowledgment.element + found[0].acknowledgment.implementation_element, "7I12");
    ASSERT_EQ(found[0].related.size(), 2u);
    EXPECT_EQ(found[0].related[0].place.path, "850/PO1");
}

TEST(Rules, comparisons) {
    auto const need = [](std::string const& condition) { return "detail\n  loop PO1  M 99999\n    need " + condition + "\n"; };
    auto const bad = "X12-0623 850/PO1/PO102\n";
    EXPECT_EQ(order(need("PO102 = 10"), beg + "PO1*1*10.0*EA*1~"), "") << "numbers, not texts";
    EXPECT_EQ(order(need("PO102 = 10"), beg + "PO1*1*11*EA*1~"), bad);
    EXPECT_EQ(order(need("PO102 != 10"), beg + "PO1*1*10*EA*1~"), bad);
    EXPECT_EQ(order(need("PO102 < 10"), beg + "PO1*1*9*EA*1~"), "");
    EXPECT_EQ(order(need("PO102 < 10"), beg + "PO1*1*10*EA*1~"), bad);
    EXPECT_EQ(order(need("PO102 <= 10"), beg + "PO1*1*10*EA*1~"), "");
    EXPECT_EQ(order(need("PO102 > 10"), beg + "PO1*1*10*EA*1~"), bad);
    EXPECT_EQ(order(need("PO102 >= 10"), beg + "PO1*1*10*EA*1~"), "");
    EXPECT_EQ(order(need("PO102 > 9"), beg + "PO1*1*10*EA*1~"), "") << "10 is more than 9";
    EXPECT_EQ(order(need("PO102 = value(PO104)"), beg + "PO1*1*10*EA*10.0~"), "");
    EXPECT_EQ(order(need("PO102 = value(PO104)"), beg + "PO1*1*10*EA*11~"), bad);
    EXPECT_EQ(order(need("PO103 in { EA CA }"), beg + "PO1*1*10*CA*1~"), "");
    EXPECT_EQ(order(need("PO103 in { EA CA }"), beg + "PO1*1*10*DZ*1~"), "X12-0623 850/PO1/PO103\n");
    EXPECT_EQ(order(need("PO101 like \"[0-9]{1,3}\""), beg + "PO1*12*10*EA*1~"), "");
    EXPECT_EQ(order(need("PO101 like \"[0-9]{1,3}\""), beg + "PO1*1A*10*EA*1~"), "X12-0623 850/PO1/PO101\n");
    EXPECT_EQ(order(need("not (PO103 = DZ and PO102 > 5)"), beg + "PO1*1*5*DZ*1~PO1*1*6*EA*1~"), "");
    EXPECT_EQ(order(need("not (PO103 = DZ and PO102 > 5)"), beg + "PO1*1*6*DZ*1~"), "X12-0623 850/PO1/PO103\n");
    EXPECT_EQ(order(need("PO105 absent"), beg + "PO1*1*6*DZ*1~"), "");
    EXPECT_EQ(order(need("PO105 absent"), beg + "PO1*1*6*DZ*1*PE~"), "X12-0623 850/PO1/PO105\n");
    EXPECT_EQ(order(need("PO105 present"), beg + "PO1*1*6*DZ*1~"), "X12-0623 850/PO1/PO105\n");
}

TEST(Rules, what_is_repeated_is_true_if_any_makes_it_so) {
    std::string const any = "heading\n  when REF[IA]/REF02 = 7: FOB M\n";
    EXPECT_EQ(order(any, beg + "REF*IA*6~REF*IA*7~FOB*PP~" + line), "");
    EXPECT_EQ(order(any, beg + "REF*IA*6~REF*IA*7~" + line), "X12-0620 850/FOB\n");
    EXPECT_EQ(order(any, beg + "REF*IA*6~REF*DP*7~" + line), "") << "another qualifier";
    std::string const all = "summary\n  need not (/PO1/PO103 != EA)\n";
    EXPECT_EQ(order(all, beg + line + line), "");
    EXPECT_EQ(order(all, beg + line + "PO1*2*1*CA*1~"), "X12-0623 850/PO1/PO103\n");
}

TEST(Rules, paths_are_looked_up_in_the_block_then_outward) {
    std::string const rows = "detail\n  loop PO1  M 99999\n    loop N1  O 200\n      when PO103 = CA: N104 M\n";
    EXPECT_EQ(order(rows, beg + "PO1*1*1*EA*1~N1*ST*A~PO1*2*1*CA*1~N1*ST*B*92*0107~"), "");
    EXPECT_EQ(order(rows, beg + "PO1*1*1*EA*1~N1*ST*A~PO1*2*1*CA*1~N1*ST*B~"), "X12-0620 850/PO1/N1[ST]/N104\n") << "its own line";
    std::string const occurrence = "heading\n  need /PO1(2)/PO103 = CA\n";
    EXPECT_EQ(order(occurrence, beg + line + "PO1*2*1*CA*1~"), "");
    EXPECT_EQ(order(occurrence, beg + "PO1*2*1*CA*1~" + line), "X12-0623 850/PO1/PO103\n");
}

TEST(Rules, rows_and_effects_judge_a_value_alike) {
    struct Case {
        char const* says;
        char const* right;
        char const* wrong;
    };
    for (auto const& [says, right, wrong] : {Case{"is gtin", "012345678905", "12345678905"}, Case{"is gtin", "10012345678902", "10012345678903"},
                                             Case{"4/6 digits", "01234", "0123A"}, Case{"like \"A[0-9]+\"", "A17", "B17"}, Case{"is sscc", "00106141411234567897", "106141411234567890"}}) {
        auto const row = fmt::format("heading\n  REF  O >1\n    REF02  M  {}\n", says);
        auto const effect = fmt::format("heading\n  REF  O >1\n    when REF01 = ZZ: REF02 {}\n", says);
        for (auto const& rows : {row, effect}) {
            EXPECT_EQ(order(rows, fmt::format("{}REF*ZZ*{}~{}", beg, right, line)), "") << rows;
            EXPECT_EQ(validate(rows, fmt::format("{}REF*ZZ*{}~{}", beg, wrong, line)).size(), 1u) << rows;
        }
    }
    // Implied decimals cannot be left out: those that are zero are none.
    for (std::string const rows : {"summary\n  TDS  M 1\n    TDS01  M  decimals 1\n", "summary\n  TDS  M 1\n    when TDS01 present: TDS01 decimals 1\n"}) {
        auto const codes = [&](std::string const& total) { return test::codes(validate(rows, "BIG*20250602*INV1~IT1*1*1*EA*1~TDS*" + total + "~", "810")); };
        EXPECT_EQ(codes("12550"), "");
        EXPECT_NE(codes("12555"), "");
    }
}

TEST(Rules, numbers_within_bounds) {
    std::string const rows = "detail\n  loop PO1  M 99999\n    PO102  M  from 0.5 to 1000\n    PO104  M  2/6 decimals 2 from -1\n";
    auto const codes = [&](std::string const& quantity, std::string const& price) { return order(rows, beg + "PO1*1*" + quantity + "*EA*" + price + "~"); };
    for (auto const* quantity : {".5", "0.50", "1", "999.9999", "1000", "1000.000", "0000001000", "5."})
        EXPECT_EQ(codes(quantity, "12.34"), "") << quantity;
    for (auto const* quantity : {".4", "0", "0.4999999", "1000.01", "1001", "99999999", "-1", "-0.5", "123456789"})
        EXPECT_EQ(codes(quantity, "12.34"), "X12-0611 850/PO1/PO102\n") << quantity;
    for (auto const* price : {"12", "1.2", ".12", "-.99", "-1.00", "9999.99", "-0.5"})
        EXPECT_EQ(codes("1", price), "") << price;
    EXPECT_EQ(codes("1", "1.234"), "X12-0612 850/PO1/PO104\n");
    EXPECT_EQ(codes("1", ".123"), "X12-0612 850/PO1/PO104\n");
    EXPECT_EQ(codes("1", "-1.01"), "X12-0611 850/PO1/PO104\n");
    EXPECT_EQ(codes("1", "5"), "X12-0607 850/PO1/PO104\n");
    EXPECT_EQ(codes("1", "12345.67"), "X12-0608 850/PO1/PO104\n");
}

TEST(Rules, unique_is_said_by_rows_not_by_effects) {
    auto const guide = read_guide("guide t \"T\"\nnarrows 850 of 004010\nheading\n  BEG  M 1\n    when BEG02 = SA: BEG03 M unique\n", "test.guide", {}, wharf::test::grammars());
    ASSERT_FALSE(guide);
    EXPECT_EQ(guide.error().front().code, "GUIDE-0010");
    EXPECT_EQ(guide.error().front().message, "unique speaks of all values of BEG03 and cannot hang on a condition");
    EXPECT_EQ(guide.error().front().help, "write unique in the row of the element, or a rule of its own: need unique(BEG03)");
}

TEST(Rules, unique) {
    std::string const cell = "detail\n  loop PO1  M 99999\n    PO101  M  unique\n";
    EXPECT_EQ(order(cell, beg + "PO1*1*1*EA*1~PO1*2*1*EA*1~PO1*10*1*EA*1~"), "");
    EXPECT_EQ(order(cell, beg + "PO1*2*1*EA*1~PO1*1*1*EA*1~"), "") << "in any order";
    EXPECT_EQ(order(cell, beg + "PO1*1*1*EA*1~PO1*2*1*EA*1~PO1*1*1*EA*1~"), "X12-0625 850/PO1/PO101\n");
    std::string const rule = "detail\n  need unique(PO1/<UP>)  \"Each article once\"\n";
    EXPECT_EQ(order(rule, beg + "PO1*1*1*EA*1**UP*012345678905~PO1*2*1*EA*1**UP*012345678912~"), "");
    EXPECT_EQ(order(rule, beg + "PO1*1*1*EA*1**UP*012345678905~PO1*2*1*EA*1**IN*7*UP*012345678905~"), "X12-0625 850/PO1/PO109\n");
}

TEST(Rules, pairs_of_rows) {
    std::string const rows = "detail\n  loop PO1  M 99999\n    <UP>  O  is upc\n    <IN>  M  8/8 digits  \"ACME item number\"\n    <*>   -\n";
    EXPECT_EQ(order(rows, beg + "PO1*1*1*EA*1**UP*012345678905*IN*12345678~PO1*2*1*EA*1**IN*12345678~"), "");
    EXPECT_EQ(order(rows, beg + "PO1*1*1*EA*1**UP*012345678906*IN*12345678~"), "X12-0628 850/PO1/PO107\n");
    EXPECT_EQ(order(rows, beg + "PO1*1*1*EA*1**UP*012345678905~"), "X12-0626 850/PO1/PO108\n");
    EXPECT_EQ(order(rows, beg + "PO1*1*1*EA*1**IN*1234567~"), "X12-0628 850/PO1/PO107\n");
    EXPECT_EQ(order(rows, beg + "PO1*1*1*EA*1**VN*7*IN*12345678~"), "X12-0627 850/PO1/PO106\n");
    auto const found = validate(rows, beg + "PO1*1*1*EA*1~");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].message, "PO1/<IN> \"ACME item number\" is missing");
}

TEST(Rules, report_gives_warnings) {
    std::string const rows = "detail\n  loop PO1  M 99999\n    need PO105 present report\n    <UP>  O  is upc  report\n";
    EXPECT_EQ(order(rows, beg + "PO1*1*1*EA*1**UP*012345678906~"), "X12-0623* 850/PO1/PO105\nX12-0628* 850/PO1/PO107\n");
}

TEST(Rules, one_fault_is_one_finding) {
    std::string const rows = "heading\n  BEG  M 1\n    when BEG01 = 00: BEG03 M\n    need BEG03 = 4711\n";
    auto const found = validate(rows, "BEG*00*SA***20250602~" + line);
    EXPECT_EQ(test::codes(found), "X12-0301 850/BEG/BEG03\n") << "the standard wants it already";
}

TEST(Rules, messages_without_an_author) {
    auto const message = [](std::string const& rows, std::string const& body) {
        auto const found = validate(rows, body);
        return found.size() == 1 ? found[0].message + " | " + found[0].help : fmt::format("{} findings", found.size());
    };
    std::string const n4 = "heading\n  loop N1  O 200\n    N4  O 1\n      when N402 present: N404 M\n";
    EXPECT_EQ(message(n4, beg + "N1*ST*A~N4*CITY*IL~" + line), "N404 Country Code is required when N402 is present | Send it. Found: N402 is \"IL\".");
    std::string const els = "heading\n  BEG  M 1\n    when BEG02 = RL: BEG04 M else -\n";
    EXPECT_EQ(message(els, "BEG*00*SA*4711*12*20250602~" + line), "BEG04 Release Number is allowed only when BEG02 is \"RL\"; it is \"12\" | Leave it out. Found: BEG02 is \"SA\".");
}

/// How many segments the rules ask for values in an order of so many lines, all of them alike.
std::uint64_t asked(std::string const& rows, unsigned lines, std::string const& line_text) {
    auto const schema = with_guide("850", "detail\n  loop PO1  M 99999\n" + rows);
    if (!schema)
        return 0;
    std::string body = beg;
    for (unsigned i = 0; i < lines; ++i)
        body += fmt::format("PO1*{}*{}~PID*F****X~", lines - i, line_text);
    auto const text = wharf::test::interchange("PO", {wharf::test::set("850", body)});
    x12::Reader reader(text, "t");
    while (reader.next() && reader.part().kind != x12::PartKind::transaction_set) {
    }
    auto const& set = reader.part().segments;
    FastCheck fast(*schema);
    EXPECT_TRUE(fast.run(set));
    Hierarchy hierarchy(*schema);
    RuleRun run(*schema, hierarchy);
    Diagnostics out;
    SetContext const context;
    Findings findings(*schema, set, context, 100, out);
    run.run(set, fast.nodes(), findings);
    EXPECT_GT(run.places().asked(), 0u) << rows;
    return run.places().asked();
}

TEST(Rules, what_is_read_grows_with_the_set) {
    for (std::string const rows :
         {"    PO101  O  unique\n", "    when /BEG02 = DS: SDQ -\n    need PO103 present\n", "    need PO102 <= sum(/PO1/PO102)\n", "    need PO102 > sum(/PO1/PO102)\n",
          "    need not (PO101 = value(/N1/N104))\n", "    need unique(/PO1/PO101)\n", "    need unique(/PO1/PO102)\n", "    need count(/PO1/PO101) > value(PO102)\n",
          "    need /PO1/PO101 = value(PO101)\n", "    need /PO1/PO102 > value(PO101)\n", "    need /PO1/PO103 like \"X.*\" or PO102 absent\n",
          "    when PO103 = EA: /PO1/PO104 M\n", "    when PO103 = EA: /PO1/PO102 -\n", "    when PO103 = EA: /PO1/PO102 digits 3/3\n", "    when PO103 = CA: /PO1/PID/PID05 M else -\n",
          "    loop PID  O 1000\n      need PO103 present\n      need /PO1/PO103 = ZZ or PO102 present\n      need PO1/PO103 = ZZ\n"})
        EXPECT_LT(asked(rows, 2000, "10*EA*1"), 11 * asked(rows, 200, "10*EA*1")) << rows;
}

TEST(Rules, what_is_said_outside_the_block_is_said_once) {
    auto const lines = beg + "PO1*1*1*EA*1~PO1*2*2*EA*1~PO1*2*3*CA*1~";
    auto const of = [&](std::string const& rows) { return order("detail\n  loop PO1  M 99999\n" + rows, lines); };
    EXPECT_EQ(of("    need unique(/PO1/PO101)\n"), "X12-0625 850/PO1/PO101\n");
    EXPECT_EQ(of("    need count(/PO1) > 5\n"), "X12-0623 850/PO1\n");
    EXPECT_EQ(of("    when PO103 = EA: /N1 M\n"), "X12-0620 850/N1\n");
    EXPECT_EQ(of("    when PO103 = EA: /BEG04 M else -\n"), "X12-0620 850/BEG/BEG04\n");
    EXPECT_EQ(of("    need /PO1/PO102 = value(PO101)\n"), "");
    EXPECT_EQ(of("    need /PO1/PO102 < value(PO101)\n"), "X12-0623 850/PO1/PO102\n");
}

TEST(Rules, inside_levels) {
    std::string const rows = "detail\n  levels HL\n    S \"Shipment\" M 1\n    O \"Order\" M >1 under S\n    P \"Pack\" O >1 under O\n    I \"Item\" M >1 under P\n"
                             "  need unique(HL/MAN[GM]/MAN02)  \"An SSCC may stand only once in a shipment\"\n"
                             "summary\n  CTT  O 1\n    need CTT01 = count(/HL)\n";
    std::string const bsn = "BSN*00*N1*20250602*1403~HL*1**S~HL*2*1*O~PRF*1~HL*3*2*P~MAN*GM*A~HL*4*3*I~LIN**UP*012345678905~SN1**1*EA~";
    EXPECT_EQ(test::codes(validate(rows, bsn + "CTT*4~", "856")), "");
    EXPECT_EQ(test::codes(validate(rows, bsn + "CTT*5~", "856")), "X12-0623 856/CTT/CTT01\n");
    EXPECT_EQ(test::codes(validate(rows, bsn + "HL*5*2*P~MAN*GM*A~HL*6*5*I~LIN**UP*012345678905~SN1**1*EA~CTT*6~", "856")), "X12-0625 856/HL[P]/MAN[GM]/MAN02\n");
}

TEST(Rules, order_of_variants) {
    std::string const rows = "heading\n  loop N1 [BY]  O 1\n  loop N1 [ST]  O 1\n  loop N1 [SF]  O 1\n  order N1 BY ST\n";
    EXPECT_EQ(order(rows, beg + "N1*SF*C~N1*BY*A~N1*ST*B~" + line), "");
    EXPECT_EQ(order(rows, beg + "N1*ST*B~N1*SF*C~" + line), "");
    EXPECT_EQ(order(rows, beg + "N1*ST*B~N1*SF*C~N1*BY*A~" + line), "X12-0624 850/N1[BY]\n");
    auto const found = validate(rows, beg + "N1*ST*B~N1*BY*A~" + line);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].message + " | " + found[0].help, "N1[BY] stands after N1[ST] | The guide has them in the order BY, ST.");
}

TEST(Rules, of_variants) {
    std::string const rows = "heading\n  loop N1 [ST]  O 1\n    when N103 = UL: N104 M is gln\n    when N3 present: N4 M\n  loop N1 [BY]  O 1\n  when BEG02 = DS: N1[ST]/N2 M\n";
    EXPECT_EQ(order(rows, beg + "N1*BY*A*UL*06~N1*ST*A*UL*0614141000012~N3*X~N4*TOWN~" + line), "");
    EXPECT_EQ(order(rows, beg + "N1*BY*A*UL*06~N3*X~N1*ST*A*UL*0614141000013~" + line), "X12-0622 850/N1[ST]/N104\n");
    EXPECT_EQ(order(rows, beg + "N1*BY*A~N3*X~N1*ST*A~N3*X~" + line), "X12-0620 850/N1[ST]/N4\n");
    EXPECT_EQ(order(rows, "BEG*00*DS*4711**20250602~N1*BY*A~N1*ST*A~" + line), "X12-0620 850/N1[ST]/N2\n");
    std::string const every = "heading\n  loop N1 [ST]  O 1\n  loop N1 [BY]  O 1\n  when BEG02 = DS: N1/N2 M\n";
    EXPECT_EQ(order(every, "BEG*00*DS*4711**20250602~N1*BY*A~N2*B~N1*ST*A~N1*SF*A~" + line), "X12-0620 850/N1[ST]/N2\nX12-0620 850/N1[SF]/N2\n");
}

TEST(Rules, name_elements_that_the_guide_lists) {
    std::string const rows = "unlisted report\nheading\n  BEG  M 1\n    BEG01 M\n    BEG02 M\n    BEG03 M\n    BEG05 M\n    when BEG02 = DS: BEG04 M else -\n  loop N1  O 1\n    N101 M\n    N104 M\n";
    auto const said = [&](std::string const& head, std::string const& body) {
        auto all = order(rows, head + body);
        std::string of_elements; // rows are not listed here, and that is said of them
        for (std::size_t at = 0; at < all.size();) {
            auto const end = all.find('\n', at) + 1;
            if (auto const one = all.substr(at, end - at); one.find("BEG0") != one.npos || one.find("N10") != one.npos) of_elements += one;
            at = end;
        }
        return of_elements;
    };
    EXPECT_EQ(said("BEG*00*DS*4711*1*20250602~", line), "") << "a rule lists it";
    EXPECT_EQ(said("BEG*00*SA*4711*1*20250602~", line), "X12-0621 850/BEG/BEG04\n") << "a warning does not take the rule's place";
    EXPECT_EQ(said("BEG*00*SA*4711**20250602~", "N1*ST**92*0107~" + line), "") << "N104 cannot be sent without N103";
}

TEST(Rules, need_what_is_missing_by_its_own_name) {
    auto const missing = validate("heading\n  need REF[DP]\n", beg + line);
    ASSERT_EQ(missing.size(), 1u);
    EXPECT_EQ(missing[0].place.segment_id, "REF");
    EXPECT_EQ(missing[0].acknowledgment.segment, "3");
    auto const surplus = validate("heading\n  need REF[DP] absent\n", beg + "REF*DP*038~" + line);
    ASSERT_EQ(surplus.size(), 1u);
    EXPECT_EQ(surplus[0].place.segment_position, 3u);
    EXPECT_EQ(surplus[0].acknowledgment.segment, "2");
}

TEST(Rules, of_levels) {
    std::string const rows = "detail\n  levels HL\n    S \"Shipment\" M 1\n    O \"Order\" M >1 under S\n    P \"Pack\" O >1 under O\n    I \"Item\" M >1 under P\n"
                             "  level O\n    need count(HL[P]) > 1\n    need HL[I]/SN1/SN103 = EA\n"
                             "  level P\n    need MAN[GM] or MAN[CP]\n";
    auto const notice = [&](std::string const& body) { return test::codes(validate(rows, "BSN*00*N1*20250602*1403~HL*1**S~" + body, "856")); };
    std::string const two = "HL*2*1*O~HL*3*2*P~MAN*GM*A~HL*4*3*I~SN1**1*EA~HL*5*2*P~MAN*CP*B~HL*6*5*I~SN1**1*CA~";
    EXPECT_EQ(notice(two), "");
    EXPECT_EQ(notice(two + "HL*7*1*O~HL*8*7*P~MAN*GM*C~HL*9*8*I~SN1**1*EA~"), "X12-0623 856/HL[O]\n") << "one carton";
    EXPECT_EQ(notice(two + "HL*7*1*O~HL*8*7*P~MAN*GM*C~HL*9*8*I~SN1**1*CA~HL*10*7*P~MAN*GM*D~HL*11*10*I~"), "X12-0623 856/HL[I]/SN1/SN103\n") << "of this order";
    EXPECT_EQ(notice("HL*2*1*O~HL*3*2*P~MAN*GM*A~HL*4*3*I~SN1**1*EA~HL*5*2*P~MAN*SM*B~HL*6*5*I~SN1**1*CA~"), "X12-0623 856/HL[P]\n");
}

TEST(Rules, paths_from_level_to_level) {
    std::string const levels = "detail\n  levels HL\n    S \"Shipment\" M 1\n    O \"Order\" M >1 under S\n    T \"Tare\" O >1 under O\n"
                               "    P \"Pack\" O >1 under O T\n    I \"Item\" M >1 under P\n";
    auto const notice = [&](std::string const& rules, std::string const& body) {
        return test::codes(validate(levels + rules, "BSN*00*N1*20250602*1403~HL*1**S~" + body, "856"));
    };
    std::string const loose = "HL*2*1*O~HL*3*2*P~MAN*CP*A~HL*4*3*I~SN1**1*EA~";
    std::string const on_tare = "HL*5*1*O~HL*6*5*T~HL*7*6*P~MAN*GM*B~HL*8*7*I~SN1**1*CA~";
    EXPECT_EQ(notice("  need HL[S]/HL[O]/HL[T]/HL[P]/MAN[GM]/MAN02 = B\n", loose + on_tare), "");
    EXPECT_EQ(notice("  need HL[T]/HL[P]/MAN[GM]/MAN02 = A\n", loose + on_tare), "X12-0623 856/HL[P]/MAN[GM]/MAN02\n") << "that one stands under an order";
    for (auto const* count : {"HL[O]/HL[P]) = 1", "HL[T]/HL[P]) = 1", "HL[O,T]/HL[P]) = 2", "HL[S]/HL[O]) = 2", "HL[S]/HL[O]/HL[P]) = 1"})
        EXPECT_EQ(notice(std::string("  need count(") + count + "\n", loose + on_tare), "") << count;
    EXPECT_EQ(notice("  need HL[T]/HL[P]/HL[I]/SN1/SN103 = EA\n", loose + on_tare), "X12-0623 856/HL[I]/SN1/SN103\n");
    EXPECT_EQ(notice("  level O\n    need HL[P]/HL[I]/SN1/SN103 = EA\n", loose + "HL*5*1*O~HL*6*5*P~HL*7*6*I~SN1**1*CA~"), "X12-0623 856/HL[I]/SN1/SN103\n")
        << "in the block of an order, what stands below it";
    std::string const tares = "  when BSN01 = 00: HL[O]/HL[T] M\n";
    std::string const with_tare = "HL*2*1*O~HL*3*2*T~HL*4*3*P~MAN*GM*B~HL*5*4*I~";
    EXPECT_EQ(notice(tares, with_tare), "");
    EXPECT_EQ(notice(tares, with_tare + "HL*6*1*O~HL*7*6*P~HL*8*7*I~"), "X12-0620 856/HL[T]\n") << "the second order has none";
    EXPECT_EQ(notice("  when BSN01 = 00: HL[O]/HL[T] -\n", loose + on_tare), "X12-0621 856/HL[T]\n");
}

} // namespace
} // namespace wharf::grammar
