// The laws of map-language §10 over generated documents of every shipped map.
#include "translator_fixture.hpp"

#include "document_generator.hpp"

#include "translator/map_load.hpp"
#include "translator/show.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <random>

namespace wharf::translator {
namespace {

using namespace test;

/// Takes out what is computed on reading.
void without_derived(json::Value& value, document::Node const& node) {
    if (value.is_object()) {
        std::erase_if(value.members(), [&](auto const& member) {
            auto const* property = node.find(member.first);
            return property != nullptr && property->derived;
        });
        for (auto& [name, inner] : value.members())
            if (auto const* property = node.find(name)) without_derived(inner, *property->node);
    } else if (value.is_array() && node.items != nullptr) {
        for (auto& item : value.items())
            without_derived(item, *node.items);
    }
}

/// A transaction set in a release: every map in both releases that it is made for; the 999 began with 005010.
using SetOfRelease = std::pair<char const*, char const*>;

class Laws : public ::testing::TestWithParam<SetOfRelease> {};

std::vector<SetOfRelease> all_sets() {
    std::vector<SetOfRelease> sets{{"999", "005010"}};
    for (auto const* set : {"850", "855", "856", "810", "860", "865", "861", "846", "820", "824", "997", "875", "880"})
        for (auto const* release : {"004010", "005010"})
            sets.emplace_back(set, release);
    return sets;
}

TEST_P(Laws, a_written_document_is_read_back_equal) {
    std::string const set = GetParam().first, release = GetParam().second;
    auto const translator = shipped_translator(set, release);
    ASSERT_NE(translator, nullptr);
    auto const& plan = plan_of(*translator);
    unsigned accepted = 0, refused = 0;
    std::map<std::string, unsigned> reasons;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        auto const document = DocumentGenerator(plan, seed).document();
        auto const faults = document::check(document);
        ASSERT_FALSE(has_errors(faults)) << "seed " << seed << ": " << texts(faults) << json::to_text(document);
        auto const written = translator->write(document, {});
        if (!written.diagnostics.empty()) { // it says so itself
            ++refused;
            ++reasons[written.diagnostics.front().code + " " + written.diagnostics.front().message.substr(0, 60)];
            continue;
        }
        ++accepted;
        auto const text = to_text(written.body);
        auto const reading = read_body(set, text, translator, release);
        ASSERT_TRUE(reading.outcome.ok()) << "seed " << seed << ": " << texts(reading.outcome.diagnostics) << text;
        auto again = business(reading.value());
        without_derived(again, plan.document->root());
        if (auto* const totals = again.find("totals")) // counted by the writer, not said by the document
            std::erase_if(totals->members(), [](auto const& member) {
                return member.first == "line_count" || member.first == "hl_count";
            });
        ASSERT_EQ(json::to_pretty_text(again), json::to_pretty_text(document)) << "seed " << seed << ": " << text;
        ASSERT_EQ(reading.outcome.extended, 0u) << text;
    }
    std::cout << set << " in " << release << ": " << accepted << " written and read back equal, " << refused
              << " refused\n";
    std::string said;
    for (auto const& [reason, count] : reasons)
        said += fmt::format("  {} x {}\n", count, reason);
    EXPECT_GE(accepted, 120u) << "refused:\n" << said;
}

INSTANTIATE_TEST_SUITE_P(Shipped, Laws, ::testing::ValuesIn(all_sets()), [](auto const& test_info) {
    return std::string(test_info.param.first) + "_" + test_info.param.second;
});

// A map of everything the language has beside plain lines.
constexpr auto conversions = R"(translator t/laws
document purchase_order 1
format x12 850 004010
number            BEG03
purpose           BEG01                    code purpose
type              BEG02                    code order_type
date              BEG04                    date D.M.YYYY
contract_number   BEG06                    part 1..8
release_number    BEG06                    part 9..
parties[role=ship_to].name                           REF[IA]02
parties[role=ship_to].identifiers[scheme=gln].value  REF[DP]02    prefix "L"
parties[role=bill_to].name                           REF[BF]02+03  join "/"
references[]      each REF
  kind            01                       code reference
  value           02
lines[]           each PO1
  position        read = $index
  quantity        02
  unit_price      04                       percent
  messages[]      07                       split "|"
  line_number     09                       pad 6 left "0"
)";

TEST(LawsOfConversions, a_written_document_is_read_back_equal_or_refused) {
    auto const source = memory({{"t/laws.map", conversions}});
    auto const translator = compiled(*source, "t/laws", schemas().get("004010", "850"));
    ASSERT_NE(translator, nullptr);
    unsigned equal = 0;
    std::map<std::string, unsigned> said;
    for (unsigned seed = 1; seed <= 1500; ++seed) {
        auto const document = DocumentGenerator(plan_of(*translator), seed).document();
        auto const faults = document::check(document);
        ASSERT_FALSE(has_errors(faults)) << "seed " << seed << ": " << texts(faults) << json::to_text(document);
        auto const written = translator->write(document, {});
        auto findings = written.diagnostics;
        std::erase_if(findings, [](auto const& found) { return found.code == "MAP-0112"; }); // a small map
        if (!findings.empty()) {
            ++said[findings.front().code];
            continue;
        }
        auto const text = to_text(written.body);
        auto const reading = read_body("850", text, translator);
        ASSERT_TRUE(reading.outcome.ok()) << "seed " << seed << ": " << texts(reading.outcome.diagnostics) << text;
        ASSERT_EQ(json::to_pretty_text(business(reading.value())), json::to_pretty_text(document))
            << "seed " << seed << ": " << text;
        ++equal;
        auto const again = translator->write(reading.value(), {});
        ASSERT_EQ(to_text(again.body), text) << "the normal form stays";
    }
    std::string reasons;
    for (auto const& [code, count] : said)
        reasons += fmt::format("{} x {}  ", count, code);
    std::cout << equal << " equal; said by the writer: " << reasons << "\n";
    EXPECT_GE(equal, 400u) << reasons;
}

// --- overrides (docs/map-language.md, law 5)

json::Value shown(std::map<std::string, std::string> files, std::string const& name) {
    auto const source = memory(std::move(files));
    auto const map = load_map(*source, name);
    EXPECT_TRUE(map.has_value()) << (map ? "" : texts(map.error()));
    if (!map) return {};
    auto plain = map_text(*map, false);
    return json::Value(plain.substr(plain.find('\n')));
}

TEST(LawsOfOverrides, no_edits_are_the_base_and_different_paths_commute) {
    std::string const head = "translator t/1 extends x12/850\n";
    auto const base = json::Value([] {
        auto const map = load_map(shipped(), "x12/850");
        auto text = map_text(*map, false);
        return text.substr(text.find('\n'));
    }());
    EXPECT_EQ(shown({{"t/1.map", head}}, "t/1"), base);
    std::vector<std::string> const edits = {"replace number BEG04\n", "in lines[]\n  remove schedules[]\n",
                                            "in shape party\n  replace name 04\n", "replace release_number BEG03\n",
                                            "in lines[]\n  replace line_number REF[LI]02\n"};
    std::mt19937 random(7);
    std::optional<json::Value> first;
    for (int round = 0; round < 20; ++round) {
        auto order = edits;
        std::ranges::shuffle(order, random);
        std::string text = head;
        for (auto const& edit : order)
            text += edit;
        auto const result = shown({{"t/1.map", text}}, "t/1");
        if (!first) first = result;
        EXPECT_EQ(result, *first) << text;
    }
    EXPECT_NE(*first, base);
    EXPECT_NE(shown({{"t/1.map", head + "remove release_number\nadd release_number BEG04 trim\n"}}, "t/1").text().find("trim"),
              std::string::npos);
}

} // namespace
} // namespace wharf::translator
