#include "gateway/as2_arrivals.hpp"

#include "gateway/as2_answers.hpp"
#include "gateway/as2_processing.hpp"
#include "gateway/as2_refusals.hpp"
#include "gateway/as2_repetitions.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace wharf::gateway {
namespace {

/// Reads and forgets a body; then, or when it has read enough, there is an answer.
class ForgottenArrival final : public As2Arrival {
public:
    ForgottenArrival(std::uint64_t most, As2Answer answer) : most_(most), answer_(std::move(answer)) {}
    Result<void> take(std::string_view bytes) override {
        if (bytes.size() > most_ - size_)
            return permanent(fmt::format("more than {} bytes", most_));
        size_ += bytes.size();
        return {};
    }
    std::optional<As2Answer> answer_instead() override { return std::move(answer_); }
    As2Answer finish() override { return std::move(answer_); }

private:
    std::uint64_t most_, size_ = 0;
    As2Answer answer_;
};

class MessageArrival final : public As2Arrival {
public:
    MessageArrival(Context const& context, std::function<void()> wake, As2Request request, as2::Reception reception, As2RelationPointer relation,
                   As2Beginning begun)
        : context_(context), wake_(std::move(wake)), request_(std::move(request)), reception_(std::move(reception)), relation_(std::move(relation)),
          partial_(std::move(begun.partial)), known_bytes_(begun.known_bytes), total_(begun.total) {}

    Result<void> take(std::string_view bytes) override {
        auto const known = std::min<std::uint64_t>(known_bytes_, bytes.size()); // sent once more than was needed
        known_bytes_ -= known;
        bytes.remove_prefix(known);
        if (bytes.empty())
            return {};
        if (total_ && bytes.size() > *total_ - partial_->body.size())
            return other_than_said(fmt::format("more than the {} bytes that Content-Range says", *total_));
        auto taken = partial_->body.append(bytes);
        if (!taken) {
            tell("as2_refused", taken.error().message);
            if (!taken.error().is_temporary())
                as2_refusals::turn_away(context_, request_, {as2_refusals::Kind::too_large, relation_->channel, head().from, head().to, taken.error().message});
            partial_.reset();
        }
        return taken;
    }
    std::optional<As2Answer> answer_instead() override { return std::move(instead_); }
    void broken_off() override {
        auto const tag = transfer_tag(request_);
        context_.log_rarely("as2_broken_off", relation_->channel,
                            fmt::format("message_id={} bytes={}", for_log(head().message_id), partial_ ? partial_->body.size() : 0));
        if (partial_ && !tag.empty() && partial_->body.size() > 0)
            context_.as2_partials->keep(relation_->channel, tag, std::move(*partial_), context_.clock.now());
        partial_.reset();
    }
    As2Answer finish() override {
        if (total_ && partial_->body.size() != *total_) { // in chunks: nothing else told that something is missing
            auto const held = partial_->body.size();
            broken_off();
            return plain_answer(400, fmt::format("{} bytes came of the {} that Content-Range says", held, *total_));
        }
        auto const sha256 = partial_->body.digest();
        auto content = partial_->body.finish();
        auto const id = partial_->exchange_id;
        partial_.reset();
        crash_point("after-exchange-body");
        store::Exchange exchange;
        exchange.id = id;
        exchange.channel = relation_->channel;
        exchange.as2_message_id = head().message_id;
        exchange.body_sha256 = sha256;
        exchange.head = write_stored_head(request_.fields);
        exchange.created_at = exchange.updated_at = context_.clock.now();
        if (!content)
            return refuse_for_now(exchange, content.error());
        bool const is_asynchronous = head().receipt && !head().receipt->address.empty();
        auto answer = is_asynchronous ? store_for_later(exchange, *content) : process(exchange, *content);
        if (!is_kept_)
            context_.vault.drop(id, vault_name::message);
        return answer;
    }

private:
    [[nodiscard]] as2::MessageHead const& head() const { return reception_.head(); }

    void tell(std::string_view event, std::string_view reason) const {
        context_.log_rarely(event, relation_->channel, fmt::format("message_id={} reason={}", for_log(head().message_id), for_log(reason)));
    }
    std::unexpected<Error> other_than_said(std::string const& what) {
        tell("as2_refused", what);
        partial_.reset();
        instead_ = plain_answer(400, what);
        return permanent(what);
    }

    As2Answer refuse_for_now(store::Exchange const& exchange, Error const& error) {
        context_.log.line("AS2_NOT_TAKEN", relation_->channel, fmt::format("message_id={} reason={}", for_log(head().message_id), for_log(error.message)));
        context_.notices->alarm("AS2_NOT_TAKEN", relation_->channel, error.message);
        for (auto const& action : reception_.on(as2::StoreFailed{error.message}))
            if (auto const* const respond = std::get_if<as2::Respond>(&action))
                return answer_of(context_, *respond, head(), &exchange);
        return plain_answer(503, "not now");
    }

    /// Asynchronous: what is promised by 200 is durable.
    As2Answer store_for_later(store::Exchange const& exchange, transport::Content const& content) {
        bool is_repeated = false;
        context_.as2_unanswered->add(exchange.id);
        auto stored = transact(context_, [&](store::Transaction& transaction, Record& record) -> Result<void> {
            if (!exchange.as2_message_id.empty()) {
                auto earlier = transaction.find_exchange(exchange.channel, store::Direction::inbound, exchange.as2_message_id);
                if (!earlier)
                    return unexpected(std::move(earlier.error()));
                is_repeated = earlier->has_value();
                if (is_repeated)
                    return {};
            }
            WHARF_TRY(transaction.insert(exchange));
            WHARF_TRY(context_.vault.put(transaction, exchange.id, vault_name::message, content));
            if (content.is_empty()) // so that it is not taken for one whose bytes are missing
                WHARF_TRY(transaction.put_content(exchange.id, vault_name::message, {}));
            WHARF_TRY(transaction.add_job(store::JobKind::open_exchange, exchange.id, context_.clock.now()));
            WHARF_TRY(record.note_rarely(exchange.channel, exchange.id, "as2_stored",
                                         fmt::format("{} of {}, {} bytes", exchange.as2_message_id, head().from, content.size()),
                                         fmt::format("channel={} message_id={} bytes={}", exchange.channel, for_log(exchange.as2_message_id), content.size())));
            crash_point("before-store-exchange");
            return {};
        });
        if (!stored || is_repeated)
            context_.as2_unanswered->remove(exchange.id);
        if (!stored)
            return refuse_for_now(exchange, stored.error());
        if (is_repeated)
            return answer_repeated(exchange, content);
        is_kept_ = true;
        crash_point("after-store-exchange");
        wake_();
        As2Answer answer; // whatever the machine finds later: of this message only that it is here is told now
        for (auto const& action : reception_.on(as2::BodyStored{}))
            if (auto const* const respond = std::get_if<as2::Respond>(&action))
                answer = answer_of(context_, *respond, head(), &exchange);
        answer.exchange_id = exchange.id;
        return answer;
    }

    /// Synchronous: to the end.
    As2Answer process(store::Exchange const& exchange, transport::Content const& content) {
        auto actions = reception_.on(as2::BodyStored{});
        As2Processing processing(context_, relation_, reception_, exchange, false, {request_.fields, {}, content});
        auto const end = processing.run(std::move(actions));
        if (end == As2Processing::End::duplicate)
            return answer_repeated(exchange, content);
        if (processing.is_committed()) {
            is_kept_ = true; // what is to go of it is gone
            wake_();
        }
        if (!processing.respond())
            return plain_answer(503, "not now");
        return answer_of(context_, *processing.respond(), head(), &processing.exchange());
    }

    /// Another request with this Message-ID was faster.
    As2Answer answer_repeated(store::Exchange const& exchange, transport::Content const& content) {
        tell_of_other_content(context_, *relation_, {head(), {request_.fields, {}, content}, exchange.body_sha256, request_.peer_address});
        auto answer = gateway::answer_repeated(context_, head(), relation_);
        return answer ? std::move(*answer) : plain_answer(503, "send it again later");
    }

    Context const& context_;
    std::function<void()> wake_;
    As2Request request_;
    as2::Reception reception_;
    As2RelationPointer relation_;
    std::optional<As2Partials::Partial> partial_;
    std::uint64_t known_bytes_;
    std::optional<std::uint64_t> total_;
    std::optional<As2Answer> instead_;
    bool is_kept_ = false;
};

class RepeatedArrival final : public As2Arrival {
public:
    RepeatedArrival(Context const& context, As2Request request, as2::MessageHead head, As2RelationPointer relation)
        : context_(context), request_(std::move(request)), head_(std::move(head)), relation_(std::move(relation)) {
        if (as2::field(request_.fields, "Content-Range").empty()) // else it is a part, of which nothing can be said
            copy_.emplace(context.vault.spool(relation_->max_bytes));
    }
    Result<void> take(std::string_view bytes) override {
        if (bytes.size() > relation_->max_bytes - size_)
            return permanent(fmt::format("more than {} bytes", relation_->max_bytes));
        size_ += bytes.size();
        digest_.add(bytes);
        if (copy_ && !copy_->append(bytes)) // no room: it is answered all the same
            copy_.reset();
        return {};
    }
    As2Answer finish() override {
        if (copy_)
            if (auto content = copy_->finish())
                tell_of_other_content(context_, *relation_, {head_, {request_.fields, {}, std::move(*content)}, digest_.finish(), request_.peer_address});
        auto answer = answer_repeated(context_, head_, relation_);
        return answer ? std::move(*answer) : plain_answer(503, "send it again");
    }

private:
    Context const& context_;
    As2Request request_;
    as2::MessageHead head_;
    As2RelationPointer relation_;
    std::optional<transport::Spool> copy_;
    transport::Sha256 digest_;
    std::uint64_t size_ = 0;
};

} // namespace

std::string transfer_tag(As2Request const& request) {
    auto const tag = as2::field(request.fields, "ETag");
    return std::string(tag.size() <= As2Partials::most_tag ? tag : std::string_view());
}

std::unique_ptr<As2Arrival> message_arrival(Context const& context, std::function<void()> wake, As2Request request, as2::Reception reception,
                                            As2RelationPointer relation, As2Beginning begun) {
    return std::make_unique<MessageArrival>(context, std::move(wake), std::move(request), std::move(reception), std::move(relation), std::move(begun));
}

std::unique_ptr<As2Arrival> repeated_arrival(Context const& context, As2Request request, as2::MessageHead head, As2RelationPointer relation) {
    return std::make_unique<RepeatedArrival>(context, std::move(request), std::move(head), std::move(relation));
}

std::unique_ptr<As2Arrival> forgotten_arrival(std::uint64_t most, As2Answer answer) {
    return std::make_unique<ForgottenArrival>(most, std::move(answer));
}

} // namespace wharf::gateway
