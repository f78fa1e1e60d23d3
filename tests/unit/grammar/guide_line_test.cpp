// One line of a guide: what it is parsed to, and where and how a faulty one is refused.
#include "grammar/guide_line.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

std::string const file = "demo.guide";

GuideLine parse(std::string_view text) {
    GuideLine line;
    GuideLineError error;
    EXPECT_TRUE(parse_guide_line(text, 7, &file, line, error)) << text << ": " << error.column << ": " << error.message;
    return line;
}

struct Fault {
    std::uint32_t column = 0;
    std::string message;
    std::string help;
};
Fault fault(std::string_view text) {
    GuideLine line;
    GuideLineError error;
    EXPECT_FALSE(parse_guide_line(text, 7, &file, line, error)) << text;
    return {error.column, error.message, error.help};
}
void refused(std::string_view text, std::uint32_t column, std::string_view message) {
    auto const found = fault(text);
    EXPECT_EQ(found.column, column) << text << ": " << found.message;
    EXPECT_EQ(found.message, message) << text;
}

TEST(GuideLine, header) {
    EXPECT_EQ(parse("guide acme-850 \"ACME: \"\"orders\"\"\"").title, "ACME: \"orders\"");
    auto const narrows = parse("narrows 850 of 004010  # a comment");
    EXPECT_EQ(narrows.id.text, "850");
    EXPECT_EQ(narrows.words.front().text, "004010");
    EXPECT_EQ(narrows.words.front().column, 16u);
    EXPECT_EQ(parse("answers 004010 004010VICS").words.size(), 2u);
    EXPECT_EQ(parse("extends acme-common").id.text, "acme-common");
    EXPECT_EQ(parse("unlisted forbid").unlisted, Unlisted::forbid);
    EXPECT_EQ(parse("  # nothing").kind, GuideLineKind::empty);
}

TEST(GuideLine, segments) {
    auto const row = parse("  loop N1#2 [ST, N102=\"a b\"]  M beyond 1..20  \"Ship to\" report override");
    EXPECT_EQ(row.kind, GuideLineKind::segment);
    EXPECT_TRUE(row.is_loop);
    EXPECT_EQ(row.id.text, "N1");
    EXPECT_EQ(row.place, 2u);
    ASSERT_EQ(row.qualifiers.size(), 2u);
    EXPECT_EQ(row.qualifiers[0].value, "ST");
    EXPECT_EQ(row.qualifiers[0].column, 14u);
    EXPECT_EQ(row.qualifiers[1].element, 2);
    EXPECT_EQ(row.qualifiers[1].value, "a b");
    EXPECT_EQ(row.use, Use::must);
    ASSERT_TRUE(row.count);
    EXPECT_TRUE(row.count->beyond);
    EXPECT_EQ(row.count->min, 1u);
    EXPECT_EQ(row.count->max, 20u);
    EXPECT_EQ(row.cells.size(), 3u);
    EXPECT_EQ(row.cell(GuideCell::Kind::name)->text, "Ship to");
    EXPECT_EQ(parse("REF [*] O >1").count->max, 0u);
    EXPECT_TRUE(parse("REF [*] O >1").any_value);
    EXPECT_EQ(parse("beyond NTE O 5").beyond, true);
    EXPECT_EQ(parse("FOB -").use, Use::must_not);
}

TEST(GuideLine, elements) {
    auto const row = parse("    REF04-02  M  beyond 1/40 digits like \"[0-9]+\" codes A \"B*\" \"The name\" from -1.5 to 20 decimals 2 is gtin unique");
    EXPECT_EQ(row.kind, GuideLineKind::element);
    EXPECT_EQ(row.segment, "REF");
    EXPECT_EQ(row.element, 4);
    EXPECT_EQ(row.component, 2);
    ASSERT_EQ(row.cells.size(), 9u);
    EXPECT_TRUE(row.cells[0].beyond);
    EXPECT_EQ(row.cells[0].max, 40u);
    EXPECT_EQ(row.cells[3].values.size(), 2u);
    EXPECT_EQ(row.cells[3].values[1].text, "\"B*\"");
    EXPECT_EQ(row.cells[4].text, "The name"); // a text with a blank or small letters is no code
    EXPECT_EQ(row.cells[5].lower->text(), "-1.5");
    EXPECT_EQ(row.cells[5].upper->text(), "20");
    EXPECT_EQ(parse("PO101 M").segment, "PO1");
    EXPECT_EQ(parse("N104 M").segment, "N1");
    EXPECT_EQ(parse("W0103 M").segment, "W01");
    EXPECT_EQ(parse("<UP> O is upc").id.text, "UP");
    EXPECT_EQ(parse("<*> -").id.text, "*");
}

TEST(GuideLine, levels) {
    auto const row = parse("    I \"Item\"  M >1  under T P");
    EXPECT_EQ(row.kind, GuideLineKind::level_row);
    EXPECT_EQ(row.title, "Item");
    EXPECT_EQ(row.words.size(), 2u);
    EXPECT_EQ(parse("levels HL").id.text, "HL");
    EXPECT_EQ(parse("level S").id.text, "S");
    EXPECT_EQ(parse("HL01 count from 1").number_value, 1u);
    EXPECT_EQ(parse("HL02 parent").level_count, LevelCount::parent);
    EXPECT_EQ(parse("HL04 unused").level_count, LevelCount::unused);
}

TEST(GuideLine, rules) {
    auto const when = parse("when BEG02 = DS and not (N1[ST]/N2 absent or count(/PO1) > 5): N1[ST]/N2 M, BEG04 1/5 digits, CUR - else O \"why\" report");
    EXPECT_EQ(when.rule.kind, Rule::Kind::when);
    EXPECT_EQ(when.rule.condition.kind, Condition::Kind::all_of);
    ASSERT_EQ(when.rule.effects.size(), 3u);
    ASSERT_EQ(when.effect_cells.size(), 3u);
    EXPECT_EQ(when.effect_cells[1].size(), 2u);
    EXPECT_EQ(when.rule.effects[2].rule.use, Use::must_not);
    EXPECT_EQ(when.rule.otherwise, Use::may);
    EXPECT_EQ(when.rule.message, "why");
    EXPECT_TRUE(when.rule.report);
    EXPECT_EQ(when.rule.text, "when BEG02 = DS and not (N1[ST]/N2 absent or count(/PO1) > 5): N1[ST]/N2 M, BEG04 1/5 digits, CUR - else O");
    auto const& negated = when.rule.condition.parts.at(1).parts.at(0);
    EXPECT_EQ(negated.kind, Condition::Kind::any_of);
    EXPECT_EQ(negated.parts.at(0).kind, Condition::Kind::absent);
    EXPECT_EQ(negated.parts.at(1).left.kind, Operand::Kind::count);
    EXPECT_TRUE(negated.parts.at(1).left.path.absolute);

    auto const need = parse("need <UP> or MAN[GM]/MAN02 in {A B \"c d\"}  \"text\"");
    EXPECT_EQ(need.rule.condition.parts.at(0).left.path.pair, "UP");
    auto const& in = need.rule.condition.parts.at(1);
    EXPECT_EQ(in.values, (std::vector<std::string>{"A", "B", "c d"}));
    ASSERT_EQ(in.left.path.steps.size(), 1u); // MAN02 names its segment again
    EXPECT_EQ(in.left.path.element, 2);
    EXPECT_EQ(in.left.path.source.column, 14u);
    EXPECT_EQ(in.left.path.text, "MAN[GM]/MAN02");

    auto const equal = parse("need CTT01 = count(/HL[I])");
    EXPECT_EQ(equal.rule.condition.right.kind, Operand::Kind::count);
    auto const occurrence = parse("need PO1(3)/N1[ST]/N104 present");
    EXPECT_EQ(occurrence.rule.condition.left.path.steps.at(0).occurrence, 3u);
    EXPECT_EQ(parse("order N1 BY ST").rule.values.size(), 2u);
}

TEST(GuideLine, says_where_and_what_was_expected) {
    refused("  REF [IA]  1", 13, "expected M, O or -, found \"1\"");
    refused("  REF [IA", 10, "expected `,` or `]`, found the end of the line");
    refused("  REF []  M", 8, "expected a value: capitals and digits, or a text in double quotes, found \"]\"");
    refused("narrows 85 of 004010", 9, "expected a transaction set of three digits, found \"85\"");
    refused("narrows 850 004010", 13, "expected `of`, found \"004010\"");
    refused("guide Acme \"x\"", 7, "expected a name of small letters, digits and hyphens, such as harbour-850, found \"Acme\"");
    refused("unlisted ignore", 10, "expected `allow`, `report` or `forbid`, found \"ignore\"");
    refused("    BEG03  M  6/x", 17, "expected a longest length from 1, found \"x\"");
    refused("    BEG03  M  is ean14", 18, "expected a kind of value: upc, ean, gtin, sscc, gln, date or time, found \"ean14\"");
    refused("    BEG03  M  codes", 20, "expected a code: capitals and digits, or a text in double quotes, found the end of the line");
    refused("    BEG03  M  codes sa", 21, "expected a code: capitals and digits, or a text in double quotes, found \"sa\"");
    refused("    BEG03  M  12", 15, "expected the end of the row, found \"12\"");
    refused("    BEG03  M  \"open", 15, "expected the end of the row, found \"\"open\"");
    refused("  REF  M 1/30", 10, "expected a count: 1, >1 or 1..5, found \"1/30\"");
    refused("  need", 7, "expected a condition, found the end of the line");
    refused("  when BEG02 = RL BEG04 M", 19, "expected `and`, `or` or `:` and what holds then, found \"BEG04\"");
    refused("  when BEG02 = RL: BEG04", 25, "expected M, O, - or what the value must be, such as codes 00 05, found the end of the line");
    refused("  when BEG02 =: BEG04 M", 15, "expected a value, or value, count or sum of a path, found \":\"");
    refused("  need count BEG02", 14, "expected `(`, found \"BEG02\"");
    refused("  order N1 BY", 14, "expected a value: capitals and digits, or a text in double quotes, found the end of the line");
    refused("\tREF M", 1, "a tab; rows are indented by two blanks per level");
    refused("    S \"Ship\"", 13, "expected M, O or -, found the end of the line");
    refused("  beyond heading", 10, "expected a segment, `loop`, an element or a pair after `beyond`, found \"heading\"");
}

TEST(GuideLine, a_misspelt_first_word) {
    EXPECT_EQ(fault("headign").help, "did you mean `heading`?");
    EXPECT_EQ(fault("  lop N1 M").help, "did you mean `loop`?");
    EXPECT_EQ(fault("  xyzzy").help, "");
}

TEST(GuideLine, limits) {
    auto nested = std::string("need ") + std::string(16, '(') + "BEG02" + std::string(16, ')');
    EXPECT_EQ(parse(nested).rule.condition.kind, Condition::Kind::present);
    nested = std::string("need ") + std::string(17, '(') + "BEG02" + std::string(17, ')');
    EXPECT_EQ(fault(nested).message, "expected at most 16 parentheses inside each other, found \"BEG02)))))))))))))))))\"");
    EXPECT_EQ(fault("note \"" + std::string(10'000, 'x') + "\"").message, "a line of 10007 bytes; 10000 are allowed");
    std::string deep = "need A1";
    for (int i = 0; i < 30; ++i)
        deep += "/A1";
    EXPECT_FALSE(fault(deep).message.empty());
}

TEST(GuideLine, values_as_a_guide_writes_them) {
    EXPECT_EQ(guide_value("ST"), "ST");
    EXPECT_EQ(guide_value("a b"), "\"a b\"");
    EXPECT_EQ(guide_value(""), "\"\"");
    EXPECT_EQ(guide_quoted("say \"x\""), "\"say \"\"x\"\"\"");
}

} // namespace
} // namespace wharf::grammar
