// Small maps of our own: each rule of the language, one at a time.
#include "translator_fixture.hpp"

#include <atomic>
#include <thread>

namespace wharf::translator {
namespace {

using namespace test;

std::string const head = "translator t/1\ndocument purchase_order 1\nformat x12 850 004010\n"
                         "number   BEG03\npurpose  BEG01  code purpose\n"
                         "lines[]  each PO1\n  position  read = $index\n";

/// `more` goes below the lines of PO1, `top` to the document.
std::shared_ptr<Translator const> order(std::string const& more, std::string const& top = {}) {
    auto const source = memory({{"t/1.map", head + more + top}});
    return compiled(*source, "t/1", schemas().get("004010", "850"));
}

std::string faults(std::string const& more, std::string const& top = {}) {
    auto const source = memory({{"t/1.map", head + more + top}});
    auto const made = make_translator(*source, "t/1", schemas().get("004010", "850"));
    std::string found;
    if (!made)
        for (auto const& one : made.error())
            found += fmt::format("{} {}:{} {} {}\n", one.code, one.place.line, one.place.column, one.message, one.help);
    return found;
}

/// The line object (lines[0]) as JSON.
std::string line_of(std::string const& more, std::string const& body, std::string const& top = {}) {
    auto const reading = read_body("850", "BEG*00*SA*4711**20250602~" + body, order(more, top));
    EXPECT_TRUE(reading.outcome.ok()) << texts(reading.outcome.diagnostics);
    if (!reading.outcome.ok()) return {};
    auto const document = reading.value();
    auto const* lines = document.find("lines");
    return lines == nullptr || lines->items().empty() ? "" : json::to_text(lines->items().front());
}

TEST(Reading, values_by_their_types) {
    EXPECT_EQ(
        line_of("  quantity  02\n  unit  03  code unit\n  unit_price  04\n", "PO1*0001*007*EA*.50~"),
        R"({"position":1,"quantity":"7","unit":"each","unit_price":"0.50","extensions":{"x12:004010":{"PO101":"0001"}}})");
    EXPECT_EQ(line_of("  line_number  01\n  unit  03  code unit\n", "PO1*0001**5X~"),
              R"({"position":1,"line_number":"0001","unit":"x12:5X"})");
}

TEST(Reading, blanks_at_the_end_go_at_the_beginning_stay) {
    EXPECT_EQ(line_of("  messages[]  each MSG/01\n", "PO1*1~MSG*  indented   ~MSG*next~"),
              R"({"position":1,"messages":["  indented","next"],"extensions":{"x12:004010":{"PO101":"1"}}})");
}

TEST(Reading, tuples_in_source_order_with_holes) {
    std::string const map =
        "  line_number  01\n  items[]  each 06+07...\n    scheme  01  code item_id\n    value   02\n";
    EXPECT_EQ(
        line_of(map, "PO1*1*****UP*1*BP*2~"),
        R"({"position":1,"line_number":"1","items":[{"scheme":"upc","value":"1"},{"scheme":"buyer_part","value":"2"}]})");
    EXPECT_EQ(
        line_of(map, "PO1*1*******UP*1***BP*2~"),
        R"({"position":1,"line_number":"1","items":[{"scheme":"upc","value":"1"},{"scheme":"buyer_part","value":"2"}]})");
    EXPECT_EQ(line_of(map, "PO1*1*****UP~"), R"({"position":1,"line_number":"1","items":[{"scheme":"upc"}]})")
        << "half a pair is not lost";
}

TEST(Reading, then_joins_two_places) {
    EXPECT_EQ(
        line_of("  items[]  each 06+07... as item then each LIN/02+03... as item\nshape item\n  scheme  01  code "
                "item_id\n  value  02\n",
                "PO1******UP*1~LIN**BP*2*VP*3~LIN**IN*4~"),
        R"({"position":1,"items":[{"scheme":"upc","value":"1"},{"scheme":"buyer_part","value":"2"},{"scheme":"vendor_part","value":"3"},{"scheme":"buyer_item","value":"4"}]})");
}

TEST(Reading, a_named_claim_takes_one_the_list_the_rest) {
    std::string const map = "  order_quantity_in_other_units[]  each PO3\n    quantity  06\n"
                            "  description  PID[02=08]05\n  descriptions[]  each PID\n    characteristic  02  code "
                            "characteristic\n    text  05\n";
    EXPECT_EQ(
        line_of(map, "PO1~PID*F*08***first~PID*F*08***second~"),
        R"({"position":1,"description":"first","descriptions":[{"characteristic":"product","text":"second","extensions":{"x12:004010":{"PID01":"F"}}}],"extensions":{"x12:004010":{"PID[PID02=08]/PID01":"F"}}})");
}

TEST(Reading, qualifiers_by_other_elements) {
    std::string const map =
        "  unit_price  CTP[02=UCP]03\n  prices[]  each CTP\n    kind  02  code price_kind\n    price  03\n";
    EXPECT_EQ(
        line_of(map, "PO1~CTP**RES*9~CTP**UCP*4.50~CTP**UCP*5~"),
        R"({"position":1,"unit_price":"4.50","prices":[{"kind":"resale","price":"9"},{"kind":"unit_cost","price":"5"}]})");
}

TEST(Reading, one_of_takes_the_first_that_is_complete) {
    std::string const map = "  dates[]  each DTM\n    kind  01  code date_type\n    one of\n      at  02+03  moment\n  "
                            "    date  02\n      period  05=RD8+06  period\n    zone  04  code zone\n";
    EXPECT_EQ(line_of(map, "PO1~DTM*002*20250602*1403~"),
              R"({"position":1,"dates":[{"kind":"requested_delivery","at":"2025-06-02T14:03"}]})");
    EXPECT_EQ(line_of(map, "PO1~DTM*002*20250602~"),
              R"({"position":1,"dates":[{"kind":"requested_delivery","date":"2025-06-02"}]})");
    EXPECT_EQ(
        line_of(map, "PO1~DTM*002****RD8*20250601-20250630~"),
        R"({"position":1,"dates":[{"kind":"requested_delivery","period":{"from":"2025-06-01","to":"2025-06-30"}}]})");
    EXPECT_EQ(
        line_of(map, "PO1~DTM*002*20250602***RD8*20250601-20250630~"),
        R"({"position":1,"dates":[{"kind":"requested_delivery","date":"2025-06-02","extensions":{"x12:004010":{"DTM05":"RD8","DTM06":"20250601-20250630"}}}]})")
        << "what the choice passed over is kept";
    EXPECT_EQ(
        line_of(map, "PO1~DTM*002****D8*20250601~"),
        R"({"position":1,"dates":[{"kind":"requested_delivery","extensions":{"x12:004010":{"DTM05":"D8","DTM06":"20250601"}}}]})");
    EXPECT_EQ(
        line_of(map, "PO1~DTM*002*20250602*1403*ES~"),
        R"({"position":1,"dates":[{"kind":"requested_delivery","at":"2025-06-02T14:03-05:00","zone":"eastern_standard"}]})");
    EXPECT_EQ(line_of(map, "PO1~DTM*002*20250602*1403*ET~"),
              R"({"position":1,"dates":[{"kind":"requested_delivery","at":"2025-06-02T14:03","zone":"eastern"}]})")
        << "Eastern Time is no fixed offset";
}

TEST(Reading, same_leaves_out_what_the_line_says) {
    std::string const map =
        "  unit  03  code unit\n  destinations[]  each SDQ/03+04...\n    unit  SDQ01  code unit, same ../unit\n"
        "    location.scheme  SDQ02  code id_type\n    location.value  01\n    quantity  02\n";
    EXPECT_EQ(
        line_of(map, "PO1***EA~SDQ*EA*92*0101*5*0102*4~SDQ*CA*92*0103*1~"),
        R"({"position":1,"unit":"each","destinations":[{"location":{"scheme":"assigned_by_buyer","value":"0101"},"quantity":"5"},)"
        R"({"location":{"scheme":"assigned_by_buyer","value":"0102"},"quantity":"4"},)"
        R"({"location":{"scheme":"assigned_by_buyer","value":"0103"},"quantity":"1","unit":"case"}]})");
}

TEST(Reading, or_remembers_which) {
    std::string const map = "  descriptions[]  each PID\n    form  01  code description_form\n    text  05 or 04\n";
    EXPECT_EQ(line_of(map, "PO1~PID*F****text~"),
              R"({"position":1,"description":"text","descriptions":[{"form":"free_form","text":"text"}]})");
    EXPECT_EQ(
        line_of(map, "PO1~PID*F***code~"),
        R"({"position":1,"descriptions":[{"form":"free_form","text":"code","extensions":{"via":{"text":"04"}}}]})");
    EXPECT_EQ(
        line_of(map, "PO1~PID*F***code*text~"),
        R"({"position":1,"description":"text","descriptions":[{"form":"free_form","text":"text","extensions":{"x12:004010":{"PID04":"code"}}}]})");
}

TEST(Reading, when_looks_at_the_canonical_side) {
    std::string const map = "  descriptions[]  each PID\n    form  01  code description_form\n    text  05  when form "
                            "= free_form\n    code  05  when not form = free_form\n";
    EXPECT_EQ(line_of(map, "PO1~PID*F****text~"),
              R"({"position":1,"description":"text","descriptions":[{"form":"free_form","text":"text"}]})");
    EXPECT_EQ(line_of(map, "PO1~PID*S****text~"),
              R"({"position":1,"descriptions":[{"form":"structured","code":"text"}]})");
}

TEST(Reading, defaults_and_conversions) {
    EXPECT_EQ(line_of("  unit  03  code unit, default each\n  line_number  01  pad 6 left \"0\"\n", "PO1*000120~"),
              R"({"position":1,"line_number":"120","unit":"each"})");
    EXPECT_EQ(line_of("  unit_price  04  decimal \",\"\n", "PO1****12,50~"), R"({"position":1,"unit_price":"12.50"})");
    EXPECT_EQ(line_of("  unit_price  04  negate\n", "PO1****5~"), R"({"position":1,"unit_price":"-5"})");
}

TEST(Reading, constants_are_checked_and_not_kept) {
    auto const map = order("", "-  BEG02 = \"SA\"\n-  BEG05 drop\n");
    auto reading = read_body("850", "BEG*00*SA*4711**20250602~PO1~", map);
    EXPECT_EQ(reading.codes(), "");
    EXPECT_EQ(reading.outcome.extended, 0u);
    reading = read_body("850", "BEG*00*NE*4711**20250602~PO1~", map);
    EXPECT_EQ(reading.codes(), "MAP-0107 850/BEG/BEG02 \"NE\"\n");
    EXPECT_TRUE(reading.outcome.ok());
}

TEST(Reading, composites) {
    std::string const map = "  references[]  each REF\n    kind  01  code reference\n    value  02\n    more[]  each "
                            "04-01+04-02...\n      kind  01  code reference\n      value  02\n"
                            "  prices[]  each CTP\n    unit  05-01  code unit\n";
    EXPECT_EQ(
        line_of(map, "PO1~REF*DP*038**IA>1>>>ZZ>9~"),
        R"({"position":1,"references":[{"kind":"department","value":"038","more":[{"kind":"internal_vendor","value":"1"},{"kind":"mutually_defined","value":"9"}]}]})");
    EXPECT_EQ(line_of(map, "PO1~CTP*****EA>2>>~"),
              R"({"position":1,"prices":[{"unit":"each","extensions":{"x12:004010":{"CTP05-02":"2"}}}]})");
}

TEST(Reading, extensions_have_keys_that_no_edit_moves) {
    std::string const map = "  parties[]  each N1\n    name  02\n";
    EXPECT_EQ(
        line_of(map, "PO1*7~IT8**BI~PKG*F****wrapped~PKG*F****twice~N1*ST*A~N3*street~"),
        R"x({"position":1,"parties":[{"name":"A","extensions":{"x12:004010":{"N101":"ST","N3(1)":["street"]}}}],)x"
        R"x("extensions":{"x12:004010":{"PO101":"7","IT8(1)":["","BI"],"PKG(1)":["F","","","","wrapped"],"PKG(2)":["F","","","","twice"]}}})x");
}

TEST(Reading, nothing_is_lost) {
    auto const reading =
        read_body("850", "BEG*00*SA*4711**20250602~REF*DP*038~N1*ST*A~N4*CITY~PO1*1*2*EA~ZZZ*1*2~CTT*1~AMT*TT*5~",
                  order("  quantity  02\n"));
    ASSERT_TRUE(reading.outcome.ok());
    EXPECT_EQ(reading.outcome.elements, 4u + 2 + 2 + 1 + 3 + 2 + 1 + 2);
    EXPECT_EQ(reading.outcome.extended, reading.outcome.elements - 3) << reading.json;
    EXPECT_NE(reading.json.find(R"x("unplaced":{"ZZZ(1)":["1","2"]})x"), std::string::npos) << reading.json;
    EXPECT_NE(reading.json.find(R"x("N1(1)":["ST","A"],"N1(1)/N4(1)":["CITY"])x"), std::string::npos) << reading.json;
}

TEST(Reading, wrong_values_name_both_sides_and_none_is_delivered) {
    auto const reading =
        read_body("850", "BEG*00*SA*4711**20250602~PO1*1*12,5*EA~PO1*2*1O*EA~", order("  quantity  02\n"));
    EXPECT_FALSE(reading.outcome.ok());
    EXPECT_EQ(reading.json, "");
    EXPECT_EQ(reading.codes(), "MAP-0101 850/PO1/PO102 \"12,5\"\nMAP-0101 850/PO1/PO102 \"1O\"\n");
    auto const& first = reading.outcome.diagnostics.front();
    EXPECT_EQ(first.message, "PO102 \"12,5\" is not a decimal number.");
    EXPECT_NE(
        first.help.find("Read by t/1.map:8 into lines[0].quantity (conversion: decimal, inferred from the types)."),
        std::string::npos)
        << first.help;
    EXPECT_NE(first.help.find("decimal comma"), std::string::npos);
    EXPECT_EQ(first.place.segment_position, 3u);
    EXPECT_EQ(first.excerpt.substr(first.excerpt_offset, 4), "12,5");
    EXPECT_NE(reading.outcome.diagnostics[1].help.find("lines[1].quantity"), std::string::npos);
}

TEST(Reading, what_the_schema_requires) {
    auto const reading = read_body("850", "BEG*00*SA*   **20250602~PO1~", order(""));
    EXPECT_EQ(reading.codes(), "MAP-0103 850/BEG\n") << "the order number";
    auto const empty = read_body("850", "BEG*00*SA*4711**20250602~", order(""));
    EXPECT_NE(empty.json.find("\"lines\":[]"), std::string::npos) << empty.json;
}

TEST(Reading, control_totals) {
    std::string const top = "totals.line_count  read CTT01\ntotals.line_count  write CTT01 = count lines\n";
    EXPECT_EQ(read_body("850", "BEG*00*SA*4711**20250602~PO1~CTT*2~", order("", top)).codes(),
              "MAP-0108 850/CTT/CTT01 \"2\"\n");
    auto const right = read_body("850", "BEG*00*SA*4711**20250602~PO1~CTT*000001~", order("", top));
    EXPECT_EQ(right.codes(), "");
    EXPECT_NE(right.json.find("\"totals\":{\"line_count\":1}"), std::string::npos) << right.json;
}

TEST(Reading, many_threads_share_one_translator) {
    auto const translator = order("  quantity  02\n  unit  03  code unit\n");
    std::string body = "BEG*00*SA*4711**20250602~";
    for (int i = 0; i < 200; ++i)
        body += fmt::format("PO1*{}*{}*EA~", i, i);
    auto const expected = read_body("850", body, translator).json;
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i)
                wrong += read_body("850", body, translator).json != expected;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(Compiling, faults_name_line_column_and_what_is_near) {
    EXPECT_EQ(faults("  quantitty  02\n").substr(0, 16), "MAP-0008 8:3 `li");
    EXPECT_NE(faults("  quantitty  02\n").find("did you mean `quantity`"), std::string::npos);
    EXPECT_EQ(faults("  quantity  33\n"), "MAP-0007 8:13 PO1 has no element 33 in 004010; its last is 25. \n");
    EXPECT_NE(faults("", "contract_number  BEH06\n").find("MAP-0006 8:18 850 has no segment BEH. did you mean `BEG`?"),
              std::string::npos)
        << faults("", "contract_number  BEH06\n");
    EXPECT_NE(faults("  quantity  BEG02\n").find("It stands at 850/BEG."), std::string::npos);
    EXPECT_NE(faults("  unit  03\n").find("MAP-0011 8:3"), std::string::npos) << "a coded value needs a table";
    EXPECT_NE(
        faults("  unit  03  code unitt\n").find("MAP-0010 8:13 There is no code table `unitt`. did you mean `unit`?"),
        std::string::npos);
    EXPECT_NE(faults("  unit  03  code party_role\n").find("has no column `x12:355`"), std::string::npos);
    EXPECT_NE(faults("  quantity  02  decimall\n")
                  .find("MAP-0009 8:17 There is no conversion `decimall`. did you mean `decimal`?"),
              std::string::npos);
    EXPECT_NE(faults("  quantity  02\n  unit_price  02\n").find("MAP-0012 9:1 PO102 is written by two lines"),
              std::string::npos)
        << faults("  quantity  02\n  unit_price  02\n");
    EXPECT_NE(faults("  references[]  each REF as referense\n").find("MAP-0013"), std::string::npos);
    EXPECT_NE(faults("  references[]  each REF\n    value 02\n  dates[]  each REF\n    date 02\n").find("MAP-0016 10:"),
              std::string::npos);
    EXPECT_NE(faults("  unit_price  06+07...\n").find("MAP-0014"), std::string::npos);
    EXPECT_NE(faults("", "id  BEG04\n").find("MAP-0008 8:1 `id` is provenance"), std::string::npos);
    EXPECT_EQ(faults("  quantitty  02\n  unitt  03\n  unit_price  44\n").find("MAP-0001"), std::string::npos);
    auto const three = faults("  quantitty  02\n  unitt  03\n  unit_price  44\n");
    EXPECT_EQ(std::count(three.begin(), three.end(), '\n'), 3) << three;
}

TEST(Compiling, required_members_must_be_read) {
    auto const source = memory({{"t/1.map", "translator t/1\ndocument purchase_order 1\nformat x12 850 004010\nnumber "
                                            "BEG03\nlines[] each PO1\n  quantity 02\n"}});
    auto const made = make_translator(*source, "t/1", schemas().get("004010", "850"));
    ASSERT_FALSE(made.has_value());
    auto const found = texts(made.error());
    EXPECT_NE(found.find("No line reads `purpose`"), std::string::npos) << found;
    EXPECT_NE(found.find("No line reads `lines[].position`"), std::string::npos) << found;
}

TEST(Compiling, other_releases_leave_out_what_they_lack) {
    auto const source = memory({{"t/1.map", head + "  line_number 01\n"}});
    auto const schema = schemas().get("003040", "850");
    ASSERT_NE(schema, nullptr);
    EXPECT_NE(compiled(*source, "t/1", schema), nullptr);
    auto const wrong_set = make_translator(*source, "t/1", schemas().get("004010", "810"));
    ASSERT_FALSE(wrong_set.has_value());
    EXPECT_EQ(wrong_set.error().front().code, "MAP-0018");
}

} // namespace
} // namespace wharf::translator
