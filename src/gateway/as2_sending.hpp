// Messages that go out over AS2, and the receipts for them: what drives transport/as2/transmission.hpp through the store.
//
//   first attempt    packed with the keys valid now; exchange, bytes and attempt durable in one commit; then the POST
//   later ones       the same bytes under the same Message-ID; each counted before it is made
//   the answer       its receipt judged, kept as evidence; what follows, says the machine
//   a receipt that comes by itself: take_receipt()
//
// A kill at any moment leads to one POST more at most, under the same Message-ID with the same bytes: a partner's AS2 knows it.
// The message is `ready` until the exchange has succeeded (then `sent`) or failed (then `dead_letter`). Thread-safe.
#pragma once

#include "gateway/context.hpp"
#include "transport/as2/message.hpp"

#include <string>
#include <string_view>

namespace wharf::gateway {

/// The transmit job of a message whose channel is an AS2 relation.
[[nodiscard]] Result<void> transmit_as2(Context const& context, store::Job const& job, store::Message message);

/// The expect_receipt job, due when the partner's time for his receipt is over.
[[nodiscard]] Result<void> expect_receipt(Context const& context, store::Job const& job);

enum class ReceiptFate {
    taken,      // it settled its message: received by the partner, or failed
    repeated,   // it says what is known
    not_taken,  // signed by somebody else, or against what an earlier one said: somebody is told, the message is as it was
    unmatched,  // for a Message-ID that we never sent on this channel
    unreadable, // no receipt, or a broken one
};
struct ReceiptOutcome {
    ReceiptFate fate = ReceiptFate::unreadable;
    std::string reason;      // for people; never for the partner unless it is his
    std::string exchange_id; // empty: none was found
};
/// A receipt that came to our address. `outer` holds the fields of HTTP and the body; `channel` is the relation of its AS2-From and
/// AS2-To. Returns when what it changes is durable: answer 200 then, whatever the fate (but for `unreadable`, where 400 is right).
/// Fails with `temporary` when the store cannot be written: answer 503.
[[nodiscard]] Result<ReceiptOutcome> take_receipt(Context const& context, std::string_view channel, transport::as2::Entity const& outer);

} // namespace wharf::gateway
