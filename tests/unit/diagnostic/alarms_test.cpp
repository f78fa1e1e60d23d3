// Every word in capitals that the gateway says can be explained.
#include "diagnostic/alarms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace wharf {
namespace {

/// Texts in capitals with an underscore in the sources of the gateway, but for names of environment variables.
std::set<std::string> words_in_sources() {
    std::set<std::string> words;
    std::regex const literal(R"re("([A-Z][A-Z0-9]*(_[A-Z0-9]+)+)")re");
    for (auto const& entry : std::filesystem::directory_iterator(std::filesystem::path(WHARF_SOURCE_DIR) / "src/gateway")) {
        std::ifstream file(entry.path());
        std::string const text((std::istreambuf_iterator<char>(file)), {});
        for (std::sregex_iterator match(text.begin(), text.end(), literal), end; match != end; ++match)
            words.insert((*match)[1]);
    }
    std::erase_if(words, [](auto const& word) { return word.starts_with("WHARF_") || word.starts_with("SSH_"); });
    return words;
}

TEST(Alarms, EveryWordOfTheGatewayIsExplained) {
    auto const words = words_in_sources();
    EXPECT_GT(words.size(), 25u);
    for (auto const& word : words)
        EXPECT_TRUE(find_alarm(word) != nullptr || find_code_by_name(word)) << word;
}

TEST(Alarms, AreSortedAndSayWhatToDo) {
    EXPECT_TRUE(std::ranges::is_sorted(all_alarms(), {}, &AlarmEntry::word));
    for (auto const& alarm : all_alarms()) {
        EXPECT_TRUE(alarm.meaning.ends_with('.')) << alarm.word;
        EXPECT_TRUE(alarm.to_do.ends_with('.')) << alarm.word;
    }
    EXPECT_EQ(find_alarm("AS2_NEVER"), nullptr);
    EXPECT_EQ(find_alarm("DUPLICATE_SHIP_NOTICE"), find_alarm("DUPLICATE_DOCUMENT"));
}

TEST(Alarms, NamesOfFindingsAreWordsToo) {
    auto const entry = find_code_by_name("CODE_NOT_IN_LIST");
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->name, "code-not-in-list");
    EXPECT_FALSE(find_code_by_name("NO_SUCH_NAME"));
}

} // namespace
} // namespace wharf
