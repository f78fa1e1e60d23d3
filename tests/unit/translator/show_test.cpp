// What is shown of a map, what it covers, how documents differ, and the cases beside it.
#include "translator_fixture.hpp"

#include "translator/cases.hpp"
#include "translator/compile.hpp"
#include "translator/completeness.hpp"
#include "translator/coverage.hpp"
#include "translator/difference.hpp"
#include "translator/map_load.hpp"
#include "translator/show.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace wharf::translator {
namespace {

using namespace test;

EffectiveMap effective(MapSource const& source, std::string_view name) {
    auto map = load_map(source, name);
    EXPECT_TRUE(map.has_value()) << (map ? "" : render_text(map.error()));
    return map ? *std::move(map) : EffectiveMap();
}

json::Value without_origins(json::Value value) {
    if (value.is_object()) {
        std::erase_if(value.members(),
                      [](auto const& member) { return member.first == "origins" || member.first == "origin"; });
        for (auto& [name, inner] : value.members())
            inner = without_origins(std::move(inner));
    }
    for (auto& item : value.items())
        item = without_origins(std::move(item));
    return value;
}

TEST(Show, the_text_of_every_shipped_map_is_that_map) {
    for (auto const& name : shipped().maps()) {
        auto const map = effective(shipped(), name);
        if (map.document.empty()) continue;
        for (bool const origins : {false, true}) {
            auto const text = map_text(map, origins);
            auto const again = memory({{"t/again.map", text}});
            auto const read = load_map(*again, name);
            ASSERT_TRUE(read.has_value()) << render_text(read.error());
            EXPECT_EQ(json::to_text(without_origins(map_json(*read))), json::to_text(without_origins(map_json(map))))
                << text;
        }
    }
}

constexpr auto language = R"(translator t/1 "All of it"
document purchase_order 1
format x12 850 004010
table unit "CT N" crate *
number            BEG03
purpose           BEG01                    code purpose
contract_number   BEG04                    part 1..4 on error hold
release_number    BEG04                    part 5..
currency          read = "EUR"
date              BEG05                    date DD.MM.YYYY when $profile.dated = yes and not contract_number
parties[role=ship_to].name  BEG06          lookup parties
-                 write CTT02              = sum lines[] (quantity * unit_price) - 1 + totals.weight.value
totals.line_count read CTT01
totals.line_count write CTT01              = count lines
references[]      each REF[DP,IA]
  kind            01                       code reference
  value           02
lines[]           each PO1
  position        read = $index
  unit            03                       code unit, default "each"
  line_number     01                       pad 6 left "0"
  quantity        02
  unit_price      read 04
  unit_price      write 04                 = $order.line.unit_price
  items[]         each 06+07...  then each LIN/02+03...
    scheme        01                       code item_id
    value         02                       prefix "as"
)";

TEST(Show, every_part_of_the_language_comes_back) {
    auto const source = memory({{"t/1.map", language}});
    auto const map = effective(*source, "t/1");
    auto const text = map_text(map, false);
    auto const again = memory({{"t/1.map", text}});
    EXPECT_EQ(json::to_text(without_origins(map_json(effective(*again, "t/1")))),
              json::to_text(without_origins(map_json(map))))
        << text;
}

TEST(Show, effective_names_every_origin_and_what_types_imply) {
    auto const source = memory({{"acme/850.map", "translator acme/850 extends x12/850\nreplace number BEG03 trim\n"
                                                 "in lines[]\n  replace line_number REF[LI]02\n"}});
    auto const map = effective(*source, "acme/850");
    auto const plan = compile(map, *source, schemas().get("004010", "850"));
    ASSERT_TRUE(plan.has_value()) << render_text(plan.error());
    auto const text = map_text(map, true, plan->get());
    EXPECT_NE(text.find("# acme/850.map:2, translators/x12/850.map:"), std::string::npos) << text.substr(0, 800);
    EXPECT_NE(text.find("# acme/850.map:4, translators/x12/common.map:"), std::string::npos);
    EXPECT_NE(text.find("# (decimal) translators/x12/common.map:"), std::string::npos);
}

TEST(Show, a_sample_names_the_fields) {
    auto const source = memory({{"t/1.map", "translator t/1\ndocument purchase_order 1\nformat x12 850 004010\n"
                                            "number BEG03\npurpose BEG01 code purpose\n"
                                            "lines[] each PO1\n  position read = $index\n  quantity 02\n"
                                            "  items[] each 06+07...\n    scheme 01 code item_id\n    value 02\n"}});
    auto const plan = compile(effective(*source, "t/1"), *source, schemas().get("004010", "850"));
    ASSERT_TRUE(plan.has_value()) << render_text(plan.error());
    auto const missing = unwritten_mandatory(**plan, {});
    EXPECT_EQ(missing.size(), 2u) << "BEG02 and BEG05 are mandatory\n" << texts(missing);
    EXPECT_NE(map_sample(**plan).find("PO1**{quantity: decimal}****{scheme: code}*{value}"), std::string::npos)
        << map_sample(**plan);
    auto const shipped_plan =
        compile(effective(shipped(), "x12/850"), shipped(), schemas().get("004010", "850"));
    ASSERT_TRUE(shipped_plan.has_value());
    auto const sample = map_sample(**shipped_plan);
    EXPECT_NE(sample.find("BEG*{purpose: code}*{type: code}*{number}*{release_number}*{date: date}"), std::string::npos)
        << sample.substr(0, 400);
    EXPECT_NE(sample.find("{each lines[]}\n  PO1*{line_number}*{quantity: decimal}"), std::string::npos);
    auto const notice = compile(effective(shipped(), "x12/856"), shipped(), schemas().get("004010", "856"));
    ASSERT_TRUE(notice.has_value());
    EXPECT_NE(map_sample(**notice).find("… the same again"), std::string::npos) << "levels in levels";
}

TEST(Coverage, shipped_maps_write_all_that_is_mandatory) {
    for (auto const& name : shipped().maps()) {
        EXPECT_EQ(texts(check_map(shipped(), name, schemas())), "") << name;
    }
}

TEST(Coverage, both_ways_and_the_law) {
    auto const plan = compile(effective(shipped(), "x12/850"), shipped(), schemas().get("004010", "850"));
    ASSERT_TRUE(plan.has_value());
    auto const covered = coverage_of(**plan);
    EXPECT_GT(covered.external_read, 200u);
    EXPECT_GT(covered.external_all, covered.external_read);
    EXPECT_GT(covered.members_written * 10, covered.members_all * 8) << summary(covered);
    EXPECT_EQ(covered.law, LawClass::normal_form) << fmt::format("{}", fmt::join(covered.reasons, "\n"));
}

TEST(Coverage, a_line_that_goes_one_way_is_named) {
    auto const source = memory({{"acme/850.map", "translator acme/850 extends x12/850\nremove release_number\n"
                                                 "add release_number read BEG04\n"}});
    auto const plan = compile(effective(*source, "acme/850"), *source, schemas().get("004010", "850"));
    ASSERT_TRUE(plan.has_value()) << render_text(plan.error());
    auto const covered = coverage_of(**plan);
    EXPECT_EQ(covered.law, LawClass::one_way);
    ASSERT_EQ(covered.reasons.size(), 1u);
    EXPECT_EQ(covered.reasons.front(), "acme/850.map:3 `release_number` is only read");
}

TEST(Differences, by_path) {
    auto const value = [](std::string_view text) { return *json::parse(text); };
    EXPECT_EQ(to_text(differences(value(R"({"a":1,"l":[{"x":"1"},{"x":"2"}]})"),
                                  value(R"({"a":1,"l":[{"x":"1"},{"x":"3"}],"b":"n"})"))),
              "l[1].x: expected \"2\", found \"3\"\nb: \"n\" was not expected\n");
    EXPECT_EQ(to_text(differences(value(R"({"l":[1,2,3,4]})"), value(R"({"l":[1,3,4]})"))),
              "l[1]: expected 2, found nothing\n")
        << "what follows an entry that is missing still matches";
    EXPECT_EQ(to_text(differences(value(R"({"l":[1,3]})"), value(R"({"l":[1,2,3]})"))), "l[1]: 2 was not expected\n");
    EXPECT_TRUE(differences(value("[1]"), value("[1]")).empty());
    EXPECT_EQ(to_text(line_differences("a\nb\nc\n", "a\nc\n")), "line 2: expected b, found nothing\n");
    EXPECT_EQ(differences(value("[1,2,3,4,5,6]"), value("[2,3,4,5,6,7]"), 2).size(), 1u + 1u);
}

// --- cases

class Cases : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("wharf-cases-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_ / "850.tests");
        write("850.map", "translator acme/850 extends x12/850\n");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(std::string const& name, std::string const& text) { std::ofstream(folder_ / name) << text; }

    std::map<std::string, CaseResult> run() {
        auto const source = folder_maps(folder_, embedded_maps());
        EXPECT_TRUE(source.has_value());
        std::map<std::string, CaseResult> results;
        for (auto const& one : cases_of(folder_ / "850.map", "x12"))
            results.emplace(one.name, run_case(one, **source, "acme/850", schemas()));
        return results;
    }

    std::filesystem::path folder_;
    std::string const set_ = wharf::test::interchange(
        "PO", {wharf::test::set("850", "BEG*00*SA*4711**20250602~PO1*1*10*EA*12.50**UP*012345678905~")}, "004010");
    std::string const document_ =
        R"({"schema":"wharf/purchase_order/1","document":"purchase_order","purpose":"original","type":"stand_alone",)"
        R"("number":"4711","date":"2025-06-02","lines":[{"position":1,"line_number":"1","quantity":"10","unit":"each",)"
        R"("unit_price":"12.50","items":[{"scheme":"upc","value":"012345678905"}]}]})";
};

TEST_F(Cases, both_ways) {
    write("850.tests/small.x12", set_);
    write("850.tests/small.json", document_);
    auto const results = run();
    ASSERT_EQ(results.size(), 1u);
    auto const& small = results.at("small");
    EXPECT_TRUE(small.passed()) << to_text(small.reading) << to_text(small.writing) << texts(small.diagnostics)
                                << small.trouble;
    EXPECT_FALSE(small.written_text.empty());
}

TEST_F(Cases, differences_are_shown_by_path_and_segment) {
    write("850.tests/small.x12", set_);
    auto changed = document_;
    changed.replace(changed.find("\"10\""), 4, "\"11\"");
    write("850.tests/small.json", changed);
    auto const results = run();
    EXPECT_FALSE(results.at("small").passed());
    EXPECT_EQ(to_text(results.at("small").reading), "lines[0].quantity: expected \"11\", found \"10\"\n");
    EXPECT_EQ(to_text(results.at("small").writing),
              "line 3: expected PO1*1*10*EA*12.50**UP*012345678905, found PO1*1*11*EA*12.50**UP*012345678905\n");
}

TEST_F(Cases, one_way_and_without_its_other_side) {
    write("850.tests/in.read.x12", set_);
    write("850.tests/in.read.json", document_);
    write("850.tests/out.write.json", document_);
    write("850.tests/alone.x12", set_);
    write("850.tests/wrong.x12", wharf::test::interchange("IN", {wharf::test::set("810", "BIG*20250602*1~")}, "004010"));
    write("850.tests/broken.json", "{");
    auto const results = run();
    ASSERT_EQ(results.size(), 5u);
    EXPECT_TRUE(results.at("in.read").passed());
    EXPECT_TRUE(results.at("in.read").written_text.empty());
    EXPECT_TRUE(results.at("out.write").passed()) << texts(results.at("out.write").diagnostics);
    EXPECT_NE(results.at("out.write").written_text.find("BEG*00*SA*4711"), std::string::npos);
    EXPECT_FALSE(results.at("alone").passed());
    EXPECT_FALSE(results.at("alone").read_text.empty()) << "for --update";
    EXPECT_NE(results.at("wrong").trouble.find("holds a set 810"), std::string::npos);
    EXPECT_FALSE(results.at("broken").passed());
}

} // namespace
} // namespace wharf::translator
