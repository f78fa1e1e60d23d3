// Quantities in the partner's units, said again in ours.

#include "unit/partner/configuration_fixture.hpp"

#include "partner/unit_conversion.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using ::testing::HasSubstr;

std::string converted(PartnerProfile const& profile, std::string const& line) {
    auto document = json::parse(R"({"lines":[)" + line + "]}").value();
    (void)convert_units(document, profile);
    auto const* const found = document.find("lines")->items()[0].find("converted");
    return found ? json::to_text(*found) : "";
}

TEST(UnitConversion, BesideWhatThePartnerSaid) {
    PartnerProfile profile;
    profile.unit_conversions = {{"case", "each", "12", Rounding::none, 0, {}}, {"case", "each", "6", Rounding::none, 0, {"K-2"}}};
    EXPECT_EQ(converted(profile, R"({"quantity":"10","unit":"case"})"), R"({"quantity":"120","unit":"each","factor":"12","rounded":false})");
    EXPECT_EQ(converted(profile, R"({"quantity":"-2.5","unit":"case","items":[{"value":"K-1"},{"value":"K-2"}]})"),
              R"({"quantity":"-15.0","unit":"each","factor":"6","rounded":false})");
    EXPECT_EQ(converted(profile, R"({"quantity":"10","unit":"each"})"), "");
    EXPECT_EQ(converted(profile, R"({"unit":"case"})"), "");
    auto empty = json::parse(R"({"lines":[]})").value();
    EXPECT_FALSE(convert_units(empty, profile).changed);
}

std::string said(PartnerProfile const& profile, std::string const& line) {
    auto document = json::parse(R"({"shipped_lines":[)" + line + "]}").value();
    std::string text;
    for (auto const& finding : convert_units(document, profile).findings)
        text += std::string(to_string(finding.severity)) + " " + finding.code + " " + finding.place.path + ": " + finding.message + "\n";
    return text;
}

TEST(UnitConversion, UnitsThatNoneIsFor) {
    PartnerProfile profile;
    std::string const pallet = R"({"quantity":"10","unit":"pallet","line_number":"7"})";
    EXPECT_EQ(said(profile, pallet), "") << "nothing is converted from this partner";
    profile.unit_conversions = {{"case", "each", "12", Rounding::none, 0, {"K-2"}}};
    EXPECT_EQ(said(profile, pallet), "warning DOC-0104 /shipped_lines/0/unit: the unit pallet of line 7 has no conversion\n");
    EXPECT_EQ(said(profile, R"({"quantity":"10","unit":"each"})"), "");
    EXPECT_EQ(said(profile, R"({"quantity":"10","unit":"case"})"), "warning DOC-0104 /shipped_lines/0/unit: the unit case of line 1 has no conversion\n")
        << "what there is is for another item";
    EXPECT_EQ(said(profile, R"({"quantity":"10"})"), "");
    profile.other_units = OtherUnits::hold;
    EXPECT_EQ(said(profile, pallet), "error DOC-0104 /shipped_lines/0/unit: the unit pallet of line 7 has no conversion\n");
    profile.other_units = OtherUnits::pass;
    EXPECT_EQ(said(profile, pallet), "");
}

TEST(UnitConversion, QuantitiesTooLargeAreNotCut) {
    PartnerProfile profile;
    profile.unit_conversions = {{"case", "each", "12", Rounding::none, 0, {}}};
    std::string const nines(36, '9');
    EXPECT_EQ(said(profile, R"({"quantity":")" + nines + R"(","unit":"case"})"),
              "error DOC-0104 /shipped_lines/0/unit: the quantity " + nines + " of line 1 is too large to convert by 12\n");
}

TEST(UnitConversion, Rounding) {
    PartnerProfile profile;
    auto const by = [&](Rounding rounding, unsigned decimals, std::string const& quantity) {
        profile.unit_conversions = {{"pound", "kilogram", "0.45359237", rounding, decimals, {}}};
        auto const text = converted(profile, R"({"quantity":")" + quantity + R"(","unit":"pound"})");
        auto const begin = text.find(":\"") + 2;
        return text.substr(begin, text.find('"', begin) - begin) + (text.find("true") != text.npos ? " rounded" : "");
    };
    EXPECT_EQ(by(Rounding::none, 0, "3"), "1.36077711");
    EXPECT_EQ(by(Rounding::nearest, 0, "3"), "1 rounded");
    EXPECT_EQ(by(Rounding::up, 0, "3"), "2 rounded");
    EXPECT_EQ(by(Rounding::down, 0, "4"), "1 rounded");
    EXPECT_EQ(by(Rounding::nearest, 0, "4"), "2 rounded");
    EXPECT_EQ(by(Rounding::up, 2, "3"), "1.37 rounded");
    EXPECT_EQ(by(Rounding::down, 2, "3"), "1.36 rounded");
    EXPECT_EQ(by(Rounding::up, 0, "-3"), "-2 rounded");
    EXPECT_EQ(by(Rounding::down, 0, "-4"), "-1 rounded");
    EXPECT_EQ(by(Rounding::up, 8, "100000000"), "45359237.00000000");
}

TEST_F(ConfigurationTest, UnitConversionsThatCannotBe) {
    auto const with = [&](std::string const& row) {
        write("partners/acme/profile.yaml", acme + "unit_conversions:\n" + row);
        return findings();
    };
    EXPECT_EQ(with("  - {from: case, to: each, factor: 12}\n  - {from: case, to: each, factor: 6, items: [K-2]}\n"), "");
    EXPECT_THAT(with("  - {from: case, to: each, factor: 0}\n"), HasSubstr("a factor is a number greater than zero"));
    EXPECT_THAT(with("  - {from: CA, to: each, factor: 12}\n"), HasSubstr("a unit is a word of the document"));
    EXPECT_THAT(with("  - {from: case, to: case, factor: 12}\n"), HasSubstr("it converts case to itself"));
    EXPECT_THAT(with("  - {from: case, to: each, factor: 12}\n  - {from: case, to: each, factor: 6}\n"), HasSubstr("PARTNER-0017"));
    EXPECT_THAT(with("  - {from: x12:CA, to: each, factor: 12, decimals: 12}\n"), HasSubstr("it is a number from 1 to 9"));
}

} // namespace
} // namespace wharf::partner
