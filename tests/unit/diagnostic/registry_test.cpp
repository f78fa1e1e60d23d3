#include "diagnostic/registry.hpp"

#include <algorithm>
#include <cctype>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace wharf {
namespace {

bool is_well_formed(std::string_view code) {
    auto const dash = code.find('-');
    if (dash == std::string_view::npos || dash == 0 || code.size() - dash != 5) return false;
    return std::ranges::all_of(code.substr(0, dash),
                               [](unsigned char c) { return std::isupper(c) || std::isdigit(c); }) &&
           std::ranges::all_of(code.substr(dash + 1), [](unsigned char c) { return std::isdigit(c); });
}

TEST(Registry, EveryCodeHasAPageThatCanBeRead) {
    for (auto const& entry : all_codes()) {
        EXPECT_TRUE(is_well_formed(entry.code)) << entry.code;
        EXPECT_FALSE(entry.name.empty()) << entry.code;
        EXPECT_EQ(entry.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos)
            << entry.code << ": " << entry.name;
        EXPECT_GE(entry.explanation.size(), 40u) << entry.code;
        EXPECT_NE(entry.explanation.substr(0, 9), "severity:") << entry.code;
        auto const again = find_code(entry.code); // the file's name is the code in its title
        ASSERT_TRUE(again) << entry.code;
        EXPECT_EQ(again->name, entry.name);
        auto const made = make_diagnostic(entry.code, "m", "h");
        EXPECT_EQ(made.severity, entry.severity);
        EXPECT_EQ(made.code, entry.code);
    }
}

TEST(Registry, NamesAreGivenOnceInTheirArea) {
    std::vector<std::string> names;
    for (auto const& entry : all_codes())
        names.push_back(std::string(entry.code.substr(0, entry.code.find('-'))) + " " + std::string(entry.name));
    std::ranges::sort(names);
    auto const twice = std::ranges::adjacent_find(names);
    EXPECT_TRUE(twice == names.end()) << *twice;
}

TEST(Registry, ControlCharactersInMessagesAreWrittenOut) {
    auto const finding = make_diagnostic("X12-0306", std::string("\"A\x07\x1b[0m\x7f\" is not a code"), "Not \x01.\nNor that.");
    EXPECT_EQ(finding.message, "\"A\\x07\\x1b[0m\\x7f\" is not a code");
    EXPECT_EQ(finding.help, "Not \\x01.\nNor that.");
}

TEST(Registry, UnknownCode) {
    EXPECT_FALSE(find_code("X12-9999"));
    EXPECT_FALSE(find_code(""));
    EXPECT_FALSE(find_code("../codes/X12-0001"));
}

} // namespace
} // namespace wharf
