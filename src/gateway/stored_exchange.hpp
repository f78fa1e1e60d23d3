// An exchange as it is stored: how one is read, what its state means, and its heads of HTTP as text.
//
// Thread-safe.
#pragma once

#include "store/store.hpp"
#include "transport/as2/mime.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::gateway {

using FoundExchange = Result<std::optional<store::Exchange>>;

[[nodiscard]] FoundExchange find_exchange(store::Store& store, std::string_view id);
/// As Transaction::find_exchange.
[[nodiscard]] FoundExchange find_exchange(store::Store& store, std::string_view channel, store::Direction direction, std::string_view as2_message_id);
/// The one that carries this outbound message; the newest.
[[nodiscard]] FoundExchange exchange_of_message(store::Store& store, std::string_view message_id);

/// An end was reached: accepted or refused with its reasons told, succeeded, failed.
[[nodiscard]] bool is_settled(store::Exchange const& exchange);
/// Came in, and opening it never came to an end: its body is all there is of it.
[[nodiscard]] bool is_given_up(store::Exchange const& exchange);

/// `fields` as they are stored: a line each. Left out of what came in: what is secret (Authorization), and what belongs to the connection.
[[nodiscard]] std::string write_stored_head(transport::as2::Fields const& fields);
[[nodiscard]] transport::as2::Fields read_stored_head(std::string_view head);

} // namespace wharf::gateway
