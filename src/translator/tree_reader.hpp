// Reading X12, first half: segments go through claims into slots (map language §5 and §6). Internal to tree_reader*.cpp:
// the hot road in tree_reader.cpp, what most segments do not need in tree_reader_rare.cpp, HL in
// tree_reader_hierarchy.cpp.
#pragma once

#include "translator/run.hpp"

#include <array>
#include <span>

namespace wharf::translator {

class TreeReader {
public:
    TreeReader(Plan const& plan, SetInput const& input, Run& run, Diagnostics& diagnostics)
        : plan_(plan), schema_(*plan.schema), input_(input), segments_(*input.segments), run_(run),
          diagnostics_(diagnostics), separator_(segments_.delimiters().component),
          repetition_(segments_.delimiters().repetition) {}

    void run();

private:
    using NodeIndex = grammar::NodeIndex;
    struct CellText {
        std::uint32_t begin = 0, length = 0;
    };

    // --- tree_reader.cpp
    /// Bit n-1: element n is not empty. Elements beyond 64 are counted and kept as residue.
    std::uint64_t filled(x12::Segment const& segment);
    std::string_view element(std::uint32_t index, unsigned number) const { return segments_[index].element(number); }
    void segment(std::uint32_t index, NodeIndex node);
    void pop();
    void dispatch(Run::Frame& frame, std::uint32_t index, NodeIndex node, std::uint64_t mask);
    void push(std::uint16_t loop, Scope const* scope, ObjectId object, std::int32_t extension, std::uint32_t index);
    void take(Run::Frame& frame, Claim const& claim, std::uint32_t index, std::uint64_t mask, bool loop);
    void apply(Use const& use, std::uint32_t index, std::uint64_t mask, ObjectId object, Claim const* claim,
               Run::Frame const& frame);
    void add_item(ObjectId object, SlotIndex list, ObjectId item);
    void tuples(TupleRun const& run, std::uint32_t index, x12::SegmentView const& view, std::uint64_t mask,
                ObjectId object, std::uint64_t& consumed);
    std::string_view text_at(CellText const& cell) const { return {segments_.text() + cell.begin, cell.length}; }
    bool tuple(TupleRun const& run, unsigned first, std::span<CellText const> cells, std::uint32_t index,
               x12::SegmentView const& view, std::uint64_t mask, ObjectId object);

    // --- tree_reader_rare.cpp
    void keep_unread(TupleClaim const& claim, std::span<CellText const> cells, std::uint32_t index, ObjectId target);
    unsigned element_at(std::uint32_t index, std::uint32_t begin) const;
    void components(Use const& use, std::uint32_t index, x12::SegmentView const& view, std::uint64_t mask,
                    ObjectId object, Claim const* claim, Run::Frame const& frame, std::uint64_t& residue);
    /// What stands behind the first value of elements that repeat, and that a line reads.
    void repetitions(std::uint32_t index, x12::SegmentView const& view, std::uint64_t repeats, ObjectId object,
                     Claim const* claim, Run::Frame const& frame);
    void check_constant(Constant const& constant, std::uint32_t index, std::uint64_t mask);
    Extension& add_entry(ObjectId object);
    Extension& add_residue(std::uint32_t index, unsigned element_, unsigned component, ObjectId object,
                           Claim const* claim, Scope const* scope, std::uint32_t number);
    std::int32_t keep_segment(std::uint32_t index, NodeIndex node, Run::Frame const& frame);
    void unplaced(std::uint32_t index);
    /// The how-manieth segment of this claim stands at `index`; goes on from where it counted last.
    std::uint32_t count(Claim const& claim, std::uint32_t index, Run::Frame const& frame);

    // --- tree_reader_hierarchy.cpp
    std::int32_t find_level(std::string_view id);
    void add_level(Run::Level const& level);
    void hierarchy_fault(std::uint32_t index, unsigned element_, std::string message, std::string help);
    void hierarchy(std::uint32_t index, NodeIndex node, std::uint64_t mask);

    /// Levels from the outside in; where HL02 is empty, a level belongs to the nearest earlier one that ranks above it.
    static constexpr std::string_view levels_from_outside[] = {"S", "O", "T", "P", "I"};

    Plan const& plan_;
    grammar::Schema const& schema_;
    SetInput const& input_;
    x12::SegmentList const& segments_;
    Run& run_;
    Diagnostics& diagnostics_;
    char separator_;
    char repetition_; // '\0': none
    std::array<std::int32_t, std::size(levels_from_outside)> last_of_rank_{-1, -1, -1, -1, -1}; // the latest HL of each
};

} // namespace wharf::translator
