#include "grammar/hierarchy.hpp"

#include "base/limits.hpp"
#include "grammar/value_rule.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr auto none = HierarchyEntry::none;

/// HL01 as a number; none for "A1", and for numbers that no HL can have.
std::uint32_t number_in(std::string_view text) {
    std::uint32_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : none;
}

/// "007" and "7" are one number.
std::string_view without_leading_zeros(std::string_view text) {
    while (text.size() > 1 && text.front() == '0')
        text.remove_prefix(1);
    return text;
}

std::string and_more(std::size_t further, std::string_view what) {
    return further == 0 ? std::string() : fmt::format("; so {} {} further {}", further == 1 ? "has" : "have", further, what);
}

} // namespace

Hierarchy::Hierarchy(Schema const& schema) : schema_(schema), levels_(schema.narrowed().levels) {
    auto const slot = schema.find_segment("HL");
    if (slot < 0)
        return;
    hl_nodes_.resize(schema.nodes().size());
    for (std::size_t node = 0; node < hl_nodes_.size(); ++node)
        hl_nodes_[node] = schema.nodes()[node].segment == slot ? 1 : 0;
    first_ = levels_.count_from.value_or(1);
}

void Hierarchy::run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Findings& findings) {
    collect(set, nodes);
    if (entries_.empty())
        return;
    for (auto const& found : findings.found())
        if (found.code == "X12-0203" && found.place.segment_id == "HL")
            ++missing_heads_;
    is_broken_ = missing_heads_ > 0;
    find_levels();
    find_parents();
    count_children();
    check_parents(findings);
    check_duplicates(findings);
    check_numbers(findings);
    check_absent_parents(findings);
    check_child_flags(findings);
    check_depth(findings);
    check_levels(findings);
}

void Hierarchy::collect(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes) {
    set_ = &set;
    nodes_ = &nodes;
    entries_.clear();
    counts_up_ = true;
    has_parents_ = false;
    is_broken_ = false;
    missing_heads_ = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        // An HL without a place in the set is one to its children all the same.
        if (nodes[i] == no_node ? set[i].id() != "HL" : hl_nodes_[nodes[i]] == 0)
            continue;
        HierarchyEntry entry;
        entry.segment = static_cast<std::uint32_t>(i);
        entry.number = number_in(set[i].element(1));
        counts_up_ = counts_up_ && entry.number == first_ + entries_.size();
        has_parents_ = has_parents_ || !set[i].element(2).empty();
        entries_.push_back(entry);
    }
    by_number_.clear();
    if (counts_up_ || !has_parents_)
        return;
    for (std::uint32_t i = 0; i < entries_.size(); ++i)
        by_number_.emplace_back(without_leading_zeros(element(i, 1)), i);
    std::ranges::sort(by_number_);
}

/// The last HL of that number before the entry; none when there is none.
std::uint32_t Hierarchy::find_entry(std::string_view number, std::uint32_t before) const {
    if (counts_up_) {
        auto const value = number_in(number);
        return value != none && value >= first_ && value - first_ < before ? value - first_ : none;
    }
    auto const place = std::ranges::lower_bound(by_number_, std::pair(without_leading_zeros(number), before));
    if (place == by_number_.begin() || std::prev(place)->first != without_leading_zeros(number))
        return none;
    return std::prev(place)->second;
}

void Hierarchy::find_parents() {
    unknown_parents_.clear();
    knows_parents_ = has_parents_;
    if (!has_parents_) {
        infer_parents();
        return;
    }
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        auto const named = element(i, 2);
        if (named.empty())
            continue;
        entries_[i].parent = find_entry(named, i);
        if (entries_[i].parent == none)
            unknown_parents_.push_back({named, i});
    }
}

void Hierarchy::count_children() {
    for (auto& entry : entries_) {
        if (entry.parent == none)
            continue;
        ++entries_[entry.parent].children;
        entry.depth = entries_[entry.parent].depth + 1;
    }
}

Diagnostic Hierarchy::at_element(std::string_view code, std::uint32_t entry, std::uint32_t number, std::string message, std::string help,
                                 Findings& findings) const {
    auto diagnostic = findings.at_segment(code, entries_[entry].segment, node_of(entry), std::move(message), std::move(help));
    findings.at_element(diagnostic, entries_[entry].segment, number);
    diagnostic.acknowledgment.element = "7";
    return diagnostic;
}

/// Of an HL that has no place in the set, that is all there is to say.
void Hierarchy::add(Diagnostic diagnostic, std::uint32_t entry, Findings& findings) const {
    if (node_of(entry) != no_node)
        findings.add(std::move(diagnostic));
}

/// A parent that does not exist is said once, at the first HL that names it: the missing HL is the fault, not its children.
void Hierarchy::check_parents(Findings& findings) {
    auto& faults = unknown_parents_;
    if (faults.empty())
        return;
    std::ranges::sort(faults, [](Fault const& a, Fault const& b) { return std::pair(a.value, a.entry) < std::pair(b.value, b.entry); });
    for (std::size_t i = 0; i < faults.size();) {
        auto const [value, entry] = faults[i];
        auto const first = i;
        while (i < faults.size() && faults[i].value == value)
            ++i;
        if (entry == 0 || value == "0") {
            // Nothing is broken: it is the top of its tree all the same.
            add(at_element("X12-0504", entry, 2,
                                    fmt::format("HL02 {} names a parent, but {}{}", quote_value(value), entry == 0 ? "this is the first HL" : "no HL has that number",
                                                and_more(i - first - 1, "HL")),
                                    "Leave HL02 empty in an HL that has no parent.", findings), entry, findings);
            continue;
        }
        is_broken_ = true;
        if (missing_heads_ > 0) { // structure has said that an HL is missing: this is what follows from it
            --missing_heads_;
            continue;
        }
        auto const itself = without_leading_zeros(value) == without_leading_zeros(element(entry, 1));
        auto const later = itself ? none : find_entry(value, static_cast<std::uint32_t>(entries_.size()));
        auto diagnostic = at_element("X12-0503", entry, 2,
                                     itself          ? fmt::format("HL02 {} names the HL itself as its parent", quote_value(value))
                                     : later != none ? fmt::format("HL02 {} names a parent that comes only later{}", quote_value(value), and_more(i - first - 1, "HL"))
                                                     : fmt::format("HL02 {} names a parent that does not exist{}", quote_value(value), and_more(i - first - 1, "HL")),
                                     "HL02 is the HL01 of an HL that stands before this one. Look for an HL that was left out, moved or numbered anew.", findings);
        if (later != none)
            diagnostic.related.push_back(findings.related(entries_[later].segment, node_of(later), 1, "that HL stands here"));
        add(std::move(diagnostic), entry, findings);
    }
}

void Hierarchy::check_duplicates(Findings& findings) {
    if (counts_up_)
        return;
    if (by_number_.empty()) { // not needed for parents: none are named
        for (std::uint32_t i = 0; i < entries_.size(); ++i)
            by_number_.emplace_back(without_leading_zeros(element(i, 1)), i);
        std::ranges::sort(by_number_);
    }
    for (std::size_t i = 1; i < by_number_.size(); ++i) {
        auto const [number, entry] = by_number_[i];
        if (number.empty() || by_number_[i - 1].first != number)
            continue;
        is_broken_ = true;
        auto const first = by_number_[i - 1].second;
        auto diagnostic = at_element("X12-0502", entry, 1, fmt::format("HL01 {} was given to an HL before", quote_value(number)),
                                     "Give each HL of a set a number of its own, counting from 1.", findings);
        diagnostic.related.push_back(findings.related(entries_[first].segment, node_of(first), 1, "the same number here"));
        add(std::move(diagnostic), entry, findings);
    }
}

/// Said once; from there on the sender's own numbers hold. What a missing or doubled HL does to the numbers is no second fault.
void Hierarchy::check_numbers(Findings& findings) {
    if (counts_up_ || is_broken_)
        return;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        auto const expected = first_ + i;
        if (entries_[i].number == expected || element(i, 1).empty())
            continue;
        bool const of_guide = levels_.count_from.has_value();
        is_broken_ = true;
        auto diagnostic = at_element(of_guide ? "X12-0636" : "X12-0501", i, 1,
                                     fmt::format("HL01 is {}, expected \"{}\"", quote_value(element(i, 1)), expected),
                                     fmt::format("HL segments are numbered {}, {}, {} … in the order in which they stand. If a number was passed over, look for an HL that is missing.",
                                                 first_, first_ + 1, first_ + 2), findings);
        if (of_guide)
            add_of_guide(std::move(diagnostic), "I12", i, levels_.levels.empty() ? GuidePlace() : levels_.levels.front().source, findings);
        else
            add(std::move(diagnostic), i, findings);
        return;
    }
}

/// An HL without a parent in a set where others name theirs: another top, when it is of the first one's level; else forgotten.
void Hierarchy::check_absent_parents(Findings& findings) {
    if (!has_parents_ || levels_.parent_required || levels_.parent_unused)
        return;
    auto const top = element(0, 3);
    std::uint32_t first = none;
    std::size_t count = 0;
    for (std::uint32_t i = 1; i < entries_.size(); ++i) {
        if (!element(i, 2).empty() || element(i, 3) == top)
            continue;
        if (entries_[i].level != none && levels_.levels[entries_[i].level].under.empty())
            continue;
        first = count++ == 0 ? i : first;
    }
    if (count == 0)
        return;
    is_broken_ = true;
    add(at_element("X12-0509", first, 2, fmt::format("HL02 is missing, though other HL segments of this set name their parent{}", and_more(count - 1, "HL")),
                            "Send the HL01 of the HL that this one belongs to.", findings), first, findings);
}

/// Decided when the set has ended. Said once for each level and value: a sender who sets it wrong does so throughout.
void Hierarchy::check_child_flags(Findings& findings) {
    if (!has_parents_ || is_broken_ || levels_.child_unused)
        return;
    struct Habit {
        std::string_view level, flag;
        std::uint32_t entry;
        std::size_t count;
    };
    std::vector<Habit> habits;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        auto const flag = element(i, 4);
        if (flag != "0" && flag != "1") // empty, or not a code: the element check's business
            continue;
        if ((flag == "1") == (entries_[i].children > 0))
            continue;
        auto const level = element(i, 3);
        auto const known = std::ranges::find_if(habits, [&](Habit const& habit) { return habit.level == level && habit.flag == flag; });
        if (known != habits.end())
            ++known->count;
        else if (habits.size() < 100)
            habits.push_back({level, flag, i, 1});
    }
    for (auto const& [level, flag, entry, count] : habits) {
        auto const& found = entries_[entry];
        auto const message = flag == "1" ? fmt::format("HL04 is 1, children follow, but no HL names this one (HL01 {}) as its parent{}", quote_value(element(entry, 1)),
                                                       and_more(count - 1, "HL of this level"))
                                         : fmt::format("HL04 is 0, no children, but {} HL {} this one (HL01 {}) as {} parent{}", found.children,
                                                       found.children == 1 ? "names" : "name", quote_value(element(entry, 1)), found.children == 1 ? "its" : "their",
                                                       and_more(count - 1, "HL of this level"));
        add(at_element("X12-0505", entry, 4, message, "HL04 is 1 where HL segments follow that belong below this one, else 0; it may be left out.", findings), entry, findings);
    }
}

void Hierarchy::check_depth(Findings& findings) {
    auto const deep = std::ranges::find_if(entries_, [](HierarchyEntry const& entry) { return entry.depth > limits::hierarchy_depth; });
    if (deep == entries_.end())
        return;
    auto const entry = static_cast<std::uint32_t>(deep - entries_.begin());
    add(at_element("X12-0506", entry, 2, fmt::format("HL segments stand more than {} levels below each other", limits::hierarchy_depth),
                            "A shipment has some five levels. Look for an HL02 that names the HL before it instead of its parent.", findings), entry, findings);
}

} // namespace wharf::grammar
