#include "grammar/validator.hpp"

#include "grammar/lint.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace wharf::grammar {
namespace {

using wharf::test::schemas;

/// The findings of one set's body: "code path \"value\"" each on a line.
std::string findings(std::string const& set_id, std::string const& body, std::string const& release = "004010") {
    auto const* set = schemas().get(release, set_id).get();
    auto const text = test::interchange(set->set().group, {test::set(set_id, body)}, release);
    std::string out;
    for (auto const& finding : lint(text, "t", schemas()).diagnostics) {
        out += finding.code + " " + finding.place.path;
        if (!finding.value.empty())
            out += " \"" + finding.value + "\"";
        out += "\n";
        EXPECT_TRUE(finding.value.empty() || finding.value.find(text.substr(finding.place.offset, finding.place.length)) != std::string::npos) << finding.value;
    }
    return out;
}

TEST(Validator, clean_sets) {
    EXPECT_EQ(findings("850", test::small_850), "");
    EXPECT_EQ(findings("810", test::small_810), "");
    EXPECT_EQ(findings("855", "BAK*00*AC*4711*20250601~PO1*1*10*EA*12.50~ACK*IA*10*EA~CTT*1~"), "");
    EXPECT_EQ(findings("856", "BSN*00*N1*20250602*1403~HL*1**S~HL*2*1*O~PRF*4711~HL*3*2*I~LIN**UP*012345678905~SN1**10*EA~CTT*3~"), "");
    EXPECT_EQ(findings("997", "AK1*PO*77~AK9*A*1*1*1~"), "");
}

TEST(Validator, elements) {
    EXPECT_EQ(findings("850", "BEG*00*SA***20250602~PO1~"), "X12-0301 850/BEG/BEG03\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250230~PO1~"), "X12-0307 850/BEG/BEG05 \"20250230\"\n");
    EXPECT_EQ(findings("850", "BEG*00*QQ*4711**20250602~PO1~"), "X12-0306 850/BEG/BEG02 \"QQ\"\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*1234567890123456789012X**20250602~PO1~"), "X12-0304 850/BEG/BEG03 \"1234567890123456789012X\"\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711 **20250602~PO1~"), "X12-0315 850/BEG/BEG03 \"4711 \"\n");
    EXPECT_EQ(findings("810", "BIG*20250602*INV1~IT1*1*10*EA*12.5O~TDS*12500~"), "X12-0305 810/IT1/IT104 \"12.5O\"\n");
    EXPECT_EQ(findings("810", "BIG*20250602*INV1~TDS*125.00~"), "X12-0305 810/TDS/TDS01 \"125.00\"\n");
    EXPECT_EQ(findings("810", "BIG*20250602*INV1~TDS*-12500~"), "") << "a credit";
    EXPECT_EQ(findings("850", "BEG*00*SA*47>11**20250602~PO1~"), "X12-0313 850/BEG/BEG03 \"47>11\"\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~PO1*1*10*EA*1*PE*UP*1*UP*1*UP*1*UP*1*UP*1*UP*1*UP*1*UP*1*UP*1*UP*1*UP*1~"),
              "X12-0302 850/PO1/PO126 \"UP\"\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~DTM*002*20250602*2560~PO1~"), "X12-0308 850/DTM[002]/DTM03 \"2560\"\n");
}

TEST(Validator, trailing_separators) {
    auto const order = [](std::string const& segment) { return findings("850", "BEG*00*SA*4711**20250602~" + segment + "~PO1~"); };
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602**~PO1~"), "X12-0317 850/BEG\n") << "inside the segment's elements";
    EXPECT_EQ(order("REF*IA*1*"), "X12-0317 850/REF[IA]\n");
    EXPECT_EQ(order("REF*IA*1*****"), "X12-0317 850/REF[IA]\n") << "beyond them";
    EXPECT_EQ(order("REF*IA*1**>*"), "X12-0318 850/REF[IA]/REF04 \">\"\nX12-0317 850/REF[IA]\n");
    EXPECT_EQ(order("N1*ST*ACME*92*"), "X12-0310 850/N1[ST]/N104\n") << "where something is missing they are the same fault";
    EXPECT_EQ(order("N1*ST***"), "X12-0311 850/N1[ST]/N102\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~PO1***~"), "X12-0317 850/PO1\n") << "no value at all";
}

TEST(Validator, syntax_notes) {
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~N1*ST*ACME*92~PO1~"), "X12-0310 850/N1[ST]/N104\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~N1*ST~PO1~"), "X12-0311 850/N1[ST]/N102\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~PO1*1*10*EA*1**UP~"), "X12-0310 850/PO1/PO107\n");
}

TEST(Validator, composite_components) {
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~REF*IA*1**DP>10~PO1~"), "");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~REF*IA*1**DP~PO1~"), "X12-0301 850/REF[IA]/REF04-02\n");
    EXPECT_EQ(findings("850", "BEG*00*SA*4711**20250602~REF*IA*1**Q?>10~PO1~"), "X12-0306 850/REF[IA]/REF04-01 \"Q?\"\n");
}

TEST(Validator, one_structural_fault_gives_one_finding) {
    std::string const head = "BEG*00*SA*4711**20250602~";
    EXPECT_EQ(findings("850", "REF*IA*1~PO1~"), "X12-0203 850/BEG\n");
    EXPECT_EQ(findings("850", head + "PER*BD~REF*IA*1~PO1~"), "X12-0206 850/PER\n") << "PER before REF";
    EXPECT_EQ(findings("850", head + "XYZ*1~PO1~"), "X12-0201 850/XYZ \"XYZ\"\n");
    EXPECT_EQ(findings("850", head + "HL*1**S~PO1~"), "X12-0202 850/HL\n");
    EXPECT_EQ(findings("850", head + "N1*ST*A~N9*L1*X~MSG*TEXT~PO1~"), "X12-0206 850/N1\n") << "N1 before N9";
    EXPECT_EQ(findings("850", head + "CUR*BY*USD~CUR*BY*USD~PO1~"), "X12-0205 850/CUR\n");
    EXPECT_EQ(findings("850", head + "N3*SOMEWHERE~N4*CITY~PO1~"), "X12-0203 850/N1\n") << "the head of the N1 loop is absent";
    EXPECT_EQ(findings("856", "BSN*00*N1*20250602*1403~CTT*0~"), "X12-0203 856/HL\n");
    EXPECT_EQ(findings("810", "BIG*20250602*INV1~IT1~"), "X12-0203 810/TDS\n");
}

TEST(Validator, a_surplus_in_each_loop_is_a_fault_each) {
    auto const two = "PO1*1*10*EA*1~CUR*BY*USD~CUR*BY*USD~CUR*BY*USD~";
    EXPECT_EQ(findings("850", std::string("BEG*00*SA*4711**20250602~") + two + two), "X12-0205 850/PO1/CUR\nX12-0205 850/PO1/CUR\n");
}

TEST(Validator, findings_of_a_segment_come_in_its_order) {
    EXPECT_EQ(findings("850", "BEG**QQ*4711**20250602~PO1~"), "X12-0301 850/BEG/BEG01\nX12-0306 850/BEG/BEG02 \"QQ\"\n");
}

TEST(Validator, length_counts_characters_of_either_character_set) {
    auto const name = [](std::string const& text) { return findings("850", "BEG*00*SA*4711**20250602~N1*ST*" + text + "~PO1~"); };
    EXPECT_EQ(name("\xbd"), "") << "Latin-1";
    EXPECT_EQ(name(std::string(60, '\xe9')), "");
    EXPECT_NE(name(std::string(61, '\xe9')), "");
    std::string utf8;
    for (int i = 0; i < 60; ++i)
        utf8 += "\xc3\xa9";
    EXPECT_EQ(name(utf8), "");
    EXPECT_NE(name(utf8 + "x"), "");
}

TEST(Validator, the_excerpt_shows_the_fault_in_a_long_element) {
    auto const text = test::interchange("PO", {test::set("850", "BEG*00*SA*" + std::string(900, '1') + "\t**20250602~PO1~")});
    auto const result = lint(text, "t", schemas());
    ASSERT_EQ(result.diagnostics.size(), 1u);
    auto const& finding = result.diagnostics[0];
    ASSERT_LT(finding.excerpt_offset, finding.excerpt.size());
    EXPECT_EQ(finding.excerpt[finding.excerpt_offset], '\t');
}

TEST(Validator, messages_say_what_to_do) {
    auto const help = [](std::string const& body) {
        auto const text = test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~" + body)});
        auto const found = lint(text, "t", schemas()).diagnostics;
        return found.size() == 1 ? text.substr(found[0].place.offset, found[0].place.length) + "|" + found[0].help : "?";
    };
    EXPECT_EQ(help("N1*ST*ACME*92~PO1~"),
              "|Send N104 Identification Code too, or leave out N103. The rule is syntax note P0304 of segment N1 in release 004010.");
    EXPECT_EQ(help("N1*ST~PO1~"), "|Send N102 Name, or another of them. The rule is syntax note R0203 of segment N1 in release 004010.");
    EXPECT_EQ(help("REF*IA*1****~PO1~"), "****|Remove the trailing separators.");
}

TEST(Validator, says_where_each_segment_stands) {
    auto const schema = schemas().get("004010", "850");
    auto const text = test::interchange("PO", {test::set("850", "BEG*00*SA*1**20250602~N1*ST*A~N3*B~PO1~N1*ST*A~N3*B~CTT*1~")});
    InterchangeReader reader(text, "t", schemas());
    std::string paths;
    while (reader.next())
        if (reader.item().kind == ItemKind::transaction_set)
            for (auto const node : *reader.item().nodes)
                paths += schema->path(node) + " ";
    EXPECT_EQ(paths, "850/ST 850/BEG 850/N1 850/N1/N3 850/PO1 850/PO1/N1 850/PO1/N1/N3 850/CTT 850/SE ");
}

/// The codes of the findings at one value, put into a segment in place of '?'.
std::string codes_at(std::string const& segment, std::string const& value) {
    auto with = segment;
    with.replace(with.find('?'), 1, value);
    std::string codes;
    auto const text = findings("850", "BEG*00*SA*4711**20250602~" + with);
    for (auto at = text.find("X12-03"); at != std::string::npos; at = text.find("X12-03", at + 1))
        codes += (codes.empty() ? "" : " ") + text.substr(at + 4, 4);
    return codes;
}

TEST(Validator, whole_numbers) {
    auto const amount = [](std::string const& value) { return codes_at("SAC*A*C310***?~PO1~", value); }; // N2 1/15
    for (auto const* const right : {"1", "-1", "12345678", "-12345678", "123456789", "-123456789", "123456789012345", "-123456789012345"})
        EXPECT_EQ(amount(right), "") << right;
    for (auto const* const wrong : {"1.5", ".", "1-", "--1", "-", "1 ", " 1", "+1", "12345678A", "1234567A", "1:5", "/1", "12,5", "1234567890.12"})
        EXPECT_EQ(amount(wrong), "0305") << wrong;
    EXPECT_EQ(amount("1234567890123456"), "0304");
    EXPECT_EQ(amount("-1234567890123456"), "0304");
}

TEST(Validator, decimal_numbers) {
    auto const price = [](std::string const& value) { return codes_at("PO1**1*EA*?~", value); }; // R 1/17
    for (auto const* const right : {"0", ".5", "5.", "-.5", "12.50", "-12.50", "1234567", "1234567.1", "-1234567.1", "12345678.12345678", "12345678901234567", "-1234567890123456.7"})
        EXPECT_EQ(price(right), "") << right;
    for (auto const* const wrong : {".", "-", "-.", "1.2.3", "1..2", "1,5", "1e5", "12-", "1 2", "123456789.1.2", "12345678A.1"})
        EXPECT_EQ(price(wrong), "0305") << wrong;
    EXPECT_EQ(price("123456789012345678"), "0304");
    EXPECT_EQ(price("-12345678901234567.8"), "0304");
}

TEST(Validator, dates_and_times) {
    auto const date = [](std::string const& value) { return codes_at("DTM*002*?~PO1~", value); };
    for (auto const* const right : {"20250602", "20240229", "20000229", "19991231", "20250131", "20250430"})
        EXPECT_EQ(date(right), "") << right;
    for (auto const* const wrong : {"20250229", "19000229", "20251301", "20250001", "20250100", "20250132", "20250431", "2025060A", "A0250602", "250602", "2025-6-2", "20259902"})
        EXPECT_EQ(date(wrong), "0307") << wrong;
    auto const time = [](std::string const& value) { return codes_at("DTM*002*20250602*?~PO1~", value); };
    for (auto const* const right : {"0000", "2359", "235959", "2359591", "23595999"})
        EXPECT_EQ(time(right), "") << right;
    for (auto const* const wrong : {"2400", "240000", "2360", "235960", "235", "23595", "235959999", "12:30", "12A0", "1230 "})
        EXPECT_EQ(time(wrong), "0308") << wrong;
}

TEST(Validator, dates_of_six_digits) {
    auto const at = [](std::string const& value) { return findings("850", "BEG*00*SA*4711**" + value + "~PO1~CTT*1~", "003040"); };
    for (auto const* const right : {"250602", "240229", "000229", "991231"})
        EXPECT_EQ(at(right), "") << right;
    for (auto const* const wrong : {"250229", "251302", "250632", "2506A2"})
        EXPECT_EQ(at(wrong), "X12-0307 850/BEG/BEG05 \"" + std::string(wrong) + "\"\n") << wrong;
}

TEST(Validator, text_and_codes_of_every_length) {
    auto const in_loop = [](std::string const& value) { return codes_at("N9*L1*X~MSG*?~PO1~", value); }; // AN 1/264
    for (std::size_t length = 1; length <= 264; ++length) {
        std::string const value(length, 'x');
        EXPECT_EQ(in_loop(value), "") << length;
        for (auto const at : {std::size_t{0}, length / 2, length - 1}) {
            auto damaged = value;
            damaged[at] = '\x01';
            EXPECT_EQ(in_loop(damaged), "0305") << length << " at " << at;
            damaged[at] = '>';
            EXPECT_EQ(in_loop(damaged), "0313") << length << " at " << at;
        }
    }
    EXPECT_EQ(in_loop(std::string(265, 'x')), "0304");
    auto const code = [](std::string const& value) { return codes_at("N1*?*NAME~PO1~", value); };
    EXPECT_EQ(code("ST"), "");
    for (auto const* const wrong : {"S", "st", "S ", " ST", "ST ", "STX", "ZZZZ", "#1", "STSTSTSTST"})
        EXPECT_EQ(code(wrong), "0306") << wrong;
}

TEST(Validator, damage_never_hides_and_never_floods) {
    // Drop, double or swap one segment of a rich order: at least one finding, nearly always exactly one.
    std::vector<std::string> const segments = {
        "BEG*00*SA*4711**20250602~", "CUR*BY*USD~", "REF*IA*1~", "PER*BD*X*TE*1~", "FOB*PP~", "ITD*01~", "DTM*002*20250602~",
        "TD5*****UPS~", "N9*L1*X~", "MSG*HELLO~", "N1*ST*A*92*01~", "N3*B~", "N4*CITY~", "N1*BY*A*92*02~", "N3*B~", "PO1*1*10*EA*1~",
        "PID*F****X~", "PO4*12~", "SAC*A*C310***100~", "SDQ*EA*92*0101*10~", "PO1*2*10*EA*1~", "PID*F****X~", "N1*ST*B~", "N3*D~", "CTT*2~"};
    unsigned valid = 0, one = 0, more = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        for (int how = 0; how < 3; ++how) {
            auto damaged = segments;
            if (how == 0)
                damaged.erase(damaged.begin() + static_cast<long>(i));
            else if (how == 1)
                damaged.insert(damaged.begin() + static_cast<long>(i), "HL*1**S~");
            else if (i + 1 < damaged.size())
                std::swap(damaged[i], damaged[i + 1]);
            std::string body;
            for (auto const& segment : damaged)
                body += segment;
            auto const text = findings("850", body);
            auto const lines = std::ranges::count(text, '\n');
            (lines == 0 ? valid : lines == 1 ? one : more) += 1;
            EXPECT_LE(lines, 2) << body << "\n" << text;
            if (how == 1) {
                EXPECT_EQ(lines, 1) << body << "\n" << text;
            }
        }
    }
    EXPECT_GE(one, 40u);
    EXPECT_LE(more, 3u);
}

TEST(Validator, random_bytes_do_not_crash) {
    std::mt19937 random(7);
    std::string const alphabet = "*~>ABEG0127PO1SELNIT\xe9\x01 .-";
    for (int round = 0; round < 2000; ++round) {
        std::string body;
        for (int k = 0; k < 120; ++k)
            body += alphabet[random() % alphabet.size()];
        body += '~';
        auto const text = test::interchange("PO", {test::set("850", body)});
        auto const result = lint(text, "t", schemas());
        for (auto const& finding : result.diagnostics)
            ASSERT_LE(finding.place.offset + finding.place.length, text.size());
    }
}

TEST(Validator, findings_are_limited) {
    std::string body = "BEG*00*SA*4711**20250602~";
    for (int i = 0; i < 5000; ++i)
        body += "PO1*1*X*EA~";
    LintOptions options;
    options.max_findings = 100;
    auto const result = lint(test::interchange("PO", {test::set("850", body)}), "t", schemas(), options);
    EXPECT_EQ(result.diagnostics.size(), 100u);
    EXPECT_GT(result.suppressed, 0u);
}

} // namespace
} // namespace wharf::grammar
