// Sense checks within one segment or one block of segments: check digits, quantity and unit, dates, terms. Internal to grammar/.
#pragma once

#include "grammar/sense_plan.hpp"

#include <cstddef>

namespace wharf::grammar {

/// X12-0401: values whose qualifier says that they end with a check digit.
void check_digits(SenseInput const& input, std::size_t index);
/// X12-0405: a quantity without its unit, a unit without its quantity.
void report_units(SenseInput const& input, std::size_t index);
[[gnu::always_inline]] inline void check_units(SenseInput const& input, std::size_t index) {
    auto const segment = input.set[index];
    auto const places = input.plan.units[input.nodes[index]];
    if (segment.element(places.quantity).empty() != segment.element(places.unit).empty()) [[unlikely]]
        report_units(input, index);
}
/// X12-0407: dates of one block, from `index` on, that contradict each other. Gives the index behind the block.
[[nodiscard]] std::size_t check_dates(SenseInput const& input, std::size_t index);
/// X12-0408: a discount that ends after the payment is due.
void check_terms(SenseInput const& input, std::size_t index);

} // namespace wharf::grammar
