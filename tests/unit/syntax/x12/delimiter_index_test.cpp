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
    std::vector<std::uint32_t> positions, terminators;
    std::vector<bool> not_text;
    bool operator==(Found const&) const = default;
};

bool is_text(unsigned char c, Delimiters const& delimiters) {
    auto const is = [&](char mark) { return mark != '\0' && c == static_cast<unsigned char>(mark); };
    return c >= 0x20 && c < 0x7f && !is(delimiters.component) && !is(delimiters.repetition);
}

/// One byte at a time, as the header says it.
Found obvious(std::string_view text, std::uint32_t first, Delimiters const& delimiters, std::uint32_t count = 0) {
    Found found;
    auto const is_position = [&](std::size_t i) {
        return i < text.size() && (text[i] == delimiters.element || text[i] == delimiters.segment);
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == delimiters.segment)
            found.terminators.push_back(count + static_cast<std::uint32_t>(found.positions.size()));
        if (is_position(i))
            found.positions.push_back(first + static_cast<std::uint32_t>(i));
        bool const blank_beside = text[i] == ' ' && ((i != 0 && is_position(i - 1)) || is_position(i + 1));
        found.not_text.push_back(!is_text(static_cast<unsigned char>(text[i]), delimiters) || blank_beside);
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
constexpr std::uint32_t count_before = 77;

/// `text` is a whole number of blocks.
Found by_kernel(NamedKernel const& kernel, std::string const& text, std::uint32_t first, Delimiters const& delimiters) {
    auto const blocks = text.size() / 64;
    std::vector<std::uint32_t> positions(text.size() + 64, untouched), terminators(text.size() + 64, untouched);
    std::vector<std::uint64_t> not_text(blocks + 1, untouched);
    auto const ends = kernel.run({text.data(), blocks, first, count_before, delimiters, positions.data(), terminators.data(), not_text.data()});
    auto const cut = [&](std::vector<std::uint32_t>& written, std::uint32_t const* end) {
        EXPECT_LE(static_cast<std::size_t>(end - written.data()), text.size());
        EXPECT_TRUE(std::all_of(written.begin() + static_cast<std::ptrdiff_t>(text.size()) + 16, written.end(),
                                [](auto position) { return position == untouched; }))
            << kernel.name << " writes more than sixteen positions ahead";
        written.resize(static_cast<std::size_t>(end - written.data()));
    };
    cut(positions, ends.positions);
    cut(terminators, ends.terminators);
    EXPECT_EQ(not_text[blocks], untouched) << kernel.name;
    return {positions, terminators, bits(not_text.data(), text.size())};
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
                auto const expected = obvious(text, 1000, delimiters, count_before);
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
            EXPECT_EQ(by_kernel(kernel, text, 0, delimiters), obvious(text, 0, delimiters, count_before)) << kernel.name;
}

/// What the index of a whole text must say: the obvious answer, and the end as one more position.
void expect_whole(DelimiterIndex const& index, std::string const& text, Delimiters const& delimiters) {
    auto expected = obvious(text, 0, delimiters);
    expected.terminators.push_back(static_cast<std::uint32_t>(expected.positions.size()));
    expected.positions.push_back(static_cast<std::uint32_t>(text.size()));
    auto const terminators = index.terminators();
    Found const found{{index.positions(), index.positions() + index.count()},
                      {terminators.begin(), terminators.end()},
                      bits(index.not_text(), text.size())};
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

TEST(DelimiterIndex, GoesOnBehindBinaryData) {
    std::mt19937 random(67);
    for (unsigned turn = 0; turn < 300; ++turn) {
        auto const& delimiters = kinds[turn % std::size(kinds)];
        auto const text = draw(random, 200 + random() % 500, 150, delimiters);
        auto const begin = 1 + random() % 150; // of the data; a terminator is said to stand at `end`
        auto const end = begin + random() % (text.size() - begin - 1);
        DelimiterIndex index;
        index.reset(delimiters);
        index.extend(text.data(), text.size(), true, random() % 2 == 0 ? text.size() : 128);
        auto const before = obvious(text.substr(0, begin), 0, delimiters);
        if (before.positions.size() > index.count())
            continue;
        std::uint32_t const added[] = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
        index.resume(before.positions.size(), added, end + 1);
        while (!index.complete())
            index.extend(text.data(), text.size(), true, 128);
        auto expected = before;
        expected.positions.insert(expected.positions.end(), std::begin(added), std::end(added));
        expected.terminators.push_back(static_cast<std::uint32_t>(expected.positions.size() - 1));
        auto const count = static_cast<std::uint32_t>(expected.positions.size());
        auto const rest = obvious(text.substr(end + 1), static_cast<std::uint32_t>(end + 1), delimiters, count);
        expected.positions.insert(expected.positions.end(), rest.positions.begin(), rest.positions.end());
        expected.terminators.insert(expected.terminators.end(), rest.terminators.begin(), rest.terminators.end());
        expected.terminators.push_back(static_cast<std::uint32_t>(expected.positions.size()));
        expected.positions.push_back(static_cast<std::uint32_t>(text.size()));
        auto const terminators = index.terminators();
        EXPECT_EQ(std::vector(index.positions(), index.positions() + index.count()), expected.positions);
        EXPECT_EQ(std::vector(terminators.begin(), terminators.end()), expected.terminators);
    }
}

} // namespace
} // namespace wharf::x12
