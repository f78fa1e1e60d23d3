#include "grammar/value_rule.hpp"

#include "grammar/guide_pattern.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

constexpr ValueType text{ElementClass::text, 0};
constexpr ValueType decimal{ElementClass::decimal, 0};
constexpr ValueType cents{ElementClass::digits, 2};

ValueRule is(ValueKind kind) {
    ValueRule rule;
    rule.is = kind;
    return rule;
}

TEST(ValueRule, check_digits_of_each_kind) {
    auto const check = [](ValueKind kind, std::string_view value) { return find_fault(is(kind), value, text); };
    using enum ValueFault;
    EXPECT_EQ(check(ValueKind::upc, "012345678905"), none);
    EXPECT_EQ(check(ValueKind::upc, "012345678906"), check_digit);
    EXPECT_EQ(check(ValueKind::upc, "12345678905"), kind);
    EXPECT_EQ(check(ValueKind::upc, "01234567890X"), kind);
    EXPECT_EQ(check(ValueKind::ean, "4006381333931"), none);
    EXPECT_EQ(check(ValueKind::ean, "4006381333930"), check_digit);
    EXPECT_EQ(check(ValueKind::ean, "012345678905"), kind);
    EXPECT_EQ(check(ValueKind::gtin, "10012345678902"), none);
    EXPECT_EQ(check(ValueKind::gtin, "00012345678905"), none) << "a UPC, padded";
    EXPECT_EQ(check(ValueKind::gtin, "012345678905"), none) << "a UPC";
    EXPECT_EQ(check(ValueKind::gtin, "4006381333931"), none) << "an EAN";
    EXPECT_EQ(check(ValueKind::gtin, "96385074"), none) << "a GTIN-8";
    EXPECT_EQ(check(ValueKind::gtin, "10012345678903"), check_digit);
    EXPECT_EQ(check(ValueKind::gtin, "123456789"), kind);
    EXPECT_EQ(check(ValueKind::sscc, "106141411234567897"), none);
    EXPECT_EQ(check(ValueKind::sscc, "00106141411234567897"), none) << "with the application identifier";
    EXPECT_EQ(check(ValueKind::sscc, "01106141411234567897"), kind) << "another application identifier";
    EXPECT_EQ(check(ValueKind::sscc, "106141411234567890"), check_digit);
    EXPECT_EQ(check(ValueKind::gln, "0614141000012"), none);
    EXPECT_EQ(check(ValueKind::gln, "0614141000013"), check_digit);
}

TEST(ValueRule, lengths_count_characters_and_digits) {
    ValueRule rule;
    rule.lengths = {2, 4};
    EXPECT_EQ(find_fault(rule, "A", text), ValueFault::too_short);
    EXPECT_EQ(find_fault(rule, "AB", text), ValueFault::none);
    EXPECT_EQ(find_fault(rule, "ABCDE", text), ValueFault::too_long);
    EXPECT_EQ(find_fault(rule, "M\xc3\xbcnn", text), ValueFault::none) << "characters, not bytes";
    EXPECT_EQ(find_fault(rule, "-12.34", decimal), ValueFault::none) << "sign and point do not count";
    EXPECT_EQ(find_fault(rule, "12.345", decimal), ValueFault::too_long);
}

TEST(ValueRule, codes_and_what_stands_beyond) {
    ValueRule rule;
    rule.codes = {"00", "05"};
    rule.beyond_codes = {"ZZ"};
    EXPECT_EQ(find_fault(rule, "05", text), ValueFault::none);
    EXPECT_EQ(find_fault(rule, "ZZ", text), ValueFault::none);
    EXPECT_EQ(find_fault(rule, "01", text), ValueFault::code);
    rule.codes.clear();
    EXPECT_EQ(find_fault(rule, "01", text), ValueFault::none) << "the grammar's list is checked elsewhere";
}

TEST(ValueRule, numbers) {
    ValueRule rule;
    rule.from = Decimal::parse("1");
    rule.to = Decimal::parse("99.50");
    EXPECT_EQ(find_fault(rule, "1.00", decimal), ValueFault::none);
    EXPECT_EQ(find_fault(rule, "0.99", decimal), ValueFault::below);
    EXPECT_EQ(find_fault(rule, "99.51", decimal), ValueFault::above);
    EXPECT_EQ(find_fault(rule, "9950", cents), ValueFault::none) << "two implied decimals";
    EXPECT_EQ(find_fault(rule, "9951", cents), ValueFault::above);
    EXPECT_EQ(find_fault(rule, "abc", text), ValueFault::digits);
    ValueRule decimals;
    decimals.decimals = 2;
    EXPECT_EQ(find_fault(decimals, "1.25", decimal), ValueFault::none);
    EXPECT_EQ(find_fault(decimals, "1.250", decimal), ValueFault::decimals);
    decimals.decimals = 0;
    EXPECT_EQ(find_fault(decimals, "1200", cents), ValueFault::none);
    EXPECT_EQ(find_fault(decimals, "1250", cents), ValueFault::decimals);
}

TEST(ValueRule, digits_kinds_and_patterns) {
    ValueRule rule;
    rule.digits = true;
    EXPECT_EQ(find_fault(rule, "0107", text), ValueFault::none);
    EXPECT_EQ(find_fault(rule, "01O7", text), ValueFault::digits);
    ValueRule like;
    like.like = *Pattern::compile("S[0-9]{3}");
    like.like_text = "S[0-9]{3}";
    EXPECT_EQ(find_fault(like, "S107", text), ValueFault::none);
    EXPECT_EQ(find_fault(like, "S1077", text), ValueFault::pattern);
    EXPECT_EQ(find_fault(is(ValueKind::date), "20240229", text), ValueFault::none);
    EXPECT_EQ(find_fault(is(ValueKind::date), "20230229", text), ValueFault::kind);
    EXPECT_EQ(find_fault(is(ValueKind::time), "2359", text), ValueFault::none);
    EXPECT_EQ(find_fault(is(ValueKind::time), "2460", text), ValueFault::kind);
    EXPECT_EQ(find_fault(is(ValueKind::gln), "0614141000012", text), ValueFault::none);
    EXPECT_EQ(find_fault(is(ValueKind::gln), "0614141000013", text), ValueFault::check_digit);
    EXPECT_EQ(find_fault(is(ValueKind::gln), "061414100001", text), ValueFault::kind);
}

TEST(ValueRule, words) {
    auto const words = [](ValueRule const& rule, std::string_view value, ValueType type = text) {
        auto const fault = find_fault(rule, value, type);
        auto const said = describe_fault(fault, rule, value, type, "REF02");
        return said.message + " | " + said.help + " | " + said.acknowledgment.element + " " + said.acknowledgment.implementation_element;
    };
    ValueRule rule;
    rule.codes = {"00", "05"};
    EXPECT_EQ(words(rule, "01"), "REF02 \"01\" is not a code that the guide allows here | Use one of: 00, 05. | 7 I6");
    ValueRule lengths;
    lengths.lengths = {6, 6};
    lengths.digits = true;
    EXPECT_EQ(words(lengths, "12"), "REF02 \"12\" is too short: it has 2, the guide wants exactly 6 digits | Send the full value. | 4 I12");
    EXPECT_EQ(words(is(ValueKind::upc), "012345678906").substr(0, 69), "REF02 \"012345678906\" has a wrong check digit: it is 6, reckoned 5 | L");
    EXPECT_EQ(words(is(ValueKind::sscc), "12").substr(0, 78), "REF02 \"12\" is not an SSCC of 18 digits (20 with the application identifier 00)");
    EXPECT_EQ(quote_value(std::string(59, 'x') + "\xc3\xbc" + std::string(9, 'x')), "\"" + std::string(59, 'x') + "…\"") << "not cut inside a character";
}

} // namespace
} // namespace wharf::grammar
