// What an event means for an AS2 message that goes out: the state machine (transport/as2/transmission.hpp) applied to what is
// stored. Plain data in, plain data out: no store, no clock, no socket.
#pragma once

#include "gateway/life_cycle.hpp"
#include "transport/as2/transmission.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wharf::gateway {

/// What follows; exchange and message are to be stored.
struct As2Course {
    store::Exchange exchange;
    store::Message message;
    bool posts = false;           // make a POST: the attempt is counted
    bool is_settled_now = false;  // succeeded or failed by this event
    bool is_sent_now = false;     // … and the message became `sent`
    std::optional<Timestamp> retry_at;       // when the next POST is due
    std::optional<Timestamp> receipt_due_at; // when the partner's time for his receipt is over
    std::vector<Note> notes;      // of the message
};

/// `event`: nothing for a new exchange, which begins. An exchange that was settled stays so, but for a receipt that comes late and
/// for one that is sent again by hand. A message that has gone on by itself (its 997 was faster than the receipt) keeps its state.
[[nodiscard]] As2Course follow(store::Exchange exchange, store::Message message, transport::as2::Relation const& relation,
                               std::optional<transport::as2::TransmissionEvent> const& event, Timestamp now);

/// Ends it without the machine: what was agreed with the partner is gone, or bytes are missing.
[[nodiscard]] As2Course give_up(store::Exchange exchange, store::Message message, std::string reason, Timestamp now);

/// "processed/error: decryption-failed", as an operator sees it.
[[nodiscard]] std::string short_disposition(transport::as2::Disposition const& disposition);

} // namespace wharf::gateway
