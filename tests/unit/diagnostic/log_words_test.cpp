// Every word in small letters that the gateway logs can be explained, and every disposition that a receipt of ours may say.
#include "diagnostic/log_words.hpp"

#include <gmock/gmock.h>
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

using ::testing::IsSupersetOf;

std::filesystem::path const root = WHARF_SOURCE_DIR;

std::string text_of(std::filesystem::path const& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::set<std::string> matches(std::string const& text, std::regex const& pattern) {
    std::set<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
        found.insert((*match)[1]);
    return found;
}

/// The words that are given to the log: the first text in a call that writes a line or a note, and the first in a Note.
std::set<std::string> words_in(std::string const& text) {
    // `log.line("serving", …`, `note(message.id, "numbered", …`, `log_rarely("as2_refused", …`, `tell("connected", …`
    static std::regex const call(R"re(\b(?:log_?(?:\.|->)line|note|note_rarely|log_rarely|tell)\(([^";{}]*?)"([a-z][a-z0-9_]*)")re");
    // `step.note = {"delivered", …`, `Note{"acknowledged", …`
    static std::regex const made(R"re((?:\bnote = |\bNote)\{"([a-z][a-z0-9_]*)")re");
    auto found = matches(text, made);
    for (std::sregex_iterator match(text.begin(), text.end(), call), end; match != end; ++match)
        found.insert((*match)[2]);
    return found;
}

std::set<std::string> words_in_sources() {
    std::set<std::string> words;
    for (auto const* const folder : {"src/gateway", "src/api", "tools/gateway"})
        for (auto const& entry : std::filesystem::directory_iterator(root / folder))
            words.merge(words_in(text_of(entry.path())));
    return words;
}

TEST(LogWords, TheScanFindsEveryFormOfCall) {
    EXPECT_EQ(words_in(R"(log.line("a", x); context.log.line("b_1", "-", fmt::format("reason={}", y)); WHARF_TRY(record.note(message.id, "c", text,
                          fmt::format("d={}", e))); context_.log_rarely("f", relation->channel, g); record.note_rarely(h, i,
                          "j", k); tell("l", entry, text); step.note = {"m", fmt::format("n")}; x ? Note{"o", p} : q; note("r", s); if (other("t")) u("v");)"),
              (std::set<std::string>{"a", "b_1", "c", "f", "j", "l", "m", "o", "r"}));
}

TEST(LogWords, EveryWordOfTheGatewayIsExplained) {
    auto const words = words_in_sources();
    EXPECT_GT(words.size(), 50u);
    for (auto const& word : words)
        EXPECT_NE(find_event(word), nullptr) << word << " is logged: explain it in src/diagnostic/log_words.cpp";
    EXPECT_THAT(words, IsSupersetOf({"transmission_failed", "connected", "fewer_connections", "delivered", "serving", "as2_refused"}));
}

TEST(LogWords, NothingIsExplainedThatIsNotLogged) {
    auto words = words_in_sources();
    words.insert("rejected"); // chosen between two texts
    words.insert("sent");
    words.insert("alarm_settled"); // an event, which is looked for by its name, too
    for (auto const& event : all_events())
        EXPECT_TRUE(words.contains(std::string(event.word))) << event.word;
}

TEST(LogWords, EveryDispositionOfOursIsExplained) {
    auto const words = matches(text_of(root / "src/transport/as2/disposition.cpp"), std::regex(R"re("([a-z]+-[a-z-]+(?:-failed|-error|-security|-relationship|-filename|-id)|[a-z]+-failed|[a-z]+-filename|unsupported [A-Za-z-]+)")re"));
    EXPECT_GT(words.size(), 10u);
    for (auto const& word : words)
        EXPECT_NE(find_disposition(word), nullptr) << word;
}

TEST(LogWords, ADispositionMayStandAroundItsWord) {
    auto const* const entry = find_disposition("authentication-failed");
    ASSERT_NE(entry, nullptr);
    for (auto const* const text : {"processed/error: authentication-failed", "automatic-action/MDN-sent-automatically; processed/Error:Authentication-Failed ", "error: authentication-failed"})
        EXPECT_EQ(find_disposition(text), entry) << text;
    EXPECT_NE(find_disposition("failed/Failure: unsupported MIC-algorithms"), nullptr);
    for (auto const* const text : {"", "processed", "processed/error:", "no-such-word"})
        EXPECT_EQ(find_disposition(text), nullptr) << text;
}

TEST(LogWords, AreSortedAndSayWhatToDo) {
    for (auto const list : {all_events(), all_dispositions()}) {
        EXPECT_TRUE(std::ranges::is_sorted(list, {}, &AlarmEntry::word));
        EXPECT_EQ(std::ranges::adjacent_find(list, {}, &AlarmEntry::word), list.end());
        for (auto const& entry : list) {
            EXPECT_TRUE(entry.meaning.ends_with('.')) << entry.word;
            EXPECT_TRUE(entry.to_do.ends_with('.')) << entry.word;
        }
    }
}

} // namespace
} // namespace wharf
