// What waits for its next attempt: until when, and how it is made to go now. Thread-safe.
#pragma once

#include "gateway/context.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::gateway {

/// The next attempt of something that is to be sent.
struct NextAttempt {
    Timestamp at;      // not in the future: it is due, or being made
    unsigned made = 0; // attempts so far
};

/// Of an outbound message that is `ready`; nothing: none is to come, as when it waits for a receipt.
[[nodiscard]] Result<std::optional<NextAttempt>> next_attempt(store::Transaction& transaction, store::Message const& message);
/// Outbound: of its message. Inbound: of the receipt that is owed.
[[nodiscard]] Result<std::optional<NextAttempt>> next_attempt(store::Transaction& transaction, store::Exchange const& exchange);
[[nodiscard]] Result<std::optional<NextAttempt>> next_attempt(store::Transaction& transaction, store::Delivery const& delivery);

/// Lets what waits for its next attempt go now: an outbound message, deliveries of an inbound one, an owed receipt. By the id or number of a
/// message, the id of an exchange or an AS2 Message-ID. Returns what was done, for people; `invalid` says why nothing could be.
[[nodiscard]] Result<std::string> send_now(Context const& context, std::string_view word);

} // namespace wharf::gateway
