#include "translator/code_table.hpp"

#include "translator/map_source.hpp"
#include "translator_fixture.hpp"

#include <gtest/gtest.h>

namespace wharf::translator {
namespace {

TEST(CodeTable, words_and_codes) {
    auto const table = CodeTable::parse(
        "t.csv", "word,x12:98,x12:66\nship_to,ST,\nbill_to,BT,1\nold,OL @..004020,\nnew,OL @004030..,\n");
    ASSERT_TRUE(table.has_value());
    auto const map = table->compile("x12:98", "004010");
    ASSERT_TRUE(map.has_value());
    EXPECT_EQ(map->quoted_word("ST"), "\"ship_to\"");
    EXPECT_EQ(map->quoted_word("OL"), "\"old\"");
    EXPECT_EQ(map->quoted_word("XX"), "");
    EXPECT_EQ(map->code("bill_to"), "BT");
    EXPECT_EQ(map->code("nobody"), "");
    EXPECT_EQ(table->compile("x12:98", "005010")->quoted_word("OL"), "\"new\"");
    EXPECT_EQ(table->compile("x12:66", "004010")->quoted_word("ST"), "");
    EXPECT_FALSE(table->has_list("x12:1"));
}

TEST(CodeTable, one_to_one) {
    auto const twice = CodeTable::parse("t.csv", "word,x12:98\nship_to,ST\nship_from,ST\nship_to,SF\n");
    ASSERT_TRUE(twice.has_value());
    auto const map = twice->compile("x12:98", "004010");
    ASSERT_FALSE(map.has_value());
    EXPECT_EQ(map.error().size(), 2u);
    EXPECT_EQ(map.error()[0].code, "MAP-0017");
    EXPECT_EQ(map.error()[0].place.line, 3u);
    EXPECT_FALSE(CodeTable::parse("t.csv", "code,word\nA,b\n").has_value());
    EXPECT_FALSE(CodeTable::parse("t.csv", "word,x12:1\nShip To,ST\n").has_value());
}

TEST(CodeTable, a_partners_rows) {
    CodeMap map("x12:355");
    EXPECT_TRUE(map.add("CT", "carton"));
    EXPECT_FALSE(map.add("CT", "case"));
    map.override_with("CTN", "carton", true);
    map.finish();
    EXPECT_EQ(map.quoted_word("CT"), "\"carton\"");
    EXPECT_EQ(map.quoted_word("CTN"), "\"carton\"");
    EXPECT_EQ(map.code("carton"), "CTN");
}

TEST(CodeTable, shipped_tables_are_one_to_one_in_every_release) {
    auto const source = embedded_maps();
    auto const names = source->tables();
    EXPECT_GT(names.size(), 50u);
    for (auto const& name : names) {
        auto const file = source->table(name);
        ASSERT_TRUE(file.has_value());
        auto const table = CodeTable::parse(file->shown_name, file->text);
        ASSERT_TRUE(table.has_value()) << test::texts(table.error());
        for (auto const& list : table->lists())
            for (auto const* release : {"003040", "004010", "005010", "007040"}) {
                auto const map = table->compile(list, release);
                EXPECT_TRUE(map.has_value()) << name << ": " << test::texts(map.error());
            }
    }
}

} // namespace
} // namespace wharf::translator
