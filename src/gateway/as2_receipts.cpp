#include "gateway/as2_receipts.hpp"

#include "gateway/as2_relations.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/answer_words.hpp"
#include "transport/as2/transmission.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;
constexpr auto wait_for_answer = 500ms; // the answer's end wakes nobody but looks again soon enough

Result<void> postpone(Context const& context, store::Job const& job, Timestamp due) {
    return context.store.transact([&](store::Transaction& transaction) { return transaction.postpone_job(job.id, due); });
}

/// A receipt asks for no receipt: a 2xx is its success.
as2::Relation relation_of_receipts(As2Relation const& relation) {
    auto receipts = relation.relation;
    receipts.receipt_mode = as2::ReceiptMode::none;
    return receipts;
}

as2::TransmissionEvent event_of(Context const& context, std::string const& url, Result<as2::PostAnswer> const& answer) {
    auto const chance = context.random();
    if (!answer)
        return as2::ConnectionLost{fmt::format("{}: {}", url, answer.error().message), chance};
    return as2::Answered{answer->status, as2::NoReceipt{}, answer->retry_after, chance, url, words_of(*answer)};
}

/// `sent`: as it was when the POST began. Where the receipt was asked for again meanwhile, another job sends it once more, and this
/// outcome says nothing about that.
Result<void> record_outcome(Context const& context, store::Job const& job, store::Exchange const& sent, as2::TransmissionActions const& actions,
                            unsigned attempts, std::string const& reason) {
    auto const now = context.clock.now();
    return transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto found = transaction.exchange(sent.id);
        if (!found)
            return unexpected(std::move(found.error()));
        if (!*found || (*found)->receipt != sent.receipt || (*found)->updated_at != sent.updated_at || (*found)->attempts != sent.attempts)
            return {};
        auto& exchange = **found;
        exchange.attempts = attempts;
        exchange.updated_at = now;
        auto const facts = fmt::format("channel={} message_id={} attempt={}", exchange.channel, for_log(exchange.as2_message_id), attempts);
        for (auto const& action : actions) {
            if (auto const* const wait = std::get_if<as2::WaitToRetry>(&action)) {
                WHARF_TRY(transaction.postpone_job(job.id, now + wait->time));
                WHARF_TRY(record.note(exchange.id, "as2_receipt_waits", reason, fmt::format("{} reason={}", facts, for_log(reason))));
            } else if (std::holds_alternative<as2::Succeed>(action)) {
                exchange.receipt = store::ReceiptState::sent;
                WHARF_TRY(transaction.finish_job(job.id));
                WHARF_TRY(record.note(exchange.id, "as2_receipt_sent", exchange.receipt_message_id, facts));
            } else if (auto const* const failed = std::get_if<as2::Fail>(&action)) {
                exchange.receipt = store::ReceiptState::unsent;
                WHARF_TRY(transaction.finish_job(job.id));
                auto const text = fmt::format("the receipt for {} could not be sent: {}. The partner gets it when he sends his message again",
                                              exchange.as2_message_id, failed->reason);
                if (exchange.state == store::ExchangeState::accepted)
                    exchange.reason = text;
                WHARF_TRY(record.note(exchange.id, "AS2_RECEIPT_UNSENT", text, fmt::format("{} reason={}", facts, for_log(failed->reason))));
            }
        }
        return transaction.update(exchange);
    });
}

std::string reason_of(std::string const& url, Result<as2::PostAnswer> const& answer) {
    return answer ? fmt::format("the partner's server {} answers {}{}", url, answer->status, words_of(*answer)) : fmt::format("{}: {}", url, answer.error().message);
}

} // namespace

Result<void> send_receipt(Context const& context, store::Job const& job) {
    auto loaded = find_exchange(context.store, job.subject);
    if (!loaded)
        return unexpected(std::move(loaded.error()));
    if (!*loaded || (*loaded)->receipt != store::ReceiptState::owed)
        return context.store.transact([&](store::Transaction& transaction) { return transaction.finish_job(job.id); });
    auto& exchange = **loaded;
    if (context.as2_unanswered->holds(exchange.id))
        return postpone(context, job, context.clock.now() + wait_for_answer);
    auto const relation = context.as2 ? context.as2->by_channel(exchange.channel) : nullptr;
    if (relation == nullptr || relation->receipt_post.url.empty())
        return temporary(fmt::format("a receipt is owed on channel {}, which has no incoming.receipt_address any more", exchange.channel));
    auto body = context.vault.open(context.store, exchange.id, vault_name::receipt);
    if (!body)
        return unexpected(std::move(body.error()));

    Timestamp later;
    auto turn = context.post_turns->take(exchange.channel + "/receipts", exchange.id, context.clock, later);
    if (!turn)
        return postpone(context, job, later);
    as2::TransmissionState state;
    state.attempts = exchange.attempts;
    as2::Transmission machine(relation_of_receipts(*relation), exchange.receipt_message_id, state);
    (void)machine.begin();
    crash_point("before-send-receipt");
    auto const answer = context.send_post(relation->receipt_post, read_stored_head(exchange.receipt_head), *body);
    if (!answer && *context.stopping) // the next start finds it as after a kill
        return unexpected(answer.error());
    turn->report(answer.has_value());
    crash_point("after-send-receipt");
    auto const url = transport::without_secrets(relation->receipt_post.url);
    auto const actions = machine.on(event_of(context, url, answer));
    WHARF_TRY(record_outcome(context, job, exchange, actions, machine.state().attempts, reason_of(url, answer)));
    crash_point("after-record-sent-receipt");
    return {};
}

Result<void> owe_receipt_again(Context const& context, std::string_view exchange_id) {
    return transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto found = transaction.exchange(exchange_id);
        if (!found)
            return unexpected(std::move(found.error()));
        if (!*found || (*found)->receipt_head.empty())
            return {};
        auto& exchange = **found;
        exchange.receipt = store::ReceiptState::owed;
        exchange.attempts = 0;
        exchange.updated_at = context.clock.now();
        WHARF_TRY(transaction.update(exchange));
        WHARF_TRY(transaction.finish_jobs_of(store::JobKind::send_receipt, exchange.id));
        WHARF_TRY(transaction.add_job(store::JobKind::send_receipt, exchange.id, context.clock.now()));
        return record.note_rarely(exchange.channel, exchange.id, "as2_receipt_again", "the message came again; it gets the stored receipt once more",
                                  fmt::format("channel={} message_id={}", exchange.channel, for_log(exchange.as2_message_id)));
    });
}

} // namespace wharf::gateway
