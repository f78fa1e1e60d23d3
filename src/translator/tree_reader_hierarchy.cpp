// The tree of HL levels, by HL02.
#include "translator/tree_reader.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

using grammar::NodeIndex;

namespace {

unsigned rank_of(std::string_view level, std::span<std::string_view const> levels_from_outside) {
    return static_cast<unsigned>(std::ranges::find(levels_from_outside, level) - levels_from_outside.begin());
}

/// The number a text of digits says; 0 for anything else.
std::uint32_t number_of(std::string_view id) {
    std::uint32_t number = 0;
    for (char const c : id) {
        if (c < '0' || c > '9' || number > 100'000'000) return 0;
        number = number * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return number;
}

} // namespace

std::int32_t TreeReader::find_level(std::string_view id) {
    if (run_.levels_counted) {
        auto const number = number_of(id);
        return number >= 1 && number <= run_.levels.size() && run_.levels[number - 1].id == id
                   ? static_cast<std::int32_t>(number - 1)
                   : -1;
    }
    auto const found = run_.level_ids.find(id);
    return found == run_.level_ids.end() ? -1 : static_cast<std::int32_t>(found->second);
}

/// HL01 is 1, 2, 3, … in nearly every file: then no table is needed to find one.
void TreeReader::add_level(Run::Level const& level) {
    if (run_.levels_counted && number_of(level.id) != run_.levels.size() + 1) {
        run_.levels_counted = false;
        for (std::uint32_t i = 0; i < run_.levels.size(); ++i)
            run_.level_ids.emplace(run_.levels[i].id, i);
    }
    if (!run_.levels_counted) run_.level_ids.emplace(level.id, static_cast<std::uint32_t>(run_.levels.size()));
    run_.levels.push_back(level);
}

void TreeReader::hierarchy_fault(std::uint32_t index, unsigned element_, std::string message, std::string help) {
    diagnostics_.push_back(
        data_diagnostic(plan_, input_, "MAP-0104", index, element_, "HL_INVALID: " + message, std::move(help)));
}

void TreeReader::hierarchy(std::uint32_t index, NodeIndex node, std::uint64_t mask) {
    auto const id = right_trimmed(element(index, 1));
    auto const parent_id = right_trimmed(element(index, 2));
    auto const rank = rank_of(right_trimmed(element(index, 3)), levels_from_outside);
    std::int32_t parent = -1;
    if (!id.empty() && find_level(id) >= 0)
        hierarchy_fault(index, 1, fmt::format("HL01 `{}` was given to an earlier HL already.", id),
                        "Every HL of a set needs a number of its own: 1, 2, 3.");
    if (!parent_id.empty()) {
        parent = find_level(parent_id);
        if (parent < 0 || parent_id == id) {
            hierarchy_fault(index, 2,
                            parent_id == id ? fmt::format("HL02 `{}` points to the HL itself.", parent_id)
                                            : fmt::format("HL02 `{}` points to no earlier HL.", parent_id),
                            "HL02 is the HL01 of the level above, which must stand before.");
            parent = -1;
        }
    } else if (!run_.levels.empty()) {
        for (unsigned above = 0; above < rank && above < std::size(last_of_rank_); ++above)
            parent = std::max(parent, last_of_rank_[above]);
        if (parent >= 0)
            diagnostics_.push_back(
                data_diagnostic(plan_, input_, "MAP-0105", index, 2,
                                fmt::format("HL `{}` does not name its parent (HL02 is empty); it is taken as a "
                                            "child of HL `{}`, the nearest earlier one of a higher level.",
                                            id, run_.levels[static_cast<std::size_t>(parent)].id),
                                "Ask the partner to fill HL02."));
        else
            diagnostics_.push_back(
                data_diagnostic(plan_, input_, "MAP-0105", index, 2,
                                fmt::format("HL `{}` is a second root: no parent is named, and no earlier HL is of "
                                            "a higher level. It is kept in `extensions`.",
                                            id),
                                "Ask the partner to send one shipment per transaction set, or to fill HL02."));
    }
    Run::Level level;
    level.id = id;
    level.rank = rank;
    if (parent >= 0) {
        level.depth = run_.levels[static_cast<std::size_t>(parent)].depth + 1;
        if (level.depth >= limits::hierarchy_depth) {
            diagnostics_.push_back(
                data_diagnostic(plan_, input_, "MAP-0106", index, 2,
                                fmt::format("The HL levels are nested deeper than {}.", limits::hierarchy_depth),
                                "A ship notice has a handful of levels; look at HL02 of the levels above."));
            parent = -1;
            level.depth = 0;
        }
    }
    auto const open = run_.frames.size();
    if (parent >= 0) {
        // the parent's frame stands open in `levels`; its claims take the level below
        auto above = run_.levels[static_cast<std::size_t>(parent)].frame;
        bool const knows = above.scope == nullptr || !above.scope->by_row[node - above.scope->first].empty();
        if (knows) {
            run_.frames.reserve(run_.frames.size() + 1);
            dispatch(above, index, node, mask);
            run_.levels[static_cast<std::size_t>(parent)].frame = above;
        } else {
            dispatch(run_.frames.back(), index, node, mask);
        }
    } else {
        run_.frames.reserve(run_.frames.size() + 1);
        dispatch(run_.frames.back(), index, node, mask);
    }
    if (run_.frames.size() > open) {
        run_.frames.back().level = static_cast<std::int32_t>(run_.levels.size());
        level.frame = run_.frames.back();
    }
    if (rank < std::size(last_of_rank_)) last_of_rank_[rank] = static_cast<std::int32_t>(run_.levels.size());
    add_level(level);
}

} // namespace wharf::translator
