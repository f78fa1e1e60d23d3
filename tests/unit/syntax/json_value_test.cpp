#include "syntax/json/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::json {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view text, unsigned depth = 64) {
    auto const value = parse(text, depth);
    return value ? "no error" : value.error().message;
}

TEST(JsonValue, NumbersKeepTheirText) {
    for (std::string const text :
         {"45.9900", "-0", "1E2", "0.10", "123456789012345678901234567890", "1e-7", "18446744073709551615"}) {
        auto const value = parse("[" + text + "]");
        ASSERT_TRUE(value) << value.error().message;
        EXPECT_EQ(value->items()[0].type(), Type::number);
        EXPECT_EQ(value->items()[0].text(), text);
        EXPECT_EQ(to_text(*value), "[" + text + "]");
    }
}

TEST(JsonValue, MembersKeepTheirOrder) {
    auto const text = R"({"zeta":1,"alpha":{"b":[],"a":{}},"mid":[true,false,null,"x"]})";
    auto const value = parse(text);
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(to_text(*value), text);
    EXPECT_TRUE(value->find("mid")->items()[0].is_true());
    EXPECT_TRUE(value->find("mid")->items()[2].is_null());
    EXPECT_EQ(value->find("mid")->find("x"), nullptr);
    EXPECT_EQ(value->string("zeta"), "");
}

TEST(JsonValue, EscapesAreUndoneAndWrittenBack) {
    auto const value = parse(R"("a\"b\\c\n\u00e9\ud83d\ude00\/")");
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(value->text(), "a\"b\\c\n\xC3\xA9\xF0\x9F\x98\x80/");
    EXPECT_EQ(parse(to_text(*value))->text(), value->text());
}

TEST(JsonValue, LongTextsAndEscapedNamesSurvive) {
    std::string const body(100'000, 'x');
    auto const value = parse("{\"a\\u0062c\": \"" + body + "\\t" + body + "\"}");
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(value->string("abc"), body + "\t" + body);
}

TEST(JsonValue, AByteOrderMarkIsPassedOver) {
    EXPECT_TRUE(parse("\xEF\xBB\xBF{}"));
}

TEST(JsonValue, PrettyTextIsIndentedByTwo) {
    EXPECT_EQ(to_pretty_text(*parse(R"({"a":[1,{"b":"c"}],"d":{},"e":[]})")),
              "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"c\"\n    }\n  ],\n  \"d\": {},\n  \"e\": []\n}\n");
}

TEST(JsonValue, DuplicatesAreErrorsWithTheirPlace) {
    EXPECT_EQ(error_of("{\"a\": 1,\n \"b\": 2, \"a\": 3}"),
              "line 2, column 10: the member \"a\" stands twice in one object; keep one of them");
    EXPECT_THAT(error_of(R"({"a":1,"\u0061":2})"), HasSubstr("\"a\" stands twice"));
    EXPECT_THAT(error_of(R"({"":1,"":2})"), HasSubstr("stands twice"));
    EXPECT_TRUE(parse(R"({"a":{"a":{"a":1}},"b":{"a":2}})"));
}

TEST(JsonValue, DuplicatesAreFoundInLargeObjects) {
    std::string text = "{";
    for (int i = 0; i < 1000; ++i)
        text += "\"name" + std::to_string(i) + "\":0,";
    EXPECT_TRUE(parse(text + "\"last\":0}"));
    EXPECT_THAT(error_of(text + "\"name3\":0}"), HasSubstr("\"name3\" stands twice"));
    EXPECT_THAT(error_of(text + "\"name999\":0}"), HasSubstr("\"name999\" stands twice"));
}

TEST(JsonValue, ErrorsSayWhereWhatAndWhatWasExpected) {
    EXPECT_EQ(error_of(""), "line 1, column 1: the text ends; expected a JSON value");
    EXPECT_EQ(error_of("{\"a\": 1,\n}"), "line 2, column 1: found \"}\"; expected a member name in double quotes");
    EXPECT_EQ(error_of("[1 2]"), "line 1, column 4: found \"2\"; expected \",\" or \"]\"");
    EXPECT_EQ(error_of("{\"a\":\n  }"), "line 2, column 3: found \"}\"; expected a value");
    EXPECT_EQ(error_of("{\"a\":1"),
              "line 1, column 7: the text ends; expected \",\" or \"}\" (or \":\" after a member name)");
    EXPECT_EQ(error_of("[1] x"),
              "line 1, column 5: found \"x\" after the end of the JSON value; expected the end of the text");
    EXPECT_THAT(error_of(R"("\u12x4")"), HasSubstr("broken \\u escape"));
    EXPECT_THAT(error_of(R"("\ud800")"), HasSubstr("expected valid UTF-8 text, or a known escape"));
    EXPECT_EQ(
        error_of("{\n\"a\": \"b c"),
        "line 2, column 10: the text ends; expected the closing quote of the string that begins at line 2, column 6");
    EXPECT_THAT(error_of("[\"a\tb\"]"), HasSubstr("found the control character 0x09; expected valid UTF-8 text"));
}

TEST(JsonValue, BadTextsAreRefused) {
    for (std::string_view const text : {"nul", "01", "+1", "1.", ".5", "[1,]", "{a:1}", "'a'", "\"\x01\"", "\"\xFF\"",
                                        "[", "]", "{]", "NaN", "//x\n1", "\"a", "\\", "1e"})
        EXPECT_FALSE(parse(text)) << text;
}

TEST(JsonValue, NestingIsLimited) {
    auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
    EXPECT_TRUE(parse(nested(64)));
    EXPECT_THAT(error_of(nested(65)), HasSubstr("nested more than 64 levels"));
    EXPECT_THAT(error_of(nested(1'000'000)), HasSubstr("nested more than 64 levels"));
    EXPECT_THAT(error_of(nested(4), 3), HasSubstr("nested more than 3 levels"));
}

TEST(JsonValue, ValuesAreBuiltByHand) {
    Value value;
    value.set("a", "x");
    value.set("n", Value::integer(-7));
    value.set("a", Value::number("1.50"));
    Value list;
    list.push_back(true);
    value.set("l", std::move(list));
    EXPECT_EQ(to_text(value), R"({"a":1.50,"n":-7,"l":[true]})");
    EXPECT_EQ(value, *parse(R"({"a":1.50,"n":-7,"l":[true]})"));
    EXPECT_NE(value, *parse(R"({"a":1.5,"n":-7,"l":[true]})"));
}

} // namespace
} // namespace wharf::json
