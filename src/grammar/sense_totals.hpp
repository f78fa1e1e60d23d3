// Sense checks of a set's lines: how many there are, what their quantities add up to, whether their numbers repeat. Internal to
// grammar/.
#pragma once

#include "grammar/sense_plan.hpp"

#include <cstdint>
#include <vector>

namespace wharf::grammar {

/// The lines of one set, filled while passing.
struct Lines {
    std::vector<std::uint32_t> indices; // segments that CTT01 counts
    std::uint64_t last_number = 0;
    bool numbers_rise = true; // all line numbers are small whole numbers, each above the one before: none can repeat

    void clear() {
        indices.clear();
        last_number = 0;
        numbers_rise = true;
    }
    void add(SetSense const& set, std::size_t index, x12::SegmentView const& segment) {
        indices.push_back(static_cast<std::uint32_t>(index));
        if (set.line_number == 0 || !numbers_rise)
            return;
        auto const text = segment.element(set.line_number);
        if (text.empty())
            return;
        std::uint64_t number = 0;
        bool is_number = text.size() <= 18;
        for (char const c : text) {
            is_number = is_number && c >= '0' && c <= '9';
            number = number * 10 + static_cast<unsigned char>(c - '0');
        }
        numbers_rise = is_number && number > last_number;
        last_number = number;
    }
};

/// X12-0402 and X12-0403 at the CTT with this index.
void check_totals(SenseInput const& input, Lines const& lines, std::size_t index);
/// X12-0406; call it only when the numbers do not rise.
void check_line_numbers(SenseInput const& input, Lines const& lines);

} // namespace wharf::grammar
