// Each rule of the envelope: one case that is right, one that is wrong, and what an acknowledgment says of it.
#include "grammar/interchange.hpp"
#include "grammar/lint.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

using wharf::test::schemas;

std::string const order = test::set("850", test::small_850);

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    auto const at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), with);
}

/// "X12-0108 ISA/ISA05 005 error" each on a line.
std::string found(std::string const& text, LintOptions const& options = {}) {
    std::string out;
    for (auto const& finding : lint(text, "t", schemas(), options).diagnostics) {
        auto const& codes = finding.acknowledgment;
        out += finding.code + " " + finding.place.path;
        for (auto const* code : {&codes.segment, &codes.element, &codes.transaction, &codes.group, &codes.interchange})
            out += code->empty() ? "" : " " + *code;
        out += finding.severity == Severity::error ? " error\n" : finding.severity == Severity::warning ? " warning\n" : " info\n";
        EXPECT_LE(finding.place.offset + finding.place.length, text.size());
    }
    return out;
}

std::string const good = test::interchange("PO", {order});
std::string isa(std::string_view what, std::string_view with) { return found(replaced(good, what, with)); }

TEST(IsaCheck, a_right_one) { EXPECT_EQ(found(good), ""); }

TEST(IsaCheck, qualifiers) {
    EXPECT_EQ(isa("ISA*00*", "ISA*0A*"), "X12-0108 ISA/ISA01 010 error\n");
    EXPECT_EQ(isa("*00*          *ZZ*SENDER", "*77*          *ZZ*SENDER"), "X12-0108 ISA/ISA03 012 error\n");
    EXPECT_EQ(isa("*ZZ*SENDER", "*Z9*SENDER"), "X12-0108 ISA/ISA05 005 error\n");
    EXPECT_EQ(isa("*ZZ*RECEIVER", "*  *RECEIVER"), "X12-0108 ISA/ISA07 007 error\n");
    EXPECT_EQ(isa("*ZZ*RECEIVER", "*01*RECEIVER"), "");
}

TEST(IsaCheck, identifiers_and_authorization) {
    EXPECT_EQ(isa("SENDER         ", "               "), "X12-0109 ISA/ISA06 006 error\n");
    EXPECT_EQ(isa("RECEIVER       ", "               "), "X12-0109 ISA/ISA08 008 error\n");
    EXPECT_EQ(isa("RECEIVER       ", "RECEI\x01VER      "), "X12-0109 ISA/ISA08 008 error\n");
    EXPECT_EQ(isa("ISA*00*          ", "ISA*00*PASSWORD  "), "X12-0116 ISA/ISA02 011 warning\n");
    EXPECT_EQ(isa("ISA*00*          *00*", "ISA*00*          *01*"), "X12-0116 ISA/ISA04 013 warning\n");
    EXPECT_EQ(isa("ISA*00*          *00*          ", "ISA*00*          *01*PASSWORD  "), "");
    EXPECT_EQ(isa("ISA*00*          ", "ISA*00*        \x02 "), "X12-0109 ISA/ISA02 011 error\n");
}

TEST(IsaCheck, date_time_number_and_flags) {
    EXPECT_EQ(isa("*250602*1403*U", "*250631*1403*U"), "X12-0102 ISA/ISA09 014 error\n");
    EXPECT_EQ(isa("*250602*1403*U", "*20250602*1403*U"), "X12-0102 ISA/ISA09 014 error\n") << "its width is the same fault";
    EXPECT_EQ(isa("*250602*1403*U", "*250602*2400*U"), "X12-0103 ISA/ISA10 015 error\n");
    EXPECT_EQ(isa("000000901*0*P", "00000090A*0*P"), "X12-0104 ISA/ISA13 018 error\nX12-0111 IEA/IEA02 001 error\n");
    EXPECT_EQ(isa("*0*P*", "*2*P*"), "X12-0105 ISA/ISA14 019 error\n");
    EXPECT_EQ(isa("*0*P*", "*0*X*"), "X12-0106 ISA/ISA15 020 error\n");
    EXPECT_EQ(isa("*0*P*", "*1*T*"), "");
}

TEST(IsaCheck, isa11_by_version) {
    EXPECT_EQ(isa("*U*00401*", "*^*00401*"), "X12-0117 ISA/ISA11 016 warning\n");
    EXPECT_EQ(isa("*U*00401*", "*X*00401*"), "X12-0117 ISA/ISA11 016 warning\n");
    EXPECT_EQ(isa("*U*00401*", "*U*00501*"), "X12-0117 ISA/ISA11 016 warning\n");
    EXPECT_EQ(isa("*U*00401*", "*^*00501*"), "");
}

TEST(IsaCheck, an_unknown_version_is_said_and_everything_is_checked_all_the_same) {
    EXPECT_EQ(isa("*00401*", "*00409*"), "X12-0117 ISA/ISA11 016 warning\nX12-0119 ISA/ISA12 003 warning\n");
    EXPECT_EQ(isa("*00401*", "*00309*"), "X12-0119 ISA/ISA12 003 warning\nX12-0138 GS/GS08 warning\n");
    EXPECT_EQ(isa("*00401*", "*4010 *"), "X12-0118 ISA/ISA12 017 error\n");
    EXPECT_NE(found(replaced(replaced(good, "*00401*", "*00309*"), "BEG*00*SA", "BEG*00*QQ")).find("X12-0306"), std::string::npos);
    EXPECT_EQ(isa("*00401*", "*00400*").find("X12-0119"), std::string::npos) << "a version, though no release of ours has it";
}

TEST(IsaCheck, separators) {
    EXPECT_EQ(isa("*P*>~", "*P*A~"), "X12-0107 ISA/ISA16 027 error\n") << "what its letters do in data is the same fault";
    EXPECT_EQ(isa("*P*>~", "*P**~"), "X12-0107 ISA/ISA16 027 error\n") << "the component separator is none: one fault";
    std::string dotted = good;
    for (auto& c : dotted)
        c = c == '*' ? '-' : c;
    EXPECT_EQ(found(dotted), "X12-0126 ISA 026 error\n");
    for (char const c : {' ', '.', '-'}) {
        auto ended = good;
        std::ranges::replace(ended, '~', c);
        EXPECT_EQ(found(ended), "X12-0126 ISA 004 error\n") << c;
    }
    auto const newer = test::interchange("PO", {order}, "005010");
    for (char const c : {'.', '-', '~'})
        EXPECT_EQ(found(replaced(newer, "*^*00501", fmt::format("*{}*00501", c))), "X12-0126 ISA/ISA11 026 error\n") << c;
    auto const hyphen = replaced(good, "*P*>~", "*P*-~");
    EXPECT_EQ(found(replaced(hyphen, "*4711*", "*47-11*")), "X12-0107 ISA/ISA16 027 error\n") << "a value that holds it is the same fault";
    EXPECT_EQ(found(replaced(hyphen, "00*SA", "00*QQ")), "X12-0107 ISA/ISA16 027 error\nX12-0306 850/BEG/BEG02 8 7 error\n") << "others are judged";
    LintOptions options;
    ASSERT_TRUE(options.reader.severities.add("X12-0107=tolerate"));
    EXPECT_NE(found(replaced(replaced(good, "*P*>~", "*P*A~"), "BEG*00*SA", "BEG*00*QQ"), options).find("X12-0306"), std::string::npos) << "who tolerates it has the rest judged";
    EXPECT_EQ(found(replaced(good, "*P*>~", "*P*A~") + replaced(good, "00*SA", "00*QQ")), "X12-0107 ISA/ISA16 027 error\nX12-0115 ISA/ISA13 025 warning\nX12-0306 850/BEG/BEG02 8 7 error\n")
        << "the next interchange is judged";
}

TEST(IsaCheck, too_many_elements_and_widths) {
    EXPECT_EQ(isa("SENDER         *ZZ", "SENDER*ZZ"), "X12-0101 ISA/ISA06 error\n");
    EXPECT_EQ(isa("IEA*1*000000901~", "IEA*1*000000901*X~"), "X12-0141 IEA/IEA03 error\n");
    EXPECT_EQ(isa("IEA*1*000000901~", "IEA*1*000000901**~"), "X12-0317 IEA/IEA03 warning\n");
    EXPECT_EQ(isa("GE*1*77~", "GE*1*77*X~"), "X12-0141 GE/GE03 error\n");
}

TEST(GsCheck, fields) {
    EXPECT_EQ(isa("GS*PO*", "GS*P0*"), "X12-0128 GS/GS01 1 error\n") << "once for the group, not for each set";
    EXPECT_EQ(isa("GS*PO*SENDER*", "GS*PO*S*"), "X12-0127 GS/GS02 error\n") << "004010 has no code for it";
    EXPECT_EQ(isa("GS*PO*SENDER*RECEIVER*", "GS*PO*SENDER**"), "X12-0127 GS/GS03 error\n");
    EXPECT_EQ(isa("GS*PO*SENDER*", "GS*PO*SENDERSENDERSEND*"), "X12-0127 GS/GS02 error\n");
    EXPECT_EQ(isa("*20250602*1403*77", "*20250631*1403*77"), "X12-0124 GS/GS04 error\n");
    EXPECT_EQ(isa("*20250602*1403*77", "*250602*1403*77"), "X12-0139 GS/GS04 warning\n");
    EXPECT_EQ(isa("*20250602*1403*77", "*20250602*2503*77"), "X12-0124 GS/GS05 error\n");
    EXPECT_EQ(isa("*1403*77*X*", "*1403*7A*X*"), "X12-0123 GS/GS06 6 error\nX12-0121 GE/GE02 4 error\n");
    EXPECT_EQ(isa("*77*X*", "*77*Q*"), "X12-0129 GS/GS07 error\n");
    EXPECT_EQ(isa("*77*X*", "*77*T*"), "");
    EXPECT_EQ(isa("*X*004010~", "*X*004010*1~"), "X12-0141 GS/GS09 error\n");
}

TEST(GsCheck, old_releases_write_dates_without_century) {
    auto const old = [](std::string_view date) {
        return found(replaced(replaced(test::interchange("FA", {test::set("997", "AK1*PO*77~AK9*A*1*1*1~")}, "003040"), "*00401*", "*00304*"), "*250602*1403*77", date));
    };
    EXPECT_EQ(old("*250602*1403*77"), "");
    EXPECT_EQ(old("*20250602*1403*77"), "X12-0139 GS/GS04 warning\n");
}

TEST(GsCheck, releases) {
    auto const in = [](std::string_view release, LintOptions const& options = {}) {
        return found(replaced(test::interchange("FA", {test::set("997", "AK1*PO*77~AK9*A*1*1*1~")}, "004010"), "*004010~", fmt::format("*{}~", release)), options);
    };
    EXPECT_EQ(in("003060"), "X12-0139 GS/GS04 warning\n") << "older than the interchange is right";
    EXPECT_EQ(in("005010"), "X12-0138 GS/GS08 warning\n");
    EXPECT_EQ(found(test::interchange("FA", {test::set("997", "AK1*PO*77~AK9*A*1*1*1~")}, "005010")), "");
    EXPECT_EQ(in("009990"), "X12-0140 GS/GS08 2 warning\n");
    EXPECT_EQ(in("4010"), "X12-0148 GS/GS08 warning\n");
    EXPECT_EQ(in("00401"), "X12-0148 GS/GS08 warning\n");
    EXPECT_EQ(in("004010VICS"), "");
    EXPECT_EQ(in(""), "X12-0140 GS/GS08 2 error\n") << "an element that must stand";
    LintOptions refuse;
    refuse.reader.unknown_release = UnknownRelease::refuse;
    EXPECT_EQ(in("009990", refuse), "X12-0140 GS/GS08 2 error\n");
    LintOptions named;
    named.reader.release = "004010";
    EXPECT_EQ(in("009990", named), "") << "the flag says by which";
}

TEST(Envelope, duplicates_name_the_first_place) {
    auto const first = [](std::string const& text, std::string_view code) {
        for (auto const& finding : lint(text, "t", schemas()).diagnostics)
            if (finding.code == code)
                return finding.related.size() == 1 ? text.substr(finding.related[0].place.offset, 9) + " " + std::to_string(finding.related[0].place.offset < finding.place.offset) : "unrelated";
        return std::string("none");
    };
    EXPECT_EQ(first(good + good, "X12-0115"), "000000901 1");
    EXPECT_EQ(first(test::interchange("PO", {order, order}), "X12-0135"), "0001~BEG* 1");
    auto const group = good.substr(good.find("GS*"), good.find("IEA") - good.find("GS*"));
    auto const twice = replaced(replaced(good, "IEA*1", "IEA*2"), "IEA", group + "IEA");
    EXPECT_EQ(first(twice, "X12-0125"), "77*X*0040 1");
    EXPECT_EQ(found(twice), "X12-0125 GS/GS06 19 error\n");
    EXPECT_EQ(found(replaced(twice.substr(0, twice.rfind("GS*")) + replaced(replaced(group, "GS*PO", "GS*FA"), order, test::set("997", "AK1*PO*77~AK9*A*1*1*1~")) + "IEA*2*000000901~", "GE*1", "GE*1")), "")
        << "another kind of group counts for itself";
}

TEST(Envelope, one_fault_in_st_or_se_gives_one_finding) {
    EXPECT_EQ(isa("ST*850*0001~", "ST*850*~"), "X12-0134 850/ST/ST02 7 error\n");
    EXPECT_EQ(found(replaced(replaced(good, "ST*850*0001", "ST*850*0000000001"), "SE*6*0001", "SE*6*0000000001")), "X12-0134 850/ST/ST02 7 error\n");
    EXPECT_EQ(found(replaced(replaced(good, "ST*850*0001", "ST*850*1"), "SE*6*0001", "SE*6*1")), "X12-0134 850/ST/ST02 7 error\n");
    EXPECT_EQ(isa("SE*6*0001", "SE*6*"), "X12-0131 850/SE/SE02 3 error\n");
    EXPECT_EQ(isa("SE*6*0001", "SE*X*0001"), "X12-0132 850/SE/SE01 4 error\n");
    EXPECT_EQ(isa("SE*6*0001", "SE**0001"), "X12-0132 850/SE/SE01 4 error\n");
    EXPECT_EQ(isa("ST*850*", "ST*85X*"), "X12-0136 85X/ST/ST01 6 error\n");
    EXPECT_EQ(isa("ST*850*", "ST*898*"), "X12-0136 898/ST/ST01 1 error\n");
}

TEST(Envelope, a_count_that_a_missing_segment_explains_is_no_finding_of_its_own) {
    auto const text = replaced(good, "BEG*00*SA*4711**20250602~", "");
    auto const findings = lint(text, "t", schemas()).diagnostics;
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].code, "X12-0203");
    EXPECT_EQ(findings[0].acknowledgment.transaction, "4") << "the acknowledgment tells both";
    ASSERT_EQ(findings[0].related.size(), 1u);
    EXPECT_EQ(findings[0].related[0].message, "SE01 says 6: as many as there would be without the fault");
    EXPECT_EQ(text.substr(findings[0].related[0].place.offset, 1), "6");
    EXPECT_EQ(found(replaced(good, "CTT*", "ZZZ*1~CTT*")), "X12-0201 850/ZZZ 1 4 error\n") << "so does one too many";
    EXPECT_EQ(found(replaced(text, "SE*6", "SE*9")), "X12-0203 850/BEG 3 error\nX12-0132 850/SE/SE01 4 error\n") << "another count has another cause";
    LintOptions options;
    ASSERT_TRUE(options.reader.severities.add("X12-0203=tolerate"));
    EXPECT_EQ(found(text, options), "X12-0203 850/BEG 3 warning\nX12-0132 850/SE/SE01 4 error\n") << "what is only a warning excuses no error";
}

TEST(Envelope, blanks_behind_a_control_number_are_no_more_than_that) {
    EXPECT_EQ(isa("ST*850*0001~", "ST*850*0001 ~"), "X12-0315 850/ST/ST02 warning\n");
    EXPECT_EQ(isa("ST*850*0001~", "ST*850*1   ~"), "X12-0134 850/ST/ST02 7 error\n");
}

TEST(Envelope, a_missing_st_is_one_finding) {
    auto const two = test::interchange("PO", {order, test::set("850", test::small_850, "0002")});
    EXPECT_EQ(found(replaced(two, "ST*850*0001~", "")), "X12-0114 BEG 5 error\n");
    EXPECT_EQ(found(replaced(two, "ST*850*0002~", "")), "X12-0114 BEG 5 error\n");
    EXPECT_EQ(found(replaced(good, "ST*850*0001~", "")), "X12-0114 BEG 5 error\n");
    EXPECT_EQ(found(replaced(two, "GE*2", "N1*ST*X~GE*2")), "X12-0114 N1 5 error\n") << "what stands behind SE is lost: the group is refused";
}

TEST(Envelope, set_of_a_later_release_is_named) {
    auto const text = test::interchange("PO", {test::set("753", "BGN*00*1*20250602~")});
    auto const findings = lint(text, "t", schemas()).diagnostics;
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings[0].code, "X12-0136");
    EXPECT_EQ(findings[0].help, "Release 004030 has it: look whether GS08 names the right one.");
}

TEST(Envelope, service_segments) {
    auto const with = [](std::string_view segments, std::string_view behind = "*P*>~") { return isa(behind, std::string(behind) + std::string(segments)); };
    EXPECT_EQ(with("TA1*000000900*250602*1403*A*000~"), "");
    EXPECT_EQ(with("ISB*1~ISE*250602*1403*ET~TA1*000000900*250602*1403*A*000~"), "");
    EXPECT_EQ(with("TA1*000000900*250602*1403*Q*000~"), "X12-0142 TA1/TA104 warning\n");
    EXPECT_EQ(with("TA1*000000900*250602*1403*A~"), "X12-0142 TA1/TA105 warning\n");
    EXPECT_EQ(with("ISE*251302*1403*ET~"), "X12-0142 ISE/ISE01 028 warning\n");
    EXPECT_EQ(with("TA1*000000900*250602*1403*A*000~ISB*1~"), "X12-0143 ISB 022 warning\n");
    EXPECT_EQ(with("TA1*000000900*250602*1403*A*000~", "GE*1*77~"), "X12-0143 TA1 022 warning\n");
    EXPECT_EQ(with("S1S*1~", "*X*004010~"), "X12-0144 S1S warning\n");
    EXPECT_EQ(found(test::interchange("PO", {test::set("850", "S2S*1~" + test::small_850 + "SVA*1~")})), "X12-0144 850/S2S warning\nX12-0144 850/SVA warning\n");
}

TEST(Envelope, an_empty_group) {
    EXPECT_EQ(found(test::interchange("PO", {})), "X12-0145 GE warning\n");
}

TEST(Envelope, strays_are_counted_when_there_are_very_many) {
    std::string many;
    for (int i = 0; i < 300; ++i)
        many += "REF*IA*1~SE*1*1~";
    auto const result = lint(replaced(good, "GE*1", many + "GE*1"), "t", schemas());
    EXPECT_LE(result.diagnostics.size(), 102u);
    EXPECT_GE(result.suppressed, 190u);
}

TEST(Envelope, severities_are_applied_before_a_set_is_judged) {
    auto const treated = [](std::string const& text, std::initializer_list<std::string_view> rules) {
        LintOptions options;
        for (auto const rule : rules)
            EXPECT_TRUE(options.reader.severities.add(rule));
        return found(text, options);
    };
    auto const wrong = replaced(good, "BEG*00*SA", "BEG*00*QQ");
    EXPECT_EQ(treated(wrong, {"X12-0306=ignore"}), "");
    EXPECT_EQ(treated(wrong, {"X12-0306=tolerate"}), "X12-0306 850/BEG/BEG02 8 7 warning\n");
    EXPECT_EQ(treated(replaced(good, "SE*6", "SE*7"), {"X12-01*=tolerate"}), "X12-0132 850/SE/SE01 4 warning\n");
    EXPECT_EQ(treated(replaced(good, "*U*00401*", "*X*00401*"), {"X12-0117=enforce"}), "X12-0117 ISA/ISA11 016 error\n");
    // What is ignored leaves room under the limit.
    LintOptions options;
    options.reader.max_findings_per_set = 5;
    ASSERT_TRUE(options.reader.severities.add("X12-0315=ignore"));
    std::string body = "BEG*00*SA*4711**20250602~";
    for (int i = 0; i < 50; ++i)
        body += "REF*IA*1 ~";
    EXPECT_EQ(found(test::interchange("PO", {test::set("850", body + "PO1*1*X*EA~")}), options).substr(0, 8), "X12-0305");
}

std::shared_ptr<Guide const> guide(std::string const& text) {
    auto read = read_guide(text, "test.guide", {}, schemas().grammars());
    EXPECT_TRUE(read) << (read ? std::string() : read.error().front().message);
    return read ? *read : nullptr;
}

TEST(Guides, a_back_ported_set_is_checked_by_the_release_of_its_guide) {
    LintOptions options;
    options.reader.guides.push_back(guide("guide old-753 \"Routing request\"\nnarrows 753 of 004030\nanswers 004010\n"));
    auto const text = test::interchange("RF", {test::set("753", "BGN*00*1*20250602~")});
    EXPECT_NE(found(text).find("X12-0136"), std::string::npos) << "004010 has no 753";
    InterchangeReader reader(text, "t", schemas(), options.reader);
    std::string release;
    while (reader.next())
        if (reader.item().schema)
            release = reader.item().schema->set().release;
    EXPECT_EQ(release, "004030");
    options.reader.release = "004010";
    EXPECT_NE(found(text, options).find("X12-0136"), std::string::npos) << "the flag comes before the guide";
}

TEST(Guides, a_guide_is_for_its_set_and_its_releases_only) {
    LintOptions options;
    options.reader.guides.push_back(guide("guide acme-850 \"Orders\"\nnarrows 850 of 004010\nanswers 004010ACME\n\nheading\n  BEG  M 1\n    BEG01  M  codes 05\n"));
    auto const checked_by = [&](std::string const& text) {
        InterchangeReader reader(text, "t", schemas(), options.reader);
        while (reader.next())
            if (reader.item().schema)
                return reader.item().schema->narrowed().guide_name;
        return std::string("none");
    };
    EXPECT_EQ(checked_by(test::interchange("PO", {order}, "004010ACME")), "acme-850");
    EXPECT_EQ(checked_by(good), "") << "another release";
    EXPECT_EQ(checked_by(test::interchange("IN", {test::set("810", test::small_810)}, "004010ACME")), "") << "another set";
}

} // namespace
} // namespace wharf::grammar
