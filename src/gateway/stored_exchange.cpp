#include "gateway/stored_exchange.hpp"

#include "gateway/context.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace wharf::gateway {

namespace as2 = transport::as2;
using store::ExchangeState;

namespace {

FoundExchange look(store::Store& store, std::function<FoundExchange(store::Transaction&)> const& find) {
    FoundExchange found;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        found = find(transaction);
        return found ? Result<void>() : unexpected(found.error());
    }));
    return found;
}

} // namespace

FoundExchange find_exchange(store::Store& store, std::string_view id) {
    return look(store, [&](auto& transaction) { return transaction.exchange(id); });
}

FoundExchange find_exchange(store::Store& store, std::string_view channel, store::Direction direction, std::string_view as2_message_id) {
    return look(store, [&](auto& transaction) { return transaction.find_exchange(channel, direction, as2_message_id); });
}

FoundExchange exchange_of_message(store::Store& store, std::string_view message_id) {
    return look(store, [&](auto& transaction) { return transaction.exchange_of_message(message_id); });
}

bool is_settled(store::Exchange const& exchange) {
    switch (exchange.state) {
    case ExchangeState::accepted:
    case ExchangeState::succeeded:
    case ExchangeState::failed:
        return true;
    case ExchangeState::refused:
        return !is_given_up(exchange);
    default:
        return false;
    }
}

bool is_given_up(store::Exchange const& exchange) {
    // Whoever settles an exchange forgets its openings; sending a receipt counts in their place, and then there is a disposition.
    return exchange.state == ExchangeState::refused && exchange.disposition.empty() && exchange.attempts > 0;
}

std::string write_stored_head(as2::Fields const& fields) {
    static constexpr std::array<std::string_view, 11> left_out = {
        "Authorization", "Proxy-Authorization", "WWW-Authenticate",  "Proxy-Authenticate", "Cookie", "Set-Cookie",
        "Connection",    "Keep-Alive",          "Transfer-Encoding", "Content-Length",     "Expect"};
    as2::Fields kept;
    for (auto const& one : fields)
        if (std::ranges::none_of(left_out, [&](auto name) { return as2::same_word(one.first, name); }))
            kept.push_back(one);
    auto text = as2::write_head(kept);
    text.resize(text.size() - 2); // the blank line
    return text;
}

as2::Fields read_stored_head(std::string_view head) {
    auto read = as2::read_head(transport::Content(std::string(head) + "\r\n"));
    return read ? std::move(read->fields) : as2::Fields();
}

} // namespace wharf::gateway
