#include "linter/set_tree.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace wharf::linter {

using grammar::no_node;

void SetTree::open(std::uint32_t segment, grammar::NodeIndex node) {
    auto const index = static_cast<std::uint32_t>(occurrences_.size());
    Occurrence made;
    made.node = node;
    made.begin = segment;
    made.parent = open_.back();
    occurrences_.push_back(made);
    open_.push_back(index);
    if ((*segments_)[segment].id() == "HL")
        levels_.push_back(index);
}

void SetTree::close(std::uint32_t segment) {
    occurrences_[open_.back()].end = segment;
    open_.pop_back();
}

void SetTree::build(grammar::Item const& item) {
    segments_ = &item.part->segments;
    schema_ = item.schema.get();
    nodes_ = item.schema != nullptr ? item.nodes : nullptr;
    auto const count = static_cast<std::uint32_t>(segments_->size());
    occurrences_.assign(1, {});
    owners_.assign(count, 0);
    open_.assign(1, 0);
    levels_.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
        if (auto const node = node_of(i); node != no_node) {
            auto const& row = schema_->nodes()[node];
            auto const loop_at = [&](std::uint32_t occurrence) {
                return occurrence == 0 ? std::uint16_t{0} : schema_->nodes()[occurrences_[occurrence].node].loop;
            };
            auto const into = row.starts_loop ? schema_->loops()[row.loop].parent : row.loop;
            while (open_.size() > 1 && !schema_->is_inside(into, loop_at(open_.back())))
                close(i);
            if (row.starts_loop && row.loop != 0)
                open(i, node);
        }
        owners_[i] = open_.back();
    }
    while (!open_.empty())
        close(count);
    place_levels();
    link_children();
}

/// HL02 names the parent. Where no HL of a set does, a level that has been met before is a sibling of that one, any other a child of the last.
void SetTree::place_levels() {
    auto const element = [&](std::uint32_t occurrence, std::uint32_t number) {
        return (*segments_)[occurrences_[occurrence].begin].element(number);
    };
    bool const says_parents = std::ranges::any_of(levels_, [&](std::uint32_t level) { return !element(level, 2).empty(); });
    std::unordered_map<std::string_view, std::uint32_t> by_number;
    std::vector<std::uint32_t> path; // of levels told by their kinds
    for (auto const level : levels_) {
        auto& self = occurrences_[level];
        auto parent = Occurrence::none;
        if (says_parents) {
            if (auto const found = by_number.find(element(level, 2)); found != by_number.end() && !element(level, 2).empty())
                parent = found->second;
        } else {
            auto const kind = element(level, 3);
            auto const same = std::ranges::find_if(path, [&](std::uint32_t other) { return element(other, 3) == kind; });
            path.erase(same, path.end());
            if (path.size() >= limits::hierarchy_depth)
                path.pop_back();
            parent = path.empty() ? Occurrence::none : path.back();
            path.push_back(level);
        }
        self.level = 1;
        if (parent != Occurrence::none) {
            bool const is_deepest = occurrences_[parent].level >= limits::hierarchy_depth;
            self.parent = is_deepest ? occurrences_[parent].parent : parent;
            self.level = static_cast<std::uint16_t>(occurrences_[self.parent].level + 1);
        }
        by_number[element(level, 1)] = level;
    }
}

void SetTree::link_children() {
    for (std::uint32_t i = 1; i < occurrences_.size(); ++i) {
        auto& parent = occurrences_[occurrences_[i].parent];
        if (parent.first_child == Occurrence::none)
            parent.first_child = i;
        else
            occurrences_[parent.last_child].next = i;
        parent.last_child = i;
    }
}

std::vector<SetTree::Part> SetTree::parts(std::uint32_t occurrence) const {
    std::vector<Part> parts;
    auto const& self = occurrences_[occurrence];
    auto child = self.first_child;
    for (auto i = self.begin; i < self.end;) {
        if (owners_[i] == occurrence) {
            parts.push_back({true, i++});
            continue;
        }
        if (child != Occurrence::none && occurrences_[child].begin == i) {
            parts.push_back({false, child});
            child = occurrences_[child].next;
        }
        i = occurrences_[owners_[i]].end;
    }
    for (; child != Occurrence::none; child = occurrences_[child].next)
        parts.push_back({false, child});
    return parts;
}

} // namespace wharf::linter
