#include "translator/map_parser.hpp"

#include "translator/map_load.hpp"
#include "translator_fixture.hpp"

#include <gtest/gtest.h>

namespace wharf::translator {
namespace {

MapFile parsed(std::string const& text) {
    auto file = parse_map("t.map", text);
    if (!file) {
        ADD_FAILURE() << test::texts(file.error());
        return {};
    }
    return *file;
}

Rule rule(std::string const& line) {
    auto file = parsed("translator t/1\n" + line + "\n");
    EXPECT_EQ(file.rules.size(), 1u);
    return file.rules.empty() ? Rule() : file.rules.front();
}

/// "CODE line:column" of each fault.
std::string faults(std::string const& text) {
    auto const file = parse_map("t.map", text);
    std::string found;
    if (!file)
        for (auto const& one : file.error())
            found += fmt::format("{} {}:{} {}\n", one.code, one.place.line, one.place.column, one.message);
    return found;
}

TEST(MapParser, header_and_options) {
    auto const file = parsed("# orders\n"
                             "translator acme/850 extends x12/850 \"Orders of ACME\"   # a comment\n"
                             "document   purchase_order 2\n"
                             "format     x12 850 004010 005010\n"
                             "include    x12/common\n"
                             "table      unit  CTN carton *  CT carton\n");
    EXPECT_EQ(file.name, "acme/850");
    EXPECT_EQ(file.extends, "x12/850");
    EXPECT_EQ(file.title, "Orders of ACME");
    EXPECT_EQ(file.document, "purchase_order");
    EXPECT_EQ(file.document_version, 2u);
    EXPECT_EQ(file.set, "850");
    EXPECT_EQ(file.releases, (std::vector<std::string>{"004010", "005010"}));
    ASSERT_EQ(file.table_rows.size(), 2u);
    EXPECT_EQ(file.table_rows[0].code, "CTN");
    EXPECT_TRUE(file.table_rows[0].write);
    EXPECT_FALSE(file.table_rows[1].write);
}

TEST(MapParser, paths) {
    auto const path = [](std::string const& text) {
        auto const made = rule("x  " + text);
        return made.sources.front().alternatives.front();
    };
    auto found = path("BEG03");
    EXPECT_EQ(found.steps.front().segment, "BEG");
    EXPECT_EQ(found.cells.front().element, 3u);
    found = path("N104");
    EXPECT_EQ(found.steps.front().segment, "N1");
    EXPECT_EQ(found.cells.front().element, 4u);
    found = path("W0103");
    EXPECT_EQ(found.steps.front().segment, "W01");
    found = path("REF[DP]02");
    EXPECT_EQ(found.steps.front().select->codes, std::vector<std::string>{"DP"});
    EXPECT_EQ(found.cells.front().element, 2u);
    found = path("CTP[02=UCP]03");
    EXPECT_EQ(found.steps.front().select->element, 2u);
    EXPECT_EQ(found.steps.front().select->codes, std::vector<std::string>{"UCP"});
    found = path("DTM[011]02");
    EXPECT_EQ(found.steps.front().select->element, 0u);
    found = path("PID[02=]05");
    EXPECT_TRUE(found.steps.front().select->codes.empty());
    found = path("HL[T,P]");
    EXPECT_EQ(found.steps.front().select->codes.size(), 2u);
    found = path("06+07...[UP]");
    EXPECT_TRUE(found.steps.empty());
    EXPECT_EQ(found.cells.size(), 2u);
    EXPECT_TRUE(found.repeats);
    EXPECT_EQ(found.tuple_select->codes.front(), "UP");
    found = path("LIN02+03...");
    EXPECT_EQ(found.steps.front().segment, "LIN");
    EXPECT_FALSE(found.slash_before_cells);
    found = path("SDQ/03+04...");
    EXPECT_TRUE(found.slash_before_cells);
    found = path("CTT/AMT[TT]02");
    ASSERT_EQ(found.steps.size(), 2u);
    EXPECT_EQ(found.steps[1].segment, "AMT");
    EXPECT_FALSE(found.slash_before_cells);
    found = path("05=RD8+06");
    EXPECT_EQ(*found.cells[0].constant, "RD8");
    found = path("05+06+07?...");
    EXPECT_TRUE(found.cells[2].may_lack);
    found = path("04-01+04-02...");
    EXPECT_EQ(found.cells[1].component, 2u);
    found = path("MEA04-01");
    EXPECT_EQ(found.cells[0].component, 1u);
    found = path("N1#2[ST]");
    EXPECT_EQ(found.steps.front().number, 2u);
    found = path("<UP>");
    EXPECT_EQ(found.tuple_select->codes.front(), "UP");
}

TEST(MapParser, rules) {
    auto found = rule("unit  SDQ01  code unit, same ../unit");
    ASSERT_EQ(found.conversions.size(), 2u);
    EXPECT_EQ(found.conversions[0].arguments, std::vector<std::string>{"unit"});
    EXPECT_EQ(found.conversions[1].path->text(), "../unit");
    found = rule("dates[]  each 04+05 as short_date then each DTM as date");
    ASSERT_EQ(found.sources.size(), 2u);
    EXPECT_EQ(found.sources[0].shape, "short_date");
    EXPECT_EQ(found.sources[1].shape, "date");
    EXPECT_TRUE(found.path.list);
    found = rule("totals.line_count  write CTT01 = count lines");
    EXPECT_EQ(found.direction, Direction::write);
    EXPECT_EQ(found.expression->kind, Expression::Kind::count_path);
    found = rule("hl  write CTT01 = count HL");
    EXPECT_EQ(found.expression->kind, Expression::Kind::count_segment);
    found = rule("hl  write CTT01 = count children[level=item] everywhere");
    EXPECT_TRUE(found.expression->everywhere);
    EXPECT_EQ(found.expression->path.parts.front().select_word, "item");
    found = rule("position  read = $index");
    EXPECT_TRUE(found.sources.empty());
    EXPECT_EQ(found.expression->text, "index");
    found = rule("-  BEG02 = \"NE\"");
    EXPECT_EQ(found.target, Rule::Target::none);
    found = rule("-  BEG02 drop");
    EXPECT_TRUE(found.drop);
    found = rule("text  05 or 08 or 03");
    EXPECT_EQ(found.sources.front().alternatives.size(), 3u);
    found = rule("a  02 when kind in {x y} and not other = z");
    EXPECT_EQ(found.when->kind, Condition::Kind::all);
    EXPECT_EQ(found.when->parts[0].words.size(), 2u);
    EXPECT_TRUE(found.when->parts[1].negated);
    found = rule("text  02  pad 10 left \"0\", upper");
    EXPECT_EQ(found.conversions[0].arguments, (std::vector<std::string>{"10", "left", "0"}));
}

TEST(MapParser, blocks_by_indentation) {
    auto const file = parsed("translator t/1\n"
                             "lines[]  each PO1\n"
                             "  quantity  02\n"
                             "  one of\n"
                             "    at    02+03  moment\n"
                             "    date  02\n"
                             "  unit  03  code unit\n"
                             "number  BEG03\n");
    ASSERT_EQ(file.rules.size(), 2u);
    ASSERT_EQ(file.rules[0].rules.size(), 3u);
    EXPECT_EQ(file.rules[0].rules[1].target, Rule::Target::one_of);
    EXPECT_EQ(file.rules[0].rules[1].rules.size(), 2u);
    EXPECT_EQ(file.rules[0].rules[2].origin().line, 7u);
}

TEST(MapParser, every_wrong_line_is_listed_with_its_column) {
    auto const found = faults("translator t/1\n"
                              "number   BEG3X\n"
                              "\tpurpose BEG01\n"
                              "9lives   BEG01\n"
                              "lines[]  each PO1\n"
                              "    a    02\n"
                              "   b     03\n"
                              "unit     03 code unit as\n");
    EXPECT_NE(found.find("MAP-0001 2:"), std::string::npos) << found;
    EXPECT_NE(found.find("MAP-0002 3:1 The line holds a tab."), std::string::npos) << found;
    EXPECT_NE(found.find("MAP-0001 4:1 `9lives` was found where a canonical path"), std::string::npos) << found;
    EXPECT_NE(found.find("MAP-0002 7:1"), std::string::npos) << found;
    EXPECT_NE(found.find("MAP-0001 8:"), std::string::npos) << found;
    EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 5) << found;
}

TEST(MapParser, header_is_needed) {
    EXPECT_NE(faults("number BEG03\n").find("MAP-0003"), std::string::npos);
}

TEST(MapParser, nearest_names) {
    EXPECT_EQ(did_you_mean("quantitty", {"quality", "quantity", "unit"}), "did you mean `quantity` or `quality`?");
    EXPECT_EQ(did_you_mean("zzz", {"quantity"}), "");
}

/// No text crashes the parser or keeps it busy.
TEST(MapParser, mutated_maps) {
    std::string const map =
        "translator t/1 \"x\"\ndocument purchase_order 1\nlines[] each PO1 as line then each LIN/02+03...[UP] as item\n"
        "  one of\n    at 02+03 moment\n    period 05=RD8+06 period\n  unit SDQ01 code unit, same ../unit when kind in "
        "{a b}\n";
    unsigned seed = 1;
    for (unsigned round = 0; round < 3000; ++round) {
        auto text = map;
        for (unsigned i = 0; i < 3; ++i) {
            seed = seed * 1664525u + 1013904223u;
            auto const at = (seed >> 8) % text.size();
            constexpr std::string_view letters = " \n[].,+-=/\"#<>{}a1A~\t$";
            seed = seed * 1664525u + 1013904223u;
            if ((seed >> 28) < 6)
                text.erase(at, 1 + (seed >> 20) % 4);
            else
                text[at] = letters[(seed >> 12) % letters.size()];
        }
        (void)parse_map("t.map", text);
    }
}

// --- extends and edits

std::string const base = "translator t/base\n"
                         "document purchase_order 1\n"
                         "format x12 850 004010\n"
                         "number  BEG03\n"
                         "contract_number  BEG06\n"
                         "totals.line_count  read CTT01\n"
                         "totals.line_count  write CTT01 = count lines\n"
                         "lines[]  each PO1 as line\n"
                         "shape line\n"
                         "  quantity  02\n"
                         "  unit      03  code unit\n";

std::expected<EffectiveMap, Diagnostics> load(std::string const& edits) {
    auto const source =
        overlaid_maps({{"t/base.map", base}, {"t/edit.map", "translator t/edit extends t/base\n" + edits}}, nullptr);
    return load_map(*source, "t/edit");
}

TEST(MapEdits, add_replace_remove) {
    auto const map = load("remove  contract_number\nreplace number  BEG04\nadd purpose  BEG01  code purpose\n"
                          "in lines[]\n  replace unit  05  code unit\n  add price  04\n");
    ASSERT_TRUE(map.has_value()) << test::texts(map.error());
    ASSERT_EQ(map->rules.size(), 5u);
    EXPECT_EQ(map->rules[0].sources.front().alternatives.front().text, "BEG04");
    ASSERT_EQ(map->rules[0].origins.size(), 2u);
    EXPECT_EQ(map->rules[0].origins[0].text_place(), "t/edit.map:3");
    EXPECT_EQ(map->rules[0].origins[1].text_place(), "t/base.map:4");
    auto const& lines = map->rules[3];
    ASSERT_EQ(lines.rules.size(), 3u) << "the shape is written out where it is edited";
    EXPECT_EQ(lines.rules[1].sources.front().alternatives.front().text, "05");
    EXPECT_EQ(map->shapes.at("line").rules[1].sources.front().alternatives.front().text, "03") << "only this use";
}

TEST(MapEdits, in_shape_changes_all_uses) {
    auto const map = load("in shape line\n  remove unit\n");
    ASSERT_TRUE(map.has_value());
    EXPECT_EQ(map->shapes.at("line").rules.size(), 1u);
}

TEST(MapEdits, one_direction) {
    auto const map = load("replace totals.line_count  write CTT01 = count lines.items\n");
    ASSERT_TRUE(map.has_value()) << test::texts(map.error());
    EXPECT_EQ(map->rules[2].direction, Direction::read);
    EXPECT_EQ(map->rules[3].expression->path.text(), "lines.items");
}

TEST(MapEdits, misses_are_faults) {
    auto const map = load("remove contract_numbr\nadd number BEG04\nreplace purpose BEG01\nin line[]\n  remove "
                          "unit\nin shape lin\n  remove unit\n");
    ASSERT_FALSE(map.has_value());
    auto const found = test::texts(map.error());
    EXPECT_EQ(map.error().size(), 5u) << found;
    EXPECT_EQ(map.error()[0].code, "MAP-0005");
    EXPECT_EQ(map.error()[0].help, "did you mean `contract_number`?");
    EXPECT_NE(found.find("`number` is there already (t/base.map:4)"), std::string::npos) << found;
    EXPECT_EQ(map.error()[4].code, "MAP-0013");
}

TEST(MapEdits, remove_then_add_is_replace) {
    auto const a = load("remove number\nadd number BEG04\n");
    auto const b = load("replace number BEG04\n");
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->rules.size(), b->rules.size());
}

TEST(MapLoad, chains_that_do_not_end) {
    auto const source =
        overlaid_maps({{"a.map", "translator a extends b\n"}, {"b.map", "translator b extends a\n"}}, nullptr);
    auto const map = load_map(*source, "a");
    ASSERT_FALSE(map.has_value());
    EXPECT_EQ(map.error().front().code, "MAP-0004");
    auto const missing = load_map(*source, "c");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().front().help, "did you mean `a` or `b`?");
}

} // namespace
} // namespace wharf::translator
