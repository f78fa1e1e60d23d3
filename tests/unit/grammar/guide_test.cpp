// Guides read whole: the shipped examples, what they become, and the effective text that says the same.
#include "diagnostic/render.hpp"
#include "grammar/guide.hpp"
#include "grammar/guide_effective.hpp"
#include "support/guide_text.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

using test::dump;
using test::grammars;

std::shared_ptr<Guide const> load(std::string const& name) {
    auto const guide = load_guide(WHARF_SOURCE_DIR "/guides/" + name, grammars());
    EXPECT_TRUE(guide) << (guide ? "" : render_text(guide.error()));
    return guide ? *guide : nullptr;
}

NarrowedRow const* row_of(std::vector<NarrowedRow> const& rows, std::string_view segment, std::string_view qualifier) {
    for (auto const& row : rows)
        if (row.row->segment == segment &&
            (qualifier.empty() ? row.qualifiers.empty()
                               : !row.qualifiers.empty() && row.qualifiers.front().values.front() == qualifier))
            return &row;
    return nullptr;
}

void reads_back_equal(Guide const& guide) {
    auto const text = guide.effective_text();
    auto const again = read_guide(text, "effective", {}, grammars());
    ASSERT_TRUE(again) << render_text(again.error()) << text;
    EXPECT_EQ(dump(guide.narrowed()), dump((*again)->narrowed())) << text;
    EXPECT_EQ(guide.answers(), (*again)->answers());
    EXPECT_EQ(guide.deviations().size(), (*again)->deviations().size()) << render_text((*again)->deviations());
}

TEST(Guide, every_shipped_guide_loads_and_its_effective_text_reads_back_equal) {
    unsigned guides = 0;
    for (auto const& entry : std::filesystem::directory_iterator(WHARF_SOURCE_DIR "/guides")) {
        if (entry.path().filename() == "harbour-common.guide") continue;
        ++guides;
        auto const guide = load(entry.path().filename().string());
        ASSERT_TRUE(guide) << entry.path();
        reads_back_equal(*guide);
        EXPECT_TRUE(guide->deviations().empty()) << render_text(guide->deviations());
        EXPECT_FALSE(guide_for_people(*guide).empty());
    }
    EXPECT_GE(guides, 3u);
}

TEST(Guide, what_it_is_for) {
    auto const guide = load("harbour-850.guide");
    ASSERT_TRUE(guide);
    EXPECT_EQ(guide->name(), "harbour-850");
    EXPECT_EQ(guide->title(), "Harbour Home Stores: purchase orders to suppliers");
    EXPECT_EQ(guide->set_id(), "850");
    EXPECT_EQ(guide->release(), "004010");
    EXPECT_EQ(guide->answers(), (std::vector<std::string>{"004010", "004010VICS"}));
    EXPECT_TRUE(guide->is_for("850", "004010VICS"));
    EXPECT_FALSE(guide->is_for("850", "005010"));
    EXPECT_FALSE(guide->is_for("855", "004010"));
    EXPECT_EQ(guide->narrowed().guide_name, "harbour-850");
    EXPECT_EQ(guide->narrowed().unlisted, Unlisted::report); // of the guide it extends
}

TEST(Guide, rows_of_the_whole_set_with_variants) {
    auto const guide = load("harbour-850.guide");
    ASSERT_TRUE(guide);
    auto const& set = guide->narrowed();
    auto const& original = *set.set;
    std::size_t places = 0;
    for (std::size_t i = 0; i < set.rows.size(); ++i)
        places += i == 0 || set.rows[i].place != set.rows[i - 1].place;
    EXPECT_EQ(places, original.rows.size()); // every row of the grammar is there

    auto const* number = row_of(set.rows, "REF", "IA");
    auto const* department = row_of(set.rows, "REF", "DP");
    auto const* others = row_of(set.rows, "REF", "");
    ASSERT_TRUE(number && department && others);
    EXPECT_EQ(number->place, others->place);
    EXPECT_EQ(number->qualifiers.front().element, 1);
    EXPECT_TRUE(number->mandatory);
    EXPECT_EQ(number->min, 1u);
    EXPECT_EQ(number->max, 1u);
    EXPECT_EQ(number->place_max, 0u);
    EXPECT_EQ(number->name, "Harbour's number for the supplier");
    ASSERT_EQ(number->elements.size(), 1u);
    EXPECT_TRUE(number->elements.front().rule.digits);
    EXPECT_EQ(number->elements.front().rule.lengths, (std::pair{5u, 5u}));
    EXPECT_TRUE(department->mandatory); // O in the guide it extends
    EXPECT_EQ(department->earlier.size(), 1u);
    EXPECT_EQ(others->use, Use::must_not);
    EXPECT_EQ(row_of(set.rows, "FOB", "")->use, Use::grammar);

    auto const* ship_to = row_of(set.rows, "N1", "ST");
    ASSERT_TRUE(ship_to);
    EXPECT_EQ(ship_to->rules.size(), 2u);
    EXPECT_EQ(ship_to->rows.size(), row_of(set.rows, "N1", "")->rows.size());
    EXPECT_EQ(ship_to->rules.front().effects.front().rule.is, ValueKind::gln);

    auto const* line = row_of(set.rows, "PO1", "");
    ASSERT_TRUE(line);
    ASSERT_EQ(line->pairs.size(), 4u);
    EXPECT_EQ(line->pairs.front().qualifier, "UP");
    EXPECT_EQ(line->pairs.back().rule.use, Use::must_not);
    auto const* discount = row_of(line->rows, "SAC", "A");
    ASSERT_TRUE(discount);
    ASSERT_EQ(discount->qualifiers.size(), 2u);
    EXPECT_EQ(discount->qualifiers.back().element, 2);
    EXPECT_EQ(discount->qualifiers.back().values, std::vector<std::string>{"C310"});
    ASSERT_EQ(set.rules.size(), 3u);
    EXPECT_EQ(set.rules[1].kind, Rule::Kind::order);
    EXPECT_EQ(set.rules[1].values, (std::vector<std::string>{"BY", "ST"}));
}

TEST(Guide, levels_are_variants_of_the_HL_loop) {
    auto const guide = load("harbour-856.guide");
    ASSERT_TRUE(guide);
    auto const& levels = guide->narrowed().levels;
    ASSERT_EQ(levels.levels.size(), 4u);
    EXPECT_EQ(levels.levels[3].under, (std::vector<std::string>{"O", "P"}));
    EXPECT_EQ(levels.count_from, 1u);
    EXPECT_TRUE(levels.parent_required);
    EXPECT_TRUE(levels.child_unused);
    auto const* carton = row_of(guide->narrowed().rows, "HL", "P");
    ASSERT_TRUE(carton);
    EXPECT_EQ(carton->qualifiers.front().element, 3);
    EXPECT_EQ(carton->name, "Carton");
    EXPECT_TRUE(row_of(carton->rows, "MAN", "GM")->mandatory);
    EXPECT_EQ(row_of(guide->narrowed().rows, "HL", "")->use, Use::must_not);
}

TEST(Guide, a_set_of_another_release_than_the_interchange_says) {
    auto const guide = read_guide("guide demo \"Demo\"\nnarrows 753 of 004030\nanswers 004010\nheading\n  BGN  M 1\n",
                                  "demo.guide", {}, grammars());
    ASSERT_TRUE(guide) << render_text(guide.error());
    EXPECT_EQ((*guide)->release(), "004030");
    EXPECT_TRUE((*guide)->is_for("753", "004010"));
    EXPECT_FALSE((*guide)->is_for("753", "004030"));
}

TEST(Guide, the_second_place_of_a_name) {
    auto const guide = test::read("guide demo \"Demo\"\nnarrows 832 of 005050\ndetail\n  loop LIN  O >1\n    loop CTP  O >1\n"
                                  "      loop N1#2  O 1\n");
    ASSERT_TRUE(guide) << render_text(guide.error());
    reads_back_equal(**guide);
}

TEST(Guide, beyond_the_standard) {
    auto const guide = test::read_850("heading\n"
                                      "  BEG  M 1\n"
                                      "    beyond BEG05  O\n"
                                      "    BEG02  M  codes SA ZQ  beyond codes ZQ\n"
                                      "    BEG03  M  beyond 1/40\n"
                                      "  beyond ACK  O 2\n"
                                      "    ACK01  M  codes IA\n"
                                      "  CUR  O beyond 3\n"
                                      "  beyond REF [QQQ]  O 1\n"
                                      "  REF  -\n"
                                      "detail\n"
                                      "  loop PO1  M 500\n"
                                      "    beyond <QQ>  O\n"
                                      "    beyond loop IT1  O 5\n"
                                      "      beyond QTY  O 2\n");
    ASSERT_TRUE(guide) << render_text(guide.error());
    EXPECT_EQ((*guide)->deviations().size(), 9u) << render_text((*guide)->deviations());
    for (auto const& finding : (*guide)->deviations()) {
        EXPECT_EQ(finding.code, "GUIDE-0050");
        EXPECT_EQ(finding.severity, Severity::warning);
    }
    auto const& set = (*guide)->narrowed();
    EXPECT_EQ(set.extra_rows.size(), 3u);
    auto const* extra = row_of(set.rows, "ACK", "");
    ASSERT_TRUE(extra);
    EXPECT_EQ((extra - 1)->row->segment, "BEG");
    EXPECT_EQ(extra->max, 2u);
    auto const* foreign = row_of(set.rows, "REF", "QQQ");
    ASSERT_TRUE(foreign);
    EXPECT_EQ(foreign->elements.front().rule.beyond_codes, std::vector<std::string>{"QQQ"});
    reads_back_equal(**guide);
}

/// The blocks marked `guide` in docs/guides.md; those without a head narrow 850 of 004010.
TEST(Guide, examples_of_the_manual) {
    std::ifstream in(WHARF_SOURCE_DIR "/docs/guides.md");
    std::string line;
    unsigned examples = 0;
    while (std::getline(in, line)) {
        if (line != "```guide") continue;
        std::string text;
        while (std::getline(in, line) && line != "```")
            text += line + "\n";
        ++examples;
        auto const guide = text.starts_with("guide ") ? test::read(text) : test::read_850(text);
        EXPECT_TRUE(guide) << text << (guide ? "" : render_text(guide.error()));
        if (!guide) continue;
        reads_back_equal(**guide);
        EXPECT_EQ((*guide)->deviations().empty(), text.find("beyond") == std::string::npos) << text;
    }
    EXPECT_GE(examples, 8u);
}

} // namespace
} // namespace wharf::grammar
