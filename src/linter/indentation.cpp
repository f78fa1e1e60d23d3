#include "linter/indentation.hpp"

#include "linter/set_tree.hpp"

#include <algorithm>

namespace wharf::linter {
namespace {

constexpr std::size_t deepest = 32;

} // namespace

std::vector<std::size_t> indentation_of(grammar::Item const& item) {
    SetTree tree;
    tree.build(item);
    auto const& occurrences = tree.occurrences();
    std::vector<std::size_t> depths(occurrences.size(), 0);
    for (std::size_t i = 1; i < occurrences.size(); ++i) // a parent stands before its children
        depths[i] = depths[occurrences[i].parent] + 1;
    std::vector<std::size_t> levels(item.part->segments.size());
    for (std::uint32_t i = 0; i < levels.size(); ++i) {
        auto const owner = tree.owner(i);
        bool const begins_loop = owner != 0 && occurrences[owner].begin == i;
        levels[i] = std::min(depths[owner] + (begins_loop ? 0 : 1), deepest);
    }
    levels.front() = 0;
    if (item.part->terminated)
        levels.back() = 0;
    return levels;
}

} // namespace wharf::linter
