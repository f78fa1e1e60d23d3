// What `wharf lint` says about the bad example of every code, and `wharf guide check` of every code of guides, character for
// character: tests/golden/codes/CODE.x12, with CODE.guide where a guide objects, and CODE.expect beside it. The inputs are made from src/diagnostic/codes; WHARF_UPDATE_GOLDEN=1 writes all
// of them anew. Read what changed as somebody who has never read the standard: does it tell what is wrong, where, and what to do?
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "golden/golden_support.hpp"
#include "grammar/guide.hpp"
#include "grammar/guide_line.hpp"
#include "grammar/lint.hpp"
#include "support/code_example.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace wharf::golden {
namespace {

std::filesystem::path const folder = WHARF_SOURCE_DIR "/tests/golden/codes";


void expect_message(CodeEntry const& entry, grammar::SchemaCache& schemas, std::set<std::string>& files) {
    auto const example = test::code_example(std::string(entry.bad));
    auto const name = std::string(entry.code);
    grammar::LintOptions options;
    if (!example.guide.empty()) {
        auto const guide = grammar::read_guide(example.guide, name + ".guide", {}, schemas.grammars());
        ASSERT_TRUE(guide) << render_text(guide.error());
        options.reader.guides = {*guide};
        expect_golden(folder / (name + ".guide"), example.guide);
        files.insert(name + ".guide");
    }
    expect_golden(folder / (name + ".x12"), example.x12);
    expect_golden(folder / (name + ".expect"), render_text(grammar::lint(example.x12, name + ".x12", schemas, options).diagnostics));
    files.insert(name + ".x12");
    files.insert(name + ".expect");
}

/// What `wharf guide check` says.
void expect_guide_message(CodeEntry const& entry, grammar::Grammars const& grammars, std::set<std::string>& files) {
    auto const name = std::string(entry.code);
    bool const whole = entry.bad.starts_with("guide ") || entry.bad.starts_with("narrows ");
    auto const text = (whole ? "" : "guide demo \"Demo\"\nnarrows 850 of 004010\n") + std::string(entry.bad) + "\n";
    auto const guide = grammar::read_guide(text, name + ".guide", {}, grammars);
    expect_golden(folder / (name + ".guide"), text);
    expect_golden(folder / (name + ".expect"), render_text(guide ? (*guide)->deviations() : guide.error()));
    files.insert(name + ".guide");
    files.insert(name + ".expect");
}

TEST(CodesGolden, WholeMessages) {
    grammar::SchemaCache schemas(*grammar::Grammars::open());
    std::set<std::string> files;
    for (auto const& entry : all_codes()) {
        if (entry.bad.empty())
            continue;
        if (entry.code.starts_with("X12-"))
            expect_message(entry, schemas, files);
        else if (entry.code.starts_with("GUIDE-"))
            expect_guide_message(entry, schemas.grammars(), files);
    }
    EXPECT_GE(files.size(), 300u);
    for (auto const& file : std::filesystem::directory_iterator(folder))
        EXPECT_TRUE(files.contains(file.path().filename().string())) << file.path() << " is of no code: remove it";
}

} // namespace
} // namespace wharf::golden
