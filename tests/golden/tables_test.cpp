// The shipped code tables: one to one in both directions, with codes that the standard has and maps that use them.
#include "base/embedded.hpp"
#include "grammar/dictionary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace wharf {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        auto const end = text.find(separator);
        parts.push_back(text.substr(0, end));
        text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    }
    return parts;
}

struct Table {
    std::string name;
    std::string element;
    std::vector<std::pair<std::string, std::string>> rows; // word, code
};

std::vector<Table> tables() {
    constexpr std::string_view folder = "translators/tables/";
    std::vector<Table> all;
    for (auto const path : embedded_paths(folder)) {
        Table table;
        table.name = path.substr(folder.size(), path.size() - folder.size() - 4);
        auto const lines = split(*embedded_file(path), '\n');
        EXPECT_TRUE(lines.front().starts_with("word,x12:")) << path;
        table.element = lines.front().substr(9);
        for (std::size_t i = 1; i < lines.size(); ++i) {
            auto const cells = split(lines[i], ',');
            EXPECT_EQ(cells.size(), 2u) << path << ": " << lines[i];
            if (cells.size() == 2) table.rows.emplace_back(cells[0], cells[1]);
        }
        all.push_back(std::move(table));
    }
    return all;
}

TEST(Tables, AreOneToOne) {
    auto const all = tables();
    EXPECT_GT(all.size(), 60u);
    for (auto const& table : all) {
        std::set<std::string> words, codes;
        EXPECT_FALSE(table.rows.empty()) << table.name;
        for (auto const& [word, code] : table.rows) {
            EXPECT_TRUE(words.insert(word).second) << table.name << ": the word " << word << " stands twice";
            EXPECT_TRUE(codes.insert(code).second) << table.name << ": the code " << code << " stands twice";
            EXPECT_TRUE(
                word[0] >= 'a' && word[0] <= 'z' &&
                std::all_of(word.begin(), word.end(),
                            [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }))
                << table.name << ": " << word;
        }
    }
}

TEST(Tables, HaveCodesOfTheStandard) {
    auto const grammars = grammar::Grammars::open();
    ASSERT_TRUE(grammars);
    auto const dictionary = (*grammars)->dictionary("004010");
    ASSERT_NE(dictionary, nullptr);
    for (auto const& table : tables()) {
        auto const* codes = dictionary->codes(table.element);
        ASSERT_NE(codes, nullptr) << table.name << ": element " << table.element << " has no code list";
        for (auto const& [word, code] : table.rows)
            EXPECT_TRUE(codes->find(code))
                << table.name << ": " << code << " is not a code of element " << table.element;
    }
}

// One element, one table: a code must not have one word in one place and another word elsewhere.
TEST(Tables, StandForOneElementEach) {
    std::map<std::string, std::string> by_element;
    for (auto const& table : tables())
        EXPECT_TRUE(by_element.emplace(table.element, table.name).second)
            << table.name << " and " << by_element[table.element] << " both stand for element " << table.element;
}

TEST(Tables, AreUsedByTheMaps) {
    std::set<std::string> used;
    for (auto const path : embedded_paths("translators/x12/"))
        for (auto line : split(*embedded_file(path), '\n'))
            if (auto const at = line.rfind(" code ");
                at != line.npos && line[at + 6] != ' ') { // not a field named code
                auto const rest = line.substr(at + 6);
                used.emplace(rest.substr(0, rest.find_first_of(", ")));
            }
    std::set<std::string> there;
    for (auto const& table : tables())
        there.insert(table.name);
    EXPECT_EQ(used, there);
}

} // namespace
} // namespace wharf
