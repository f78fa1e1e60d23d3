// What a missing terminator leaves behind in values is told as that.
#include "grammar/lint.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

using ::testing::HasSubstr;

/// The help of the first finding of a code.
std::string help(std::string const& text, std::string_view code) {
    for (auto const& finding : lint(text, "po.x12", test::schemas()).diagnostics)
        if (finding.code == code)
            return finding.help;
    return "no such finding";
}

std::string order(std::string_view body) { return test::interchange("PO", {test::set("850", "BEG*00*SA*1**20250602~" + std::string(body))}); }

TEST(MissingTerminator, a_line_break_before_a_segment) {
    EXPECT_EQ(help(order("N1*ST*ACME*92*0107\r\n  N3*12 DOCK LANE~PO1*1*1*EA*1~"), "X12-0305"),
              "Add the segment terminator before N3.");
    EXPECT_THAT(help(order("DTM*002*20250620\nPO1*1*1*EA*1~"), "X12-0307"), HasSubstr("missing before PO1"));
    EXPECT_THAT(help(order("N1*ST*AC\nME*92*0107~PO1*1*1*EA*1~"), "X12-0305"), HasSubstr("re-wrapped"));
}

TEST(MissingTerminator, a_segment_behind_a_code) {
    EXPECT_EQ(help(order("PO1*1*1*EAPID*F****KETTLE~"), "X12-0306"), "Is the terminator missing before PID? EA is a code, PID a segment.");
}

TEST(MissingTerminator, a_separator_that_was_to_end_segments) {
    auto text = order("PO1*1*1*EA*1~");
    text.replace(103, 3, "*~\n"); // ISA16 is ~, the line end ends segments
    for (std::size_t at = 106; (at = text.find('~', at)) != std::string::npos; at += 2)
        text.insert(at + 1, "\n");
    EXPECT_THAT(help(text, "X12-0305"), HasSubstr("~ was meant to end segments: ISA16 then lacks the component separator"));
}

TEST(ControlNumber, what_stands_behind_it_is_to_be_removed) {
    auto text = order("PO1*1*1*EA*1~");
    text.replace(text.find("IEA*1*000000901"), 15, "IEA*1*000000901|");
    EXPECT_EQ(help(text, "X12-0111"), "Remove what stands behind the number: |");
}

} // namespace
} // namespace wharf::grammar
