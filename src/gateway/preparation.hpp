// A document from the ERP is completed before a map writes it: the tree of a ship notice, what the partner's order knows, SSCCs.
#pragma once

#include "document/turnaround.hpp"
#include "gateway/context.hpp"
#include "syntax/json/value.hpp"

#include <expected>
#include <optional>
#include <string_view>
#include <vector>

namespace wharf::gateway {

/// The partner's order with this number, as it came in and was accepted: of this release, or without one the newest (it may replace
/// an earlier one); nothing: he sent none.
[[nodiscard]] std::expected<std::optional<json::Value>, Diagnostics> stored_order(Context const& context, std::string_view partner, bool test,
                                                                                  std::string_view number,
                                                                                  std::string_view release);

/// Completes the document and checks it against its schema. Returns the packages that got an SSCC. GATEWAY-0043: it answers an order
/// that the partner has not sent; GATEWAY-0044: no SSCC is left. Serials are used up durably before anything is written, so that none
/// is ever given twice; those of a document that is refused afterwards are lost.
[[nodiscard]] std::expected<std::vector<document::Package>, Diagnostics>
prepare_document(Context const& context, partner::PartnerProfile const& partner, partner::DocumentAgreement const& agreement, bool test,
                 json::Value& document);

} // namespace wharf::gateway
