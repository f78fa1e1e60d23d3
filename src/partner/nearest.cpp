#include "partner/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace wharf::partner {

std::size_t edit_distance(std::string_view left, std::string_view right) {
    left = left.substr(0, 100);
    right = right.substr(0, 100);
    std::vector<std::size_t> row(right.size() + 1); // distance of a prefix of `left` to every prefix of `right`
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            auto const replaced = diagonal + (left[i] != right[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
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

} // namespace wharf::partner
