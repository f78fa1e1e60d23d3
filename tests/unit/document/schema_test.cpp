#include "document/schema.hpp"

#include "base/embedded.hpp"
#include "diagnostic/registry.hpp"
#include "document/schema_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace wharf::document {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

Schema const& schema(std::string_view kind) {
    auto const* found = Schema::find(kind);
    if (!found) throw std::runtime_error("no schema " + std::string(kind));
    return *found;
}

/// "CODE pointer" of each finding.
std::vector<std::string> faults(std::string_view text) {
    auto const document = json::parse(text);
    if (!document) return {document.error().message};
    std::vector<std::string> found;
    for (auto const& finding : check(*document))
        found.push_back(finding.code + " " + finding.place.path);
    return found;
}

std::string order(std::string_view members) {
    return R"({"schema":"wharf/purchase_order/1","document":"purchase_order","number":"1","purpose":"original")" +
           std::string(members) + "}";
}

TEST(Schema, EveryKindIsFound) {
    EXPECT_THAT(Schema::kinds(), IsSupersetOf({"purchase_order", "purchase_order_acknowledgment",
                                               "purchase_order_change", "purchase_order_change_acknowledgment",
                                               "ship_notice", "receipt", "invoice", "inventory_advice", "remittance",
                                               "application_advice", "functional_acknowledgment"}));
    for (auto const& kind : Schema::kinds()) {
        auto const* found = Schema::find(kind);
        ASSERT_NE(found, nullptr) << kind;
        EXPECT_EQ(found->name(), "wharf/" + kind + "/1");
        EXPECT_EQ(found, Schema::find(kind)) << "compiled once";
    }
    EXPECT_EQ(Schema::find("purchase_orders"), nullptr);
    EXPECT_EQ(Schema::find("common"), nullptr);
    EXPECT_EQ(Schema::find("purchase_order", 2), nullptr);
    EXPECT_EQ(Schema::find("../schemas/invoice"), nullptr);
}

// Provenance first and extensions last, in every object: the order of properties is the order of output.
TEST(Schema, ObjectsBeginWithProvenanceAndEndWithExtensions) {
    for (auto const& kind : Schema::kinds()) {
        auto const& root = schema(kind).root();
        std::vector<std::string> first;
        for (std::size_t i = 0; i < 5; ++i)
            first.push_back(root.properties[i].name);
        EXPECT_THAT(first, ElementsAre("schema", "document", "id", "test", "source")) << kind;
        std::set<Node const*> seen;
        std::function<void(Node const&, std::string const&)> visit = [&](Node const& node, std::string const& path) {
            if (!seen.insert(&node).second) return;
            EXPECT_FALSE(node.description.empty() && node.type != NodeType::object && path != "") << path;
            if (node.items) visit(*node.items, path + "[]");
            for (auto const& property : node.properties) {
                if (property.name == "extensions") {
                    EXPECT_EQ(&property, &node.properties.back()) << path;
                    EXPECT_TRUE(property.node->additional);
                } else {
                    EXPECT_FALSE(property.node->additional) << path << "." << property.name;
                }
                visit(*property.node, path + "." + property.name);
            }
        };
        visit(root, "");
    }
}

TEST(Schema, NodesAreFoundByPath) {
    auto const& order = schema("purchase_order");
    ASSERT_NE(order.node("lines[].items[].scheme"), nullptr);
    EXPECT_EQ(order.node("lines[].items[].scheme")->pattern, Pattern::coded);
    EXPECT_EQ(order.node("parties[].address.city")->type, NodeType::string);
    EXPECT_EQ(order.node("lines[].unit_price")->pattern, Pattern::decimal);
    EXPECT_EQ(order.node("lines[].position")->type, NodeType::integer);
    EXPECT_EQ(order.node("lines")->type, NodeType::array);
    EXPECT_EQ(order.node("lines[]")->type, NodeType::object);
    EXPECT_EQ(order.node(""), &order.root());
    EXPECT_EQ(order.node("lines.quantity"), nullptr);
    EXPECT_EQ(order.node("number[]"), nullptr);
    EXPECT_EQ(order.node("lines[].quantities[].nothing"), nullptr);
    EXPECT_EQ(order.node("lines[role=x]"), nullptr);
}

TEST(Schema, NodesOfAShipNoticeContainThemselves) {
    auto const* root = schema("ship_notice").node("shipment");
    ASSERT_NE(root, nullptr);
    EXPECT_EQ(schema("ship_notice").node("shipment.children[].children[].children[]"), root);
}

TEST(Schema, DerivedFieldsAreMarked) {
    auto const derived = [](std::string_view kind, std::string_view parent, std::string_view name) {
        return schema(kind).node(parent)->find(name)->derived;
    };
    EXPECT_TRUE(derived("ship_notice", "", "shipped_lines"));
    EXPECT_TRUE(derived("invoice", "", "direction"));
    EXPECT_TRUE(derived("purchase_order", "lines[]", "description"));
    EXPECT_FALSE(derived("purchase_order", "lines[]", "descriptions"));
}

TEST(Schema, TextsAreAcceptedByTheirPattern) {
    struct Case {
        Pattern pattern;
        std::vector<std::string_view> good, bad;
    };
    for (auto const& [pattern, good, bad] : std::initializer_list<Case>{
             {Pattern::decimal,
              {"0", "-0", "12", "157.50", "1.000", "-0.5", "123456789012345678901234567890.1"},
              {"", "-", ".5", "5.", "05", "00", "+1", "1,5", "1e3", " 1", "1 ", "1.2.3", "--1", "0x1", "1_0"}},
             {Pattern::date,
              {"2025-06-02", "2024-02-29", "1999-12-31"},
              {"", "2025-6-2", "20250602", "2025-02-29", "2025-13-01", "2025-00-10", "2025-06-31", "2025-06-02T10:00",
               "2025/06/02"}},
             {Pattern::date_time,
              {"2025-06-02", "2025-06-02T14:03", "2025-06-02T14:03:07", "2025-06-02T14:03:07.2",
               "2025-06-02T14:03:07.25", "2025-06-02T14:03Z", "2025-06-02T14:03:07-05:00", "2025-06-02T00:00+12:00"},
              {"2025-06-02T", "2025-06-02T14", "2025-06-02 14:03", "2025-06-02T24:00", "2025-06-02T14:60",
               "2025-06-02T14:03:07.253", "2025-06-02T14:03:60", "2025-06-02T14:03+5", "2025-06-02T14:03+25:00",
               "2025-06-02Z", "2025-06-02T14:03ZZ", "2025-02-30T14:03"}},
             {Pattern::time,
              {"14:03", "00:00:00", "23:59:59.99"},
              {"", "24:00", "1403", "14:3", "14:03:", "14:03:61", "14:03Z"}},
             {Pattern::coded,
              {"each", "ship_to", "x12:8R", "acme:07", "unece:XBX", "a", "x12:a:b", "3m:7"},
              {"", "EA", "Each", "ship to", "x12:", ":8R", "X12:8R", "1each", "_x", "each ", "x-12:8R"}},
             {Pattern::none, {"anything at all", "x"}, {""}}}) {
        Node node;
        node.type = NodeType::string;
        node.pattern = pattern;
        node.min_length = pattern == Pattern::none ? 1 : 0;
        for (auto const text : good)
            EXPECT_TRUE(accepts(node, text)) << expectation(node) << ": " << text;
        for (auto const text : bad)
            EXPECT_FALSE(accepts(node, text)) << expectation(node) << ": " << text;
    }
}

TEST(Schema, LengthsCountCharactersNotBytes) {
    Node node;
    node.type = NodeType::string;
    node.min_length = 2;
    node.max_length = 3;
    EXPECT_FALSE(accepts(node, "\xC3\xA9"));
    EXPECT_TRUE(accepts(node, "\xC3\xA9\xC3\xA9"));
    EXPECT_TRUE(accepts(node, "\xC3\xA9\xC3\xA9\xC3\xA9"));
    EXPECT_FALSE(accepts(node, "abcd"));
    EXPECT_EQ(expectation(node), "a text of 2 to 3 characters");
}

TEST(Check, ASmallOrderIsGood) {
    EXPECT_THAT(faults(order(R"(,"lines":[])")), ElementsAre());
    EXPECT_THAT(faults(order(R"J(,"date":"2025-06-02","lines":[{"position":1,"quantity":"24","unit":"each",
        "items":[{"scheme":"upc","value":"058824014093"}],"extensions":{"x12:004010":{"BEG11":"x","IT8(1)":["BI"]}}}])J")),
                ElementsAre());
}

TEST(Check, AllFaultsAreFoundWithTheirPlace) {
    EXPECT_THAT(faults(order(R"(,"date":"2025-02-30","nummer":"2","parties":[{"role":"Ship To"},{"name":""}],"lines":[
        {"position":"1","quantity":24},{"quantity":"1,5","unit":null},7])")),
                ElementsAre("DOC-0009 /date", "DOC-0003 /nummer", "DOC-0005 /parties/0/role",
                            "DOC-0007 /parties/1/name", "DOC-0004 /lines/0/position", "DOC-0004 /lines/0/quantity",
                            "DOC-0002 /lines/1", "DOC-0005 /lines/1/quantity", "DOC-0004 /lines/1/unit",
                            "DOC-0004 /lines/2"));
    EXPECT_THAT(faults(R"({"schema":"wharf/invoice/1","document":"invoice","number":"1","lines":[],"direction":"up"})"),
                ElementsAre("DOC-0006 /direction"));
    EXPECT_THAT(faults(order("")), ElementsAre("DOC-0002 "));
    EXPECT_THAT(faults(order(R"(,"lines":[],"revision":1.5)")), ElementsAre("DOC-0004 /revision"));
}

TEST(Check, PointersAreEscaped) {
    EXPECT_THAT(faults(order(R"(,"lines":[],"a/b~c":1)")), ElementsAre("DOC-0003 /a~1b~0c"));
}

TEST(Check, MessagesHelp) {
    auto const findings = check(*json::parse(order(R"(,"lines":[{"position":1,"quantiy":"1","unit_price":12.50}])")));
    ASSERT_EQ(findings.size(), 2u);
    EXPECT_EQ(findings[0].message, "/lines/0/quantiy: There is no field `quantiy` here.");
    EXPECT_EQ(findings[0].help, "Did you mean `quantity`?");
    EXPECT_EQ(findings[1].message,
              "/lines/0/unit_price: Found the number 12.50; expected a text that holds a decimal.");
    EXPECT_THAT(findings[1].help, HasSubstr("Write it in quotes: \"12.50\""));
    EXPECT_EQ(findings[1].value, "12.50");
}

TEST(Check, TheSchemaMustBeNamed) {
    for (std::string_view const text :
         {"[]", "{}", R"({"schema":"wharf/purchase_order/2","document":"purchase_order"})",
          R"({"schema":"purchase_order"})", R"({"schema":"wharf/purchase_order/1","document":"invoice"})",
          R"({"schema":"wharf/purchase_order/01"})", R"({"schema":"wharf//1"})", R"({"schema":7})",
          R"({"schema":"wharf/common/1"})"})
        EXPECT_THAT(faults(text), ElementsAre("DOC-0001 ")) << text;
    EXPECT_THAT(check(*json::parse("{}"))[0].help, HasSubstr("wharf/ship_notice/1"));
}

TEST(Check, DepthIsLimited) {
    json::Value node(json::Object{});
    node.set("level", "pack");
    for (int i = 0; i < 200; ++i) {
        json::Value parent(json::Object{});
        json::Value children;
        children.push_back(std::move(node));
        parent.set("level", "pack");
        parent.set("children", std::move(children));
        node = std::move(parent);
    }
    json::Value notice;
    notice.set("schema", "wharf/ship_notice/1");
    notice.set("document", "ship_notice");
    notice.set("number", "1");
    notice.set("purpose", "original");
    notice.set("shipment", std::move(node));
    auto const findings = check(notice);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].code, "DOC-0010");
}

TEST(SchemaLoader, RefusesWhatItDoesNotKnow) {
    auto const reason = [](std::string_view root, std::string_view common = "{}") {
        SchemaLoader loader([&](std::string_view name) -> std::optional<std::string_view> {
            if (name == "x.1.json") return root;
            return name == "common.1.json" ? std::optional(common) : std::nullopt;
        });
        auto const loaded = loader.load("x", 1);
        return loaded ? std::string("loaded") : loaded.error().message;
    };
    EXPECT_EQ(reason(R"({"type":"object","properties":{},"additionalProperties":false})"), "loaded");
    EXPECT_EQ(
        reason(
            R"({"type":"object","properties":{"a":{"type":"string","format":"date"}},"additionalProperties":false})"),
        "schemas/x.1.json at /properties/a: the keyword \"format\" is not supported");
    EXPECT_THAT(
        reason(R"({"type":"object","properties":{"a":{"type":"string","pattern":"^a"}},"additionalProperties":false})"),
        HasSubstr("/properties/a/pattern: the pattern \"^a\" is not one of the named ones"));
    EXPECT_THAT(reason(R"({"type":"object","properties":{}})"), HasSubstr("must say additionalProperties"));
    EXPECT_THAT(reason(R"({"type":"number","additionalProperties":false})"),
                HasSubstr("the type \"number\" is not supported"));
    EXPECT_THAT(reason(R"({"type":"object","required":["a"],"additionalProperties":false})"),
                HasSubstr("\"a\" is not a property"));
    EXPECT_THAT(
        reason(R"({"type":"object","properties":{"a":{"$ref":"#/definitions/b"}},"additionalProperties":false})"),
        HasSubstr("leads nowhere"));
    EXPECT_THAT(
        reason(
            R"({"type":"object","properties":{"a":{"$ref":"other.json#/definitions/b"}},"additionalProperties":false})"),
        HasSubstr("schemas/other.json: there is no such file"));
    EXPECT_THAT(
        reason(
            R"({"type":"object","properties":{"a":{"$ref":"common.1.json#/definitions/b"}},"additionalProperties":false})",
            R"({"definitions":{"b":{"type":"array","items":{"type":"text"}}}})"),
        HasSubstr("schemas/common.1.json at /definitions/b/items/type"));
    EXPECT_THAT(
        reason(
            R"({"type":"object","properties":{"a":{"$ref":"#/definitions/a","title":"x"}},"additionalProperties":false})"),
        HasSubstr("$ref must stand alone"));
    EXPECT_THAT(reason("{"), HasSubstr("schemas/x.1.json: line 1"));
    EXPECT_THAT(reason("[]"), HasSubstr("a schema must be an object"));
}

TEST(Codes, EveryCodeOfTheCheckerHasItsPage) {
    for (auto const code : {"DOC-0001", "DOC-0002", "DOC-0003", "DOC-0004", "DOC-0005", "DOC-0006", "DOC-0007",
                            "DOC-0008", "DOC-0009", "DOC-0010"}) {
        auto const entry = find_code(code);
        ASSERT_TRUE(entry) << code;
        EXPECT_GT(entry->explanation.size(), 80u) << code;
    }
}

} // namespace
} // namespace wharf::document
