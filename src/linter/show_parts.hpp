// What the pages of one set are made from: its tree, the words of its segments, and the findings at each. Internal to show.
//
// Borrows the item; lives no longer than it.
#pragma once

#include "grammar/interchange.hpp"
#include "linter/set_tree.hpp"
#include "linter/show_segment.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::linter {

[[nodiscard]] ShownFinding shown(Diagnostic const& finding);

class SetParts {
public:
    SetParts(grammar::Item const& item, SegmentWords& words);

    [[nodiscard]] SetTree const& tree() const { return tree_; }
    [[nodiscard]] x12::SegmentView segment(std::uint32_t index) const { return item_.part->segments[index]; }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(item_.part->segments.size()); }
    [[nodiscard]] SegmentShape const& shape(std::uint32_t index) { return words_.shape(segment(index).id()); }
    [[nodiscard]] grammar::Node const* row(std::uint32_t index) const;

    /// What a part that begins with this segment is called: by the guide, by its first element (N1*ST), by our words or the standard's.
    [[nodiscard]] ShownWord title(std::uint32_t index);
    /// The segment's facts without what title() has said.
    [[nodiscard]] std::vector<ShownFact> facts(std::uint32_t index, bool is_titled = false);
    [[nodiscard]] ShownWord word(ElementShape const& element, std::string_view value) const { return words_.word(element, value); }
    [[nodiscard]] std::vector<ShownFinding> findings(std::uint32_t index) const;
    /// Findings of the set itself, at no segment of it.
    [[nodiscard]] std::vector<ShownFinding> findings_of_set() const;
    /// N2, N3, N4: goes on with what the segment before it began.
    [[nodiscard]] bool goes_on(std::uint32_t index) { return !shape(index).line.empty(); }

    /// Appends one paragraph a segment for these parts, loops indented; HL levels are left out.
    void paragraphs(std::vector<SetTree::Part> const& parts, unsigned indent, std::vector<ShownLine>& lines);
    void paragraph(std::uint32_t index, unsigned indent, bool begins_loop, std::vector<ShownLine>& lines);

private:
    [[nodiscard]] bool first_element_is_title(std::uint32_t index);

    grammar::Item const& item_;
    SegmentWords& words_;
    SetTree tree_;
    std::vector<std::uint32_t> first_finding_; // by segment, and one behind the last
    std::vector<std::uint32_t> by_segment_;    // findings in the order of segments
};

} // namespace wharf::linter
