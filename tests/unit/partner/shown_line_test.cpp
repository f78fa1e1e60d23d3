#include "partner/shown_line.hpp"

#include <gtest/gtest.h>

namespace wharf::partner {
namespace {

std::string shown(std::string_view line) { return shown_line(line, 0).text; }
/// What the caret stands under.
std::string under(std::string_view line, std::string_view what) {
    auto const one = shown_line(line, line.find(what));
    return one.fault < one.text.size() ? one.text.substr(one.fault) : "nothing";
}

TEST(ShownLine, OnlyWhatMayBeASecretIsHidden) {
    EXPECT_EQ(shown("channel: nordwind"), "channel: nordwind");
    EXPECT_EQ(shown("  password: hunter2 # mine"), "  password: …");
    EXPECT_EQ(shown("  pass word: hunter2"), "  pass word: …");
    EXPECT_EQ(shown("  - {file: keys/us.pem, private_key: MIIE, use: signing}"), "  - {file: keys/us.pem, private_key: …, use: signing}");
    EXPECT_EQ(shown("basic: {user: us, password: \"a, b: c}\"}"), "basic: {user: us, password: …}");
    EXPECT_EQ(shown("basic: {user: us, password: a, b}"), "basic: {user: us, password: …}");
    EXPECT_EQ(shown("basic: {password: a"), "basic: {password: …");
    EXPECT_EQ(shown("basic: {password: \"a"), "basic: {password: …");
    EXPECT_EQ(shown("{password: \"${env:X}\", host: x}"), "{password: \"${env:X}\", host: x}") << "a reference is none";
    EXPECT_EQ(shown("private_key:"), "private_key:");
    EXPECT_EQ(shown("tokens: {api_token: a, other_token: b}"), "tokens: {api_token: …, other_token: …}");
    EXPECT_EQ(shown("own: {certificate: keys/a.key}"), "own: {certificate: keys/a.key}") << "a path is none";
    EXPECT_EQ(shown("note: my-secret-word"), "note: …");
    EXPECT_EQ(shown("url: https://user:password@host/"), "url: …");
    EXPECT_EQ(shown(""), "");
}

TEST(ShownLine, TheCaretStaysWithWhatItMeans) {
    std::string const line = "  - {password: hunter2, host: \"x:22\", user: us}";
    EXPECT_EQ(under(line, "password"), "password: …, host: \"x:22\", user: us}");
    EXPECT_EQ(under(line, "hunter2"), "…, host: \"x:22\", user: us}");
    EXPECT_EQ(under(line, "ter2"), "…, host: \"x:22\", user: us}");
    EXPECT_EQ(under(line, "\"x:22\""), "\"x:22\", user: us}");
    EXPECT_EQ(under("note: my-secret-word is here", "here"), "nothing");
}

} // namespace
} // namespace wharf::partner
