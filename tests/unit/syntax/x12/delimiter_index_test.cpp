// Every kernel of the index against the smallest obvious one, and the index against itself in pieces.
#include "syntax/x12/delimiter_index.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace wharf::x12 {
namespace {

/// Positions and bitmaps as vectors, comparable.
struct Found {
    std::vector<std::uint32_t> positions;
    std::vector<bool> not_text, not_digit;
    bool operator==(Found const&) const = default;
};

bool is_text(unsigned char c, Delimiters const& delimiters) {
    auto const is = [&](char mark) { return mark != '\0' && c == static_cast<unsigned char>(mark); };
    return c >= 0x20 && c < 0x7f && !is(delimiters.component) && !is(delimiters.repetition);
}

/// One byte at a time, as the header says it.
Found obvious(std::string_view text, std::uint32_t first, Delimiters const& delimiters) {
    Found found;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        if (text[i] == delimiters.element || text[i] == delimiters.segment)
            found.positions.push_back(first + static_cast<std::uint32_t>(i));
        found.not_text.push_back(!is_text(c, delimiters));
        found.not_digit.push_back(c < '0' || c > '9');
    }
    return found;
}

std::vector<bool> bits(std::uint64_t const* words, std::size_t count) {
    std::vector<bool> found(count);
    for (std::size_t i = 0; i < count; ++i)
        found[i] = (words[i / 64] >> (i % 64) & 1) != 0;
    return found;
}

constexpr std::uint32_t untouched = 0xdeadbeef;

/// `text` is a whole number of blocks.
Found by_kernel(NamedKernel const& kernel, std::string const& text, std::uint32_t first, Delimiters const& delimiters) {
    auto const blocks = text.size() / 64;
    std::vector<std::uint32_t> positions(text.size() + 16, untouched);
    std::vector<std::uint64_t> not_text(blocks + 1, untouched), not_digit(blocks + 1, untouched);
    auto const* end = kernel.run({text.data(), blocks, first, delimiters, positions.data(), not_text.data(), not_digit.data()});
    EXPECT_LE(static_cast<std::size_t>(end - positions.data()), text.size());
    EXPECT_TRUE(std::all_of(positions.begin() + static_cast<std::ptrdiff_t>(text.size()) + 8, positions.end(),
                            [](auto position) { return position == untouched; }))
        << kernel.name << " writes more than eight positions ahead";
    EXPECT_EQ(not_text[blocks], untouched) << kernel.name;
    EXPECT_EQ(not_digit[blocks], untouched) << kernel.name;
    positions.resize(static_cast<std::size_t>(end - positions.data()));
    return {positions, bits(not_text.data(), text.size()), bits(not_digit.data(), text.size())};
}

/// Bytes of every kind; `dense` per mille are delimiters.
std::string draw(std::mt19937& random, std::size_t size, unsigned dense, Delimiters const& delimiters) {
    std::string text(size, '\0');
    std::string const marks{delimiters.element, delimiters.segment, delimiters.component, delimiters.repetition};
    for (auto& c : text)
        c = random() % 1000 < dense ? marks[random() % marks.size()]
            : random() % 4 == 0     ? static_cast<char>('0' + random() % 10)
            : random() % 20 == 0    ? static_cast<char>(random() % 256)
                                    : static_cast<char>(' ' + random() % 95);
    return text;
}

constexpr Delimiters kinds[] = {
    {'*', '>', '~', '\0'}, {'*', ':', '~', '^'}, {'|', '<', '\n', '!'}, {'\x1d', '\x1f', '\x1c', '\x1e'}, {'+', '\xa7', '\'', '\xb6'},
};

TEST(DelimiterKernels, AreThereForEveryProcessor) {
    auto const kernels = delimiter_kernels();
    ASSERT_FALSE(kernels.empty());
    EXPECT_EQ(kernels.back().name, "portable");
#if defined(__x86_64__)
    EXPECT_TRUE(std::ranges::any_of(kernels, [](auto const& kernel) { return kernel.name == "sse2"; }));
#endif
}

TEST(DelimiterKernels, AgreeWithTheObviousOne) {
    std::mt19937 random(64);
    for (auto const& delimiters : kinds)
        for (unsigned const dense : {0u, 3u, 150u, 600u, 1000u})
            for (std::size_t const blocks : {0u, 1u, 2u, 3u, 7u, 33u}) {
                auto const text = draw(random, blocks * 64, dense, delimiters);
                auto const expected = obvious(text, 1000, delimiters);
                for (auto const& kernel : delimiter_kernels())
                    EXPECT_EQ(by_kernel(kernel, text, 1000, delimiters), expected) << kernel.name << ", " << dense << " per mille";
            }
}

TEST(DelimiterKernels, KnowEveryByte) {
    std::string text;
    for (unsigned c = 0; c < 256; ++c)
        text += static_cast<char>(c);
    for (auto const& delimiters : kinds)
        for (auto const& kernel : delimiter_kernels())
            EXPECT_EQ(by_kernel(kernel, text, 0, delimiters), obvious(text, 0, delimiters)) << kernel.name;
}

/// What the index of a whole text must say: the obvious answer, and the end as one more position.
void expect_whole(DelimiterIndex const& index, std::string const& text, Delimiters const& delimiters) {
    auto expected = obvious(text, 0, delimiters);
    expected.positions.push_back(static_cast<std::uint32_t>(text.size()));
    Found const found{{index.positions(), index.positions() + index.count()},
                      bits(index.not_text(), text.size()),
                      bits(index.not_digit(), text.size())};
    EXPECT_TRUE(index.complete());
    EXPECT_EQ(found, expected) << text.size() << " bytes";
}

TEST(DelimiterIndex, IsRightForOddSizes) {
    std::mt19937 random(65);
    DelimiterIndex index;
    for (std::size_t size = 0; size < 300; ++size) {
        auto const& delimiters = kinds[size % std::size(kinds)];
        auto const text = draw(random, size, 200, delimiters);
        index.reset(delimiters);
        index.extend(text.data(), text.size(), true, 1 << 20);
        expect_whole(index, text, delimiters);
    }
}

TEST(DelimiterIndex, IsTheSameMadeInPieces) {
    std::mt19937 random(66);
    for (unsigned turn = 0; turn < 200; ++turn) {
        auto const& delimiters = kinds[turn % std::size(kinds)];
        auto const text = draw(random, random() % 5000, 100, delimiters);
        DelimiterIndex index;
        index.reset(delimiters);
        for (std::size_t available = 0; available < text.size(); available += random() % 700) {
            auto const moved = text.substr(0, available); // the text may stand elsewhere each time
            index.extend(moved.data(), moved.size(), false, random() % 300);
        }
        for (unsigned step = 0; step < 10000 && !index.complete(); ++step)
            index.extend(text.data(), text.size(), true, 64 + random() % 300);
        expect_whole(index, text, delimiters);
    }
}

} // namespace
} // namespace wharf::x12
