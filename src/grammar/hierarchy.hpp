// The tree of HL segments in one set (X12.22, segment HL): HL01 numbers an HL, HL02 names its parent, HL03 says what it is, HL04
// whether children come. What every tree must obey, and what a guide's `levels` add (docs/grammar-language.md).
//
// Real ship notices leave HL02 and HL04 out, number from elsewhere, or order their levels in many ways; so only what really breaks
// the tree is an error, namely a parent that does not exist. The rest are warnings, and what a sender does throughout is said once.
// docs/validator.md, "The tree of HL segments".
//
// No recursion; time is linear in the segments where HL01 counts, else n log n. One object per worker (it keeps scratch memory); the
// schema is shared and must outlive it. Internal to grammar/.
#pragma once

#include "grammar/findings.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// One HL segment as the tree has it.
struct HierarchyEntry {
    static constexpr std::uint32_t none = 0xffffffff;
    std::uint32_t segment = 0;     // index in the set
    std::uint32_t parent = none;   // index among the entries; always smaller than its own
    std::uint32_t number = none;   // HL01, where it is a number
    std::uint32_t children = 0;
    std::uint32_t depth = 1;
    std::uint32_t level = none;    // index among the guide's levels
    bool is_misplaced = false;     // stands where the guide does not have its level, and was told so
};

class Hierarchy {
public:
    explicit Hierarchy(Schema const& schema);

    /// False: the set has no HL. Call run() only where this is true.
    [[nodiscard]] bool any() const { return !hl_nodes_.empty(); }
    /// `nodes`: the row of each segment, no_node for one that has no place.
    void run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Findings& findings);

    /// The tree of the set last run, in the order of the file.
    [[nodiscard]] std::vector<HierarchyEntry> const& entries() const { return entries_; }
    /// True when HL02, or the guide's levels where no HL has an HL02, say who is whose child.
    [[nodiscard]] bool knows_parents() const { return knows_parents_; }

private:
    struct Fault {
        std::string_view value;
        std::uint32_t entry = 0;
    };

    void collect(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes);
    void find_parents();
    [[nodiscard]] std::uint32_t find_entry(std::string_view number, std::uint32_t before) const;
    void count_children();

    // What every tree must obey (hierarchy.cpp).
    void check_parents(Findings& findings);
    void check_duplicates(Findings& findings);
    void check_numbers(Findings& findings);
    void check_child_flags(Findings& findings);
    void check_absent_parents(Findings& findings);
    void check_depth(Findings& findings);

    // What a guide adds (hierarchy_levels.cpp).
    void find_levels();
    void infer_parents();
    void check_levels(Findings& findings);
    void check_level_cells(Findings& findings);
    void check_places_of_levels(Findings& findings);
    void check_counts_of_levels(Findings& findings);
    void check_count_in_set(LevelRule const& level, std::uint32_t index, Findings& findings);
    void check_count_in_parents(LevelRule const& level, std::uint32_t index, std::uint32_t parent_level, Findings& findings);
    [[nodiscard]] bool is_only_child_of(std::uint32_t level, std::uint32_t parent_level) const;
    [[nodiscard]] std::uint32_t level_index(std::string_view code) const;
    void add(Diagnostic diagnostic, std::uint32_t entry, Findings& findings) const;
    void add_of_guide(Diagnostic diagnostic, std::string_view implementation_element, std::uint32_t entry, GuidePlace const& source, Findings& findings) const;

    [[nodiscard]] std::string_view element(std::uint32_t entry, std::uint32_t number) const {
        return (*set_)[entries_[entry].segment].element(number);
    }
    [[nodiscard]] NodeIndex node_of(std::uint32_t entry) const { return (*nodes_)[entries_[entry].segment]; }
    [[nodiscard]] Diagnostic at_element(std::string_view code, std::uint32_t entry, std::uint32_t number, std::string message,
                                        std::string help, Findings& findings) const;

    Schema const& schema_;
    LevelRules const& levels_;
    std::vector<char> hl_nodes_; // by node: 1 for an HL; empty: the set has none

    // Of the set at hand.
    x12::SegmentList const* set_ = nullptr;
    std::vector<NodeIndex> const* nodes_ = nullptr;
    std::vector<HierarchyEntry> entries_;
    std::vector<std::pair<std::string_view, std::uint32_t>> by_number_; // sorted; only where HL01 does not count from 1
    std::vector<Fault> unknown_parents_; // HL02 names no HL before it
    std::vector<std::uint32_t> path_;
    std::vector<std::uint32_t> counts_;
    std::uint32_t first_ = 1;    // the number HL01 should begin with
    std::size_t missing_heads_ = 0; // HL segments that structure has found missing
    bool counts_up_ = true;      // HL01 is first_, first_ + 1, …
    bool has_parents_ = false;   // some HL has an HL02
    bool knows_parents_ = false;
    bool is_broken_ = false;     // a fault of numbers or parents was found: what follows from it is not said again
};

/// LS and LE: the two name the same loop, and it is the one between them. Cheap to ask of a set that has neither.
class BoundedLoops {
public:
    explicit BoundedLoops(Schema const& schema);
    [[nodiscard]] bool any() const { return !kinds_.empty(); }
    void run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Findings& findings);

private:
    enum class Kind : char { other, start, end };
    void check_pair(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, std::size_t start, std::size_t end, Findings& findings) const;

    std::vector<Kind> kinds_; // by node; empty: the set has no LS
    std::vector<std::size_t> open_;
};

} // namespace wharf::grammar
