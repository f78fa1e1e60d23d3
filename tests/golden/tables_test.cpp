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

struct Row {
    std::string word, code, releases; // releases: "004030.." or empty
};

/// One code list of one table: a column of its file.
struct List {
    std::string table;
    std::string element;
    std::vector<Row> rows; // words without a code in this list left out
};

std::vector<List> lists() {
    constexpr std::string_view folder = "translators/tables/";
    std::vector<List> all;
    for (auto const path : embedded_paths(folder)) {
        auto const name = path.substr(folder.size(), path.size() - folder.size() - 4);
        auto const lines = split(*embedded_file(path), '\n');
        auto const titles = split(lines.front(), ',');
        EXPECT_TRUE(titles.size() > 1 && titles.front() == "word") << path;
        for (std::size_t column = 1; column < titles.size(); ++column) {
            EXPECT_TRUE(titles[column].starts_with("x12:")) << path;
            List list{std::string(name), std::string(titles[column].substr(4)), {}};
            for (std::size_t i = 1; i < lines.size(); ++i) {
                auto const cells = split(lines[i], ',');
                EXPECT_LE(cells.size(), titles.size()) << path << ": " << lines[i];
                if (cells.size() <= column || cells[column].empty()) continue;
                auto const range = cells[column].find(" @");
                list.rows.push_back(
                    {std::string(cells[0]), std::string(cells[column].substr(0, range)),
                     range == std::string_view::npos ? "" : std::string(cells[column].substr(range + 2))});
            }
            all.push_back(std::move(list));
        }
    }
    return all;
}

bool is_word(std::string_view word) {
    return word[0] >= 'a' && word[0] <= 'z' && std::all_of(word.begin(), word.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

TEST(Tables, AreOneToOne) {
    auto const all = lists();
    EXPECT_GT(all.size(), 90u);
    for (auto const& list : all) {
        std::set<std::string> words, codes;
        EXPECT_FALSE(list.rows.empty()) << list.table;
        for (auto const& row : list.rows) {
            EXPECT_TRUE(words.insert(row.word).second) << list.table << ": the word " << row.word << " stands twice";
            EXPECT_TRUE(codes.insert(row.code).second) << list.table << ": the code " << row.code << " stands twice";
            EXPECT_TRUE(is_word(row.word)) << list.table << ": " << row.word;
        }
    }
}

// In 004010, or in the release a row begins with; lists that begin later are looked for in 005010.
TEST(Tables, HaveCodesOfTheStandard) {
    auto const grammars = grammar::Grammars::open();
    ASSERT_TRUE(grammars);
    for (auto const& list : lists())
        for (auto const& row : list.rows) {
            grammar::CodeList const* codes = nullptr;
            for (std::string const& release :
                 {row.releases.empty() ? std::string("004010") : row.releases.substr(0, 6), std::string("005010")}) {
                auto const dictionary = (*grammars)->dictionary(release);
                ASSERT_NE(dictionary, nullptr) << list.table << ": " << row.word << " since " << release;
                codes = dictionary->codes(list.element);
                if (codes != nullptr) {
                    EXPECT_TRUE(codes->find(row.code))
                        << list.table << ": " << row.code << " is not a code of element " << list.element;
                    break;
                }
            }
            ASSERT_NE(codes, nullptr) << list.table << ": element " << list.element << " has no code list";
        }
}

// One element, one table: a code must not have one word in one place and another word elsewhere.
TEST(Tables, StandForOneElementEach) {
    std::map<std::string, std::string> by_element;
    for (auto const& list : lists())
        EXPECT_TRUE(by_element.emplace(list.element, list.table).second)
            << list.table << " and " << by_element[list.element] << " both stand for element " << list.element;
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
    for (auto const& list : lists())
        there.insert(list.table);
    EXPECT_EQ(used, there);
}

} // namespace
} // namespace wharf
