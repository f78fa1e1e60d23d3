#include "base/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wharf {
namespace {

TEST(Glob, paths) {
    for (auto const& [pattern, path] : {std::pair{"*.edi", "po.edi"},
                                        {"in/*.edi", "in/po.edi"},
                                        {"in/**/*.edi", "in/po.edi"},
                                        {"in/**/*.edi", "in/a/b/po.edi"},
                                        {"**/po.edi", "po.edi"},
                                        {"**", "a/b"},
                                        {"in/**", "in/a/b"},
                                        {"a/**/b/**/c", "a/x/b/y/b/c"},
                                        {"p?.[a-f]d[!x]", "po.edi"},
                                        {"[po]o", "oo"},
                                        {"a[", "a["},
                                        {"a\\*", "a*"},
                                        {"./in/*", "in/x"},
                                        {"*a*b*c", "xaxbxbc"}})
        EXPECT_TRUE(glob_matches_path(pattern, path)) << pattern << " " << path;
    for (auto const& [pattern, path] : {std::pair{"*.edi", "in/po.edi"}, {"in/*", "in/a/b"}, {"in/**/x", "out/x"}, {"?", ""}, {"[!a]", "a"}, {"a/**/b", "a/c"}, {"", "a"}, {"a", ""}})
        EXPECT_FALSE(glob_matches_path(pattern, path)) << pattern << " " << path;
}

TEST(Glob, time_is_bounded_by_both_lengths) {
    std::string pattern, path(3000, 'a');
    for (int i = 0; i < 500; ++i) pattern += "a*";
    EXPECT_FALSE(glob_matches_path(pattern + "b", path));
    pattern.clear();
    std::string deep;
    for (int i = 0; i < 300; ++i) pattern += "**/a/", deep += "a/";
    EXPECT_FALSE(glob_matches_path(pattern + "b", deep + "c"));
}

TEST(Glob, ignore_rules) {
    IgnoreRules rules;
    for (auto const* line : {"# comment", "", "*.bak", "archive/", "/top.edi", "in/old", "!keep.bak", "a/**/z  "}) rules.add(line);
    EXPECT_TRUE(rules.ignores("x.bak", false));
    EXPECT_TRUE(rules.ignores("in/deep/x.bak", false));
    EXPECT_FALSE(rules.ignores("in/keep.bak", false));
    EXPECT_TRUE(rules.ignores("in/archive", true));
    EXPECT_FALSE(rules.ignores("in/archive", false));
    EXPECT_TRUE(rules.ignores("top.edi", false));
    EXPECT_FALSE(rules.ignores("in/top.edi", false));
    EXPECT_TRUE(rules.ignores("in/old", true));
    EXPECT_FALSE(rules.ignores("x/in/old", true));
    EXPECT_TRUE(rules.ignores("a/b/z", false));
    EXPECT_TRUE(rules.ignores_or_above("in/archive/x/y.edi"));
    EXPECT_FALSE(rules.ignores("in/archive/x/y.edi", false)); // its folder is never looked into
    EXPECT_FALSE(rules.ignores_or_above("in/x/y.edi"));
}

} // namespace
} // namespace wharf
