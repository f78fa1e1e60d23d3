// Orders for many stores: lines whose quantity is shared out with `destinations` (SDQ).
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "syntax/json/value.hpp"

#include <vector>

namespace wharf::document {

/// DOC-0102 for each line whose destinations do not add up to its quantity ("the stores get 13, not 12"). A warning: the order is
/// taken and passed on. Lines that share out in another unit than their own are left alone.
[[nodiscard]] Diagnostics check_destinations(json::Value const& document);

/// What splitting would make: how many orders, and about how many bytes of JSON, made out without making them. 0: nothing to split.
struct SplitSize {
    std::size_t parts = 0, bytes = 0;
};
[[nodiscard]] SplitSize size_of_split(json::Value const& order);

/// One order for each store, in the order in which the stores first appear, and last one with the lines that name no store; nothing
/// when no line names one. A part has the header of the whole, its store as ship-to, its share as quantity, and the line numbers of
/// the whole. Money that is not per piece (totals, charges, taxes) stays in the whole: nobody says whose it is.
/// `part_of` links back: the whole's id (its `id`), the number of the part and how many there are. Ids are the caller's to set.
[[nodiscard]] std::vector<json::Value> split_by_store(json::Value const& order);

} // namespace wharf::document
