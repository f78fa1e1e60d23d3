#include "linter/statistics.hpp"

#include "support/schemas.hpp"
#include "support/x12_text.hpp"
#include "unit/linter/x12_files.hpp"

#include <gtest/gtest.h>

namespace wharf::linter {
namespace {

bool count(StatisticsCollector& collector, std::string_view text) {
    std::string what;
    return *collector.add(byte_source_of(text), "a.x12", what);
}

std::string two() { return test::interchange("PO", {test::set("850", test::small_850), test::set("850", "BEG*00*SA*4712**20250602~PO1*1*1*EA*1~CTT*1~", "0002")}); }

TEST(Statistics, everything_is_counted) {
    StatisticsCollector collector(test::schemas());
    auto const invoice = test::interchange("IN", {test::set("810", test::small_810)});
    EXPECT_TRUE(count(collector, two()));
    EXPECT_TRUE(count(collector, invoice));
    auto const& all = collector.statistics();
    EXPECT_EQ(all.files, 2u);
    EXPECT_EQ(all.bytes, two().size() + invoice.size());
    EXPECT_EQ(all.interchanges, 2u);
    EXPECT_EQ(all.groups, 2u);
    EXPECT_EQ(all.sets, 3u);
    EXPECT_EQ(all.segments, 15u + 9u);
    EXPECT_EQ(all.releases.at("004010"), 2u);
    EXPECT_EQ(all.by_set.at("850").sets, 2u);
    EXPECT_EQ(all.by_set.at("850").segments, 11u);
    EXPECT_EQ(all.by_set.at("850").most_segments, 6u);
    EXPECT_EQ(all.by_set.at("850").name, "Purchase Order");
    EXPECT_EQ(all.by_segment.at("PO1").segments, 2u);
    EXPECT_EQ(all.by_segment.at("N1").sets, 1u);
    EXPECT_EQ(all.by_segment.at("ISA").segments, 2u);
    EXPECT_EQ(all.by_segment.at("ISA").name, "Interchange Control Header");
    auto const& pair = all.pairs.at("ZZ SENDER -> ZZ RECEIVER");
    EXPECT_EQ(pair.interchanges, 2u);
    EXPECT_EQ(pair.sets_by_id.at("810"), 1u);
    EXPECT_EQ(pair.first_date, "20250602");
    EXPECT_EQ(all.codes.at("N101").codes.at("ST"), 1u);
    EXPECT_EQ(all.codes.at("PO103").codes.at("EA"), 2u);
    EXPECT_EQ(all.codes.at("N101").name, "Entity Identifier Code");
}

TEST(Statistics, what_is_in_no_list_is_not_told) {
    StatisticsCollector collector(test::schemas());
    EXPECT_TRUE(count(collector, test::replaced(two(), "N1*ST*", "N1*?Q*")));
    EXPECT_EQ(collector.statistics().codes.at("N101").unlisted, 1u);
    EXPECT_TRUE(collector.statistics().codes.at("N101").codes.empty());
}

TEST(Statistics, no_x12) {
    StatisticsCollector collector(test::schemas());
    std::string what;
    auto const counted = collector.add(byte_source_of("hello"), "a", what);
    ASSERT_TRUE(counted);
    EXPECT_FALSE(*counted);
    EXPECT_FALSE(what.empty());
}

TEST(Statistics, memory_does_not_follow_what_partners_invent) {
    StatisticsCollector collector(test::schemas());
    std::string text;
    for (unsigned i = 0; i < 12'000; ++i)
        text += test::replaced(test::isa(), "SENDER         ", fmt::format("{:<15}", i)) + "IEA*0*000000901~";
    EXPECT_TRUE(count(collector, text));
    auto const& all = collector.statistics();
    EXPECT_LE(all.pairs.size(), 10'001u);
    EXPECT_EQ(all.pairs.at("others").interchanges, 2'000u);
}

TEST(Statistics, faces) {
    StatisticsCollector collector(test::schemas());
    EXPECT_TRUE(count(collector, two()));
    auto const text = render_text(collector.statistics());
    EXPECT_TRUE(text.starts_with("1 file, 358 B: 1 interchange, 1 group, 2 transaction sets, 15 segments\n")) << text;
    EXPECT_NE(text.find("  ZZ SENDER -> ZZ RECEIVER: 1 interchange, 2 sets, 358 B, 20250602\n    sets 850 2; ISA15 P 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n  N101 Entity Identifier Code: ST 1\n"), std::string::npos) << text;
    auto const json = render_json(collector.statistics());
    EXPECT_TRUE(json.starts_with("{\"files\":1,\"bytes\":358,\"interchanges\":1,")) << json;
    EXPECT_NE(json.find("\"N101\":{\"element\":\"98\",\"name\":\"Entity Identifier Code\",\"codes\":{\"ST\":1},\"unlisted\":0}"), std::string::npos) << json;
}

TEST(Statistics, samples_end) {
    StatisticsCollector collector(test::schemas());
    for (auto const& [name, text] : test::sample_files())
        (void)count(collector, text);
    EXPECT_FALSE(render_text(collector.statistics()).empty());
}

} // namespace
} // namespace wharf::linter
