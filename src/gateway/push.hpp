// The deliver job: one request to one target, counted before it is made and recorded after.
#pragma once

#include "gateway/context.hpp"

namespace wharf::gateway {

/// A kill between the target's 2xx and our commit makes the same request again after the restart, with the same
/// Idempotency-Key (the document's id).
[[nodiscard]] Result<void> push(Context const& context, Deliver const& deliver, store::Job const& job);

/// Makes the deliveries of an accepted document, with their jobs.
[[nodiscard]] Result<void> add_deliveries(store::Transaction& transaction, store::Document const& document,
                                          std::vector<partner::Target const*> const& targets, Timestamp now);

} // namespace wharf::gateway
