// What the shipped files say, read through the Dictionary, against the tables of the standard they were made from: every
// release, every row, no difference. The tables are not part of the repository: their folder is named by WHARF_FACTS or
// stands beside the checkout; without it the test is skipped.
#include "grammar/dictionary.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace wharf::grammar;
using Record = std::map<std::string, std::string>;

std::optional<fs::path> facts_folder() {
    auto const* const named = std::getenv("WHARF_FACTS");
    fs::path const folder = named != nullptr ? fs::path(named) : fs::path(WHARF_SOURCE_DIR) / "../shared/x12-facts";
    if (!fs::exists(folder / "envelope.csv"))
        return std::nullopt;
    return folder;
}

std::vector<std::string> cells(std::string const& line) {
    std::vector<std::string> result(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            result.back() += line[++i];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            result.emplace_back();
        else
            result.back() += line[i];
    }
    return result;
}

std::vector<Record> table(fs::path const& path) {
    std::ifstream in(path);
    EXPECT_TRUE(in) << path;
    std::string line;
    std::getline(in, line);
    auto const names = cells(line);
    std::vector<Record> records;
    while (std::getline(in, line)) {
        auto const values = cells(line);
        auto& record = records.emplace_back();
        for (std::size_t i = 0; i < names.size(); ++i)
            record[names[i]] = values.at(i);
    }
    return records;
}

std::string count_text(std::uint32_t count) { return count == 0 ? ">1" : std::to_string(count); }

/// One line a row, with the loops around it: "D PO1/N1 N3 O 2".
void flatten(std::vector<SetRow> const& rows, std::string const& path, std::vector<std::string>& lines) {
    for (auto const& row : rows) {
        auto const inner = row.is_loop ? path + "/" + row.segment : path;
        lines.push_back(fmt::format("{} {} {} {} {}", "HDS"[static_cast<int>(row.area)], inner, row.segment,
                                    row.mandatory ? "M" : "O", count_text(row.max)) +
                        (row.is_loop ? " loop" : ""));
        flatten(row.rows, inner, lines);
    }
}

std::string without_numbers(std::string path) {
    for (auto at = path.find('#'); at != std::string::npos; at = path.find('#'))
        path.erase(at, 2);
    return path.empty() ? path : "/" + path;
}

std::string notes_text(std::vector<SyntaxNote> const& notes) {
    std::string text;
    for (auto const& note : notes)
        text += (text.empty() ? "" : " ") + note.text();
    return text;
}

bool is_conditional(std::vector<SyntaxNote> const& notes, std::uint8_t position) {
    return std::ranges::any_of(notes, [&](SyntaxNote const& note) {
        auto const at = std::ranges::find(note.positions, position);
        if (at == note.positions.end())
            return false;
        return (note.kind != 'C' && note.kind != 'L') || at != note.positions.begin();
    });
}

class GrammarFacts : public testing::Test {
protected:
    void SetUp() override {
        folder_ = facts_folder();
        if (!folder_)
            GTEST_SKIP() << "no tables: set WHARF_FACTS to their folder";
        auto opened = Grammars::open();
        ASSERT_TRUE(opened.has_value());
        grammars_ = *opened;
    }
    template <class Use> void for_each_release(Use use) {
        for (auto const& release : grammars_->releases()) {
            SCOPED_TRACE(release);
            auto const dictionary = grammars_->dictionary(release);
            ASSERT_NE(dictionary, nullptr);
            use(*dictionary, *folder_ / release);
        }
    }
    /// The newest wording of a name that changed.
    std::map<std::string, std::string> newest(std::string const& file, std::string const& key, std::string const& value) {
        std::map<std::string, std::string> names;
        for (auto const& release : grammars_->releases())
            for (auto& record : table(*folder_ / release / file))
                if (!record[value].empty())
                    names[record[key]] = record[value];
        return names;
    }
    std::optional<fs::path> folder_;
    std::shared_ptr<Grammars const> grammars_;
};

TEST_F(GrammarFacts, ListsExactlyTheReleasesOfTheTables) {
    std::vector<std::string> folders;
    for (auto const& entry : fs::directory_iterator(*folder_))
        if (entry.is_directory())
            folders.push_back(entry.path().filename().string());
    std::ranges::sort(folders);
    EXPECT_EQ(grammars_->releases(), folders);
}

TEST_F(GrammarFacts, SetsHaveTheSameRowsNestingRequirementAndCounts) {
    std::size_t pairs = 0;
    std::size_t rows = 0;
    auto const titles = newest("set_index.csv", "set", "title");
    for_each_release([&](Dictionary const& dictionary, fs::path const& folder) {
        std::map<std::string, std::vector<std::string>> expected;
        for (auto& row : table(folder / "sets.csv")) {
            bool const is_loop = !row["loop_max"].empty();
            expected[row["set"]].push_back(fmt::format("{} {} {} {} {}", row["area"], without_numbers(row["loop"]), row["seg"],
                                                       row["req"], is_loop ? row["loop_max"] : row["max"]) +
                                           (is_loop ? " loop" : ""));
        }
        std::vector<std::string> ids;
        for (auto& record : table(folder / "set_index.csv")) {
            auto const id = record["set"];
            ids.push_back(id);
            auto const* const set = dictionary.set(id);
            ASSERT_NE(set, nullptr) << id;
            EXPECT_EQ(set->group, record["group"]);
            EXPECT_EQ(set->name, titles.at(id));
            EXPECT_EQ(set->release, dictionary.release());
            std::vector<std::string> lines;
            flatten(set->rows, "", lines);
            EXPECT_EQ(lines, expected[id]) << id;
            ++pairs;
            rows += lines.size();
        }
        std::ranges::sort(ids);
        EXPECT_EQ(dictionary.sets(), ids);
    });
    EXPECT_EQ(pairs, 447u);
    EXPECT_EQ(rows, 28234u);
}

TEST_F(GrammarFacts, SetsStateThePositionsThatAreKnownForTheRelease) {
    // where the tables have a position read from a published guide, for 850, 855, 856 and 810
    auto const dictionary = grammars_->dictionary("004010");
    std::map<std::string, std::vector<std::string>> expected;
    for (auto& row : table(*folder_ / "004010" / "sets.csv"))
        expected[row["set"]].push_back(row["pos_src"] == "s" ? row["pos"] : "");
    for (auto const id : {"850", "855", "856", "810", "997"}) {
        std::vector<std::string> found;
        auto const collect = [&](auto const& self, std::vector<SetRow> const& rows) -> void {
            for (auto const& row : rows) {
                found.push_back(row.position);
                self(self, row.rows);
            }
        };
        collect(collect, dictionary->set(id)->rows);
        ASSERT_EQ(found.size(), expected[id].size());
        for (std::size_t i = 0; i < found.size(); ++i)
            if (!expected[id][i].empty()) {
                EXPECT_EQ(found[i], expected[id][i]) << id << " row " << i;
            }
    }
}

TEST_F(GrammarFacts, SegmentsHaveTheSameElementsAndNotes) {
    std::size_t count = 0;
    auto const names = newest("segment_index.csv", "seg", "name");
    for_each_release([&](Dictionary const& dictionary, fs::path const& folder) {
        std::map<std::string, std::vector<Record>> elements;
        for (auto& row : table(folder / "segments.csv"))
            elements[row["seg"]].push_back(row);
        for (auto& record : table(folder / "segment_index.csv")) {
            auto const id = record["seg"];
            auto const* const segment = dictionary.segment(id);
            ASSERT_NE(segment, nullptr) << id;
            EXPECT_EQ(segment->name, names.at(id));
            EXPECT_EQ(notes_text(segment->notes), record["notes"]) << id;
            auto& expected = elements[id];
            ASSERT_EQ(segment->elements.size(), expected.size()) << id;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                auto const& use = segment->elements[i];
                auto const requirement = use.mandatory                             ? "M"
                                         : is_conditional(segment->notes, use.position) ? "X"
                                                                                   : "O";
                EXPECT_EQ(fmt::format("{} {} {} {}", use.position, use.reference, requirement, count_text(use.max_repeat)),
                          fmt::format("{} {} {} {}", expected[i]["pos"], expected[i]["ref"], expected[i]["req"], expected[i]["rep"]))
                    << id;
            }
            ++count;
        }
    });
    EXPECT_EQ(count, 3807u);
}

TEST_F(GrammarFacts, ElementsAndCompositesAreTheSame) {
    std::size_t count = 0;
    auto const names = newest("elements.csv", "elem", "name");
    for_each_release([&](Dictionary const& dictionary, fs::path const& folder) {
        for (auto& record : table(folder / "elements.csv")) {
            auto const* const element = dictionary.element(record["elem"]);
            ASSERT_NE(element, nullptr) << record["elem"];
            EXPECT_EQ(fmt::format("{} {} {}/{}", element->number, element->type, element->min, element->max),
                      fmt::format("{} {} {}/{}", record["elem"], record["type"], record["min"],
                                  std::min(std::stoull(record["max"]), 0xffffffffull)));
            EXPECT_EQ(element->name, names.at(record["elem"]));
            ++count;
        }
        std::map<std::string, std::string> components;
        for (auto& row : table(folder / "composites.csv"))
            components[row["comp"]] += fmt::format("{} {} {},", row["pos"], row["elem"], row["req"]);
        for (auto& record : table(folder / "composite_index.csv")) {
            auto const* const composite = dictionary.composite(record["comp"]);
            ASSERT_NE(composite, nullptr) << record["comp"];
            EXPECT_EQ(notes_text(composite->notes), record["notes"]);
            std::string text;
            for (auto const& use : composite->components)
                text += fmt::format("{} {} {},", use.position, use.reference,
                                    use.mandatory                                     ? "M"
                                    : is_conditional(composite->notes, use.position) ? "X"
                                                                                      : "O");
            EXPECT_EQ(text, components[record["comp"]]) << record["comp"];
        }
    });
    EXPECT_EQ(count, 8232u);
}

TEST_F(GrammarFacts, CodeListsHoldTheSameCodes) {
    std::size_t count = 0;
    std::map<std::pair<std::string, std::string>, std::string> meanings;
    for (auto const& release : grammars_->releases())
        for (auto& row : table(*folder_ / release / "codes.csv"))
            if (!row["meaning"].empty())
                meanings[{row["elem"], row["code"]}] = row["meaning"];
    for_each_release([&](Dictionary const& dictionary, fs::path const& folder) {
        std::map<std::string, std::set<std::string>> lists;
        for (auto& row : table(folder / "codes.csv"))
            lists[row["elem"]].insert(row["code"]);
        for (auto& record : table(folder / "elements.csv")) {
            auto const element = record["elem"];
            auto const* const codes = dictionary.codes(element);
            auto const& expected = lists[element];
            if (expected.empty()) {
                EXPECT_EQ(codes, nullptr) << element;
                continue;
            }
            ASSERT_NE(codes, nullptr) << element;
            EXPECT_EQ(codes->size(), expected.size()) << element;
            for (auto const& [code, meaning] : codes->all())
                EXPECT_TRUE(expected.contains(std::string(code))) << element << " " << code;
            for (auto const& code : expected) {
                auto const found = codes->find(code);
                ASSERT_TRUE(found.has_value()) << element << " " << code;
                auto const known = meanings.find({element, code});
                EXPECT_EQ(*found, known == meanings.end() ? std::string() : known->second);
                EXPECT_FALSE(codes->find(code + "~").has_value());
            }
            count += expected.size();
        }
    });
    EXPECT_EQ(count, 359879u);
}

TEST_F(GrammarFacts, TheEnvelopeIsTheSame) {
    std::vector<std::string> expected;
    for (auto& row : table(*folder_ / "envelope.csv")) {
        bool const is_loop = !row["loop_max"].empty();
        auto const path = row["loop"].empty() ? std::string() : "/" + row["loop"];
        expected.push_back(fmt::format("H {} {} {} {}", path, row["seg"], row["req"], is_loop ? row["loop_max"] : row["max"]) +
                           (is_loop ? " loop" : ""));
    }
    std::vector<std::string> lines;
    flatten(grammars_->dictionary("004010")->envelope(), "", lines);
    EXPECT_EQ(lines, expected);
}

} // namespace
