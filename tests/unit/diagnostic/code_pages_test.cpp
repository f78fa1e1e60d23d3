// docs/codes: a page for each code and an index, made from src/diagnostic/codes and what lint says of the bad examples. To make them
// again:
//
//     WHARF_UPDATE=1 build/dev/diagnostic_test --gtest_filter='CodePages*'
#include "base/file.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <string>

namespace wharf {
namespace {

std::filesystem::path const root = WHARF_SOURCE_DIR;
auto const folder = root / "docs/codes";

struct Area {
    std::string_view name, title;
};
constexpr Area areas[] = {{"X12", "X12 files, against the standard and a partner's guide"},
                          {"ACK", "Acknowledgments that were received: 997, 999 and TA1"},
                          {"DOC", "Canonical documents"},
                          {"MAP", "Maps, and what cannot be mapped"},
                          {"GUIDE", "Guides"},
                          {"SEF", "Guidelines in SEF that become guides"},
                          {"GRAMMAR", "Grammar files"},
                          {"PARTNER", "Profiles, channels and wharf.yaml"},
                          {"GATEWAY", "The gateway"}};

std::string_view area_of(std::string_view code) { return code.substr(0, code.find('-')); }

/// Plain text for Markdown: stars and angle brackets stand for themselves, unless in a code span.
std::string markdown(std::string_view text) {
    std::string out;
    bool in_code = false;
    for (char const c : text) {
        in_code = in_code != (c == '`');
        if (!in_code && (c == '*' || c == '<' || c == '|'))
            out += '\\';
        out += c;
    }
    return out;
}

std::string block(std::string_view title, std::string_view text) { return text.empty() ? "" : "\n" + std::string(title) + "\n\n```\n" + std::string(text) + "\n```\n"; }

std::string said_of(std::string_view code) {
    auto const said = read_file(root / "tests/golden/codes" / (std::string(code) + ".expect"), 1 << 20);
    return said ? said->substr(0, said->find_last_not_of('\n') + 1) : std::string();
}

std::string page(CodeEntry const& entry) {
    auto const code = std::string(entry.code);
    return "# " + code + " " + std::string(entry.name) + "\n\nSeverity: " + std::string(to_string(entry.severity)) + ". `wharf explain " + code +
           "` prints the same. [All codes](README.md)\n\n" + markdown(entry.explanation) + "\n" + block("## Wrong", entry.bad) +
           block("What Wharf says about it, inside a file:", said_of(entry.code)) + block("## Right", entry.good);
}

std::string first_sentence(std::string_view text) {
    auto end = text.find('\n');
    for (auto at = text.find(". "); at < end; at = text.find(". ", at + 1))
        if (at + 2 < text.size() && text[at + 2] >= 'A' && text[at + 2] <= 'Z')
            end = at + 1;
    return markdown(text.substr(0, end));
}

std::string index() {
    std::string out = "# Codes of findings\n\nEvery finding has a code that is never used again for something else. `wharf explain CODE` prints a page; "
                      "`--treat CODE=HOW` and a profile's `findings` say what becomes of one. These pages are made from `src/diagnostic/codes`.\n";
    for (auto const& area : areas) {
        std::string rows;
        for (auto const& entry : all_codes())
            if (area_of(entry.code) == area.name)
                rows += "| [" + std::string(entry.code) + "](" + std::string(entry.code) + ".md) | " + std::string(entry.name) + " | " +
                        std::string(to_string(entry.severity)) + " | " + first_sentence(entry.explanation) + " |\n";
        if (!rows.empty())
            out += "\n## " + std::string(area.title) + "\n\n| code | name | severity | |\n|---|---|---|---|\n" + rows;
    }
    return out;
}

TEST(CodePages, AreFresh) {
    std::map<std::string, std::string> pages{{"README.md", index()}};
    for (auto const& entry : all_codes())
        pages[std::string(entry.code) + ".md"] = page(entry);
    bool const update = std::getenv("WHARF_UPDATE") != nullptr;
    if (update)
        std::filesystem::create_directories(folder);
    for (auto const& [name, content] : pages) {
        if (update) {
            ASSERT_TRUE(write_file_durably(folder / name, content));
            continue;
        }
        auto const present = read_file(folder / name, 1 << 20);
        ASSERT_TRUE(present) << name << " is missing: run with WHARF_UPDATE=1";
        EXPECT_EQ(*present, content) << name << " is out of date: run with WHARF_UPDATE=1";
    }
    for (auto const& file : std::filesystem::directory_iterator(folder))
        EXPECT_TRUE(pages.contains(file.path().filename().string())) << file.path() << " is of no code: remove it";
}

TEST(CodePages, EveryAreaHasATitle) {
    for (auto const& entry : all_codes())
        EXPECT_TRUE(std::ranges::any_of(areas, [&](Area const& area) { return area.name == area_of(entry.code); })) << entry.code << " is in no area of the index";
}

} // namespace
} // namespace wharf
