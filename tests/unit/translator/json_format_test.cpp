#include "file_fixture.hpp"

namespace wharf::translator::test {
namespace {

constexpr auto erp_map = R"(translator t/map
document   purchase_order 1
format     json numbers yes codes x12
documents  each orders
number                 head/orderNo
date                   head/ordered
purpose                read = "original"
parties[role=ship_to].name         head/shipTo/name
parties[role=ship_to].address.lines[]  each head/shipTo/street
lines[]                each lines
  position             read = $index
  quantity             qty
  unit                 uom                  code unit
  unit_price           price
  items[scheme=vendor_item].value  sku
)";

TEST(JsonFormat, a_shape_of_its_own_both_ways) {
    auto const map = good_map(erp_map);
    ASSERT_NE(map, nullptr);
    std::string const text =
        R"({"orders":[{"head":{"orderNo":"4711","ordered":"2025-06-02","shipTo":{"name":"M\u00fcller","street":["a","b"]}},)"
        R"("lines":[{"qty":10,"uom":"EA","price":1.50,"sku":"A"},{"qty":2.5,"sku":"B"}]},)"
        R"({"head":{"orderNo":"4712"},"lines":[{"qty":1}]}]})"
        "\n";
    auto const documents = read_file_text(*map, text);
    ASSERT_EQ(documents.size(), 2u);
    ASSERT_EQ(rendered(documents[0].diagnostics), "");
    auto const first = documents[0].value();
    EXPECT_EQ(at(first, "number"), "4711");
    EXPECT_EQ(at(first, "lines[0].unit_price"), "1.50") << "as it was written";
    EXPECT_EQ(at(first, "lines[0].unit"), "each");
    EXPECT_EQ(at(first, "parties[0].address.lines"), R"(["a","b"])");
    EXPECT_EQ(json::to_text(*json::parse(write_file_text(*map, {first, documents[1].value()}))),
              json::to_text(*json::parse(text)));
}

TEST(JsonFormat, what_no_line_reads_is_kept_and_returns) {
    auto const map = good_map(erp_map);
    std::string const text = R"({"orders":[{"head":{"orderNo":"1","x":{"y":[1,null]}},"meta":"m","lines":[{"qty":1,"note":"n"}]}]})";
    auto const document = read_one(*map, text);
    EXPECT_EQ(at(document, "extensions"), R"({"json":{"head/x":{"y":[1,null]},"meta":"m"}})");
    EXPECT_EQ(at(document, "lines[0].extensions"), R"({"json":{"note":"n"}})");
    auto const back = write_file_text(*map, {document});
    EXPECT_NE(back.find(R"("x":{"y":[1,null]})"), std::string::npos) << back;
    EXPECT_NE(back.find(R"("meta":"m")"), std::string::npos) << back;
    EXPECT_EQ(at(read_one(*map, back), "lines[0].extensions"), R"({"json":{"note":"n"}})");
}

TEST(JsonFormat, faults_have_a_line_and_a_path) {
    auto const map = good_map(erp_map);
    auto const documents =
        read_file_text(*map, "{\"orders\": [\n {\"head\": {\"orderNo\": \"1\"}, \"lines\": [\n  {\"qty\": 1},\n  {\"qty\": \"x\"}]},\n"
                             " {\"head\": {\"orderNo\": \"2\"}, \"lines\": []}]}");
    ASSERT_EQ(documents.size(), 2u);
    ASSERT_EQ(codes(documents[0].diagnostics), "MAP-0101:4");
    EXPECT_EQ(documents[0].diagnostics[0].place.path, "/orders/0/lines/1/qty");
    EXPECT_EQ(documents[0].diagnostics[0].place.column, 11u);
    EXPECT_EQ(codes(documents[1].diagnostics), "");
    EXPECT_EQ(codes(read_file_text(*map, "{\"orders\": [")[0].diagnostics), "MAP-0160:0");
    EXPECT_EQ(codes(read_file_text(*map, "{\"order\": []}")[0].diagnostics), "MAP-0161:0");
    EXPECT_EQ(codes(read_file_text(*map, "{\"orders\": [1]}")[0].diagnostics), "MAP-0161:0");
    EXPECT_TRUE(read_file_text(*map, "{\"orders\": []}").empty());
}

} // namespace
} // namespace wharf::translator::test
