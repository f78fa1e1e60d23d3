#include "translator/difference.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

constexpr std::size_t shown_length = 120;
constexpr std::size_t aligned_length = 400; // longer lists are compared place by place

std::string shortened(std::string text) {
    if (text.size() <= shown_length) return text;
    auto end = shown_length;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return text.substr(0, end) + "…";
}

/// Pairs of equal entries of two lists, in order: a longest common subsequence.
template <class Equal>
std::vector<std::pair<std::size_t, std::size_t>> common(std::size_t a, std::size_t b, Equal const& equal) {
    std::vector<std::vector<std::uint32_t>> best(a + 1, std::vector<std::uint32_t>(b + 1, 0));
    for (std::size_t i = a; i-- > 0;)
        for (std::size_t j = b; j-- > 0;)
            best[i][j] = equal(i, j) ? best[i + 1][j + 1] + 1 : std::max(best[i + 1][j], best[i][j + 1]);
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0, j = 0; i < a && j < b;)
        if (equal(i, j))
            pairs.emplace_back(i++, j++);
        else if (best[i + 1][j] >= best[i][j + 1])
            ++i;
        else
            ++j;
    return pairs;
}

class Comparison {
public:
    explicit Comparison(std::size_t most) : most_(most) {}

    void values(json::Value const& a, json::Value const& b, std::string const& path) {
        if (found.size() >= most_) return;
        if (a.is_object() && b.is_object()) return objects(a, b, path);
        if (a.is_array() && b.is_array()) return lists(a.items(), b.items(), path);
        if (a != b) add(path, &a, &b);
    }

    std::vector<Difference> found;

private:
    void add(std::string path, json::Value const* a, json::Value const* b) {
        if (found.size() >= most_) return;
        found.push_back({std::move(path), a == nullptr ? "" : shortened(json::to_text(*a)),
                         b == nullptr ? "" : shortened(json::to_text(*b))});
    }

    void objects(json::Value const& a, json::Value const& b, std::string const& path) {
        auto const below = [&](std::string const& name) { return path.empty() ? name : path + "." + name; };
        for (auto const& [name, value] : a.members())
            if (auto const* const other = b.find(name))
                values(value, *other, below(name));
            else
                add(below(name), &value, nullptr);
        for (auto const& [name, value] : b.members())
            if (a.find(name) == nullptr) add(below(name), nullptr, &value);
    }

    void lists(json::Array const& a, json::Array const& b, std::string const& path) {
        auto const below = [&](std::size_t index) { return fmt::format("{}[{}]", path, index); };
        std::vector<std::pair<std::size_t, std::size_t>> pairs;
        if (a.size() != b.size() && a.size() < aligned_length && b.size() < aligned_length)
            pairs = common(a.size(), b.size(), [&](auto i, auto j) { return a[i] == b[j]; });
        pairs.emplace_back(a.size(), b.size());
        std::size_t i = 0, j = 0;
        for (auto const& [to_a, to_b] : pairs) {
            for (; i < to_a && j < to_b; ++i, ++j)
                values(a[i], b[j], below(i));
            for (; i < to_a; ++i)
                add(below(i), &a[i], nullptr);
            for (; j < to_b; ++j)
                add(below(j), nullptr, &b[j]);
            i = to_a + 1;
            j = to_b + 1;
        }
    }

    std::size_t most_;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

} // namespace

std::vector<Difference> differences(json::Value const& expected, json::Value const& found, std::size_t most) {
    Comparison comparison(most);
    comparison.values(expected, found, {});
    return std::move(comparison.found);
}

std::vector<Difference> line_differences(std::string_view expected, std::string_view found, std::size_t most) {
    auto const a = lines_of(expected), b = lines_of(found);
    std::vector<Difference> result;
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    if (a.size() < aligned_length && b.size() < aligned_length)
        pairs = common(a.size(), b.size(), [&](auto i, auto j) { return a[i] == b[j]; });
    else
        for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
            if (a[i] == b[i]) pairs.emplace_back(i, i);
    pairs.emplace_back(a.size(), b.size());
    std::size_t i = 0, j = 0;
    for (auto const& [to_a, to_b] : pairs) {
        for (; (i < to_a || j < to_b) && result.size() < most; i += i < to_a, j += j < to_b)
            result.push_back({fmt::format("line {}", i + 1), i < to_a ? shortened(std::string(a[i])) : "",
                              j < to_b ? shortened(std::string(b[j])) : ""});
        i = to_a + 1;
        j = to_b + 1;
    }
    return result;
}

std::string to_text(std::vector<Difference> const& differences) {
    std::string text;
    for (auto const& one : differences) {
        text += one.path.empty() ? std::string("the document") : one.path;
        if (one.expected.empty())
            text += fmt::format(": {} was not expected\n", one.found);
        else if (one.found.empty())
            text += fmt::format(": expected {}, found nothing\n", one.expected);
        else
            text += fmt::format(": expected {}, found {}\n", one.expected, one.found);
    }
    return text;
}

} // namespace wharf::translator
