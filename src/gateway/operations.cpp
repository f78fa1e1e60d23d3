#include "gateway/operations.hpp"

#include "base/id.hpp"
#include "gateway/as2_large_file.hpp"
#include "gateway/outgoing.hpp"
#include "gateway/reception.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

namespace {

using store::DeliveryState;
using store::MessageState;
using store::TransferState;

std::string trimmed(std::string_view text) {
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return std::string(text);
}

/// A stored segment as one to be written anew; composites get the component separator of today.
x12::OutSegment out_segment(x12::SegmentView const& segment, x12::Delimiters const& then, x12::Delimiters const& now) {
    x12::OutSegment out;
    out.id = segment.id();
    for (std::uint32_t i = 1; i <= segment.element_count(); ++i) {
        std::string value(segment.element(i));
        std::ranges::replace(value, then.component, now.component);
        out.elements.push_back(std::move(value));
    }
    return out;
}

/// The document under a new id.
store::Document renewed(store::Document document, Timestamp now) {
    document.id = new_id(now);
    document.reason.clear();
    if (auto json = json::parse(document.json); json && json->is_object()) {
        json->set("id", document.id);
        document.json = json::to_text(*json);
    }
    return document;
}

/// A file without an envelope goes out as it is, under a new name.
Result<Draft> file_draft_of(partner::PartnerProfile const& partner, store::Message const& message,
                            std::vector<store::Document> const& documents, Timestamp now) {
    Draft draft;
    draft.partner = &partner;
    draft.identity = partner.identity;
    draft.test = message.test;
    draft.usage = message.test ? 'T' : 'P';
    draft.resend_of = message.id;
    draft.file = message.raw;
    if (!documents.empty())
        draft.agreement = partner.outbound(documents.front().kind, message.test);
    if (draft.is_x12() || to_string(draft.agreement->format) != message.format)
        return invalid(fmt::format("the profile of partner {} does not say any more that such documents are sent as {}", partner.id,
                                   message.format));
    for (auto const& document : documents) {
        DraftSet set;
        set.document = renewed(document, now);
        draft.sets.push_back(std::move(set));
    }
    return draft;
}

/// A draft that says what the stored message said.
Result<Draft> draft_of(partner::PartnerProfile const& partner, store::Message const& message,
                       std::vector<store::Document> const& documents, Timestamp now) {
    if (message.format != "x12")
        return file_draft_of(partner, message, documents, now);
    Draft draft;
    draft.partner = &partner;
    draft.identity = partner.identity;
    draft.test = message.test;
    draft.functional_id = message.functional_id;
    draft.resend_of = message.id;
    draft.answers = message.answers;
    if (!documents.empty())
        draft.agreement = partner.outbound(documents.front().kind, message.test); // nullptr: not agreed any more
    if (!draft.is_x12())
        draft.agreement = nullptr; // agreed in another format since
    auto const today = draft.delimiters();
    x12::Reader reader(message.raw, message.file_name);
    while (reader.next()) {
        auto const& part = reader.part();
        auto const& segments = part.segments;
        switch (part.kind) {
        case x12::PartKind::interchange_start: {
            auto const isa = segments[0];
            draft.sender = {trimmed(isa.element(5)), trimmed(isa.element(6)), {}};
            draft.receiver = {trimmed(isa.element(7)), trimmed(isa.element(8)), {}};
            draft.usage = isa.element(15).empty() ? 'P' : isa.element(15)[0];
            break;
        }
        case x12::PartKind::group_start: {
            auto const gs = segments[0];
            draft.sender.group_id = trimmed(gs.element(2));
            draft.receiver.group_id = trimmed(gs.element(3));
            draft.release = gs.element(8);
            break;
        }
        case x12::PartKind::service:
            draft.service.push_back(out_segment(segments[0], segments.delimiters(), today));
            break;
        case x12::PartKind::transaction_set: {
            DraftSet set;
            set.set = segments[0].element(1);
            set.implementation_reference = segments[0].element(3);
            std::vector<x12::OutSegment> body;
            for (std::size_t i = 1; i + 1 < segments.size(); ++i)
                body.push_back(out_segment(segments[i], segments.delimiters(), today));
            set.body = std::move(body);
            auto const number = segments[0].element(2);
            for (auto const& document : documents) {
                if (document.transaction_control_number != number)
                    continue;
                set.document = renewed(document, now);
            }
            draft.sets.push_back(std::move(set));
            break;
        }
        default:
            break;
        }
    }
    if (draft.sets.empty() && draft.service.empty())
        return invalid(fmt::format("message {} holds nothing that could be sent again", message.id));
    return draft;
}

template <class T> Result<T> must(Result<std::optional<T>> found, std::string_view what, std::string_view id) {
    if (!found)
        return unexpected(std::move(found.error()));
    if (!*found)
        return invalid(fmt::format("there is no {} {}", what, id));
    return std::move(**found);
}

} // namespace

Result<store::Message> resend(Context const& context, std::string_view message_id) {
    store::Message sent;
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto message = must(transaction.message(message_id), "message", message_id);
        if (!message)
            return unexpected(std::move(message.error()));
        if (message->direction != store::Direction::outbound)
            return invalid(fmt::format("message {} came in; only what we sent can be sent again. To process it once more: "
                                       "wharf dead-letter retry {}",
                                       message_id, message_id));
        if (message->state == MessageState::ready) {
            auto exchange = transaction.exchange_of_message(message->id);
            if (!exchange)
                return unexpected(std::move(exchange.error()));
            if (*exchange && (*exchange)->state == store::ExchangeState::waiting_for_receipt)
                return invalid(fmt::format("message {} was taken by the partner's server and waits for his receipt: it is sent, or a dead letter, "
                                           "as soon as that came or is overdue",
                                           message_id));
            return invalid(fmt::format("message {} has not been sent yet: it goes out as soon as channel {} takes it{}", message_id,
                                       message->channel, message->reason.empty() ? std::string() : fmt::format(" ({})", message->reason)));
        }
        auto const* partner = context.configuration.partner(message->partner);
        if (partner == nullptr)
            return invalid(fmt::format("partner {} has no profile any more", message->partner));
        auto documents = transaction.documents_of(message->id);
        if (!documents)
            return unexpected(std::move(documents.error()));
        auto draft = draft_of(*partner, *message, *documents, context.clock.now());
        if (!draft)
            return unexpected(std::move(draft.error()));
        if (draft->channel().empty())
            return invalid(fmt::format("the profile of partner {} names no channel any more", message->partner));
        auto result = commit_draft(context, transaction, record, *draft);
        if (!result)
            return unexpected(std::move(result.error()));
        sent = std::move(*result);
        // The first one waits no longer: its successor does.
        WHARF_TRY(transaction.finish_jobs_of(store::JobKind::expect_acknowledgment, message->id));
        return record.note(message->id, "sent_again",
                           sent.interchange_control_number.empty()
                               ? fmt::format("as message {}, file {}", sent.id, sent.file_name)
                               : fmt::format("as message {}, interchange {}", sent.id, sent.interchange_control_number),
                           fmt::format("as={}", sent.id));
    }));
    return sent;
}

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
                                   store::Transfer const& transfer, std::string& copy) {
    if (transfer.state != TransferState::dead_letter)
        return invalid(fmt::format("transfer {} is {}, not a dead letter", transfer.id, to_string(transfer.state)));
    if (transfer.sha256.empty() && !transfer.exchange_id.empty())
        WHARF_TRY(take_large_file(context, transaction, transfer, copy));
    else if (transfer.sha256.empty())
        return invalid(fmt::format("{} was too large to be read; it is in the failed folder of channel {}: raise "
                                   "`pickup.max_bytes` and move it back into the inbox",
                                   transfer.file_name, transfer.channel));
    WHARF_TRY(transaction.set_state(transfer.id, TransferState::received, {}));
    WHARF_TRY(transaction.add_job(store::JobKind::process_transfer, transfer.id, context.clock.now()));
    WHARF_TRY(record.note(transfer.id, "transfer_retried", "by hand"));
    return fmt::format("transfer {} will be processed again", transfer.id);
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
    return std::optional(fmt::format("message {} will be transmitted again on channel {}", message.id, message.channel));
}

} // namespace

Result<std::string> retry(Context const& context, std::string_view id) {
    std::string done, exchange_id, copy; // of a file that lay in the vault
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
        return take(retry_transfer(context, transaction, record, *transfer, copy));
    }));
    if (!copy.empty())
        context.vault.drop(exchange_id, copy);
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

Result<std::string> discard(Context const& context, std::string_view id) {
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

Result<MessageView> view_message(store::Store& store, std::string_view id_or_number,
                                 std::optional<store::Direction> direction) {
    MessageView view;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        auto message = transaction.message(id_or_number);
        if (!message)
            return unexpected(std::move(message.error()));
        if (!*message) {
            store::MessageFilter filter;
            filter.search = id_or_number;
            filter.direction = direction;
            auto found = transaction.messages(filter);
            if (!found)
                return unexpected(std::move(found.error()));
            if (found->empty())
                return invalid(fmt::format("no message has the id, order, invoice or control number {}", id_or_number));
            if (found->size() > 1) {
                std::string ids;
                for (auto const& one : *found)
                    ids += fmt::format("\n  {} {} {} {}", one.id, to_string(one.direction), one.partner, to_string(one.state));
                return invalid(fmt::format("{} messages have to do with {}; name one by its id:{}", found->size(), id_or_number, ids));
            }
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
            entry.document = std::move(document);
            entry.deliveries = std::move(*deliveries);
            entry.events = std::move(*events);
            view.documents.push_back(std::move(entry));
        }
        auto answers = transaction.answers_to(view.message.id);
        if (!answers)
            return unexpected(std::move(answers.error()));
        view.answers = std::move(*answers);
        auto exchange = transaction.exchange_of_message(view.message.id);
        if (!exchange)
            return unexpected(std::move(exchange.error()));
        view.exchange = std::move(*exchange);
        auto events = transaction.events_of(view.message.id);
        if (!events)
            return unexpected(std::move(events.error()));
        view.events = std::move(*events);
        return {};
    }));
    return view;
}

} // namespace wharf::gateway
