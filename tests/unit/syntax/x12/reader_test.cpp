#include "syntax/x12/reader.hpp"

#include "syntax/x12/writer.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <fmt/format.h>
#include <memory>
#include <random>
#include <utility>
#include <vector>
#include <sstream>
#include <string>

namespace wharf::x12 {
namespace {

std::string const header = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250602*1403*U*00401*000000901*0*P*>~";
std::string const small = header + "GS*PO*SENDER*RECEIVER*20250602*1403*1*X*004010~ST*850*0001~BEG*00*SA*4711**20250602~"
                                   "PO1*1*10*EA*12.50~SE*4*0001~GE*1*1~IEA*1*000000901~";

std::string kinds_of(std::string_view text) {
    constexpr char const* names[] = {"ISA", "GS", "SET", "GE", "IEA", "SERVICE", "STRAY", "JUNK"};
    std::string out;
    Reader reader(text, "t");
    while (reader.next()) {
        if (!out.empty())
            out += ' ';
        out += names[static_cast<int>(reader.part().kind)];
        if (reader.part().kind == PartKind::transaction_set)
            out += std::to_string(reader.part().segments.size()) + (reader.part().terminated ? "" : "!");
    }
    for (auto const& finding : reader.take_diagnostics())
        out += " " + finding.code + "@" + std::to_string(finding.place.offset);
    return out;
}

/// The first law: gaps between parts and the parts themselves, written back from elements, are the file.
std::string written_back(std::string_view text) {
    std::string out;
    Reader reader(text, "t");
    std::uint64_t end = 0;
    while (reader.next()) {
        auto const& part = reader.part();
        out += text.substr(end, part.offset - end);
        write_back(part, text, out);
        end = part.offset + part.length;
    }
    out += text.substr(end);
    return out;
}

/// Gives a few bytes at a time, as a slow pipe does.
class Trickle : public ByteSource {
public:
    Trickle(std::string_view text, std::size_t step) : text_(text), step_(step) {}
    Result<std::size_t> read(char* to, std::size_t most) override {
        auto const count = std::min({step_, most, text_.size()});
        text_.copy(to, count);
        text_.remove_prefix(count);
        return count;
    }

private:
    std::string_view text_;
    std::size_t step_;
};

TEST(Reader, cuts_an_interchange_into_parts) { EXPECT_EQ(kinds_of(small), "ISA GS SET4 GE IEA"); }

TEST(Reader, gives_elements_as_views_with_offsets) {
    Reader reader(small, "t");
    while (reader.next() && reader.part().kind != PartKind::transaction_set) {
    }
    auto const& set = reader.part().segments;
    EXPECT_EQ(set[1].id(), "BEG");
    EXPECT_EQ(set[1].element_count(), 5u);
    EXPECT_EQ(set[1].element(4), "");
    EXPECT_EQ(set[1].element(5), "20250602");
    EXPECT_EQ(set[1].element(6), "");
    EXPECT_EQ(small.substr(set.base() + set[2].element_begin(4), 5), "12.50");
    EXPECT_EQ(set[2].element(4).data(), small.data() + set.base() + set[2].element_begin(4)) << "a view, not a copy";
    EXPECT_EQ(reader.part().segment_position, 3u);
}

TEST(Reader, finds_any_delimiters) {
    for (auto const& [element, component, segment] : {std::tuple{'|', ':', '\n'}, {'~', '>', '\r'}, {'^', '@', '\x15'}, {'\x7f', '>', '\x1c'}, {'*', '>', '\''}}) {
        auto text = small;
        for (auto& c : text)
            c = c == '*' ? element : c == '~' ? segment : c == '>' ? component : c;
        EXPECT_EQ(kinds_of(text), "ISA GS SET4 GE IEA") << int(segment);
        EXPECT_EQ(written_back(text), text);
    }
}

TEST(Reader, repetition_separator_only_from_00402) {
    auto text = small;
    text.replace(text.find("*U*00401"), 8, "*^*00501");
    Reader reader(text, "t");
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.part().segments.delimiters().repetition, '^');
    Reader old(small, "t");
    ASSERT_TRUE(old.next());
    EXPECT_EQ(old.part().segments.delimiters().repetition, '\0');
}

TEST(Reader, several_interchanges_with_different_delimiters_and_junk_between) {
    auto other = small;
    for (auto& c : other)
        c = c == '*' ? '|' : c == '~' ? '\'' : c;
    EXPECT_EQ(kinds_of("\xef\xbb\xbf\r\n" + small + "\r\n\r\n" + other), "ISA GS SET4 GE IEA ISA GS SET4 GE IEA X12-0010@0 X12-0011@3");
    EXPECT_EQ(kinds_of(small + "REPORT ENDS" + other), "ISA GS SET4 GE IEA JUNK ISA GS SET4 GE IEA X12-0003@" + std::to_string(small.size()));
}

TEST(Reader, line_breaks_after_terminators_are_filler) {
    std::string text;
    for (char const c : small)
        text += c == '~' ? std::string("~\r\n") : std::string(1, c);
    EXPECT_EQ(kinds_of(text), "ISA GS SET4 GE IEA");
    EXPECT_EQ(written_back(text), text);
}

TEST(Reader, missing_last_terminator_is_reported_and_nothing_lost) {
    for (std::string const tail : {"", "\r\n"}) {
        auto const text = small.substr(0, small.size() - 1) + tail;
        EXPECT_EQ(kinds_of(text), "ISA GS SET4 GE IEA X12-0005@" + std::to_string(text.find("IEA")));
        EXPECT_EQ(written_back(text), text);
    }
}

TEST(Reader, missing_envelope_segments) {
    auto const without = [](std::string const& what) {
        auto text = small;
        auto const begin = text.find(what);
        text.erase(begin, text.find('~', begin) + 1 - begin);
        return kinds_of(text);
    };
    EXPECT_EQ(without("SE*"), "ISA GS SET3! GE IEA");
    EXPECT_EQ(without("GE*"), "ISA GS SET4 IEA");
    EXPECT_EQ(without("IEA*"), "ISA GS SET4 GE");
    EXPECT_EQ(without("GS*"), "ISA SET4 GE IEA");
    EXPECT_EQ(without("ST*"), "ISA GS STRAY GE IEA") << "one fault, one part";
}

TEST(Reader, isa_inside_data_does_not_begin_an_interchange) {
    auto text = small;
    text.replace(text.find("4711"), 4, "ISA-1");
    EXPECT_EQ(kinds_of(text), "ISA GS SET4 GE IEA");
}

TEST(Reader, cut_header) {
    EXPECT_EQ(kinds_of("ISA*00*          *00*"), "JUNK X12-0002@0");
    EXPECT_EQ(kinds_of(header.substr(0, 105)), "JUNK X12-0002@0");
    EXPECT_EQ(kinds_of(""), "");
    EXPECT_EQ(kinds_of("  \r\n"), "");
    EXPECT_EQ(kinds_of("UNA:+.? 'UNB+UNOA:1+X+Y'"), "JUNK X12-0003@0");
}

TEST(Reader, doubled_terminators_are_reported_once) {
    auto text = small;
    for (auto at = text.find('~', header.size()); at != std::string::npos; at = text.find('~', at + 2))
        text.insert(at, "~");
    EXPECT_EQ(kinds_of(text), "ISA GS SET4 GE IEA X12-0006@" + std::to_string(text.find("~~") + 1));
    EXPECT_EQ(written_back(text), text);
}

TEST(Reader, segments_longer_than_the_window) {
    auto text = small;
    std::string many;
    for (int i = 0; i < 40000; ++i)
        many += "*" + std::to_string(i);
    text.insert(text.find("~SE*4"), "~MSG" + many + "~MSG*" + std::string(200000, 'x'));
    EXPECT_EQ(kinds_of(text), "ISA GS SET6 GE IEA");
    EXPECT_EQ(written_back(text), text);
}

TEST(Reader, a_segment_without_end_is_kept_whole_and_the_next_one_found) {
    auto text = small;
    std::string const endless = "~MSG*" + std::string(40u << 20, '*');
    text.insert(text.find("~SE*4"), endless);
    EXPECT_EQ(kinds_of(text), "ISA GS SET5 GE IEA X12-0008@" + std::to_string(text.find("MSG*")));
    EXPECT_TRUE(written_back(text) == text);
}

TEST(Reader, the_limit_of_a_segment_is_exact_whatever_the_window) {
    constexpr std::size_t limit = 16u << 20;
    for (std::size_t const length : {limit, limit + 1, limit + 22'784, std::size_t{34} << 20}) {
        auto text = small;
        auto const at = text.find("SE*4");
        text.insert(at, "MSG*AA*" + std::string(length - 7, 'A') + "~PO1*2~");
        EXPECT_EQ(kinds_of(text), "ISA GS SET6 GE IEA" + (length > limit ? " X12-0008@" + std::to_string(at) : std::string())) << length;
        EXPECT_TRUE(written_back(text) == text);
        Reader reader(std::make_unique<Trickle>(text, 50'000), "t");
        while (reader.next() && reader.part().kind != PartKind::transaction_set) {
        }
        auto const& set = reader.part().segments;
        EXPECT_EQ(set[3].id(), "MSG");
        EXPECT_EQ(set[3].element_count(), length > limit ? 1u : 2u) << length;
        EXPECT_EQ(set[3].bytes().size(), length);
        EXPECT_EQ(set.is_opaque(3), length > limit);
        EXPECT_FALSE(set.is_opaque(2) || set.is_opaque(4));
        EXPECT_EQ(reader.take_diagnostics().size(), length > limit ? 1u : 0u) << length;
    }
}

TEST(Reader, every_truncation_is_read_without_trouble_and_written_back) {
    for (std::size_t length = 0; length <= small.size(); ++length) {
        auto const text = small.substr(0, length);
        EXPECT_EQ(written_back(text), text) << length;
    }
}

TEST(Reader, random_damage_is_written_back) {
    std::mt19937 random(20250602);
    std::string const alphabet = "*~>ISA\r\n GSTE0\x15";
    for (int round = 0; round < 3000; ++round) {
        auto text = small;
        for (int k = 0; k < 6; ++k) {
            auto const at = random() % text.size();
            switch (random() % 3) {
            case 0:
                text[at] = alphabet[random() % alphabet.size()];
                break;
            case 1:
                text.insert(at, 1, alphabet[random() % alphabet.size()]);
                break;
            default:
                text.erase(at, random() % 20);
            }
        }
        ASSERT_EQ(written_back(text), text) << text;
    }
}

/// All parts with their places and elements, in one text.
std::string told(Reader reader) {
    std::string out;
    while (reader.next()) {
        auto const& part = reader.part();
        out += fmt::format("{} {}+{} #{}\n", static_cast<int>(part.kind), part.offset, part.length, part.segment_position);
        for (std::size_t i = 0; i < part.segments.size(); ++i) {
            auto const segment = part.segments[i];
            for (std::uint32_t k = 0; k <= segment.element_count(); ++k)
                out += fmt::format("{}@{}|", segment.element(k), part.segments.file_offset(segment.element_begin(k)));
            out += '\n';
        }
    }
    for (auto const& finding : reader.take_diagnostics())
        out += fmt::format("{}@{}+{}\n", finding.code, finding.place.offset, finding.place.length);
    return out;
}

std::string many_interchanges() {
    std::mt19937 random(7);
    std::string text;
    for (int i = 0; i < 40; ++i) {
        auto one = small;
        std::string lines;
        for (auto n = random() % 300; n > 0; --n)
            lines += fmt::format("PO1*{}*{}*EA*12.50~{}", n, random() % 1000, random() % 3 == 0 ? "\r\n" : "");
        one.insert(one.find("SE*4"), lines);
        if (i % 3 == 1)
            std::ranges::replace(one, '~', '\n');
        if (i % 5 == 2)
            one += "some junk";
        text += one;
    }
    return text;
}

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

TEST(Reader, binary_data_has_the_length_it_says) {
    for (std::string const& data : {std::string("a~b*c~SE*9~"), std::string(70'000, '~'), std::string("\0\x1a\xff", 3)}) {
        auto text = small;
        text.insert(text.find("SE*4"), "BIN*" + std::to_string(data.size()) + "*" + data + "~BDS*ASC*" + std::to_string(data.size()) + "*" + data + "~");
        EXPECT_EQ(kinds_of(text), "ISA GS SET6 GE IEA");
        EXPECT_EQ(told(Reader(std::make_unique<Trickle>(text, 1000), "t")), told(Reader(text, "t")));
        EXPECT_EQ(written_back(text), text);
        EXPECT_NE(told(Reader(text, "t")).find("ASC@"), std::string::npos);
    }
    auto text = small;
    text.insert(text.find("SE*4"), "BIN*90*abc~");
    EXPECT_EQ(kinds_of(text), "ISA GS SET5 GE IEA X12-0012@" + std::to_string(text.find("BIN")));
}

TEST(Reader, binary_data_of_any_length_and_content) {
    std::mt19937 random(3);
    std::string const alphabet = "*~>\n x";
    std::string binary, expected;
    for (int i = 0; i < 3000; ++i) {
        std::string data;
        for (auto n = random() % (i % 100 == 0 ? 3000 : 12); n > 0; --n)
            data += alphabet[random() % alphabet.size()];
        auto const one = (i % 2 == 0 ? "BIN*" : "BDS*ASC*") + std::to_string(data.size()) + "*" + data;
        binary += one + "~" + (i % 3 == 0 ? "REF*X ~\n" : "");
        expected += std::to_string(i % 2 == 0 ? 2 : 3) + one + "|" + (i % 3 == 0 ? "1REF*X |" : "");
    }
    auto text = small;
    text.insert(text.find("SE*4"), binary);
    for (std::size_t const step : {1'000ul, 100'000'000ul}) {
        Reader reader(std::make_unique<Trickle>(text, step), "t");
        while (reader.next() && reader.part().kind != PartKind::transaction_set) {
        }
        auto const& set = reader.part().segments;
        std::string found;
        for (std::size_t i = 3; i + 1 < set.size(); ++i)
            found += std::to_string(set[i].element_count()) + std::string(set[i].bytes()) + "|";
        EXPECT_TRUE(found == expected);
        EXPECT_TRUE(reader.take_diagnostics().empty());
    }
}

TEST(Reader, the_index_behind_binary_data_is_kept) {
    auto text = small;
    text.insert(text.find("ST*"), "BIN*3*~*~~S1S*1~");
    Reader reader(text, "t");
    while (reader.next() && reader.part().kind != PartKind::stray) {
    }
    ASSERT_EQ(reader.part().segments.size(), 1u);
    EXPECT_GT(reader.block()->index.size(), reader.part().segments.back().end() + 50) << "what follows was indexed with it";
}

TEST(Reader, a_thousand_equal_findings_are_a_hundred_and_a_count) {
    std::string strays;
    for (int i = 0; i < 1000; ++i)
        strays += "BIN*9*~";
    auto in_a_set = small, outside = small;
    in_a_set.insert(in_a_set.find("SE*4"), strays);
    outside.insert(outside.find("ST*"), strays);
    for (auto const& text : {in_a_set, outside, in_a_set + outside}) {
        Reader reader(text, "t");
        std::size_t parts = 0;
        while (reader.next()) {
            auto const findings = reader.take_diagnostics();
            if (findings.empty())
                continue;
            ++parts;
            ASSERT_EQ(findings.size(), 100u);
            EXPECT_EQ(findings.back().code, "X12-0012");
            EXPECT_NE(findings.back().help.find(" 900 further ones "), std::string::npos) << findings.back().help;
            EXPECT_EQ(findings[98].help.find("further"), std::string::npos);
        }
        EXPECT_EQ(parts, text.size() > in_a_set.size() ? 2u : 1u);
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

TEST(Reader, sample_files_are_written_back) {
    auto const* variable = std::getenv("WHARF_SAMPLES");
    std::filesystem::path const folder = variable != nullptr ? variable : WHARF_SOURCE_DIR "/../shared/samples";
    if (!std::filesystem::exists(folder))
        GTEST_SKIP() << "no sample files";
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file())
            continue;
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        EXPECT_EQ(written_back(text.str()), text.str()) << entry.path();
    }
}

} // namespace
} // namespace wharf::x12
