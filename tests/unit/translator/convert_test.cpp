#include "translator/convert.hpp"

#include "base/json_text.hpp"

#include <gtest/gtest.h>
#include <random>

namespace wharf::translator {
namespace {

std::string read(Op op, std::string_view text, unsigned scale = 0, std::string_view second = {}) {
    Converter converter;
    converter.op = op;
    converter.scale = static_cast<std::uint8_t>(scale);
    OutBuffer out;
    std::string reason;
    std::string_view const cells[] = {text, second};
    if (!read_value(converter, {cells, second.empty() ? 1u : 2u}, out, reason)) {
        EXPECT_EQ(out.size(), 0u);
        return "! " + reason;
    }
    return std::string(out.view());
}

std::string write(Op op, json::Value const& value, unsigned scale = 0,
                  grammar::ElementClass kind = grammar::ElementClass::text, std::uint32_t max = 10) {
    grammar::ElementRule rule;
    rule.kind = kind;
    rule.max = max;
    Converter converter;
    converter.op = op;
    converter.scale = static_cast<std::uint8_t>(scale);
    converter.elements = {&rule};
    std::vector<std::string> cells(2);
    std::string reason;
    if (!write_value(converter, json::Tape::of(value).root(), cells, reason)) return "! " + reason;
    return cells[1].empty() ? cells[0] : cells[0] + "|" + cells[1];
}

TEST(Convert, decimals_keep_their_scale) {
    EXPECT_EQ(read(Op::decimal, "157.50"), "\"157.50\"");
    EXPECT_EQ(read(Op::decimal, "1.000"), "\"1.000\"");
    EXPECT_EQ(read(Op::decimal, "007"), "\"7\"");
    EXPECT_EQ(read(Op::decimal, "0"), "\"0\"");
    EXPECT_EQ(read(Op::decimal, ".5"), "\"0.5\"");
    EXPECT_EQ(read(Op::decimal, "5."), "\"5\"");
    EXPECT_EQ(read(Op::decimal, "-00.50"), "\"-0.50\"");
    EXPECT_EQ(read(Op::decimal, "+3"), "\"3\"");
    EXPECT_EQ(read(Op::decimal, "12  "), "\"12\"");
    EXPECT_EQ(read(Op::decimal, "12,5"), "! is not a decimal number");
    EXPECT_EQ(read(Op::decimal, "1O"), "! is not a decimal number");
    EXPECT_EQ(read(Op::decimal, "-"), "! is not a decimal number");
    EXPECT_EQ(read(Op::decimal, "."), "! is not a decimal number");
    EXPECT_EQ(read(Op::decimal, "1.2.3"), "! is not a decimal number");
    EXPECT_EQ(read(Op::decimal, " 1"), "! is not a decimal number");
    EXPECT_EQ(read(Op::decimal, "123456789012345678901234567890123456"), "\"123456789012345678901234567890123456\"");
    EXPECT_EQ(write(Op::decimal, json::Value("157.50"), 0, grammar::ElementClass::decimal), "157.50");
    EXPECT_EQ(write(Op::decimal, json::Value("7"), 0, grammar::ElementClass::digits), "7");
    EXPECT_EQ(write(Op::decimal, json::Value("7.5"), 0, grammar::ElementClass::digits),
              "! is not a whole number, and the element holds nothing else");
}

TEST(Convert, implied_decimals_are_exact) {
    EXPECT_EQ(read(Op::implied, "2350", 2), "\"23.50\"");
    EXPECT_EQ(read(Op::implied, "5635800", 2), "\"56358.00\"");
    EXPECT_EQ(read(Op::implied, "5", 2), "\"0.05\"");
    EXPECT_EQ(read(Op::implied, "-1250", 2), "\"-12.50\"");
    EXPECT_EQ(read(Op::implied, "0", 2), "\"0.00\"");
    EXPECT_EQ(read(Op::implied, "12.50", 2).front(), '!');
    EXPECT_EQ(write(Op::implied, json::Value("23.50"), 2), "2350");
    EXPECT_EQ(write(Op::implied, json::Value("23.5"), 2), "2350");
    EXPECT_EQ(write(Op::implied, json::Value("10.005"), 2), "! has more than the 2 decimals the element holds");
    EXPECT_EQ(write(Op::implied, json::Value("10.000"), 2), "1000");
}

TEST(Convert, dates_and_times) {
    EXPECT_EQ(read(Op::date, "20250602"), "\"2025-06-02\"");
    EXPECT_EQ(read(Op::date, "250602"), "\"2025-06-02\"");
    EXPECT_EQ(read(Op::date, "990602"), "\"1999-06-02\"");
    EXPECT_EQ(read(Op::date, "20240229"), "\"2024-02-29\"");
    EXPECT_EQ(read(Op::date, "20250229"), "! is not a date of the calendar");
    EXPECT_EQ(read(Op::date, "2025"), "! is not a date (CCYYMMDD or YYMMDD)");
    EXPECT_EQ(read(Op::time, "1403"), "\"14:03\"");
    EXPECT_EQ(read(Op::time, "14030725"), "\"14:03:07.25\"");
    EXPECT_EQ(read(Op::time, "2560").front(), '!');
    EXPECT_EQ(read(Op::moment, "20111206", 0, "1045"), "\"2011-12-06T10:45\"");
    EXPECT_EQ(read(Op::moment, "20111206"), "\"2011-12-06\"");
    EXPECT_EQ(read(Op::period, "20250601-20250630"), R"({"from":"2025-06-01","to":"2025-06-30"})");
    EXPECT_EQ(read(Op::period, "20250601").front(), '!');
    EXPECT_EQ(read(Op::period, "20250601-20250631").front(), '!');
    EXPECT_EQ(write(Op::date, json::Value("2025-06-02")), "20250602");
    EXPECT_EQ(write(Op::date, json::Value("2025-06-02"), 0, grammar::ElementClass::date, 6), "250602");
    EXPECT_EQ(write(Op::date, json::Value("1925-06-02"), 0, grammar::ElementClass::date, 6).front(), '!');
    EXPECT_EQ(write(Op::date, json::Value("2025-02-30")).front(), '!');
    EXPECT_EQ(write(Op::moment, json::Value("2025-06-02T14:03:07")), "20250602|140307");
    EXPECT_EQ(write(Op::moment, json::Value("2025-06-02T14:03Z")).front(), '!');
    EXPECT_EQ(write(Op::time, json::Value("14:03")), "1403");
    EXPECT_EQ(write(Op::time, json::Value("1403")).front(), '!');
}

TEST(Convert, whole_numbers) {
    EXPECT_EQ(read(Op::integer, "000012"), "12");
    EXPECT_EQ(read(Op::integer, "0"), "0");
    EXPECT_EQ(read(Op::integer, "1.5"), "! is not a whole number");
    EXPECT_EQ(write(Op::integer, json::Value::number("12")), "12");
}

TEST(Convert, text_is_escaped_as_json_whatever_it_holds) {
    EXPECT_EQ(read(Op::text, "  a\"b\\c  "), R"("  a\"b\\c")");
    EXPECT_EQ(read(Op::text, "   "), "");
    std::mt19937 random(7);
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        auto const length = 1 + random() % 24;
        for (unsigned c = 0; c < length; ++c)
            text += static_cast<char>(random() % (i % 3 == 0 ? 256 : 128));
        OutBuffer fast;
        append_text(fast, text);
        std::string slow;
        append_json_string(slow, text);
        ASSERT_EQ(std::string(fast.view()), slow);
    }
}

TEST(Convert, fixed_offsets) {
    EXPECT_EQ(fixed_offset("ES"), "-05:00");
    EXPECT_EQ(fixed_offset("01"), "+01:00");
    EXPECT_EQ(fixed_offset("13"), "-12:00");
    EXPECT_EQ(fixed_offset("17"), fixed_offset("PS"));
    EXPECT_EQ(fixed_offset("LT"), "");
}

TEST(Convert, steps_before_and_after) {
    grammar::ElementRule rule;
    rule.max = 10;
    Converter converter;
    converter.plain = false;
    converter.pad_fill = '0';
    converter.pad_length = 6;
    converter.elements = {&rule};
    OutBuffer out;
    std::string reason;
    std::string_view const cells[] = {"000120"};
    ASSERT_TRUE(read_value(converter, cells, out, reason));
    EXPECT_EQ(out.view(), "\"120\"");
    std::vector<std::string> written(1);
    ASSERT_TRUE(write_value(converter, json::Node("120"), written, reason));
    EXPECT_EQ(written[0], "000120");
    EXPECT_FALSE(write_value(converter, json::Node("0120"), written, reason)) << "would come back as 120";
}

} // namespace
} // namespace wharf::translator
