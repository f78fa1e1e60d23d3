// Our checker against two that are not ours: Python's jsonschema and valijson. A few thousand documents, made from good
// ones by small changes, must get the same verdict from all three.
//
// Where we are stricter on purpose, the findings are set aside before comparing: DOC-0009 (a day that is not in the
// calendar; a regular expression cannot say). No change makes 1.0 of 1, which draft 7 takes for an integer and we do
// not.
#include "document/schema.hpp"
#include "json_mutator.hpp"
#include "schema_verdicts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace wharf::document {
namespace {

using json::Value;

constexpr std::string_view seeds[] = {
    R"J({"schema":"wharf/purchase_order/1","document":"purchase_order","id":"d-1","test":true,"source":{"partner":"acme",
"sender":{"scheme":"01","value":"123"},"sent_at":"2025-06-02T14:03"},"number":"4501234567","purpose":"original",
"type":"stand_alone","date":"2025-06-02","revision":0,"currency":"USD","parties":[{"role":"ship_to","name":"Store 7",
"identifiers":[{"scheme":"assigned_by_buyer","value":"0007"}],"address":{"lines":["1 Main St"],"city":"Ames","region":"IA",
"postal_code":"50010"},"contacts":[{"role":"general","channels":[{"kind":"telephone","value":"5155550100"}]}]}],
"references":[{"kind":"department","value":"07","extensions":{"x12:004010":{"REF[DP]/REF03":"East"}}}],
"dates":[{"kind":"requested_delivery","date":"2025-06-16"},{"kind":"shipped","at":"2025-06-16T08:30-05:00","zone":"x12:01"},
{"kind":"service_start","period":{"from":"2025-06-01","to":"2025-06-30"}}],"charges":[{"kind":"allowance","amount":"23.50"}],
"lines":[{"position":1,"line_number":"0010","quantity":"24","unit":"each","unit_price":"12.5000","items":[{"scheme":"upc",
"value":"058824014093"}],"destinations":[{"location":{"scheme":"gln","value":"1"},"quantity":"12"}],"packaging":[{"pack":12}],
"notes":[{"time":"08:15","lines":["a","b"]}]}],"totals":{"line_count":1,"hash":"24"}})J",
    R"J({"schema":"wharf/purchase_order_acknowledgment/1","document":"purchase_order_acknowledgment","order_number":"1",
"purpose":"original","status":"accepted_with_detail","lines":[{"position":1,"responses":[{"status":"accepted","quantity":"10",
"unit":"case","dates":[{"kind":"promised_delivery","date":"2025-06-16"}],"reason":{"agency":"x12:BI","list":"a","code":"1"}}]}]})J",
    R"J({"schema":"wharf/ship_notice/1","document":"ship_notice","number":"8012345","purpose":"original",
"created_at":"2025-06-12T16:40:05.25","shipment":{"level":"shipment","children":[{"level":"order","order":{"number":"1",
"date":"2025-06-02"},"children":[{"level":"pack","marks":[{"kind":"sscc","value":"006141411234567897"}],"children":[
{"level":"item","quantity":"24","unit":"each","serial_numbers":["a","b"]}]}]}]},"shipped_lines":[{"order":{"number":"1"},
"quantity":"24","packages":["006141411234567897"]}]})J",
    R"J({"schema":"wharf/invoice/1","document":"invoice","number":"INV-1","date":"2025-06-20","direction":"credit","lines":[
{"position":1,"quantity":"2","unit_price":"-4.00","order":{"number":"1","line_number":"1"}}],"totals":{"amount":"-8.00"},
"payment_terms":[{"type":"basic","net_days":30,"discount_percent":"2"}]})J",
    R"J({"schema":"wharf/functional_acknowledgment/1","document":"functional_acknowledgment","group_control_number":"17",
"status":"rejected","transaction_sets":[{"set":"850","control_number":"0001","status":"rejected","segments":[{"segment":"PO1",
"position":9,"elements":[{"element":3,"error":"invalid_code","value":"XX"}]}]}]})J",
};

struct Sample {
    std::string kind;
    std::string text;
    bool good = false;
    std::string findings;
};

std::vector<Sample> samples() {
    std::vector<Sample> all;
    std::uint32_t number = 0;
    auto add = [&](std::string const& kind, Value const& document) {
        auto findings = Schema::find(kind)->check(document);
        std::erase_if(findings, [](Diagnostic const& finding) { return finding.code == "DOC-0009"; });
        Sample sample{kind, json::to_text(document), findings.empty(), {}};
        for (auto const& finding : findings)
            sample.findings += finding.code + " " + finding.message + "\n";
        all.push_back(std::move(sample));
    };
    for (auto const seed : seeds) {
        auto const document = json::parse(seed);
        EXPECT_TRUE(document) << document.error().message;
        auto const kind = std::string(document->string("document"));
        add(kind, *document);
        EXPECT_TRUE(all.back().good) << all.back().findings;
        for (int i = 0; i < 600; ++i)
            add(kind, Mutator(number++).mutate(*document));
    }
    return all;
}

TEST(Agreement, MutationsAreBothGoodAndBad) {
    auto const all = samples();
    auto const good = std::count_if(all.begin(), all.end(), [](Sample const& sample) { return sample.good; });
    EXPECT_GT(good, static_cast<std::ptrdiff_t>(all.size() / 20));
    EXPECT_LT(good, static_cast<std::ptrdiff_t>(all.size() * 19 / 20));
}

TEST(Agreement, WithPythonsJsonschema) {
    auto const all = samples();
    std::vector<Verdict> asked;
    for (auto const& sample : all)
        asked.push_back({sample.kind, sample.text, {}});
    auto const verdicts = jsonschema_accepts(asked);
    if (!verdicts) GTEST_SKIP() << "python3-jsonschema is not installed";
    ASSERT_EQ(verdicts->size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        EXPECT_EQ((*verdicts)[i], all[i].good) << all[i].text << "\n" << all[i].findings;
}

TEST(Agreement, WithValijson) {
    if (!valijson_accepts("invoice", "{}")) GTEST_SKIP() << "libvalijson-dev is not installed";
    for (auto const& sample : samples())
        EXPECT_EQ(*valijson_accepts(sample.kind, sample.text), sample.good) << sample.text << "\n" << sample.findings;
}

} // namespace
} // namespace wharf::document
