#include "gateway/as2_sending.hpp"

#include "gateway/as2_packing.hpp"
#include "gateway/as2_record.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/answer_words.hpp"

#include <fmt/format.h>

#include <utility>

namespace wharf::gateway {
namespace {

using store::ExchangeState;

/// What a job finds to do.
struct Plan {
    enum class Kind { nothing, pack, go_on } kind = Kind::nothing;
    as2::TransmissionEvent event = as2::Tick{}; // of `go_on`
};

Plan plan_for(store::Message const& message, std::optional<store::Exchange> const& exchange, As2Relation const& relation, Timestamp now) {
    bool const is_ready = message.state == store::MessageState::ready;
    auto const if_ready = [&](Plan plan) { return is_ready ? plan : Plan(); };
    if (!exchange || exchange->state == ExchangeState::succeeded) // a stored acknowledgment goes out once more
        return if_ready({Plan::Kind::pack, {}});
    switch (exchange->state) {
    case ExchangeState::failed: // by hand
        return if_ready({can_go_again(*exchange, relation, now) ? Plan::Kind::go_on : Plan::Kind::pack, as2::ResendAsked{}});
    case ExchangeState::ready:
    case ExchangeState::posting: // and no turn is taken for it: that was before a restart
        return {Plan::Kind::go_on, as2::Restarted{}};
    case ExchangeState::waiting_to_retry:
        return {Plan::Kind::go_on, as2::Tick{}};
    default: // the receipt, or its absence, carries it on
        return {};
    }
}

/// What prepare() has written goes again where no commit refers to it: a full disk is full enough.
struct Prepared {
    Vault const& vault;
    std::string const exchange_id;
    bool is_referred_to = false;
    ~Prepared() {
        if (is_referred_to)
            return;
        vault.drop(exchange_id, vault_name::message);
        vault.drop(exchange_id, vault_name::signed_bytes);
    }
};

/// One job of one message, from its turn to the record of the answer.
class Attempt {
public:
    Attempt(Context const& context, As2Relation const& relation, store::Job const& job, std::string message_id)
        : context_(context), relation_(relation), job_(job), message_id_(std::move(message_id)) {}

    /// The first POST of a new exchange.
    [[nodiscard]] Result<void> begin(store::Message message, PostTurns::Turn& turn);
    /// Whatever follows from this event for the exchange that is there.
    [[nodiscard]] Result<void> go_on(as2::TransmissionEvent const& event, PostTurns::Turn& turn);

private:
    [[nodiscard]] Result<void> post(store::Exchange const& exchange, As2Bytes const& bytes, PostTurns::Turn& turn);
    [[nodiscard]] Result<as2::TransmissionEvent> event_of(store::Exchange const& exchange, Result<as2::PostAnswer> answer,
                                                          std::optional<ReceiptEvidence>& receipt) const;
    [[nodiscard]] Result<void> end_job(store::Transaction& transaction) const { return transaction.finish_job(job_.id); }
    [[nodiscard]] Result<void> cannot_pack(Error const& error) const;
    [[nodiscard]] Result<void> cannot_go_on(std::string const& reason) const;

    Context const& context_;
    As2Relation const& relation_;
    store::Job const& job_;
    std::string message_id_;
};

Result<void> Attempt::begin(store::Message message, PostTurns::Turn& turn) {
    auto const now = context_.clock.now();
    auto packed = pack_message(context_, relation_, message, now);
    if (!packed)
        return cannot_pack(packed.error());
    Prepared prepared{context_.vault, packed->exchange.id};
    WHARF_TRY(prepare(context_.vault, *packed));
    crash_point("after-pack");
    bool posts = false;
    WHARF_TRY(transact(context_, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto pair = pair_of_message(transaction, message_id_);
        if (!pair)
            return unexpected(std::move(pair.error()));
        if (!pair->message || pair->message->state != store::MessageState::ready) // meanwhile somebody has put it aside
            return end_job(transaction);
        auto course = follow(packed->exchange, std::move(*pair->message), relation_.relation, std::nullopt, now);
        WHARF_TRY(transaction.insert(course.exchange));
        WHARF_TRY(put(context_.vault, transaction, *packed));
        WHARF_TRY(record.note(message_id_, "as2_packed", packed->note,
                              fmt::format("channel={} exchange={} message_id={}", course.exchange.channel, course.exchange.id,
                                          for_log(course.exchange.as2_message_id))));
        WHARF_TRY(record_course(context_, transaction, record, course, nullptr));
        posts = course.posts;
        crash_point("before-count-post");
        return record_jobs(transaction, course, &job_);
    }));
    if (!posts)
        return {};
    prepared.is_referred_to = true;
    crash_point("after-count-post");
    auto const exchange = packed->exchange;
    auto bytes = std::move(packed->bytes);
    if (bytes.body.size() > Vault::in_store) { // large ones lie in the vault by now, and not in memory any more
        auto stored = stored_bytes(context_, packed->exchange);
        if (!stored)
            return unexpected(std::move(stored.error()));
        bytes = std::move(*stored);
    }
    packed = unexpected(Error{}); // the rest is not needed while we wait
    return post(exchange, bytes, turn);
}

Result<void> Attempt::go_on(as2::TransmissionEvent const& event, PostTurns::Turn& turn) {
    std::optional<store::Exchange> posts;
    WHARF_TRY(transact(context_, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto pair = pair_of_message(transaction, message_id_);
        if (!pair)
            return unexpected(std::move(pair.error()));
        if (!pair->message || !pair->exchange)
            return end_job(transaction);
        if (std::holds_alternative<as2::ResendAsked>(event) && pair->exchange->state != ExchangeState::failed)
            return end_job(transaction); // a late receipt was faster
        if (std::holds_alternative<as2::ResendAsked>(event) && pair->exchange->emptied_at) // meanwhile: it is packed anew
            return transaction.postpone_job(job_.id, context_.clock.now());
        auto course = follow(std::move(*pair->exchange), std::move(*pair->message), relation_.relation, event, context_.clock.now());
        WHARF_TRY(record_course(context_, transaction, record, course, nullptr));
        if (course.posts)
            posts = course.exchange;
        crash_point("before-count-post");
        return record_jobs(transaction, course, &job_);
    }));
    if (!posts)
        return {};
    crash_point("after-count-post");
    auto bytes = stored_bytes(context_, *posts);
    if (!bytes)
        return bytes.error().is_temporary() ? unexpected(std::move(bytes.error())) : cannot_go_on(bytes.error().message);
    return post(*posts, *bytes, turn);
}

Result<void> Attempt::post(store::Exchange const& exchange, As2Bytes const& bytes, PostTurns::Turn& turn) {
    auto answer = context_.send_post(relation_.post, bytes.head, bytes.body);
    if (!answer && *context_.stopping) // the next start finds it as after a kill
        return unexpected(std::move(answer.error()));
    turn.report(answer && answer->status < 500);
    crash_point("after-post");
    std::optional<ReceiptEvidence> receipt;
    auto event = event_of(exchange, std::move(answer), receipt);
    if (!event)
        return unexpected(std::move(event.error()));
    WHARF_TRY(transact(context_, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto pair = pair_of_exchange(transaction, exchange.id);
        if (!pair)
            return unexpected(std::move(pair.error()));
        if (!pair->exchange || !pair->message)
            return end_job(transaction);
        auto course = follow(std::move(*pair->exchange), std::move(*pair->message), relation_.relation, *event, context_.clock.now());
        WHARF_TRY(record_course(context_, transaction, record, course, receipt ? &*receipt : nullptr));
        crash_point("before-record-post");
        return record_jobs(transaction, course, &job_);
    }));
    crash_point("after-record-post");
    return {};
}

Result<as2::TransmissionEvent> Attempt::event_of(store::Exchange const& exchange, Result<as2::PostAnswer> answer,
                                                 std::optional<ReceiptEvidence>& receipt) const {
    if (!answer) {
        auto reason = fmt::format("{}: {}", transport::without_secrets(relation_.post.url), answer.error().message);
        if (answer.error().is_temporary())
            return as2::ConnectionLost{std::move(reason), context_.random()};
        return as2::NotPossible{std::move(reason)};
    }
    auto words = words_of(*answer);
    receipt = open_evidence({std::move(answer->fields), {}, transport::Content(std::move(answer->body))}, relation_, context_.clock.now());
    WHARF_TRY(expect_mic(context_, exchange, *receipt));
    return as2::Answered{answer->status, receipt->opened.event, answer->retry_after, context_.random(), transport::without_secrets(relation_.post.url), std::move(words)};
}

/// No exchange has come about: for want of a certificate, mostly. The message says why.
Result<void> Attempt::cannot_pack(Error const& error) const {
    return transact(context_, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto pair = pair_of_message(transaction, message_id_);
        if (!pair)
            return unexpected(std::move(pair.error()));
        if (!pair->message || pair->message->state != store::MessageState::ready)
            return end_job(transaction);
        ++pair->message->attempts;
        auto step = after_transmission(std::move(*pair->message), error, context_.configuration.gateway.retry, context_.clock.now(), context_.random());
        WHARF_TRY(transaction.update(step.message));
        WHARF_TRY(record.note(message_id_, step.note.type, step.note.text,
                              fmt::format("channel={} attempt={} reason={}", step.message.channel, step.message.attempts, for_log(error.message))));
        return step.retry_at ? transaction.postpone_job(job_.id, *step.retry_at) : end_job(transaction);
    });
}

Result<void> Attempt::cannot_go_on(std::string const& reason) const {
    return transact(context_, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto pair = pair_of_message(transaction, message_id_);
        if (!pair)
            return unexpected(std::move(pair.error()));
        if (!pair->message || !pair->exchange)
            return end_job(transaction);
        auto course = give_up(std::move(*pair->exchange), std::move(*pair->message), reason, context_.clock.now());
        WHARF_TRY(record_course(context_, transaction, record, course, nullptr));
        return record_jobs(transaction, course, &job_);
    });
}

/// The turn, or the job comes again when there is one.
Result<std::optional<PostTurns::Turn>> take_turn(Context const& context, store::Job const& job, std::string const& channel,
                                                 std::string const& message_id) {
    Timestamp later;
    auto turn = context.post_turns->take(channel, message_id, context.clock, later);
    if (!turn)
        WHARF_TRY(context.store.transact([&](store::Transaction& transaction) { return transaction.postpone_job(job.id, later); }));
    return turn;
}

} // namespace

Result<void> transmit_as2(Context const& context, store::Job const& job, store::Message message) {
    auto const relation = relation_of(context, message.channel);
    if (!relation)
        return permanent(fmt::format("channel {} is no AS2 relation", message.channel));
    auto turn = take_turn(context, job, message.channel, message.id);
    if (!turn)
        return unexpected(std::move(turn.error()));
    if (!*turn)
        return {};
    auto const exchange = exchange_of_message(context.store, message.id);
    if (!exchange)
        return unexpected(exchange.error());
    auto const plan = plan_for(message, *exchange, *relation, context.clock.now());
    Attempt attempt(context, *relation, job, message.id);
    switch (plan.kind) {
    case Plan::Kind::pack:
        return attempt.begin(std::move(message), **turn);
    case Plan::Kind::go_on:
        message.raw = {};
        return attempt.go_on(plan.event, **turn);
    case Plan::Kind::nothing:
        break;
    }
    return context.store.transact([&](store::Transaction& transaction) { return transaction.finish_job(job.id); });
}

Result<void> expect_receipt(Context const& context, store::Job const& job) {
    std::optional<store::Exchange> exchange;
    As2RelationPointer relation;
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto pair = pair_of_exchange(transaction, job.subject);
        if (!pair)
            return unexpected(std::move(pair.error()));
        // `posting`: this job had begun to send it again, and the gateway was killed or could not record what came of it.
        bool const is_open = pair->exchange && (pair->exchange->state == ExchangeState::waiting_for_receipt || pair->exchange->state == ExchangeState::posting);
        if (!is_open || !pair->message)
            return transaction.finish_job(job.id);
        relation = relation_of(context, pair->exchange->channel);
        if (relation) {
            exchange = std::move(pair->exchange);
            return {};
        }
        auto course = give_up(std::move(*pair->exchange), std::move(*pair->message), "its channel is not in the configuration any more",
                              context.clock.now());
        WHARF_TRY(record_course(context, transaction, record, course, nullptr));
        return record_jobs(transaction, course, &job);
    }));
    if (!exchange)
        return {};
    auto turn = take_turn(context, job, exchange->channel, exchange->message_id);
    if (!turn)
        return unexpected(std::move(turn.error()));
    if (!*turn)
        return {};
    Attempt attempt(context, *relation, job, exchange->message_id);
    if (exchange->state == ExchangeState::posting)
        return attempt.go_on(as2::Restarted{}, **turn);
    return attempt.go_on(as2::Tick{}, **turn);
}

} // namespace wharf::gateway
