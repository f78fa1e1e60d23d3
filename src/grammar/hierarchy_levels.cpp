// What the `levels` of a guide add to the tree: who may stand below whom, what must be there and how often, which of HL01, HL02 and
// HL04 are used.
#include "grammar/guide_finding.hpp"
#include "grammar/hierarchy.hpp"
#include "grammar/value_rule.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr auto none = HierarchyEntry::none;

std::string in_words(LevelRule const& level) {
    return level.name.empty() ? "level " + level.code : fmt::format("level {} \"{}\"", level.code, level.name);
}

std::string list(std::vector<std::string> const& codes) {
    std::string text;
    for (auto const& code : codes)
        text += (text.empty() ? "" : " or ") + code;
    return text;
}

bool contains(std::vector<std::string> const& codes, std::string_view code) { return std::ranges::find(codes, code) != codes.end(); }

} // namespace

std::uint32_t Hierarchy::level_index(std::string_view code) const {
    auto const found = std::ranges::find(levels_.levels, code, &LevelRule::code);
    return found == levels_.levels.end() ? none : static_cast<std::uint32_t>(found - levels_.levels.begin());
}

void Hierarchy::find_levels() {
    if (levels_.levels.empty())
        return;
    for (std::uint32_t i = 0; i < entries_.size(); ++i)
        entries_[i].level = level_index(element(i, 3));
}

/// No HL names its parent: each belongs to the nearest one before it, on the way up, whose level may be its parent.
void Hierarchy::infer_parents() {
    if (levels_.levels.empty())
        return;
    knows_parents_ = true;
    path_.clear();
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        auto& entry = entries_[i];
        if (entry.level == none)
            continue;
        auto const& under = levels_.levels[entry.level].under;
        auto keep = path_.size();
        while (keep > 0 && !contains(under, levels_.levels[entries_[path_[keep - 1]].level].code))
            --keep;
        if (keep == 0 && !under.empty()) {
            // No HL that may be its parent is open: it hangs where it stands, beside its like, and is told so. Right paths are no
            // longer than the levels are many; wrong ones must not grow either.
            keep = std::min(path_.size(), levels_.levels.size());
            while (keep > 0 && entries_[path_[keep - 1]].level == entry.level)
                --keep;
        }
        path_.resize(keep);
        entry.parent = path_.empty() ? none : path_.back();
        path_.push_back(i);
    }
}

void Hierarchy::add_of_guide(Diagnostic diagnostic, std::string_view implementation_element, std::uint32_t entry, GuidePlace const& source,
                             Findings& findings) const {
    if (!implementation_element.empty())
        diagnostic.acknowledgment.implementation_element = implementation_element;
    mark_of_guide(diagnostic, source, false, "the level");
    add(std::move(diagnostic), entry, findings);
}

void Hierarchy::check_levels(Findings& findings) {
    if (levels_.levels.empty())
        return;
    check_level_cells(findings);
    if (!unknown_parents_.empty() && is_broken_) // what is wrong with the parents has been said
        return;
    check_places_of_levels(findings);
    check_counts_of_levels(findings);
}

/// HL02 and HL04 as the guide wants them; said once each, a sender does it throughout.
void Hierarchy::check_level_cells(Findings& findings) {
    auto const once = [&](std::uint32_t number, std::string_view code, std::string_view element_code, std::string_view implementation_code, std::string_view what,
                          std::string_view help, auto const& is_wrong) {
        std::uint32_t first = none;
        std::size_t count = 0;
        for (std::uint32_t i = 0; i < entries_.size(); ++i)
            if (is_wrong(i))
                first = count++ == 0 ? i : first;
        if (count == 0)
            return;
        auto diagnostic = at_element(code, first, number, fmt::format("HL{:02} {}{}", number, what, count == 1 ? std::string() : fmt::format("; so it is in {} further HL", count - 1)),
                                     std::string(help), findings);
        diagnostic.acknowledgment.element = element_code;
        add_of_guide(std::move(diagnostic), implementation_code, first, levels_.levels.front().source, findings);
    };
    if (levels_.parent_unused)
        once(2, "X12-0634", "2", "I10", "is sent, and the guide does not use it", "Leave HL02 empty.", [&](std::uint32_t i) { return !element(i, 2).empty(); });
    if (levels_.parent_required)
        once(2, "X12-0635", "1", "I9", "is missing, and the guide wants the parent of every level but the top", "Send the HL01 of the parent.", [&](std::uint32_t i) {
            auto const level = entries_[i].level;
            return element(i, 2).empty() && (level == none ? i > 0 : !levels_.levels[level].under.empty());
        });
    if (levels_.child_unused)
        once(4, "X12-0634", "2", "I10", "is sent, and the guide does not use it", "Leave HL04 out.", [&](std::uint32_t i) { return !element(i, 4).empty(); });
}

/// A level that the guide does not list is a matter of its rows (`unlisted`), and so is what stands below one.
void Hierarchy::check_places_of_levels(Findings& findings) {
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        auto& entry = entries_[i];
        if (entry.level == none)
            continue;
        auto const& level = levels_.levels[entry.level];
        if (entry.parent == none) {
            bool const is_said = levels_.parent_required || (has_parents_ && i > 0 && element(i, 3) != element(0, 3)); // that HL02 is missing
            if (level.under.empty() || is_said)
                continue;
            entry.is_misplaced = true;
            add_of_guide(at_element("X12-0631", i, 3, fmt::format("{} stands at the top; the guide has it below {}", in_words(level), list(level.under)),
                                    "Send the HL that it belongs to before it.", findings),
                         "I12", i, level.source, findings);
            continue;
        }
        auto const& parent = entries_[entry.parent];
        if (parent.level == none || contains(level.under, levels_.levels[parent.level].code))
            continue;
        entry.is_misplaced = true;
        auto diagnostic = at_element("X12-0631", i, 3,
                                     fmt::format("{} stands below {}; the guide has it {}", in_words(level), in_words(levels_.levels[parent.level]),
                                                 level.under.empty() ? "at the top" : "below " + list(level.under)),
                                     "Send the levels in the order of the guide, each with the HL01 of its own parent in HL02.", findings);
        diagnostic.related.push_back(findings.related(parent.segment, node_of(entry.parent), 3, "the parent stands here"));
        add_of_guide(std::move(diagnostic), "I12", i, level.source, findings);
    }
}

/// True when HL of `parent_level` can have children of no other level.
bool Hierarchy::is_only_child_of(std::uint32_t level, std::uint32_t parent_level) const {
    auto const& code = levels_.levels[parent_level].code;
    for (std::uint32_t other = 0; other < levels_.levels.size(); ++other)
        if (contains(levels_.levels[other].under, code) != (other == level))
            return false;
    return true;
}

void Hierarchy::check_counts_of_levels(Findings& findings) {
    for (std::uint32_t index = 0; index < levels_.levels.size(); ++index) {
        auto const& level = levels_.levels[index];
        bool in_set = level.under.empty();
        for (auto const& code : level.under) {
            auto const parent = level_index(code);
            if (parent != none && knows_parents_ && is_only_child_of(index, parent))
                check_count_in_parents(level, index, parent, findings);
            else
                in_set = true;
        }
        if (in_set)
            check_count_in_set(level, index, findings);
    }
}

void Hierarchy::check_count_in_set(LevelRule const& level, std::uint32_t index, Findings& findings) {
    std::uint32_t count = 0;
    std::uint32_t surplus = none;
    for (std::uint32_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].level == index && ++count == level.max + 1 && level.max != 0 && !entries_[i].is_misplaced)
            surplus = i;
    auto const min = std::max(level.min, level.mandatory ? 1u : 0u);
    // A set whose tree is broken, or begins below its top, has been told so.
    bool const is_said = is_broken_ || (level.under.empty() && entries_[0].is_misplaced);
    if (count < min && !is_said) {
        auto diagnostic = findings.at_segment("X12-0632", entries_[0].segment, node_of(0),
                                              min == 1 ? fmt::format("{} is missing from this set", in_words(level))
                                                       : fmt::format("{} occurs {} times in this set, the guide wants at least {}", in_words(level), count, min),
                                              fmt::format("Send an HL with {} in HL03.", level.code));
        diagnostic.acknowledgment.segment = "3";
        diagnostic.acknowledgment.implementation_segment = "I7";
        add_of_guide(std::move(diagnostic), {}, 0, level.source, findings);
    }
    if (surplus == none)
        return;
    auto diagnostic = at_element("X12-0633", surplus, 3, fmt::format("{} occurs {} times in this set, the guide allows {}", in_words(level), count, level.max),
                                 "Send the rest in another set.", findings);
    diagnostic.acknowledgment = {};
    diagnostic.acknowledgment.segment = "4";
    add_of_guide(std::move(diagnostic), {}, surplus, level.source, findings);
}

void Hierarchy::check_count_in_parents(LevelRule const& level, std::uint32_t index, std::uint32_t parent_level, Findings& findings) {
    counts_.assign(entries_.size(), 0);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        auto const& entry = entries_[i];
        if (entry.level != index || entry.parent == none || entries_[entry.parent].level != parent_level)
            continue;
        if (++counts_[entry.parent] != level.max + 1 || level.max == 0)
            continue;
        auto diagnostic = at_element("X12-0633", i, 3, fmt::format("{} occurs more than {} time{} below one {}", in_words(level), level.max, level.max == 1 ? "" : "s", in_words(levels_.levels[parent_level])),
                                     "Send the rest below another parent, or in another set.", findings);
        diagnostic.acknowledgment = {};
        diagnostic.acknowledgment.segment = "4";
        diagnostic.related.push_back(findings.related(entries_[entry.parent].segment, node_of(entry.parent), 1, "the parent stands here"));
        add_of_guide(std::move(diagnostic), {}, i, level.source, findings);
    }
    auto const min = std::max(level.min, level.mandatory ? 1u : 0u);
    if (min == 0 || is_broken_)
        return;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].level != parent_level || counts_[i] >= min || entries_[i].is_misplaced)
            continue;
        auto diagnostic = findings.at_segment("X12-0632", entries_[i].segment, node_of(i),
                                              fmt::format("{} is missing below this HL ({}, HL01 {}): {} of {}", in_words(level), in_words(levels_.levels[parent_level]),
                                                          quote_value(element(i, 1)), counts_[i], min),
                                              fmt::format("Send an HL with {} in HL03 and the HL01 of this one in HL02.", level.code));
        diagnostic.acknowledgment.segment = "3";
        diagnostic.acknowledgment.implementation_segment = "I7";
        add_of_guide(std::move(diagnostic), {}, i, level.source, findings);
    }
}

} // namespace wharf::grammar
