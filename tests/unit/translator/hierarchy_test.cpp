// Ship notices: the tree of levels, what bad HL02 get, and shipped_lines (scenario 6: the same goods in every
// structure).
#include "translator_fixture.hpp"

#include "base/limits.hpp"

namespace wharf::translator {
namespace {

using namespace test;

constexpr auto head = "BSN*00*N1*20250602*1403~";
constexpr auto a = "003456780000000014"; // SSCCs with valid check digits
constexpr auto b = "003456780000000021";

Reading notice(std::string const& body) {
    return read_body("856", head + body);
}

/// Quantity and packages of each shipped line.
std::string lines(Reading const& reading) {
    EXPECT_TRUE(reading.outcome.ok()) << texts(reading.outcome.diagnostics);
    if (!reading.outcome.ok()) return {};
    auto const document = reading.value();
    EXPECT_FALSE(has_errors(document::check(document))) << texts(document::check(document)) << reading.json;
    std::string text;
    if (auto const* found = document.find("shipped_lines"))
        for (auto const& line : found->items()) {
            text += std::string(line.string("quantity")) + " " + std::string(line.string("unit")) + " of order " +
                    std::string(line.find("order") == nullptr ? "?" : line.find("order")->string("number")) + " line " +
                    std::string(line.string("order_line_number"));
            if (auto const* packages = line.find("packages"))
                for (auto const& package : packages->items())
                    text += " " + package.text();
            text += "\n";
        }
    return text;
}

std::string const item = "LIN**UP*012345678905*PL*1~SN1**12*EA~";

TEST(Hierarchy, shipment_order_pack_item) {
    auto const reading = notice("HL*1**S~HL*2*1*O~PRF*4711~HL*3*2*P~MAN*GM*" + std::string(a) + "~HL*4*3*I~" + item +
                                "HL*5*2*P~MAN*GM*" + b + "~HL*6*5*I~" + item + "CTT*6~");
    EXPECT_EQ(lines(reading), fmt::format("12 each of order 4711 line 1 {}\n12 each of order 4711 line 1 {}\n", a, b));
    EXPECT_EQ(reading.codes(), "");
    EXPECT_NE(reading.json.find(R"("sscc":"003456780000000014")"), std::string::npos);
}

TEST(Hierarchy, shipment_pack_order_item) {
    auto const reading = notice("HL*1**S~HL*2*1*P~MAN*GM*00" + std::string(a) + "~HL*3*2*O~PRF*4711~HL*4*3*I~" + item +
                                "HL*5*1*P~MAN*AA*" + b + "~HL*6*5*O~PRF*4711~HL*7*6*I~" + item + "CTT*7~");
    EXPECT_EQ(lines(reading), fmt::format("12 each of order 4711 line 1 {}\n12 each of order 4711 line 1 {}\n", a, b));
}

TEST(Hierarchy, standard_cartons_below_the_item) {
    auto const reading =
        notice("HL*1**S~HL*2*1*O~PRF*4711~HL*3*2*I~LIN**UP*012345678905*PL*1~SN1**24*EA~HL*4*3*P~MAN*GM*" +
               std::string(a) + "~HL*5*3*P~MAN*GM*" + b + "~CTT*5~");
    EXPECT_EQ(lines(reading), fmt::format("24 each of order 4711 line 1 {} {}\n", a, b));
}

TEST(Hierarchy, without_parents_one_warning_per_orphan) {
    auto const reading = notice("HL*1**S~HL*2**O~PRF*4711~HL*3**I~LIN**UP*012345678905*PL*1~SN1**24*EA~CTT*3~");
    EXPECT_EQ(lines(reading), "24 each of order 4711 line 1\n");
    EXPECT_EQ(reading.codes(), "MAP-0105 856/HL/HL02\nMAP-0105 856/HL/HL02\n");
}

TEST(Hierarchy, tares_around_packs_outermost_first) {
    auto const reading = notice("HL*1**S~HL*2*1*O~PRF*4711~HL*3*2*T~MAN*GM*" + std::string(a) + "~HL*4*3*P~MAN*GM*" +
                                b + "~HL*5*4*I~" + item + "CTT*5~");
    EXPECT_EQ(lines(reading), fmt::format("12 each of order 4711 line 1 {} {}\n", a, b));
}

TEST(Hierarchy, order_at_the_item_and_expiry) {
    auto const reading = notice("HL*1**S~HL*2*1*I~LIN**BP*7*LT*L9*SN*S1*SN*S2~SN1**3*EA~PRF*4712*****~DTM*036*20260101~"
                                "HL*3*1*I~LIN**BP*8~SN1**1*EA~CTT*3~");
    EXPECT_EQ(lines(reading), "3 each of order 4712 line \n1 each of order ? line \n");
    auto const document = reading.value();
    auto const& first = document.find("shipped_lines")->items().front();
    EXPECT_EQ(first.string("lot_number"), "L9");
    EXPECT_EQ(first.string("expiry_date"), "2026-01-01");
    ASSERT_NE(first.find("serial_numbers"), nullptr);
    EXPECT_EQ(first.find("serial_numbers")->items().size(), 2u);
    EXPECT_EQ(first.find("items")->items().size(), 1u) << "lot and serials are no product identifiers";
}

std::string refused(std::string const& body) {
    auto const reading = notice(body);
    EXPECT_FALSE(reading.outcome.ok());
    EXPECT_EQ(reading.json, "");
    for (auto const& found : reading.outcome.diagnostics)
        if (found.severity == Severity::error)
            return found.code + " " + found.place.path + " " + found.message.substr(0, 10);
    return {};
}

TEST(Hierarchy, what_is_no_tree_is_not_mapped) {
    EXPECT_EQ(refused("HL*1**S~HL*2*2*O~PRF*1~"), "MAP-0104 856/HL/HL02 HL_INVALID") << "itself";
    EXPECT_EQ(refused("HL*1**S~HL*2*3*O~PRF*1~HL*3*2*I~"), "MAP-0104 856/HL/HL02 HL_INVALID") << "forward";
    EXPECT_EQ(refused("HL*1**S~HL*1*1*O~PRF*1~"), "MAP-0104 856/HL/HL01 HL_INVALID") << "twice";
    EXPECT_EQ(refused("HL*7**S~HL*9*7*O~PRF*1~HL*7*9*I~"), "MAP-0104 856/HL/HL01 HL_INVALID") << "not counted from 1";
    std::string deep = "HL*1**S~";
    for (unsigned i = 2; i < limits::hierarchy_depth + 20; ++i)
        deep += fmt::format("HL*{}*{}*I~", i, i - 1);
    EXPECT_EQ(refused(deep), "MAP-0106 856/HL/HL02 The HL lev");
}

TEST(Hierarchy, numbers_need_not_count) {
    auto const reading = notice("HL*10**S~HL*20*10*O~PRF*4711~HL*05*20*I~" + item + "HL*7*20*I~" + item + "CTT*4~");
    EXPECT_EQ(lines(reading), "12 each of order 4711 line 1\n12 each of order 4711 line 1\n");
}

TEST(Hierarchy, counts_of_levels_or_of_items) {
    std::string const body = "HL*1**S~HL*2*1*O~PRF*4711~HL*3*2*I~" + item + "HL*4*2*I~" + item;
    EXPECT_EQ(notice(body + "CTT*4~").codes(), "");
    EXPECT_EQ(notice(body + "CTT*2~").codes(), "") << "items, as some guides have it";
    EXPECT_EQ(notice(body + "CTT*3~").codes(), "MAP-0108 856/CTT/CTT01 \"3\"\n");
}

TEST(Hierarchy, written_depth_first_with_numbers_of_its_own) {
    auto const reading = notice("HL*10**S~TD5*B*2*UPSN~HL*20*10*O~PRF*4711~HL*30*10*O~PRF*4712~HL*40*20*I~" + item +
                                "HL*50*30*I~" + item + "CTT*99~");
    ASSERT_TRUE(reading.outcome.ok());
    auto const written = shipped_translator("856")->write(reading.value(), {});
    EXPECT_EQ(texts(written.diagnostics), "MAP-0118 totals.hl_count: `totals.hl_count` says 99; 5 was counted and written.\n");
    EXPECT_EQ(to_text(written.body),
              "BSN*00*N1*20250602*1403~HL*1**S*1~TD5*B*2*UPSN~HL*2*1*O*1~PRF*4711~HL*3*2*I*0~" + item +
                  "HL*4*1*O*1~PRF*4712~HL*5*4*I*0~" + item + "CTT*5~");
}

} // namespace
} // namespace wharf::translator
