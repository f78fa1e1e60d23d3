#include "grammar/interchange.hpp"

#include "grammar/lint.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

using wharf::test::schemas;

std::string items(std::string const& text) {
    constexpr char const* names[] = {"(", "[", "set", "]", ")", "service", "junk"};
    std::string out;
    InterchangeReader reader(text, "t", schemas());
    while (reader.next()) {
        auto const& item = reader.item();
        out += names[static_cast<int>(item.kind)];
        out += item.present ? "" : "?";
        for (auto const& finding : item.findings)
            out += " " + finding.code;
        out += " ";
    }
    return out;
}

std::string const order = test::set("850", test::small_850);

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    auto const at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), with);
}

TEST(InterchangeReader, well_nested_items) { EXPECT_EQ(items(test::interchange("PO", {order, test::set("850", test::small_850, "0002")})), "( [ set set ] ) "); }

TEST(InterchangeReader, absent_ends_come_as_items) {
    auto const text = test::interchange("PO", {order});
    EXPECT_EQ(items(replaced(text, "IEA*1*000000901~", "")), "( [ set ] )? X12-0110 ");
    EXPECT_EQ(items(replaced(text, "GE*1*77~", "")), "( [ set ]? X12-0120 ) ");
    EXPECT_EQ(items(replaced(text, "GE*1*77~IEA*1*000000901~", "")), "( [ set ]? X12-0120 )? X12-0110 ");
    EXPECT_EQ(items(replaced(text, "SE*6*0001~", "")), "( [ set X12-0130 ] ) ");
    EXPECT_EQ(items(replaced(text, "IEA*1*000000901~", "") + text), "( [ set ] )? X12-0110 ( X12-0115 [ set ] ) ");
    auto const gs = text.find("GS*");
    EXPECT_EQ(items(replaced(text, text.substr(gs, text.find('~', gs) + 1 - gs), "")), "( [? X12-0113 set ] ) ") << "one fault, one finding";
    auto const st = text.find("ST*");
    EXPECT_EQ(items(text.substr(0, st) + text.substr(text.find('~', st) + 1)), "( [ junk X12-0114 ] ) ") << "GE01 counts the set that has lost its ST";
    EXPECT_EQ(items(replaced(text.substr(0, st) + text.substr(text.find('~', st) + 1), "GE*1", "GE*3")), "( [ junk X12-0114 ] X12-0122 ) ");
}

TEST(InterchangeReader, numbers_and_counts) {
    auto const text = test::interchange("PO", {order});
    EXPECT_EQ(items(replaced(text, "IEA*1*000000901", "IEA*1*000000902")), "( [ set ] ) X12-0111 ");
    EXPECT_EQ(items(replaced(text, "IEA*1", "IEA*2")), "( [ set ] ) X12-0112 ");
    EXPECT_EQ(items(replaced(text, "GE*1*77", "GE*2*78")), "( [ set ] X12-0122 X12-0121 ) ");
    EXPECT_EQ(items(replaced(text, "SE*6*0001", "SE*7*0002")), "( [ set X12-0132 X12-0131 ] ) ");
    EXPECT_EQ(items(replaced(text, "GE*1*77", "GE*01*0077")), "( [ set ] ) ") << "zeros in front do not matter";
    EXPECT_EQ(items(test::interchange("PO", {order, order})), "( [ set set X12-0135 ] ) ");
}

TEST(InterchangeReader, an_empty_trailer_field_is_said_to_be_empty) {
    auto const text = replaced(test::interchange("PO", {order}), "GE*1*77", "GE*1");
    EXPECT_EQ(lint(text, "t", schemas()).diagnostics.at(0).message, "GE02 is empty, but GS06 of this group is 77");
}

TEST(InterchangeReader, sets_groups_and_releases) {
    EXPECT_EQ(items(test::interchange("IN", {order})), "( [ set X12-0133 ] ) ");
    EXPECT_EQ(items(test::interchange("PO", {test::set("898", "BEG*00~")})), "( [ set X12-0136 ] ) ");
    EXPECT_EQ(items(test::interchange("PO", {order}, "004010VICS")), "( [ set ] ) ");
    EXPECT_EQ(items(test::interchange("PO", {order}, "009090")), "( [ X12-0140 set ] ) ");
}

TEST(InterchangeReader, header_fields) {
    auto const text = test::interchange("PO", {order});
    EXPECT_EQ(items(replaced(text, "SENDER         ", "SENDER")), "( X12-0101 [ set ] ) ");
    EXPECT_EQ(items(replaced(text, "*250602*", "*251302*")), "( X12-0102 [ set ] ) ");
    EXPECT_EQ(items(replaced(text, "*0*P*", "*2*X*")), "( X12-0105 X12-0106 [ set ] ) ");
    EXPECT_EQ(items(replaced(text, "*P*>~", "*P**~")), "( X12-0107 [ set ] ) ") << "the component separator is none";
    EXPECT_EQ(items(replaced(text, "*P*>~", "*P*A~")).substr(0, 11), "( X12-0107 ");
    EXPECT_EQ(items(replaced(text, "*20250602*1403*77", "*20250602*2503*77")), "( [ X12-0124 set ] ) ");
}

TEST(Lint, not_x12) {
    auto const one = [](std::string const& text) {
        auto const result = lint(text, "f", schemas());
        return result.diagnostics.size() == 1 ? result.diagnostics[0].code + ": " + result.diagnostics[0].message : "?";
    };
    EXPECT_EQ(one(""), "X12-0001: this is not an X12 interchange: it is empty");
    EXPECT_EQ(one("UNA:+.? 'UNB+UNOA:1+A+B'"), "X12-0001: this is not an X12 interchange: it is an EDIFACT interchange");
    EXPECT_EQ(one("\xff\xd8\xff\xe0 JFIF"), "X12-0001: this is not an X12 interchange: it is a JPEG picture");
    EXPECT_EQ(one("GS"), "X12-0001: this is not an X12 interchange: it is text of no kind Wharf knows") << "nothing is read behind the end";
    EXPECT_EQ(one("GS*PO*A*B~"), "X12-0001: this is not an X12 interchange: it is X12 without its ISA");
    EXPECT_EQ(one("STATEMENT, 2025"), "X12-0001: this is not an X12 interchange: it is text, perhaps CSV");
    EXPECT_EQ(one("\xff\xd8\xff\xe0 JFIF ISA ISA"), "X12-0001: this is not an X12 interchange: it is a JPEG picture");
    EXPECT_EQ(one("ISA*00*   "), "X12-0002: ISA is cut off: it has 2 elements of 16");
}

TEST(Lint, what_is_not_x12_goes_through_the_severities) {
    auto const treated = [](char const* rule) {
        LintOptions options;
        EXPECT_TRUE(options.reader.severities.add(rule));
        std::string out;
        for (auto const& finding : lint(std::string_view("STATEMENT, 2025"), "f", schemas(), options).diagnostics)
            out += fmt::format("{} {} ", finding.code, to_string(finding.severity));
        return out;
    };
    EXPECT_EQ(treated("X12-0001=enforce"), "X12-0001 error ");
    EXPECT_EQ(treated("X12-0001=tolerate"), "X12-0001 warning ");
    EXPECT_EQ(treated("X12-0001=ignore"), "X12-0003 warning ") << "then it is text between interchanges";
    EXPECT_EQ(treated("X12-000*=ignore"), "");
}

TEST(Lint, an_error_is_never_lost_behind_warnings) {
    std::string body = "BEG*00*SA*4711**20250602~";
    for (int i = 0; i < 40; ++i)
        body += "REF*IA*1 ~"; // a warning each
    auto const text = test::interchange("PO", {test::set("850", body + "PO1*1*X*EA~")});
    LintOptions options;
    options.max_findings = 10;
    auto const few = lint(text, "t", schemas(), options);
    EXPECT_TRUE(has_errors(few.diagnostics)) << "the exit code";
    EXPECT_EQ(few.diagnostics.size() + few.suppressed, 41u);
    options = {};
    options.reader.max_findings_per_set = 10;
    auto const of_set = lint(text, "t", schemas(), options);
    EXPECT_TRUE(has_errors(of_set.diagnostics)) << "the verdict on the set";
    EXPECT_EQ(of_set.diagnostics.size(), 10u);
    EXPECT_EQ(of_set.diagnostics.size() + of_set.suppressed, 41u) << "what the set left out is counted";
}

TEST(Lint, findings_stay_small_whatever_the_file_holds) {
    std::string const huge(1 << 20, 'x');
    std::string const body = "BEG*00*" + huge + "*4711**20250602~" + huge + "~REF*IA*1*" + huge + "*" + huge + "~DTM*002*" + huge + "~PO1~";
    auto const inside = test::interchange("PO", {test::set("850", body, huge)}, "004010", huge);
    for (auto const& text : {inside, test::isa() + huge + "~" + inside, replaced(inside, "SE*", "SE*" + huge)}) {
        auto const result = lint(text, "t", schemas());
        EXPECT_GE(result.diagnostics.size(), 5u);
        for (auto const& finding : result.diagnostics) {
            auto const& place = finding.place;
            EXPECT_LT(finding.message.size() + finding.value.size() + finding.excerpt.size() + place.segment_id.size() + place.path.size() +
                          place.transaction.size() + place.transaction_set.size() + place.group.size(),
                      2500u)
                << finding.code;
        }
    }
}

TEST(Lint, a_segment_longer_than_any_is_one_finding) {
    for (std::string const& separators : {std::string("*A"), std::string()}) { // the second has no end of its id
        auto const segment = separators.empty() ? std::string(16'800'000, 'A') : "MSG*" + std::string(16'800'000, 'A') + separators;
        auto const text = test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~N9*L1*NOTE~" + segment + "~PO1*1*10*EA*12.50~CTT*1~")});
        auto const findings = lint(text, "t", schemas()).diagnostics;
        ASSERT_EQ(findings.size(), 1u) << (findings.empty() ? "" : findings.back().message);
        EXPECT_EQ(findings[0].code, "X12-0008");
        EXPECT_EQ(findings[0].place.segment_id, separators.empty() ? "AAA" : "MSG");
        EXPECT_EQ(findings[0].place.segment_position, 4u);
        EXPECT_EQ(findings[0].acknowledgment.segment, "8");
    }
}

TEST(Lint, time_follows_the_length_of_the_file) {
    // Each would take longer than the test may, if something in it were quadratic.
    auto const repeated = [](std::string_view what, std::size_t bytes) {
        std::string out;
        while (out.size() < bytes)
            out += what;
        return out;
    };
    auto const misplaced = repeated("N3*A~N2*B~BEG*1~PO1~MSG*1~", 500'000);
    for (auto const& text : {test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~" + misplaced)}),
                             repeated("ISA****************>~", 500'000), repeated("ISA*", 1'000'000)}) {
        EXPECT_FALSE(lint(text, "t", schemas()).diagnostics.empty()) << text.substr(0, 300);
    }
}

TEST(SchemaCache, a_set_that_no_grammar_has) {
    EXPECT_EQ(schemas().get("004010", "8500"), nullptr);
    EXPECT_EQ(schemas().get("004010", "8500"), nullptr);
    EXPECT_EQ(schemas().get("004010", "850"), schemas().get("004010", "850"));
}

} // namespace
} // namespace wharf::grammar
