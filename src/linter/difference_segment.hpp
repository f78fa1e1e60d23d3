// Two segments compared element by element: pairs and repetitions by their qualifiers and values, numbers by value. Internal to diff.
#pragma once

#include "linter/difference.hpp"
#include "linter/show_segment.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace wharf::linter {

/// A segment with what its release says of it.
struct SegmentAt {
    x12::SegmentView segment;
    x12::Delimiters const& delimiters;
    SegmentShape const& shape;
    SegmentWords const& words;
};

class SegmentComparison {
public:
    /// `counts`: counts and running numbers are compared too.
    SegmentComparison(bool exact, bool counts) : exact_(exact), counts_(counts) {}

    /// Equal for segments that compare() finds no difference in; two others rarely share one.
    [[nodiscard]] std::uint64_t hash(SegmentAt const& at) const;

    /// One difference for each element, component, pair or repetition that is not the same; their paths end in the place ("N104"),
    /// what stands before it is for the caller. `left_out`: elements not looked at (bit n-1: element n).
    using Found = std::function<void(Difference&&)>;
    void compare(SegmentAt const& left, SegmentAt const& right, Found const& found, std::uint64_t left_out = 0) const;

    /// "UP 614141000012" for each pair, in order of position.
    [[nodiscard]] static std::vector<std::string> item_ids(SegmentAt const& at);

private:
    [[nodiscard]] std::string normal(ElementShape const* shape, std::string_view value, x12::Delimiters const& delimiters) const;
    [[nodiscard]] std::string normal_number(ElementShape const& shape, std::string_view value) const;
    [[nodiscard]] bool is_left_out(SegmentShape const& shape, std::uint32_t position) const;
    void compare_element(SegmentAt const& left, SegmentAt const& right, std::uint32_t position, Found const& found) const;
    void compare_components(SegmentAt const& left, SegmentAt const& right, std::uint32_t position, Found const& found) const;
    void compare_repetitions(SegmentAt const& left, SegmentAt const& right, std::uint32_t position, Found const& found) const;
    void compare_pairs(SegmentAt const& left, SegmentAt const& right, Found const& found) const;

    bool exact_, counts_;
};

/// Avalanches: every bit of the argument moves half of the result's.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) {
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdULL;
    value ^= value >> 33;
    value *= 0xc4ceb9fe1a85ec53ULL;
    return value ^ value >> 33;
}

} // namespace wharf::linter
