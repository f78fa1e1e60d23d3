// The jobs of an outgoing message: writing it to its channel, and noticing that no acknowledgment came.
#pragma once

#include "gateway/context.hpp"

namespace wharf::gateway {

/// What begins when a message has become `sent`: its documents are, and the partner's time for a 997 runs.
[[nodiscard]] Result<void> begin_waiting(Context const& context, store::Transaction& transaction, store::Message const& message, Timestamp now);

/// The transmit job. The bytes were durable before; writing them twice under one name is harmless
/// (transport::Connection::put), so a crash in between only repeats.
[[nodiscard]] Result<void> transmit(Context const& context, store::Job const& job);

/// The expect_acknowledgment job, due when the partner's time is over.
[[nodiscard]] Result<void> expect_acknowledgment(Context const& context, store::Job const& job);

} // namespace wharf::gateway
