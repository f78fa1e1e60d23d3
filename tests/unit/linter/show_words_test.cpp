// The words beyond the grammar speak of things that the grammar has.
#include "linter/show_words.hpp"
#include "support/schemas.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace wharf::linter {
namespace {

/// The most elements a segment has in any release; -1: no release has it.
int elements_of(std::string_view segment) {
    int most = -1;
    auto const& grammars = test::schemas().grammars();
    for (auto const& release : grammars.releases())
        if (auto const* const found = grammars.dictionary(release)->segment(segment))
            most = std::max(most, static_cast<int>(found->elements.size()));
    return most;
}

bool has_element(std::string_view reference) {
    auto const& grammars = test::schemas().grammars();
    return std::ranges::any_of(grammars.releases(), [&](std::string const& release) {
        auto const dictionary = grammars.dictionary(release);
        return dictionary->element(reference) != nullptr || dictionary->composite(reference) != nullptr;
    });
}

bool is_place(std::string_view word) {
    return word.size() > 3 && elements_of(word.substr(0, word.size() - 2)) >= std::stoi(std::string(word.substr(word.size() - 2)));
}

TEST(ShowWords, every_row_speaks_of_something_there_is) {
    auto const& rows = ShowWords::get().rows();
    ASSERT_GT(rows.size(), 50u);
    std::set<std::string_view> const kinds{"name", "title", "number", "label", "line", "aside", "unit", "key", "identity", "count"};
    std::string_view before_kind, before_subject;
    for (auto const& row : rows) {
        EXPECT_TRUE(kinds.contains(row.kind)) << row.kind;
        EXPECT_FALSE(row.kind == before_kind && row.subject == before_subject) << row.kind << " " << row.subject << " twice";
        before_kind = row.kind;
        before_subject = row.subject;
        if (row.kind == "name" || row.kind == "label" || row.kind == "unit" || row.kind == "count")
            EXPECT_TRUE(has_element(row.subject) || is_place(row.subject)) << row.kind << " " << row.subject;
        else
            EXPECT_GE(elements_of(row.subject), 0) << row.kind << " " << row.subject;
        EXPECT_EQ(row.kind == "name" || row.kind == "title", !row.text.empty()) << row.subject;
        for (auto const position : row.positions)
            EXPECT_TRUE(position >= 1 && position <= elements_of(row.subject)) << row.kind << " " << row.subject;
    }
}

TEST(ShowWords, looked_up) {
    auto const& words = ShowWords::get();
    EXPECT_EQ(words.name("355"), "Unit");
    EXPECT_EQ(words.name("BIG01"), "Date of the invoice");
    EXPECT_EQ(words.name("1"), "");
    EXPECT_EQ(words.number("BEG"), 3);
    EXPECT_EQ(words.number("ZZZ"), 0);
    EXPECT_TRUE(words.is_label("98"));
    EXPECT_FALSE(words.is_label("99"));
}

} // namespace
} // namespace wharf::linter
