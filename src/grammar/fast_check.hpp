// The validator's fast path: one pass over a set that says "right", or where to look again. Reports nothing, allocates nothing
// on right data. Internal to grammar/; one per worker (counters and remembered masks), the schema is shared.
//
// What it leaves to be looked at again may turn out right (a name in Latin-1, a list of codes not hashed yet); what it passes is
// right. docs/validator.md tells what it costs.
#pragma once

#include "grammar/code_table.hpp"
#include "grammar/element_check.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace wharf::grammar {

class FastCheck {
public:
    explicit FastCheck(Schema const& schema);

    /// Structure and elements. Fills nodes() and suspects(); false at the first structural surprise: both are incomplete then.
    [[nodiscard]] bool run(x12::SegmentList const& set);
    /// Elements only, by the rows in nodes() (a segment without a row, but known to the set, by the grammar's rule).
    void run_elements(x12::SegmentList const& set);

    [[nodiscard]] std::vector<NodeIndex>& nodes() { return nodes_; }
    /// Of the set last run.
    [[nodiscard]] CharacterTable const& character_table() const { return character_table_; }
    /// Segments whose elements must be looked at again, in order.
    [[nodiscard]] std::vector<std::uint32_t> const& suspects() const { return suspects_; }

    /// SpecialSegment of all segments of the set last run; all of them where nobody knows.
    [[nodiscard]] std::uint8_t special() const { return special_; }

    /// To be called for what turned out right: it will be known next time.
    void remember(std::uint16_t rule, std::uint64_t present);
    /// Hashes the code lists of these elements, unless they are.
    void hash_codes(std::uint16_t rule, std::uint64_t present);

private:
    struct Segments;
    class Lookup;
    bool start(x12::SegmentList const& set, Segments& segments);
    template <bool guided> bool walk(Segments const& segments);
    template <bool guided>
    [[nodiscard]] bool elements_are_right(Segments const& segments, x12::Segment const& segment, std::uint32_t first_element,
                                          std::uint32_t known, std::uint16_t rule, bool components);
    [[nodiscard]] bool presence_is_right(std::uint16_t rule, std::uint64_t present);
    [[nodiscard]] bool careful_is_right(std::uint16_t rule, std::uint32_t element, std::string_view value) const;
    [[nodiscard]] bool components_are_right(Segments const& segments, x12::Segment const& segment, std::uint16_t rule) const;
    NodeIndex enter_variant(Segments const& segments, x12::Segment const& segment, NodeIndex first, bool repeats, bool near_the_end);
    [[nodiscard]] NodeIndex variant_of(Segments const& segments, x12::Segment const& segment, NodeIndex first) const;
    [[nodiscard]] bool has_enough(NodeIndex representative) const;

    struct RightMasks {
        std::uint64_t last = ~std::uint64_t{0};
        std::uint64_t before = ~std::uint64_t{0};
    };

    Schema const& schema_;
    SchemaTables const& tables_;
    std::vector<NodeIndex> nodes_;
    std::vector<std::uint32_t> suspects_;
    std::uint8_t special_ = 0;
    CharacterTable character_table_;
    x12::Delimiters delimiters_; // that the table is for
    std::vector<std::uint32_t> counts_;      // by node
    std::vector<std::uint32_t> place_counts_; // by place: all variants
    std::vector<RightMasks> right_;          // by rule: which elements were present when all was well
    std::vector<CodeTableView> codes_;       // by SchemaTables::codes; of nothing until first used
};

} // namespace wharf::grammar
