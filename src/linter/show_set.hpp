// The pages of one transaction set: title, parties, lines as tables, levels of a tree, totals, from the grammar and its schema alone.
// Internal to show.
//
// Blocks come in the order of the file, each once: a consumer that prints them need not keep them. Every element that has a value is in
// one of them. Recursion follows the loops of the grammar and at most limits::hierarchy_depth levels.
#pragma once

#include "linter/show_parts.hpp"

#include <functional>

namespace wharf::linter {

using Emit = std::function<void(ShownBlock const&)>;

/// `item` is a transaction_set.
void show_set(grammar::Item const& item, SegmentWords& words, Emit const& emit);

/// The number that a set says it has ("PO-4711"); empty where nobody knows the place.
[[nodiscard]] std::string_view business_number(x12::SegmentList const& set);

} // namespace wharf::linter
