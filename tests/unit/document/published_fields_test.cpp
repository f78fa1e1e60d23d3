// Every field of the published schemas says what it is, in which unit, and shows an example that is itself allowed.
#include "document/schema.hpp"

#include "base/embedded.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace wharf::document {
namespace {

using json::Value;

/// The members of an object schema, with where they stand: "common.1.json party.name".
void each_field(Value const& schema, std::string const& place,
                std::function<void(std::string const&, Value const& field, Value const& owner)> const& visit) {
    if (auto const* properties = schema.find("properties"))
        for (auto const& [name, field] : properties->members()) {
            visit(place + "." + name, field, schema);
            each_field(field, place + "." + name, visit);
        }
    if (auto const* items = schema.find("items")) each_field(*items, place + "[]", visit);
}

void each_published_field(std::function<void(std::string const&, Value const&, Value const&)> const& visit) {
    auto const open = [](std::string const& name) {
        auto const text = embedded_file("schemas/" + name);
        auto schema = text ? json::parse(*text) : json::parse("{}");
        EXPECT_TRUE(text && schema) << name;
        return schema ? *schema : Value();
    };
    auto const common = open("common.1.json");
    for (auto const& [name, definition] : common.find("definitions")->members()) {
        EXPECT_FALSE(definition.string("description").empty()) << name;
        each_field(definition, name, visit);
    }
    for (auto const& kind : Schema::kinds()) {
        auto const root = open(kind + ".1.json");
        EXPECT_FALSE(root.string("description").empty()) << kind;
        EXPECT_FALSE(root.string("title").empty()) << kind;
        each_field(root, kind, visit);
    }
}

TEST(PublishedFields, AreDescribed) {
    std::size_t fields = 0;
    each_published_field([&](std::string const& place, Value const& field, Value const&) {
        ++fields;
        if (field.find("$ref")) return; // its definition is described
        auto const description = field.string("description");
        EXPECT_FALSE(description.empty()) << place;
        EXPECT_TRUE(description.ends_with('.') || description.find(':') != description.npos)
            << place << ": " << description;
    });
    EXPECT_GT(fields, 900u);
}

TEST(PublishedFields, ShowAnExample) {
    each_published_field([](std::string const& place, Value const& field, Value const&) {
        auto const type = field.string("type");
        auto const* values = type == "array" && field.find("items")->find("$ref") == nullptr &&
                                     field.find("items")->string("type") == "string"
                                 ? field.find("items")
                                 : &field;
        if (type != "string" && type != "integer" && type != "boolean" && values == &field) return;
        auto const* examples = values->find("examples");
        ASSERT_TRUE(examples && !examples->items().empty()) << place << " has no example";
    });
}

// The compiled schema judges the examples: patterns, enumerations, constants.
TEST(PublishedFields, ExamplesPassTheirOwnField) {
    std::size_t judged = 0;
    for (auto const& kind : Schema::kinds()) {
        auto const* schema = Schema::find(kind);
        auto const raw = *json::parse(*embedded_file("schemas/" + kind + ".1.json"));
        each_field(raw, "", [&](std::string const& place, Value const& field, Value const&) {
            auto const* node = schema->node(place.substr(1));
            ASSERT_NE(node, nullptr) << kind << place;
            auto const* examples = field.find("examples");
            if (!examples || node->type != NodeType::string) return;
            for (auto const& example : examples->items()) {
                ++judged;
                EXPECT_TRUE(accepts(*node, example.text())) << kind << place << ": " << example.text();
            }
        });
    }
    auto const common = *json::parse(*embedded_file("schemas/common.1.json"));
    std::set<std::string> seen;
    // Definitions are reached from the documents; each is judged where it is first met.
    std::function<void(Node const&, Value const&, int)> judge = [&](Node const& node, Value const& schema, int depth) {
        auto const* value = &schema;
        if (auto const* reference = schema.find("$ref")) {
            auto const name = reference->text().substr(reference->text().rfind('/') + 1);
            if (!seen.insert(name).second || depth > 60) return;
            value = common.find("definitions")->find(name);
            ASSERT_NE(value, nullptr) << name;
        }
        if (auto const* properties = value->find("properties"))
            for (auto const& [name, field] : properties->members())
                if (auto const* property = node.find(name)) judge(*property->node, field, depth + 1);
        if (auto const* items = value->find("items"); items && node.items) judge(*node.items, *items, depth + 1);
        if (auto const* examples = value->find("examples"); examples && node.type == NodeType::string)
            for (auto const& example : examples->items()) {
                ++judged;
                EXPECT_TRUE(accepts(node, example.text())) << value->string("description") << ": " << example.text();
            }
    };
    for (auto const& kind : Schema::kinds())
        judge(Schema::find(kind)->root(), *json::parse(*embedded_file("schemas/" + kind + ".1.json")), 0);
    for (auto const& [name, definition] : common.find("definitions")->members())
        EXPECT_TRUE(seen.contains(name)) << name << " is used by no document";
    EXPECT_GT(judged, 900u);
}

// A quantity says in which member its unit stands; money is in the document's currency.
TEST(PublishedFields, SayTheirUnit) {
    static std::set<std::string> const named{"currency", "percent"};
    std::size_t units = 0;
    each_published_field([&](std::string const& place, Value const& field, Value const& owner) {
        auto const name = place.substr(place.rfind('.') + 1);
        bool const decimal = field.string("pattern").starts_with("^-?(0");
        auto const unit = field.string("x-unit");
        if (!unit.empty()) {
            ++units;
            EXPECT_TRUE(decimal) << place;
            EXPECT_TRUE(named.contains(std::string(unit)) || owner.find("properties")->find(unit))
                << place << " has no member " << unit;
        } else if (decimal) {
            EXPECT_FALSE(owner.find("properties")->find("unit") && (name == "quantity" || name == "value")) << place;
            EXPECT_FALSE(name == "amount" || name == "unit_price" || name == "price" || name.ends_with("_amount"))
                << place;
            EXPECT_FALSE(name.starts_with("percent") || name.ends_with("percent")) << place;
        }
    });
    EXPECT_GT(units, 60u);
}

} // namespace
} // namespace wharf::document
