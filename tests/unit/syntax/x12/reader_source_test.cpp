// The reader over files and pipes: blocks, slow sources, blanks without end, lines of a fixed width.
#include "reader_fixture.hpp"

namespace wharf::x12 {
namespace {

using namespace test;

TEST(Reader, a_source_gives_the_same_parts_as_text_in_memory_whatever_the_block) {
    auto const text = many_interchanges();
    auto const expected = told(Reader(text, "t"));
    EXPECT_NE(expected.find("X12-0003"), std::string::npos);
    for (std::size_t const step : {1ul, 63ul, 64ul, 1000ul, 100'000ul})
        for (std::uint32_t const block : {1u, 500u, 20'000u, 1'000'000u}) {
            ReaderOptions options;
            options.block_bytes = block;
            EXPECT_TRUE(told(Reader(std::make_unique<Trickle>(text, step), "t", options)) == expected) << step << ' ' << block;
            EXPECT_TRUE(told(Reader(text, "t", options)) == expected) << block;
        }
}

TEST(Reader, damaged_text_is_the_same_from_a_source) {
    std::mt19937 random(11);
    std::string const alphabet = "*~>ISA\r\n GSTE0\x15";
    for (int round = 0; round < 2000; ++round) {
        auto text = small + small;
        for (int k = 0; k < 8; ++k)
            text[random() % text.size()] = alphabet[random() % alphabet.size()];
        ReaderOptions options;
        options.block_bytes = 100;
        ASSERT_EQ(told(Reader(std::make_unique<Trickle>(text, 1 + random() % 50), "t", options)), told(Reader(text, "t"))) << text;
    }
}

TEST(Reader, blanks_before_the_first_isa_are_one_finding_however_many_blocks_they_fill) {
    ReaderOptions options;
    options.block_bytes = 100;
    for (std::string const& begin : {std::string(), std::string("\xef\xbb\xbf")}) {
        auto const text = begin + std::string(250, '\n') + small;
        Reader reader(std::make_unique<Trickle>(text, 7), "t", options);
        while (reader.next()) {
        }
        auto const findings = reader.take_diagnostics();
        ASSERT_FALSE(findings.empty());
        EXPECT_EQ(findings.back().code, "X12-0011");
        EXPECT_EQ(findings.back().place.offset, begin.size());
        EXPECT_EQ(findings.back().place.length, 250u);
        EXPECT_EQ(findings.back().excerpt, std::string(80, '\n'));
        EXPECT_EQ(told(Reader(std::make_unique<Trickle>(text, 7), "t", options)), told(Reader(text, "t")));
    }
}

TEST(Reader, an_endless_run_of_blanks_is_not_kept) {
    auto const text = small + std::string(3'000'000, '\n') + small;
    EXPECT_EQ(kinds_of(text), "ISA GS SET4 GE IEA ISA GS SET4 GE IEA");
    Reader reader(std::make_unique<Trickle>(text, 4096), "t");
    std::size_t largest = 0;
    while (reader.next())
        largest = std::max(largest, reader.block()->owned.size());
    EXPECT_LT(largest, 1'000'000u);
}

TEST(Reader, blocks_can_be_kept) {
    auto const text = many_interchanges();
    ReaderOptions options;
    options.block_bytes = 2000;
    Reader reader(std::make_unique<Trickle>(text, 5000), "t", options);
    std::vector<std::pair<std::shared_ptr<Block const>, Part>> kept;
    while (reader.next())
        kept.emplace_back(reader.block(), reader.part());
    std::string ids;
    for (auto const& [block, part] : kept)
        for (std::size_t i = 0; i < part.segments.size(); ++i)
            ids += part.segments[i].id();
    std::string expected;
    Reader again(text, "t");
    while (again.next())
        for (std::size_t i = 0; i < again.part().segments.size(); ++i)
            expected += again.part().segments[i].id();
    EXPECT_EQ(ids, expected);
}

std::string long_interchange() {
    auto text = small;
    for (int i = 0; i < 60; ++i)
        text.insert(text.find("SE*4"), fmt::format("PO1*{}*1*EA*12.50**UP*01234567890{}~", i, i % 10));
    return text;
}

TEST(Reader, wrapped_files_are_joined_and_places_are_those_of_the_file) {
    for (std::size_t const width : {80ul, 72ul, 50ul, 20ul, 104ul, 105ul, 106ul, 107ul, 120ul, 128ul, 132ul, 255ul, 512ul})
        for (std::string const& line_break : std::vector<std::string>{"\n", "\r\n"}) {
            auto const plain = width < 200 ? small + small : long_interchange();
            std::string text;
            for (std::size_t at = 0; at < plain.size(); at += width)
                text += plain.substr(at, width) + line_break;
            Reader reader(text, "t");
            std::string elements;
            while (reader.next())
                for (std::size_t i = 0; i < reader.part().segments.size(); ++i) {
                    auto const segment = reader.part().segments[i];
                    elements += std::string(segment.bytes()) + "~";
                    EXPECT_EQ(text[reader.part().segments.file_offset(segment.begin())], segment.id()[0]);
                    EXPECT_EQ(text[reader.part().segments.file_offset(segment.end())], '~');
                }
            EXPECT_EQ(elements, plain);
            auto const findings = reader.take_diagnostics();
            ASSERT_EQ(findings.size(), 1u);
            EXPECT_EQ(findings[0].code, "X12-0013");
        }
}

TEST(Reader, lines_of_one_width_that_end_with_their_segments_are_not_wrapped) {
    for (std::size_t const width : {106ul, 128ul, 132ul, 512ul})
        for (std::string const& line_break : std::vector<std::string>{"\n", "\r\n"}) {
            std::string blanks, filled; // filled up behind the terminator, and within the last element
            for (auto rest = std::string_view(small); !rest.empty(); rest.remove_prefix(rest.find('~') + 1)) {
                auto const segment = rest.substr(0, rest.find('~'));
                blanks += fmt::format("{:<{}}", std::string(segment) + "~", width) + line_break;
                filled += segment.starts_with("ISA") ? (width > 112 ? fmt::format("{}~NTE*{}~", segment, std::string(width - 111, 'x')) : std::string(segment) + "~") + line_break
                                                     : fmt::format("{:x<{}}~", segment, width - 1) + line_break;
            }
            for (auto const& text : {blanks, filled})
                EXPECT_EQ(kinds_of(text).find("X12-0013"), std::string::npos) << text;
        }
}

TEST(Reader, a_file_that_is_wrapped_time_and_again_is_told_the_truth) {
    std::string wrapped, text;
    for (std::size_t at = 0; at < small.size(); at += 80)
        wrapped += small.substr(at, 80) + "\n";
    for (int i = 0; i < 20; ++i)
        text += wrapped + small + "\n";
    Reader reader(text, "t");
    while (reader.next()) {
    }
    int joined = 0, left = 0;
    for (auto const& finding : reader.take_diagnostics()) {
        joined += finding.code == "X12-0013" && finding.help.starts_with("Its lines were joined") ? 1 : 0;
        left += finding.code == "X12-0013" && finding.help.starts_with("Its lines were not joined") ? 1 : 0;
    }
    EXPECT_EQ(joined, 16);
    EXPECT_EQ(left, 4);
}

TEST(Reader, a_wrapped_interchange_behind_one_that_is_not) {
    std::string wrapped;
    for (std::size_t at = 0; at < small.size(); at += 80)
        wrapped += small.substr(at, 80) + "\n";
    auto const text = small + wrapped;
    EXPECT_EQ(kinds_of(text), "ISA GS SET4 GE IEA ISA GS SET4 GE IEA X12-0013@" + std::to_string(small.size()));
    Reader reader(text, "t");
    std::string elements;
    while (reader.next())
        for (std::size_t i = 0; i < reader.part().segments.size(); ++i)
            elements += std::string(reader.part().segments[i].bytes()) + "~";
    EXPECT_EQ(elements, small + small);
    EXPECT_EQ(told(Reader(std::make_unique<Trickle>(text, 7), "t")), told(Reader(text, "t")));
}

TEST(Reader, a_wide_line_may_break_once) {
    auto const one = small.substr(0, 200) + "\r\n" + small.substr(200);
    EXPECT_LT(small.size(), 400u);
    EXPECT_EQ(kinds_of(one), "ISA GS SET4 GE IEA X12-0013@0");
    auto const behind_segment = small.find('~', 150) + 1;
    EXPECT_EQ(kinds_of(small.substr(0, behind_segment) + "\n" + small.substr(behind_segment)), "ISA GS SET4 GE IEA") << "a line that ends with its segment";
    EXPECT_EQ(kinds_of(small.substr(0, 120) + "\n" + small.substr(120)).find("X12-0013"), std::string::npos) << "the second line is longer than the first";
}

} // namespace
} // namespace wharf::x12
