// What `wharf lint` says about the bad example of every code, character for character: tests/golden/codes/CODE.x12, with CODE.guide
// where a guide objects, and CODE.expect beside it. The inputs are made from src/diagnostic/codes; WHARF_UPDATE_GOLDEN=1 writes all
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

TEST(CodesGolden, WholeMessages) {
    grammar::SchemaCache schemas(*grammar::Grammars::open());
    std::set<std::string> files;
    for (auto const& entry : all_codes())
        if (entry.code.starts_with("X12-") && !entry.bad.empty())
            expect_message(entry, schemas, files);
    EXPECT_GE(files.size(), 240u);
    for (auto const& file : std::filesystem::directory_iterator(folder)) // of a code that is gone
        EXPECT_TRUE(files.contains(file.path().filename().string()) || file.path().filename().string().starts_with("GUIDE-")) << file.path();
}

} // namespace
} // namespace wharf::golden
