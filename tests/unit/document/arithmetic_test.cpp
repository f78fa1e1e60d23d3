#include "document/arithmetic.hpp"

#include <gtest/gtest.h>

namespace wharf::document {
namespace {

json::Value invoice(std::string_view amount, std::string_view rest,
                    std::string_view lines = R"([{"position":1,"quantity":"10","unit":"each","unit_price":"12.50"}])") {
    auto text = std::string(R"({"schema":"wharf/invoice/1","document":"invoice","number":"1","lines":)") +
                std::string(lines) + R"(,"totals":{"amount":")" + std::string(amount) + R"("})" + std::string(rest) +
                "}";
    auto value = json::parse(text);
    EXPECT_TRUE(value) << (value ? "" : value.error().message);
    return value ? *value : json::Value();
}

constexpr std::string_view charges_and_tax =
    R"(,"charges":[{"kind":"allowance","code":"discount","amount":"12.50","settlement":"off_invoice"},)"
    R"({"kind":"charge","code":"freight","amount":"20.00","settlement":"paid_by_customer"},)"
    R"({"kind":"none","code":"x12:B840","amount":"99.99"}],"taxes":[{"type":"x12:ST","amount":"9.28"}])";

TEST(InvoiceArithmetic, AddsUp) {
    EXPECT_TRUE(check_invoice_arithmetic(invoice("141.78", charges_and_tax)).empty());
}

TEST(InvoiceArithmetic, OneCentOffIsPrintedAsASum) {
    auto const findings = check_invoice_arithmetic(invoice("141.79", charges_and_tax));
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].code, "DOC-0101");
    EXPECT_EQ(findings[0].severity, Severity::warning);
    EXPECT_EQ(findings[0].message,
              "the invoice does not add up: 125.00 - 12.50 + 20.00 + 9.28 = 141.78, but totals.amount says "
              "141.79");
}

TEST(InvoiceArithmetic, RoundedLinesAllowACentEach) {
    auto const lines = R"([{"position":1,"quantity":"3","unit_price":"0.335"}])"; // 1.005
    EXPECT_TRUE(check_invoice_arithmetic(invoice("1.00", "", lines)).empty());
    EXPECT_TRUE(check_invoice_arithmetic(invoice("1.01", "", lines)).empty());
    EXPECT_EQ(check_invoice_arithmetic(invoice("1.03", "", lines)).size(), 1U);
}

TEST(InvoiceArithmetic, PriceBasisDivides) {
    EXPECT_TRUE(
        check_invoice_arithmetic(
            invoice("25.00", "", R"([{"position":1,"quantity":"200","unit_price":"12.50","price_basis":"x12:HP"}])"))
            .empty());
    EXPECT_EQ(check_invoice_arithmetic(
                  invoice("25.00", "",
                          R"([{"position":1,"quantity":"200","unit_price":"12.50","price_basis":"per_thousand"}])"))
                  .size(),
              1U);
}

TEST(InvoiceArithmetic, WhatCannotBeComputedIsNotReported) {
    EXPECT_TRUE(check_invoice_arithmetic(invoice("7.00", "", R"([{"position":1,"quantity":"2"}])")).empty());
    EXPECT_TRUE(check_invoice_arithmetic(
                    invoice("7.00", "", R"([{"position":1,"quantity":"2","unit_price":"1","price_basis":"x12:PP"}])"))
                    .empty());
}

TEST(InvoiceArithmetic, SummaryChargesMayRepeatTheLines) {
    auto const lines =
        R"([{"position":1,"quantity":"10","unit_price":"1.00","charges":[{"kind":"charge","amount":"2.00"}]}])";
    auto const again = R"(,"charges":[{"kind":"charge","amount":"2.00"}])";
    EXPECT_TRUE(check_invoice_arithmetic(invoice("12.00", again, lines)).empty());
    EXPECT_TRUE(check_invoice_arithmetic(invoice("14.00", again, lines)).empty());
    EXPECT_EQ(check_invoice_arithmetic(invoice("16.00", again, lines)).size(), 1U);
}

TEST(InvoiceArithmetic, TaxSentTwiceCountsOnce) {
    auto const twice = R"(,"charges":[{"kind":"charge","code":"tax","amount":"2.00"}],"taxes":[{"amount":"2.00"}])";
    auto const lines = R"([{"position":1,"quantity":"10","unit_price":"1.00"}])";
    EXPECT_TRUE(check_invoice_arithmetic(invoice("12.00", twice, lines)).empty());
}

TEST(InvoiceArithmetic, NegativeLinesAreLegal) {
    EXPECT_TRUE(
        check_invoice_arithmetic(invoice("-125.00", "", R"([{"position":1,"quantity":"-10","unit_price":"12.50"}])"))
            .empty());
}

} // namespace
} // namespace wharf::document
