#include "base/invoice_sum.hpp"

#include <gtest/gtest.h>

namespace wharf {
namespace {

Decimal d(std::string_view text) { return *Decimal::parse(text); }
using Role = InvoiceSum::Role;
using Level = InvoiceSum::Level;

TEST(InvoiceSum, adds_rounds_and_writes_out) {
    InvoiceSum sum;
    EXPECT_TRUE(sum.add_line(d("10"), d("12.50"), ""));
    sum.add(Role::charge, Level::summary, d("-12.5"));
    EXPECT_TRUE(sum.fits(d("112.50")));
    EXPECT_FALSE(sum.fits(d("112.51")));
    EXPECT_EQ(sum.written_out(d("1")), "125.00 - 12.50 = 112.50");
    EXPECT_TRUE(sum.add_line(d("1"), d("0.333"), "PE"));
    EXPECT_TRUE(sum.fits(d("112.82"))) << "a cent for what was rounded";
    EXPECT_FALSE(sum.fits(d("112.81")));
    EXPECT_FALSE(sum.add_line(d("1"), d("1"), "PP"));
}

TEST(InvoiceSum, bases_of_prices) {
    EXPECT_EQ(*price_basis_inverse("HP"), d("0.01"));
    EXPECT_EQ(*price_basis_inverse(""), d("1"));
    EXPECT_FALSE(price_basis_inverse("P ")) << "part of the table's text is no code";
    EXPECT_FALSE(price_basis_inverse("PP"));
}

TEST(InvoiceSum, what_is_restated_counts_once) {
    InvoiceSum sum;
    sum.add(Role::goods, Level::line, d("100"));
    sum.add(Role::charge, Level::line, d("5"));
    sum.add(Role::charge, Level::summary, d("6"));
    EXPECT_TRUE(sum.fits(d("111")));
    EXPECT_TRUE(sum.fits(d("105")));
    EXPECT_TRUE(sum.fits(d("106")));
    EXPECT_FALSE(sum.fits(d("100")));
    EXPECT_EQ(sum.written_out(d("106.10")), "100.00 + 6.00 = 106.00") << "the nearest reading";
    EXPECT_TRUE(sum.fits(d("-106"))) << "a credit whose total alone has a sign";
}

TEST(InvoiceSum, long_sums_are_cut_in_print_only) {
    InvoiceSum sum;
    for (int i = 0; i < 100; ++i)
        sum.add(Role::goods, Level::line, d("1"));
    EXPECT_TRUE(sum.fits(d("100")));
    EXPECT_TRUE(sum.written_out(d("1")).ends_with("+ … + 1.00 + 1.00 + 1.00 + 1.00 + 1.00 + 1.00 + 1.00 + 1.00 + 1.00 + 1.00 + 1.00 + 1.00 = 100.00"));
}

} // namespace
} // namespace wharf
