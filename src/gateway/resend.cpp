// What we sent, sent once more under new numbers.
#include "gateway/operations.hpp"

#include "base/id.hpp"
#include "gateway/must.hpp"
#include "gateway/outgoing.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

namespace {

using store::MessageState;

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

} // namespace wharf::gateway
