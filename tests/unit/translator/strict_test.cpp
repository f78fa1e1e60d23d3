// Mistakes in maps: each is refused at its line and column, none is passed over in silence.
#include "translator/compile.hpp"
#include "translator/map_load.hpp"
#include "translator/map_parser.hpp"
#include "translator_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace wharf::translator::test {
namespace {

std::string const head = "translator t/1\n"
                         "document purchase_order 1\n"
                         "format x12 850 004010\n"
                         "include x12/common\n"
                         "number BEG03\n"
                         "purpose BEG01 code purpose\n"
                         "lines[] each PO1\n"
                         "  position read = $index\n"; // eight lines: the mistake stands in the ninth

/// "CODE line:column" of the first fault; empty: the map was accepted.
std::string first_fault(std::map<std::string, std::string> files, std::string const& name = "t/1") {
    auto const source = memory(std::move(files));
    auto const made = make_translator(*source, name, schemas().get("004010", "850"));
    if (made) return {};
    auto const& found = made.error().front();
    return found.code + " " + std::to_string(found.place.line) + ":" + std::to_string(found.place.column);
}
std::string fault_of(std::string const& lines) {
    return first_fault({{"t/1.map", head + lines}});
}
std::string fault_of_override(std::string const& lines) {
    return first_fault({{"t/1.map", "translator t/1 extends x12/850\n" + lines}});
}

std::shared_ptr<Translator const> map_of(std::string const& lines) {
    auto const source = memory({{"t/1.map", head + lines}});
    return compiled(*source, "t/1", schemas().get("004010", "850"));
}

TEST(StrictMap, PathsDoNotStepUp) {
    EXPECT_EQ(fault_of(""), "");
    EXPECT_EQ(fault_of("release_number ../BEG04\n"), "MAP-0006 9:16");
    EXPECT_EQ(fault_of("  line_number ../../PO101\n"), "MAP-0006 9:15");
}

TEST(StrictMap, NothingOfALineIsIgnored) {
    EXPECT_EQ(fault_of("references[] each REF as reference when currency\ncurrency CUR02\n"), "MAP-0009 9:1");
    EXPECT_EQ(fault_of("references[] read each REF as reference\n"), "MAP-0009 9:1");
    EXPECT_EQ(fault_of("references[] each REF code unit as reference\n"), "MAP-0009 9:23");
    EXPECT_EQ(fault_of("references[] each REF as reference\n  kind 01 code reference\n"), "MAP-0013 9:1");
    EXPECT_EQ(fault_of("references[] each REF\n"), "MAP-0013 9:1");
    EXPECT_EQ(fault_of("references[] each REF as reference\nreferences[] each N9 as reference\n"), "MAP-0012 10:1");
    EXPECT_EQ(fault_of("date BEG05 then BEG04\n"), "MAP-0008 9:1");
    EXPECT_EQ(fault_of("one of\n"), "MAP-0013 9:1");
    EXPECT_EQ(fault_of("one of\n  one of\n    date BEG05\n"), "MAP-0013 10:1");
    EXPECT_EQ(fault_of("number BEG04\n"), "MAP-0012 9:1");
    EXPECT_EQ(fault_of("release_number BEG04 or BEG04\n"), "MAP-0012 9:25");
}

TEST(StrictMap, ConstantsAreValuesOfTheirElement) {
    EXPECT_EQ(fault_of("- BEG02 = \"SA\"\n"), "");
    EXPECT_EQ(fault_of("- BEG02 = \"QQ\"\n"), "MAP-0009 9:11");
    EXPECT_EQ(fault_of("- BEG02 = \"SALE\"\n"), "MAP-0009 9:11");
    EXPECT_EQ(fault_of("- BEG02 = \"\"\n"), "MAP-0009 9:11");
    EXPECT_EQ(fault_of("- BEG02 = \"SA\"\n  number 03\n"), "MAP-0013 9:1");
    EXPECT_EQ(fault_of("- BEG02 = \"SA\"\n- BEG02 = \"NE\"\n"), "MAP-0012 10:1");
    EXPECT_EQ(fault_of("type BEG02 code order_type\n- BEG02 = \"SA\"\n"), "MAP-0012 10:1");
    EXPECT_EQ(fault_of("type BEG02 code order_type\n- BEG02 drop\n"), "MAP-0012 10:1");
    EXPECT_EQ(fault_of("- write BEG02 drop\n"), "MAP-0009 9:1");
    EXPECT_EQ(fault_of("- BEG02 = \"SA\" when currency\ncurrency CUR02\n"), "MAP-0009 9:1");
    EXPECT_EQ(fault_of("- write BEG02 = \"SA\" when bananas\n"), "MAP-0008 9:27");
    EXPECT_EQ(fault_of("- CTT02 = sum lines.unit\n"), "MAP-0008 9:11");
}

TEST(StrictMap, ValuesNameWhatIsThere) {
    EXPECT_EQ(fault_of("- CTT01 = count lines\n"), "");
    EXPECT_EQ(fault_of("- CTT01 = count linez\n"), "MAP-0008 9:11");
    EXPECT_EQ(fault_of("- CTT01 = count number\n"), "MAP-0008 9:11");
    EXPECT_EQ(fault_of("- CTT01 = count HL\n"), "MAP-0008 9:11");
    EXPECT_EQ(fault_of("- CTT01 = count children[level=item] everywhere\n"), "MAP-0008 9:11");
    EXPECT_EQ(fault_of("- BEG04 = bananas\n"), "MAP-0008 9:11");
    EXPECT_EQ(fault_of("  - 01 = ../number\n"), "MAP-0008 9:10");
}

TEST(StrictMap, ConversionsMakeWhatTheMemberHolds) {
    EXPECT_EQ(fault_of("date BEG05 decimal\n"), "MAP-0011 9:12");
    EXPECT_EQ(fault_of("date BEG05 time\n"), "MAP-0011 9:12");
    EXPECT_EQ(fault_of("  quantity 02 text\n"), "MAP-0011 9:15");
    EXPECT_EQ(fault_of("  quantity 02 date\n"), "MAP-0011 9:15");
    EXPECT_EQ(fault_of("  packaging[] each PO4\n    pack 01 text\n"), "MAP-0011 10:13");
    EXPECT_EQ(fault_of("release_number BEG04 negate\n"), "MAP-0011 9:22");
    EXPECT_EQ(fault_of("release_number BEG04 trim 5\n"), "MAP-0009 9:22");
    EXPECT_EQ(fault_of("release_number BEG04 text, date\n"), "MAP-0009 9:28");
    EXPECT_EQ(fault_of("release_number BEG04 upper, upper\n"), "MAP-0009 9:29");
    EXPECT_EQ(fault_of("release_number BEG04 pad 4000000000 left \"0\"\n"), "MAP-0009 9:22");
    EXPECT_EQ(fault_of("  quantity 02 default abc\n"), "MAP-0009 9:15");
    EXPECT_EQ(fault_of("  quantity 02 absent abc\n"), "MAP-0009 9:15");
    EXPECT_EQ(fault_of("date BEG05 default 2020-13-45\n"), "MAP-0009 9:12");
    EXPECT_EQ(fault_of("  unit 03 code unit, default eech\n"), "MAP-0009 9:11");
    EXPECT_EQ(fault_of("  unit 03 code unit, default each\n"), "");
    EXPECT_EQ(fault_of("  packaging[] each PO4\n    gross_weight.unit 07 or 03 code unit\n"), "");
    EXPECT_EQ(fault_of("  packaging[] each PO4\n    gross_weight.unit 07 or 05 code unit\n"), "MAP-0010 10:32");
}

TEST(StrictMap, ConditionsCanHold) {
    EXPECT_EQ(fault_of("date BEG05 when purpose = original\n"), "");
    EXPECT_EQ(fault_of("date BEG05 when purpose = orignal\n"), "MAP-0008 9:17");
    EXPECT_EQ(fault_of("date BEG05 when release_number\nrelease_number BEG04 when date\n"), "MAP-0008 9:17");
    EXPECT_EQ(fault_of("release_number BEG04 same release_number\n"), "MAP-0008 9:22");
    EXPECT_EQ(fault_of("release_number BEG04 same date\ndate BEG05\n"), "MAP-0011 9:22");
    EXPECT_EQ(fault_of("release_number BEG04 same contract_number\ncontract_number BEG06 same release_number\n"),
              "MAP-0008 9:22");
    std::string deep = "date BEG05 when number"; // `and` and `or` in turn: each nests the condition once more
    for (int i = 0; i < 100000; ++i)
        deep += i % 2 == 0 ? " and number" : " or number";
    EXPECT_EQ(fault_of(deep + "\n").substr(0, 11), "MAP-0001 9:");
}

TEST(StrictMap, SelectorsCanMeet) {
    EXPECT_EQ(fault_of("references[] each REF[QQQ]\n  value 02\n"), "MAP-0014 9:19");
    EXPECT_EQ(fault_of("references[] each REF[DP,IA]\n  value 02\n"), "MAP-0014 9:1");
    EXPECT_EQ(fault_of("references[] each REF[DP,IA]\n  kind 01 code reference\n  value 02\n"), "");
    EXPECT_EQ(fault_of("  items[] each 06+07...[ABCDEFGHIJKLM]\n    value 02\n"), "MAP-0014 9:16");
    EXPECT_EQ(fault_of("  items[] each "
                       "06+07+08+09+10+11+12+13+14+15+16+17+18+19+20+21+22\n    value 17\n"),
              "MAP-0007 9:64");
    EXPECT_EQ(fault_of("  prices[] each CTP\n    unit 05-00 code unit\n").substr(0, 12), "MAP-0001 10:");
}

TEST(StrictMap, MessagesDoNotShowNamesOfTypes) {
    for (std::string const line : {"references[] each REF[]\n", "parties[] each N1#99999999999999 as party\n"}) {
        auto const parsed = parse_map("m", head + line);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().front().message.find("spirit"), std::string::npos) << parsed.error().front().message;
    }
}

TEST(StrictMap, OwnShapesAreUsedAndFit) {
    EXPECT_EQ(fault_of("shape q\n  name 02\n"), "MAP-0013 9:1");
    EXPECT_EQ(fault_of("references[] each REF as q\nshape q\n  kind 01 code reference\n  value ZZZ02\n"),
              "MAP-0006 12:1");
}

TEST(StrictMap, RowsOfTables) {
    EXPECT_EQ(fault_of_override("table unit CTN carton *\n"), "");
    EXPECT_EQ(fault_of_override("table unot CTN carton *\n"), "MAP-0010 2:7");
    EXPECT_EQ(fault_of_override("table unit CTN Ca:rton *\n"), "MAP-0010 2:16");
    EXPECT_EQ(fault_of_override("table unit CTN carton *\ntable unit CTN crate *\n"), "MAP-0010 3:12");
    EXPECT_EQ(fault_of_override("table unit Q1 crate\ntable unit Q2 crate\n"), "MAP-0010 3:15");
    EXPECT_EQ(fault_of_override("table unit ABCDEFGHIJ carton *\n"), "MAP-0010 2:12");
}

TEST(StrictMap, OptionsStandOnceAndTextIsUtf8) {
    EXPECT_EQ(fault_of("document invoice 1\n"), "MAP-0003 9:1");
    EXPECT_EQ(fault_of("format x12 850 004010\n"), "MAP-0003 9:1");
    EXPECT_EQ(fault_of("release_number BEG04 prefix \"\xff\"\n"), "MAP-0002 9:30");
}

TEST(StrictMap, TwoFilesOfOneNameAreRefused) {
    auto const folder = std::filesystem::temp_directory_path() / ("wharf-strict-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    for (auto const* const file : {"a.map", "b.map"})
        std::ofstream(folder / file) << "translator acme/850 extends x12/850\n";
    auto const both = folder_maps(folder, embedded_maps());
    std::filesystem::remove(folder / "b.map");
    auto const one = folder_maps(folder, embedded_maps());
    std::filesystem::remove(folder / "a.map");
    std::filesystem::remove(folder);
    EXPECT_TRUE(one.has_value());
    ASSERT_FALSE(both.has_value());
    EXPECT_NE(both.error().message.find("a.map"), std::string::npos) << both.error().message;
    EXPECT_NE(both.error().message.find("b.map"), std::string::npos) << both.error().message;
}

// --- what the accepted lines do

TEST(StrictMap, AWrittenConstantIsNotCheckedAndKeepsItsCondition) {
    auto const map = map_of("currency_party CUR01 code party_role\n"
                            "- write CUR01 = \"BY\" when currency and not currency_party\n"
                            "currency CUR02\nexchange_rate CUR03\n");
    ASSERT_NE(map, nullptr);
    auto const seller = read_body("850", "BEG*00*SA*1**20250602~CUR*SE*USD~PO1*1*1*EA~", map);
    EXPECT_EQ(seller.codes(), "");
    auto const written = map->write(seller.value(), {});
    EXPECT_NE(to_text(written.body).find("CUR*SE*USD~"), std::string::npos) << to_text(written.body);

    auto const document = [](std::string const& members) {
        return *json::parse(R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":"1",)"
                            R"("purpose":"original",)" +
                            members + R"("lines":[]})");
    };
    EXPECT_NE(to_text(map->write(document(R"("currency":"USD",)"), {}).body).find("CUR*BY*USD~"),
              std::string::npos);
    EXPECT_EQ(to_text(map->write(document(R"("exchange_rate":"2",)"), {}).body).find("CUR*BY"), std::string::npos);
}

TEST(StrictMap, WhatAWrittenConstantDoesNotReadIsKept) {
    auto const map = map_of("- write BEG02 = \"SA\"\n");
    ASSERT_NE(map, nullptr);
    auto const reading = read_body("850", "BEG*00*NE*1**20250602~PO1*1*1*EA~", map);
    EXPECT_EQ(reading.codes(), "");
    EXPECT_NE(reading.json.find(R"("BEG02":"NE")"), std::string::npos) << reading.json;
    EXPECT_NE(to_text(map->write(reading.value(), {}).body).find("BEG*00*NE*1"), std::string::npos);
}

TEST(StrictMap, AComputedElementThatIsNotCheckedIsKept) {
    auto const map = map_of("- BEG04 = number\n");
    ASSERT_NE(map, nullptr);
    auto const reading = read_body("850", "BEG*00*SA*1*R7*20250602~PO1*1*1*EA~", map);
    EXPECT_NE(reading.json.find(R"("BEG04":"R7")"), std::string::npos) << reading.json;
}

TEST(StrictMap, ADroppedComponentLeavesTheOthers) {
    auto const map = map_of("  prices[] each CTP\n    price 03\n    - 05-01 drop\n");
    ASSERT_NE(map, nullptr);
    auto const reading = read_body("850", "BEG*00*SA*1**20250602~PO1*1*1*EA~CTP***5**CA>2~", map);
    EXPECT_EQ(reading.json.find("CA"), reading.json.npos) << reading.json;
    EXPECT_NE(reading.json.find(R"("CTP05-02":"2")"), std::string::npos) << reading.json;
}

TEST(StrictMap, TheDefaultOfAWholeNumberIsOne) {
    auto const map = map_of("  packaging[] each PO4\n    pack 01 default 1\n    size 02\n");
    ASSERT_NE(map, nullptr);
    auto const reading = read_body("850", "BEG*00*SA*1**20250602~PO1*1*1*EA~PO4**5*EA~", map);
    EXPECT_NE(reading.json.find(R"("pack":1)"), std::string::npos) << reading.json;
    EXPECT_TRUE(document::check(reading.value()).empty()) << texts(document::check(reading.value()));
}

TEST(StrictMap, ManyUnclaimedLoopsKeepTheirOrder) {
    std::string body = "BEG*00*SA*1**20250602~PO1*1*1*EA~LS*LDT~";
    for (int i = 1; i <= 12; ++i)
        body += "LDT*AF*" + std::to_string(i) + "*DA~QTY*01*1~QTY*01*7" + std::to_string(i) + "~";
    body += "LE*LDT~";
    auto const reading = read_body("850", body);
    auto const written = to_text(shipped_translator("850")->write(reading.value(), {}).body);
    EXPECT_NE(reading.json.find("\"LS(1)/LDT(12)/QTY(2)\":[\"01\",\"712\"]"), std::string::npos) << reading.json;
    EXPECT_NE(written.find(body.substr(body.find("LS*"))), std::string::npos) << written;
}

TEST(StrictMap, ATextWithADelimiterIsNotWritten) {
    auto const write = [](std::string const& number) {
        return shipped_translator("850")->write(
            *json::parse(R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":")" + number +
                         R"(","purpose":"original","type":"stand_alone","date":"2025-06-02",)"
                         R"("lines":[{"position":1,"quantity":"1","unit":"each"}]})"),
            {});
    };
    EXPECT_TRUE(write("A B").ok());
    for (std::string const text : {"A*B", "A>B", "A~B", "A\\nB", "\\u0001HL"}) {
        auto const outcome = write(text);
        ASSERT_FALSE(outcome.ok()) << text;
        EXPECT_EQ(outcome.diagnostics.front().code, "MAP-0113") << text;
        EXPECT_EQ(outcome.diagnostics.front().place.path, "number") << text;
    }
}

TEST(StrictMap, APositionThatIsNotThePlaceIsSaid) {
    auto const outcome = shipped_translator("850")->write(
        *json::parse(R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":"1",)"
                     R"("purpose":"original","type":"stand_alone","date":"2025-06-02",)"
                     R"("lines":[{"position":1,"quantity":"1"},{"position":7,"quantity":"1"}]})"),
        {});
    EXPECT_TRUE(outcome.ok());
    EXPECT_EQ(texts(outcome.diagnostics).substr(0, 27), "MAP-0118 lines[1].position:");
}

TEST(StrictMap, LabelsAreNotRepeatedWithoutMeasure) {
    auto const notice = [](int labels, int items) {
        std::string body = "BSN*00*N001*20250602*1403~HL*1**S~";
        for (int i = 0; i < labels; ++i)
            body += "MAN*GM*00000000000000000017~";
        for (int i = 0; i < items; ++i)
            body += "HL*" + std::to_string(i + 2) + "*1*I~LIN**BP*7~SN1**1*EA~";
        return read_body("856", body);
    };
    EXPECT_TRUE(notice(20, 20).outcome.ok());
    EXPECT_EQ(notice(1100, 1000).codes().substr(0, 8), "MAP-0106");
}

} // namespace
} // namespace wharf::translator::test
