// Receipts that we owe: sent by themselves to the address that was agreed with the partner, and tried again like any transmission.
// One that cannot be sent is told; the partner who sends his message again gets it then.
#pragma once

#include "gateway/context.hpp"

#include <string_view>

namespace wharf::gateway {

/// The send_receipt job. Waits while the answer to the message is not written (as2_unanswered.hpp).
[[nodiscard]] Result<void> send_receipt(Context const& context, store::Job const& job);

/// The stored receipt of this exchange once more, from the beginning: the partner has sent his message again.
[[nodiscard]] Result<void> owe_receipt_again(Context const& context, std::string_view exchange_id);

} // namespace wharf::gateway
