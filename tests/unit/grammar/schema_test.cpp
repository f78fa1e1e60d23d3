// Schemas of narrowed sets: variants, counts, forbidden rows, what a guide says of elements; and what stays the grammar's finding.
#include "grammar/schema.hpp"

#include "grammar/guide.hpp"
#include "grammar/validator.hpp"
#include "support/guide_text.hpp"
#include "support/x12_text.hpp"
#include "syntax/x12/reader.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

std::shared_ptr<Schema const> schema_of(std::string const& guide_text) { return test::compile_guide(guide_text, "acme.guide"); }

Diagnostics diagnose(Schema const& schema, std::string const& body) {
    auto const text = test::interchange(schema.set().group, {test::set(schema.set().id, body)}, schema.set().release);
    // The schema is the caller's: an empty deleter lends it.
    ValidatorOptions options;
    options.sense = false;
    Validator validator(std::shared_ptr<Schema const>(std::shared_ptr<void>(), &schema), options);
    Diagnostics findings;
    x12::Reader reader(text, "t");
    while (reader.next())
        if (reader.part().kind == x12::PartKind::transaction_set) {
            validator.validate(reader.part().segments, SetContext{}, findings);
            Diagnostics again; // what was remembered from the first time must not change anything
            validator.validate(reader.part().segments, SetContext{}, again);
            EXPECT_EQ(findings.size(), again.size());
        }
    return findings;
}

/// "code path" of each finding; those a guide makes have a star, warnings a question mark.
std::string findings(Schema const& schema, std::string const& body) {
    std::string out;
    for (auto const& finding : diagnose(schema, body))
        out += finding.code.substr(4) + (finding.of_guide ? "*" : "") + (finding.severity == Severity::warning ? "? " : " ") + finding.place.path + "\n";
    return out;
}

std::string const head = "guide acme-850 \"ACME\"\nnarrows 850 of 004010\nanswers 004010\n";
std::string const beg = "BEG*00*SA*4711**20250602~";

TEST(Schema, a_guide_that_says_nothing_changes_nothing) {
    auto const schema = schema_of(head);
    ASSERT_TRUE(schema);
    EXPECT_EQ(findings(*schema, test::small_850), "");
    EXPECT_EQ(findings(*schema, "BEG*00*SA*4711~PO1~"), "0301 850/BEG/BEG05\n");
}

TEST(Schema, variants_have_counts_of_their_own) {
    auto const schema = schema_of(head + "heading\n  loop N1 [BY]  M 1\n  loop N1 [ST]  M 1..2\n    N3  M 1\n  loop N1  -\n");
    ASSERT_TRUE(schema);
    auto const by = "N1*BY*B~", st = "N1*ST*S~N3*STREET~";
    EXPECT_EQ(findings(*schema, beg + by + st + "PO1~"), "");
    EXPECT_EQ(findings(*schema, beg + st + by + st + "PO1~"), "") << "in any order";
    EXPECT_EQ(findings(*schema, beg + st + "PO1~"), "0602* 850/N1[BY]\n");
    EXPECT_EQ(findings(*schema, beg + "PO1~"), "0602* 850/N1[BY]\n0602* 850/N1[ST]\n");
    EXPECT_EQ(findings(*schema, beg + by + by + st + "PO1~"), "0603* 850/N1[BY]\n");
    EXPECT_EQ(findings(*schema, beg + by + st + st + st + "PO1~"), "0603* 850/N1[ST]\n");
    EXPECT_EQ(findings(*schema, beg + by + st + "N1*VN*V~N3*A~N4*CITY~PO1~"), "0601* 850/N1[VN]\n") << "once, not for what stands in it";
    EXPECT_EQ(findings(*schema, beg + by + "N1*ST*S~PO1~"), "0602* 850/N1[ST]/N3\n");
    EXPECT_EQ(findings(*schema, beg + "N1*BY*B~N1*ST*S~N3*A~N3*A~PO1~"), "0603* 850/N1[ST]/N3\n");
    EXPECT_EQ(findings(*schema, beg + by + st + "N1*XX9*V~PO1~"), "0601* 850/N1[XX9]\n0306 850/N1[XX9]/N101\n");
}

TEST(Schema, variants_of_segments) {
    auto const schema = schema_of(head + "heading\n  REF [IA]  M 1\n    REF02  M  6/6 digits\n  REF [DP,ZZ]  O 1\n  DTM [002,010]  M 2..3\n");
    ASSERT_TRUE(schema);
    EXPECT_EQ(findings(*schema, beg + "REF*IA*123456~REF*DP*1~REF*VR*X~REF*VR*Y~DTM*002*20250602~DTM*010*20250603~PO1~"), "");
    EXPECT_EQ(findings(*schema, beg + "REF*IA*12345~DTM*002*20250602~DTM*010*20250603~PO1~"), "0607* 850/REF[IA]/REF02\n");
    EXPECT_EQ(findings(*schema, beg + "REF*IA*1234567~DTM*002*20250602~DTM*010*20250603~PO1~"), "0608* 850/REF[IA]/REF02\n");
    EXPECT_EQ(findings(*schema, beg + "REF*IA*12345X~DTM*002*20250602~DTM*010*20250603~PO1~"), "0610* 850/REF[IA]/REF02\n");
    EXPECT_EQ(findings(*schema, beg + "REF*DP*12~DTM*002*20250602~DTM*010*20250603~PO1~"), "0602* 850/REF[IA]\n") << "the others are not narrowed";
    EXPECT_EQ(findings(*schema, beg + "REF*IA*123456~REF*DP*1~REF*ZZ*1~DTM*002*20250602~DTM*010*20250603~PO1~"), "0603* 850/REF[DP,ZZ]\n");
    EXPECT_EQ(findings(*schema, beg + "REF*IA*123456~DTM*002*20250602~PO1~"), "0602* 850/DTM[002,010]\n");
    EXPECT_EQ(findings(*schema, beg + "REF*IA*123456~PO1~"), "0602* 850/DTM[002,010]\n");
}

TEST(Schema, a_limit_of_the_grammar_is_told_as_the_grammars) {
    std::string const rows = "heading\n  DTM [002]  O 1..2\n  DTM [010]  O 1\n";
    auto const schema = schema_of(head + rows);
    ASSERT_TRUE(schema);
    std::string others;
    for (int i = 0; i < 10; ++i)
        others += "DTM*001*20250602~";
    auto const eleven = diagnose(*schema, beg + others + "DTM*002*20250602~PO1~");
    ASSERT_EQ(eleven.size(), 1u);
    EXPECT_EQ(eleven[0].code, "X12-0205");
    EXPECT_EQ(eleven[0].message, "segment DTM Date/Time Reference occurs more than 10 times here") << "all variants together";
    auto const beyond = schema_of(head + "heading\n  CUR  O beyond 1..2\n");
    ASSERT_TRUE(beyond);
    auto const three = diagnose(*beyond, beg + "CUR*BY*USD~CUR*BY*USD~CUR*BY*USD~PO1~");
    ASSERT_EQ(three.size(), 1u);
    EXPECT_EQ(three[0].message, "segment CUR Currency occurs more than 2 times here");
}

TEST(Schema, minimum_counts_of_rows_without_variants) {
    auto const schema = schema_of(head + "detail\n  loop PO1  M 2..3\n    loop PID  -\n");
    ASSERT_TRUE(schema);
    EXPECT_EQ(findings(*schema, beg + "PO1~PO1~CTT*2~"), "");
    EXPECT_EQ(findings(*schema, beg + "PO1~CTT*1~"), "0602* 850/PO1\n");
    EXPECT_EQ(findings(*schema, beg + "CTT*1~"), "0203 850/PO1\n") << "the grammar's own finding";
    EXPECT_EQ(findings(*schema, beg + "PO1~PO1~PO1~PO1~PO1~CTT*2~"), "0603* 850/PO1\n");
}

TEST(Schema, rows_that_are_not_used) {
    auto const schema = schema_of(head + "heading\n  CUR  -\n  FOB  -  report\n  loop N9  -\n");
    ASSERT_TRUE(schema);
    EXPECT_EQ(findings(*schema, beg + "CUR*BY*USD~PO1~"), "0601* 850/CUR\n");
    EXPECT_EQ(findings(*schema, beg + "FOB*PP~PO1~"), "0601*? 850/FOB[PP]\n");
    EXPECT_EQ(findings(*schema, beg + "N9*L1*X~MSG*A~MSG*B~N9*L1*Y~MSG*C~PO1~"), "0601* 850/N9[L1]\n0601* 850/N9[L1]\n");
}

TEST(Schema, elements) {
    auto const schema = schema_of(head +
                                  "heading\n  BEG  M 1\n    BEG02  M  codes SA RL\n    BEG03  M  like \"[A-Z]{2}[0-9]+\"\n    BEG04  -\n    BEG06  M\n"
                                  "detail\n  loop PO1  M 1..100000\n    PO102  M  from 1 to 999\n    PO104  O  decimals 2\n    PO105  O  codes PE\n");
    ASSERT_TRUE(schema);
    auto const with = [](std::string const& header, std::string const& line = "PO1**1~") { return header + line; };
    EXPECT_EQ(findings(*schema, with("BEG*00*SA*AB1**20250602*K~")), "");
    EXPECT_EQ(findings(*schema, with("BEG*00*DS*AB1**20250602*K~")), "0606* 850/BEG/BEG02\n");
    EXPECT_EQ(findings(*schema, with("BEG*00*QQ*AB1**20250602*K~")), "0306 850/BEG/BEG02\n") << "the grammar's finding alone";
    EXPECT_EQ(findings(*schema, with("BEG*00*SA*1AB**20250602*K~")), "0609* 850/BEG/BEG03\n");
    EXPECT_EQ(findings(*schema, with("BEG*00*SA*AB1*X*20250602*K~")), "0604* 850/BEG/BEG04\n");
    EXPECT_EQ(findings(*schema, with("BEG*00*SA*AB1**20250602~")), "0605* 850/BEG/BEG06\n");
    auto const right = "BEG*00*SA*AB1**20250602*K~";
    EXPECT_EQ(findings(*schema, with(right, "PO1**0*EA*1.25*PE~")), "0611* 850/PO1/PO102\n");
    EXPECT_EQ(findings(*schema, with(right, "PO1**999*EA*1.25*PE~")), "");
    EXPECT_EQ(findings(*schema, with(right, "PO1**999.5*EA*1.25*PE~")), "0611* 850/PO1/PO102\n");
    EXPECT_EQ(findings(*schema, with(right, "PO1**5*EA*1.255*PE~")), "0612* 850/PO1/PO104\n");
    EXPECT_EQ(findings(*schema, with(right, "PO1**5*EA*1.25*CA~")), "0606* 850/PO1/PO105\n");
    EXPECT_EQ(findings(*schema, with(right, "PO1~")), "0605* 850/PO1/PO102\n");
}

TEST(Schema, kinds_of_values) {
    auto const schema = schema_of(head + "heading\n  loop N1 [ST]  O 1\n    N104  O  is gln\n  REF [BM]  O 1\n    REF02  O  is sscc\n");
    ASSERT_TRUE(schema);
    EXPECT_EQ(findings(*schema, beg + "N1*ST**UL*4006381333931~PO1~"), "");
    EXPECT_EQ(findings(*schema, beg + "N1*ST**UL*4006381333932~PO1~"), "0613* 850/N1[ST]/N104\n");
    EXPECT_EQ(findings(*schema, beg + "N1*ST**UL*40063813339~PO1~"), "0613* 850/N1[ST]/N104\n");
    EXPECT_EQ(findings(*schema, beg + "N1*BY**92*12~PO1~"), "") << "of another variant";
    EXPECT_EQ(findings(*schema, beg + "REF*BM*106141411234567897~PO1~"), "");
    EXPECT_EQ(findings(*schema, beg + "REF*BM*00106141411234567897~PO1~"), "");
    EXPECT_EQ(findings(*schema, beg + "REF*BM*106141411234567890~PO1~"), "0613* 850/REF[BM]/REF02\n");
}

TEST(Schema, what_the_guide_does_not_mention) {
    auto const rows = "heading\n  BEG  M 1\n    BEG03  M\n  REF  O 1\ndetail\n  loop PO1  M 1..100000\n";
    auto const reports = schema_of(head + "unlisted report\n" + rows);
    auto const forbids = schema_of(head + "unlisted forbid\n" + rows);
    ASSERT_TRUE(reports && forbids);
    EXPECT_EQ(findings(*reports, beg + "REF*IA*1~PO1~"), "") << "what the grammar demands is never reported";
    EXPECT_EQ(findings(*reports, "BEG*00*SA*4711*R*20250602~PO1~"), "0614*? 850/BEG/BEG04\n");
    EXPECT_EQ(findings(*forbids, "BEG*00*SA*4711*R*20250602~PO1~"), "0614* 850/BEG/BEG04\n");
    EXPECT_EQ(findings(*reports, beg + "CUR*BY*USD~PO1~"), "0614*? 850/CUR\n");
    EXPECT_EQ(findings(*forbids, beg + "N1*ST*A~N3*B~N4*CITY~PO1~"), "0614* 850/N1[ST]\n") << "once, not for what stands in it";
}

TEST(Schema, beyond_the_grammar) {
    auto const schema = schema_of(head + "heading\n  BEG  M 1\n    BEG02  M  beyond codes \"Q9\"\n    BEG03  M  beyond 1/40\n  beyond HL  O 2\n");
    if (!schema)
        GTEST_SKIP();
    EXPECT_EQ(findings(*schema, "BEG*00*Q9*0123456789012345678901234567890123456789**20250602~PO1~"), "");
    EXPECT_EQ(findings(*schema, "BEG*00*Q8*4711**20250602~PO1~"), "0306 850/BEG/BEG02\n");
    EXPECT_EQ(findings(*schema, "BEG*00*SA*01234567890123456789012345678901234567890**20250602~PO1~"), "0304 850/BEG/BEG03\n");
    EXPECT_EQ(findings(*schema, beg + "HL*1**S~PO1~"), "");
}

TEST(Schema, findings_say_what_the_guide_says) {
    auto const schema = schema_of(head + "heading\n  loop N1 [ST]  M 1  \"Ship to\"\n    N104  M  4/4 digits  \"Store number\"\n      note \"With leading zeros\"\n");
    ASSERT_TRUE(schema);
    auto const short_one = diagnose(*schema, beg + "N1*ST*A*92*12~PO1~");
    ASSERT_EQ(short_one.size(), 1u);
    EXPECT_EQ(short_one[0].message, "N104 Store number \"12\" is not what guide acme-850 wants: a length of 4");
    EXPECT_NE(short_one[0].help.find("With leading zeros"), std::string::npos);
    EXPECT_EQ(short_one[0].value, "12");
    EXPECT_EQ(short_one[0].acknowledgment.element, "4");
    ASSERT_EQ(short_one[0].related.size(), 1u);
    EXPECT_EQ(short_one[0].related[0].place.file, "acme.guide");
    EXPECT_EQ(short_one[0].related[0].place.line, 6u);
    auto const missing = diagnose(*schema, beg + "PO1~");
    ASSERT_EQ(missing.size(), 1u);
    EXPECT_EQ(missing[0].message, "loop N1[ST] Ship to is missing before this PO1; guide acme-850 requires it");
    EXPECT_EQ(missing[0].acknowledgment.segment, "3");
    EXPECT_EQ(missing[0].acknowledgment.implementation_segment, "I7");
}

TEST(Schema, made_by_hand_with_qualifiers_of_two_elements) {
    auto const dictionary = test::grammars().dictionary("004010");
    auto set = std::make_shared<NarrowedSet>(as_it_is(*dictionary->set("850"), dictionary));
    set->guide_name = "made";
    auto const sac = std::ranges::find_if(set->rows, [](NarrowedRow const& row) { return row.row->segment == "SAC"; });
    ASSERT_NE(sac, set->rows.end());
    auto discount = *sac;
    discount.qualifiers = {{1, 0, {"A"}}, {2, 0, {"C310", "D240"}}};
    discount.mandatory = true;
    discount.min = discount.max = 1;
    set->rows.insert(sac, discount);
    auto const schema = Schema::compile(std::shared_ptr<NarrowedSet const>(set));
    ASSERT_TRUE(schema);
    EXPECT_EQ(findings(**schema, beg + "SAC*A*C310***100~PO1~"), "");
    EXPECT_EQ(findings(**schema, beg + "SAC*C*C310***100~SAC*A*D240***100~PO1~"), "");
    EXPECT_EQ(findings(**schema, beg + "SAC*C*C310***100~PO1~"), "0602* 850/SAC[A,SAC02=C310,SAC02=D240]\n");
    EXPECT_EQ(findings(**schema, beg + "SAC*A*C310***100~SAC*A*D240***100~PO1~"), "0603* 850/SAC[A,SAC02=C310,SAC02=D240]\n");
}

TEST(CodeTable, an_absent_element_is_no_code) {
    CodeTable const table({"A", "B"});
    EXPECT_EQ(table.find({}), -1);
    EXPECT_EQ(table.find(std::string_view("", 0)), -1);
    EXPECT_EQ(CodeTable().find({}), -1);
}

TEST(CodeTable, finds_what_it_holds_and_nothing_else) {
    std::vector<std::string> codes;
    for (int i = 0; i < 3000; ++i)
        codes.push_back(std::to_string(i * 7));
    codes.push_back("ABCDEFGH");
    CodeTable const table(std::vector<std::string_view>(codes.begin(), codes.end()));
    for (std::size_t i = 0; i < codes.size(); ++i)
        ASSERT_EQ(table.find(codes[i]), static_cast<int>(i)) << codes[i];
    for (int i = 0; i < 21000; ++i)
        ASSERT_EQ(table.has(std::to_string(i)), i % 7 == 0 && i / 7 < 3000) << i;
    EXPECT_FALSE(table.has("ABCDEFG"));
    EXPECT_FALSE(table.has_longer());
    EXPECT_TRUE(CodeTable({"ABCDEFGHI"}).has_longer());
    EXPECT_FALSE(CodeTable().has("A"));
}

} // namespace
} // namespace wharf::grammar
