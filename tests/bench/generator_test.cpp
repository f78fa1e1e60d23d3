// The generator's interchanges: clean ones have no finding, damaged ones one in every set, and bytes never vary.
#include "grammar/lint.hpp"
#include "tools/generate/interchange_generator.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace wharf::generate {
namespace {

struct Variant {
    char const* name;
    void (*set)(Options&);
};

Variant const variants[] = {
    {"plain", [](Options&) {}},
    {"orders", [](Options& o) { o.sets = {"850"}; }},
    {"release_005010", [](Options& o) { o.release = "005010"; }},
    {"one_interchange", [](Options& o) { o.one_interchange = true; }},
    {"small_groups", [](Options& o) { o.sets_in_group = 1; }},
    {"negative", [](Options& o) { o.negative = true; }},
    {"non_ascii", [](Options& o) { o.non_ascii = true; }},
    {"composites", [](Options& o) { o.composites = true; }},
    {"composites_005010", [](Options& o) { o.composites = true, o.release = "005010"; }},
    {"lines", [](Options& o) { o.line_breaks = true; }},
    {"other_delimiters", [](Options& o) { o.element = '|', o.component = ':', o.segment = '\''; }},
};

Options options_of(Variant const& variant) {
    Options options;
    options.bytes = 200'000;
    options.seed = 7;
    variant.set(options);
    return options;
}

grammar::LintResult linted(std::string const& text) {
    static grammar::SchemaCache schemas(*grammar::Grammars::open());
    return grammar::lint(text, "generated", schemas);
}

class Generated : public testing::TestWithParam<Variant> {};

TEST_P(Generated, IsClean) {
    auto const options = options_of(GetParam());
    auto const text = make_interchanges(options);
    EXPECT_GE(text.size(), options.bytes);
    auto const result = linted(text);
    EXPECT_GT(result.sets, 20u);
    EXPECT_EQ(result.interchanges == 1, options.one_interchange);
    EXPECT_TRUE(result.diagnostics.empty()) << result.diagnostics.front().code << " " << result.diagnostics.front().message;
}

TEST_P(Generated, HasOneFindingInEverySetWhenDamaged) {
    auto options = options_of(GetParam());
    options.fault_in_every_set = true;
    auto const result = linted(make_interchanges(options));
    EXPECT_GT(result.sets, 20u);
    EXPECT_EQ(result.diagnostics.size() + result.suppressed, result.sets);
    EXPECT_TRUE(std::ranges::all_of(result.diagnostics, [](auto const& d) { return d.severity == Severity::error; }));
}

TEST_P(Generated, IsTheSameForTheSameOptions) {
    auto options = options_of(GetParam());
    EXPECT_EQ(make_interchanges(options), make_interchanges(options));
    auto const first = make_interchanges(options);
    options.seed = 8;
    EXPECT_NE(make_interchanges(options), first);
}

INSTANTIATE_TEST_SUITE_P(Generator, Generated, testing::ValuesIn(variants),
                         [](auto const& tested) { return std::string(tested.param.name); });

TEST(Generator, GivesTheSetsThatWereAskedFor) {
    Options options;
    options.sets = {"810", "856"};
    auto const text = make_interchanges(options);
    for (auto const* set : {"850", "855"})
        EXPECT_EQ(text.find(fmt::format("~ST*{}*", set)), std::string::npos) << set;
    for (auto const* set : {"810", "856"})
        EXPECT_NE(text.find(fmt::format("~ST*{}*", set)), std::string::npos) << set;
}

} // namespace
} // namespace wharf::generate
