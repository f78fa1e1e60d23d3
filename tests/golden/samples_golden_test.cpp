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
    "810/EDI.Net__x12.810d.edi",
    "810/staedi__simple810.edi",
    "820/EDI.Net__x12.820.issue140.edi",
    "820/x12__sample.txt",
    "850/module-ballerina-edi__x12-sender.edi",
    "860/vscode-edi-support__multiple_transactions.x12",
    "997/staedi__simple997.edi",
    "997/staedi__simple997-multiple-interchanges.edi",
    "999/staedi__simple999.edi",
    "999/x12__999-accept.edi",
    "999/x12__999-accept-with-errors.edi",
    "999/x12__999-reject-control-number-mismatch.edi",
    "mixed/staedi__invoice810_po850_dual.edi",
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
    EXPECT_LE(extended * 100, elements * 3) << extended << " of " << elements << " elements in extensions";
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

/// Sets of kinds that our maps translate: "850x2 864" has one.
bool is_ours(Row const& row) {
    static auto const sets = translated_sets();
    for (std::size_t at = 0; at < row.sets.size(); at = std::min(row.sets.find(' ', at), row.sets.size() - 1) + 1)
        if (sets.contains(row.sets.substr(at, 3))) return true;
    return false;
}

/// Files judged valid that break a rule of the standard all the same, each with the reason, and the code that a
/// partner's profile would have to tolerate: with that severity they must come back like the others, with no other
/// finding.
struct Broken {
    std::string reason, tolerated;
};
std::map<std::string, Broken> const known{
    {"810/bots-plugins__810_3.x12",
     {"IT102 and IT103 without IT104 in 122 lines: syntax note P020304 of IT1 asks for all three or none", "X12-0310"}},
    {"820/X12Parser__Example4_Safeway.txt",
     {"REF01 is DB after a blank, which is not a code of element 128", "X12-0306"}},
    {"855/node-x12__test--test-data-855.edi",
     {"REF01 is ZZZ, which is not a code of element 128 in 004010", "X12-0306"}},
};

std::string codes_of(Diagnostics const& diagnostics, std::string_view tolerated = {}) {
    std::string text;
    for (auto const& finding : diagnostics)
        if (finding.severity == Severity::error && finding.code != tolerated)
            text += finding.code + " " + finding.place.path + " " + finding.message + "\n";
    return text;
}

/// Provenance aside, and the counts that writing makes anew.
std::string business(std::string_view json) {
    auto document = *json::parse(json);
    std::erase_if(document.members(),
                  [](auto const& member) { return member.first == "source" || member.first == "test"; });
    if (auto* totals = document.find("totals"))
        std::erase_if(totals->members(),
                      [](auto const& member) { return member.first == "line_count" || member.first == "hl_count"; });
    return json::to_pretty_text(document);
}

/// What stands between a set and its way there and back; empty: it translates, its document is valid, what is written
/// lints clean and reads to the same document.
std::string round_trip_faults(TranslatedSet const& set, std::string_view tolerated = {}) {
    if (!set.ok()) return "not translated: " + set.faults();
    if (auto const faults = codes_of(set.findings, tolerated); !faults.empty()) return "not clean: " + faults;
    if (auto const faults = codes_of(document::check(*json::parse(set.json))); !faults.empty())
        return "not a valid document: " + faults;
    auto const written = write(set, set.json);
    if (!written.ok) return "not written: " + codes_of(written.diagnostics);
    auto const again = reread(set, written.body);
    if (auto const faults = codes_of(again.findings, tolerated); !faults.empty())
        return "does not lint clean: " + faults;
    if (!again.ok()) return "not read again: " + again.faults();
    return business(again.json) == business(set.json) ? "" : "reads as another document\n";
}

TEST(Samples, NineteenInTwentyOfTheValidFilesComeBack) {
    auto const folder = samples_folder();
    if (!folder) GTEST_SKIP() << "no sample files";
    std::size_t all = 0, good = 0;
    std::uint64_t elements = 0, extended = 0;
    std::map<std::string, std::size_t> sets_by_id;
    for (auto const& row : manifest(*folder)) {
        if (row.judgement != "valid" || !is_ours(row)) continue; // "envelope checked only" says nothing of the body
        ++all;
        auto const broken = known.find(row.file);
        auto const tolerated = broken == known.end() ? std::string() : broken->second.tolerated;
        auto const sets = translate(read_file(*folder / row.file), row.file,
                                    tolerated.empty() ? FaultySets::skip : FaultySets::translate);
        std::string faults = sets.empty() ? "no sets\n" : "";
        bool clean = true;
        for (auto const& set : sets) {
            faults += round_trip_faults(set, tolerated);
            clean = clean && !has_errors(set.findings);
            ++sets_by_id[set.id];
            elements += set.elements;
            extended += set.extended;
        }
        good += faults.empty();
        EXPECT_EQ(faults, "") << row.file;
        EXPECT_EQ(clean, tolerated.empty()) << row.file << ": what was known of it is not true any more";
    }
    std::cout << good << " of " << all << " valid files translate and come back; " << extended << " of " << elements
              << " elements in extensions; sets:";
    for (auto const& [id, count] : sets_by_id)
        std::cout << ' ' << id << " x " << count;
    std::cout << "\n";
    EXPECT_GE(all, 45u);
    EXPECT_GE(good * 100, all * 95);
    EXPECT_LE(extended * 100, elements * 3);
}

/// Files with repeated elements, which maps cannot take apart: what was read with a repetition separator is refused. Two of them mean a
/// hyphen.
std::set<std::string> const repeated{"999/staedi__simple999.edi", "856/X12Parser__edi1Source.txt", "856/node-x12__test--test-data-856.edi"};

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
