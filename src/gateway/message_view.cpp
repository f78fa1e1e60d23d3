// Everything known about one message, and which message a word means.
#include "gateway/exchanges.hpp"
#include "gateway/operations.hpp"

#include <fmt/format.h>

#include <utility>

namespace wharf::gateway {
namespace {

Result<void> set(std::optional<NextAttempt>& to, Result<std::optional<NextAttempt>> const& found) {
    if (!found)
        return unexpected(found.error());
    to = *found;
    return {};
}

/// The messages of the exchange with this id or AS2 Message-ID: one at least.
Result<void> find_by_exchange(store::Transaction& transaction, std::string_view word, std::optional<store::Direction> direction,
                              std::vector<store::Message>& found) {
    auto exchange = exchange_named(transaction, word);
    if (!exchange)
        return unexpected(std::move(exchange.error()));
    if (!*exchange)
        return invalid(fmt::format("no message has the id, order, invoice or control number, or the AS2 Message-ID {}", word));
    auto const& one = **exchange;
    auto messages = messages_of(transaction, one);
    if (!messages)
        return unexpected(std::move(messages.error()));
    found = std::move(*messages);
    if (direction)
        std::erase_if(found, [&](auto const& message) { return message.direction != *direction; });
    if (!found.empty())
        return {};
    return invalid(fmt::format("there is no message behind exchange {} ({}, {}{}); `wharf exchange show {}` tells all of it", one.id, to_string(one.direction),
                               to_string(one.state), one.reason.empty() ? "" : ": " + one.reason, one.id));
}

} // namespace

Result<std::vector<store::Message>> messages_named(store::Transaction& transaction, std::string_view word, std::optional<store::Direction> direction) {
    store::MessageFilter filter;
    filter.search = word;
    filter.direction = direction;
    auto found = transaction.messages(filter);
    if (found && found->empty())
        WHARF_TRY(find_by_exchange(transaction, word, direction, *found));
    return found;
}

std::string several_named(std::vector<store::Message> const& messages, std::string_view word) {
    auto text = fmt::format("{} messages have to do with {}; name one by its id:", messages.size(), word);
    for (auto const& one : messages)
        text += fmt::format("\n  {} {} {} {}", one.id, to_string(one.direction), one.partner, to_string(one.state));
    return text;
}

Result<MessageView> view_message(store::Store& store, std::string_view id_or_number,
                                 std::optional<store::Direction> direction) {
    MessageView view;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        auto message = transaction.message(id_or_number);
        if (!message)
            return unexpected(std::move(message.error()));
        if (!*message) {
            auto const found = messages_named(transaction, id_or_number, direction);
            if (!found)
                return unexpected(found.error());
            if (found->size() > 1)
                return invalid(several_named(*found, id_or_number));
            message = transaction.message(found->front().id);
            if (!message)
                return unexpected(std::move(message.error()));
        }
        view.message = std::move(**message);
        auto documents = transaction.documents_of(view.message.id);
        if (!documents)
            return unexpected(std::move(documents.error()));
        for (auto& document : *documents) {
            MessageView::DocumentView entry;
            auto deliveries = transaction.deliveries_of(document.id);
            if (!deliveries)
                return unexpected(std::move(deliveries.error()));
            auto events = transaction.events_of(document.id);
            if (!events)
                return unexpected(std::move(events.error()));
            for (auto const& delivery : *deliveries)
                WHARF_TRY(set(entry.next.emplace_back(), next_attempt(transaction, delivery)));
            entry.document = std::move(document);
            entry.deliveries = std::move(*deliveries);
            entry.events = std::move(*events);
            view.documents.push_back(std::move(entry));
        }
        auto answers = transaction.answers_to(view.message.id);
        if (!answers)
            return unexpected(std::move(answers.error()));
        view.answers = std::move(*answers);
        auto exchange = exchange_of(transaction, view.message);
        if (!exchange)
            return unexpected(std::move(exchange.error()));
        view.exchange = std::move(*exchange);
        WHARF_TRY(set(view.next, next_attempt(transaction, view.message)));
        if (view.exchange && view.exchange->direction == store::Direction::inbound)
            WHARF_TRY(set(view.next_receipt, next_attempt(transaction, *view.exchange)));
        auto events = transaction.events_of(view.message.id);
        if (!events)
            return unexpected(std::move(events.error()));
        view.events = std::move(*events);
        return {};
    }));
    return view;
}

} // namespace wharf::gateway
