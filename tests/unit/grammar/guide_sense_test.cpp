// What a guide may not say although each row alone is right: contradictions, and rows without effect.
#include "grammar/guide.hpp"
#include "grammar/guide_pattern.hpp"
#include "support/temp_folder.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace wharf::grammar {
namespace {

std::string report(std::string_view rows, std::string const& file = "demo.guide", std::string_view head = "guide demo \"Demo\"\nnarrows 850 of 004010\n") {
    static auto const grammars = *Grammars::open();
    auto const guide = read_guide(std::string(head) + std::string(rows), file, {}, *grammars);
    std::string text;
    for (auto const& finding : guide ? (*guide)->deviations() : guide.error())
        text += fmt::format("{} {}:{} {}\n", finding.code, finding.place.line, finding.place.column, finding.message);
    return text;
}

struct Case {
    std::string_view rows, report;
};
class Nonsense : public testing::TestWithParam<Case> {};
TEST_P(Nonsense, is_told) { EXPECT_EQ(report(GetParam().rows), GetParam().report) << GetParam().rows; }

INSTANTIATE_TEST_SUITE_P(
    GuideCheck, Nonsense,
    testing::Values(
        Case{"heading\n  BEG  M 1\n    BEG03  M  3/5 like \"[A-Z]{8}\"\n", "GUIDE-0024 5:19 no value of 3 to 5 signs is like \"[A-Z]{8}\"\n"},
        Case{"heading\n  BEG  M 1\n    BEG03  M  8/10 like \"[A-Z]{8}\"\n", ""},
        Case{"heading\n  BEG  M 1\n    BEG03  M  like \"[A-Z]{23}\"\n", "GUIDE-0024 5:15 no value of 1 to 22 signs is like \"[A-Z]{23}\"\n"},
        Case{"heading\n  BEG  M 1\n    BEG02  M  codes SA DS like \"R.\"\n", "GUIDE-0024 5:27 none of its codes is like \"R.\"\n"},
        Case{"heading\n  BEG  M 1\n    BEG02  M  codes SA RL like \"R.\"\n", ""},
        Case{"heading\n  BEG  M 1\n    BEG01  M  codes 00 05 00\n", "GUIDE-0015 5:27 00 a second time\n"},
        Case{"heading\n  BEG  M 1\n    BEG04  -  8/8\n", "GUIDE-0053 5:15 BEG04 must not be there, so what its value must be has no effect\n"},
        Case{"heading\n  FOB  -\n    FOB01  M  codes CC\n", "GUIDE-0053 5:5 FOB must not be there, so what stands below it has no effect\n"},
        Case{"heading\n  FOB  -\n    note \"Freight is agreed on paper\"\n", ""},
        Case{"heading\n  loop N1  -\n    N3  O\n", "GUIDE-0053 5:5 N1 must not be there, so what stands below it has no effect\n"},
        Case{"heading\n  loop N1 [BY]  M 1\n  loop N1 [ST]  M 1\n  loop N1 [BT]  O 1\n  order N1 BY ST\n  order N1 BT ST BY\n",
             "GUIDE-0034 8:3 N1[BY] comes after N1[ST] here, and before it in another order of this place\n"},
        Case{"heading\n  loop N1 [BY]  M 1\n  loop N1 [ST]  M 1\n  loop N1 [BT]  O 1\n  order N1 BY ST\n  order N1 ST BT\n", ""}));

TEST(GuideCheck, name_and_file) {
    wharf::testing_support::TempFolder const folder;
    auto const of_file = [&](std::string const& name) {
        auto const path = folder.path() / name;
        std::ofstream(path) << "guide demo \"Demo\"\nnarrows 850 of 004010\nheading\n  BEG  M 1\n";
        auto const guide = load_guide(path, **Grammars::open());
        return (*guide)->deviations().empty() ? "" : (*guide)->deviations().front().message;
    };
    EXPECT_EQ(of_file("orders.guide"), "this guide is called demo, its file orders.guide");
    EXPECT_EQ(of_file("demo.guide"), "");
    EXPECT_EQ(of_file("demo.txt"), "");
}

TEST(GuideCheck, releases_of_answers) {
    auto const of = [](std::string_view narrows, std::string_view answers) {
        return report("heading\n", "demo.guide", fmt::format("guide demo \"Demo\"\nnarrows {}\nanswers {}\n", narrows, answers));
    };
    EXPECT_EQ(of("850 of 004010", "004010 005010"), "GUIDE-0055 3:16 sets of 005010 are checked by the rows of 004010, though 005010 has a 850 of its own\n");
    EXPECT_EQ(of("850 of 004010", "004010VICS"), "");
    EXPECT_EQ(of("753 of 004030", "004010"), ""); // 004010 has none
}

TEST(Pattern, lengths_that_fit) {
    auto const fits = [](std::string_view pattern, std::size_t min, std::size_t max) { return (*Pattern::compile(pattern))->fits_lengths(min, max); };
    EXPECT_TRUE(fits("[A-Z]{8}", 8, 8));
    EXPECT_FALSE(fits("[A-Z]{8}", 9, 100));
    EXPECT_FALSE(fits("[A-Z]{8}", 1, 7));
    EXPECT_TRUE(fits("A*", 50, 60));
    EXPECT_TRUE(fits("A+", 5000, 6000)); // not tried, so not refused
    EXPECT_FALSE(fits("(AB)+", 3, 3));
    EXPECT_TRUE(fits("(AB)+|C?D", 1, 1));
    EXPECT_FALSE(fits("AB?C?", 4, 9));
    EXPECT_TRUE(fits("(A*)*", 0, 0));
}

} // namespace
} // namespace wharf::grammar
