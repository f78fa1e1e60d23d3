// Files of other projects (WHARF_SAMPLES, or ../shared/samples beside the checkout; skipped when absent). The files are
// not ours and not stored here; the JSON we make of them is, and was reviewed against them by hand.
#include "golden/golden_support.hpp"

#include "document/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

namespace wharf::golden {
namespace {

std::filesystem::path const goldens = WHARF_SOURCE_DIR "/tests/golden/samples";

/// Reviewed by hand. All MIT or Apache-2.0. Some break a rule of the standard (a state of five letters, an ISA of the
/// wrong width): what they say is mapped all the same.
constexpr char const* reviewed[] = {
    "850/EDI.Net__x12.850.edi",
    "850/EDI.Net__x12.850a.edi",
    "850/node-x12__850_2.edi",
    "850/node-x12__850_3.edi",
    "850/node-x12__850_fat.edi",
    "850/node-x12__test--test-data-850.edi",
    "850/vscode-edi-support__850.x12",
    "855/node-x12__test--test-data-855.edi",
    "855/staedi__multi-tx-transaction-type.edi",
    "856/node-x12__test--test-data-856.edi",
    "810/EDI.Net__x12.810a.edi",
    "810/EDI.Net__x12.810b.edi",
    "810/EDI.Net__x12.810c.edi",
    "810/staedi__simple810.edi",
};

class Sample : public testing::TestWithParam<char const*> {};

TEST_P(Sample, ReadsAsItsReviewedJson) {
    auto const folder = samples_folder();
    if (!folder) GTEST_SKIP() << "no sample files";
    auto const sets = translate(read_file(*folder / GetParam()), GetParam(), FaultySets::translate);
    ASSERT_FALSE(sets.empty());
    std::uint64_t elements = 0, extended = 0;
    for (auto const& set : sets) {
        ASSERT_TRUE(set.ok()) << set.faults();
        elements += set.elements;
        extended += set.extended;
    }
    EXPECT_LE(extended * 20, elements) << extended << " of " << elements << " elements in extensions";
    expect_golden(goldens / (std::filesystem::path(GetParam()).stem().string() + ".json"), pretty(sets));
}

std::string name_of(testing::TestParamInfo<char const*> const& test_info) {
    auto name = std::filesystem::path(test_info.param).stem().string();
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(Reviewed, Sample, testing::ValuesIn(reviewed), name_of);

struct Row {
    std::string file, sets, versions, judgement;
};

std::vector<std::string> cells(std::string const& line) {
    std::vector<std::string> found(1);
    bool quoted = false;
    for (char const c : line) {
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            found.emplace_back();
        else
            found.back() += c;
    }
    return found;
}

std::vector<Row> manifest(std::filesystem::path const& folder) {
    std::vector<Row> rows;
    auto const text = read_file(folder / "manifest.csv");
    std::size_t begin = text.find('\n') + 1;
    while (begin < text.size()) {
        auto const end = std::min(text.find('\n', begin), text.size());
        auto const row = cells(text.substr(begin, end - begin));
        if (row.size() > 12) rows.push_back({row[0], row[4], row[5], row[12]});
        begin = end + 1;
    }
    return rows;
}

bool is_ours(Row const& row) {
    return row.sets.starts_with("850") || row.sets.starts_with("855") || row.sets.starts_with("856") ||
           row.sets.starts_with("810");
}

/// Files judged valid that are not translated, each with the reason.
std::map<std::string, std::string> const known{
    {"810/bots-plugins__810_3.x12",
     "IT102 and IT103 without IT104 in 122 lines: syntax note P020304 of IT1 asks for all three or none"},
    {"855/node-x12__test--test-data-855.edi", "REF01 is ZZZ, which is not a code of element 128 in 004010"},
};

TEST(Samples, AtLeastNineInTenOfTheValidFilesTranslate) {
    auto const folder = samples_folder();
    if (!folder) GTEST_SKIP() << "no sample files";
    std::size_t all = 0, good = 0;
    for (auto const& row : manifest(*folder)) {
        if (row.judgement != "valid" || !is_ours(row) || !row.versions.starts_with("004010")) continue;
        ++all;
        auto const sets = translate(read_file(*folder / row.file), row.file);
        std::string faults;
        for (auto const& set : sets) {
            faults += set.faults();
            if (set.ok())
                for (auto const& finding : document::check(*json::parse(set.json)))
                    faults += finding.message + "\n";
            else if (faults.empty())
                faults = "not translated\n";
        }
        good += !sets.empty() && faults.empty();
        EXPECT_EQ(known.contains(row.file), !faults.empty()) << row.file << "\n" << faults;
    }
    std::cout << good << " of " << all << " valid files translate\n";
    EXPECT_GE(all, 25u);
    EXPECT_GE(good * 10, all * 9);
}

/// Files with repeated elements, which maps cannot take apart: what was read with a repetition separator is refused.
std::set<std::string> const repeated{"999/staedi__simple999.edi"};

// R(W(R(x))) = R(x), for every set of every file that can be mapped at all; where writing refuses, it says why.
TEST(Samples, WhatIsWrittenReadsTheSame) {
    auto const folder = samples_folder();
    if (!folder) GTEST_SKIP() << "no sample files";
    std::size_t all = 0, equal = 0, refused = 0;
    for (auto const& row : manifest(*folder)) {
        for (auto const& set : translate(read_file(*folder / row.file), row.file, FaultySets::translate)) {
            if (!set.ok()) continue;
            ++all;
            SCOPED_TRACE(row.file);
            auto const written = write(set, set.json);
            if (!written.ok) {
                ++refused;
                EXPECT_FALSE(written.diagnostics.empty());
                EXPECT_TRUE(has_errors(set.findings) || repeated.contains(row.file))
                    << "only a set with errors may be refused\n"
                    << (written.diagnostics.empty() ? "" : written.diagnostics.front().message);
                continue;
            }
            auto const again = reread(set, written.body);
            ASSERT_TRUE(again.translated);
            auto strip = [](std::string_view json) {
                auto document = *json::parse(json);
                std::erase_if(document.members(), [](auto const& member) {
                    return member.first == "source" || member.first == "test" || member.first == "totals";
                });
                return json::to_pretty_text(document);
            };
            // Segments the grammar has no place for are kept, and never written.
            if (written.diagnostics.empty() && set.json.find("\"unplaced\":") == std::string::npos) {
                EXPECT_EQ(strip(again.json), strip(set.json));
                ++equal;
            }
        }
    }
    std::cout << all << " sets: " << equal << " come back equal, " << refused
              << " are refused, the rest comes back with notes\n";
}

} // namespace
} // namespace wharf::golden
