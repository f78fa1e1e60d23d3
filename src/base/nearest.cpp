#include "base/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace wharf {

std::size_t edit_distance(std::string_view left, std::string_view right) {
    left = left.substr(0, 100);
    right = right.substr(0, 100);
    // Three rows of the table: prefixes of `left` with i - 1, i and i + 1 letters, each against every prefix of
    // `right`.
    std::vector<std::size_t> before(right.size() + 1), row(right.size() + 1), next(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        next[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            next[j + 1] = std::min({row[j] + (left[i] != right[j]), next[j] + 1, row[j + 1] + 1});
            if (i > 0 && j > 0 && left[i] == right[j - 1] && left[i - 1] == right[j])
                next[j + 1] = std::min(next[j + 1], before[j - 1] + 1);
        }
        std::swap(before, row);
        std::swap(row, next);
    }
    return row.back();
}

std::string nearest_word(std::string_view word, std::vector<std::string> const& candidates) {
    std::string nearest;
    std::size_t least = std::max<std::size_t>(1, std::min<std::size_t>(word.size(), 30) / 3) + 1;
    for (auto const& candidate : candidates)
        if (auto const distance = edit_distance(word, candidate); distance < least) {
            least = distance;
            nearest = candidate;
        }
    return nearest;
}

} // namespace wharf
