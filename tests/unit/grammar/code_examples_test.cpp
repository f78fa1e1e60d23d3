// The examples of src/diagnostic/codes/X12-*.md are tests: the bad one gives the code, the good one does not.
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "grammar/guide.hpp"
#include "grammar/guide_line.hpp"
#include "grammar/lint.hpp"
#include "support/code_example.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

Diagnostics lint_example(std::string const& text, SchemaCache& schemas) {
    auto const example = test::code_example(text);
    LintOptions options;
    if (!example.guide.empty()) {
        auto const guide = read_guide(example.guide, "example.guide", {}, schemas.grammars());
        if (!guide) {
            ADD_FAILURE() << text << "\n" << render_text(guide.error());
            return {};
        }
        options.reader.release = "004010";
        options.reader.guides = {*guide};
    }
    return lint(example.x12, "example", schemas, options).diagnostics;
}

TEST(CodeExamples, bad_ones_give_the_code_and_good_ones_do_not) {
    SchemaCache schemas(*Grammars::open());
    unsigned examples = 0;
    std::string without;
    for (auto const& entry : all_codes()) {
        if (!entry.code.starts_with("X12-"))
            continue;
        auto const is_it = [&](Diagnostic const& finding) { return finding.code == entry.code; };
        EXPECT_EQ(entry.bad.empty(), entry.good.empty()) << entry.code;
        if (entry.bad.empty()) {
            without += fmt::format("{} ", entry.code);
            continue;
        }
        ++examples;
        auto const bad = lint_example(std::string(entry.bad), schemas);
        EXPECT_TRUE(std::ranges::any_of(bad, is_it)) << entry.code << ": " << entry.bad << "\n" << render_text(bad);
        auto const good = lint_example(std::string(entry.good), schemas);
        EXPECT_TRUE(std::ranges::none_of(good, is_it)) << entry.code << ": " << entry.good << "\n" << render_text(good);
    }
    // These need bytes that no page can show, or more of them than it should: limits, a byte-order mark, blanks in front, Ctrl-Z.
    EXPECT_EQ(without, "X12-0007 X12-0008 X12-0010 X12-0011 X12-0014 X12-0146 X12-0147 X12-0506 ");
    EXPECT_GE(examples, 100u);
}

TEST(CodeExamples, every_code_explains_itself) {
    for (auto const& entry : all_codes()) {
        EXPECT_GE(entry.explanation.size(), 60u) << entry.code;
        EXPECT_FALSE(entry.name.empty()) << entry.code;
        EXPECT_TRUE(std::ranges::none_of(entry.name, [](char c) { return c == ' ' || (c >= 'A' && c <= 'Z'); })) << entry.code;
    }
}

} // namespace
} // namespace wharf::grammar
