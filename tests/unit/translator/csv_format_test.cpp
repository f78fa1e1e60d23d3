#include "file_fixture.hpp"

#include <algorithm>

namespace wharf::translator::test {
namespace {

constexpr auto order_map = R"(translator t/map
document   purchase_order 1
format     csv delimiter ";" decimal "," date DD.MM.YYYY encoding windows-1252 header yes codes x12
columns    "PO Number" "PO Date" "Ship To" Name Line SKU Qty UOM Price "Need By"
documents  by "PO Number"
purpose                read = "original"
number                 "PO Number"
date                   "PO Date"
parties[role=ship_to].name                                           Name
parties[role=ship_to].identifiers[scheme=assigned_by_buyer].value    "Ship To"
lines[]                each row
  position             read = $index
  line_number          Line
  items[scheme=vendor_item].value           SKU
  quantity             Qty
  unit                 UOM                  code unit
  unit_price           Price
  dates[kind=requested_delivery].date       "Need By"
)";

std::string order() {
    return order_map;
}

/// The header row of csv/purchase_order.
std::string full_head(char delimiter) {
    std::string names = "PO Number,PO Date,Purpose,Type,Currency,Ship To ID,Ship To Name,Ship To Address,Ship To City,Ship To Region,Ship To Postal Code,"
                        "Ship To Country,Requested Delivery,Line,Buyer Item,Vendor Item,UPC,Description,Quantity,Unit,Unit Price,Line Delivery\n";
    std::ranges::replace(names, ',', delimiter);
    return names;
}

TEST(CsvFormat, an_override_changes_the_settings_it_names_and_keeps_the_others) {
    auto const map = good_map("translator t/map extends csv/purchase_order\nformat csv delimiter \";\" decimal \",\"\n");
    ASSERT_NE(map, nullptr);
    auto const documents = read_file_text(*map, full_head(';') + "4711;2025-06-02;;;;;;;;;;;;1;A;;;;10;each;1,50;\n");
    ASSERT_EQ(documents.size(), 1u); // the header is known as one
    EXPECT_EQ(rendered(documents[0].diagnostics), "");
    EXPECT_EQ(at(documents[0].value(), "lines[0].unit_price"), "1.50");
}

TEST(CsvFormat, columns_may_be_missing_where_the_map_allows_it) {
    auto const map = good_map("translator t/map extends csv/purchase_order\n");
    ASSERT_NE(map, nullptr);
    auto documents = read_file_text(*map, "PO Number,Line,Quantity,Unit\n4711,1,10,each\n");
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(rendered(documents[0].diagnostics), "");
    EXPECT_EQ(at(documents[0].value(), "lines[0].quantity"), "10");
    documents = read_file_text(*map, "PO Number,Line,Quantitty,Unit\n4711,1,10,each\n");
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(codes(documents[0].diagnostics), "MAP-0142:1") << "misspelt";
    EXPECT_NE(rendered(documents[0].diagnostics).find("did you mean `Quantitty`"), std::string::npos) << rendered(documents[0].diagnostics);
    documents = read_file_text(*map, "Line,Quantity,Unit\n1,10,each\n");
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(codes(documents[0].diagnostics), "MAP-0142:1") << "orders are told apart by their number";
    auto const strict = good_map("translator t/map extends csv/purchase_order\nformat csv missing refuse\n");
    ASSERT_NE(strict, nullptr);
    documents = read_file_text(*strict, "PO Number,Line,Quantity,Unit\n4711,1,10,each\n");
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(codes(documents[0].diagnostics), "MAP-0142:1");
}

TEST(CsvFormat, an_override_with_a_setting_without_value_is_refused) {
    auto const made = file_map("translator t/map extends csv/purchase_order\nformat csv delimiter\n");
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(codes(made.error()), "MAP-0030:2");
}

TEST(CsvFormat, a_word_that_no_table_knows_is_passed_on_and_told) {
    auto const map = good_map("translator t/map extends csv/purchase_order\n");
    ASSERT_NE(map, nullptr);
    auto const documents = read_file_text(*map, full_head(',') + "4711,2025-06-02,,blanket,,,,,,,,,,1,A,,,,10,eachh,,\n"
                                                                  "4711,2025-06-02,,blanket,,,,,,,,,,2,A,,,,10,Q7X,,\n"
                                                                  "4711,2025-06-02,,blanket,,,,,,,,,,3,A,,,,10,x12:ZZ,,\n");
    ASSERT_EQ(documents.size(), 1u);
    auto const& found = documents[0].diagnostics;
    EXPECT_EQ(codes(found), "MAP-0127:2 MAP-0127:3") << rendered(found);
    EXPECT_FALSE(has_errors(found));
    ASSERT_FALSE(found.empty());
    EXPECT_NE(found[0].help.find("`each`"), std::string::npos) << found[0].help;
    EXPECT_EQ(at(documents[0].value(), "lines[0].unit"), "eachh");
    EXPECT_EQ(at(documents[0].value(), "lines[1].unit"), "words:Q7X");
    EXPECT_EQ(at(documents[0].value(), "lines[2].unit"), "x12:ZZ");
}

constexpr std::string_view head = "PO Number;PO Date;Ship To;Name;Line;SKU;Qty;UOM;Price;Need By\r\n";

TEST(CsvFormat, an_order_per_document_number) {
    auto const map = good_map(order());
    ASSERT_NE(map, nullptr);
    auto const text = std::string(head) + "4711;02.06.2025;0042;M\xfcller;1;A-1;10;EA;1,50;05.06.2025\r\n"
                                          "4711;02.06.2025;0042;M\xfcller;2;A-2;2;CA;;\r\n"
                                          "4712;03.06.2025;0043;Meier;1;A-1;1;EA;2,00;\r\n";
    auto const documents = read_file_text(*map, text);
    ASSERT_EQ(documents.size(), 2u);
    EXPECT_EQ(rendered(documents[0].diagnostics), "");
    auto const first = documents[0].value();
    EXPECT_EQ(at(first, "number"), "4711");
    EXPECT_EQ(at(first, "date"), "2025-06-02");
    EXPECT_EQ(at(first, "parties[0].name"), "M\u00fcller");
    EXPECT_EQ(at(first, "parties[0].role"), "ship_to");
    EXPECT_EQ(at(first, "parties[0].identifiers[0].value"), "0042");
    EXPECT_EQ(at(first, "lines[0].unit_price"), "1.50");
    EXPECT_EQ(at(first, "lines[0].dates[0].date"), "2025-06-05");
    EXPECT_EQ(at(first, "lines[1].unit"), "case");
    EXPECT_EQ(at(first, "lines[1].items"), R"([{"scheme":"vendor_item","value":"A-2"}])");
    EXPECT_EQ(at(first, "lines[2]"), "");
    EXPECT_EQ(at(first, "extensions"), "");
    EXPECT_EQ(documents[0].extended, 0u);
    EXPECT_EQ(at(documents[1].value(), "number"), "4712");
    // … and back, byte for byte
    Diagnostics found;
    EXPECT_EQ(write_file_text(*map, {first, documents[1].value()}, &found), text);
    EXPECT_FALSE(has_errors(found)) << rendered(found);
}

TEST(CsvFormat, columns_in_any_order_and_case_and_unknown_ones) {
    auto const map = good_map(order());
    auto const document =
        read_one(*map, "Remark;qty;po number;PO Date;Ship To;Name;Line;SKU;UOM;Price;Need By\nsoon;5;4711;;;;1;A;EA;;\n");
    EXPECT_EQ(at(document, "lines[0].quantity"), "5");
    EXPECT_EQ(at(document, "lines[0].extensions"), R"({"csv":{"Remark":"soon"}})");
    // the remark goes back into a column of its own
    auto const written = write_file_text(*map, {document});
    EXPECT_NE(written.find(";Remark\r\n"), std::string::npos) << written;
    EXPECT_NE(written.find(";soon\r\n"), std::string::npos) << written;
}

TEST(CsvFormat, ragged_rows) {
    auto const map = good_map(order());
    auto const document = read_one(*map, std::string(head) + "4711;;;;1;A;5\n4711;;;;2;B;6;EA;1;;x;;y\n");
    EXPECT_EQ(at(document, "lines[0].quantity"), "5");
    EXPECT_EQ(at(document, "lines[0].unit"), "");
    EXPECT_EQ(at(document, "lines[1].extensions"), R"x({"csv":{"(11)":"x","(13)":"y"}})x");
}

TEST(CsvFormat, a_broken_row_takes_its_document_along_and_no_other) {
    auto const map = good_map(order());
    auto const documents = read_file_text(*map, std::string(head) + "1;;;;1;A;5;EA;1;\n"
                                                                    "2;;;;1;A;5;EA;1;\n"
                                                                    "2;;\"x\" y;;2;A;5;EA;1;\n"
                                                                    "2;;;;3;A;5;EA;1;\n"
                                                                    "3;;;;1;A;5;EA;1;\n");
    ASSERT_EQ(documents.size(), 3u);
    EXPECT_EQ(codes(documents[0].diagnostics), "");
    EXPECT_EQ(codes(documents[1].diagnostics), "MAP-0140:4");
    EXPECT_EQ(documents[1].diagnostics[0].place.column, 6u);
    EXPECT_TRUE(documents[1].json.empty());
    EXPECT_EQ(codes(documents[2].diagnostics), "");
    EXPECT_EQ(at(documents[2].value(), "number"), "3");
}

TEST(CsvFormat, a_row_of_nobody_stops_both_neighbours) {
    auto const map = good_map(order());
    auto const documents = read_file_text(*map, std::string(head) + "1;;;;1;A;5;EA;1;\n"
                                                                    "\"x\" 2;;;;1;A;5;EA;1;\n"
                                                                    "3;;;;1;A;5;EA;1;\n"
                                                                    "4;;;;1;A;5;EA;1;\n");
    ASSERT_EQ(documents.size(), 3u);
    EXPECT_EQ(codes(documents[0].diagnostics), "MAP-0140:3");
    EXPECT_EQ(codes(documents[1].diagnostics), "MAP-0140:3");
    EXPECT_EQ(codes(documents[2].diagnostics), "");
}

TEST(CsvFormat, a_bad_value_names_both_places) {
    auto const map = good_map(order());
    auto const documents = read_file_text(*map, std::string(head) + "1;31.02.2025;;;1;A;5;EA;1;\n1;31.02.2025;;;2;A;x;EA;1;\n");
    ASSERT_EQ(documents.size(), 1u);
    ASSERT_EQ(codes(documents[0].diagnostics), "MAP-0101:2 MAP-0101:3");
    auto const& quantity = documents[0].diagnostics[1];
    EXPECT_EQ(quantity.place.file, "in");
    EXPECT_EQ(quantity.place.column, 20u);
    EXPECT_EQ(quantity.value, "x");
    EXPECT_NE(quantity.message.find("column `Qty`"), std::string::npos) << quantity.message;
    EXPECT_NE(quantity.help.find("t/map"), std::string::npos) << quantity.help;
    EXPECT_NE(quantity.help.find("lines[1].quantity"), std::string::npos) << quantity.help;
    EXPECT_EQ(quantity.excerpt, "1;31.02.2025;;;2;A;x;EA;1;");
}

TEST(CsvFormat, rows_of_a_document_must_agree_and_stand_together) {
    auto const map = good_map(order());
    auto const disagree = read_file_text(*map, std::string(head) + "1;02.06.2025;;;1;A;5;EA;1;\n1;03.06.2025;;;2;A;5;EA;1;\n");
    ASSERT_EQ(disagree.size(), 1u);
    EXPECT_EQ(codes(disagree[0].diagnostics), "MAP-0143:3");
    auto const apart =
        read_file_text(*map, std::string(head) + "1;;;;1;A;5;EA;1;\n2;;;;1;A;5;EA;1;\n1;;;;2;A;5;EA;1;\n");
    ASSERT_EQ(apart.size(), 3u);
    EXPECT_EQ(codes(apart[2].diagnostics), "MAP-0144:4");
    auto text = order();
    text.replace(text.find("documents  by"), 13, "documents  anywhere by");
    auto const sorted = good_map(text);
    auto const documents =
        read_file_text(*sorted, std::string(head) + "1;;;;1;A;5;EA;1;\n2;;;;1;A;5;EA;1;\n1;;;;2;A;5;EA;1;\n");
    ASSERT_EQ(documents.size(), 2u);
    EXPECT_EQ(at(documents[0].value(), "lines[1].line_number"), "2");
    EXPECT_EQ(at(documents[1].value(), "number"), "2");
}

TEST(CsvFormat, a_missing_column_is_told_once) {
    auto const map = good_map(order());
    auto const documents = read_file_text(*map, "PO Number,Qty\n1,2\n3,4\n");
    ASSERT_EQ(documents.size(), 1u);
    ASSERT_EQ(codes(documents[0].diagnostics), "MAP-0142:1");
    EXPECT_EQ(read_file_text(*map, "").size(), 1u);
}

TEST(CsvFormat, groups_of_rows) {
    auto const map = good_map(R"(translator t/map
document   purchase_order 1
format     csv header no
columns    po line item qty place
documents  by po
purpose                read = "original"
number                 po
lines[]                each row by line
  position             read = $index
  line_number          line
  items[scheme=upc].value  item
  destinations[]       each row
    location.value     place
    quantity           qty
)");
    ASSERT_NE(map, nullptr);
    std::string const text = "1,1,A,5,X\r\n1,1,A,6,Y\r\n1,2,B,7,X\r\n2,1,A,5,X\r\n";
    auto const documents = read_file_text(*map, text);
    ASSERT_EQ(documents.size(), 2u);
    ASSERT_EQ(rendered(documents[0].diagnostics), "");
    auto const first = documents[0].value();
    EXPECT_EQ(at(first, "lines[0].destinations[1].quantity"), "6");
    EXPECT_EQ(at(first, "lines[1].destinations[0].location.value"), "X");
    EXPECT_EQ(at(first, "lines[1].line_number"), "2");
    EXPECT_EQ(at(first, "lines[0].items[0].value"), "A");
    EXPECT_EQ(write_file_text(*map, {first, documents[1].value()}), text);
}

TEST(CsvFormat, records_of_several_kinds) {
    auto const map = good_map(R"(translator t/map
document   purchase_order 1
format     csv delimiter "|" date YYYYMMDD
record H when 1 = "H" type po date
record D in H when 1 = "D" type line sku qty uom
record T in H when 1 = "T" type count
documents each H
purpose                read = "original"
number                 H.po
date                   H.date
lines[]                each D
  position             read = $index
  line_number          line
  items[scheme=upc].value  sku
  quantity             qty
-                      write T.count = count lines
)");
    ASSERT_NE(map, nullptr);
    std::string const text = "H|1|20250602\r\nD|1|A|5|\r\nD|2|B|6|\r\nT|2\r\nH|2|20250603\r\nD|1|A|1|\r\nT|1\r\n";
    auto const documents = read_file_text(*map, text);
    ASSERT_EQ(documents.size(), 2u);
    ASSERT_EQ(rendered(documents[0].diagnostics), "");
    auto const first = documents[0].value();
    EXPECT_EQ(at(first, "number"), "1");
    EXPECT_EQ(at(first, "lines[1].items[0].value"), "B");
    Diagnostics found;
    EXPECT_EQ(write_file_text(*map, {first, documents[1].value()}, &found), text) << rendered(found);
    auto const stray = read_file_text(*map, "D|1|A|5\nX|1\nH|1|20250602\nD|1|A|5|EA\n");
    ASSERT_EQ(stray.size(), 2u);
    EXPECT_EQ(codes(stray[0].diagnostics), "MAP-0146:1 MAP-0146:2");
    EXPECT_EQ(at(stray[1].value(), "lines[0].extensions"), R"({"csv":{"uom":"EA"}})");
    auto const back = write_file_text(*map, {stray[1].value()});
    EXPECT_NE(back.find("D|1|A|5|EA\r\n"), std::string::npos) << back;
}

TEST(CsvFormat, fixed_width) {
    auto const map = good_map(R"(translator t/map
document   purchase_order 1
format     fixed date YYYYMMDD line lf encoding iso-8859-1
record H when 1-2 = "H" po 3-12, date 13-20, name 21-30
record D in H when 1-2 = "D" line 3-5 right "0", sku 6-13, qty 14-20 right "0"
documents each H
purpose                read = "original"
number                 H.po
date                   H.date
parties[role=ship_to].name  H.name
lines[]                each D
  position             read = $index
  line_number          line
  items[scheme=upc].value  sku
  quantity             qty
)");
    ASSERT_NE(map, nullptr);
    std::string const text = "H 4711      20250602M\xfcller    \nD 001A-1     0000010\nD 002A-2     00002.5\n";
    auto const document = read_one(*map, text);
    EXPECT_EQ(at(document, "number"), "4711");
    EXPECT_EQ(at(document, "parties[0].name"), "M\u00fcller");
    EXPECT_EQ(at(document, "lines[0].quantity"), "10");
    EXPECT_EQ(at(document, "lines[1].quantity"), "2.5");
    EXPECT_EQ(at(document, "lines[1].line_number"), "2");
    Diagnostics found;
    EXPECT_EQ(write_file_text(*map, {document}, &found), text) << rendered(found);
    auto longer = document;
    longer.set("number", "12345678901");
    EXPECT_EQ(write_file_text(*map, {longer}, &found), "");
    EXPECT_EQ(codes(found), "MAP-0111:0");
    EXPECT_EQ(found[0].place.path, "number");
}

TEST(CsvFormat, what_cannot_be_written_is_told) {
    auto const map = good_map(order());
    auto document = read_one(*map, std::string(head) + "4711;;;;1;A;5;EA;1;\n");
    document.set("number", "\u65e5");
    document.set("contract_number", "C1");
    Diagnostics found;
    write_file_text(*map, {document}, &found);
    EXPECT_NE(rendered(found).find("MAP-0113 `number`"), std::string::npos) << rendered(found);
    EXPECT_NE(rendered(found).find("MAP-0110"), std::string::npos) << rendered(found);
}

TEST(CsvFormat, faults_of_a_map) {
    auto const faults = [](std::string_view from, std::string_view to) {
        auto text = order();
        auto const at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        auto const made = file_map(text.replace(at, from.size(), to));
        return made ? std::string() : rendered(made.error());
    };
    EXPECT_NE(faults("header yes", "heeder yes").find("MAP-0030 There is no setting `heeder`"), std::string::npos);
    EXPECT_NE(faults("header yes", "header").find("MAP-0030"), std::string::npos);
    EXPECT_NE(faults("DD.MM.YYYY", "DD.MM").find("MAP-0030"), std::string::npos);
    EXPECT_NE(faults("encoding windows-1252", "encoding ebcdic").find("MAP-0030"), std::string::npos);
    EXPECT_NE(faults("by \"PO Number\"", "by \"PO Nunber\"").find("did you mean `PO Number`"), std::string::npos);
    EXPECT_NE(faults(" Qty\n", " Quantty\n").find("MAP-0006 The file has no column `Quantty`"), std::string::npos);
    EXPECT_NE(faults("  quantity             Qty", "  quantity             \"PO Date\"").find("MAP-0006"), std::string::npos)
        << "a column of the document";
    EXPECT_NE(faults("number                 \"PO Number\"\n", "number                 Line\n").find("MAP-0"),
              std::string::npos);
    EXPECT_NE(faults("  unit_price           Price\n", "  unit_price           Price\n  line_number         Price\n").find("MAP-0012"),
              std::string::npos);
    EXPECT_NE(faults("format     csv", "format     csw").find("MAP-0003"), std::string::npos);
    EXPECT_EQ(faults("UOM                  code unit", "UOM                  code unit words"), "");
}

TEST(CsvFormat, the_shipped_orders) {
    auto const source = embedded_maps();
    auto const map = load_map(*source, "csv/purchase_order");
    ASSERT_TRUE(map.has_value()) << rendered(map.error());
    auto plan = compile_nodes(*map, *source);
    ASSERT_TRUE(plan.has_value()) << rendered(plan.error());
}

} // namespace
} // namespace wharf::translator::test
