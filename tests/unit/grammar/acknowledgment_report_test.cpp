#include "grammar/acknowledge.hpp"
#include "grammar/acknowledgment_report.hpp"
#include "grammar/lint.hpp"

#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

using wharf::test::schemas;

std::string answer(std::string const& text, AcknowledgmentForm form = AcknowledgmentForm::functional, AcknowledgeOptions options = {}) {
    options.form = form;
    auto const result = acknowledge(text, "t", schemas(), options);
    EXPECT_TRUE(result) << result.error().message;
    return result ? result->bytes : std::string();
}

AcknowledgmentReport explained(std::string const& body, std::string const& original = {}) {
    auto const text = test::interchange("FA", {test::set("997", body)});
    std::optional<NamedText> given;
    if (!original.empty())
        given = NamedText{original, "sent.x12"};
    auto report = explain_acknowledgment({text, "answer.997"}, given, schemas());
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : AcknowledgmentReport{};
}

std::vector<std::string> codes(AcknowledgmentReport const& report) {
    std::vector<std::string> out;
    for (auto const& finding : report.findings)
        out.push_back(finding.code);
    return out;
}

std::string const sent = test::interchange("PO", {test::set("850", test::small_850), test::set("850", test::small_850, "0002")});

TEST(AcknowledgmentReport, points_at_the_element_in_the_original) {
    auto const report = explained("AK1*PO*00077~AK2*850*0001~AK5*A~AK2*850*00002~AK3*N1*3**8~AK4*4*67*5*0107~AK5*R*5~AK9*P*2*2*1~", sent);
    ASSERT_EQ(codes(report), std::vector<std::string>{"ACK-0004"});
    auto const& finding = report.findings[0];
    EXPECT_EQ(finding.message, "segment 3: N104 Identification Code \"0107\" is too long");
    EXPECT_EQ(finding.place.file, "sent.x12");
    EXPECT_EQ(sent.substr(finding.place.offset, finding.place.length), "0107");
    EXPECT_GT(finding.place.offset, sent.find("ST*850*0002"));
    EXPECT_EQ(finding.place.transaction, "0002");
    EXPECT_TRUE(report.refused);
    EXPECT_EQ(verdict_lines(report), "997 0001: group PO 00077 partly accepted (2 sets received, 1 accepted)\n  850 0001 accepted\n  850 00002 refused\n");
}

TEST(AcknowledgmentReport, a_set_that_nobody_judged_is_not_accepted) {
    auto const cut = explained("AK1*PO*77~AK2*850*0001~AK3*N1*3**8~", sent);
    EXPECT_TRUE(verdict_lines(cut).starts_with("997 0001: group PO 77 is not judged: AK9 is missing\n  850 0001 not judged\n"));
    auto const without_code = explained("AK1*PO*77~AK2*850*0001~AK9**1*1*1~", sent);
    EXPECT_TRUE(verdict_lines(without_code).starts_with("997 0001: group PO 77 is not judged: AK901 is empty\n  850 0001 not judged\n"));
}

TEST(AcknowledgmentReport, another_file_is_noticed) {
    auto const report = explained("AK1*PO*77~AK2*850*0001~AK3*N1*2**8~AK4*4*67*5*0107~AK5*R*5~AK2*850*0002~AK3*N1*3**8~AK4*1*98*7*BY~AK5*R*5~AK9*R*2*2*0~", sent);
    ASSERT_EQ(report.findings.size(), 2u);
    EXPECT_EQ(report.findings[0].place.file, "sent.x12"); // counted without ST: the N1 is the next one
    EXPECT_NE(report.findings[1].help.find("The original has \"ST\" there"), std::string::npos) << report.findings[1].help;
}

TEST(AcknowledgmentReport, unknown_references_repeats_and_silence) {
    auto report = explained("AK1*PO*78~AK9*A*1*1*1~", sent);
    EXPECT_EQ(codes(report), (std::vector<std::string>{"ACK-0012", "ACK-0010"}));
    EXPECT_TRUE(report.refused);
    report = explained("AK1*PO*77~AK2*850*0001~AK5*A~AK2*850*0001~AK5*A~AK2*850*9999~AK5*A~AK9*A*2*2*2~", sent);
    EXPECT_EQ(codes(report), (std::vector<std::string>{"ACK-0013", "ACK-0010"}));
    report = explained("AK1*PO*77~AK9*A*2*2*2~", sent);
    EXPECT_TRUE(report.findings.empty());
    EXPECT_FALSE(report.refused);
    EXPECT_NE(verdict_lines(report).find("no set is named, so all were accepted"), std::string::npos);
    report = explained("AK1*PO*77~AK2*850*0001~AK5*A~", sent);
    EXPECT_EQ(codes(report), std::vector<std::string>{"ACK-0011"});
    EXPECT_TRUE(report.refused);
    report = explained("AK1*PO*77~AK9*A*1*1*1~", sent);
    EXPECT_EQ(codes(report), std::vector<std::string>{"ACK-0011"}); // one of two was received
    EXPECT_FALSE(report.refused);
    report = explained("AK1*PO*77~AK2*850*0001~AK5*R*4~AK2*850*0002~AK5*A~AK9*A*2*2*2~", sent);
    EXPECT_EQ(codes(report), (std::vector<std::string>{"ACK-0011", "ACK-0002"})) << "that AK904 counts the refused one too is the same contradiction";
    report = explained("AK1*PO*77~AK2*850*0001~AK5*R*4~AK9*A*2*2*2~", sent);
    EXPECT_EQ(codes(report), (std::vector<std::string>{"ACK-0011", "ACK-0002"}));
    EXPECT_EQ(sent.substr(report.findings[1].place.offset, report.findings[1].place.length), "6"); // SE01
    report = explained("AK1*PO*77~AK2*850*0001~AK5*A~AK9*P*2*2*1~", sent);
    EXPECT_EQ(codes(report), std::vector<std::string>{"ACK-0011"}) << "a set is refused, and nobody says which";
}

TEST(AcknowledgmentReport, without_the_original_it_shows_the_acknowledgment) {
    auto const report = explained("AK1*IN*5~AK2*810*0001~AK3*BIG*2**3~AK3*XX*3**1~AK5*R*5*4~AK9*R*1*1*0~");
    EXPECT_EQ(codes(report), (std::vector<std::string>{"ACK-0003", "ACK-0003", "ACK-0002"}));
    EXPECT_EQ(report.findings[0].message, "mandatory BIG Beginning Segment for Invoice is missing at segment 2");
    EXPECT_EQ(report.findings[0].excerpt, "AK3*BIG*2**3");
    EXPECT_NE(report_json(report).find("\"code\":\"3\",\"words\":\"mandatory segment missing\""), std::string::npos) << report_json(report);
}

TEST(AcknowledgmentReport, noted_errors_are_warnings) {
    auto const report = explained("AK1*PO*77~AK2*850*0001~AK3*N1*3**8~AK4*4*67*5*0107~AK5*E*5~AK9*E*2*2*2~", sent);
    ASSERT_EQ(codes(report), std::vector<std::string>{"ACK-0004"});
    EXPECT_EQ(report.findings[0].severity, Severity::warning);
    EXPECT_FALSE(report.refused);
}

TEST(AcknowledgmentReport, interchanges) {
    auto text = sent;
    text.replace(text.find("250602"), 6, "250631");
    auto const ta1 = answer(text, AcknowledgmentForm::interchange);
    EXPECT_NE(ta1.find("TA1*000000901*250631*1403*R*014~"), std::string::npos) << ta1;
    auto const report = explain_acknowledgment({ta1, "answer.ta1"}, NamedText{text, "sent.x12"}, schemas());
    ASSERT_TRUE(report);
    ASSERT_EQ(codes(*report), std::vector<std::string>{"ACK-0005"});
    EXPECT_EQ(text.substr(report->findings[0].place.offset, report->findings[0].place.length), "250631");
    EXPECT_TRUE(report->refused);
    EXPECT_FALSE(explain_acknowledgment({sent, "sent.x12"}, {}, schemas())); // no acknowledgment at all
}

TEST(Acknowledge, every_release_and_what_it_writes_is_right) {
    auto const bad = "BEG*99*SA*4711**250631~XX*1~N1*ST*ACME*92~PO1*1*1O*EA~";
    for (auto const& release : schemas().grammars().releases()) {
        auto text = test::interchange("PO", {test::set("850", test::small_850), test::set("850", bad, "0002"), test::set("85O", bad, "3"), test::set("850", "BEG~", "")}, release, "7A");
        for (auto const form : {AcknowledgmentForm::functional, AcknowledgmentForm::implementation}) {
            if (form == AcknowledgmentForm::implementation && release < "005010")
                continue;
            AcknowledgeOptions options;
            options.at = Timestamp(std::chrono::seconds(1750000000));
            auto const bytes = answer(text, form, options);
            auto const result = lint(bytes, "answer", schemas());
            EXPECT_TRUE(result.diagnostics.empty()) << release << ": " << result.diagnostics.front().message << "\n" << bytes;
            bool const has_ak103 = schemas().grammars().dictionary(release)->segment("AK1")->elements.size() > 2;
            EXPECT_NE(bytes.find(has_ak103 ? "AK1*PO*7A*" + release : "AK1*PO*7A~"), std::string::npos) << bytes;
        }
    }
}

TEST(Acknowledge, identifiers_swap_and_acknowledgments_get_none) {
    auto const bytes = answer(sent);
    EXPECT_NE(bytes.find("*ZZ*RECEIVER       *ZZ*SENDER         *"), std::string::npos);
    EXPECT_NE(bytes.find("GS*FA*RECEIVER*SENDER*"), std::string::npos);
    AcknowledgeOptions options;
    auto const none = acknowledge(bytes, "t", schemas(), options);
    ASSERT_TRUE(none);
    EXPECT_EQ(none->bytes, "");
    EXPECT_FALSE(none->refused);
    ASSERT_EQ(none->remarks.size(), 1u);
    options.form = AcknowledgmentForm::implementation;
    EXPECT_FALSE(acknowledge(sent, "t", schemas(), options)); // 004010 has no 999
}

TEST(Acknowledge, policy_decides_between_refused_and_errors_noted) {
    auto const text = test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~N1*ST*ACME*92~PO1~")});
    EXPECT_NE(answer(text).find("AK5*R*5~\nAK9*R*1*1*0~"), std::string::npos);
    AcknowledgeOptions options;
    options.content.accept_with_errors = {"X12-031*"};
    auto const noted = answer(text, AcknowledgmentForm::functional, options);
    EXPECT_NE(noted.find("AK3*N1*3**8~\nAK4*4*67*2~\nAK5*E*5~\nAK9*E*1*1*1~"), std::string::npos) << noted;
}

TEST(Acknowledge, a_999_names_what_made_a_condition_bind) {
    auto const text = test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~N1*ST*ACME*92~PO1~")}, "005010");
    auto const bytes = answer(text, AcknowledgmentForm::implementation);
    EXPECT_NE(bytes.find("IK3*N1*3**8~\nIK4*4*67*2~\nCTX*SITUATIONAL TRIGGER*N1*3**3*66~\nIK5*R*5~"), std::string::npos) << bytes;
}

TEST(Acknowledge, guides_are_told_by_policy_with_codes_of_their_own) {
    GroupVerdict verdict;
    verdict.group.functional_id = "PO";
    verdict.group.control_number = "1";
    verdict.included = 1;
    Diagnostic finding;
    finding.of_guide = true;
    finding.acknowledgment.segment = "2";
    finding.acknowledgment.implementation_segment = "I4";
    finding.place.segment_id = "CUR";
    finding.place.segment_position = 3;
    verdict.sets.push_back({{"850", "0001", {}}, {finding}});
    AcknowledgmentOptions options;
    options.dictionary = schemas().grammars().dictionary("007040");
    EXPECT_EQ(make_999(verdict, options).back().elements[0], "A");
    options.guide_findings = true;
    auto body = make_999(verdict, options);
    EXPECT_EQ(body[2].elements, (std::vector<std::string>{"CUR", "3", "", "I4"}));
    EXPECT_EQ(body[3].elements, (std::vector<std::string>{"R", "I5"}));
    body = make_997(verdict, options);
    EXPECT_EQ(body[2].elements.back(), "2");
    options.dictionary = schemas().grammars().dictionary("005010"); // its list has no I5
    EXPECT_EQ(make_999(verdict, options)[3].elements, (std::vector<std::string>{"R", "5"}));
}

TEST(Acknowledge, what_there_is_no_room_for_is_left_out) {
    GroupVerdict verdict;
    verdict.group.functional_id = "PO";
    verdict.group.control_number = "1";
    Diagnostics findings;
    for (std::uint32_t i = 0; i < 120; ++i) {
        Diagnostic finding;
        finding.acknowledgment = {"8", "7", {}, {}, {}, {}, {}};
        finding.place.segment_id = "PO1";
        finding.place.segment_position = 4;
        finding.place.element = i + 1;
        finding.place.element_number = 235;
        finding.value = std::string(150, 'x');
        findings.push_back(finding);
    }
    findings.push_back(findings[0]);
    findings.back().place.segment_position = 1'000'000;
    verdict.sets.push_back({{"850", "0001", {}}, findings});
    AcknowledgmentOptions options;
    options.dictionary = schemas().grammars().dictionary("004010");
    auto const body = make_997(verdict, options);
    EXPECT_EQ(std::ranges::count(body, "AK4", &x12::OutSegment::id), 99);
    EXPECT_EQ(std::ranges::count(body, "AK3", &x12::OutSegment::id), 1);
    EXPECT_EQ(body[3].elements[3].size(), 99u);
    EXPECT_EQ(body[body.size() - 2].elements, (std::vector<std::string>{"R", "5"}));
}

} // namespace
} // namespace wharf::grammar
