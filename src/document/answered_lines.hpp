// What an acknowledgment says of each line of the order it answers, in quantities: canonical-model, "Meaning".
//
// An 855 may answer one line in several parts, say two things of the same pieces, or leave out what it accepts. What was ordered is
// needed to tell these apart, so it is known only where the order is.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "syntax/json/value.hpp"

namespace wharf::document {

/// Sets the derived `answered_lines` of a `purchase_order_acknowledgment`: one entry for each line of `order`, in its order. Each
/// entry's `confirmed`, `backordered`, `rejected`, `on_hold` and `open` add up to what was ordered, unless DOC-0103 is reported.
///
///   - responses with a disposition (accepted, backordered, rejected, …) are parts of the quantity and are added;
///   - responses that only state an attribute (price, date) are parts too while all of them fit what was ordered; else they speak of
///     pieces that another response has counted, or of the same pieces;
///   - a response without quantity is about the whole line;
///   - what no response counts is `open`; a line that does not appear is answered by the status of the whole.
///
/// Findings are warnings: DOC-0103, the parts are more than was ordered.
[[nodiscard]] Diagnostics derive_answered_lines(json::Value& acknowledgment, json::Value const& order);

} // namespace wharf::document
