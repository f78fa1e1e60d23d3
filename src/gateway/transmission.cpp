#include "gateway/transmission.hpp"

#include "gateway/as2_record.hpp"
#include "gateway/as2_sending.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/life_cycle.hpp"
#include "gateway/windows.hpp"

#include <fmt/format.h>

namespace wharf::gateway {

namespace {

Result<std::optional<store::Message>> load(Context const& context, std::string_view id) {
    std::optional<store::Message> message;
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.message(id);
        if (!found)
            return unexpected(std::move(found.error()));
        message = std::move(*found);
        return {};
    }));
    return message;
}

Result<void> drop(Context const& context, store::Job const& job) {
    return context.store.transact([&](store::Transaction& transaction) { return transaction.finish_job(job.id); });
}

/// How long a 997 to it may take: as the profile says for documents of this kind, else for all. 0: none is expected.
std::chrono::seconds deadline(Context const& context, store::Message const& message) {
    auto const* partner = context.configuration.partner(message.partner);
    if (partner == nullptr)
        return {};
    for (auto const& agreement : partner->documents)
        if (agreement.direction == partner::Direction::outbound && agreement.is_x12() && context.knowledge.functional_id(agreement) == message.functional_id)
            return agreement.acknowledgment.expect_997_within;
    return partner->acknowledgment.expect_997_within;
}

/// Messages that wait for a 997: all X12 but acknowledgments, to partners that send them.
bool awaits_acknowledgment(Context const& context, store::Message const& message) {
    if (message.format != "x12" || message.functional_id == "FA" || message.functional_id == "TA1" || message.state != store::MessageState::sent)
        return false;
    return deadline(context, message).count() > 0;
}

Result<void> record_sent_documents(store::Transaction& transaction, store::Message const& message, Timestamp now) {
    auto documents = transaction.documents_of(message.id);
    if (!documents)
        return unexpected(std::move(documents.error()));
    for (auto& document : *documents)
        if (document.state == store::DocumentState::ready) {
            document.state = store::DocumentState::sent;
            document.updated_at = now;
            WHARF_TRY(transaction.update(document));
        }
    return {};
}

} // namespace

Result<void> begin_waiting(Context const& context, store::Transaction& transaction, store::Message const& message, Timestamp now) {
    WHARF_TRY(record_sent_documents(transaction, message, now));
    if (!awaits_acknowledgment(context, message))
        return {};
    WHARF_TRY(transaction.finish_jobs_of(store::JobKind::expect_acknowledgment, message.id));
    return transaction.add_job(store::JobKind::expect_acknowledgment, message.id, now + deadline(context, message));
}

Result<void> transmit(Context const& context, store::Job const& job) {
    auto loaded = load(context, job.subject);
    if (!loaded)
        return unexpected(std::move(loaded.error()));
    if (*loaded && relation_of(context, (*loaded)->channel))
        return transmit_as2(context, job, std::move(**loaded));
    // Anything but ready: sent before, or answered before we could note that it was sent.
    if (!*loaded || (*loaded)->state != store::MessageState::ready)
        return drop(context, job);
    auto const waits = postpone_to_window(context, job, (*loaded)->channel, true);
    if (!waits)
        return unexpected(waits.error());
    if (*waits)
        return {};
    auto const raw = std::move((*loaded)->raw);
    auto const channel = (*loaded)->channel;
    auto const file_name = (*loaded)->file_name;
    auto const made_at = std::chrono::floor<std::chrono::seconds>((*loaded)->created_at.time_since_epoch()).count();
    crash_point("before-transmit");
    Timestamp later;
    auto const turn = context.channels.try_with(
        channel,
        [&](transport::Connection& connection) {
            transport::Connection::Upload const file{file_name, raw, made_at};
            return std::move(connection.put_all({&file, 1}).front());
        },
        later);
    if (!turn) // not asked: no attempt
        return context.store.transact([&](store::Transaction& transaction) { return transaction.postpone_job(job.id, later); });
    auto const& written = *turn;
    crash_point("after-transmit");

    auto const now = context.clock.now();
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto found = transaction.message(job.subject); // again: an acknowledgment may have come meanwhile
        if (!found)
            return unexpected(std::move(found.error()));
        if (!*found)
            return transaction.finish_job(job.id);
        auto message = std::move(**found);
        ++message.attempts;
        auto step = after_transmission(std::move(message), written ? std::nullopt : std::optional(written.error()),
                                       context.configuration.gateway.retry, now, context.random());
        WHARF_TRY(transaction.update(step.message));
        if (written)
            WHARF_TRY(begin_waiting(context, transaction, step.message, now));
        WHARF_TRY(record.note(step.message.id, step.note.type, step.note.text,
                              fmt::format("channel={} file={} attempt={}{}", channel, for_log(file_name), step.message.attempts,
                                          written ? std::string() : fmt::format(" reason={}", for_log(written.error().message)))));
        return step.retry_at ? transaction.postpone_job(job.id, *step.retry_at) : transaction.finish_job(job.id);
    }));
    crash_point("after-record-sent");
    return {};
}

Result<void> expect_acknowledgment(Context const& context, store::Job const& job) {
    auto const now = context.clock.now();
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        WHARF_TRY(transaction.finish_job(job.id));
        auto message = transaction.message(job.subject);
        if (!message)
            return unexpected(std::move(message.error()));
        if (!*message)
            return {};
        auto documents = transaction.documents_of(job.subject);
        if (!documents)
            return unexpected(std::move(documents.error()));
        auto change = become_overdue(std::move(**message), std::move(*documents));
        for (auto& document : change.documents) {
            document.updated_at = now;
            WHARF_TRY(transaction.update(document));
        }
        if (change.message) {
            change.message->updated_at = now;
            WHARF_TRY(transaction.update(*change.message));
        }
        for (auto const& note : change.notes)
            WHARF_TRY(record.note(job.subject, note.type, note.text));
        return {};
    }));
    crash_point("after-overdue");
    return {};
}

} // namespace wharf::gateway
