#include "syntax/json/tape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace wharf::json {
namespace {

std::string error_of(std::string_view text) {
    auto const tape = Tape::parse(text);
    return tape ? "no error" : tape.error().message;
}

TEST(JsonTape, TextsAreViewsOfTheSource) {
    std::string const text = R"({"a":"plain","b":[1.50,true,null,{}],"c":{"d":"x"}})";
    auto const tape = Tape::parse(text);
    ASSERT_TRUE(tape) << tape.error().message;
    auto const& root = tape->root();
    auto const inside = [&](std::string_view view) {
        return view.data() >= text.data() && view.data() + view.size() <= text.data() + text.size();
    };
    EXPECT_TRUE(inside(root.find("a")->text()));
    EXPECT_TRUE(inside(root.find("a")->name()));
    EXPECT_TRUE(inside(root.find("b")->items()[0].text()));
    EXPECT_EQ(root.members().size(), 3u);
    EXPECT_EQ(root.find("b")->items().size(), 4u);
    EXPECT_EQ(root.find("b")->items()[0].text(), "1.50");
    EXPECT_EQ(root.find("b")->items()[1].text(), "true");
    EXPECT_TRUE(root.find("b")->items()[2].is_null());
    EXPECT_TRUE(root.find("b")->items()[3].is_object());
    EXPECT_EQ(root.find("b")->items()[3].name(), "");
    EXPECT_EQ(root.find("c")->string("d"), "x");
    EXPECT_EQ(root.find("d"), nullptr);
    EXPECT_EQ(root.find("a")->find("d"), nullptr);
    EXPECT_TRUE(root.items().empty());
    EXPECT_TRUE(root.find("b")->members().empty());
}

TEST(JsonTape, TextsWithEscapesSurviveAMove) {
    std::string text = "{\"n\\u0061me\":\"a\\\"b\",\"long\":\"";
    text.append(10'000, 'x');
    text += "\\n\",\"again\":\"\\t\"}";
    auto parsed = Tape::parse(text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    auto const tape = *std::move(parsed);
    EXPECT_EQ(tape.root().string("name"), "a\"b");
    EXPECT_EQ(tape.root().string("long"), std::string(10'000, 'x') + "\n");
    EXPECT_EQ(tape.root().string("again"), "\t");
}

TEST(JsonTape, SayTheSameAsValues) {
    for (std::string const text : {R"({"a":[{"b":"c\n"},[],{},[[1,2],[3]],-0.0e7,"é"],"":{"":{}}})", "[]", "\"x\"", "null", "true", "[[[[1]]]]"}) {
        auto const tape = Tape::parse(text);
        ASSERT_TRUE(tape) << text;
        auto const value = *parse(text);
        EXPECT_EQ(to_text(tape->root()), to_text(value));
        EXPECT_EQ(Tape::value(tape->root()), value);
        auto const of_value = Tape::of(value);
        EXPECT_TRUE(of_value.root() == tape->root()) << text;
        EXPECT_EQ(to_text(of_value.root()), text);
    }
}

TEST(JsonTape, EqualIsWhatHasTheSameContent) {
    auto const equal = [](std::string_view one, std::string_view other) {
        return Tape::parse(one)->root() == Tape::parse(other)->root();
    };
    EXPECT_TRUE(equal(R"({"a":[1,{"b":"x"}]})", R"( { "a" : [ 1, {"\u0062":"x"} ] } )"));
    EXPECT_FALSE(equal(R"({"a":1,"b":2})", R"({"b":2,"a":1})"));
    EXPECT_FALSE(equal("[1]", "[1.0]"));
    EXPECT_FALSE(equal("[1]", "[\"1\"]"));
    EXPECT_FALSE(equal("[1]", "[1,1]"));
    EXPECT_FALSE(equal("[]", "{}"));
    EXPECT_FALSE(equal(R"({"a":1})", R"({"b":1})"));
}

TEST(JsonTape, MarksAreRoomForTheReader) {
    auto const tape = *Tape::parse(R"({"a":1,"b":2})");
    EXPECT_EQ(tape.root().find("a")->mark(), Node::no_mark);
    tape.root().find("a")->set_mark(7);
    EXPECT_EQ(tape.root().find("a")->mark(), 7);
    EXPECT_EQ(tape.root().find("b")->mark(), Node::no_mark);
    EXPECT_EQ(Node("text").text(), "text");
}

/// Names that look alike to anything but a comparison, in objects of every size, with one of them twice or not.
TEST(JsonTape, EveryNameThatStandsTwiceIsFound) {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::string> names;
        for (auto left = 1 + random() % 60; left > 0; --left) {
            std::string name(random() % 12, 'a');
            for (auto& c : name)
                c = static_cast<char>('a' + random() % 3);
            names.push_back(std::move(name));
        }
        auto sorted = names;
        std::ranges::sort(sorted);
        bool const twice = std::ranges::adjacent_find(sorted) != sorted.end();
        std::string text = "{";
        for (auto const& name : names)
            text += (text.size() > 1 ? ",\"" : "\"") + name + "\":{\"" + name + "\":[]}";
        EXPECT_EQ(error_of(text + "}").find("stands twice") != std::string::npos, twice) << text;
    }
}

/// Whatever a mutation does to a document: accepted by both or by none, with the same content.
TEST(JsonTape, MutationsAreTakenOrRefusedAsByAValue) {
    std::string const document =
        R"({"schema":"wharf/x/1","lines":[{"position":1,"text":"caf\u00e9 \ud83d\ude00 é","price":"12.50"},{"a":null,"b":true}],"n":-1.5e3})";
    std::mt19937 random(11);
    unsigned taken = 0;
    for (int round = 0; round < 20000; ++round) {
        auto text = document;
        for (auto left = 1 + random() % 3; left > 0; --left) {
            auto const at = random() % text.size();
            switch (random() % 3) {
            case 0:
                text.erase(at, 1 + random() % 4);
                break;
            case 1:
                text.insert(at, 1, "\"{}[],:\\0\xC3 "[random() % 11]);
                break;
            default:
                text[at] = static_cast<char>(random());
            }
            if (text.empty()) text = "0";
        }
        auto const tape = Tape::parse(text);
        auto const value = parse(text);
        ASSERT_EQ(tape.has_value(), value.has_value()) << text;
        if (!tape) {
            EXPECT_EQ(tape.error().message, value.error().message);
            EXPECT_EQ(tape.error().message.find("line "), 0u) << tape.error().message;
            continue;
        }
        ++taken;
        auto const written = to_text(tape->root());
        auto const again = Tape::parse(written);
        ASSERT_TRUE(again) << text;
        EXPECT_TRUE(again->root() == tape->root()) << text;
        EXPECT_EQ(Tape::value(tape->root()), *value);
    }
    EXPECT_GT(taken, 1000u);
}

} // namespace
} // namespace wharf::json
