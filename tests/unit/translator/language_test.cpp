// Conversions beside the types, values of the run, entries chosen by a word: each with its way back.
#include "translator_fixture.hpp"

namespace wharf::translator {
namespace {

using namespace test;

std::string const head = "translator t/1\ndocument purchase_order 1\nformat x12 850 004010\n"
                         "number   BEG03\npurpose  BEG01  code purpose\n";
std::string const line_head = "lines[]  each PO1\n  position  read = $index\n";

std::shared_ptr<Translator const> map_of(std::string const& top, std::string const& in_lines = {}) {
    auto const source = memory({{"t/1.map", head + top + line_head + in_lines}});
    return compiled(*source, "t/1", schemas().get("004010", "850"));
}

std::string faults(std::string const& top, std::string const& in_lines = {}) {
    auto const source = memory({{"t/1.map", head + top + line_head + in_lines}});
    auto const made = make_translator(*source, "t/1", schemas().get("004010", "850"));
    std::string found;
    if (!made)
        for (auto const& one : made.error())
            found += fmt::format("{} {} {}\n", one.code, one.message, one.help);
    return found;
}

/// The document without what every one has.
std::string read(std::shared_ptr<Translator const> const& map, std::string const& body,
                 RunValues const* values = nullptr) {
    auto const text = wharf::test::interchange("PO", {wharf::test::set("850", body)}, "004010");
    std::string result;
    grammar::InterchangeReader reader(text, "t.x12", schemas());
    while (reader.next()) {
        auto& item = reader.item();
        if (item.kind != grammar::ItemKind::transaction_set || item.nodes == nullptr) continue;
        SetInput input;
        input.segments = &item.part->segments;
        input.nodes = item.nodes;
        input.context = item.context;
        input.values = values;
        std::string json;
        auto const outcome = map->read(input, json);
        if (outcome.held) result += "held ";
        for (auto const& found : outcome.diagnostics)
            result += found.code + " " + found.message + "\n";
        if (json.empty()) continue;
        auto document = business(*json::parse(json));
        std::erase_if(document.members(), [](auto const& member) {
            return member.first == "schema" || member.first == "document" || member.first == "purpose";
        });
        result += json::to_text(document);
    }
    return result;
}

std::string write(std::shared_ptr<Translator const> const& map, std::string const& members,
                  RunValues const* values = nullptr) {
    auto const document = json::parse(
        R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":"1","purpose":"original")" + members +
        "}");
    EXPECT_TRUE(document.has_value()) << members;
    auto const outcome = map->write(*document, {}, values);
    std::string result = to_text(outcome.body);
    for (auto const& found : outcome.diagnostics)
        if (found.code != "MAP-0112") // the map is small: mandatory elements are missing
            result += "\n" + found.code + " " + found.place.path + " " + found.message;
    return result;
}

constexpr auto no_lines = R"(,"lines":[])";

TEST(Language, join_and_its_way_back) {
    auto const map = map_of("contract_number  BEG04+06?  join \"/\"\n");
    EXPECT_EQ(read(map, "BEG*00*SA*1*A*20250602*B~"), R"({"number":"1","contract_number":"A/B","lines":[],)"
                                                      R"("extensions":{"x12:004010":{"BEG02":"SA","BEG05":"20250602"}}})");
    EXPECT_EQ(read(map, "BEG*00**1*A~"), R"({"number":"1","contract_number":"A","lines":[]})");
    EXPECT_EQ(write(map, std::string(R"(,"contract_number":"A/B")") + no_lines), "BEG*00**1*A**B~");
    EXPECT_EQ(write(map, std::string(R"(,"contract_number":"A")") + no_lines), "BEG*00**1*A~");
    EXPECT_NE(write(map, std::string(R"(,"contract_number":"A/B/C")") + no_lines).find("MAP-0113 contract_number"),
              std::string::npos);
    EXPECT_NE(write(map, std::string(R"(,"contract_number":"A/")") + no_lines).find("MAP-0113 contract_number"),
              std::string::npos)
        << "it would be read back as A";
}

TEST(Language, split_and_its_way_back) {
    auto const map = map_of({}, "  messages[]  07  split \",\"\n");
    EXPECT_EQ(faults({}, "  messages[]  07  split \",\"\n"), "");
    EXPECT_NE(read(map, "BEG*00**1~PO1*******A,B~").find(R"("messages":["A","B"])"), std::string::npos)
        << read(map, "BEG*00**1~PO1*******A,B~");
    EXPECT_EQ(write(map, R"(,"lines":[{"position":1,"messages":["A","B"]}])"), "BEG*00**1~PO1*******A,B~");
    EXPECT_NE(write(map, R"(,"lines":[{"position":1,"messages":["A,C","B"]}])").find("MAP-0113 lines[0].messages"),
              std::string::npos);
}

TEST(Language, parts_tile_their_element) {
    auto const map = map_of("contract_number  BEG04  part 1..4\nrelease_number  BEG04  part 5..\n");
    EXPECT_NE(read(map, "BEG*00**1*ABC 77~").find(R"("release_number":"77","contract_number":"ABC")"), std::string::npos)
        << read(map, "BEG*00**1*ABC 77~");
    EXPECT_EQ(write(map, std::string(R"(,"release_number":"77","contract_number":"ABC")") + no_lines),
              "BEG*00**1*ABC 77~");
    EXPECT_EQ(write(map, std::string(R"(,"release_number":"77")") + no_lines), "BEG*00**1*    77~");
    EXPECT_NE(write(map, std::string(R"(,"contract_number":"ABCDE")") + no_lines).find("MAP-0113 contract_number"),
              std::string::npos);
    EXPECT_NE(faults("contract_number  BEG04  part 1..4\nrelease_number  BEG04  part 6..\n").find("MAP-0019"),
              std::string::npos);
    EXPECT_NE(faults("contract_number  BEG04  part 1..4\nrelease_number  BEG04\n").find("MAP-0019"), std::string::npos);
    auto const closed = map_of("contract_number  BEG04  part 1..2\nrelease_number  BEG04  part 3..4\n");
    EXPECT_NE(read(closed, "BEG*00**1*ABCDE~").find(R"("extensions":{"x12:004010":{"BEG04[5..]":"E"}})"), std::string::npos)
        << read(closed, "BEG*00**1*ABCDE~");
    EXPECT_EQ(write(closed, std::string(R"(,"release_number":"CD","contract_number":"AB")"
                                        R"(,"extensions":{"x12:004010":{"BEG04[5..]":"E"}})") +
                                no_lines),
              "BEG*00**1*ABCDE~");
    EXPECT_EQ(write(closed, std::string(R"(,"contract_number":"A","extensions":{"x12:004010":{"BEG04[5..]":"E"}})") + no_lines),
              "BEG*00**1*A   E~");
}

TEST(Language, lookup_both_ways) {
    auto const map = map_of({}, "  items[scheme=vendor_item].value  07  lookup items\n");
    RunValues values;
    auto& table = values.cross_references["items"];
    table.add("T-1", "4711");
    table.add("T-2", "4712");
    EXPECT_NE(read(map, "BEG*00**1~PO1*******T-1~", &values).find(R"("items":[{"scheme":"vendor_item","value":"4711"}])"),
              std::string::npos)
        << read(map, "BEG*00**1~PO1*******T-1~", &values);
    std::string const document = R"(,"lines":[{"position":1,"items":[{"scheme":"vendor_item","value":"4712"}]}])";
    EXPECT_EQ(write(map, document, &values), "BEG*00**1~PO1*******T-2~");
    EXPECT_NE(read(map, "BEG*00**1~PO1*******T-9~", &values).find("is not in the cross-reference `items`"),
              std::string::npos);
    table.unknown = CrossReference::Unknown::pass;
    EXPECT_NE(read(map, "BEG*00**1~PO1*******T-9~", &values).find(R"("value":"T-9")"), std::string::npos);
    EXPECT_NE(write(map, document).find("MAP-0114"), std::string::npos) << "no cross-reference at all";
}

TEST(Language, percent_and_dates_of_the_partner) {
    auto const map = map_of("date  BEG04  date DD.MM.YYYY\n", "  unit_price  04  percent\n");
    EXPECT_NE(read(map, "BEG*00**1*02.06.2025~PO1****.05~").find(R"("date":"2025-06-02")"), std::string::npos);
    EXPECT_NE(read(map, "BEG*00**1~PO1****.05~").find(R"("unit_price":"5")"), std::string::npos)
        << read(map, "BEG*00**1~PO1****.05~");
    EXPECT_EQ(write(map, R"(,"date":"2025-06-02","lines":[{"position":1,"unit_price":"12.5"}])"),
              "BEG*00**1*02.06.2025~PO1****0.125~");
    EXPECT_NE(read(map, "BEG*00**1*31.02.2025~").find("is not a date of the form DD.MM.YYYY"), std::string::npos);
    EXPECT_NE(faults("date  BEG04  date DD.XX.YYYY\n").find("is no form of a date"), std::string::npos);
}

TEST(Language, entries_chosen_by_a_word) {
    auto const map = map_of("parties[role=ship_to].name  BEG04\n"
                            "parties[role=ship_to].identifiers[scheme=gln].value  BEG06\n"
                            "parties[role=bill_to].name  BEG02\n");
    EXPECT_EQ(read(map, "BEG*00*B*1*S**G~"),
              R"({"number":"1","parties":[{"role":"ship_to","name":"S","identifiers":[{"scheme":"gln","value":"G"}]},)"
              R"({"role":"bill_to","name":"B"}],"lines":[]})");
    EXPECT_EQ(read(map, "BEG*00*B*1~"), R"({"number":"1","parties":[{"role":"bill_to","name":"B"}],"lines":[]})");
    EXPECT_EQ(write(map, R"(,"parties":[{"role":"ship_to","name":"S","identifiers":[{"scheme":"gln","value":"G"}]},)"
                         R"({"role":"bill_to","name":"B"}],"lines":[])"),
              "BEG*00*B*1*S**G~");
    auto const other = write(map, R"(,"parties":[{"role":"seller","name":"X"}],"lines":[])");
    EXPECT_NE(other.find("MAP-0110 parties[0]"), std::string::npos) << other;
    auto const twice = write(map, R"(,"parties":[{"role":"ship_to","name":"S"},{"role":"ship_to","name":"T"}],"lines":[])");
    EXPECT_NE(twice.find("MAP-0110 parties[1]"), std::string::npos) << twice;
    auto const order = write(map, R"(,"parties":[{"role":"bill_to","name":"B"},{"role":"ship_to","name":"S"}],"lines":[])");
    EXPECT_NE(order.find("MAP-0120 parties[0]"), std::string::npos) << "read back in the order of the map: " << order;
    auto const more = write(map, R"(,"parties":[{"role":"ship_to","name":"S","address":{"city":"BONN"}}],"lines":[])");
    EXPECT_NE(more.find("MAP-0110 parties[0].address"), std::string::npos) << more;
    EXPECT_NE(faults("parties[rule=ship_to].name BEG04\n").find("have no member `rule`"), std::string::npos);
    EXPECT_NE(faults("parties[role=ship_to].role BEG04 code party_role\n").find("the selector says so"),
              std::string::npos);
    EXPECT_NE(faults("number[role=x].name BEG04\n").find("is not a list"), std::string::npos);
}

TEST(Language, chosen_entries_stand_before_the_list) {
    auto const map = map_of("references[kind=department].value  BEG04\n"
                            "references[] each REF\n  kind 01 code reference\n  value 02\n");
    EXPECT_NE(read(map, "BEG*00**1*D~REF*IA*7~").find(
                  R"("references":[{"kind":"department","value":"D"},{"kind":"internal_vendor","value":"7"}])"),
              std::string::npos)
        << read(map, "BEG*00**1*D~REF*IA*7~");
    EXPECT_EQ(write(map, R"(,"references":[{"kind":"department","value":"D"},{"kind":"department","value":"E"}],"lines":[])"),
              "BEG*00**1*D~REF*DP*E~");
}

TEST(Language, values_that_stand_in_the_map_or_are_told) {
    auto const map = map_of("currency  read = \"EUR\"\ncontract_number  read = $envelope.interchange\n");
    RunValues values;
    values.named["envelope.interchange"] = "000000077";
    EXPECT_EQ(read(map, "BEG*00**1~", &values),
              R"({"number":"1","contract_number":"000000077","currency":"EUR","lines":[]})");
    EXPECT_EQ(write(map, std::string(R"(,"contract_number":"000000077","currency":"EUR")") + no_lines, &values),
              "BEG*00**1~");
    EXPECT_NE(write(map, std::string(R"(,"currency":"USD")") + no_lines, &values).find("MAP-0110 currency"),
              std::string::npos);
    EXPECT_NE(faults("date  read = \"today\"\n").find("is no value"), std::string::npos);
    EXPECT_NE(faults("currency  read = $envelop.x\n").find("There is no value"), std::string::npos);
}

TEST(Language, the_order_answers) {
    auto const map = map_of("contract_number  read  BEG06\ncontract_number  write BEG06  = $order.contract_number\n"
                            "-  write BEG02 = $order.type\n",
                            "  line_number 01\n  unit_price  read 04\n  unit_price  write 04 = $order.line.unit_price\n");
    auto const order = *json::parse(R"({"contract_number":"C9","lines":[{"line_number":"10","unit_price":"2.50"},)"
                                    R"({"line_number":"20","unit_price":"3.00"}]})");
    RunValues values;
    values.order = &order;
    EXPECT_EQ(write(map, R"(,"lines":[{"position":1,"line_number":"20"}])", &values), "BEG*00**1***C9~PO1*20***3.00~");
    EXPECT_EQ(write(map, R"(,"contract_number":"D","lines":[{"position":1,"line_number":"30"}])", &values),
              "BEG*00**1***D~PO1*30~")
        << "the document's own word comes first; a line the order does not have has no price";
    EXPECT_NE(write(map, no_lines).find("MAP-0122"), std::string::npos);
    EXPECT_NE(faults("contract_number  BEG06  = $order.contract_number\n").find("Begin the line with `write`"),
              std::string::npos);
}

TEST(Language, an_override_divides_a_line_into_its_directions) {
    auto const source = memory({{"t/1.map", "translator t/1 extends x12/855\n"
                                            "replace contract_number  read BAK07\n"
                                            "add contract_number  write BAK07  = $order.contract_number\n"}});
    EXPECT_NE(compiled(*source, "t/1", schemas().get("004010", "855")), nullptr);
    auto const twice = memory({{"t/1.map", "translator t/1 extends x12/855\n"
                                           "add contract_number  write BAK07  = $order.contract_number\n"}});
    EXPECT_FALSE(make_translator(*twice, "t/1", schemas().get("004010", "855")).has_value());
}

TEST(Language, sums_are_exact) {
    auto const map = map_of("-  write CTT02 = sum lines[] (quantity * unit_price) - 1\n"
                            "totals.line_count write CTT01 = count lines\ntotals.line_count read CTT01\n",
                            "  quantity 02\n  unit_price 04\n");
    EXPECT_NE(write(map, R"(,"totals":{"line_count":2},"lines":[{"position":1,"quantity":"3","unit_price":"0.10"},)"
                         R"({"position":2,"quantity":"2","unit_price":"1.005"},{"position":3,"quantity":"2"}])")
                  .find("CTT*3*1.310~"),
              std::string::npos);
    auto const large = write(map, R"(,"totals":{"line_count":1},"lines":[{"position":1,)"
                                  R"("quantity":"123456789012345678901234567890","unit_price":"12345678901.5"}])");
    EXPECT_NE(large.find("MAP-0123"), std::string::npos) << large;
    EXPECT_NE(faults("-  write CTT02 = sum lines[] (quantity * unit)\n").find("is no number"), std::string::npos);
    EXPECT_NE(faults("-  write CTT02 = sum lines[] (quality)\n").find("did you mean `quantity`"), std::string::npos);
}

TEST(Language, conditions_on_the_profile) {
    auto const map = map_of("contract_number  BEG06  when $profile.contracts = yes\n");
    RunValues values;
    EXPECT_NE(read(map, "BEG*00**1***C~", &values).find(R"("BEG06":"C")"), std::string::npos);
    values.named["profile.contracts"] = "yes";
    EXPECT_EQ(read(map, "BEG*00**1***C~", &values), R"({"number":"1","contract_number":"C","lines":[]})");
    EXPECT_EQ(write(map, std::string(R"(,"contract_number":"C")") + no_lines, &values), "BEG*00**1***C~");
    EXPECT_NE(faults("contract_number  BEG06  when $order.number\n").find("cannot ask"), std::string::npos);
}

TEST(Language, on_error_passes_and_holds) {
    std::string const body = "BEG*00**1~PO1**x1~";
    EXPECT_NE(read(map_of({}, "  quantity 02\n"), body).find("MAP-0101"), std::string::npos);
    auto const passed = read(map_of({}, "  quantity 02 on error pass\n"), body);
    EXPECT_NE(passed.find("MAP-0109"), std::string::npos) << passed;
    EXPECT_NE(passed.find(R"("lines":[{"position":1,"extensions":{"x12:004010":{"PO102":"x1"}}}])"), std::string::npos)
        << passed;
    EXPECT_EQ(passed.find("held"), std::string::npos);
    EXPECT_EQ(read(map_of({}, "  quantity 02 on error hold\n"), body).substr(0, 5), "held ");
    EXPECT_EQ(write(map_of({}, "  quantity 02 on error pass\n"),
                    R"(,"lines":[{"position":1,"extensions":{"x12:004010":{"PO102":"x1"}}}])"),
              "BEG*00**1~PO1**x1~");
}

// --- what the receiver cannot take

TEST(Policy, characters) {
    WritePolicy policy;
    policy.characters = WritePolicy::Characters::transliterate;
    policy.set = CharacterSet::extended;
    EXPECT_EQ(in_set("Müller & Söhne – Ærø, Łódź €5…", policy), "Mueller & Soehne - Aeroe, Lodz EUR5...");
    policy.set = CharacterSet::basic;
    policy.replacement = '.';
    EXPECT_EQ(in_set("Müller #5 漢", policy), "MUELLER .5 .");
    policy.characters = WritePolicy::Characters::replace;
    EXPECT_EQ(in_set("AÄb\xff", policy), "A...");
    EXPECT_TRUE(in_set("A-B 7", CharacterSet::basic));
    EXPECT_FALSE(in_set("a", CharacterSet::basic));
    EXPECT_FALSE(in_set("A\n", CharacterSet::any));
}

TEST(Policy, pieces) {
    using Pieces = std::vector<std::string>;
    EXPECT_EQ(pieces_of("the quick brown fox", 10), (Pieces{"the quick", "brown fox"}));
    EXPECT_EQ(pieces_of("abcdefghijkl", 5), (Pieces{"abcde", "fghij", "kl"}));
    EXPECT_EQ(pieces_of("ab", 2), (Pieces{"ab"}));
    EXPECT_EQ(pieces_of("äöü ß", 3), (Pieces{"äöü", "ß"}));
    EXPECT_EQ(pieces_of("", 3), Pieces{});
    EXPECT_EQ(pieces_of("a     b", 1), (Pieces{"a", "b"}));
}

TEST(Policy, what_the_partner_cannot_take) {
    auto const map = map_of("contract_number  BEG04\n", "  messages[]  each MSG/01\n");
    RunValues values;
    std::string const name = R"(,"contract_number":"Müller","lines":[])";
    EXPECT_EQ(write(map, name, &values), "BEG*00**1*Müller~");
    values.policy.set = CharacterSet::extended;
    EXPECT_NE(write(map, name, &values).find("MAP-0113 contract_number"), std::string::npos);
    values.policy.characters = WritePolicy::Characters::transliterate;
    auto const changed = write(map, name, &values);
    EXPECT_EQ(changed.substr(0, changed.find('\n')), "BEG*00**1*Mueller~");
    EXPECT_NE(changed.find("MAP-0125 contract_number"), std::string::npos) << changed;
    auto const delimiter = write(map, R"(,"contract_number":"A*B","lines":[])", &values);
    EXPECT_EQ(delimiter.substr(0, delimiter.find('\n')), "BEG*00**1*A B~");
    EXPECT_NE(delimiter.find("MAP-0125"), std::string::npos);

    std::string const text = std::string(200, 'a') + " " + std::string(100, 'b');
    auto const lines = R"(,"lines":[{"position":1,"messages":[")" + text + R"("]}])";
    EXPECT_NE(write(map, lines, &values).find("MAP-0111"), std::string::npos);
    values.policy.too_long = WritePolicy::TooLong::cut;
    auto const cut = write(map, lines, &values);
    EXPECT_NE(cut.find("MSG*" + text.substr(0, 264) + "~"), std::string::npos) << cut;
    EXPECT_NE(cut.find("MAP-0124"), std::string::npos);
    values.policy.too_long = WritePolicy::TooLong::carry_over;
    auto const carried = write(map, lines, &values);
    EXPECT_NE(carried.find("MSG*" + std::string(200, 'a') + "~MSG*" + std::string(100, 'b') + "~"), std::string::npos)
        << carried;
    EXPECT_NE(carried.find("MAP-0124 lines[0].messages[0]"), std::string::npos);
}

} // namespace
} // namespace wharf::translator
