#include "gateway/exchanges.hpp"

#include "gateway/stored_exchange.hpp"
#include "gateway/context.hpp"
#include "gateway/operations.hpp"
#include "gateway/partner_choice.hpp"
#include "transport/as2/message_head.hpp"
#include "transport/as2/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {

using store::Direction;
using store::ExchangeState;

As2Names names_of(store::Exchange const& exchange) {
    auto const fields = read_stored_head(exchange.head);
    auto const name = [&](std::string_view field) {
        auto const text = transport::as2::field(fields, field);
        auto read = transport::as2::read_as2_name(text);
        return read ? std::move(*read) : std::string(text);
    };
    return {name("AS2-From"), name("AS2-To")};
}

Result<std::optional<store::Exchange>> exchange_named(store::Transaction& transaction, std::string_view word) {
    auto found = transaction.exchange(word);
    if (!found || *found || word.empty())
        return found;
    store::ExchangeFilter filter;
    filter.as2_message_id = word;
    auto all = transaction.exchanges(filter);
    if (!all)
        return unexpected(std::move(all.error()));
    if (all->empty())
        return std::optional<store::Exchange>();
    auto const rank = [](store::Exchange const& one) { return one.direction == Direction::outbound ? 0 : one.state == ExchangeState::refused ? 2 : 1; };
    return std::optional(std::move(*std::ranges::min_element(*all, {}, rank))); // the first of equals is the newest
}

Result<std::optional<store::Exchange>> exchange_of(store::Transaction& transaction, store::Message const& message) {
    if (message.direction == Direction::outbound)
        return transaction.exchange_of_message(message.id);
    auto transfer = transaction.transfer(message.transfer_id);
    if (!transfer)
        return unexpected(std::move(transfer.error()));
    if (!*transfer || (*transfer)->exchange_id.empty())
        return std::optional<store::Exchange>();
    return transaction.exchange((*transfer)->exchange_id);
}

Result<std::vector<store::Message>> messages_of(store::Transaction& transaction, store::Exchange const& exchange) {
    std::vector<store::Message> messages;
    if (exchange.direction == Direction::outbound) {
        auto found = transaction.message(exchange.message_id);
        if (!found)
            return unexpected(std::move(found.error()));
        if (*found) {
            (*found)->raw.clear();
            messages.push_back(std::move(**found));
        }
        return messages;
    }
    auto transfers = transaction.transfers_of_exchange(exchange.id);
    if (!transfers)
        return unexpected(std::move(transfers.error()));
    for (auto const& transfer : *transfers) {
        store::MessageFilter filter;
        filter.search = transfer.id;
        auto found = transaction.messages(filter);
        if (!found)
            return unexpected(std::move(found.error()));
        std::ranges::move(*found, std::back_inserter(messages));
    }
    return messages;
}

Result<store::Exchange> exchange_for(store::Store& store, std::string_view word) {
    std::optional<store::Exchange> exchange;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        auto found = exchange_named(transaction, word);
        if (!found)
            return unexpected(std::move(found.error()));
        exchange = std::move(*found);
        return {};
    }));
    if (exchange)
        return std::move(*exchange);
    if (word.starts_with('<'))
        return invalid(fmt::format("no exchange has the Message-ID {}", word));
    auto message = view_message(store, word);
    if (!message)
        return unexpected(std::move(message.error()));
    if (!message->exchange)
        return invalid(fmt::format("message {} did not go over AS2 (its channel is {}): all that is kept of its way are its bytes, which "
                                   "`wharf message raw {}` prints",
                                   message->message.id, message->message.channel, message->message.id));
    return std::move(*message->exchange);
}

Result<ExchangeView> view_exchange(store::Store& store, std::string_view word) {
    ExchangeView view;
    auto exchange = exchange_for(store, word);
    if (!exchange)
        return unexpected(std::move(exchange.error()));
    view.exchange = std::move(*exchange);
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        auto transfers = transaction.transfers_of_exchange(view.exchange.id);
        if (!transfers)
            return unexpected(std::move(transfers.error()));
        auto messages = messages_of(transaction, view.exchange);
        if (!messages)
            return unexpected(std::move(messages.error()));
        // What happened to the sending is told of the message.
        auto events = transaction.events_of(view.exchange.direction == Direction::outbound ? view.exchange.message_id : view.exchange.id);
        if (!events)
            return unexpected(std::move(events.error()));
        view.transfers = std::move(*transfers);
        view.messages = std::move(*messages);
        view.events = std::move(*events);
        auto next = next_attempt(transaction, view.exchange);
        if (!next)
            return unexpected(std::move(next.error()));
        view.next = *next;
        return {};
    }));
    return view;
}

Result<std::vector<store::Refusal>> turned_away(store::Transaction& transaction, store::ExchangeFilter const& filter) {
    if (filter.which == store::ExchangeFilter::Which::waiting || filter.direction == Direction::outbound || !filter.as2_message_id.empty())
        return std::vector<store::Refusal>();
    return transaction.refusals(filter.channels, filter.limit);
}

Result<void> choose_partner(store::ExchangeFilter& filter, partner::Configuration const& configuration, std::string_view partner) {
    if (partner.empty())
        return {};
    auto const profile = partner_named(configuration, partner);
    if (!profile)
        return unexpected(profile.error());
    filter.channels = channels_of(configuration, **profile);
    if (filter.channels.empty())
        return invalid(fmt::format("the partner {} has no channel", partner));
    return {};
}

} // namespace wharf::gateway
