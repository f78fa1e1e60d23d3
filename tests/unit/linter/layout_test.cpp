// Laying out and back: the form by example, and the law for all samples, generated and mangled files.
#include "linter/layout.hpp"

#include "support/schemas.hpp"
#include "support/x12_text.hpp"
#include "unit/linter/x12_files.hpp"

#include <gtest/gtest.h>
#include <random>

namespace wharf::linter {
namespace {

std::string order() {
    return test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~N1*ST*ACME*92*0107~N3*1 MAIN STREET~PO1*1*10*EA*12.50~PID*F****BOLT~CTT*1~")});
}

std::string with_breaks(std::string text, std::string_view line_break) {
    for (std::size_t at = 0; (at = text.find('~', at)) != std::string::npos; at += 1 + line_break.size())
        text.insert(at + 1, line_break);
    return text;
}

std::string laid_out(std::string const& text) {
    auto result = lay_out(text, test::schemas());
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return result ? *result : std::string();
}

std::string expected(std::string_view mark) {
    return order().substr(0, 106) + "\n" + std::string(mark) +
           "\tGS*PO*SENDER*RECEIVER*20250602*1403*77*X*004010~\n"
           "ST*850*0001~\n"
           "  BEG*00*SA*4711**20250602~\n"
           "  N1*ST*ACME*92*0107~\n"
           "    N3*1 MAIN STREET~\n"
           "  PO1*1*10*EA*12.50~\n"
           "    PID*F****BOLT~\n"
           "  CTT*1~\n"
           "SE*8*0001~\n"
           "GE*1*77~\n"
           "IEA*1*000000901~\n";
}

void expect_law(std::string const& wire, std::string const& what) {
    auto const out = lay_out(wire, test::schemas());
    if (!out)
        return;
    EXPECT_EQ(wire_form(*out), without_indentation(wire)) << what;
    EXPECT_TRUE(is_laid_out(*out)) << what;
    EXPECT_EQ(*lay_out(*out, test::schemas()), *out) << what;
    EXPECT_EQ(test::codes_in(*out), test::codes_in(wire)) << what;
}

TEST(Layout, one_segment_a_line) {
    EXPECT_EQ(laid_out(order()), expected(" "));
    EXPECT_EQ(laid_out(with_breaks(order(), "\n")), expected("  "));
    EXPECT_EQ(laid_out(with_breaks(order(), "\r\n")), expected("   "));
    for (auto const* const line_break : {"", "\n", "\r\n"})
        EXPECT_EQ(wire_form(laid_out(with_breaks(order(), line_break))), with_breaks(order(), line_break));
}

TEST(Layout, hierarchy_levels_are_indented) {
    auto const body = [](bool parents) {
        return fmt::format("BSN*00*1*20250602*1200~HL*1**S~TD1*CTN*1~HL*2*{}*O~PRF*4711~HL*3*{}*I~LIN**UP*012345678905~SN1**1*EA~HL*4*{}*I~LIN**UP*012345678905~SN1**1*EA~CTT*4~",
                           parents ? "1" : "", parents ? "2" : "", parents ? "2" : "");
    };
    for (bool const parents : {true, false}) {
        auto const out = laid_out(test::interchange("SH", {test::set("856", body(parents))}));
        EXPECT_NE(out.find("\n  HL*1**S~\n    TD1*CTN*1~\n    HL*2*"), std::string::npos) << out;
        EXPECT_NE(out.find("*O~\n      PRF*4711~\n      HL*3*"), std::string::npos) << out;
        EXPECT_NE(out.find("*I~\n        LIN**UP*012345678905~\n        SN1**1*EA~\n      HL*4*"), std::string::npos) << out;
        EXPECT_NE(out.find("\n  CTT*4~\nSE*"), std::string::npos) << out;
    }
}

TEST(Layout, odd_places_are_kept) {
    for (auto const& [from, to] : {std::pair{"CTT*1~", "CTT*1~ \t\n"}, {"CTT*1~", "CTT*1~\r\r\n"}, {"ST*850*0001~", "ST*850*0001~ "}, {"00401*", "00401*"},
                                   {"*0*P*>~", "*0*P*>~\n\n"}, {"*0*P*>~", "*0*P*>~ "}, {"IEA*1*000000901~", "IEA*1*000000901~\n"},
                                   {"IEA*1*000000901~", "IEA*1*000000901~\n\x1a"}, {"IEA*1*000000901~", "IEA*1*000000901"}, {"CTT*1~", "CTT*1~~"}})
        for (auto const* const line_break : {"", "\n"}) {
            auto const wire = test::replaced(with_breaks(order(), line_break), from, to);
            EXPECT_EQ(wire_form(laid_out(wire)), wire);
            expect_law(wire, to);
        }
    expect_law("\xef\xbb\xbf \n" + order(), "before");
    expect_law(order() + order(), "two");
    expect_law(order() + "\njunk between\n" + order() + "\n", "junk");
    expect_law(order().substr(0, 106), "ISA alone");
}

TEST(Layout, indentation_by_hand_is_layout) {
    auto const plain = with_breaks(order(), "\r\n");
    auto indented = plain;
    for (std::size_t at = 0; (at = indented.find('\n', at)) != std::string::npos && at + 1 < indented.size(); ++at)
        indented.insert(at + 1, at % 2 == 0 ? "    " : "\t");
    EXPECT_EQ(without_indentation(indented), plain);
    EXPECT_EQ(laid_out(indented), laid_out(plain));
    EXPECT_EQ(wire_form(laid_out(indented)), plain);
    auto odd = plain; // one line alone is no indentation: its blanks come back
    odd.insert(odd.find("N3*"), "  ");
    EXPECT_EQ(without_indentation(odd), odd);
    EXPECT_EQ(wire_form(laid_out(odd)), odd);
}

TEST(Layout, nothing_is_put_behind_a_segment_that_is_cut_off) {
    auto const text = order().substr(0, order().find("GE*")) + "GE";
    auto const out = laid_out(text);
    EXPECT_TRUE(out.ends_with("~\nGE")) << out;
    EXPECT_EQ(test::codes_in(out), test::codes_in(text));
    EXPECT_EQ(wire_form(out), text);
}

TEST(Layout, a_line_feed_may_terminate) {
    auto wire = order();
    std::ranges::replace(wire, '~', '\n');
    auto const out = laid_out(wire);
    EXPECT_NE(out.find("\nST*850*0001\n  BEG*00*SA*4711**20250602\n  N1*ST*ACME*92*0107\n    N3*1 MAIN STREET\n"), std::string::npos) << out;
    expect_law(wire, "LF");
    expect_law(test::replaced(wire, "CTT*1\n", "CTT*1\n\n"), "LF doubled");
    auto crlf = with_breaks(order(), "\n");
    std::ranges::replace(crlf, '~', '\r');
    expect_law(crlf, "CR");
    expect_law(wire + order(), "mixed");
}

TEST(Layout, edited_files_go_back) {
    auto edited = laid_out(order());
    edited = test::replaced(edited, "  CTT*1~\n", "\n\n         PO1*2*5*EA*1~\n  CTT*2~\n");
    auto const wire = test::replaced(order(), "CTT*1~", "PO1*2*5*EA*1~CTT*2~");
    EXPECT_EQ(wire_form(edited), wire);
    EXPECT_EQ(laid_out(edited), laid_out(wire)) << "laid out anew";
    std::string crlf;
    for (char const c : laid_out(order()))
        crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    EXPECT_EQ(wire_form(crlf), order()) << "saved by an editor of another system";
}

TEST(Layout, what_cannot_be_brought_back_is_refused) {
    EXPECT_FALSE(lay_out("", test::schemas()));
    EXPECT_FALSE(lay_out("hello", test::schemas()));
    EXPECT_FALSE(lay_out(test::wrapped(order() + order(), 80, "\n"), test::schemas()));
    auto blank = order();
    std::ranges::replace(blank, '~', '\t');
    EXPECT_FALSE(lay_out(blank, test::schemas()));
    EXPECT_FALSE(lay_out(order().substr(0, 106) + "ISA*junk", test::schemas()));
    expect_law(order().substr(0, 106) + "\nISA*junk*\n" + order(), "the mark stands in the second interchange");
    EXPECT_EQ(wire_form("hello"), "hello");
    EXPECT_EQ(wire_form(order()), order());
}

TEST(Layout, law_over_samples) {
    auto const files = test::sample_files();
    if (files.empty())
        GTEST_SKIP() << "no sample files";
    unsigned laid = 0, to_the_byte = 0;
    for (auto const& [name, text] : files) {
        expect_law(text, name);
        to_the_byte += without_indentation(text) == text ? 1 : 0;
        laid += lay_out(text, test::schemas()) ? 1 : 0;
    }
    EXPECT_GE(laid, 100u);
    EXPECT_GE(to_the_byte, 60u) << "half of the samples are indented by hand";
}

TEST(Layout, law_over_mangled_files) {
    std::mt19937 random(4711);
    constexpr std::string_view bytes = "~~**>  \n\n\r\t\x1a" "AZ09^";
    for (unsigned round = 0; round < 2000; ++round) {
        auto text = with_breaks(order(), round % 3 == 0 ? "" : round % 3 == 1 ? "\n" : "\r\n");
        if (round % 5 == 0)
            std::ranges::replace(text, '~', '\n');
        if (round % 7 == 0)
            text += text;
        for (unsigned change = 0; change < 1 + round % 6; ++change) {
            auto const at = random() % text.size();
            if (random() % 3 == 0)
                text.erase(at, 1);
            else
                text.insert(at, 1, bytes[random() % bytes.size()]);
        }
        if (!is_laid_out(text))
            expect_law(text, text);
    }
}

} // namespace
} // namespace wharf::linter
