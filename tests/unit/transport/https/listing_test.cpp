#include "transport/https/listing.hpp"

#include "transport/https/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace wharf::transport::https {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> references(Result<std::vector<ListedFile>> const& files) {
    if (!files)
        return {"error"};
    std::vector<std::string> found;
    for (auto const& file : *files)
        found.push_back(file.reference);
    return found;
}
std::vector<std::string> json(std::string_view text) { return references(read_json_listing(text)); }
std::vector<std::string> page(std::string_view text) { return references(read_index_page(text)); }
std::string facts(std::string const& members) { return read_json_listing("[{\"name\": \"a\"" + members + "}]").value().front().facts; }

TEST(HttpsJsonListing, TextsAndObjects) {
    EXPECT_THAT(json("[]"), ElementsAre());
    EXPECT_THAT(json(R"( ["a.edi", "https://acme.example/b.edi"] )"), ElementsAre("a.edi", "https://acme.example/b.edi"));
    EXPECT_THAT(json("\xEF\xBB\xBF[\"a\"]"), ElementsAre("a"));
    EXPECT_THAT(json(R"([{"name": "a", "size": 7}, {"size": 1, "url": "/x/b", "name": "b"}, {"href": "c", "name": "no"}])"), ElementsAre("a", "/x/b", "c"));
    EXPECT_THAT(json(R"({"next": null, "files": [{"name": "a", "more": {"name": "inside", "list": ["x"]}}], "other": ["b"]})"), ElementsAre("a"));
    EXPECT_THAT(json(R"(["\u0041\u00fc\ud83d\ude00\"\\\/\n"])"), ElementsAre("Aü😀\"\\/\n"));
}

TEST(HttpsJsonListing, SizeAndTimeAreKept) {
    EXPECT_EQ(facts(""), "");
    EXPECT_EQ(facts(R"(, "size": 7)"), "") << "another file may have the same size";
    EXPECT_EQ(facts(R"(, "modified": "2026-06-02")"), "");
    EXPECT_EQ(facts(R"(, "size": null, "etag": "x")"), "");
    auto const all = facts(R"(, "size": 7, "modified": "2026-06-02T10:00:00Z", "etag": "x", "more": {"size": 9})");
    EXPECT_EQ(all, "7 modified=2026-06-02T10:00:00Z;etag=x;");
    EXPECT_NE(all, facts(R"(, "size": 8, "modified": "2026-06-02T10:00:00Z", "etag": "x")"));
    EXPECT_NE(all, facts(R"(, "size": 7, "modified": "2026-06-02T10:00:01Z", "etag": "x")"));
    EXPECT_EQ(facts(R"(, "size": 7, "etag": ")" + std::string(1000, 'x') + "\""), "");
}

TEST(HttpsJsonListing, WhatIsNone) {
    for (auto const* const text : {"", "null", "{}", "\"a\"", "[", "[\"a\"", "[\"a]", "[1]", "[true]", "[[\"a\"]]", "[{}]", "[{\"size\": 1}]", "[\"\\x\"]", "[\"\\ud83dx\"]",
                                   "]", "{]", "[}", "<html><a href=x>x</a></html>"})
        EXPECT_THAT(json(text), ElementsAre("error")) << text;
    EXPECT_THAT(read_json_listing("[{\"a\":" + std::string(100, '[')).error().message, HasSubstr("nested"));
    std::string many = "[";
    for (std::size_t i = 0; i <= most_names; ++i)
        many += "\"a\",";
    EXPECT_THAT(read_json_listing(many + "\"a\"]").error().message, HasSubstr("names"));
}

TEST(HttpsIndexPage, LinksToFiles) {
    EXPECT_THAT(page("<html><a href=\"../\">up</a><A class=x HREF='a.edi'>a</A><a\nhref=b.edi>b</a><a href = \"c%20d?\">q</a><a href=\"e&amp;f\">e</a>"
                     "<a name=x>n</a><abbr href=\"no\">x</abbr><a data-href=\"no\">x</a><link href=\"no\"><a href=\"sub/\">s</a><a href=\"#top\">t</a><a href=\"\">"),
                ElementsAre("a.edi", "b.edi", "e&f"));
    EXPECT_THAT(page("<a href=\"never ends"), ElementsAre("never ends"));
    std::string hostile;
    for (unsigned i = 0; i < 500'000; ++i)
        hostile += "<a <a href ";
    EXPECT_THAT(page(hostile), ElementsAre()) << "and in a moment";
}

TEST(HttpsListing, AnyBytesEnd) {
    std::mt19937 random(3);
    std::string const alphabet = "{}[]\",:\\u0aname <hrf='>";
    for (unsigned round = 0; round < 5000; ++round) {
        std::string text = round % 2 ? "[" : "<a href";
        for (unsigned i = 0; i < 60; ++i)
            text += alphabet[random() % alphabet.size()];
        (void)json(text);
        EXPECT_LE(page(text).size(), 30u);
    }
}

TEST(HttpsAddress, OriginsAndReferences) {
    EXPECT_EQ(origin_of("https://Acme.Example/x"), "https://acme.example:443");
    EXPECT_EQ(origin_of("https://acme.example:443/x"), origin_of("https://acme.example"));
    EXPECT_NE(origin_of("https://acme.example:444/x"), origin_of("https://acme.example"));
    for (auto const* const none : {"http://acme.example", "ftp://acme.example", "acme.example/x", "", "https://", "https://user:pass@acme.example/"})
        EXPECT_EQ(origin_of(none), std::nullopt) << none;
    EXPECT_EQ(resolved("https://a.example/out/?x=1", "b.edi"), "https://a.example/out/b.edi");
    EXPECT_EQ(resolved("https://a.example/out/list", "/c#top"), "https://a.example/c");
    EXPECT_EQ(resolved("https://a.example/out/", "../up"), "https://a.example/up");
    EXPECT_EQ(origin_of(resolved("https://a.example/out/", "//evil.example/f").value_or("")), "https://evil.example:443");
    EXPECT_EQ(file_name_of("https://a.example/out/a%20b%2F.edi?x=1"), "a b/.edi");
    EXPECT_EQ(file_name_of("https://a.example/out/"), "");
    EXPECT_EQ(folder_of("https://a.example/out/list?x=/y/"), "https://a.example:443/out/");
    EXPECT_EQ(with_name("https://a.example/{name}?n={name}", "a b/ü"), "https://a.example/a%20b%2F%C3%BC?n=a%20b%2F%C3%BC");
}

} // namespace
} // namespace wharf::transport::https
