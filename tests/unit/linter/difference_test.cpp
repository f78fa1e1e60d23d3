// Two files compared by meaning.
#include "linter/difference.hpp"
#include "linter/difference_entry.hpp"
#include "linter/difference_render.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::linter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

DifferenceResult compared(std::string_view left, std::string_view right, DifferenceOptions const& options = {}) {
    auto result = difference(byte_source_of(left), "a.x12", byte_source_of(right), "b.x12", test::schemas(), options);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *std::move(result) : DifferenceResult();
}

/// "changed 850/PO1[2]/PO102 5 -> 6"
std::vector<std::string> said(DifferenceResult const& result) {
    constexpr std::string_view kinds[] = {"added", "removed", "changed", "moved"};
    std::vector<std::string> lines;
    for (auto const& one : result.differences) {
        bool const is_whole = !one.segments.empty() || one.more_segments > 0;
        auto line = fmt::format("{} {}", kinds[static_cast<std::size_t>(one.kind)], one.path);
        if (!is_whole)
            line += fmt::format(" {} -> {}", one.before ? one.before->text : "-", one.after ? one.after->text : "-");
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string line(int number, std::string_view rest = "5*EA*10.00", std::string_view item = {}) {
    return fmt::format("PO1*{}*{}**UP*{}~PID*F****THING {}~", number, rest, item.empty() ? fmt::format("6141410{:05}", number) : std::string(item), number);
}
std::string order(std::string const& lines, std::string const& more = {}, std::string const& number = "PO-1") {
    return test::set("850", fmt::format("BEG*00*SA*{}**20250602~REF*DP*038~REF*IA*77~{}N1*ST*ACME*92*0107~N3*12 DOCK LANE~N1*BY*ACME HQ~{}", number, more, lines));
}
std::string file(std::vector<std::string> const& sets) { return test::interchange("PO", sets); }
std::string const three = file({order(line(1) + line(2) + line(3))});

TEST(Difference, a_file_is_itself) {
    auto const result = compared(three, three);
    EXPECT_TRUE(result.equal());
    EXPECT_EQ(result.matched_sets, 1u);
    EXPECT_EQ(render_text(result), "no differences in 1 transaction set\n");
}

TEST(Difference, what_stands_outside_any_set_counts) {
    auto stray = three;
    stray.insert(stray.find("GE*"), "REF*DP*STRAY~");
    EXPECT_THAT(said(compared(three, stray)), ElementsAre("added REF"));
    EXPECT_THAT(said(compared(stray, three)), ElementsAre("removed REF"));
    EXPECT_THAT(said(compared(stray, stray)), IsEmpty());
}

TEST(Difference, separators_line_ends_and_envelope_are_left_aside) {
    auto other = three;
    std::ranges::replace(other, '*', '|');
    std::ranges::replace(other, '~', '\n');
    for (auto const& [from, to] : {std::pair<std::string, std::string>{"250602|1403", "250603|0101"}, {"000000901", "000000777"}, {"ST|850|0001", "ST|850|0044"}, {"|0001\n", "|0044\n"}})
        for (auto at = other.find(from); at != std::string::npos; at = other.find(from, at + to.size()))
            other.replace(at, from.size(), to);
    EXPECT_THAT(said(compared(three, other)), IsEmpty());
    DifferenceOptions options;
    options.envelope = true;
    EXPECT_THAT(said(compared(three, other, options)), ::testing::Contains("changed ISA/ISA13 000000901 -> 000000777"));
    EXPECT_THAT(said(compared(three, other, options)), ::testing::Contains("changed 850/ST/ST02 0001 -> 0044"));
    EXPECT_THAT(said(compared(three, three, options)), IsEmpty());
}

TEST(Difference, a_changed_line_is_that_element) {
    EXPECT_THAT(said(compared(three, file({order(line(1) + line(2, "6*EA*10.00") + line(3))}))), ElementsAre("changed 850/PO1[2]/PO102 5 -> 6"));
    EXPECT_THAT(said(compared(three, file({order(line(1) + line(2, "5**10.00") + line(3))}))), ElementsAre("removed 850/PO1[2]/PO103 Each -> -"));
}

TEST(Difference, a_removed_an_inserted_and_a_moved_line_are_just_that) {
    EXPECT_THAT(said(compared(three, file({order(line(1) + line(3))}))), ElementsAre("removed 850/PO1[2]"));
    EXPECT_THAT(said(compared(three, file({order(line(9) + line(1) + line(2) + line(3))}))), ElementsAre("added 850/PO1[9]"));
    EXPECT_THAT(said(compared(three, file({order(line(2) + line(3) + line(1))}))), ElementsAre("moved 850/PO1[1] 1 -> 3"));
}

TEST(Difference, lines_are_matched_by_item_where_numbers_shift) {
    auto const other = file({order(line(1, "1*EA*1", "614141099999") + line(2, "5*EA*10.00", "614141000001") + line(3, "5*EA*10.00", "614141000002"))});
    auto const two = file({order(line(1) + line(2))});
    EXPECT_THAT(said(compared(two, other)), ElementsAre("changed 850/PO1[1]/PO101 1 -> 2", "changed 850/PO1[1]/PID[F]/PID05 THING 1 -> THING 2", "changed 850/PO1[2]/PO101 2 -> 3",
                                                        "changed 850/PO1[2]/PID[F]/PID05 THING 2 -> THING 3", "added 850/PO1[1]"));
}

TEST(Difference, numbers_are_equal_by_value_unless_exact) {
    auto const other = file({order(line(1, "5.0*EA*10") + line(2) + line(3))});
    EXPECT_THAT(said(compared(three, other)), IsEmpty());
    DifferenceOptions options;
    options.exact = true;
    EXPECT_THAT(said(compared(three, other, options)), ElementsAre("changed 850/PO1[1]/PO102 5 -> 5.0", "changed 850/PO1[1]/PO104 10.00 -> 10"));
}

TEST(Difference, qualifiers_tell_segments_and_loops) {
    auto const other = test::interchange(
        "PO", {test::set("850", "BEG*05*SA*PO-1**20250602~REF*IA*77~REF*DP*039~N1*BY*ACME HQ~N1*ST*ACME*92*0108~N3*12 DOCK LANE~" + line(1) + line(2) + line(3))});
    EXPECT_THAT(said(compared(three, other)),
                ElementsAre("changed 850/BEG/BEG01 Original -> Replace", "changed 850/REF[DP]/REF02 038 -> 039", "changed 850/N1[ST]/N104 0107 -> 0108"));
}

TEST(Difference, pairs_and_repetitions_have_no_order) {
    auto const with = [](std::string_view pairs) { return test::interchange("PO", {test::set("850", fmt::format("BEG*00*SA*1**20250602~PO1*1*5*EA*1**{}~", pairs))}); };
    EXPECT_THAT(said(compared(with("UP*614141000012*VN*K-2"), with("VN*K-2*UP*614141000012"))), IsEmpty());
    EXPECT_THAT(said(compared(with("UP*614141000012*VN*K-2"), with("VN*K-3*UP*614141000012"))), ElementsAre("changed 850/PO1[1]/PO109 K-2 -> K-3"));
}

TEST(Difference, sets_are_matched_by_kind_and_number) {
    auto const left = file({order(line(1)), order(line(2), {}, "PO-2")});
    auto const right = file({order(line(2), {}, "PO-2"), order(line(1))});
    EXPECT_TRUE(compared(left, right).equal());
    EXPECT_THAT(said(compared(left, file({order(line(1)), order(line(2), {}, "PO-3")}))), ElementsAre("removed 850", "added 850"));
}

TEST(Difference, levels_are_told_by_what_they_hold) {
    auto const notice = [](std::string_view levels) { return test::interchange("SH", {test::set("856", "BSN*00*SH1*20250602*1200~HL*1**S~HL*2*1*O~PRF*4711~" + std::string(levels))}); };
    auto const left = notice("HL*3*2*I~LIN**UP*614141000012~SN1**5*EA~HL*4*2*I~LIN**UP*614141000029~SN1**6*EA~");
    EXPECT_THAT(said(compared(left, notice("HL*3*2*I~LIN**UP*614141000029~SN1**7*EA~"))),
                ElementsAre("removed 856/HL[S]/HL[O]/HL[I]", "changed 856/HL[S]/HL[O]/HL[I]/SN1/SN102 6 -> 7"));
    auto const other_order = notice("HL*3*2*I~LIN**UP*614141000012~SN1**5*EA~HL*4*2*I~LIN**UP*614141000029~SN1**6*EA~");
    EXPECT_TRUE(compared(left, other_order).equal());
}

TEST(Difference, what_is_no_x12_cannot_be_compared) {
    auto const result = difference(byte_source_of("hello"), "a.x12", byte_source_of(three), "b.x12", test::schemas(), {});
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("a.x12 is no X12 interchange: it is "));
}

TEST(Difference, no_more_than_can_be_read_is_kept) {
    std::string left, right;
    for (int i = 1; i <= 11'000; ++i) {
        left += line(i, "1*EA*1");
        right += line(i, "2*EA*1");
    }
    auto const result = compared(file({order(left)}), file({order(right)}));
    EXPECT_EQ(result.differences.size(), most_differences);
    EXPECT_EQ(result.suppressed, 1000u);
    EXPECT_THAT(render_text(result), HasSubstr("10000 changed, and 1000 more, not shown; 1 of 1 and 1 transaction sets matched\n"));
}

TEST(Difference, text_and_json) {
    auto const result = compared(three, file({order(line(1) + line(2, "5*CA*10.00"), "REF*ZZ*A\x1b~")}));
    EXPECT_EQ(render_text(result), "850 Purchase Order PO-1\n"
                                   "  + added  850/REF[ZZ]  Reference Information: Mutually Defined (ZZ): A␛\n"
                                   "      REF*ZZ*A␛\n"
                                   "  ~ changed  850/PO1[2]/PO103  Unit: Each (EA) → Case (CA)\n"
                                   "  - removed  850/PO1[3]  Lines: Line: 3; Quantity: 5 Each (EA); Unit price: 10.00; GTIN-12 (UP): 614141000003\n"
                                   "      PO1*3*5*EA*10.00**UP*614141000003\n"
                                   "      PID*F****THING 3\n"
                                   "\n"
                                   "1 added, 1 removed, 1 changed; 1 of 1 and 1 transaction sets matched\n");
    EXPECT_THAT(render_json(result), HasSubstr(R"("path": "850/PO1[2]/PO103", "name": "Unit", "before": {"text": "Each", "code": "EA"}, "after": {"text": "Case", "code": "CA"})"));
}

TEST(DifferenceEntries, the_fewest_have_moved) {
    using Pairs = std::vector<DifferencePair>;
    EXPECT_EQ(moved_pairs(Pairs{{0, 4}, {1, 0}, {2, 1}, {3, 2}, {4, 3}}), (std::vector<bool>{true, false, false, false, false}));
    EXPECT_EQ(std::ranges::count(moved_pairs(Pairs{{0, 1}, {1, 0}}), true), 1);
    EXPECT_TRUE(moved_pairs(Pairs{}).empty());
}

} // namespace
} // namespace wharf::linter
