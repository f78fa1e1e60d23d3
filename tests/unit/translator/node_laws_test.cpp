// The laws of the map language over generated documents, for the formats that are no X12: what is written is read back
// equal, or something is said; what is read is written in the same bytes again; extensions stay with their objects
// when lines are inserted, deleted and swapped.
#include "document_generator.hpp"
#include "file_fixture.hpp"

#include <algorithm>
#include <iostream>
#include <random>

namespace wharf::translator::test {
namespace {

/// Takes out what is computed on reading, and provenance.
void without_derived(json::Value& value, document::Node const& node) {
    if (value.is_object()) {
        std::erase_if(value.members(), [&](auto const& member) {
            auto const* const property = node.find(member.first);
            return (property != nullptr && property->derived) || member.first == "source";
        });
        for (auto& [name, inner] : value.members())
            if (auto const* const property = node.find(name)) without_derived(inner, *property->node);
    } else if (value.is_array() && node.items != nullptr) {
        for (auto& item : value.items())
            without_derived(item, *node.items);
    }
}

json::Value business(json::Value document, Plan const& plan) {
    std::erase_if(document.members(), [](auto const& member) { return member.first == "id" || member.first == "test"; });
    without_derived(document, plan.document->root());
    return document;
}

struct Subject {
    std::string name; // for messages
    std::string map;  // its text; empty: shipped
    std::set<std::string> keys = {}; // what tells rows apart
    unsigned wanted = 150;           // of 400 documents at least so many without a word
    char const* kept_in = "lines";   // whose entries have what a file's rows or elements hold beside the map
};
void PrintTo(Subject const& subject, std::ostream* out) {
    *out << subject.name;
}

struct Compiled {
    std::unique_ptr<Plan const> plan; // for the generator
    std::shared_ptr<FileTranslator const> translator;
};

Compiled compiled(Subject const& subject) {
    auto const source = subject.map.empty()
                            ? embedded_maps()
                            : overlaid_maps({{subject.name + ".map", subject.map}}, embedded_maps());
    auto const map = load_map(*source, subject.name);
    EXPECT_TRUE(map.has_value()) << (map ? "" : rendered(map.error()));
    if (!map) return {};
    auto plan = compile_nodes(*map, *source);
    EXPECT_TRUE(plan.has_value()) << (plan ? "" : rendered(plan.error()));
    auto again = compile_nodes(*map, *source);
    if (!plan || !again) return {};
    return {std::move(*plan), make_file_translator(std::move(*again))};
}

std::vector<json::Value> read_back(Compiled const& with, std::string const& text, std::string const& about) {
    std::vector<json::Value> documents;
    for (auto const& one : read_file_text(*with.translator, text)) {
        EXPECT_FALSE(has_errors(one.diagnostics)) << about << rendered(one.diagnostics) << text;
        documents.push_back(one.json.empty() ? json::Value() : business(one.value(), *with.plan));
    }
    return documents;
}

class NodeLaws : public ::testing::TestWithParam<Subject> {};

TEST_P(NodeLaws, a_written_document_is_read_back_equal_or_something_is_said) {
    auto const with = compiled(GetParam());
    ASSERT_NE(with.translator, nullptr);
    unsigned equal = 0;
    std::map<std::string, unsigned> said;
    for (unsigned seed = 1; seed <= 400; ++seed) {
        auto const document = DocumentGenerator(*with.plan, seed, GetParam().keys).document();
        auto const faults = document::check(document);
        ASSERT_FALSE(has_errors(faults)) << "seed " << seed << ": " << rendered(faults) << json::to_text(document);
        Diagnostics found;
        auto const text = write_file_text(*with.translator, {document}, &found);
        if (!found.empty()) {
            ++said[found.front().code + " " + found.front().message.substr(0, 70)];
            continue;
        }
        auto const about = fmt::format("seed {}: ", seed);
        auto const again = read_back(with, text, about);
        ASSERT_EQ(again.size(), 1u) << about << text;
        ASSERT_EQ(json::to_pretty_text(again[0]), json::to_pretty_text(document)) << about << text;
        ++equal;
        ASSERT_EQ(write_file_text(*with.translator, {again[0]}, &found), text) << about << "the normal form stays";
    }
    std::string reasons;
    for (auto const& [reason, count] : said)
        reasons += fmt::format("  {} x {}\n", count, reason);
    std::cout << GetParam().name << ": " << equal << " equal\n" << reasons;
    EXPECT_GE(equal, GetParam().wanted);
}

TEST_P(NodeLaws, many_documents_in_one_file_stay_what_they_are) {
    auto const with = compiled(GetParam());
    ASSERT_NE(with.translator, nullptr);
    std::vector<json::Value> documents;
    auto const writing = with.translator->begin();
    RunValues const values;
    unsigned refused = 0;
    for (unsigned seed = 1; seed <= 300 && documents.size() < 40; ++seed) {
        auto document = DocumentGenerator(*with.plan, seed, GetParam().keys).document();
        for (auto const* const number : {"number", "order_number"})
            if (auto* const value = document.find(number)) *value = json::Value(fmt::format("{}-{}", value->text(), seed));
        auto const found = writing->add(document, values);
        if (has_errors(found))
            ++refused; // nothing of it may be in the file
        else if (found.empty())
            documents.push_back(std::move(document));
        else
            documents.emplace_back(); // said: it is there, in another form
    }
    Diagnostics found;
    auto const text = writing->finish(found);
    if (has_errors(found)) GTEST_SKIP() << "a file of this format holds one document: " << rendered(found);
    auto const again = read_back(with, text, "");
    ASSERT_EQ(again.size(), documents.size()) << text;
    for (std::size_t i = 0; i < documents.size(); ++i)
        if (documents[i].is_object()) {
            EXPECT_EQ(json::to_pretty_text(again[i]), json::to_pretty_text(documents[i]));
        }
    std::cout << documents.size() << " in one file, " << refused << " refused between them\n";
}

// --- extensions

/// Every member that is a list of objects, at any depth, with what no line reads in its entries.
void add_extensions(json::Value& value, Plan const& plan, std::mt19937& random, unsigned& number, std::string_view in,
                    bool here = false) {
    if (value.is_array())
        for (auto& item : value.items())
            add_extensions(item, plan, random, number, in, here);
    if (!value.is_object()) return;
    for (auto& [name, inner] : value.members())
        if (name == "lines" || name == in) add_extensions(inner, plan, random, number, in, name == in);
    if (!here || (random() & 1) == 0) return;
    json::Value kept = json::Value(json::Object{});
    kept.set("Zusatz", json::Value(fmt::format("x{}", ++number)));
    json::Value of = json::Value(json::Object{});
    of.set(plan.format_key, kept);
    value.set("extensions", of);
}

void renumber(json::Value& document) {
    auto* const lines = document.find("lines");
    if (lines == nullptr) return;
    std::int64_t position = 0;
    for (auto& line : lines->items())
        line.set("position", json::Value::integer(++position));
}

TEST_P(NodeLaws, extensions_stay_with_their_lines) {
    auto const with = compiled(GetParam());
    ASSERT_NE(with.translator, nullptr);
    if (with.plan->document_kind == "ship_notice") GTEST_SKIP() << "it has no lines of its own";
    unsigned compared = 0, kept = 0;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        auto document = DocumentGenerator(*with.plan, seed, GetParam().keys).document();
        auto* const lines = document.find("lines");
        if (lines == nullptr || lines->items().empty()) continue;
        unsigned number = 0;
        add_extensions(document, *with.plan, random, number, GetParam().kept_in);
        Diagnostics found;
        auto const text = write_file_text(*with.translator, {document}, &found);
        if (!found.empty()) continue;
        auto const about = fmt::format("seed {}: ", seed);
        auto read = read_back(with, text, about);
        ASSERT_EQ(read.size(), 1u);
        ASSERT_EQ(json::to_pretty_text(read[0]), json::to_pretty_text(document)) << about << text;
        // edited as an ERP would: lines in another order, one gone, one new
        auto& items = read[0].find("lines")->items();
        std::ranges::shuffle(items, random);
        if (items.size() > 1) items.erase(items.begin() + static_cast<std::ptrdiff_t>(random() % items.size()));
        auto more = DocumentGenerator(*with.plan, seed + 1000, GetParam().keys).document();
        if (auto const* const others = more.find("lines"); others != nullptr && !others->items().empty()) {
            auto line = others->items().front();
            if (auto* const own = line.find("line_number")) *own = json::Value("new " + own->text());
            items.insert(items.begin() + static_cast<std::ptrdiff_t>(random() % (items.size() + 1)), std::move(line));
        }
        renumber(read[0]);
        auto const edited = write_file_text(*with.translator, {read[0]}, &found);
        if (!found.empty()) continue;
        auto const again = read_back(with, edited, about);
        ASSERT_EQ(again.size(), 1u);
        ASSERT_EQ(json::to_pretty_text(again[0]), json::to_pretty_text(read[0])) << about << edited;
        ++compared;
        kept += number;
    }
    std::cout << compared << " documents edited, " << kept << " extensions\n";
    EXPECT_GE(compared, 60u);
    EXPECT_GE(kept, 60u);
}

/// Every part of the row formats' languages: records, groups, forms of dates and decimals, quotes that never are.
constexpr auto records = R"(translator t/records
document   purchase_order 1
format     csv delimiter "|" quote none date DD.MM.YYYY decimal "," codes x12
record H when 1 = "H" type po date terms ship
record D in H when 1 = "D" type line sku qty uom price Zusatz
record S in D when 1 = "S" type qty place
record T in H when 1 = "T" type count
documents each H
purpose                read = "original"
number                 H.po
date                   H.date
contract_number        H.terms              prefix "C"
parties[role=ship_to].name  H.ship          upper
lines[]                each D
  position             read = $index
  line_number          line
  items[scheme=upc].value  sku
  quantity             qty
  unit                 uom                  code unit
  unit_price           price
  destinations[]       each S
    quantity           qty
    location.value     place
-                      write T.count = count lines
)";

constexpr auto fixed = R"(translator t/fixed
document   purchase_order 1
format     fixed date YYYYMMDD codes x12
record H when 1-2 = "HD" po 3-17, date 18-25, name 26-45
record D in H when 1-2 = "LN" line 3-8, sku 9-22, qty 23-32 right "0", uom 33-34, price 35-46 right " ", Zusatz 47-56
documents each H
purpose                read = "original"
number                 H.po
date                   H.date
parties[role=ship_to].name  H.name
lines[]                each D
  position             read = $index
  line_number          line
  items[scheme=upc].value  sku
  quantity             qty
  unit                 uom                  code unit
  unit_price           price
)";

constexpr auto xml = R"(translator t/xml
document   purchase_order 1
format     xml root o:Order codes x12
namespace  o "urn:orders"
number                 o:Number
date                   o:Number/@date
purpose                read = "original"
references[]           each o:Reference
  kind                 @kind                code reference words
  value                text()
parties[role=ship_to].name   o:Party[@role=shipTo]/o:Name
parties[role=bill_to].name   o:Party[@role=billTo]/o:Name
contacts[]             each o:Contact
  name                 o:Name
  channels[]           each o:Channel
    kind               @kind                code channel words
    value              text()
lines[]                each o:Line
  position             read = $index
  quantity             o:Quantity
  unit                 o:Quantity/@unit     code unit
  unit_price           o:Price
  messages[]           each o:Text
)";

constexpr auto json_map = R"(translator t/json
document   purchase_order 1
format     json indent yes codes x12
number                 head/number
date                   head/date
purpose                read = "original"
currency               head/currency
contract_number        head/contract
parties[]              each parties
  role                 kind                 code party_role
  name                 name
  address.lines[]      each street
lines[]                each lines
  position             read = $index
  quantity             qty
  unit                 uom                  code unit
  unit_price           price
  sublines[]           each parts
    number             no
    quantity           qty
  messages[]           each remarks
)";

INSTANTIATE_TEST_SUITE_P(
    Formats, NodeLaws,
    ::testing::Values(Subject{"csv/purchase_order", "", {"column `PO Number`"}},
                      Subject{"csv/purchase_order_acknowledgment", "", {"column `PO Number`", "column `Line`"}, 150, "responses"},
                      Subject{"csv/ship_notice", "", {"column `Shipment ID`", "column `PO Number`", "column `SSCC`"}, 100},
                      Subject{"csv/invoice", "", {"column `Invoice Number`"}}, Subject{"cxml/order_request", ""},
                      Subject{"json/sales_order", ""}, Subject{"t/records", records}, Subject{"t/fixed", fixed},
                      Subject{"t/xml", xml}, Subject{"t/json", json_map}),
    [](auto const& test_info) {
        auto name = test_info.param.name;
        std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
        return name;
    });

} // namespace
} // namespace wharf::translator::test
