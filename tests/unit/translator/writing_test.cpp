// From documents to segments: the grammar's order, packing, extensions, and what cannot be written.
#include "translator_fixture.hpp"

namespace wharf::translator {
namespace {

using namespace test;

json::Value document(std::string const& text) {
    auto parsed = json::parse(text);
    EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().message);
    return parsed ? *parsed : json::Value();
}

json::Value order(std::string const& members, std::string const& lines) {
    return document(
        R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":"4711","purpose":"original","type":"stand_alone","date":"2025-06-02")" +
        members + R"(,"lines":[)" + lines + "]}");
}

std::string written(json::Value const& value) {
    auto const outcome = shipped_translator("850")->write(value, {});
    return to_text(outcome.body) + (outcome.diagnostics.empty() ? "" : "\n" + texts(outcome.diagnostics));
}

std::string findings(json::Value const& value) {
    auto const outcome = shipped_translator("850")->write(value, {});
    std::string text;
    for (auto const& found : outcome.diagnostics)
        text += found.code + " " + found.place.path + "\n";
    return text;
}

constexpr auto small_line =
    R"({"position":1,"line_number":"1","quantity":"10","unit":"each","unit_price":"12.50","items":[{"scheme":"upc","value":"012345678905"}]})";

TEST(Writing, grammar_order_whatever_the_documents_order) {
    EXPECT_EQ(
        written(order(
            R"(,"parties":[{"role":"ship_to","name":"ACME","address":{"city":"BONN","lines":["A","B","C"]},"identifiers":[{"scheme":"assigned_by_buyer","value":"0107"}]}],
                              "references":[{"kind":"department","value":"038"}],"currency":"EUR","currency_party":"buyer","totals":{"line_count":1})",
            small_line)),
        "BEG*00*SA*4711**20250602~CUR*BY*EUR~REF*DP*038~N1*ST*ACME*92*0107~N3*A*B~N3*C~N4*BONN~PO1*1*10*EA*12.50**UP*"
        "012345678905~CTT*1~");
}

TEST(Writing, counts_ride_along_and_are_counted) {
    EXPECT_EQ(written(order("", small_line)), "BEG*00*SA*4711**20250602~PO1*1*10*EA*12.50**UP*012345678905~")
        << "no totals, no CTT";
    EXPECT_EQ(findings(order(R"(,"totals":{"line_count":7})", small_line)), "MAP-0118 totals.line_count\n");
    EXPECT_NE(written(order(R"(,"totals":{"line_count":7})", small_line)).find("CTT*1~"), std::string::npos);
}

TEST(Writing, pairs_fill_one_segment_then_the_next) {
    std::string items;
    for (int i = 0; i < 13; ++i)
        items += fmt::format(R"({}{{"scheme":"upc","value":"{}"}})", i == 0 ? "" : ",", i);
    auto const text = written(order("", R"({"position":1,"quantity":"1","items":[)" + items + "]}"));
    EXPECT_EQ(
        text,
        "BEG*00*SA*4711**20250602~PO1**1****UP*0*UP*1*UP*2*UP*3*UP*4*UP*5*UP*6*UP*7*UP*8*UP*9~LIN**UP*10*UP*11*UP*12~");
}

TEST(Writing, stores_ten_to_a_segment) {
    std::string stores;
    for (int i = 1; i <= 11; ++i)
        stores += fmt::format(R"({}{{"location":{{"scheme":"assigned_by_buyer","value":"{:04}"}},"quantity":"{}"}})",
                              i == 1 ? "" : ",", i, i);
    EXPECT_EQ(written(order("", R"({"position":1,"quantity":"66","unit":"each","destinations":[)" + stores + "]}")),
              "BEG*00*SA*4711**20250602~PO1**66*EA~SDQ*EA*92*0001*1*0002*2*0003*3*0004*4*0005*5*0006*6*0007*7*0008*8*"
              "0009*9*0010*10~SDQ*EA*92*0011*11~");
}

TEST(Writing, destinations_of_another_unit_get_a_segment_of_their_own) {
    EXPECT_EQ(
        written(order(
            "",
            R"({"position":1,"quantity":"3","unit":"each","destinations":[{"location":{"scheme":"assigned_by_buyer","value":"1"},"quantity":"1"},
              {"location":{"scheme":"assigned_by_buyer","value":"2"},"quantity":"1","unit":"case"},{"location":{"scheme":"assigned_by_buyer","value":"3"},"quantity":"1"}]})")),
        "BEG*00*SA*4711**20250602~PO1**3*EA~SDQ*EA*92*1*1~SDQ*CA*92*2*1~SDQ*EA*92*3*1~");
}

TEST(Writing, dates_go_where_they_can_be_said) {
    auto const acknowledgment = document(
        R"({"schema":"wharf/purchase_order_acknowledgment/1","document":"purchase_order_acknowledgment","order_number":"4711","purpose":"original","status":"accepted_with_detail","order_date":"2025-06-01",
      "lines":[{"position":1,"quantity":"24","unit":"each","unit_price":"1","responses":[
      {"status":"accepted","quantity":"20","unit":"each","dates":[{"kind":"current_schedule_ship","date":"2025-06-02"},{"kind":"promised_delivery","date":"2025-06-04"}]},
      {"status":"backordered","dates":[{"kind":"promised_shipment","at":"2025-06-03T10:00"}]}]}]})");
    auto const outcome = shipped_translator("855")->write(acknowledgment, {});
    EXPECT_EQ(texts(outcome.diagnostics), "");
    EXPECT_EQ(to_text(outcome.body), "BAK*00*AD*4711*20250601~PO1**24*EA*1~ACK*IA*20*EA*068*20250602~DTM*069*"
                                         "20250604~ACK*IB~DTM*079*20250603*1000~");
}

TEST(Writing, extensions_return_to_their_places) {
    std::string const body =
        "BEG*00*SA*4711**20250602~PO1*1*10*EA*12.50~IT8*M*BI~PKG*F****text~N9*ZZ*1~MSG*x*SS~N1*ST*A~N3*street~CTT*1~";
    auto const translator = [&] {
        auto const source = memory({{"t/1.map", "translator t/1\ndocument purchase_order 1\nformat x12 850 "
                                                "004010\nnumber BEG03\npurpose BEG01 code purpose\n"
                                                "lines[] each PO1\n  position read = $index\n  quantity 02\n  notes[] "
                                                "each N9\n    lines[] each MSG/01\n"}});
        return compiled(*source, "t/1", schemas().get("004010", "850"));
    }();
    auto const reading = read_body("850", body, translator);
    ASSERT_TRUE(reading.outcome.ok());
    auto const outcome = translator->write(reading.value(), {});
    EXPECT_EQ(texts(outcome.diagnostics), "");
    EXPECT_EQ(to_text(outcome.body), body) << reading.json;

    auto moved = reading.value();
    auto& lines = moved.find("lines")->items();
    auto copy = lines.front();
    lines.insert(lines.begin(), document(R"({"position":1,"quantity":"1"})"));
    EXPECT_EQ(to_text(translator->write(moved, {}).body),
              "BEG*00*SA*4711**20250602~PO1**1~PO1*1*10*EA*12.50~IT8*M*BI~PKG*F****text~N9*ZZ*1~MSG*x*SS~N1*ST*A~N3*"
              "street~CTT*1~")
        << "a line put before takes nothing along";

    auto foreign = reading.value();
    foreign.find("source")->set("set", json::Value("860"));
    EXPECT_EQ(to_text(translator->write(foreign, {}).body), "BEG*00**4711~PO1**10~N9~MSG*x~")
        << "of another set: left behind";
}

TEST(Writing, an_extension_whose_place_is_taken_is_reported) {
    auto value = order(R"x(,"extensions":{"x12:004010":{"BEG03":"OLD","XXX(1)":["1"]}})x", small_line);
    EXPECT_EQ(findings(value), "MAP-0116 extensions\nMAP-0116 extensions\n");
    EXPECT_EQ(findings(order(R"(,"extensions":{"x12:005010":{"BEG11":"X"}})", small_line)), "MAP-0116 extensions\n")
        << "of another release";
}

TEST(Writing, what_cannot_be_written) {
    auto const line = [](std::string const& members) { return R"({"position":1)" + members + "}"; };
    EXPECT_EQ(findings(order("", line(R"(,"unit":"bunch")"))), "MAP-0114 lines[0].unit\n");
    EXPECT_EQ(findings(order("", line(R"(,"unit":"unece:XBX")"))), "MAP-0114 lines[0].unit\n");
    EXPECT_EQ(findings(order("", line(R"(,"unit":"x12:5X","quantity":"1")"))), "");
    EXPECT_EQ(findings(order("", line(R"(,"line_number":"123456789012345678901")"))),
              "MAP-0111 lines[0].line_number\n");
    EXPECT_EQ(findings(order("", line(R"(,"charges":[{"kind":"charge","amount":"10.005"}])"))),
              "MAP-0113 lines[0].charges[0].amount\n");
    EXPECT_EQ(findings(order("", line(R"(,"charges":[{"amount":"10.00"}])"))), "MAP-0112 lines[0].charges[0]\n")
        << "SAC01 is mandatory";
    EXPECT_EQ(findings(order("", line(R"(,"unit":"x12:EA","quantity":"1")"))), "MAP-0119 lines[0].unit\n");
    EXPECT_EQ(findings(order(R"(,"revision":2)", line(R"(,"quantity":"1")"))), "MAP-0110 revision\n");
    EXPECT_EQ(findings(order("", line(R"(,"dates":[{"kind":"shipped","at":"2025-06-02"}])"))),
              "MAP-0113 lines[0].dates[0].at\n");
    EXPECT_EQ(findings(order("", line(R"(,"dates":[{"kind":"shipped","at":"2025-06-02T10:00-05:00"}])"))),
              "MAP-0113 lines[0].dates[0].at\n");
    EXPECT_EQ(
        findings(order(
            "", line(R"(,"dates":[{"kind":"shipped","at":"2025-06-02T10:00-05:00","zone":"eastern_standard"}])"))),
        "");
    EXPECT_EQ(findings(order("", "")), "MAP-0112 \n") << "an order without PO1";
    EXPECT_EQ(findings(order(R"(,"totals":{"amounts":[{"kind":"x12:5X","value":"1"}]})", line(R"(,"quantity":"1")"))),
              "")
        << "the count begins the CTT loop";
    std::string items;
    for (int i = 0; i < 11; ++i)
        items += fmt::format(R"({}{{"scheme":"upc","value":"{}"}})", i == 0 ? "" : ",", i);
    EXPECT_EQ(
        findings(order("", line(R"(,"sublines":[{"number":"1","relation":"included","items":[)" + items + "]}]"))),
        "MAP-0115 lines[0].sublines[0].items[10]\n");
    auto const wrong_kind = shipped_translator("810")->write(order("", small_line), {});
    EXPECT_FALSE(wrong_kind.ok());
}

TEST(Writing, messages_name_both_places) {
    auto const outcome =
        shipped_translator("850")->write(order("", R"({"position":1,"line_number":"123456789012345678901"})"), {});
    ASSERT_EQ(outcome.diagnostics.size(), 1u);
    EXPECT_EQ(
        outcome.diagnostics.front().message,
        "`lines[0].line_number` \"123456789012345678901\" is too long for 850/PO1/PO101, which holds 20 characters.");
}

TEST(Writing, component_separator_of_the_interchange) {
    auto const value =
        order(R"(,"references":[{"kind":"department","value":"1","more":[{"kind":"internal_vendor","value":"2"}]}])",
              small_line);
    x12::Delimiters delimiters;
    delimiters.component = ':';
    EXPECT_NE(to_text(shipped_translator("850")->write(value, delimiters).body).find("REF*DP*1**IA:2~"),
              std::string::npos);
}

TEST(Writing, via_returns_the_text_to_where_it_came_from) {
    auto const source = memory(
        {{"t/1.map",
          "translator t/1\ndocument purchase_order 1\nformat x12 850 004010\nnumber BEG03\npurpose BEG01 code purpose\n"
          "lines[] each PO1\n  position read = $index\n  quantity 02\n  descriptions[] each PID\n    form 01 code "
          "description_form\n    text 05 or 04\n"}});
    auto const translator = compiled(*source, "t/1", schemas().get("004010", "850"));
    std::string const body = "BEG*00*SA*4711**20250602~PO1**1~PID*F***code~PID*F****text~PID*F***code*text~";
    auto const reading = read_body("850", body, translator);
    EXPECT_EQ(to_text(translator->write(reading.value(), {}).body), body);
}

TEST(Writing, entries_a_named_line_would_take_are_noted) {
    auto const notice = [](std::string const& node) {
        return document(
            R"({"schema":"wharf/ship_notice/1","document":"ship_notice","number":"1","purpose":"original","created_at":"2025-06-02T10:00","shipment":{"level":"item","quantity":"1","unit":"each",)" +
            node + "}}");
    };
    auto const shadowed =
        shipped_translator("856")->write(notice(R"("items":[{"scheme":"lot_number","value":"L9"}])"), {});
    EXPECT_NE(texts(shadowed.diagnostics).find("MAP-0120 shipment.items[0]"), std::string::npos)
        << texts(shadowed.diagnostics);
    EXPECT_TRUE(shadowed.ok());
    auto const second =
        shipped_translator("856")->write(notice(R"("items":[{"scheme":"upc","value":"1"}],"lot_number":"L9")"), {});
    EXPECT_EQ(texts(second.diagnostics), "");
    EXPECT_EQ(to_text(second.body), "BSN*00*1*20250602*1000~HL*1**I*0~LIN**UP*1*LT*L9~SN1**1*EA~");
}

TEST(Writing, a_segment_that_another_line_reads_first_is_noted) {
    auto const source = memory({{"t/one.map", R"(translator t/one
document purchase_order 1
format x12 850 004010
number            BEG03
purpose           BEG01    code purpose
contract_number   REF[CT]02
references[]      each REF
  kind            01    code reference
  value           02
lines[]           each PO1
  position        read = $index
  quantity        02
)"}});
    auto const translator = compiled(*source, "t/one", schemas().get("004010", "850"));
    ASSERT_NE(translator, nullptr);
    auto const findings = [&](std::string const& members) {
        auto const text = R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":"1")" + members + "}";
        auto found = translator->write(document(text), {}).diagnostics;
        std::erase_if(found, [](auto const& one) { return one.code == "MAP-0112"; }); // a small map
        return texts(found);
    };
    auto const contract = R"("references":[{"kind":"contract","value":"C7"}])";
    auto const noted = findings(std::string(",") + contract);
    EXPECT_NE(noted.find("MAP-0120 references[0]"), std::string::npos) << noted;
    EXPECT_NE(noted.find("t/one.map:6 reads that first"), std::string::npos) << noted;
    // behind its own REF*CT a second one belongs to the list
    EXPECT_EQ(findings(std::string(R"(,"contract_number":"C6",)") + contract), "");
}

TEST(Writing, derived_members_are_not_written) {
    auto const outcome =
        shipped_translator("850")->write(order("", R"({"position":1,"quantity":"1","description":"derived"})"), {});
    EXPECT_EQ(to_text(outcome.body), "BEG*00*SA*4711**20250602~PO1**1~");
    EXPECT_TRUE(outcome.diagnostics.empty()) << texts(outcome.diagnostics);
}

TEST(Writing, elements_that_repeat_come_back) {
    std::string const body = "AK1*PO*77*005010~AK2*850*0001~IK3*PO1*9**8~CTX*PO101>10^PO107>X^HEADER*PO1*3~"
                             "IK4*1*330*7*XX~IK5*R*5~AK9*R*1*1*0~";
    auto const shipped_map = shipped_translator("999", "005010");
    auto const source = memory({{"t/thin.map", "translator t/thin\ndocument functional_acknowledgment 1\nformat x12 999 005010\n"
                                               "group_control_number AK102\nstatus AK901 code group_verdict\n"}});
    auto const thin = compiled(*source, "t/thin", schemas().get("005010", "999"));
    ASSERT_NE(thin, nullptr);
    x12::Delimiters delimiters;
    delimiters.repetition = '^';
    for (auto const& map : {shipped_map, thin}) {
        auto const reading = read_body("999", body, map, "005010");
        ASSERT_TRUE(reading.outcome.ok()) << reading.codes();
        auto const back = map->write(reading.value(), delimiters);
        EXPECT_EQ(texts(back.diagnostics), "");
        EXPECT_EQ(to_text(back.body), body) << reading.json;
        // an interchange without a separator for it
        EXPECT_NE(texts(map->write(reading.value(), {}).diagnostics).find("has no repetition separator"), std::string::npos);
    }
    auto const json = read_body("999", body, shipped_map, "005010").json;
    EXPECT_NE(json.find(R"("name":"PO101","reference":"10")"), std::string::npos) << json;
    EXPECT_NE(json.find(R"({"repeated":[["PO107","X"],"HEADER"]})"), std::string::npos) << json;
}

} // namespace
} // namespace wharf::translator
