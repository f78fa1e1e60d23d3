// What a server said, as reasons have it.
#include "transport/answer_words.hpp"

#include <gtest/gtest.h>

namespace wharf::transport {
namespace {

TEST(AnswerWords, AUrlIsNamedWithoutWhatIsSecretInIt) {
    EXPECT_EQ(without_secrets("https://partner.example:4080/as2"), "https://partner.example:4080/as2");
    EXPECT_EQ(without_secrets("https://user:pa:ss@partner.example/as2/a@b"), "https://partner.example/as2/a@b");
    EXPECT_EQ(without_secrets("https://user@x:y@partner.example"), "https://partner.example");
    EXPECT_EQ(without_secrets("https://partner.example/in?key=hunter2#x"), "https://partner.example/in?…");
    EXPECT_EQ(without_secrets("https://partner.example?p=a@b"), "https://partner.example?…");
    EXPECT_EQ(without_secrets(""), "");
}

TEST(AnswerWords, OfABodyTheFirstCharactersArePrintable) {
    EXPECT_EQ(excerpt("  <html>\r\n\t<b>gone</b>\n"), "<html> <b>gone</b>");
    EXPECT_EQ(excerpt(std::string("a\0\x1b[31m\xc3\xa9", 9)), "a..[31m..");
    EXPECT_EQ(excerpt(std::string(5000, 'x')).size(), 200U);
    EXPECT_EQ(excerpt(" \n "), "");
}

TEST(AnswerWords, WhatItSaidFollowsItsStatus) {
    EXPECT_EQ(words_of_answer("", ""), "");
    EXPECT_EQ(words_of_answer("https://u:p@new.example/as2?k=1", ""), " and redirects to \"https://new.example/as2?...\"");
    EXPECT_EQ(words_of_answer("", "not \"today\"\n"), " and says \"not \\\"today\\\"\"");
}

} // namespace
} // namespace wharf::transport
