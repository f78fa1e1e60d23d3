// Our own fixtures, both ways: tests/golden/translate/NAME.x12 reads as NAME.json, and NAME.json writes the segments of
// NAME.x12 again, or of NAME.written where writing settles something (parents of an HL, packing of SDQ).
#include "golden/golden_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace wharf::golden {
namespace {

std::filesystem::path const folder = WHARF_SOURCE_DIR "/tests/golden/translate";

std::vector<std::string> names() {
    std::vector<std::string> found;
    for (auto const& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".x12") found.push_back(entry.path().stem().string());
    std::sort(found.begin(), found.end());
    return found;
}

std::string lines(std::vector<std::string> const& segments) {
    std::string text;
    for (auto const& segment : segments)
        text += segment + "\n";
    return text;
}

class Fixture : public testing::TestWithParam<std::string> {
protected:
    std::string const text = read_file(folder / (GetParam() + ".x12"));
    std::vector<TranslatedSet> const sets = translate(text, GetParam());
};

TEST_P(Fixture, ReadsAsItsJson) {
    ASSERT_FALSE(sets.empty());
    for (auto const& set : sets) {
        ASSERT_TRUE(set.ok()) << set.faults();
        EXPECT_LE(set.extended * 100, set.elements * 3)
            << set.extended << " of " << set.elements << " elements in extensions";
    }
    expect_golden(folder / (GetParam() + ".json"), pretty(sets));
}

TEST_P(Fixture, WritesItsSegments) {
    for (auto const& set : sets) {
        ASSERT_TRUE(set.ok()) << set.faults();
        auto const written = write(set, set.json);
        std::string faults;
        for (auto const& finding : written.diagnostics)
            faults += finding.code + " " + finding.message + "\n";
        ASSERT_TRUE(written.ok) << faults;
        EXPECT_EQ(faults, "");
        auto const settled = folder / (GetParam() + ".written");
        if (lines(written.body) == lines(set.body)) {
            EXPECT_FALSE(std::filesystem::exists(settled)) << settled << " is not needed any more";
        } else if (std::filesystem::exists(settled)) {
            expect_golden(settled, lines(written.body));
        } else {
            EXPECT_EQ(lines(written.body), lines(set.body));
        }
        auto const again = reread(set, written.body);
        ASSERT_TRUE(again.ok()) << again.faults();
        // Provenance aside, the document comes back.
        auto strip = [](std::string_view json) {
            auto document = *json::parse(json);
            std::erase_if(document.members(),
                          [](auto const& member) { return member.first == "source" || member.first == "test"; });
            return json::to_pretty_text(document);
        };
        EXPECT_EQ(strip(again.json), strip(set.json));
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, Fixture, testing::ValuesIn(names()),
                         [](auto const& test_info) { return test_info.param; });

} // namespace
} // namespace wharf::golden
