#include "grammar/acknowledgment.hpp"

#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

using wharf::test::schemas;

GroupVerdict judge(std::string const& text) {
    GroupVerdict verdict;
    InterchangeReader reader(text, "t", schemas());
    while (reader.next()) {
        auto& item = reader.item();
        if (item.kind == ItemKind::group_start)
            verdict.group = *item.group;
        if (item.kind == ItemKind::transaction_set)
            verdict.sets.push_back({item.set, item.findings});
        if (item.kind == ItemKind::group_end) {
            verdict.included = item.present ? static_cast<std::uint64_t>(std::atoi(std::string(item.part->segments[0].element(1)).c_str())) : item.sets;
            verdict.findings = item.findings;
        }
    }
    return verdict;
}

std::string acknowledged(std::string const& text, AcknowledgmentOptions const& options = {}) {
    std::string out;
    for (auto const& segment : make_997(judge(text), options)) {
        out += segment.id;
        for (auto const& element : segment.elements)
            out += "*" + element;
        while (out.back() == '*')
            out.pop_back();
        out += "~";
    }
    return out;
}

TEST(Acknowledgment, mixed_group) {
    auto const bad = "BIG*20250602*INV2**4711~IT1*1*10*EA*12.5O~TDS*12500~";
    EXPECT_EQ(acknowledged(test::interchange("IN", {test::set("810", test::small_810), test::set("810", bad, "0002"), test::set("810", test::small_810, "0003")})),
              "AK1*IN*77~AK2*810*0001~AK5*A~AK2*810*0002~AK3*IT1*3**8~AK4*4*212*6*12.5O~AK5*R*5~AK2*810*0003~AK5*A~AK9*P*3*3*2~");
}

TEST(Acknowledgment, what_is_enforced_beyond_the_standard_is_told_with_its_place) {
    auto verdict = judge(test::interchange("IN", {test::set("810", "BIG*20250602*INV2 **4711~IT1*1*10*EA*12.50~TDS*12500~")}));
    ASSERT_EQ(verdict.sets[0].findings.size(), 1u);
    verdict.sets[0].findings[0].severity = Severity::error;
    std::string out;
    for (auto const& segment : make_997(verdict, {}))
        out += segment.id + (segment.id == "AK3" ? "*" + segment.elements[0] + "*" + segment.elements[1] + "*" + segment.elements[3] : std::string()) + "~";
    EXPECT_EQ(out, "AK1~AK2~AK3*BIG*2*8~AK5~AK9~");
}

TEST(Acknowledgment, lone_set_with_wrong_count) {
    auto text = test::interchange("IN", {test::set("810", test::small_810)});
    text.replace(text.find("SE*5*"), 5, "SE*9*");
    EXPECT_EQ(acknowledged(text), "AK1*IN*77~AK2*810*0001~AK5*R*4~AK9*R*1*1*0~");
}

TEST(Acknowledgment, unsupported_set_wrong_group_and_group_errors) {
    EXPECT_EQ(acknowledged(test::interchange("PO", {test::set("898", "BEG*00~")})), "AK1*PO*77~AK2*898*0001~AK5*R*1~AK9*R*1*1*0~");
    EXPECT_EQ(acknowledged(test::interchange("IN", {test::set("850", test::small_850)})), "AK1*IN*77~AK2*850*0001~AK5*R*6~AK9*R*1*1*0~");
    auto text = test::interchange("IN", {test::set("810", test::small_810)});
    text.replace(text.find("GE*1*"), 5, "GE*2*");
    EXPECT_EQ(acknowledged(text), "AK1*IN*77~AK9*R*2*1*0*5~");
}

TEST(Acknowledgment, structure_and_several_elements_of_a_segment) {
    auto const body = "BIG*20259902*INV1~XX*1~IT1*1*1O*EA*1,5~TDS*1~";
    EXPECT_EQ(acknowledged(test::interchange("IN", {test::set("810", body)})),
              "AK1*IN*77~AK2*810*0001~AK3*BIG*2**8~AK4*1*373*8*20259902~AK3*XX*3**1~AK3*IT1*4**8~AK4*2*358*6*1O~AK4*4*212*6*1,5~AK5*R*5~AK9*R*1*1*0~");
}

TEST(Acknowledgment, bad_data_with_delimiters_is_not_copied) {
    auto const body = "BIG*20250602*INV>1~TDS*1~";
    EXPECT_EQ(acknowledged(test::interchange("IN", {test::set("810", body)})), "AK1*IN*77~AK2*810*0001~AK3*BIG*2**8~AK4*2*76*3~AK5*R*5~AK9*R*1*1*0~");
}

TEST(Acknowledgment, codes_that_the_release_has) {
    auto const order = test::set("850", test::small_850);
    EXPECT_EQ(acknowledged(test::interchange("PO", {order, order})),
              "AK1*PO*77~AK2*850*0001~AK5*A~AK2*850*0001~AK5*R*23~AK9*P*2*2*1~");
    auto const components = test::interchange("PO", {test::set("850", "BEG*00*SA*47>11**20250602~PO1~")}, "005010");
    EXPECT_NE(acknowledged(components).find("AK4*3*324*13~"), std::string::npos) << acknowledged(components);
    auto const wrong_group = test::interchange("IN", {order}, "005010");
    EXPECT_EQ(acknowledged(wrong_group), "AK1*IN*77~AK2*850*0001~AK5*R*18~AK9*R*1*1*0~");
    AcknowledgmentOptions older; // the partner wants his 997 in a release that has none of these
    older.dictionary = schemas().grammars().dictionary("004010");
    EXPECT_NE(acknowledged(components, older).find("AK4*3*324*3~"), std::string::npos);
    EXPECT_EQ(acknowledged(wrong_group, older), "AK1*IN*77~AK2*850*0001~AK5*R*6~AK9*R*1*1*0~");
}

TEST(Acknowledgment, what_the_sender_wrote_never_breaks_ours) {
    // Other separators there than here: his data may hold ours.
    auto text = test::isa();
    for (auto& c : text)
        c = c == '*' ? '|' : c == '~' ? '\n' : c;
    text += "GS|P~|S|R|20250602|1403|7*7|X|004010\nST|85*|0*~1\nB*\x01|1\nSE|3|0*~1\nGE|1|7*7\nIEA|1|000000901\n";
    EXPECT_EQ(acknowledged(text), "AK1*P?*7?7~AK2*85?*0??1~AK5*R*6~AK9*R*1*1*0~");
    auto const ta1 = make_ta1({.date = "2506", .time = "14*3", .control_number = "12~456789012"}, 'R', "014");
    EXPECT_EQ(ta1.elements, (std::vector<std::string>{"120456789", "250600", "1403", "R", "014"}));
}

TEST(Acknowledgment, segment_ids_of_any_bytes_can_be_acknowledged) {
    auto const text = test::interchange("IN", {test::set("810", "BIG*20250602*INV1~\x01>B*1~IT1~TDS*1~")});
    EXPECT_NE(acknowledged(text).find("AK3*??B*3**1~"), std::string::npos) << acknowledged(text);
}

TEST(Acknowledgment, reads_what_partners_answer) {
    auto const text = test::interchange("FA", {test::set("997", "AK1*PO*501~AK2*850*0002~AK3*N1*4**8~AK4*4*67*1~AK5*R*5~AK9*P*3*3*2~")});
    InterchangeReader reader(text, "t", schemas());
    GroupAcknowledgment read;
    while (reader.next())
        if (reader.item().kind == ItemKind::transaction_set)
            read = read_acknowledgment(reader.item().part->segments);
    EXPECT_EQ(read.functional_id, "PO");
    EXPECT_EQ(read.group_control_number, "501");
    EXPECT_EQ(read.code, 'P');
    EXPECT_EQ(read.code_of("0001"), 'A');
    EXPECT_EQ(read.code_of("2"), 'R');
    ASSERT_EQ(read.sets.size(), 1u);
    EXPECT_EQ(read.sets[0].errors, std::vector<std::string>{"segment 4 (N1), element 4: mandatory data element missing"});
}

TEST(Acknowledgment, interchange_refusals) {
    Diagnostics findings;
    auto const text = test::interchange("IN", {test::set("810", test::small_810)});
    InterchangeReader reader(std::string_view(text).substr(0, text.find("IEA")), "t", schemas());
    while (reader.next())
        std::ranges::move(reader.item().findings, std::back_inserter(findings));
    auto const answer = answer_interchange(findings, {});
    EXPECT_EQ(answer.code, 'R');
    EXPECT_EQ(answer.note, "023");
    auto const ta1 = make_ta1({.date = "250602", .time = "1403", .control_number = "901"}, 'R', "023");
    EXPECT_EQ(ta1.elements, (std::vector<std::string>{"000000901", "250602", "1403", "R", "023"}));
}

} // namespace
} // namespace wharf::grammar
