// The fast road guarantees the schema: what a map reads is checked by what was compiled into its plan, not by the checker
// of documents, and never twice. Here both, and two validators that are not ours (valijson, Python's jsonschema), look at
// the same documents.
//
//   whatever is read    drawn X12 sets of every kind, most of them damaged, and damaged files: what comes out is good to
//                       all three
//   whatever is good    documents, through a map that changes nothing: what the schema takes the plan takes, with the
//                       same content; what the plan refuses the schema refuses too
#include "base/file.hpp"
#include "support/document_mutation.hpp"
#include "unit/document/json_mutator.hpp"
#include "unit/document/schema_verdicts.hpp"
#include "unit/translator/file_fixture.hpp"
#include "unit/translator/translator_fixture.hpp"

#include <iostream>

namespace wharf::translator {
namespace {

using test::FileDocument;

/// All three say the same of documents that were read: good.
void expect_good(std::vector<document::Verdict> const& read) {
    for (auto const& one : read) {
        auto const faults = document::check(*json::parse(one.text));
        EXPECT_TRUE(faults.empty()) << one.about << ": " << test::rendered(faults) << one.text;
        if (auto const said = document::valijson_accepts(one.kind, one.text)) {
            EXPECT_TRUE(*said) << one.about << ": " << one.text;
        }
    }
    auto const said = document::jsonschema_accepts(read);
    if (!said) return; // not installed
    ASSERT_EQ(said->size(), read.size());
    for (std::size_t i = 0; i < read.size(); ++i)
        EXPECT_TRUE((*said)[i]) << read[i].about << ": " << read[i].text;
}

std::string body_of(wharf::test::Document const& document) {
    std::string text;
    for (std::size_t i = 1; i + 1 < document.segments.size(); ++i)
        (text += document.segments[i]) += document.delimiters.segment;
    return text;
}

class Sets : public testing::TestWithParam<std::pair<char const*, char const*>> {};

TEST_P(Sets, what_a_map_reads_is_good_to_all_three) {
    auto const [set, release] = GetParam();
    auto const schema = test::schemas().get(release, set);
    auto const translator = test::shipped_translator(set, release);
    ASSERT_NE(translator, nullptr);
    std::vector<document::Verdict> read;
    unsigned refused = 0;
    for (unsigned seed = 1; seed <= 120; ++seed) {
        wharf::test::DocumentGenerator generator(seed);
        auto drawn = generator.draw(schema, 60);
        if (seed % 3 != 0) drawn = wharf::test::damage_elements(std::move(drawn), 1 + seed % 5, generator);
        auto const reading = test::read_body(set, body_of(drawn), translator, release);
        if (!reading.outcome.ok()) {
            EXPECT_TRUE(reading.json.empty());
            ++refused;
            continue;
        }
        read.push_back({translator->document_kind(), reading.json, fmt::format("{} {} seed {}", set, release, seed)});
    }
    expect_good(read);
    std::cout << set << " " << release << ": " << read.size() << " read, " << refused << " refused\n";
    EXPECT_GE(read.size(), 20u);
}

std::vector<std::pair<char const*, char const*>> all_sets() {
    std::vector<std::pair<char const*, char const*>> sets{{"999", "005010"}};
    for (auto const* set : {"850", "855", "856", "810", "860", "865", "861", "846", "820", "824", "997", "875", "880"})
        for (auto const* release : {"004010", "005010"})
            sets.emplace_back(set, release);
    return sets;
}
INSTANTIATE_TEST_SUITE_P(Shipped, Sets, testing::ValuesIn(all_sets()), [](auto const& test_info) {
    return std::string("Set") + test_info.param.first + "in" + test_info.param.second;
});

// --- a map that changes nothing

constexpr auto identity = R"(translator t/map
document   purchase_order 1
format     json indent yes
number                 number
purpose                purpose              code purpose words
type                   type                 code order_type words
release_number         release_number
date                   date
revision               revision
currency               currency
exchange_rate          exchange_rate
references[]           each references
  kind                 kind                 code reference words
  value                value
  date                 date
  time                 time
dates[]                each dates
  kind                 kind                 code date_type words
  one of
    date               date
    at                 at                   moment
parties[]              each parties
  role                 role                 code party_role words
  name                 name
  identifiers[]        each identifiers
    scheme             scheme               code id_type words
    value              value
  address.lines[]      each address/lines
  address.city         address/city
payment_terms[]        each payment_terms
  type                 type                 code terms_type words
  net_days             net_days
  discount_percent     discount_percent
lines[]                each lines
  position             read = $index
  line_number          line_number
  quantity             quantity
  unit                 unit                 code unit words
  unit_price           unit_price
  items[]              each items
    scheme             scheme               code item_id words
    value              value
  packaging[]          each packaging
    pack               pack
  messages[]           each messages
totals.line_count      totals/line_count
totals.hash            totals/hash
)";

constexpr auto seed_document = R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":"4711",
"purpose":"original","type":"stand_alone","release_number":"3","date":"2025-06-02","revision":2,"currency":"USD","exchange_rate":"1.25",
"parties":[{"role":"ship_to","name":"Store 7","identifiers":[{"scheme":"gln","value":"1"}],"address":{"lines":["a","b"],"city":"Ames"}}],
"references":[{"kind":"department","value":"07","date":"2025-01-31","time":"08:15"}],
"dates":[{"kind":"requested_delivery","date":"2025-06-16"},{"kind":"shipped","at":"2025-06-16T08:30-05:00"}],
"payment_terms":[{"type":"basic","discount_percent":"2","net_days":30}],
"lines":[{"position":1,"line_number":"0010","quantity":"24","unit":"each","unit_price":"12.5000",
"items":[{"scheme":"upc","value":"058824014093"}],"packaging":[{"pack":12}],"messages":["a","b"]},{"position":2,"quantity":"-0.5"}],
"totals":{"line_count":2,"hash":"23.5"}})";

/// Only what the map names, without what reading makes by itself.
json::Value business(json::Value value) {
    std::erase_if(value.members(), [](auto const& member) {
        return member.first == "schema" || member.first == "document" || member.first == "id" || member.first == "test" ||
               member.first == "source";
    });
    return value;
}

TEST(SchemaAgreement, what_the_schema_takes_the_plan_takes_and_the_other_way_round) {
    auto const map = test::good_map(identity);
    ASSERT_NE(map, nullptr);
    auto const seed = *json::parse(seed_document);
    std::vector<document::Verdict> read;
    unsigned both = 0, neither = 0, normalised = 0;
    for (std::uint32_t number = 0; number < 4000; ++number) {
        auto const mutant = document::Mutator(number).mutate(seed);
        if (!mutant.is_object()) continue;
        auto external = business(mutant);
        auto const text = json::to_text(external);
        auto const documents = test::read_file_text(*map, text);
        ASSERT_EQ(documents.size(), 1u) << text;
        bool const taken = !documents[0].json.empty();
        auto const faults = document::check(mutant);
        if (taken) read.push_back({"purchase_order", documents[0].json, text});
        if (has_errors(faults)) {
            taken ? ++normalised : ++neither; // 012 is read as 12, a missing list of lines as an empty one
            continue;
        }
        EXPECT_TRUE(taken) << "the schema takes it:\n" << text << "\n" << test::rendered(documents[0].diagnostics);
        ++both;
    }
    expect_good(read);
    std::cout << both << " good to both, " << neither << " to neither, " << normalised << " read in normal form\n";
    EXPECT_GE(both, 400u);
    EXPECT_GE(neither, 400u);
}

// --- damaged files

TEST(SchemaAgreement, what_a_damaged_file_gives_is_good_to_all_three) {
    std::mt19937 random(11);
    std::vector<document::Verdict> read;
    unsigned refused = 0;
    for (auto const* name : {"csv/purchase_order", "csv/purchase_order_acknowledgment", "csv/ship_notice", "csv/invoice",
                             "cxml/order_request", "json/sales_order"}) {
        auto const source = embedded_maps();
        auto made = make_file_translator(*source, name);
        ASSERT_TRUE(made.has_value()) << name;
        auto const folder = std::filesystem::path(WHARF_SOURCE_DIR "/translators") / (std::string(name) + ".tests");
        for (auto const& entry : std::filesystem::directory_iterator(folder)) {
            auto const file = entry.path().filename().string();
            if (file.ends_with(".json") && !file.ends_with(".external.json")) continue;
            auto const clean = *read_file(entry.path(), 1 << 20);
            for (int round = 0; round < 150; ++round) {
                auto text = clean;
                for (auto times = 1 + random() % 4; times > 0; --times) {
                    constexpr std::string_view pieces[] = {"0", "x", "-", ".", ",", " ", "2025-13-01", "1e9", "\"", "<", "ü", "9999999", "\n", "x12:", ":"};
                    auto const at = random() % text.size();
                    auto const& piece = pieces[random() % std::size(pieces)];
                    if (random() % 3 == 0)
                        text.erase(at, 1 + random() % 6);
                    else
                        text.replace(at, random() % 3, piece);
                }
                for (auto const& one : test::read_file_text(**made, text)) {
                    EXPECT_EQ(one.json.empty(), has_errors(one.diagnostics)) << text;
                    if (one.json.empty())
                        ++refused;
                    else
                        read.push_back({(*made)->document_kind(), one.json, std::string(name)});
                }
            }
        }
    }
    expect_good(read);
    std::cout << read.size() << " read, " << refused << " refused\n";
    EXPECT_GE(read.size(), 400u);
    EXPECT_GE(refused, 400u);
}

} // namespace
} // namespace wharf::translator
