// What did not go through: listed, tried again, put aside.
#include "gateway/as2_large_file.hpp"
#include "gateway/as2_packing.hpp"
#include "gateway/as2_record.hpp"
#include "gateway/must.hpp"
#include "gateway/operations.hpp"
#include "gateway/reception.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace wharf::gateway {

using store::DeliveryState;
using store::MessageState;
using store::TransferState;

namespace {

Result<std::string> retry_delivery(Context const& context, store::Transaction& transaction, Record& record,
                                   store::Delivery delivery) {
    if (delivery.state != DeliveryState::dead_letter)
        return invalid(fmt::format("delivery {} is {}, not a dead letter", delivery.id, to_string(delivery.state)));
    delivery.state = DeliveryState::waiting;
    delivery.attempts = 0;
    delivery.updated_at = context.clock.now();
    WHARF_TRY(transaction.update(delivery));
    WHARF_TRY(transaction.add_job(store::JobKind::deliver, delivery.id, context.clock.now()));
    WHARF_TRY(record.note(delivery.document_id, "delivery_retried", fmt::format("to {}, by hand", delivery.target),
                          fmt::format("delivery={}", delivery.id)));
    return fmt::format("delivery {} to {} will be tried again", delivery.id, delivery.target);
}

Result<std::string> retry_transfer(Context const& context, store::Transaction& transaction, Record& record,
                                   store::Transfer const& transfer, std::optional<LargeFile> const& large) {
    if (transfer.state != TransferState::dead_letter)
        return invalid(fmt::format("transfer {} is {}, not a dead letter", transfer.id, to_string(transfer.state)));
    if (transfer.sha256.empty() && large)
        WHARF_TRY(take_large_file(transaction, transfer, *large));
    else if (transfer.sha256.empty())
        return invalid(fmt::format("{} was too large to be read; it is in the failed folder of channel {}: raise "
                                   "`pickup.max_bytes` and move it back into the inbox",
                                   transfer.file_name, transfer.channel));
    WHARF_TRY(transaction.set_state(transfer.id, TransferState::received, {}));
    WHARF_TRY(transaction.add_job(store::JobKind::process_transfer, transfer.id, context.clock.now()));
    WHARF_TRY(record.note(transfer.id, "transfer_retried", "by hand"));
    return fmt::format("transfer {} will be processed again", transfer.id);
}

/// What a person who corrected something wants to know: whether the correction goes with it.
Result<std::string> how_over_as2(Context const& context, store::Transaction& transaction, store::Message const& message) {
    auto const relation = relation_of(context, message.channel);
    auto exchange = relation ? transaction.exchange_of_message(message.id) : Result<std::optional<store::Exchange>>();
    if (!exchange)
        return unexpected(std::move(exchange.error()));
    if (!*exchange)
        return std::string();
    auto const& names = relation->relation;
    return can_go_again(**exchange, *relation, context.clock.now())
               ? fmt::format(", with the same bytes and Message-ID, as AS2-From {}, AS2-To {}", names.own_name, names.partner_name)
               : fmt::format(", packed anew with the names and certificates of today under a new Message-ID, as AS2-From {}, AS2-To {}", names.own_name,
                             names.partner_name);
}

/// Nothing when the message's documents must be asked instead.
Result<std::optional<std::string>> retry_message(Context const& context, store::Transaction& transaction, Record& record,
                                                 store::Message message) {
    if (message.direction == store::Direction::inbound) {
        if (message.state == MessageState::processed)
            return std::optional<std::string>();
        if (message.state != MessageState::dead_letter && message.state != MessageState::quarantined &&
            message.state != MessageState::held)
            return invalid(fmt::format("message {} is {}: there is nothing to try again", message.id, to_string(message.state)));
        auto const id = message.id;
        auto transfer = process_again(context, transaction, record, std::move(message));
        if (!transfer)
            return unexpected(std::move(transfer.error()));
        return std::optional(fmt::format("message {} will be processed again as transfer {}", id, *transfer));
    }
    if (message.state == MessageState::ready)
        return invalid(fmt::format("message {} is ready, not a dead letter: its transmission goes on by itself{}", message.id,
                                   message.reason.empty() ? std::string() : fmt::format(" ({})", message.reason)));
    if (message.state != MessageState::dead_letter)
        return invalid(fmt::format("message {} is {}, not a dead letter; to send it under a new number: wharf message resend {}",
                                   message.id, to_string(message.state), message.id));
    message.state = MessageState::ready;
    message.attempts = 0;
    message.updated_at = context.clock.now();
    WHARF_TRY(transaction.update(message));
    WHARF_TRY(transaction.add_job(store::JobKind::transmit, message.id, context.clock.now()));
    WHARF_TRY(record.note(message.id, "transmission_retried", "by hand"));
    auto how = how_over_as2(context, transaction, message);
    if (!how)
        return unexpected(std::move(how.error()));
    return std::optional(fmt::format("message {} will be transmitted again on channel {}{}", message.id, message.channel, *how));
}

/// What a word names, ready for retry and discard.
struct NamedLetters {
    std::vector<std::string> to_retry, to_discard;
};

/// The dead letters of one message: itself, its held documents, its dead deliveries.
Result<NamedLetters> letters_of(store::Transaction& transaction, store::Message const& message) {
    NamedLetters letters;
    auto const state = message.state;
    if (state == MessageState::dead_letter || state == MessageState::quarantined || state == MessageState::held)
        return NamedLetters{{message.id}, {message.id}};
    auto documents = transaction.documents_of(message.id);
    if (!documents)
        return unexpected(std::move(documents.error()));
    for (auto const& document : *documents) {
        if (document.state == store::DocumentState::held) {
            if (std::ranges::find(letters.to_retry, message.id) == letters.to_retry.end())
                letters.to_retry.push_back(message.id); // all that are held in it
            letters.to_discard.push_back(document.id);
        }
        auto deliveries = transaction.deliveries_of(document.id);
        if (!deliveries)
            return unexpected(std::move(deliveries.error()));
        for (auto const& delivery : *deliveries)
            if (delivery.state == DeliveryState::dead_letter) {
                letters.to_retry.push_back(delivery.id);
                letters.to_discard.push_back(delivery.id);
            }
    }
    return letters;
}

/// Whether this is the id of something, which then says itself whether it can be tried again.
Result<bool> is_id(store::Transaction& transaction, std::string_view word) {
    auto delivery = transaction.delivery(word);
    if (!delivery)
        return unexpected(std::move(delivery.error()));
    auto message = transaction.message(word);
    if (!message)
        return unexpected(std::move(message.error()));
    auto document = transaction.document(word);
    if (!document)
        return unexpected(std::move(document.error()));
    auto transfer = transaction.transfer(word);
    if (!transfer)
        return unexpected(std::move(transfer.error()));
    return *delivery || *message || *document || *transfer;
}

/// An id as it is; else the dead letters of the one message that the word finds.
Result<NamedLetters> named(store::Store& store, std::string_view word) {
    NamedLetters letters;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        auto const known = is_id(transaction, word);
        if (!known)
            return unexpected(known.error());
        if (*known) {
            letters = {{std::string(word)}, {std::string(word)}};
            return {};
        }
        auto messages = messages_named(transaction, word, std::nullopt);
        if (!messages)
            return unexpected(std::move(messages.error()));
        std::string dead;
        for (auto const& message : *messages) {
            auto found = letters_of(transaction, message);
            if (!found)
                return unexpected(std::move(found.error()));
            if (found->to_retry.empty())
                continue;
            if (!dead.empty())
                return invalid(fmt::format("messages {} and {} are dead letters, or hold some, and both have to do with {}; name one by its id", dead,
                                           message.id, word));
            dead = message.id;
            letters = std::move(*found);
        }
        if (dead.empty())
            return invalid(messages->size() == 1
                               ? fmt::format("message {} has to do with {}: it is {}, and holds no dead letter", messages->front().id, word,
                                             to_string(messages->front().state))
                               : fmt::format("{} messages have to do with {}, and none holds a dead letter: see wharf message list {}", messages->size(), word, word));
        return {};
    }));
    return letters;
}

using OneLetter = Result<std::string> (*)(Context const&, std::string_view);
Result<std::string> each(Context const& context, std::vector<std::string> const& ids, OneLetter work) {
    std::string done;
    for (auto const& id : ids) {
        auto result = work(context, id);
        if (!result)
            return unexpected(Error{result.error().kind, done.empty() ? result.error().message : fmt::format("{}; but {}", done, result.error().message)});
        done += (done.empty() ? "" : "; ") + *result;
    }
    return done;
}

Result<std::string> retry_one(Context const& context, std::string_view id) {
    auto const large = read_large_file(context, id);
    if (!large)
        return unexpected(large.error());
    std::string done, exchange_id; // of a file that lay in the vault
    std::optional<store::Message> held;
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto take = [&](Result<std::string> result) -> Result<void> {
            if (!result)
                return unexpected(std::move(result.error()));
            done += (done.empty() ? "" : "; ") + *result;
            return {};
        };
        auto delivery = transaction.delivery(id);
        if (!delivery)
            return unexpected(std::move(delivery.error()));
        if (*delivery)
            return take(retry_delivery(context, transaction, record, std::move(**delivery)));
        auto message = transaction.message(id);
        if (!message)
            return unexpected(std::move(message.error()));
        if (*message) {
            held = **message;
            auto result = retry_message(context, transaction, record, std::move(**message));
            if (!result)
                return unexpected(std::move(result.error()));
            if (*result) {
                held.reset();
                done = **result;
            }
            return {};
        }
        auto document = transaction.document(id);
        if (!document)
            return unexpected(std::move(document.error()));
        if (*document && (*document)->state == store::DocumentState::held) {
            auto owner = must(transaction.message((*document)->message_id), "message", (*document)->message_id);
            if (!owner)
                return unexpected(std::move(owner.error()));
            held = std::move(*owner);
            return {};
        }
        if (*document) {
            auto deliveries = transaction.deliveries_of(id);
            if (!deliveries)
                return unexpected(std::move(deliveries.error()));
            for (auto& one : *deliveries)
                if (one.state == DeliveryState::dead_letter)
                    WHARF_TRY(take(retry_delivery(context, transaction, record, std::move(one))));
            if (done.empty())
                return invalid(fmt::format("document {} has no dead delivery", id));
            return {};
        }
        auto transfer = must(transaction.transfer(id), "delivery, message, document or transfer", id);
        if (!transfer)
            return unexpected(std::move(transfer.error()));
        exchange_id = transfer->exchange_id;
        return take(retry_transfer(context, transaction, record, *transfer, *large));
    }));
    if (*large)
        context.vault.drop(exchange_id, (*large)->name);
    if (!held)
        return done;
    auto count = retry_held_documents(context, *held);
    if (!count)
        return unexpected(std::move(count.error()));
    if (*count == 0)
        return invalid(fmt::format("message {} has no held document that could go on now: see wharf message show {}", held->id,
                                   held->id));
    return fmt::format("{} held document{} of message {} will be delivered", *count, *count == 1 ? "" : "s", held->id);
}

Result<std::string> discard_one(Context const& context, std::string_view id) {
    std::string done;
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto const now = context.clock.now();
        auto delivery = transaction.delivery(id);
        if (!delivery)
            return unexpected(std::move(delivery.error()));
        if (*delivery) {
            if ((*delivery)->state != DeliveryState::dead_letter)
                return invalid(fmt::format("delivery {} is {}, not a dead letter", id, to_string((*delivery)->state)));
            (*delivery)->state = DeliveryState::discarded;
            (*delivery)->updated_at = now;
            WHARF_TRY(transaction.update(**delivery));
            done = fmt::format("delivery {} is discarded", id);
            return record.note((*delivery)->document_id, "discarded", fmt::format("delivery to {}", (*delivery)->target),
                               fmt::format("delivery={}", id));
        }
        auto message = transaction.message(id);
        if (!message)
            return unexpected(std::move(message.error()));
        if (*message) {
            auto const state = (*message)->state;
            if (state != MessageState::dead_letter && state != MessageState::quarantined && state != MessageState::held)
                return invalid(fmt::format("message {} is {}, not a dead letter", id, to_string(state)));
            (*message)->state = MessageState::discarded;
            (*message)->updated_at = now;
            WHARF_TRY(transaction.update(**message));
            done = fmt::format("message {} is discarded; its bytes are kept", id);
            return record.note(id, "discarded", fmt::format("it was {}", to_string(state)));
        }
        auto document = transaction.document(id);
        if (!document)
            return unexpected(std::move(document.error()));
        if (*document) {
            if ((*document)->state != store::DocumentState::held)
                return invalid(fmt::format("document {} is {}, not held", id, to_string((*document)->state)));
            (*document)->state = store::DocumentState::discarded;
            (*document)->updated_at = now;
            WHARF_TRY(transaction.update(**document));
            done = fmt::format("document {} is discarded", id);
            return record.note(id, "discarded", (*document)->reason);
        }
        auto transfer = must(transaction.transfer(id), "delivery, message, document or transfer", id);
        if (!transfer)
            return unexpected(std::move(transfer.error()));
        if (transfer->state != TransferState::dead_letter)
            return invalid(fmt::format("transfer {} is {}, not a dead letter", id, to_string(transfer->state)));
        WHARF_TRY(transaction.set_state(id, TransferState::discarded, transfer->reason));
        done = fmt::format("transfer {} is discarded", id);
        return record.note(id, "discarded", transfer->reason);
    }));
    return done;
}

} // namespace

Result<std::string> retry(Context const& context, std::string_view word) {
    auto const letters = named(context.store, word);
    return letters ? each(context, letters->to_retry, retry_one) : unexpected(letters.error());
}

Result<std::string> discard(Context const& context, std::string_view word) {
    auto const letters = named(context.store, word);
    return letters ? each(context, letters->to_discard, discard_one) : unexpected(letters.error());
}

Result<DeadLetters> dead_letters(store::Store& store, unsigned limit) {
    DeadLetters letters;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        auto transfers = transaction.dead_transfers(limit);
        if (!transfers)
            return unexpected(std::move(transfers.error()));
        letters.transfers = std::move(*transfers);
        for (auto const state : {MessageState::dead_letter, MessageState::quarantined, MessageState::held}) {
            store::MessageFilter filter;
            filter.state = state;
            filter.limit = limit;
            auto messages = transaction.messages(filter);
            if (!messages)
                return unexpected(std::move(messages.error()));
            std::ranges::move(*messages, std::back_inserter(letters.messages));
        }
        auto documents = transaction.held_documents(limit);
        if (!documents)
            return unexpected(std::move(documents.error()));
        letters.documents = std::move(*documents);
        auto deliveries = transaction.dead_deliveries(limit);
        if (!deliveries)
            return unexpected(std::move(deliveries.error()));
        letters.deliveries = std::move(*deliveries);
        return {};
    }));
    return letters;
}

} // namespace wharf::gateway
