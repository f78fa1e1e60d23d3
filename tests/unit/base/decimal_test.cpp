#include "base/decimal.hpp"

#include <gtest/gtest.h>

namespace wharf {
namespace {

Decimal number(std::string_view text) {
    auto const value = Decimal::parse(text);
    EXPECT_TRUE(value) << text;
    return value.value_or(Decimal());
}

std::string const nines36(36, '9');

TEST(Decimal, TakesWhatX12AndCanonicalDecimalsAllow) {
    struct Case {
        std::string_view text, canonical;
    };
    for (auto const& [text, canonical] :
         {Case{"12", "12"}, Case{"-5", "-5"}, Case{"+3", "3"}, Case{".5", "0.5"}, Case{"5.", "5"},
          Case{"0012.50", "12.50"}, Case{"0", "0"}, Case{"-0", "0"}, Case{"-0.00", "0.00"}, Case{"000", "0"},
          Case{"-.05", "-0.05"}, Case{"157.50", "157.50"}, Case{"0.10", "0.10"}})
        EXPECT_EQ(number(text).text(), canonical) << text;
    EXPECT_EQ(number(nines36).text(), nines36);
    EXPECT_EQ(number("-" + nines36).text(), "-" + nines36);
    EXPECT_EQ(number("0000000000" + nines36).text(), nines36);
}

TEST(Decimal, RefusesEverythingElse) {
    for (std::string_view const text :
         {"", "-", "+", ".", "-.", "1e5", " 1", "1 ", "1,5", "1.2.3", "--1", "+-1", "0x1", "1-", "\xd9\xa1"})
        EXPECT_FALSE(Decimal::parse(text)) << text;
    EXPECT_FALSE(Decimal::parse("1" + nines36));
    EXPECT_FALSE(Decimal::parse("0." + std::string(37, '0')));
}

TEST(Decimal, ImpliedDecimals) {
    EXPECT_EQ(Decimal::implied("2350", 2)->text(), "23.50");
    EXPECT_EQ(Decimal::implied("-5", 2)->text(), "-0.05");
    EXPECT_EQ(Decimal::implied("7", 0)->text(), "7");
    EXPECT_FALSE(Decimal::implied("23.5", 2));
    EXPECT_FALSE(Decimal::implied("", 2));
    EXPECT_FALSE(Decimal::implied("1", 37));

    EXPECT_EQ(number("23.5").implied_text(2), "2350");
    EXPECT_EQ(number("23.500").implied_text(2), "2350");
    EXPECT_EQ(number("-0.05").implied_text(2), "-5");
    EXPECT_EQ(number("0").implied_text(2), "0");
    EXPECT_FALSE(number("23.505").implied_text(2)); // a digit would be lost
    EXPECT_FALSE(number(nines36).implied_text(2));  // does not fit
}

TEST(Decimal, RoundsHalfAwayFromZero) {
    EXPECT_EQ(number("2.345").rounded(2).text(), "2.35");
    EXPECT_EQ(number("-2.345").rounded(2).text(), "-2.35");
    EXPECT_EQ(number("2.3449").rounded(2).text(), "2.34");
    EXPECT_EQ(number("9.995").rounded(2).text(), "10.00");
    EXPECT_EQ(number("0.5").rounded(0).text(), "1");
    EXPECT_EQ(number("2.3").rounded(2).text(), "2.3"); // never longer
}

TEST(Decimal, Arithmetic) {
    EXPECT_EQ((number("0.1") + number("0.2")).text(), "0.3");
    EXPECT_EQ((number("10") - number("0.01")).text(), "9.99");
    EXPECT_EQ((number("12") * number("157.50")).text(), "1890.00");
    EXPECT_EQ((number("-0.5") * number("0.5")).text(), "-0.25");
    EXPECT_EQ((-number("3")).text(), "-3");
    EXPECT_TRUE((-number("3")).is_negative());
    EXPECT_TRUE(number("0.00").is_zero());
}

TEST(Decimal, ComparesByValue) {
    EXPECT_EQ(number("1.50"), number("1.5"));
    EXPECT_EQ(number("0"), number("-0.000"));
    EXPECT_LT(number("-2"), number("-1.99"));
    EXPECT_LT(number("-0.1"), number("0.1"));
    EXPECT_GT(number("10"), number("9.999999"));
    // scales so far apart that bringing both to one would need 72 digits
    auto const tiny = number("0." + std::string(35, '0') + "1");
    EXPECT_GT(number(nines36), tiny);
    EXPECT_LT(number("-" + nines36), tiny);
    EXPECT_NE(number("1"), number("1." + std::string(34, '0') + "1"));
}

TEST(Decimal, NeverOverflows) {
    auto const big = number(nines36);
    auto const tiny = number("0." + std::string(35, '0') + "1");
    EXPECT_EQ((big + big).text(), nines36); // the largest number
    EXPECT_EQ((-big - big).text(), "-" + nines36);
    EXPECT_EQ((big * big).text(), nines36);
    EXPECT_EQ((-big * big).text(), "-" + nines36);
    EXPECT_EQ((big + tiny).text(), nines36); // decimals beyond 36 digits are rounded away
    EXPECT_EQ(tiny * tiny, Decimal());
    EXPECT_EQ((number("1.5") * tiny).scale(), 36u);
    // 60 decimals, rounded once to 36
    auto const third = number("0.333333333333333333333333333333");
    EXPECT_EQ((third * third).text(), "0.111111111111111111111111111110888889");
    EXPECT_EQ((number("123456789012345678.25") * number("-987654321098765432.15")).text(),
              "-121932631137021794587943910847546106");
}

} // namespace
} // namespace wharf
