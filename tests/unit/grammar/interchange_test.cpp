#include "grammar/interchange.hpp"

#include "grammar/lint.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

SchemaCache& schemas() {
    static SchemaCache cache(*Grammars::open());
    return cache;
}

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
    EXPECT_EQ(items(replaced(text, text.substr(gs, text.find('~', gs) + 1 - gs), "")), "( [? X12-0113 set ] X12-0121 ) ");
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
    EXPECT_EQ(one("ISA*00*   "), "X12-0002: ISA is cut off: it has 2 elements of 16");
}

} // namespace
} // namespace wharf::grammar
