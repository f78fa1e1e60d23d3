// Does an invoice add up? Lines, less allowances, plus charges, plus taxes, against TDS01 (810) or G3301 (880). Internal to grammar/.
#pragma once

#include "grammar/sense_plan.hpp"

#include <cstdint>

namespace wharf::grammar {

/// The sum of one invoice in whole cents, made while passing. It only ever says "right" or "look again".
struct QuickSum {
    std::int64_t cents = 0;
    std::size_t total = 0; // index of the segment with the total; 0: none seen
    bool look_again = false;

    void clear() { *this = {}; }
    void add(InvoicePart part, std::size_t index, x12::SegmentView const& segment);
    [[nodiscard]] bool is_right(x12::SegmentView const& total_segment) const;
};

/// X12-0404, computed exactly and with every habit of senders that is known; silent where the sum cannot be computed.
void check_invoice(SenseInput const& input, std::size_t total);

} // namespace wharf::grammar
