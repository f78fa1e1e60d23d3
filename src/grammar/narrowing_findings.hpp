// The findings of a guide's rows (X12-0601 to 0619): what the standard allows and the partner does not. Only reached when
// something is wrong. Internal to grammar/.
#pragma once

#include "grammar/findings.hpp"
#include "grammar/narrowing.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <cstdint>
#include <string_view>

namespace wharf::grammar {

class NarrowingFindings {
public:
    NarrowingFindings(Schema const& schema, x12::SegmentList const& set, Findings& findings)
        : schema_(schema), set_(set), findings_(findings) {}

    // structure; `index` is the segment in the set
    void not_used(std::size_t index, NodeIndex row);
    /// `seen` of the row's occurrences are there; more were expected before segment `index`.
    void too_few(std::size_t index, NodeIndex row, std::uint32_t seen);
    void too_often(std::size_t index, NodeIndex row);

    /// Everything a guide says of the elements of one segment that does not hold, but for values the grammar itself finds wrong
    /// (`wrong`: their mask) and elements it misses (`missing`).
    void elements(std::size_t index, NodeIndex row, std::uint64_t present, std::uint64_t wrong, std::uint64_t missing);

private:
    struct Target { // an element or a component
        std::uint32_t element = 0;
        std::uint32_t component = 0;
        ValueRule const* guide = nullptr;
        ElementRule const* rule = nullptr;
    };
    void components(std::size_t index, NodeIndex row, std::uint64_t wrong);
    void value(std::size_t index, NodeIndex row, Target const& target, std::string_view value);
    void absent(std::size_t index, NodeIndex row, Target const& target);
    void surplus(std::size_t index, NodeIndex row, Target const& target, bool unlisted);
    void add_at(Diagnostic diagnostic, std::size_t index, Target const& target, std::string_view acknowledged,
                std::string_view implementation, NarrowedRow const& row);
    void add(Diagnostic diagnostic, GuidePlace const& source, std::string_view note, bool report);
    [[nodiscard]] std::string name_of(std::size_t index, Target const& target) const;
    [[nodiscard]] std::string row_in_words(NodeIndex row) const;
    [[nodiscard]] std::string guide_in_words() const;

    Schema const& schema_;
    x12::SegmentList const& set_;
    Findings& findings_;
};

} // namespace wharf::grammar
