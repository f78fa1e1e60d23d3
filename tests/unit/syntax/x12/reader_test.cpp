// The reader: parts, delimiters, oddities of the envelope, and the first law: what is read can be written back.
#include "reader_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace wharf::x12 {
namespace {

using namespace test;

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
        if (kinds_of(text).find("X12-0013") == std::string::npos) { // a break where records end is taken out
            ASSERT_EQ(written_back(text), text) << text;
        }
    }
}

TEST(Reader, end_of_file_marks_are_named) {
    auto const end = std::to_string(small.size());
    EXPECT_EQ(kinds_of(small + "\x1a"), "ISA GS SET4 GE IEA X12-0014@" + end);
    EXPECT_EQ(kinds_of(small + std::string(128, '\x1a') + "\r\n"), "ISA GS SET4 GE IEA X12-0014@" + end);
    EXPECT_EQ(kinds_of(small + "\x1a" + small), "ISA GS SET4 GE IEA JUNK ISA GS SET4 GE IEA X12-0003@" + end) << "in the middle it is junk";
    EXPECT_EQ(kinds_of(small + std::string(2000, '\x1a')), "ISA GS SET4 GE IEA JUNK X12-0003@" + end) << "more than any block is filled up with";
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
