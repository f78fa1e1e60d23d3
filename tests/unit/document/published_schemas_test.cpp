// The published schemas are a promise: tests/golden/schemas/ holds what was given out, and no schema may break it
// without a new version (a new file NAME.2.json). WHARF_UPDATE_GOLDEN=1 adds what is new to the published files; it
// never writes over a promise that the schema breaks.
#include "support/schema_compatibility.hpp"

#include "document/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace wharf::document {
namespace {

using json::Value;
using testing::ElementsAre;
using testing::IsEmpty;

std::filesystem::path const schemas = WHARF_SOURCE_DIR "/schemas";
std::filesystem::path const published = WHARF_SOURCE_DIR "/tests/golden/schemas";

std::string text_of(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Value parsed(std::filesystem::path const& path) {
    auto value = json::parse(text_of(path));
    EXPECT_TRUE(value) << path;
    return value ? *value : Value();
}

/// The schemas of documents, with the definitions they share: "invoice.1.json".
std::vector<std::string> files() {
    std::vector<std::string> names{"common.1.json"};
    for (auto const& entry : std::filesystem::directory_iterator(schemas)) {
        auto const name = entry.path().filename().string();
        auto const kinds = Schema::kinds();
        if (std::find(kinds.begin(), kinds.end(), name.substr(0, name.find('.'))) != kinds.end()) names.push_back(name);
    }
    return names;
}

TEST(PublishedSchemas, KeepTheirPromise) {
    bool const update = std::getenv("WHARF_UPDATE_GOLDEN") != nullptr;
    auto const common = parsed(schemas / "common.1.json");
    auto const common_before =
        std::filesystem::exists(published / "common.1.json") ? parsed(published / "common.1.json") : common;
    for (auto const& name : files()) {
        auto const promise = published / name;
        if (!std::filesystem::exists(promise) && !update) {
            ADD_FAILURE() << name << " was never published: write tests/golden/schemas/" << name
                          << " with WHARF_UPDATE_GOLDEN=1";
            continue;
        }
        if (std::filesystem::exists(promise)) {
            auto const before = parsed(promise);
            auto const now = parsed(schemas / name);
            auto const breaks = test::breaking_changes({&before, &common_before}, {&now, &common});
            EXPECT_THAT(breaks, IsEmpty())
                << "schemas/" << name << " breaks what was published. Documents of this version exist: "
                << "take the change back, or make it in a file of the next version.";
            if (!breaks.empty()) continue;
        }
        if (update) std::ofstream(promise, std::ios::binary) << text_of(schemas / name);
    }
    for (auto const& entry : std::filesystem::directory_iterator(published))
        EXPECT_TRUE(std::filesystem::exists(schemas / entry.path().filename()))
            << entry.path().filename() << " was published and is gone";
}

// Definitions no document refers to would pass unseen: they are compared by themselves.
TEST(PublishedSchemas, KeepTheDefinitions) {
    auto const before = parsed(published / "common.1.json");
    auto const now = parsed(schemas / "common.1.json");
    for (auto const& [name, definition] : before.find("definitions")->members()) {
        auto const* kept = now.find("definitions")->find(name);
        ASSERT_NE(kept, nullptr) << "the definition " << name << " is gone";
        EXPECT_THAT(test::breaking_changes({&definition, &before}, {kept, &now}), IsEmpty()) << name;
    }
}

// What is new must be published with the change that brings it, or the next change could break it unseen.
TEST(PublishedSchemas, HoldWhatIsThereNow) {
    for (auto const& name : files())
        EXPECT_EQ(text_of(published / name), text_of(schemas / name))
            << "publish it: WHARF_UPDATE_GOLDEN=1 document_test --gtest_filter='PublishedSchemas.*'";
}

class Break : public testing::Test {
protected:
    static std::vector<std::string> between(std::string_view before, std::string_view after) {
        auto const was = *json::parse(before);
        auto const is = *json::parse(after);
        return test::breaking_changes({&was, &was}, {&is, &is});
    }
    static std::string document(std::string_view properties, std::string_view required = R"("number")") {
        return R"({"type":"object","properties":{)" + std::string(properties) + R"(},"required":[)" +
               std::string(required) +
               R"(],"additionalProperties":false,"definitions":{"line":{"type":"object","properties":{"quantity":)" +
               R"({"type":"string","pattern":"^[0-9]+$"},"lines":{"type":"array","items":{"$ref":"#/definitions/line"}}},)" +
               R"("additionalProperties":false}}})";
    }
    std::string const before = document(
        R"("number":{"type":"string","minLength":1},"kind":{"type":"string","enum":["a","b"]},"lines":{"type":"array","items":{"$ref":"#/definitions/line"}})");

    std::string changed(std::string_view from, std::string_view to) const {
        auto text = before;
        auto const at = text.find(from);
        EXPECT_NE(at, text.npos) << from;
        return text.replace(at, from.size(), to);
    }
};

TEST_F(Break, NothingChanged) {
    EXPECT_THAT(between(before, before), IsEmpty());
}
TEST_F(Break, WordsAndNewOptionalFieldsAreNone) {
    EXPECT_THAT(
        between(before, changed(R"("kind":{)", R"("extra":{"type":"string"},"kind":{"description":"New words.",)")),
        IsEmpty());
}
TEST_F(Break, AFieldThatGoes) {
    EXPECT_THAT(between(before, changed(R"("kind":{"type":"string","enum":["a","b"]},)", "")),
                ElementsAre("kind is gone"));
}
TEST_F(Break, AFieldOfADefinitionThatGoes) {
    EXPECT_THAT(between(before, changed(R"("quantity":{)", R"("amount":{)")), ElementsAre("lines[].quantity is gone"));
}
TEST_F(Break, ANewRequiredField) {
    EXPECT_THAT(between(before, changed(R"("required":["number"])", R"("required":["number","kind"])")),
                ElementsAre("the document requires `kind` now"));
}
TEST_F(Break, APromiseTakenBack) {
    EXPECT_THAT(between(before, changed(R"("required":["number"])", R"("required":[])")),
                ElementsAre("the document does not promise `number` any more"));
}
TEST_F(Break, AnotherType) {
    EXPECT_THAT(between(before, changed(R"("number":{"type":"string","minLength":1})",
                                        R"("number":{"type":"integer","minLength":1})")),
                ElementsAre(R"(number says another `type`: "string" before, "integer" now)"));
}
TEST_F(Break, AnotherPattern) {
    EXPECT_EQ(between(before, changed("^[0-9]+$", "^[0-9]{1,3}$")).size(), 1u);
}
TEST_F(Break, FewerAndMoreWords) {
    EXPECT_THAT(between(before, changed(R"(["a","b"])", R"(["a"])")), ElementsAre("kind allows other words (enum)"));
    EXPECT_THAT(between(before, changed(R"(["a","b"])", R"(["a","b","c"])")),
                ElementsAre("kind allows other words (enum)"));
}
TEST_F(Break, LongerAndShorterTexts) {
    EXPECT_EQ(between(before, changed(R"("minLength":1)", R"("minLength":2)")).size(), 1u);
    EXPECT_EQ(between(before, changed(R"("minLength":1)", R"("minLength":1,"maxLength":9)")).size(), 1u);
}
TEST_F(Break, ADefinitionThatGoes) {
    EXPECT_EQ(between(before, changed(R"("definitions":{"line")", R"("definitions":{"row")")).size(), 1u);
}

} // namespace
} // namespace wharf::document
