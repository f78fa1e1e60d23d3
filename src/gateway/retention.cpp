#include "gateway/retention.hpp"

#include "gateway/as2_relations.hpp"

#include <chrono>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

namespace wharf::gateway {
namespace {

constexpr unsigned at_once = 50;      // one transaction
constexpr unsigned most_batches = 20; // of one channel at one look

Result<std::vector<std::string>> channels_with_bytes(Context const& context) {
    Result<std::vector<std::string>> channels;
    WHARF_TRY(context.store.read([&](store::Transaction& transaction) -> Result<void> {
        channels = transaction.channels_with_bytes();
        return channels ? Result<void>() : unexpected(channels.error());
    }));
    return channels;
}

/// 0: for ever. A relation that is gone is kept as long as wharf.yaml says.
unsigned days_for(Context const& context, std::string_view channel) {
    auto const relation = context.as2 ? context.as2->by_channel(channel) : nullptr;
    return relation ? relation->evidence_days : context.configuration.gateway.as2.evidence_days.number;
}

struct Batch {
    std::vector<std::string> emptied;
    bool is_quiet = true; // nothing else is to be done now
};

Result<Batch> empty_some(Context const& context, std::string_view channel, Timestamp before) {
    Batch batch;
    auto const now = context.clock.now();
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        auto old = transaction.settled_exchanges(channel, before, at_once);
        if (!old)
            return unexpected(std::move(old.error()));
        for (auto& exchange : *old) {
            bool const may_be_asked_for = exchange.direction == store::Direction::inbound && exchange.state == store::ExchangeState::accepted;
            WHARF_TRY(transaction.remove_contents(exchange.id, may_be_asked_for ? vault_name::receipt : std::string_view()));
            exchange.emptied_at = now;
            exchange.body_bytes = 0;
            WHARF_TRY(transaction.update(exchange));
            batch.emptied.push_back(exchange.id);
        }
        auto const due = transaction.next_due();
        if (!due)
            return unexpected(due.error());
        batch.is_quiet = !*due || **due > now;
        return {};
    }));
    for (auto const& id : batch.emptied) // what a kill leaves of it is swept away at the start
        context.vault.drop_all(id);
    return batch;
}

} // namespace

Result<unsigned> empty_old_exchanges(Context const& context) {
    auto const channels = channels_with_bytes(context);
    if (!channels)
        return unexpected(channels.error());
    unsigned emptied = 0;
    for (auto const& channel : *channels) {
        auto const days = days_for(context, channel);
        if (days == 0)
            continue;
        for (unsigned batches = 0; batches < most_batches; ++batches) {
            if (*context.stopping)
                return emptied;
            auto const batch = empty_some(context, channel, context.clock.now() - std::chrono::days(days));
            if (!batch)
                return unexpected(batch.error());
            if (!batch->emptied.empty())
                context.log.line("as2_evidence_removed", channel, fmt::format("exchanges={} days={}", batch->emptied.size(), days));
            emptied += static_cast<unsigned>(batch->emptied.size());
            if (batch->emptied.size() < at_once || !batch->is_quiet) // the next channel has its turn all the same
                break;
        }
    }
    return emptied;
}

} // namespace wharf::gateway
