// The examples of src/diagnostic/codes/X12-*.md are tests: the bad one gives the code, the good one does not.
#include "diagnostic/registry.hpp"
#include "grammar/lint.hpp"
#include "support/x12_text.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

/// An example is an interchange, a transaction set, or one segment that is put where sets have it.
std::string around(std::string const& example) {
    if (example.starts_with("ISA") && example.size() > 60)
        return example + test::interchange("PO", {test::set("850", test::small_850)}).substr(test::isa().size());
    if (example.starts_with("ISA"))
        return example;
    if (example.starts_with("ST*997"))
        return test::interchange("FA", {example});
    if (example.starts_with("ST*810"))
        return test::interchange("IN", {example});
    if (example.starts_with("ST*850"))
        return test::interchange("PO", {example});
    std::string const head = "BEG*00*SA*4711**20250602~";
    if (example.starts_with("IT1"))
        return test::interchange("IN", {test::set("810", "BIG*20250602*INV1~" + example + "TDS*1~")});
    if (example.starts_with("BSN"))
        return test::interchange("SH", {test::set("856", example)});
    if (example.starts_with("BEG"))
        return test::interchange("PO", {test::set("850", example + "PO1~")});
    return test::interchange("PO", {test::set("850", head + example + "PO1~")});
}

TEST(CodeExamples, bad_ones_give_the_code_and_good_ones_do_not) {
    SchemaCache schemas(*Grammars::open());
    unsigned examples = 0;
    for (auto const& entry : all_codes()) {
        if (!entry.code.starts_with("X12-"))
            continue;
        auto const found = [&](std::string_view example) {
            auto const result = lint(around(std::string(example)), "example", schemas);
            return std::ranges::any_of(result.diagnostics, [&](Diagnostic const& d) { return d.code == entry.code; });
        };
        if (!entry.bad.empty()) {
            ++examples;
            EXPECT_TRUE(found(entry.bad)) << entry.code << ": " << entry.bad;
        }
        if (!entry.good.empty()) {
            EXPECT_FALSE(found(entry.good)) << entry.code << ": " << entry.good;
        }
    }
    EXPECT_GE(examples, 12u);
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
