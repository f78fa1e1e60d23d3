// The one transaction that settles an AS2 message that came in: exchange with MIC and disposition, receipt, evidence, and each file
// as a transfer with the job that processes it, as if it had come from a folder.
#pragma once

#include "gateway/as2_relations.hpp"
#include "gateway/context.hpp"
#include "transport/as2/reception.hpp"

#include <expected>
#include <string>
#include <vector>

namespace wharf::gateway {

/// The receipt and its way.
enum class ReceiptRoute {
    none,     // none was asked for
    answer,   // with the answer
    by_itself, // asynchronous: the job is added
    kept      // asynchronous, and not sent: `reason` of the exchange tells why
};

struct As2Settlement {
    as2::MessageHead const& head;
    as2::Commit const& step;
    as2::OpenedMessage const& opened;
    as2::Entity const& body; // as it came
    ReceiptRoute route = ReceiptRoute::none;
    std::string reason;      // why it was refused, or why its receipt is not sent; for people
    bool is_stored = false;  // the exchange is in the store already, `received`
    store::Job const* job = nullptr; // finished with it
    std::vector<std::string> alarms{}; // AS2_ALARM, stored with it
};
struct As2CommitFailure {
    bool is_duplicate = false;   // the Message-ID was received or accepted meanwhile, or the stored exchange settled by another
    as2::Fault fault; // else
};
/// `exchange` becomes what was stored. Files that are too large to be processed stay in the vault; their transfers are dead letters.
[[nodiscard]] std::expected<void, As2CommitFailure> commit_as2(Context const& context, As2Relation const& relation, As2Settlement const& settlement,
                                                               store::Exchange& exchange);

} // namespace wharf::gateway
