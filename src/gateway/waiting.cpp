#include "gateway/waiting.hpp"

#include "gateway/exchanges.hpp"
#include "gateway/operations.hpp"
#include "gateway/windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {
namespace {

using store::JobKind;

Result<std::optional<NextAttempt>> next_of(store::Transaction& transaction, JobKind kind, std::string_view subject, unsigned made) {
    auto const jobs = transaction.jobs_of(subject);
    if (!jobs)
        return unexpected(jobs.error());
    auto const found = std::ranges::find(*jobs, kind, &store::Job::kind);
    return found == jobs->end() ? std::optional<NextAttempt>() : NextAttempt{found->due_at, made};
}

std::string attempt_of(NextAttempt const& next, Timestamp now) {
    return fmt::format("attempt {}{}", next.made + 1, next.at > now ? fmt::format(", which was to come at {}", to_iso8601(next.at)) : std::string());
}

/// One request, in one transaction.
class SendNow {
public:
    SendNow(Context const& context, store::Transaction& transaction, Record& record, std::string& done)
        : transaction_(transaction), record_(record), now_(context.clock.now()), done_(done) {}

    Result<void> exchange(store::Exchange const& exchange) {
        if (exchange.direction == store::Direction::inbound)
            return receipt(exchange);
        auto message = transaction_.message(exchange.message_id);
        if (!message)
            return unexpected(std::move(message.error()));
        return *message ? outbound(**message) : invalid(fmt::format("exchange {} has no message", exchange.id));
    }

    Result<void> message(store::Message const& message) {
        if (message.direction == store::Direction::outbound)
            return outbound(message);
        WHARF_TRY(deliveries(message));
        auto exchange = exchange_of(transaction_, message);
        if (!exchange)
            return unexpected(std::move(exchange.error()));
        bool const is_nothing = done_.empty() && refused_.empty(); // so far
        if (*exchange && ((*exchange)->receipt == store::ReceiptState::owed || is_nothing))
            return receipt(**exchange);
        return is_nothing ? invalid(fmt::format("message {} came in and is {}: nothing of it waits to be sent", message.id, to_string(message.state))) : Result<void>();
    }

    /// Of a message several things may wait: what cannot go keeps no other back. Fails when nothing goes.
    Result<void> finish() {
        if (done_.empty())
            return invalid(refused_);
        if (!refused_.empty())
            done_ += "; " + refused_;
        return {};
    }

private:
    /// `what`: "message 01J…".
    Result<void> hasten(JobKind kind, std::string_view subject, std::string const& what, std::optional<NextAttempt> const& next, std::string_view noted_of) {
        auto const hastened = next ? transaction_.hasten_job(kind, subject, now_) : false;
        if (!hastened)
            return unexpected(hastened.error());
        if (!*hastened) {
            refused_ += fmt::format("{}{} is being sent at this moment, or nothing of it waits to be sent", refused_.empty() ? "" : "; ", what);
            return {};
        }
        done_ += fmt::format("{}{} goes now: {}", done_.empty() ? "" : "; ", what, attempt_of(*next, now_));
        return record_.note(noted_of, "hastened", fmt::format("by hand: {}", attempt_of(*next, now_)));
    }

    Result<void> receipt(store::Exchange const& exchange) {
        if (exchange.receipt != store::ReceiptState::owed)
            return invalid(fmt::format("exchange {} came in and is {}, its receipt {}: nothing of it waits to be sent{}", exchange.id, to_string(exchange.state),
                                       to_string(exchange.receipt),
                                       exchange.receipt == store::ReceiptState::unsent ? "; the partner gets the receipt when he sends his message again" : ""));
        auto const next = next_attempt(transaction_, exchange);
        if (!next)
            return unexpected(next.error());
        return hasten(JobKind::send_receipt, exchange.id, fmt::format("the receipt of exchange {}", exchange.id), *next, exchange.id);
    }

    Result<void> outbound(store::Message const& message) {
        if (message.state == store::MessageState::dead_letter)
            return invalid(fmt::format("message {} is a dead letter: after the cause was mended, `wharf dead-letter retry {}`", message.id, message.id));
        if (message.state != store::MessageState::ready)
            return invalid(fmt::format("message {} is {}: it does not wait to be sent; `wharf message resend {}` sends it once more", message.id, to_string(message.state),
                                       message.id));
        if (message.reason.starts_with(waits_for_window))
            return invalid(fmt::format("message {} {}; `wharf poll --once --now` sends it all the same, while no gateway runs", message.id, message.reason));
        auto const next = next_attempt(transaction_, message);
        if (!next)
            return unexpected(next.error());
        if (!*next)
            return invalid(fmt::format("message {} {}; no attempt is to come", message.id,
                                       message.reason.empty() ? std::string("does not wait to be sent") : "is sent and not settled: " + message.reason));
        return hasten(JobKind::transmit, message.id, fmt::format("message {}", message.id), *next, message.id);
    }

    Result<void> deliveries(store::Message const& message) {
        auto const documents = transaction_.documents_of(message.id);
        if (!documents)
            return unexpected(documents.error());
        for (auto const& document : *documents) {
            auto const all = transaction_.deliveries_of(document.id);
            if (!all)
                return unexpected(all.error());
            for (auto const& one : *all) {
                auto const next = next_attempt(transaction_, one);
                if (!next)
                    return unexpected(next.error());
                if (*next)
                    WHARF_TRY(hasten(JobKind::deliver, one.id, fmt::format("delivery {} to {}", one.id, one.target), *next, document.id));
            }
        }
        return {};
    }

    store::Transaction& transaction_;
    Record& record_;
    Timestamp now_;
    std::string& done_;
    std::string refused_; // what could not go, and why
};

Result<void> hasten_named(store::Transaction& transaction, SendNow& request, std::string_view word) {
    auto exchange = exchange_named(transaction, word);
    if (!exchange)
        return unexpected(std::move(exchange.error()));
    if (*exchange)
        return request.exchange(**exchange);
    auto message = transaction.message(word);
    if (!message)
        return unexpected(std::move(message.error()));
    if (*message)
        return request.message(**message);
    auto const found = messages_named(transaction, word, std::nullopt);
    if (!found)
        return unexpected(found.error());
    if (found->size() > 1)
        return invalid(several_named(*found, word));
    return request.message(found->front());
}

} // namespace

Result<std::optional<NextAttempt>> next_attempt(store::Transaction& transaction, store::Message const& message) {
    if (message.direction != store::Direction::outbound || message.state != store::MessageState::ready)
        return std::optional<NextAttempt>();
    return next_of(transaction, JobKind::transmit, message.id, message.attempts);
}

Result<std::optional<NextAttempt>> next_attempt(store::Transaction& transaction, store::Exchange const& exchange) {
    using store::ExchangeState;
    if (exchange.direction == store::Direction::outbound) {
        bool const is_open = exchange.state == ExchangeState::ready || exchange.state == ExchangeState::posting || exchange.state == ExchangeState::waiting_to_retry;
        return is_open ? next_of(transaction, JobKind::transmit, exchange.message_id, exchange.attempts) : std::optional<NextAttempt>();
    }
    if (exchange.receipt != store::ReceiptState::owed)
        return std::optional<NextAttempt>();
    return next_of(transaction, JobKind::send_receipt, exchange.id, exchange.attempts);
}

Result<std::optional<NextAttempt>> next_attempt(store::Transaction& transaction, store::Delivery const& delivery) {
    if (delivery.state != store::DeliveryState::waiting)
        return std::optional<NextAttempt>();
    return next_of(transaction, JobKind::deliver, delivery.id, delivery.attempts);
}

Result<std::string> send_now(Context const& context, std::string_view word) {
    std::string done;
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        SendNow request(context, transaction, record, done);
        WHARF_TRY(hasten_named(transaction, request, word));
        return request.finish();
    }));
    return done;
}

} // namespace wharf::gateway
