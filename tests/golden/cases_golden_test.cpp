// The cases beside the shipped maps (translators/**/NAME.tests), as `wharf translator test` runs them: what the partner
// sends, the document, and back to the same bytes. WHARF_UPDATE_GOLDEN=1 writes the documents anew.
#include "golden/golden_support.hpp"

#include "translator/cases.hpp"
#include "translator/map_load.hpp"
#include "translator/map_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace wharf::golden {
namespace {

std::filesystem::path const folder = WHARF_SOURCE_DIR "/translators";

struct ShippedCase {
    std::string map; // "csv/invoice"
    translator::MapCase of;
};

void PrintTo(ShippedCase const& one, std::ostream* out) {
    *out << one.map << " " << one.of.name;
}

std::vector<ShippedCase> cases() {
    std::vector<ShippedCase> found;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".tests") continue;
        auto const file = std::filesystem::path(entry.path()).replace_extension(".map");
        auto const name = std::filesystem::relative(file, folder).replace_extension("").generic_string();
        auto const map = translator::load_map(*translator::embedded_maps(), name);
        for (auto& one : translator::cases_of(file, map ? map->format : "csv"))
            found.push_back({name, std::move(one)});
    }
    std::ranges::sort(found, {}, [](auto const& one) { return std::pair(one.map, one.of.name); });
    return found;
}

/// The document alone: `schema`, provenance and extensions aside, every shipped map has these three.
TEST(Cases, every_map_of_another_format_has_a_minimal_a_full_and_an_awkward_one) {
    auto const all = cases();
    for (auto const& name : translator::embedded_maps()->maps()) {
        auto const map = translator::load_map(*translator::embedded_maps(), name);
        ASSERT_TRUE(map.has_value()) << name;
        if (map->format == "x12" || map->format.empty()) continue;
        for (auto const* wanted : {"minimal", "full", "awkward"})
            EXPECT_TRUE(std::ranges::any_of(
                all, [&](auto const& one) { return one.map == name && one.of.name.starts_with(wanted); }))
                << name << " " << wanted;
    }
}

class ShippedCases : public testing::TestWithParam<ShippedCase> {};

TEST_P(ShippedCases, both_sides_are_as_written_down) {
    static grammar::SchemaCache schemas{*grammar::Grammars::open()};
    auto const result = translator::run_case(GetParam().of, *translator::embedded_maps(), GetParam().map, schemas);
    std::string said;
    for (auto const& one : result.diagnostics)
        if (one.severity != Severity::info) said += one.code + " " + one.message + "\n";
    if (std::getenv("WHARF_UPDATE_GOLDEN") != nullptr && result.of.reads)
        std::ofstream(result.of.canonical, std::ios::binary) << result.read_text;
    EXPECT_EQ(result.trouble, "");
    EXPECT_EQ(to_text(result.reading), "");
    EXPECT_EQ(to_text(result.writing), "");
    EXPECT_EQ(said, "") << "a shipped case says nothing";
}

INSTANTIATE_TEST_SUITE_P(Golden, ShippedCases, testing::ValuesIn(cases()), [](auto const& test_info) {
    auto name = test_info.param.map + "_" + test_info.param.of.name;
    std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
});

} // namespace
} // namespace wharf::golden
