// What a transaction set should say of itself: the number of its line items (CTT01), the total of an invoice (TDS01). For what changes sets;
// the linter compares by itself. Each call looks the set up anew: not for a walk over many.
#pragma once

#include "base/decimal.hpp"

#include "grammar/schema.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace wharf::grammar {

/// The number that finding X12-0402 compares CTT01 with: segments that stand as lines (PO1 of an 850, HL of an 856). `nodes`: the row of
/// each segment, as in Item::nodes. Nothing for a set whose totals nobody knows.
[[nodiscard]] std::optional<std::size_t> count_line_items(Schema const& schema, std::vector<NodeIndex> const& nodes);

/// The sum that finding X12-0404 compares the total of an invoice with, by the plain reading. Nothing when it cannot be computed.
[[nodiscard]] std::optional<Decimal> sum_of_invoice(Schema const& schema, x12::SegmentList const& set, std::vector<NodeIndex> const& nodes);

} // namespace wharf::grammar
