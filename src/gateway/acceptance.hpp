// What becomes of an accepted document: completed by what the store knows, then delivered, whole or split by store.
#pragma once

#include "gateway/context.hpp"
#include "gateway/evaluation.hpp"
#include "syntax/json/value.hpp"

#include <optional>
#include <string_view>

namespace wharf::gateway {

/// The newest order with this number that we sent to the partner, or took from him, whatever its release; nothing: there is none. Reads all documents of a
/// message that has to do with the number.
[[nodiscard]] Result<std::optional<json::Value>> newest_order(store::Transaction& transaction, store::Direction direction,
                                                              std::string_view partner, bool test, std::string_view number);

/// An acknowledgment gets `answered_lines` from the order of ours that it answers, where we know it. Before it is stored.
[[nodiscard]] Result<void> complete_accepted(store::Transaction& transaction, store::Document& document);

/// Makes the deliveries of a document that is stored. Where the agreement splits orders by store, each store's part becomes a
/// document of its own, which is delivered in its place; the whole stays for duplicates and for what answers it.
[[nodiscard]] Result<void> deliver_accepted(store::Transaction& transaction, Record& record, store::Document document,
                                            partner::DocumentAgreement const& agreement,
                                            std::vector<partner::Target const*> const& targets, Timestamp now);

/// A document that deliver_accepted made out of another one.
[[nodiscard]] bool is_part(store::Document const& document);

} // namespace wharf::gateway
