// A set is parsed by a guide and translated by the grammar: rows of the one are found again in the other.

#include "grammar/guide.hpp"
#include "grammar/plain_rows.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

TEST(PlainRows, VariantsLevelsAndForeignRows) {
    auto const grammars = *Grammars::open();
    auto const guide = read_guide(R"g(guide test "Test"
narrows 856 of 004010
detail
  levels HL
    S "Shipment"  M 1
    O "Order"  M >1  under S
    I "Item"  M >1  under O
  level S
    REF [BM]  M 1
    REF [CN]  O 1
    beyond NTE  O 2
)g",
                                  "test.guide", {}, *grammars);
    ASSERT_TRUE(guide) << guide.error().front().message;
    SchemaCache schemas(grammars);
    auto const guided = schemas.get(std::shared_ptr<NarrowedSet const>(*guide, &(*guide)->narrowed()));
    auto const plain = schemas.get("004010", "856");
    ASSERT_NE(guided, nullptr);
    EXPECT_EQ(guided, schemas.get(std::shared_ptr<NarrowedSet const>(*guide, &(*guide)->narrowed()))) << "compiled once";
    EXPECT_GT(guided->nodes().size(), plain->nodes().size());

    PlainRows const table(*guided, *plain);
    std::vector<NodeIndex> all(guided->nodes().size()), rows;
    for (NodeIndex i = 0; i < all.size(); ++i)
        all[i] = i;
    all.push_back(no_node);
    table.map(all, rows);
    ASSERT_EQ(rows.size(), all.size());
    EXPECT_EQ(rows.back(), no_node);
    std::size_t foreign = 0;
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        auto const& node = guided->nodes()[i];
        if (rows[i] == no_node) {
            ++foreign;
            EXPECT_EQ(guided->segments()[node.segment].definition->id, "NTE");
            continue;
        }
        EXPECT_EQ(plain->nodes()[rows[i]].row, node.row);
        EXPECT_EQ(plain->nodes()[rows[i]].starts_loop, node.starts_loop);
    }
    EXPECT_EQ(foreign, 1u);
}

} // namespace
} // namespace wharf::grammar
