#include "syntax/x12/reader.hpp"

#include "syntax/x12/writer.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
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
    EXPECT_EQ(kinds_of("\xef\xbb\xbf\r\n" + small + "\r\n\r\n" + other), "ISA GS SET4 GE IEA ISA GS SET4 GE IEA");
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
