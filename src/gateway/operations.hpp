// What an operator asks for: find, send again, try again, put aside. For the command line and the API.
//
// Each is one transaction. Errors are `invalid` when the request makes no sense (no such id, wrong state); the message
// says what would.
#pragma once

#include "gateway/context.hpp"
#include "gateway/waiting.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

/// Sends an outbound message once more under new control numbers, from its stored bytes. Returns the new message.
[[nodiscard]] Result<store::Message> resend(Context const& context, std::string_view message_id);

/// Tries a dead letter again, by id, or by a number or AS2 Message-ID that belongs to one message only: a delivery (or all dead ones of a document), a held document with its message, a transfer, an outbound message that could
/// not be transmitted, an inbound one that was quarantined, held or dead, the held documents of a processed message.
/// Returns what was done, for people.
[[nodiscard]] Result<std::string> retry(Context const& context, std::string_view id);

/// Marks a dead letter as dealt with, named in the same ways. Nothing is deleted.
[[nodiscard]] Result<std::string> discard(Context const& context, std::string_view id);

struct DeadLetters {
    std::vector<store::Transfer> transfers;
    std::vector<store::Message> messages; // dead_letter, quarantined and held
    std::vector<store::Document> documents; // held
    std::vector<store::Delivery> deliveries;
    [[nodiscard]] bool empty() const {
        return transfers.empty() && messages.empty() && documents.empty() && deliveries.empty();
    }
};
[[nodiscard]] Result<DeadLetters> dead_letters(store::Store& store, unsigned limit);

/// Everything known about a message.
struct MessageView {
    struct DocumentView {
        store::Document document;
        std::vector<store::Delivery> deliveries;
        std::vector<std::optional<NextAttempt>> next; // of each delivery
        std::vector<store::Event> events;
    };
    store::Message message;
    std::vector<DocumentView> documents;
    std::vector<store::Message> answers; // acknowledgments of it that we sent
    std::optional<store::Exchange> exchange; // over AS2: the one it came in, or the newest it went out by
    std::optional<NextAttempt> next;         // outbound: of its transmission
    std::optional<NextAttempt> next_receipt; // inbound: of the receipt of `exchange`
    std::vector<store::Event> events;
};
/// The messages that a search for this word finds, newest first: one at least. `invalid` when there is none.
[[nodiscard]] Result<std::vector<store::Message>> messages_named(store::Transaction& transaction, std::string_view word,
                                                                 std::optional<store::Direction> direction);
/// For people: there are several such messages, and this is how they are told apart.
[[nodiscard]] std::string several_named(std::vector<store::Message> const& messages, std::string_view word);
/// The message with this id, the only one a search for this word finds, or the only one of the exchange with this id or AS2
/// Message-ID. `invalid` when there is none or several.
/// With `direction`, only such messages are looked for.
[[nodiscard]] Result<MessageView> view_message(store::Store& store, std::string_view id_or_number,
                                               std::optional<store::Direction> direction = std::nullopt);

} // namespace wharf::gateway
