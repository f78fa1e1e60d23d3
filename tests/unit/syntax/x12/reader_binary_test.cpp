// The reader where segments hold binary data of a length they say: BIN, BDS, EFI.
#include "reader_fixture.hpp"

namespace wharf::x12 {
namespace {

using namespace test;

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

} // namespace
} // namespace wharf::x12
