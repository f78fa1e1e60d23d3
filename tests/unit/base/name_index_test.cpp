#include "base/name_index.hpp"

#include <gtest/gtest.h>

namespace wharf {
namespace {

NameIndex index_of(std::vector<std::string> const& names) {
    NameIndex index;
    index.build(names.size(), [&](std::size_t i) { return std::string_view(names[i]); });
    return index;
}

TEST(NameIndex, finds_names_of_every_length_and_nothing_else) {
    std::vector<std::string> names{""};
    for (std::size_t size = 1; size <= 40; ++size) // alike but for one byte, wherever it stands
        for (std::size_t at = 0; at < size; ++at) {
            names.emplace_back(size, 'a');
            names.back()[at] = 'b';
        }
    auto const index = index_of(names);
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_EQ(index.find(names[i]), i) << names[i];
        EXPECT_EQ(index.find(names[i] + "c"), NameIndex::none) << names[i];
        auto other = names[i];
        if (!other.empty()) other.back() = 'z';
        if (!other.empty()) {
            EXPECT_EQ(index.find(other), NameIndex::none) << other;
        }
    }
}

TEST(NameIndex, zeros_and_high_bytes_are_bytes_like_others) {
    using namespace std::string_view_literals;
    auto const index = index_of({std::string("a\0"sv), "a", "\xff\xfe", std::string("\0"sv)});
    EXPECT_EQ(index.find("a\0"sv), 0);
    EXPECT_EQ(index.find("a"), 1);
    EXPECT_EQ(index.find("\xff\xfe"), 2);
    EXPECT_EQ(index.find("\0"sv), 3);
    EXPECT_EQ(index.find("\0\0"sv), NameIndex::none);
    EXPECT_EQ(index.find(""), NameIndex::none);
}

TEST(NameIndex, nothing_is_found_where_there_are_no_names) {
    EXPECT_EQ(NameIndex().find("a"), NameIndex::none);
    EXPECT_EQ(index_of({}).find("a"), NameIndex::none);
    EXPECT_EQ(index_of({"a", "a"}).find("a"), 0);
}

} // namespace
} // namespace wharf
