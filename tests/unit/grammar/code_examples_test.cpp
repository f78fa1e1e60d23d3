// The examples of src/diagnostic/codes/X12-*.md are tests: the bad one gives the code, the good one does not.
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "grammar/guide.hpp"
#include "grammar/guide_line.hpp"
#include "grammar/lint.hpp"
#include "support/x12_text.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

std::size_t segments_called(std::string_view id, std::string_view text) {
    std::size_t count = text.starts_with(id) ? 1 : 0;
    for (auto at = text.find(id); at != std::string_view::npos; at = text.find(id, at + 1))
        count += at != 0 && (text[at - 1] == '\n' || text[at - 1] == '~') ? 1 : 0;
    return count;
}

std::string group_of(std::string_view sets, std::string_view trailer = {}) {
    auto const kind = sets.starts_with("ST*997") ? "FA" : sets.starts_with("ST*810") ? "IN" : "PO";
    auto text = fmt::format("{}GS*{}*SENDER*RECEIVER*20250602*1403*77*X*004010~\n{}\n", test::isa(), kind, sets);
    return text + (trailer.empty() ? fmt::format("GE*{}*77~", segments_called("ST*", sets)) : std::string(trailer)) + "IEA*1*000000901~";
}

/// An example is a whole file, some segments of an envelope, sets, or segments that are put where sets have them.
std::string around(std::string const& example) {
    auto const set = test::set("850", test::small_850);
    if (example.starts_with("IEA"))
        return test::isa() + "GS*PO*SENDER*RECEIVER*20250602*1403*77*X*004010~" + set + "GE*1*77~" + example;
    if (example.starts_with("UN") || example.find("IEA*") != std::string::npos || (example.starts_with("ISA") && example.find("GS*") != std::string::npos))
        return example;
    if (example.starts_with("ISA") && example.size() > 60)
        return example + test::interchange("PO", {set}).substr(test::isa().size());
    if (example.starts_with("ISA"))
        return example;
    if (example.starts_with("GS") || example.starts_with("TA1"))
        return fmt::format("{}{}\nIEA*{}*000000901~", test::isa(), example, segments_called("GS*", example));
    if (example.starts_with("GE"))
        return group_of(set, example);
    if (example.starts_with("ST*"))
        return group_of(example);
    std::string const head = "BEG*00*SA*4711**20250602~";
    if (example.starts_with("IT1"))
        return test::interchange("IN", {test::set("810", "BIG*20250602*INV1~" + example + "TDS*1~")});
    if (example.starts_with("BSN"))
        return test::interchange("SH", {test::set("856", example)});
    if (example.starts_with("BEG"))
        return test::interchange("PO", {test::set("850", example + (example.find("PO1") == std::string::npos ? "PO1~" : ""))});
    return test::interchange("PO", {test::set("850", head + example + "PO1~")});
}

/// Rows of a guide, a line `---`, and what is held against them; or what is held against the standard.
Diagnostics lint_example(std::string const& example, SchemaCache& schemas) {
    auto const cut = example.find("\n---\n");
    if (cut == std::string::npos)
        return lint(around(example), "example", schemas).diagnostics;
    auto const data = example.substr(cut + 5);
    auto const guide = read_guide(fmt::format("guide example \"Example\"\nnarrows {} of 004010\n{}\n", data.starts_with("BSN") ? "856" : "850", example.substr(0, cut)),
                                  "example.guide", {}, schemas.grammars());
    if (!guide) {
        ADD_FAILURE() << example << "\n" << render_text(guide.error());
        return {};
    }
    LintOptions options;
    options.reader.release = "004010";
    options.reader.guides = {*guide};
    return lint(around(data), "example", schemas, options).diagnostics;
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
