#include "tools/wharf/command_line.hpp"

#include <algorithm>
#include <numeric>

namespace wharf::cli {
namespace {

/// Edits (insert, delete, replace, swap of neighbours) from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, previous(b.size() + 1), row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = std::move(previous);
        previous = row;
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), previous[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row.back();
}

} // namespace

std::string nearest_word(std::string_view word, std::vector<std::string> const& words) {
    std::string best;
    auto best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1; // further away is another word
    word = word.substr(0, 64);
    for (auto const& candidate : words)
        if (auto const edits = distance(word, candidate); edits < best_distance) {
            best = candidate;
            best_distance = edits;
        }
    return best;
}

} // namespace wharf::cli
