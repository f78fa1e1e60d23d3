// The partner's words and ours, from the profile and from a file.

#include "unit/partner/configuration_fixture.hpp"

#include "partner/cross_reference.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using ::testing::HasSubstr;

class CrossReferences : public ConfigurationTest {
protected:
    void profile(std::string const& references) {
        write("partners/acme/profile.yaml", acme + "cross_references:\n" + references);
    }
    /// The tables, or what is wrong with them: "line message".
    [[nodiscard]] translator::CrossReferences tables() {
        auto const loaded = load();
        EXPECT_TRUE(loaded) << findings();
        if (!loaded) return {};
        Diagnostics wrong;
        auto result = load_cross_references(loaded->partners[0], wrong);
        faults.clear();
        for (auto const& finding : wrong)
            faults += std::to_string(finding.place.line) + " " + finding.message + "\n";
        return result;
    }
    std::string faults;
};

TEST_F(CrossReferences, RowsAndAFile) {
    write("items.csv", "theirs,ours\n\"B,2\",\"4712\"\r\n\nC-3,4713\nC-4,4713\n");
    profile("  - name: items\n    file: items.csv\n    rows:\n      - {theirs: A-1, ours: 4711}\n");
    auto const all = tables();
    EXPECT_EQ(faults, "");
    auto const& items = all.at("items");
    auto const ours = [&](std::string text) { return items.to_ours(text) ? text : "(refused)"; };
    auto const theirs = [&](std::string text) { return items.to_theirs(text) ? text : "(refused)"; };
    EXPECT_EQ(ours("A-1"), "4711");
    EXPECT_EQ(ours("B,2"), "4712");
    EXPECT_EQ(ours("C-4"), "4713");
    EXPECT_EQ(theirs("4713"), "C-3") << "the first row counts";
    EXPECT_EQ(ours("Z"), "(refused)");
}

TEST_F(CrossReferences, WhatAnUnknownValueDoes) {
    profile("  - {name: a, unknown: pass, rows: [{theirs: x, ours: y}]}\n"
            "  - {name: b, unknown: default, default_ours: other, default_theirs: ANY, rows: [{theirs: x, ours: y}]}\n");
    auto const all = tables();
    std::string text = "q";
    EXPECT_TRUE(all.at("a").to_ours(text));
    EXPECT_EQ(text, "q");
    EXPECT_TRUE(all.at("b").to_ours(text));
    EXPECT_EQ(text, "other");
    EXPECT_TRUE(all.at("b").to_theirs(text));
    EXPECT_EQ(text, "ANY");
}

TEST_F(CrossReferences, FilesThatCannotBe) {
    profile("  - {name: items, file: items.csv}\n");
    (void)tables();
    EXPECT_THAT(faults, HasSubstr("items.csv"));
    write("items.csv", "ours,theirs\na,b\n");
    (void)tables();
    EXPECT_THAT(faults, HasSubstr("1 the first line is 'ours,theirs', not theirs,ours"));
    write("items.csv", "theirs,ours\na,b\nc\nd,e,f\na,g\nh,\n\"open\n");
    (void)tables();
    EXPECT_THAT(faults, HasSubstr("3 this row is not two fields"));
    EXPECT_THAT(faults, HasSubstr("4 this row is not two fields"));
    EXPECT_THAT(faults, HasSubstr("5 cross-reference 'items': the partner's 'a' stands twice, as our 'b' and 'g'"));
    EXPECT_THAT(faults, HasSubstr("6 cross-reference 'items': a row lacks ours"));
    EXPECT_THAT(faults, HasSubstr("7 this row"));
}

TEST_F(CrossReferences, ProfilesThatCannotBe) {
    profile("  - {name: items}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0006 partners/acme/profile.yaml:14:5 a cross-reference needs 'rows' or 'file'"));
    profile("  - {name: items, default_ours: x, rows: [{theirs: x, ours: y}]}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021"));
    profile("  - {name: items, unknown: default, rows: [{theirs: x, ours: y}]}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021"));
    profile("  - {name: a, rows: [{theirs: x, ours: y}]}\n  - {name: a, rows: [{theirs: x, ours: y}]}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0017"));
    profile("  - {name: a, unknown: refuse, rows: [{theirs: x, ours: y}]}\n");
    EXPECT_THAT(findings(), HasSubstr("it must be one of: hold, pass, default"));
}

} // namespace
} // namespace wharf::partner
