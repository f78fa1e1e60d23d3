// What is kept of refused AS2 messages, and of requests that never became one. Anybody who knows two names can send such, so all of it has a limit, for each relation:
//
//     the message itself        of the newest, for somebody to look at: so many, and so many bytes
//     head, reasons, receipt    of those whose sender was verified for as long as any exchange; of the others, the newest
//
// The log has their lines as rare_log.hpp allows.
#pragma once

#include "gateway/as2_arrival.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wharf::gateway {

struct Context;

namespace as2_refusals {

inline constexpr unsigned most_bodies = 20;
inline constexpr std::uint64_t most_body_bytes = 10u << 20; // of these; one message has Vault::in_store at most
inline constexpr unsigned most_unverified = 1000;

/// Inside the transaction that has refused one: removes what is too much now, a limited number at once.
[[nodiscard]] Result<void> make_room(store::Transaction& transaction, std::string_view channel);

/// What is turned away before there is an exchange. Kept by kind, relation, caller and names with how many there were (notices.hpp); shown by
/// `wharf exchange list`. The caller is told none of it.
enum class Kind {
    unreadable_head,    // no names in it, or none that are valid
    unknown_names,      // there is no relation of these two
    login_missing,      // no user and password were given where the relation wants them
    wrong_login,        // others were given
    client_certificate, // TLS showed none, or another one
    too_large,          // more than incoming.max_bytes
};
[[nodiscard]] std::string_view to_string(Kind kind);

struct TurnedAway {
    Kind kind = Kind::unknown_names;
    std::string channel; // that it is for, or whose partner name it has; empty: none
    std::string from, to; // as claimed
    std::string reason;
};
void turn_away(Context const& context, As2Request const& request, TurnedAway const& what);

} // namespace as2_refusals
} // namespace wharf::gateway
