// AS2 exchanges as an operator looks for them: by id, by Message-ID with or without its brackets, refused ones included, or by the
// message that went over them. For the command line and the API; each call is one read of the store.
#pragma once

#include "gateway/waiting.hpp"
#include "partner/configuration.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

/// As the head of the exchange says; empty where it says nothing.
struct As2Names {
    std::string from, to;
};
[[nodiscard]] As2Names names_of(store::Exchange const& exchange);

/// Everything known about an exchange.
struct ExchangeView {
    store::Exchange exchange;
    std::vector<store::Transfer> transfers; // inbound: the files that it brought
    std::vector<store::Message> messages;   // outbound: the one that was sent; inbound: what its files held. Without raw
    std::vector<store::Event> events;
    std::optional<NextAttempt> next{}; // of the message, or of the receipt that is owed
};

/// The exchange with this id or AS2 Message-ID, or that of the message that this id or number finds. Where several have one
/// Message-ID: the one we sent, the one that was taken, else the newest refused. `invalid` when there is none.
[[nodiscard]] Result<store::Exchange> exchange_for(store::Store& store, std::string_view word);
[[nodiscard]] Result<ExchangeView> view_exchange(store::Store& store, std::string_view word);

/// The exchange with exactly this id or Message-ID, inside a transaction.
[[nodiscard]] Result<std::optional<store::Exchange>> exchange_named(store::Transaction& transaction, std::string_view word);
/// The one that carried a message; nothing: it did not go over AS2.
[[nodiscard]] Result<std::optional<store::Exchange>> exchange_of(store::Transaction& transaction, store::Message const& message);
/// The messages of an exchange, without raw.
[[nodiscard]] Result<std::vector<store::Message>> messages_of(store::Transaction& transaction, store::Exchange const& exchange);

/// Requests turned away before there was an exchange, newest first, where this filter asks for such: not those that wait, or went out.
[[nodiscard]] Result<std::vector<store::Refusal>> turned_away(store::Transaction& transaction, store::ExchangeFilter const& filter);

/// Restricts a list to the channels of a partner. `invalid` when there is no such partner, or he has none.
[[nodiscard]] Result<void> choose_partner(store::ExchangeFilter& filter, partner::Configuration const& configuration, std::string_view partner);

} // namespace wharf::gateway
