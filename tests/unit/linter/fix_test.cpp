// Mending: each code by an example, and for all samples and mangled files: data never changes, twice is once, nothing new comes.
#include "linter/fix.hpp"

#include "grammar/lint.hpp"
#include "unit/linter/x12_files.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>
#include <random>

namespace wharf::linter {
namespace {

using test::codes_in;
using test::replaced;

std::string good() { return test::interchange("PO", {test::set("850", test::small_850)}); }

FixResult mended(std::string const& text, bool unsafe = false) { return fix(text, "a.x12", test::schemas(), {unsafe, {}}); }

void expect_mended(std::string_view code, std::string const& broken, std::string const& whole, std::uint64_t count = 1, bool unsafe = false) {
    EXPECT_TRUE(codes_in(broken).contains(std::string(code))) << code << " is not reported in the first place";
    auto const result = mended(broken, unsafe);
    EXPECT_EQ(result.text, whole) << code;
    ASSERT_EQ(result.fixed.size(), 1u) << code;
    EXPECT_EQ(result.fixed.front().code, code);
    EXPECT_EQ(result.fixed.front().count, count) << code;
    EXPECT_FALSE(codes_in(result.text).contains(std::string(code)));
}

TEST(Fix, nothing_to_do) {
    auto const result = mended(good());
    EXPECT_EQ(result.text, good());
    EXPECT_TRUE(result.fixed.empty());
    for (std::string const text : {"", "hello", "ISA*", "UNB+UNOA:1+SENDER'"}) {
        EXPECT_EQ(mended(text).text, text);
        EXPECT_TRUE(mended(text).fixed.empty());
    }
}

TEST(Fix, bytes_around_interchanges) {
    expect_mended("X12-0010", "\xef\xbb\xbf" + good(), good());
    expect_mended("X12-0011", " \r\n\n" + good(), good());
    expect_mended("X12-0014", good() + "\n\x1a\x1a", good() + "\n");
    expect_mended("X12-0005", good().substr(0, good().size() - 1), good());
    expect_mended("X12-0005", good().substr(0, good().size() - 1) + "\n", good() + "\n");
}

TEST(Fix, a_file_cut_off_gets_no_terminator) {
    auto const cut = good().substr(0, good().rfind("*000000901~")); // IEA*1
    EXPECT_TRUE(codes_in(cut).contains("X12-0005"));
    EXPECT_EQ(mended(cut).text, cut);
    auto const inside = good().substr(0, good().find("CTT") + 4);
    EXPECT_EQ(mended(inside).text, inside);
}

TEST(Fix, doubled_terminators) {
    expect_mended("X12-0006", replaced(good(), "CTT*1~", "CTT*1~~~"), good(), 2);
    auto lines = good();
    for (std::size_t at = 0; (at = lines.find('~', at)) != std::string::npos; ++at)
        lines.insert(at + 1, "\n");
    expect_mended("X12-0006", replaced(lines, "CTT*1~\n", "CTT*1~\n~\n"), lines);
    expect_mended("X12-0006", replaced(good(), "GE*1*77~", "GE*1*77~ ~"), good());
    auto newlines = good();
    std::ranges::replace(newlines, '~', '\n');
    auto const blank_line = replaced(newlines, "CTT*1\n", "CTT*1\n\n"); // where lines end segments, that is no finding
    EXPECT_EQ(mended(blank_line).text, blank_line);
}

TEST(Fix, wrapped_lines) {
    auto const text = test::interchange("PO", {test::set("850", test::small_850), test::set("850", test::small_850, "0002")});
    for (std::string const line_break : {"\n", "\r\n"}) {
        auto const wrapped = test::wrapped(text, 80, line_break);
        expect_mended("X12-0013", wrapped, text);
        expect_mended("X12-0013", wrapped + line_break, text + line_break);
    }
    auto const both = mended(replaced(test::wrapped(text, 80, "\n"), "CTT*1~", "CTT*1~~"));
    EXPECT_EQ(both.fixed.size(), 2u);
}

TEST(Fix, isa_widths) {
    auto const short_isa = "ISA*00**00**ZZ*SENDER*ZZ*RECEIVER*250602*1403*U*00401*901*0*P*>~";
    expect_mended("X12-0101", short_isa + good().substr(106), good());
    expect_mended("X12-0101", replaced(good(), "*RECEIVER       *", "*RECEIVER           *"), good());
    expect_mended("X12-0101", replaced(good(), "*250602*", "*250602  *"), good());
    expect_mended("X12-0101", replaced(good(), "*1403*", "* 1403 *"), good());
    for (auto const& [from, to] : {std::pair{"*SENDER         *", "*SENDER WITHOUT END*"}, {"*250602*", "*250602A*"}}) { // nothing but data to cut away
        auto const broken = replaced(good(), from, to);
        EXPECT_EQ(mended(broken).text, broken);
    }
    auto const half = replaced(replaced(good(), "*RECEIVER       *", "*RECEIVER*"), "*SENDER         *", "*SENDER WITHOUT END*");
    EXPECT_EQ(mended(half).text, half) << "all widths or none";
}

TEST(Fix, trailing_separators) {
    expect_mended("X12-0317", replaced(good(), "*ACME STORES*92*0107~", "*ACME STORES*92*0107***~"), good());
    expect_mended("X12-0317", replaced(good(), "GE*1*77~", "GE*1*77**~"), good());
    expect_mended("X12-0317", replaced(good(), "*X*004010~", "*X*004010*~"), good());
    auto const whole = test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~REF*IA*X**DP>10~PO1*1*10*EA*12.50~CTT*1~")});
    expect_mended("X12-0318", replaced(whole, "DP>10", "DP>10>>"), whole);
    auto const both = mended(replaced(whole, "DP>10~", "DP>10>>**~"));
    EXPECT_EQ(both.text, whole);
    EXPECT_EQ(both.fixed.size(), 2u);
}

TEST(Fix, more_of_them_than_findings_are_kept) {
    std::string body = "BEG*00*SA*4711**20250602~", whole = body;
    for (unsigned i = 0; i < 20'000; ++i) {
        body += "N1*ST*ACME**~";
        whole += "N1*ST*ACME~";
    }
    auto const result = mended(test::interchange("PO", {test::set("850", body + "PO1*1*10*EA*12.50~CTT*1~")}));
    EXPECT_EQ(result.text, test::interchange("PO", {test::set("850", whole + "PO1*1*10*EA*12.50~CTT*1~")}));
    ASSERT_EQ(result.fixed.size(), 1u);
    EXPECT_EQ(result.fixed.front().count, 20'000u);
}

TEST(Fix, a_missing_value_is_no_trailing_separator) {
    auto const broken = replaced(good(), "N1*ST*ACME STORES*92*0107~", "N1*ST**~");
    EXPECT_EQ(mended(broken).text, broken);
}

TEST(Fix, what_is_ignored_stays) {
    FixOptions options;
    ASSERT_TRUE(options.reader.severities.add("X12-0006=ignore"));
    ASSERT_TRUE(options.reader.severities.add("X12-0317=ignore"));
    auto const broken = replaced(replaced(good(), "CTT*1~", "CTT*1~~"), "*0107~", "*0107*~");
    EXPECT_EQ(fix(broken, "a", test::schemas(), options).text, broken);
}

TEST(Fix, counts_only_when_told) {
    struct Case {
        std::string_view code, right, wrong;
    };
    for (auto const& [code, right, wrong] : {Case{"X12-0111", "IEA*1*000000901~", "IEA*1*000000902~"}, Case{"X12-0112", "IEA*1*", "IEA*7*"},
                                             Case{"X12-0121", "GE*1*77~", "GE*1*78~"}, Case{"X12-0122", "GE*1*", "GE*2*"},
                                             Case{"X12-0131", "SE*6*0001", "SE*6*0002"}, Case{"X12-0132", "SE*6*", "SE*9*"},
                                             Case{"X12-0402", "CTT*1~", "CTT*3~"}}) {
        auto const broken = replaced(good(), right, wrong);
        EXPECT_EQ(mended(broken).text, broken) << code;
        expect_mended(code, broken, good(), 1, true);
    }
    EXPECT_EQ(mended(replaced(good(), "IEA*1*000000901~", "IEA*2~"), true).text, good());
    using namespace std::string_literals; // what the reader would pass over is not written
    auto const odd = replaced(replaced(good(), "*000000901*", "*0000\0" "901\0*"s), "IEA*1*000000901~", "IEA*1*7");
    EXPECT_EQ(mended(odd, true).text, odd);
}

/// What must not change: every element of every segment, but what the fixes are for.
std::vector<std::string> data_of(std::string_view text) {
    std::vector<std::string> data;
    x12::Reader reader(text, "");
    while (reader.next()) {
        auto const& segments = reader.part().segments;
        for (std::size_t i = 0; i < segments.size(); ++i) {
            auto const segment = segments[i];
            auto line = std::string(segment.id());
            for (std::uint32_t k = 1; k <= segment.element_count(); ++k) {
                auto value = segment.element(k);
                if (segment.id() == "ISA") {
                    while (value.ends_with(' ')) value.remove_suffix(1);
                    while (value.starts_with(' ')) value.remove_prefix(1);
                    while (k == 13 && value.starts_with('0')) value.remove_prefix(1);
                } else {
                    while (value.size() > 1 && value.ends_with(segments.delimiters().component)) value.remove_suffix(1);
                }
                line += '|';
                line += value;
            }
            while (line.ends_with('|'))
                line.pop_back();
            data.push_back(std::move(line));
        }
    }
    return data;
}

TEST(Fix, law_over_samples) {
    auto const files = test::sample_files();
    if (files.empty())
        GTEST_SKIP() << "no sample files";
    for (auto const& [name, text] : files) {
        auto const result = mended(text);
        EXPECT_EQ(data_of(result.text), data_of(text)) << name;
        auto const again = mended(result.text);
        EXPECT_EQ(again.text, result.text) << name;
        EXPECT_TRUE(again.fixed.empty()) << name;
        auto const before = codes_in(text);
        auto const after = codes_in(result.text);
        for (auto const& [code, count] : after)
            EXPECT_TRUE(before.contains(code) && before.at(code) >= count) << name << ": " << code << " is new";
        for (auto const& one : result.fixed) {
            EXPECT_TRUE(before.contains(one.code)) << name << ": " << one.code << " was not reported";
            EXPECT_FALSE(after.contains(one.code)) << name << ": " << one.code << " is still there";
        }
    }
}

TEST(Fix, law_over_mangled_files) {
    std::mt19937 random(4711);
    auto const text = test::interchange("PO", {test::set("850", test::small_850), test::set("850", test::small_850, "0002")});
    constexpr std::string_view bytes = "~~~***>> \n\r\x1a\tAZ09^";
    for (unsigned round = 0; round < 1500; ++round) {
        auto mangled = text;
        for (unsigned change = 0; change < 1 + round % 6; ++change) {
            auto const at = random() % mangled.size();
            auto const c = bytes[random() % bytes.size()];
            if (random() % 3 == 0)
                mangled.erase(at, 1);
            else
                mangled.insert(at, 1, c);
        }
        auto const result = mended(mangled, round % 2 == 0);
        auto const again = mended(result.text, round % 2 == 0);
        EXPECT_EQ(again.text, result.text) << mangled;
        EXPECT_TRUE(again.fixed.empty()) << mangled;
        if (round % 2 != 0) {
            EXPECT_EQ(data_of(result.text), data_of(mangled)) << mangled;
        }
    }
}

TEST(SegmentDiff, lines_are_segments) {
    EXPECT_EQ(segment_diff(good(), good(), "a"), "");
    auto const broken = "\xef\xbb\xbf" + replaced(replaced(good(), "CTT*1~", "CTT*1~~"), "GE*1*77~", "GE*1*77*~");
    EXPECT_EQ(segment_diff(broken, mended(broken).text, "po.x12"),
              "--- po.x12\n+++ po.x12 (mended)\n@@ -1,4 +1,3 @@\n-(byte-order mark)\n " + good().substr(0, 106) +
                  "\n GS*PO*SENDER*RECEIVER*20250602*1403*77*X*004010~\n ST*850*0001~\n@@ -6,7 +5,6 @@\n N1*ST*ACME STORES*92*0107~\n"
                  " PO1*1*10*EA*12.50**UP*012345678905~\n CTT*1~\n-~\n SE*6*0001~\n-GE*1*77*~\n+GE*1*77~\n IEA*1*000000901~\n");
}

} // namespace
} // namespace wharf::linter
