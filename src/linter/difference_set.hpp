// Two transaction sets compared, loop by loop. Internal to diff.
#pragma once

#include "linter/difference_entry.hpp"
#include "linter/difference_segment.hpp"
#include "linter/set_tree.hpp"

#include <functional>
#include <string>

namespace wharf::linter {

/// One of the two sets. Borrows item and words.
class DifferenceSide {
public:
    DifferenceSide(grammar::Item const& item, SegmentWords& words, SegmentComparison const& comparison);

    [[nodiscard]] SetTree const& tree() const { return tree_; }
    [[nodiscard]] SegmentAt at(std::uint32_t segment) const;
    [[nodiscard]] std::uint64_t offset(std::uint32_t segment) const;
    /// Where a part belongs: parts of one slot are told from each other by what they say.
    [[nodiscard]] std::string slot(SetTree::Part const& part) const;
    [[nodiscard]] DifferenceEntry entry(SetTree::Part const& part) const;
    /// The first segment of a part.
    [[nodiscard]] std::uint32_t first(SetTree::Part const& part) const { return part.is_segment ? part.index : tree_.occurrences()[part.index].begin; }
    /// True for lines and levels, whose order means something.
    [[nodiscard]] bool is_ordered(SetTree::Part const& part) const;
    /// What a segment says, in words.
    [[nodiscard]] std::vector<ShownFact> facts(std::uint32_t segment) const { return words_.facts(item_.part->segments[segment], item_.part->segments.delimiters()); }
    /// All segments of a part, levels below it included.
    [[nodiscard]] std::vector<std::uint32_t> segments(SetTree::Part const& part) const;

private:
    void hash_all(SegmentComparison const& comparison);

    grammar::Item const& item_;
    SegmentWords& words_;
    SetTree tree_;
    std::vector<std::uint64_t> segment_hashes_;
    std::vector<std::uint64_t> hashes_; // of occurrences
};

class SetComparison {
public:
    using Found = std::function<void(Difference&&)>;
    SetComparison(DifferenceSide const& left, DifferenceSide const& right, SegmentComparison const& comparison, bool envelope, Found const& found)
        : left_(left), right_(right), comparison_(comparison), envelope_(envelope), found_(found) {}

    void run(std::string const& set_id);

private:
    struct Slot {
        std::vector<SetTree::Part> left, right;
    };
    /// Where the comparison is, for paths; made into text only for what is found.
    struct Step {
        Step const* outer = nullptr;
        std::string_view id;
        std::string_view label; // "ST", a line's number
    };

    void occurrence(std::uint32_t left, std::uint32_t right, Step const& at);
    void slot(Slot const& slot, Step const& at);
    void segments(std::uint32_t left, std::uint32_t right, Step const& at);
    void whole(DifferenceKind kind, DifferenceSide const& side, SetTree::Part const& part, DifferenceEntry const& entry, Step const& at);
    [[nodiscard]] static std::string path(Step const& at);

    DifferenceSide const& left_;
    DifferenceSide const& right_;
    SegmentComparison const& comparison_;
    bool envelope_;
    Found const& found_;
};

/// "Quantity: 5 Each (EA); Unit price: 12.50"
[[nodiscard]] std::string summary_of(std::vector<ShownFact> const& facts);

} // namespace wharf::linter
