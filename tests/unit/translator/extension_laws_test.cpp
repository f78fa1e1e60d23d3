// What no line reads survives: generated transaction sets are read by maps that read next to nothing, so that nearly all
// of a set lies in `extensions`. It comes back to its places, and stays with its line when lines are inserted, deleted
// and swapped.
#include "translator_fixture.hpp"

#include "document_generator.hpp"

#include <algorithm>
#include <iostream>
#include <random>

namespace wharf::translator {
namespace {

using namespace test;

struct Thin {
    char const* set;
    char const* lines; // the segment of a line
    char const* head;  // lines of the map for what the schema requires
    char const* kind;
    unsigned wanted = 60; // of 300 sets
};
void PrintTo(Thin const& thin, std::ostream* out) {
    *out << thin.set;
}

class ExtensionLaws : public ::testing::TestWithParam<Thin> {};

void renumber(json::Value& document) {
    std::int64_t position = 0;
    for (auto& line : document.find("lines")->items())
        line.set("position", json::Value::integer(++position));
}

TEST_P(ExtensionLaws, they_survive_insertion_deletion_and_swapping_of_lines) {
    auto const& thin = GetParam();
    auto const full = shipped_translator(thin.set);
    ASSERT_NE(full, nullptr);
    auto const source = memory({{"t/thin.map", fmt::format("translator t/thin\ndocument {} 1\nformat x12 {} 004010\n{}"
                                                           "lines[]  each {}\n  position  read = $index\n",
                                                           thin.kind, thin.set, thin.head, thin.lines)}});
    auto const map = compiled(*source, "t/thin", schemas().get("004010", thin.set));
    ASSERT_NE(map, nullptr);
    unsigned returned = 0, edited = 0;
    std::uint64_t elements = 0, kept = 0;
    std::map<std::string, unsigned> said;
    auto const silent = [&](Diagnostics const& found) {
        if (found.empty()) return true;
        ++said[found.front().code + " " + found.front().message.substr(0, 90)];
        return false;
    };
    for (unsigned seed = 1; seed <= 300; ++seed) {
        auto const whole = full->write(DocumentGenerator(plan_of(*full), seed).document(), {});
        if (!whole.diagnostics.empty()) continue;
        auto const text = to_text(whole.body);
        auto const reading = read_body(thin.set, text, map);
        ASSERT_TRUE(reading.outcome.ok()) << "seed " << seed << ": " << texts(reading.outcome.diagnostics) << text;
        elements += reading.outcome.elements;
        kept += reading.outcome.extended;
        auto document = reading.value();
        auto const back = map->write(document, {});
        if (!silent(back.diagnostics)) continue;
        ASSERT_EQ(to_text(back.body), text) << "seed " << seed;
        ++returned;
        // as a program would edit it
        std::mt19937 random(seed);
        auto& lines = document.find("lines")->items();
        std::ranges::shuffle(lines, random);
        if (lines.size() > 1) lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(random() % lines.size()));
        if (!lines.empty()) lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(random() % (lines.size() + 1)), lines.front());
        renumber(document);
        auto const written = map->write(document, {});
        if (!silent(written.diagnostics)) continue;
        auto const again = read_body(thin.set, to_text(written.body), map);
        ASSERT_TRUE(again.outcome.ok()) << "seed " << seed << ": " << texts(again.outcome.diagnostics) << to_text(written.body);
        ASSERT_EQ(json::to_pretty_text(business(again.value())), json::to_pretty_text(business(document)))
            << "seed " << seed << ": " << to_text(written.body);
        ++edited;
    }
    std::string reasons;
    for (auto const& [reason, count] : said)
        reasons += fmt::format("  {} x {}\n", count, reason);
    std::cout << thin.set << ": " << returned << " sets came back, " << edited << " edited; " << kept << " of " << elements
              << " elements in extensions\n"
              << reasons;
    EXPECT_GE(edited, thin.wanted) << reasons;
    EXPECT_GT(kept * 2, elements) << "the law is about extensions";
}

INSTANTIATE_TEST_SUITE_P(
    Sets, ExtensionLaws,
    ::testing::Values(Thin{"850", "PO1", "number BEG03\npurpose BEG01 code purpose\n", "purchase_order"},
                      Thin{"855", "PO1", "order_number BAK03\npurpose BAK01 code purpose\n", "purchase_order_acknowledgment"},
                      Thin{"860", "POC", "number BCH03\npurpose BCH01 code purpose\n", "purchase_order_change"},
                      Thin{"865", "POC", "order_number BCA03\npurpose BCA01 code purpose\n", "purchase_order_change_acknowledgment"},
                      Thin{"810", "IT1", "number BIG02\n", "invoice"},
                      Thin{"880", "G17", "number G0102\n", "invoice"},
                      Thin{"875", "G68", "number G5003\npurpose G5001 code purpose\n", "purchase_order"}),
    [](auto const& test_info) { return std::string("Set") + test_info.param.set; });

} // namespace
} // namespace wharf::translator
