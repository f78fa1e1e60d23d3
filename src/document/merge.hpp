// Several orders in one invoice or ship notice: documents that the ERP made order by order become one.
#pragma once

#include "syntax/json/value.hpp"

#include <expected>
#include <string>
#include <vector>

namespace wharf::document {

/// Invoices and ship notices of the same number become one, in the place of the first; other kinds are left alone. Lines (of a notice
/// its orders), charges, taxes and notes follow each other, lines say which order they are of; other lists are joined, equal entries once; amounts in `totals` are
/// added, counts and hash totals left out; `order_number` and `order_date` stay in the heading while all agree. Everything else must
/// be the same, or said by one alone, and no document may stand twice: otherwise the text says which member differs.
[[nodiscard]] std::expected<std::vector<json::Value>, std::string> merge_same_number(std::vector<json::Value> documents);

} // namespace wharf::document
