#include "grammar/guide_pattern.hpp"

#include <gtest/gtest.h>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace wharf::grammar {
namespace {

bool matches(std::string_view pattern, std::string_view value) {
    auto const compiled = Pattern::compile(pattern);
    EXPECT_TRUE(compiled) << pattern << ": " << (compiled ? "" : compiled.error().message);
    return compiled && (*compiled)->matches(value);
}

std::string error(std::string_view pattern) {
    auto const compiled = Pattern::compile(pattern);
    return compiled ? "" : compiled.error().message.substr(0, compiled.error().message.find(':'));
}

TEST(Pattern, the_whole_value_must_match) {
    EXPECT_TRUE(matches("[0-9]{6}|X[A-Z]{2}", "123456"));
    EXPECT_TRUE(matches("[0-9]{6}|X[A-Z]{2}", "XAB"));
    EXPECT_FALSE(matches("[0-9]{6}|X[A-Z]{2}", "1234567"));
    EXPECT_FALSE(matches("[0-9]{6}|X[A-Z]{2}", "12345"));
    EXPECT_FALSE(matches("[0-9]{6}|X[A-Z]{2}", "123456XAB"));
    EXPECT_FALSE(matches("[0-9]{6}|X[A-Z]{2}", ""));
}

TEST(Pattern, counts) {
    EXPECT_TRUE(matches("a*", ""));
    EXPECT_TRUE(matches("a*", "aaaa"));
    EXPECT_FALSE(matches("a*", "aab"));
    EXPECT_FALSE(matches("a+", ""));
    EXPECT_TRUE(matches("a+", "aaa"));
    EXPECT_TRUE(matches("a?b", "b"));
    EXPECT_TRUE(matches("a?b", "ab"));
    EXPECT_FALSE(matches("a?b", "aab"));
    EXPECT_FALSE(matches("a{2,4}", "a"));
    EXPECT_TRUE(matches("a{2,4}", "aa"));
    EXPECT_TRUE(matches("a{2,4}", "aaaa"));
    EXPECT_FALSE(matches("a{2,4}", "aaaaa"));
    EXPECT_FALSE(matches("a{2,}", "a"));
    EXPECT_TRUE(matches("a{2,}", std::string(50, 'a')));
    EXPECT_TRUE(matches("(ab|c){2}", "abc"));
    EXPECT_TRUE(matches("(ab|c){2}", "cc"));
    EXPECT_FALSE(matches("(ab|c){2}", "ab"));
    EXPECT_TRUE(matches("(a?)*", "aaa")) << "a loop over what may be empty ends";
    EXPECT_TRUE(matches("(a*)*b", "aaab"));
    EXPECT_TRUE(matches("((a|b)?c){0,3}", "acbcc"));
    EXPECT_TRUE(matches("(a|)b", "b")) << "an alternative may be empty";
}

TEST(Pattern, classes_and_escapes) {
    EXPECT_TRUE(matches("[^0-9]x", "Ax"));
    EXPECT_FALSE(matches("[^0-9]x", "1x"));
    EXPECT_TRUE(matches("[A-]", "-"));
    EXPECT_TRUE(matches("[-A]", "-"));
    EXPECT_TRUE(matches("[\\]\\-]", "]"));
    EXPECT_TRUE(matches("\\d{3}\\.\\d", "123.4"));
    EXPECT_FALSE(matches("\\d{3}\\.\\d", "12344"));
    EXPECT_TRUE(matches("[\\d.]+", "1.2"));
    EXPECT_TRUE(matches("\\w\\s\\w", "a b"));
    EXPECT_TRUE(matches("A.B", "A*B"));
    EXPECT_FALSE(matches("A.B", "AB"));
    EXPECT_TRUE(matches("[.*+?]", "*")) << "no marks in a class";
    EXPECT_TRUE(matches("M\xc3\xbcller", "M\xc3\xbcller"));
    EXPECT_TRUE(matches(".{2}", "\xc3\xbc")) << "bytes";
}

TEST(Pattern, mistakes_name_the_byte) {
    EXPECT_EQ(error(""), "byte 0");
    EXPECT_EQ(error("ab(c"), "byte 2");
    EXPECT_EQ(error("abc)"), "byte 3");
    EXPECT_EQ(error("ab[c"), "byte 2");
    EXPECT_EQ(error("[]"), "byte 0");
    EXPECT_EQ(error("[9-0]"), "byte 1");
    EXPECT_EQ(error("[\\d-z]"), "byte 1");
    EXPECT_EQ(error("*a"), "byte 0");
    EXPECT_EQ(error("a**"), "byte 2");
    EXPECT_EQ(error("a{2}{3}"), "byte 4");
    EXPECT_EQ(error("a{"), "byte 1");
    EXPECT_EQ(error("a{x}"), "byte 1");
    EXPECT_EQ(error("a{1,2"), "byte 1");
    EXPECT_EQ(error("a{3,2}"), "byte 1");
    EXPECT_EQ(error("a{0}"), "byte 1");
    EXPECT_EQ(error("a{101}"), "byte 1");
    EXPECT_EQ(error("a{99999999999}"), "byte 1");
    EXPECT_EQ(error("ab\\"), "byte 2");
    EXPECT_EQ(error("\\1"), "byte 0") << "no back-references";
    EXPECT_EQ(error("^a$"), "byte 0");
    EXPECT_EQ(error("a|b$"), "byte 3");
    EXPECT_EQ(error("[\xc3\xbc]"), "byte 1");
    EXPECT_EQ(error("((a{100}){100}){100}"), "byte 9") << "written out too large";
    EXPECT_EQ(error(std::string(501, 'a')), "byte 500");
    EXPECT_EQ(error(std::string(60, '(') + "a" + std::string(60, ')')), "byte 50");
}

TEST(Pattern, time_is_linear_where_backtracking_is_exponential) {
    // One that goes back would end long after the test's own time-out.
    EXPECT_FALSE(matches("(a+)+b", std::string(100'000, 'a')));
    EXPECT_FALSE(matches("(a?){100}a{100}", std::string(99, 'a')));
    EXPECT_TRUE(matches("(a?){100}a{100}", std::string(150, 'a')));
    EXPECT_FALSE(matches("(.|a)*a.{18}", std::string(20'000, 'b'))) << "half a million states as a table: simulated";
    EXPECT_TRUE(matches("(.|a)*a.{18}", std::string(20'000, 'b') + "a" + std::string(18, 'b')));
}

/// A pattern as a tree, matched by the plainest means: the set of places where a match from a place may end.
struct Tree {
    enum class Kind { set, sequence, either } kind = Kind::set;
    std::string bytes;
    std::vector<Tree> parts;
    unsigned min = 1, max = 1;

    [[nodiscard]] std::set<std::size_t> once(std::string const& value, std::size_t from) const {
        if (kind == Kind::set)
            return from < value.size() && bytes.find(value[from]) != std::string::npos ? std::set{from + 1} : std::set<std::size_t>();
        std::set<std::size_t> ends;
        if (kind == Kind::sequence)
            ends.insert(from);
        for (auto const& part : parts) {
            if (kind == Kind::either) {
                ends.merge(part.all(value, from));
                continue;
            }
            std::set<std::size_t> next;
            for (auto const at : ends)
                next.merge(part.all(value, at));
            ends = std::move(next);
        }
        return ends;
    }
    [[nodiscard]] std::set<std::size_t> all(std::string const& value, std::size_t from) const {
        std::set<std::size_t> now{from}, ends;
        for (unsigned n = 0; n <= max && n <= min + value.size() + 1; ++n) {
            if (n >= min)
                ends.insert(now.begin(), now.end());
            std::set<std::size_t> next;
            for (auto const at : now)
                next.merge(once(value, at));
            now = std::move(next);
        }
        return ends;
    }
};

TEST(Pattern, agrees_with_the_plainest_matcher) {
    std::mt19937 random(4711);
    auto const pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    std::string text;
    auto const make = [&](auto const& self, unsigned depth) -> Tree {
        Tree tree;
        tree.kind = Tree::Kind::sequence;
        for (unsigned i = 0, n = 1 + pick(3); i < n; ++i) {
            Tree one;
            switch (pick(depth == 0 ? 4 : 6)) {
            case 0: text += "a", one.bytes = "a"; break;
            case 1: text += "[ab]", one.bytes = "ab"; break;
            case 2: text += "[^a]", one.bytes = "bc"; break;
            case 3: text += ".", one.bytes = "abc"; break;
            default:
                one.kind = Tree::Kind::either;
                text += "(";
                one.parts.push_back(self(self, depth - 1));
                if (pick(2) == 1) {
                    text += "|";
                    one.parts.push_back(self(self, depth - 1));
                }
                text += ")";
            }
            struct Count { char const* text; unsigned min, max; };
            static constexpr Count counts[] = {{"", 1, 1}, {"", 1, 1}, {"", 1, 1}, {"*", 0, ~0u}, {"+", 1, ~0u}, {"?", 0, 1}, {"{2}", 2, 2}, {"{1,3}", 1, 3}, {"{2,}", 2, ~0u}};
            auto const& count = counts[pick(9)];
            text += count.text;
            one.min = count.min;
            one.max = count.max;
            tree.parts.push_back(std::move(one));
        }
        return tree;
    };
    unsigned matched = 0;
    for (unsigned i = 0; i < 100; ++i) {
        text.clear();
        auto const theirs = make(make, 2);
        auto const ours = Pattern::compile(text);
        ASSERT_TRUE(ours) << text << ": " << ours.error().message;
        for (unsigned k = 0; k < 8; ++k) {
            std::string value;
            for (unsigned n = pick(6); n > 0; --n)
                value += static_cast<char>('a' + pick(3));
            bool const expected = theirs.all(value, 0).contains(value.size());
            matched += expected ? 1 : 0;
            EXPECT_EQ((*ours)->matches(value), expected) << text << " on " << value;
        }
    }
    EXPECT_GT(matched, 60u);
}

} // namespace
} // namespace wharf::grammar
