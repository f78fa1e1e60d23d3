#include "gateway/as2_processing.hpp"

#include "gateway/as2_commit.hpp"
#include "gateway/as2_course.hpp"
#include "gateway/as2_sending.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/as2/disposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace wharf::gateway {
namespace {

constexpr unsigned most_openings = 20; // that came to no end, one after the other

/// Of the innermost entity, or of what was signed where the signature did not hold.
bool holds_receipt(as2::Unpacked const& unpacked) {
    auto const is_receipt = [](as2::Fields const& fields) { return as2::is_receipt_type(as2::read_field_value(as2::field(fields, "Content-Type")).value); };
    if (is_receipt(unpacked.entity.fields))
        return true;
    if (unpacked.signed_bytes.is_empty())
        return false;
    auto const head = as2::read_head(unpacked.signed_bytes);
    return head && is_receipt(head->fields);
}

/// For people: why it was refused, or what is to be said of one that was taken.
std::string reason_of(as2::Commit const& step, as2::Opened const& opened, as2::ReceptionActions const& then) {
    if (!step.is_accepted) {
        auto const why = opened.fault ? opened.fault->message : step.receipt ? step.receipt->text : std::string("it cannot be taken");
        return step.receipt ? fmt::format("{}: {}", short_disposition(step.receipt->disposition), why) : why;
    }
    for (auto const& action : then)
        if (auto const* const alarm = std::get_if<as2::Alarm>(&action))
            return alarm->text;
    return {};
}

/// A key or certificate that we cannot read may be the one that it takes: the sender comes again when that is mended.
bool is_perhaps_ours(as2::Fault const& fault, As2Relation const& relation) {
    return !relation.trouble.empty() && (fault.kind == as2::FaultKind::decryption_failed || fault.kind == as2::FaultKind::authentication_failed);
}

as2::ReceptionAction const* first_alarm(as2::ReceptionActions const& actions) {
    auto const found = std::ranges::find_if(actions, [](auto const& one) { return std::holds_alternative<as2::Alarm>(one); });
    return found == actions.end() ? nullptr : &*found;
}

template <class Action> bool has(as2::ReceptionActions const& actions) {
    return std::ranges::any_of(actions, [](auto const& one) { return std::holds_alternative<Action>(one); });
}

} // namespace

As2Processing::As2Processing(Context const& context, As2RelationPointer relation, as2::Reception reception, store::Exchange exchange,
                             bool is_stored, as2::Entity body)
    : context_(context), pointer_(std::move(relation)), relation_(*pointer_), reception_(std::move(reception)), exchange_(std::move(exchange)),
      is_stored_(is_stored), body_(std::move(body)) {}

As2Processing::End As2Processing::run(as2::ReceptionActions actions, store::Job const* job) {
    for (std::optional<as2::ReceptionActions> now = std::move(actions); now && end_ == End::settled;) {
        std::optional<as2::ReceptionActions> next;
        for (auto const& action : *now) {
            if (auto const* const respond = std::get_if<as2::Respond>(&action))
                respond_ = *respond;
            else if (auto const* const told = std::get_if<as2::Alarm>(&action))
                alarms_.push_back(told->text);
            else if (auto const* const step = std::get_if<as2::Unpack>(&action))
                next = unpack(*step);
            else if (auto const* const settle = std::get_if<as2::Commit>(&action))
                next = commit(*settle, job);
        }
        now = std::move(next);
    }
    tell_alarms();
    return end_;
}

As2Processing::Next As2Processing::unpack(as2::Unpack const& step) {
    auto const keys = relation_.keys.incoming(context_.clock.now());
    opened_ = as2::open_message(body_, step, relation_.relation, keys, context_.vault.spool(relation_.max_bytes));
    crash_point("after-open-exchange");
    if (!is_stored_ && holds_receipt(opened_.unpacked))
        return take_receipt();
    if (opened_.is_certificate_exchange)
        alarms_.push_back(fmt::format("{} sent a certificate exchange message (CEM): it wants to change its certificate. Nothing was changed. Get the certificate "
                          "by another way, or out of `wharf message evidence {}`; compare its fingerprint with the partner by telephone, and give "
                          "it to `wharf cert import`",
                          reception_.head().from, exchange_.id));
    if (auto& fault = opened_.event.fault; fault && is_perhaps_ours(*fault, relation_))
        fault = as2::Fault{as2::FaultKind::local, fmt::format("{}; but {}", fault->message, relation_.trouble)};
    if (opened_.event.fault && opened_.event.fault->kind == as2::FaultKind::local)
        trouble_ = opened_.event.fault->message;
    return reception_.on(opened_.event);
}

As2Processing::Next As2Processing::take_receipt() {
    end_ = End::receipt;
    auto const outcome = gateway::take_receipt(context_, relation_.channel, body_);
    if (!outcome) {
        alarms_.push_back(fmt::format("a receipt cannot be taken now: {}", outcome.error().message));
        respond_ = as2::Respond{503, as2::AnswerBody::text, "the receipt cannot be stored now; send it again later", {}};
        return {};
    }
    respond_ = as2::Respond{200, as2::AnswerBody::none, {}, {}};
    if (outcome->fate == ReceiptFate::unreadable)
        respond_ = as2::Respond{400, as2::AnswerBody::text, "the receipt cannot be read", {}};
    return {};
}

As2Processing::Next As2Processing::commit(as2::Commit const& step, store::Job const* job) {
    // What follows a commit is part of it: the job of the receipt must not get lost behind it.
    auto after = reception_;
    auto then = after.on(as2::Committed{});
    auto route = ReceiptRoute::none;
    if (step.receipt && has<as2::SendReceipt>(then))
        route = ReceiptRoute::by_itself;
    else if (step.receipt)
        route = has<as2::Respond>(then) ? ReceiptRoute::answer : ReceiptRoute::kept;
    auto alarms = alarms_;
    for (auto const& action : then) // that of a refusal is told with the commit: as2_refused
        if (auto const* const told = std::get_if<as2::Alarm>(&action); told != nullptr && (step.is_accepted || &action != first_alarm(then)))
            alarms.push_back(told->text);
    As2Settlement const settlement{reception_.head(), step, opened_, body_, route, reason_of(step, opened_.event, then), is_stored_, job, std::move(alarms)};
    auto const done = commit_as2(context_, relation_, settlement, exchange_);
    if (!done && done.error().is_duplicate) {
        end_ = End::duplicate;
        return {};
    }
    if (!done) {
        trouble_ = done.error().fault.message;
        return reception_.on(as2::CommitRefused{done.error().fault});
    }
    is_committed_ = true;
    trouble_.clear();
    reception_ = std::move(after);
    alarms_.clear();
    std::erase_if(then, [](auto const& one) { return std::holds_alternative<as2::Alarm>(one); });
    return then;
}

/// Those without a commit: there is no exchange to show them with.
void As2Processing::tell_alarms() {
    for (auto const& text : std::exchange(alarms_, {})) {
        context_.log_rarely("AS2_ALARM", relation_.channel, fmt::format("channel={} text={}", relation_.channel, for_log(text)), exchange_.id);
        context_.notices->alarm("AS2_ALARM", relation_.channel, text);
    }
}

namespace {

/// What never came to an end in so many attempts never will, and must not stop the others for ever.
Result<void> give_up_exchange(Context const& context, store::Exchange exchange, store::Job const& job) {
    exchange.state = store::ExchangeState::refused;
    exchange.reason = fmt::format("opening it was begun {} times and never came to an end; this is a fault of the gateway: keep the bytes "
                                  "({} beside the store) and report it",
                                  exchange.attempts, context.vault.place_of(exchange.id));
    exchange.updated_at = context.clock.now();
    return transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        WHARF_TRY(transaction.update(exchange));
        WHARF_TRY(transaction.finish_job(job.id));
        return record.note(exchange.id, "AS2_NOT_OPENED", exchange.reason, fmt::format("channel={} message_id={}", exchange.channel, for_log(exchange.as2_message_id)));
    });
}

/// What is to be opened; nothing: it is settled. The first claim cannot be of one that came to no end, and costs no write.
Result<std::optional<store::Exchange>> begin_opening(Context const& context, store::Job const& job, bool& is_to_be_given_up) {
    std::optional<store::Exchange> exchange;
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.exchange(job.subject);
        if (!found)
            return unexpected(std::move(found.error()));
        exchange = std::move(*found);
        if (!exchange || exchange->state != store::ExchangeState::received) {
            exchange.reset();
            return transaction.finish_job(job.id);
        }
        is_to_be_given_up = exchange->attempts >= most_openings;
        if (is_to_be_given_up || job.attempts <= 1)
            return {};
        ++exchange->attempts;
        return transaction.update(*exchange);
    }));
    return exchange;
}

/// It came to an end, though not to the right one: what was counted are kills, and this was none.
Result<void> forget_openings(Context const& context, std::string_view exchange_id) {
    return context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.exchange(exchange_id);
        if (!found)
            return unexpected(std::move(found.error()));
        auto& exchange = *found;
        if (!exchange || exchange->state != store::ExchangeState::received || exchange->attempts == 0)
            return {};
        exchange->attempts = 0;
        return transaction.update(*exchange);
    });
}

/// Fails when there is no body, neither in the store nor beside it. One that came empty is in the store.
Result<transport::Content> stored_body(Context const& context, std::string const& exchange_id) {
    Result<transport::Content> body;
    WHARF_TRY(context.store.read([&](store::Transaction& transaction) -> Result<void> {
        body = context.vault.open(transaction, exchange_id, vault_name::message);
        if (!body)
            return unexpected(body.error());
        auto const row = body->is_empty() ? transaction.content_of(exchange_id, vault_name::message) : std::optional<std::string>("");
        if (!row)
            return unexpected(row.error());
        if (!*row)
            return temporary(fmt::format("the body of exchange {} is missing: it was the file {} beside the store, and its sender was told that it is "
                                         "here; put the file back from a backup of that time, or ask the partner to send the message again under a new "
                                         "Message-ID",
                                         exchange_id, context.vault.place_of(exchange_id, vault_name::message)));
        return {};
    }));
    return body;
}

Result<void> open_begun(Context const& context, store::Job const& job, store::Exchange exchange) {
    auto const relation = context.as2 ? context.as2->by_channel(exchange.channel) : nullptr;
    if (relation == nullptr)
        return temporary(fmt::format("an AS2 message waits to be opened, but the channel {} is no relation of AS2 any more", exchange.channel));
    auto fields = read_stored_head(exchange.head);
    auto head = as2::read_message_head(fields);
    if (!head)
        return permanent(fmt::format("the head of exchange {} cannot be read: {}", exchange.id, head.error().reason));
    auto body = stored_body(context, exchange.id);
    if (!body)
        return unexpected(std::move(body.error()));
    as2::Reception reception(std::move(*head));
    auto actions = reception.on(as2::Resumed{relation->relation});
    As2Processing processing(context, relation, std::move(reception), std::move(exchange), true, {std::move(fields), {}, std::move(*body)});
    auto const end = processing.run(std::move(actions), &job);
    if (end == As2Processing::End::duplicate) // settled by another
        return context.store.transact([&](store::Transaction& transaction) { return transaction.finish_job(job.id); });
    if (!processing.is_committed())
        return temporary(processing.trouble().empty() ? "it was not settled" : processing.trouble());
    return {};
}

} // namespace

Result<void> open_exchange(Context const& context, store::Job const& job) {
    As2Opening const opening(context.as2_openings, job.subject);
    if (!opening.is_ours()) // it takes longer than its lease; whoever is at it ends or postpones the job
        return {};
    bool is_to_be_given_up = false;
    auto exchange = begin_opening(context, job, is_to_be_given_up);
    if (!exchange)
        return unexpected(std::move(exchange.error()));
    if (!*exchange)
        return {};
    if (is_to_be_given_up)
        return give_up_exchange(context, std::move(**exchange), job);
    bool const is_counted = (*exchange)->attempts > 0;
    Result<void> done;
    try {
        done = open_begun(context, job, std::move(**exchange));
    } catch (std::exception const& error) { // memory, or a library's
        done = temporary(error.what());
    }
    if (!done && done.error().is_temporary() && is_counted)
        if (auto const forgotten = forget_openings(context, job.subject); !forgotten)
            context.log.line("store_failed", job.subject, fmt::format("reason={}", for_log(forgotten.error().message)));
    return done;
}

} // namespace wharf::gateway
