// What is kept of refused AS2 messages. Anybody who knows two names can send such, so all of it has a limit, for each relation:
//
//     the message itself        of the newest, for somebody to look at: so many, and so many bytes
//     head, reasons, receipt    of those whose sender was verified for as long as any exchange; of the others, the newest
//
// The log has their lines as rare_log.hpp allows.
#pragma once

#include "store/store.hpp"

#include <cstdint>
#include <string_view>

namespace wharf::gateway::as2_refusals {

inline constexpr unsigned most_bodies = 20;
inline constexpr std::uint64_t most_body_bytes = 10u << 20; // of these; one message has Vault::in_store at most
inline constexpr unsigned most_unverified = 1000;

/// Inside the transaction that has refused one: removes what is too much now, a limited number at once.
[[nodiscard]] Result<void> make_room(store::Transaction& transaction, std::string_view channel);

} // namespace wharf::gateway::as2_refusals
