// What answers to an order come to, orders for many stores, and what our own answers take from the order.

#include "document/answered_lines.hpp"
#include "document/merge.hpp"
#include "document/schema.hpp"
#include "document/stores.hpp"
#include "document/turnaround.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::document {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

json::Value parsed(std::string const& text) {
    auto value = json::parse(text);
    EXPECT_TRUE(value) << (value ? std::string() : value.error().message) << "\n" << text;
    return value ? *value : json::Value();
}

std::string ack(std::string const& status, std::string const& lines) {
    return R"({"schema":"wharf/purchase_order_acknowledgment/1","document":"purchase_order_acknowledgment","order_number":"1",)"
           R"("purpose":"original","status":")" + status + R"(","lines":[)" + lines + "]}";
}

/// "confirmed 20 backordered 4 (responses)" of each line.
std::vector<std::string> answered(std::string const& acknowledgment, std::string const& quantities = "24", Diagnostics* findings = nullptr) {
    auto order = parsed(R"({"document":"purchase_order","number":"1","lines":[]})");
    unsigned number = 0;
    for (std::size_t at = 0; at < quantities.size();) {
        auto const end = std::min(quantities.find(' ', at), quantities.size());
        auto const n = std::to_string(++number);
        order.find("lines")->push_back(parsed(R"({"position":)" + n + R"(,"line_number":")" + n + R"(","quantity":")" +
                                              quantities.substr(at, end - at) + R"(","unit":"each","items":[{"scheme":"upc","value":")" + n + R"("}]})"));
        at = end + 1;
    }
    auto document = parsed(acknowledgment);
    auto const found = derive_answered_lines(document, order);
    if (findings) *findings = found;
    EXPECT_FALSE(has_errors(document::check(document))) << json::to_text(document);
    std::vector<std::string> out;
    for (auto const& line : document.find("answered_lines")->items()) {
        std::string text;
        for (auto const* name : {"confirmed", "backordered", "rejected", "on_hold", "open"})
            if (auto const value = line.string(name); !value.empty()) text += std::string(name) + " " + std::string(value) + " ";
        if (auto const* changes = line.find("changes"))
            for (auto const& change : changes->items())
                text += "+" + change.text() + " ";
        out.push_back(text + "(" + std::string(line.string("basis")) + ")");
    }
    return out;
}

std::string line(std::string const& responses, std::string const& number = "1") {
    return R"({"position":1,"line_number":")" + number + R"(","responses":[)" + responses + "]}";
}
std::string response(std::string const& status, std::string const& quantity = "") {
    return R"({"status":")" + status + R"(")" + (quantity.empty() ? "" : R"(,"quantity":")" + quantity + R"(")") + "}";
}

TEST(AnsweredLines, PartsAreAdded) {
    EXPECT_THAT(answered(ack("accepted_exceptions_only", line(response("accepted", "20") + "," + response("backordered", "4")))),
                ElementsAre("confirmed 20 backordered 4 (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail", line(response("accepted", "20") + "," + response("rejected_invalid_item", "3")))),
                ElementsAre("confirmed 20 rejected 3 open 1 (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail", line(response("accepted")))), ElementsAre("confirmed 24 (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail", line(response("deleted")))), ElementsAre("rejected 24 (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail", line(response("partial_balance_backordered", "9.5")))),
                ElementsAre("confirmed 9.5 backordered 14.5 (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail", line(response("quantity_changed", "20")))),
                ElementsAre("confirmed 20 open 4 +quantity (responses)"));
}

TEST(AnsweredLines, AttributesOfTheSamePiecesAreCountedOnce) {
    EXPECT_THAT(answered(ack("accepted_exceptions_only", line(response("price_changed", "10") + "," + response("date_rescheduled", "10"))), "10"),
                ElementsAre("confirmed 10 +date +price (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail", line(response("accepted", "24") + "," + response("price_changed", "24")))),
                ElementsAre("confirmed 24 +price (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail", line(response("accepted", "14") + "," + response("date_rescheduled", "10")))),
                ElementsAre("confirmed 24 +date (responses)"))
        << "together they fit: other pieces";
}

TEST(AnsweredLines, MoreThanWasOrdered) {
    Diagnostics findings;
    EXPECT_THAT(answered(ack("accepted_with_detail", line(response("accepted", "20") + "," + response("backordered", "8"))), "24", &findings),
                ElementsAre("confirmed 20 backordered 8 (responses)"));
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].code, "DOC-0103");
    EXPECT_EQ(findings[0].severity, Severity::warning);
    EXPECT_THAT(findings[0].message, HasSubstr("28, 24 were ordered"));
}

TEST(AnsweredLines, AbsentLinesFollowTheStatusOfTheWhole) {
    auto const other = line(response("accepted"), "2");
    EXPECT_THAT(answered(ack("accepted_exceptions_only", other), "5 6"), ElementsAre("confirmed 5 (absence)", "confirmed 6 (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail_and_change", other), "5 6"), ElementsAre("open 5 (none)", "confirmed 6 (responses)"));
    EXPECT_THAT(answered(ack("rejected_exceptions_only", other), "5 6"), ElementsAre("open 5 (none)", "confirmed 6 (responses)"));
    for (auto const* status : {"accepted", "accepted_no_detail", "accepted_with_detail"})
        EXPECT_THAT(answered(ack(status, ""), "5 6"), ElementsAre("confirmed 5 (absence)", "confirmed 6 (absence)")) << status;
    EXPECT_THAT(answered(ack("rejected", ""), "5"), ElementsAre("rejected 5 (absence)"));
    EXPECT_THAT(answered(ack("on_hold", ""), "5"), ElementsAre("on_hold 5 (absence)"));
}

TEST(AnsweredLines, LinesAreFoundByItemWhereTheyHaveNoNumber) {
    EXPECT_THAT(answered(ack("accepted_with_detail", R"({"position":1,"items":[{"scheme":"upc","value":"2"}],"responses":[)" +
                                                         response("backordered") + "]}"),
                         "5 6"),
                ElementsAre("open 5 (none)", "backordered 6 (responses)"));
    EXPECT_THAT(answered(ack("accepted_with_detail", line("")), "5"), ElementsAre("open 5 (responses)")) << "named, and nothing said";
}

// --- stores -------------------------------------------------------------------------------------------------------------

std::string const order = R"({"schema":"wharf/purchase_order/1","document":"purchase_order","id":"W","number":"4711","purpose":"original",
"parties":[{"role":"buyer","name":"B"},{"role":"ship_to","name":"HOME"},
           {"role":"ship_to","name":"STORE 2","identifiers":[{"scheme":"assigned_by_buyer","value":"0102"}]}],
"charges":[{"kind":"charge","amount":"9.00"}],
"lines":[{"position":1,"line_number":"1","quantity":"12","unit":"each","unit_price":"5.25",
          "charges":[{"kind":"allowance","amount":"1.00"},{"kind":"allowance","percent":{"value":"10"},"amount":"2.00"}],
          "destinations":[{"location":{"scheme":"assigned_by_buyer","value":"0101"},"quantity":"8"},
                          {"location":{"scheme":"assigned_by_buyer","value":"0102"},"quantity":"4"}]},
         {"position":2,"line_number":"2","quantity":"3","unit":"each",
          "destinations":[{"location":{"scheme":"assigned_by_buyer","value":"0102"},"quantity":"3"}]},
         {"position":3,"line_number":"3","quantity":"1","unit":"each"}],
"totals":{"line_count":3}})";

TEST(Stores, AnOrderForEach) {
    auto const whole = parsed(order);
    auto parts = split_by_store(whole);
    ASSERT_EQ(parts.size(), 3u);
    auto const size = size_of_split(whole);
    EXPECT_EQ(size.parts, 3u);
    std::size_t bytes = 0;
    for (auto const& part : parts)
        bytes += json::to_text(part).size();
    EXPECT_GT(size.bytes, bytes / 2);
    EXPECT_LT(size.bytes, bytes * 2) << "a good guess is enough";
    EXPECT_EQ(size_of_split(parts[2]).parts, 0u);
    std::vector<std::string> shares;
    for (auto& part : parts) {
        part.set("id", "P");
        EXPECT_FALSE(has_errors(document::check(part))) << json::to_text(part);
        std::string text;
        for (auto const& one : part.find("lines")->items())
            text += std::string(one.string("line_number")) + ":" + std::string(one.string("quantity")) + " ";
        for (auto const& party : part.find("parties")->items())
            if (party.string("role") == "ship_to") text += party.string("name").empty() ? "new" : std::string(party.string("name"));
        shares.push_back(text);
        EXPECT_EQ(part.find("totals"), nullptr);
        EXPECT_EQ(part.find("charges"), nullptr) << "nobody says whose it is";
        EXPECT_EQ(part.find("part_of")->string("document"), "W");
    }
    EXPECT_THAT(shares, ElementsAre("1:8 new", "1:4 2:3 STORE 2", "3:1 HOMESTORE 2"));
    auto const& charges = parts[0].find("lines")->items()[0].find("charges")->items();
    ASSERT_EQ(charges.size(), 1u) << "what is per piece stays";
    EXPECT_EQ(json::to_text(charges[0]), R"({"kind":"allowance","percent":{"value":"10"}})");
    EXPECT_TRUE(split_by_store(parts[2]).empty()) << "no line names a store";
}

TEST(Stores, SharesThatDoNotAddUp) {
    auto document = parsed(order);
    EXPECT_TRUE(check_destinations(document).empty());
    document.find("lines")->items()[0].set("quantity", "13");
    auto const findings = check_destinations(document);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].code, "DOC-0102");
    EXPECT_THAT(findings[0].message, HasSubstr("line 1: the stores get 12, not 13"));
    document.find("lines")->items()[0].find("destinations")->items()[0].set("unit", "case");
    EXPECT_TRUE(check_destinations(document).empty()) << "other units are not compared";
}

// --- several orders in one ----------------------------------------------------------------------------------------------

std::string invoice(std::string const& of_order, std::string const& amount, std::string const& more = "") {
    return R"({"schema":"wharf/invoice/1","document":"invoice","number":"I","date":"2025-06-12","order_number":")" + of_order + R"(","order_date":"2025-06-02",)" +
           more + R"("references":[{"kind":"department","value":"038"}],"lines":[{"position":1,"line_number":"1","quantity":"1"},)"
                  R"({"position":2,"order":{"line_number":"9"}}],"totals":{"amount":")" + amount + R"(","line_count":2}})";
}

TEST(Merge, InvoicesOfOneNumber) {
    auto const merged = merge_same_number({parsed(invoice("A", "10.50")), parsed(invoice("B", "1.5", R"("currency":"USD",)"))});
    ASSERT_TRUE(merged);
    ASSERT_EQ(merged->size(), 1u);
    auto const& one = merged->front();
    EXPECT_FALSE(has_errors(document::check(one))) << json::to_text(one);
    EXPECT_EQ(json::to_text(*one.find("totals")), R"({"amount":"12.00"})") << "counts are of the parts";
    EXPECT_EQ(one.find("order_number"), nullptr);
    EXPECT_EQ(one.string("order_date"), "2025-06-02");
    EXPECT_EQ(one.string("currency"), "USD") << "said by one alone";
    EXPECT_EQ(one.find("references")->items().size(), 1u);
    std::string lines;
    for (auto const& line : one.find("lines")->items())
        lines += line.find("position")->text() + std::string(line.find("order")->string("number")) + std::string(line.find("order")->string("line_number")) + " ";
    EXPECT_EQ(lines, "1A 2A9 3B 4B9 ");
}

TEST(Merge, WhatCannotBeOneDocument) {
    auto const refused = merge_same_number({parsed(invoice("A", "1", R"("currency":"USD",)")), parsed(invoice("A", "1", R"("currency":"EUR",)"))});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), "the invoices with number I differ in `currency`");
    auto const twice = merge_same_number({parsed(invoice("A", "1")), parsed(invoice("B", "1")), parsed(invoice("A", "1"))});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error(), "the invoice with number I is sent twice in one request");
    auto other = parsed(invoice("A", "1"));
    other.set("number", "J");
    EXPECT_EQ(merge_same_number({parsed(invoice("A", "1")), other})->size(), 2u);
    auto const order_text = parsed(order);
    EXPECT_EQ(merge_same_number({order_text, order_text})->size(), 2u) << "orders are not merged";
}

TEST(Merge, EveryChargeCounts) {
    auto const charge = R"("charges":[{"kind":"charge","code":"freight","amount":"10.00"}],)";
    auto const merged = merge_same_number({parsed(invoice("A", "20", charge)), parsed(invoice("B", "20", charge))});
    ASSERT_TRUE(merged);
    EXPECT_EQ(merged->front().find("charges")->items().size(), 2u) << "two that are alike are two";
    auto const kept = [](std::string const& value) {
        return R"x("extensions":{"x12:004010":{"REF(1)":["ZZ",")x" + value + R"x("]}},)x";
    };
    auto const refused = merge_same_number({parsed(invoice("A", "1", kept("1"))), parsed(invoice("B", "1", kept("2")))});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), "the invoices with number I differ in `extensions`");
}

TEST(Shipment, WhatTheTreeCannotSayIsTold) {
    auto const said = [](std::string const& line) {
        return not_in_shipment(parsed(R"({"document":"ship_notice","shipped_lines":[{"quantity":"1","packages":["a"]},)" + line + "]}"));
    };
    EXPECT_EQ(said(R"({"quantity":"5","packages":["b"]})"), "");
    EXPECT_NE(said(R"({"quantity":"5","description":"x"})").find("`shipped_lines[1].description`"), std::string::npos);
    EXPECT_NE(said(R"({"packages":["pallet 1","carton 1"]})").find("`shipped_lines[1].packages`"), std::string::npos);
}

std::string notice_lines(std::string const& quantity = "1") {
    return R"({"schema":"wharf/ship_notice/1","document":"ship_notice","number":"S","purpose":"original",
        "shipped_lines":[{"order":{"number":"A"},"quantity":")" + quantity + R"("}]})";
}

TEST(Merge, NoticesOfOneNumber) {
    auto const of = [](std::string const& number) {
        return parsed(R"({"schema":"wharf/ship_notice/1","document":"ship_notice","number":"S","purpose":"original","shipment":{"level":"shipment",
            "parties":[{"role":"ship_to","name":"ST"}],"children":[{"level":"order","order":{"number":")" + number + R"("}}]}})");
    };
    auto const merged = merge_same_number({of("A"), of("B"), of("C")});
    ASSERT_TRUE(merged);
    ASSERT_EQ(merged->size(), 1u);
    auto const& root = *merged->front().find("shipment");
    EXPECT_EQ(root.find("children")->items().size(), 3u);
    EXPECT_EQ(root.find("parties")->items().size(), 1u);
    EXPECT_EQ(merge_same_number({parsed(notice_lines()), parsed(notice_lines("2"))})->front().find("shipped_lines")->items().size(), 2u);
}

// --- answers of ours ----------------------------------------------------------------------------------------------------

TEST(Sscc, CheckDigitAndSerials) {
    EXPECT_EQ(make_sscc("0614141", 123456789), "006141411234567890");
    EXPECT_EQ(make_sscc("0614141", 1'000'000'000), "106141410000000002") << "the extension digit counts on";
    EXPECT_FALSE(make_sscc("0614141", 10'000'000'000)) << "used up";
    EXPECT_FALSE(make_sscc("06141", 1));
    EXPECT_FALSE(make_sscc("06141x1", 1));
    EXPECT_TRUE(make_sscc("061414112345", 1));
}

std::string const notice = R"({"schema":"wharf/ship_notice/1","document":"ship_notice","number":"S","purpose":"original","shipped_lines":[
{"order":{"number":"A"},"order_line_number":"7","quantity":"5","packages":["one"]},
{"order":{"number":"A"},"order_line_number":"8","quantity":"6","unit":"case","packages":["006141411234567890"],"expiry_date":"2026-01-31"},
{"order":{"number":"A"},"items":[{"scheme":"upc","value":"9"}],"quantity":"1","packages":["one"]},
{"order":{"number":"B"},"order_line_number":"1","quantity":"2"}]})";

TEST(Turnaround, TheTreeOfANotice) {
    auto document = parsed(notice);
    ASSERT_TRUE(lacks_shipment(document));
    build_shipment(document);
    EXPECT_FALSE(lacks_shipment(document));
    EXPECT_FALSE(has_errors(document::check(document))) << json::to_text(document);
    auto const& orders = document.find("shipment")->find("children")->items();
    ASSERT_EQ(orders.size(), 2u);
    auto const& packs = orders[0].find("children")->items();
    ASSERT_EQ(packs.size(), 2u) << "one label, one carton";
    EXPECT_EQ(packs[0].find("children")->items().size(), 2u);
    EXPECT_EQ(packs[1].find("marks")->items()[0].string("value"), "00006141411234567890");
    EXPECT_EQ(orders[1].find("children")->items()[0].string("level"), "item") << "in no package";
    EXPECT_EQ(unlabelled_packages(document), 1u);
    auto const labelled = label_packages(document, [] { return std::string("106141410000000002"); });
    ASSERT_EQ(labelled.size(), 1u);
    EXPECT_EQ(labelled[0].name, "one");
    EXPECT_EQ(unlabelled_packages(document), 0u);
    EXPECT_FALSE(has_errors(document::check(document)));
}

TEST(Turnaround, WhatTheOrderKnows) {
    auto const head = [](std::string const& number, std::string const& department) {
        return R"({"document":"purchase_order","number":")" + number + R"(","date":"2025-06-02","references":[{"kind":"department","value":")" +
               department + R"("},{"kind":"promotion","value":"X"}],"parties":[{"role":"ship_to","name":"ST"},{"role":"buyer","name":")" +
               number + R"("}],"lines":[)";
    };
    Orders orders;
    orders.emplace("A", parsed(head("A", "038") + R"({"line_number":"7","unit":"each","items":[{"scheme":"upc","value":"77"},{"scheme":"buyer_item","value":"B7"}]},
        {"line_number":"9","unit":"case","items":[{"scheme":"upc","value":"9"},{"scheme":"buyer_item","value":"B9"}]}]})"));
    orders.emplace("B", parsed(head("B", "039") + R"({"line_number":"1","unit":"each"}]})"));
    auto document = parsed(notice);
    build_shipment(document);
    complete_from_order(document, orders, {{"department"}, {"ship_to", "buyer"}, {"upc", "buyer_item"}});
    auto const& root = *document.find("shipment");
    EXPECT_EQ(json::to_text(*root.find("parties")), R"([{"role":"ship_to","name":"ST"}])") << "shared by all orders";
    auto const& a = root.find("children")->items()[0];
    EXPECT_EQ(json::to_text(*a.find("references")), R"([{"kind":"department","value":"038"}])");
    EXPECT_EQ(json::to_text(*a.find("parties")), R"([{"role":"buyer","name":"A"}])");
    EXPECT_EQ(a.find("order")->string("date"), "2025-06-02");
    auto const& items = a.find("children")->items()[0].find("children")->items();
    EXPECT_EQ(json::to_text(*items[0].find("items")), R"([{"scheme":"upc","value":"77"},{"scheme":"buyer_item","value":"B7"}])");
    EXPECT_EQ(items[0].string("unit"), "each");
    EXPECT_EQ(items[1].string("line_number"), "9") << "found by its item";
    EXPECT_EQ(items[1].string("unit"), "case");
    EXPECT_FALSE(has_errors(document::check(document))) << json::to_text(document);

    auto invoice = parsed(R"({"document":"invoice","number":"I","order_number":"A","references":[{"kind":"department","value":"own"}],
        "lines":[{"position":1,"order":{"line_number":"7"},"quantity":"1"}]})");
    complete_from_order(invoice, orders, {{"department", "promotion"}, {}, {"buyer_item"}});
    EXPECT_EQ(json::to_text(*invoice.find("references")), R"([{"kind":"department","value":"own"},{"kind":"promotion","value":"X"}])")
        << "what the document says comes first";
    EXPECT_EQ(json::to_text(*invoice.find("lines")->items()[0].find("items")), R"([{"scheme":"buyer_item","value":"B7"}])");
}

} // namespace
} // namespace wharf::document
