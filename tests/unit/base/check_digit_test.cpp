#include "base/check_digit.hpp"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace wharf {
namespace {

TEST(CheckDigit, known_numbers) {
    EXPECT_EQ(check_digit_of("012345678905"), CheckDigit::right);
    EXPECT_EQ(check_digit_of("036000291452"), CheckDigit::right);
    EXPECT_EQ(check_digit_of("4006381333931"), CheckDigit::right);      // EAN
    EXPECT_EQ(check_digit_of("10071179231042"), CheckDigit::right);     // GTIN-14
    EXPECT_EQ(check_digit_of("006141411234567890"), CheckDigit::right); // SSCC
    EXPECT_EQ(check_digit_of("012345678906"), CheckDigit::wrong);
    EXPECT_EQ(check_digit_of("4006381333913"), CheckDigit::wrong) << "neighbours swapped";
    EXPECT_EQ(gs1_check_digit("01234567890"), '5');
    EXPECT_EQ(gs1_check_digit("00614141123456789"), '0');
}

TEST(CheckDigit, what_is_not_a_number) {
    for (auto const* text : {"", "01234567890A", "A12345678905", "0123 5678905", "01234567890/", "01234567890:", "\xb0" "12345678905", "-12345678905",
                             "0123456789pq", "12?", "@@@@@@@@@@@@"})
        EXPECT_EQ(check_digit_of(text), CheckDigit::not_digits) << text;
    EXPECT_EQ(check_digit_of(std::string(256, '0')), CheckDigit::not_digits);
    EXPECT_EQ(gs1_check_digit("12a"), '\0');
}

TEST(CheckDigit, agrees_with_the_plain_rule_for_every_length) {
    std::mt19937 random(5);
    for (unsigned round = 0; round < 4000; ++round) {
        std::string digits(1 + random() % 40, '0');
        for (char& c : digits)
            c = static_cast<char>('0' + random() % 10);
        auto const right = gs1_check_digit(digits);
        for (char last = '0'; last <= '9'; ++last)
            ASSERT_EQ(check_digit_of(digits + last), last == right ? CheckDigit::right : CheckDigit::wrong) << digits << last;
        auto broken = digits;
        broken[random() % broken.size()] = static_cast<char>(random() % 256);
        bool digits_only = true;
        for (char const c : broken)
            digits_only = digits_only && c >= '0' && c <= '9';
        ASSERT_EQ(check_digit_of(broken) != CheckDigit::not_digits, digits_only) << broken;
    }
}

} // namespace
} // namespace wharf
