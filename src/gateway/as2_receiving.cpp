#include "gateway/as2_receiving.hpp"

#include "base/base64.hpp"
#include "base/id.hpp"
#include "gateway/as2_processing.hpp"
#include "gateway/as2_receipts.hpp"
#include "gateway/crash_point.hpp"
#include "transport/as2/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {
namespace {

constexpr std::size_t most_text = 200;

As2Answer plain_answer(int status, std::string_view text) {
    As2Answer answer;
    answer.status = status;
    answer.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
    answer.body = fmt::format("{}\n", text);
    if (status == 503)
        answer.fields.emplace_back("Retry-After", "60");
    return answer;
}

/// Takes as long whatever differs.
bool same_secret(std::string_view a, std::string_view b) {
    unsigned char differs = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size(); ++i)
        differs |= static_cast<unsigned char>(a[i] ^ b[b.empty() ? 0 : i % b.size()]);
    return differs == 0;
}

bool has_login(As2Request const& request, As2Relation const& relation) {
    auto const value = as2::field(request.fields, "Authorization");
    constexpr std::string_view scheme = "basic ";
    if (as2::lower(value.substr(0, scheme.size())) != scheme)
        return false;
    return same_secret(decode_base64(value.substr(scheme.size())), fmt::format("{}:{}", relation.client_user, relation.client_password));
}

bool has_client_certificate(As2Request const& request, As2Relation const& relation) {
    if (request.client_certificate.empty())
        return false;
    auto const certificate = as2::Certificate::read(request.client_certificate);
    return certificate && std::ranges::find(relation.client_fingerprints, certificate->fingerprint()) != relation.client_fingerprints.end();
}

std::string tag_of(As2Request const& request) {
    auto const tag = as2::field(request.fields, "ETag");
    return std::string(tag.size() <= As2Partials::most_tag ? tag : std::string_view());
}

/// Reads and forgets a body of limited size; then there is an answer.
class ForgottenArrival : public As2Arrival {
public:
    ForgottenArrival(std::uint64_t most, As2Answer answer) : most_(most), answer_(std::move(answer)) {}
    Result<void> take(std::string_view bytes) override {
        if (bytes.size() > most_ - size_)
            return permanent(fmt::format("more than {} bytes", most_));
        size_ += bytes.size();
        return {};
    }
    As2Answer finish() override { return std::move(answer_); }

private:
    std::uint64_t most_, size_ = 0;
    As2Answer answer_;
};

} // namespace

void RareLog::line(Context const& context, std::string_view event, std::string_view subject, std::string_view facts) {
    auto const now = context.clock.now();
    std::lock_guard const guard(mutex_);
    if (now - minute_ >= std::chrono::minutes(1) || now < minute_) {
        if (left_out_ > 0)
            context.log.line("as2_strangers", "-", fmt::format("left_out={}", left_out_));
        minute_ = now;
        written_ = left_out_ = 0;
    }
    if (written_ == most_in_a_minute) {
        ++left_out_;
        return;
    }
    ++written_;
    context.log.line(event, subject, facts);
}

/// A message of a partner, not known yet.
class MessageArrival final : public As2Arrival {
public:
    MessageArrival(As2Receiving& receiving, As2Request request, as2::Reception reception, As2RelationPointer relation, As2Partials::Partial begun,
                   std::uint64_t known_bytes)
        : receiving_(receiving), context_(receiving.context_), request_(std::move(request)), reception_(std::move(reception)),
          relation_(std::move(relation)), partial_(std::move(begun)), known_bytes_(known_bytes) {}

    Result<void> take(std::string_view bytes) override {
        auto const known = std::min<std::uint64_t>(known_bytes_, bytes.size()); // sent once more than was needed
        known_bytes_ -= known;
        bytes.remove_prefix(known);
        if (bytes.empty())
            return {};
        auto taken = partial_->body.append(bytes);
        if (!taken) {
            receiving_.strangers_.line(context_, "as2_refused", relation_->channel,
                                       fmt::format("message_id={} reason={}", for_log(head().message_id), for_log(taken.error().message)));
            partial_.reset();
        }
        return taken;
    }
    void broken_off() override {
        auto const tag = tag_of(request_);
        context_.log.line("as2_broken_off", relation_->channel,
                          fmt::format("message_id={} bytes={}", for_log(head().message_id), partial_ ? partial_->body.size() : 0));
        if (partial_ && !tag.empty() && partial_->body.size() > 0)
            receiving_.partials_.keep(relation_->channel, tag, std::move(*partial_), context_.clock.now());
        partial_.reset();
    }
    As2Answer finish() override {
        auto content = partial_->body.finish();
        auto const id = partial_->exchange_id;
        partial_.reset();
        crash_point("after-exchange-body");
        store::Exchange exchange;
        exchange.id = id;
        exchange.channel = relation_->channel;
        exchange.as2_message_id = head().message_id;
        exchange.head = write_stored_head(request_.fields);
        exchange.created_at = exchange.updated_at = context_.clock.now();
        if (!content)
            return refuse_for_now(exchange, content.error());
        bool const is_asynchronous = head().receipt && !head().receipt->address.empty();
        auto answer = is_asynchronous ? store_for_later(exchange, *content) : process(exchange, std::move(*content));
        if (!is_kept_)
            context_.vault.drop(id, vault_name::message);
        return answer;
    }

private:
    [[nodiscard]] as2::MessageHead const& head() const { return reception_.head(); }

    As2Answer refuse_for_now(store::Exchange const& exchange, Error const& error) {
        context_.log.line("AS2_NOT_TAKEN", relation_->channel, fmt::format("message_id={} reason={}", for_log(head().message_id), for_log(error.message)));
        for (auto const& action : reception_.on(as2::StoreFailed{error.message}))
            if (auto const* const respond = std::get_if<as2::Respond>(&action))
                return receiving_.answer_for(*respond, head(), &exchange);
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
            WHARF_TRY(transaction.add_job(store::JobKind::open_exchange, exchange.id, context_.clock.now()));
            WHARF_TRY(record.note(exchange.id, "as2_stored", fmt::format("{} of {}, {} bytes", exchange.as2_message_id, head().from, content.size()),
                                  fmt::format("channel={} message_id={} bytes={}", exchange.channel, for_log(exchange.as2_message_id), content.size())));
            crash_point("before-store-exchange");
            return {};
        });
        if (!stored || is_repeated)
            context_.as2_unanswered->remove(exchange.id);
        if (!stored)
            return refuse_for_now(exchange, stored.error());
        if (is_repeated)
            return answer_repeated();
        is_kept_ = true;
        crash_point("after-store-exchange");
        receiving_.wake_();
        As2Answer answer; // whatever the machine finds later: of this message only that it is here is told now
        for (auto const& action : reception_.on(as2::BodyStored{}))
            if (auto const* const respond = std::get_if<as2::Respond>(&action))
                answer = receiving_.answer_for(*respond, head(), &exchange);
        answer.exchange_id = exchange.id;
        return answer;
    }

    /// Synchronous: to the end.
    As2Answer process(store::Exchange exchange, transport::Content content) {
        auto actions = reception_.on(as2::BodyStored{});
        As2Processing processing(context_, relation_, reception_, std::move(exchange), false, {request_.fields, {}, std::move(content)});
        auto const end = processing.run(std::move(actions));
        if (end == As2Processing::End::duplicate)
            return answer_repeated();
        if (processing.is_committed()) {
            is_kept_ = true; // what is to go of it is gone
            receiving_.wake_();
        }
        if (!processing.respond())
            return plain_answer(503, "not now");
        return receiving_.answer_for(*processing.respond(), head(), &processing.exchange());
    }

    As2Answer answer_repeated() {
        auto answer = receiving_.answer_repeated(head(), relation_);
        return answer ? std::move(*answer) : plain_answer(503, "send it again later");
    }

    As2Receiving& receiving_;
    Context const& context_;
    As2Request request_;
    as2::Reception reception_;
    As2RelationPointer relation_;
    std::optional<As2Partials::Partial> partial_;
    std::uint64_t known_bytes_;
    bool is_kept_ = false;
};

/// A message that came before. Its body is read all the same, or a sender who reads no answer before he has sent everything would
/// never see it; what it is answered is looked up at the end, when the first one may be through.
class RepeatedArrival final : public As2Arrival {
public:
    RepeatedArrival(As2Receiving& receiving, as2::MessageHead head, As2RelationPointer relation)
        : receiving_(receiving), head_(std::move(head)), relation_(std::move(relation)) {}
    Result<void> take(std::string_view bytes) override {
        if (bytes.size() > relation_->max_bytes - size_)
            return permanent(fmt::format("more than {} bytes", relation_->max_bytes));
        size_ += bytes.size();
        return {};
    }
    As2Answer finish() override {
        auto answer = receiving_.answer_repeated(head_, relation_);
        return answer ? std::move(*answer) : plain_answer(503, "send it again");
    }

private:
    As2Receiving& receiving_;
    as2::MessageHead head_;
    As2RelationPointer relation_;
    std::uint64_t size_ = 0;
};

As2Receiving::As2Receiving(Context const& context, std::function<void()> wake) : context_(context), wake_(std::move(wake)) {}

As2RelationPointer As2Receiving::relation_for(As2Request const& request, as2::MessageHead const& head, std::string& refusal) const {
    auto relation = context_.as2->find(head.to, head.from);
    if (!relation)
        refusal = "there is no channel for these two names";
    else if (!relation->client_fingerprints.empty() && !has_client_certificate(request, *relation))
        refusal = fmt::format("channel {} asks for a client certificate; {}", relation->channel,
                              request.client_certificate.empty() ? "none was shown" : "another one was shown");
    else if (!relation->client_user.empty() && !has_login(request, *relation))
        refusal = fmt::format("channel {} asks for user and password; {}", relation->channel,
                              as2::has_field(request.fields, "Authorization") ? "others were given" : "none were given");
    return refusal.empty() ? relation : nullptr;
}

As2Receiving::Begun As2Receiving::begin(As2Request request) {
    auto head = as2::read_message_head(request.fields);
    if (!head) {
        strangers_.line(context_, "as2_stranger", "-", fmt::format("address={} reason={}", request.peer_address, for_log(head.error().reason)));
        return plain_answer(head.error().status, head.error().reason);
    }
    std::string refusal;
    auto relation = relation_for(request, *head, refusal);
    as2::Reception reception(std::move(*head));
    (void)reception.begin();
    if (!relation)
        return begin_stranger(request, std::move(reception), refusal);
    return begin_message(std::move(request), std::move(reception), std::move(relation));
}

As2Receiving::Begun As2Receiving::begin_stranger(As2Request const& request, as2::Reception reception, std::string const& refusal) {
    auto const& head = reception.head();
    strangers_.line(context_, "as2_stranger", "-",
                    fmt::format("address={} from={} to={} reason={}", request.peer_address, for_log(head.from), for_log(head.to), for_log(refusal)));
    // Who has shown no login is asked for one when any partner needs one: some clients send it only then.
    if (!as2::has_field(request.fields, "Authorization") &&
        std::ranges::any_of(context_.as2->all(), [](auto const& one) { return !one->client_user.empty(); })) {
        auto answer = plain_answer(401, "user and password are needed");
        answer.fields.emplace_back("WWW-Authenticate", "Basic realm=\"AS2\", charset=\"UTF-8\"");
        if (request.content_length && *request.content_length > stranger_bytes)
            return answer;
        return std::make_unique<ForgottenArrival>(stranger_bytes, std::move(answer));
    }
    As2Answer answer;
    for (auto const& action : reception.on(as2::RelationUnknown{}))
        if (auto const* const respond = std::get_if<as2::Respond>(&action))
            answer = answer_for(*respond, head, nullptr);
    if (request.content_length && *request.content_length > stranger_bytes)
        return answer;
    return std::make_unique<ForgottenArrival>(stranger_bytes, std::move(answer));
}

As2Receiving::Begun As2Receiving::begin_message(As2Request request, as2::Reception reception, As2RelationPointer relation) {
    auto actions = reception.on(as2::RelationFound{relation->relation});
    auto const& head = reception.head();
    if (request.content_length && *request.content_length > relation->max_bytes) {
        strangers_.line(context_, "as2_refused", relation->channel,
                        fmt::format("message_id={} bytes={} reason=\"more than incoming.max_bytes, {}\"", for_log(head.message_id), *request.content_length,
                                    relation->max_bytes));
        return plain_answer(413, fmt::format("more than the {} bytes that are taken here", relation->max_bytes));
    }
    if (!actions.empty() && std::holds_alternative<as2::LookUpMessage>(actions.front())) {
        auto earlier = earlier_one(relation->channel, head.message_id);
        if (!earlier)
            return plain_answer(503, "the message cannot be stored now; send it again later");
        if (*earlier) {
            if (as2::has_field(request.fields, "Expect")) // he waits with the body
                if (auto answer = answer_repeated(head, relation))
                    return std::move(*answer);
            return std::make_unique<RepeatedArrival>(*this, head, std::move(relation));
        }
        (void)reception.on(as2::NotSeen{});
    }
    auto const tag = tag_of(request);
    if (auto const range = std::string(as2::field(request.fields, "Content-Range")); !range.empty())
        return go_on(std::move(request), std::move(reception), std::move(relation), tag, range);
    if (!tag.empty()) // from the beginning: what is held is of no use any more
        (void)partials_.take(relation->channel, tag, context_.clock.now());
    auto id = new_id(context_.clock.now());
    As2Partials::Partial begun{id, VaultWriter(context_.vault, id, vault_name::message, relation->max_bytes)};
    return std::make_unique<MessageArrival>(*this, std::move(request), std::move(reception), std::move(relation), std::move(begun), 0);
}

/// The rest of a body that broke off.
As2Receiving::Begun As2Receiving::go_on(As2Request request, as2::Reception reception, As2RelationPointer relation, std::string const& tag,
                                        std::string_view range_text) {
    auto const now = context_.clock.now();
    auto const held = tag.empty() ? 0 : partials_.held(relation->channel, tag, now);
    auto const wrong = [&] {
        auto answer = plain_answer(416, fmt::format("{} bytes of this transfer are held", held));
        answer.fields.emplace_back("Content-Range", fmt::format("bytes */{}", held));
        return answer;
    };
    auto const range = read_content_range(range_text);
    if (!range || range->first > held || range->total <= held || range->total > relation->max_bytes ||
        (request.content_length && *request.content_length != range->last - range->first + 1))
        return wrong();
    if (held == 0) { // nothing is held, and all of it comes
        auto id = new_id(now);
        As2Partials::Partial begun{id, VaultWriter(context_.vault, id, vault_name::message, relation->max_bytes)};
        return std::make_unique<MessageArrival>(*this, std::move(request), std::move(reception), std::move(relation), std::move(begun), 0);
    }
    auto partial = partials_.take(relation->channel, tag, now);
    if (!partial)
        return wrong();
    context_.log.line("as2_restarted", relation->channel, fmt::format("message_id={} from={}", for_log(reception.head().message_id), range->first));
    return std::make_unique<MessageArrival>(*this, std::move(request), std::move(reception), std::move(relation), std::move(*partial), held - range->first);
}

std::uint64_t As2Receiving::held(As2Request const& request) {
    auto const tag = tag_of(request);
    auto const from = as2::read_as2_name(as2::field(request.fields, "AS2-From")), to = as2::read_as2_name(as2::field(request.fields, "AS2-To"));
    if (tag.empty() || !from || !to)
        return 0;
    as2::MessageHead head;
    head.from = *from;
    head.to = *to;
    std::string refusal;
    auto const relation = relation_for(request, head, refusal);
    return relation ? partials_.held(relation->channel, tag, context_.clock.now()) : 0;
}

void As2Receiving::answered(std::string_view exchange_id) {
    crash_point("after-exchange-answer");
    context_.as2_unanswered->remove(exchange_id);
    wake_();
}

Result<std::optional<store::Exchange>> As2Receiving::earlier_one(std::string_view channel, std::string_view message_id) const {
    std::optional<store::Exchange> earlier;
    WHARF_TRY(context_.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.find_exchange(channel, store::Direction::inbound, message_id);
        if (!found)
            return unexpected(std::move(found.error()));
        earlier = std::move(*found);
        return {};
    }));
    return earlier;
}

std::optional<As2Answer> As2Receiving::answer_repeated(as2::MessageHead const& head, As2RelationPointer const& relation) {
    auto const earlier = earlier_one(relation->channel, head.message_id);
    if (!earlier)
        return plain_answer(503, "not now");
    if (!*earlier)
        return std::nullopt; // refused meanwhile: it may come again
    auto const& exchange = **earlier;
    as2::Reception reception(head);
    (void)reception.begin();
    (void)reception.on(as2::RelationFound{relation->relation});
    as2::ReceptionEvent event = as2::StillInWork{};
    if (exchange.state == store::ExchangeState::accepted)
        event = as2::Seen{!exchange.receipt_head.empty()};
    context_.log.line("as2_repeated", exchange.id, fmt::format("channel={} message_id={} state={}", exchange.channel, for_log(head.message_id), to_string(exchange.state)));
    std::optional<As2Answer> answer;
    for (auto const& action : reception.on(std::move(event))) {
        if (auto const* const respond = std::get_if<as2::Respond>(&action))
            answer = answer_for(*respond, head, &exchange);
        else if (std::holds_alternative<as2::SendReceipt>(action)) {
            context_.as2_unanswered->add(exchange.id);
            if (auto const done = owe_receipt_again(context_, exchange.id); !done) {
                context_.as2_unanswered->remove(exchange.id);
                return plain_answer(503, "not now");
            }
            answer->exchange_id = exchange.id;
        }
    }
    return answer;
}

As2Answer As2Receiving::answer_for(as2::Respond const& respond, as2::MessageHead const& head, store::Exchange const* exchange) const {
    As2Answer answer;
    answer.status = respond.status;
    switch (respond.body) {
    case as2::AnswerBody::none:
        break;
    case as2::AnswerBody::text:
        return plain_answer(respond.status, std::string_view(respond.text).substr(0, most_text));
    case as2::AnswerBody::receipt: { // unsigned, for a stranger: in the names that he used
        as2::Relation names;
        names.own_name = head.to;
        names.partner_name = head.from;
        auto const id = new_id(context_.clock.now());
        auto const packed = as2::make_receipt(*respond.receipt, false, names, {}, id, context_.clock.now());
        auto body = packed ? packed->entity.body.text(Vault::in_store) : Result<std::string>(unexpected(packed.error()));
        if (!body)
            return plain_answer(403, "there is no trading relationship between these names");
        answer.fields = as2::write_receipt_head(names, as2::make_message_id(id, head.to), packed->entity);
        answer.body = std::move(*body);
        break;
    }
    case as2::AnswerBody::stored_receipt: {
        auto const stored = exchange == nullptr ? Result<transport::Content>() : context_.vault.open(context_.store, exchange->id, vault_name::receipt);
        auto body = stored ? stored->text(Vault::in_store) : Result<std::string>(unexpected(stored.error()));
        if (!body)
            return plain_answer(503, "the receipt cannot be read now; send the message again later");
        answer.fields = read_stored_head(exchange->receipt_head);
        answer.body = std::move(*body);
        break;
    }
    }
    return answer;
}

} // namespace wharf::gateway
