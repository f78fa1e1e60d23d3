// Does an invoice add up? canonical-model: lines, less allowances, plus charges, plus taxes, against totals.amount.
//
// A question of sense, not of syntax: the finding is a warning, never enters a 997, and the invoice is delivered all the
// same. Pure; the document is borrowed for the call.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "syntax/json/value.hpp"

namespace wharf::document {

/// Of a canonical `invoice`: DOC-0101 with the sum written out ("125.00 - 12.50 + 20.00 + 9.28 = 141.78"), or nothing when
/// it adds up, and nothing when it cannot be computed (a line without quantity or price, or priced by weight).
///
/// An allowance or charge counts when its settlement is absent, `off_invoice` or `paid_by_customer`; services, promotions
/// and bill-backs never do. Where the plain sum does not fit, two habits are tried before anything is reported: summary
/// charges that only repeat the lines' charges, and taxes sent both as a charge and as a tax.
/// Each amount that had to be rounded to cents allows a difference of 0.01.
[[nodiscard]] Diagnostics check_invoice_arithmetic(json::Value const& invoice);

/// Sets the derived `totals.absolute_amount`: what a target books beside `direction`, whichever sign the sender wrote.
/// False when the invoice has no total (nothing is changed).
bool derive_absolute_amount(json::Value& invoice);

} // namespace wharf::document
