#include "grammar/near_miss.hpp"

#include "grammar/dictionary.hpp"
#include "grammar/frequent_codes.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

/// The codes that are offered, in order, without their names.
std::string offered(std::string_view element, std::string_view value) {
    static auto const grammars = *Grammars::open();
    static auto const dictionary = grammars->dictionary("004010");
    auto const text = suggest_codes(*dictionary->codes(element), value, element);
    std::string codes;
    for (auto at = text.find("mean "); at != std::string::npos && at + 2 < text.size(); at = text.find(", ", at + 1)) {
        auto const begin = at + (codes.empty() ? 5 : 2);
        auto const end = text.find_first_of(" ,?", begin);
        auto const word = text.substr(begin, end - begin);
        if (std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; })) // names have commas too
            codes += (codes.empty() ? "" : " ") + word;
    }
    return codes;
}

TEST(SuggestCodes, WhatMostDocumentsUseComesFirst) {
    EXPECT_EQ(offered("355", "XE"), "EA BX EX") << "a frequent code with one of its letters before a rare one with both";
    EXPECT_EQ(offered("355", "E ").substr(0, 2), "EA");
    EXPECT_EQ(offered("355", "C-").substr(0, 2), "CA");
    EXPECT_EQ(offered("98", "S-").substr(0, 2), "ST");
    EXPECT_EQ(offered("355", "XX"), "") << "a placeholder is near to nothing";
}

TEST(SuggestCodes, ByName) {
    EXPECT_EQ(offered("355", "EACH").substr(0, 2), "EA");
    EXPECT_EQ(offered("355", "CASES").substr(0, 2), "CA");
    EXPECT_EQ(offered("98", "SHIP").substr(0, 5), "ST SF");
    EXPECT_EQ(offered("355", "QQQQ"), "");
}

TEST(SuggestCodes, TheSameToTheEyeAlone) {
    EXPECT_EQ(offered("355", "ea"), "EA");
    EXPECT_EQ(offered("374", "OO2"), "002");
}

TEST(SuggestCodes, FrequentCodesAreCodes) {
    auto const grammars = *Grammars::open();
    auto const dictionary = grammars->dictionary("005010");
    for (auto const element : {"66", "92", "98", "128", "146", "235", "248", "333", "336", "349", "353", "355", "365", "366", "374", "668", "735"}) {
        unsigned frequent = 0;
        for (auto const& [code, name] : dictionary->codes(element)->all())
            frequent += frequency_rank(element, code) != not_frequent;
        EXPECT_GE(frequent, 3u) << element;
    }
    EXPECT_EQ(frequency_rank("355", "EA"), 0u);
    EXPECT_EQ(frequency_rank("355", "E"), not_frequent);
    EXPECT_EQ(frequency_rank("9999", "EA"), not_frequent);
}

TEST(WhyNoDate, SaysWhatIsWrong) {
    EXPECT_EQ(why_no_date("20250230"), "February 2025 has 28 days.");
    EXPECT_EQ(why_no_date("20240230"), "February 2024 has 29 days.");
    EXPECT_EQ(why_no_date("20250632"), "June 2025 has 30 days.");
    EXPECT_EQ(why_no_date("20251301"), "There is no month 13.");
    EXPECT_EQ(why_no_date("2025021"), "");
    EXPECT_EQ(why_no_date("2025O101"), "");
}

} // namespace
} // namespace wharf::grammar
