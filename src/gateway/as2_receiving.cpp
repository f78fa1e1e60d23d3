#include "gateway/as2_receiving.hpp"

#include "base/base64.hpp"
#include "base/id.hpp"
#include "gateway/as2_answers.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/as2/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {
namespace {

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

} // namespace

As2Receiving::As2Receiving(Context const& context, std::function<void()> wake) : context_(context), wake_(std::move(wake)) {}

namespace {

/// For people on our side: what is wrong with two names that no relation has. The channel is the one that was meant, where that can be told.
as2_refusals::TurnedAway unknown_names(As2Relations const& relations, as2::MessageHead const& head) {
    as2_refusals::TurnedAway refusal{as2_refusals::Kind::unknown_names, {}, head.from, head.to, "there is no channel for these two names"};
    auto const all = relations.all();
    auto const meant = [&](auto const& is_it) {
        auto const found = std::ranges::find_if(all, [&](auto const& one) { return is_it(one->relation); });
        return found == all.end() ? nullptr : *found;
    };
    if (auto const one = meant([&](as2::Relation const& relation) { return relation.partner_name == head.from; })) {
        refusal.channel = one->channel;
        refusal.reason += fmt::format(": {} is the partner's on channel {}, where our name is {}", head.from, one->channel, one->relation.own_name);
    } else if (auto const near = meant([&](as2::Relation const& relation) { return as2::lower(relation.partner_name) == as2::lower(head.from); })) {
        refusal.channel = near->channel;
        refusal.reason += fmt::format(": channel {} has {}, and small letters are not capitals here", near->channel, near->relation.partner_name);
    } else if (meant([&](as2::Relation const& relation) { return relation.own_name == head.to; })) {
        refusal.reason += fmt::format(": {} is ours, but no channel has a partner of the name {}", head.to, head.from);
    }
    return refusal;
}

} // namespace

As2RelationPointer As2Receiving::relation_for(As2Request const& request, as2::MessageHead const& head, as2_refusals::TurnedAway& refusal) const {
    using Kind = as2_refusals::Kind;
    auto relation = context_.as2->find(head.to, head.from);
    if (!relation) {
        refusal = unknown_names(*context_.as2, head);
        return nullptr;
    }
    auto const refuse = [&](Kind kind, std::string reason) {
        refusal = {kind, relation->channel, head.from, head.to, std::move(reason)};
        return nullptr;
    };
    if (!relation->client_fingerprints.empty() && !has_client_certificate(request, *relation))
        return refuse(Kind::client_certificate, fmt::format("channel {} asks for a client certificate; {}", relation->channel,
                                                            request.client_certificate.empty() ? "none was shown" : "another one was shown"));
    if (relation->client_user.empty())
        return relation;
    bool const is_given = as2::has_field(request.fields, "Authorization");
    if (!has_login(request, *relation))
        return refuse(is_given ? Kind::wrong_login : Kind::login_missing,
                      fmt::format("channel {} asks for user and password; {}", relation->channel, is_given ? "others were given" : "none were given"));
    context_.notices->login_came(relation->channel, request.peer_address);
    return relation;
}

As2Receiving::Begun As2Receiving::begin(As2Request request) {
    auto head = as2::read_message_head(request.fields);
    if (!head) {
        context_.log_rarely("as2_stranger", "-", fmt::format("address={} reason={}", request.peer_address, for_log(head.error().reason)));
        as2_refusals::turn_away(context_, request, {as2_refusals::Kind::unreadable_head, {}, {}, {}, head.error().reason});
        return plain_answer(head.error().status, head.error().reason);
    }
    as2_refusals::TurnedAway refusal;
    auto relation = relation_for(request, *head, refusal);
    as2::Reception reception(std::move(*head));
    (void)reception.begin();
    if (!relation)
        return begin_stranger(request, std::move(reception), refusal);
    return begin_message(std::move(request), std::move(reception), std::move(relation));
}

As2Receiving::Begun As2Receiving::begin_stranger(As2Request const& request, as2::Reception reception, as2_refusals::TurnedAway const& refusal) {
    auto const& head = reception.head();
    context_.log_rarely("as2_stranger", "-",
                        fmt::format("address={} from={} to={} reason={}", request.peer_address, for_log(head.from), for_log(head.to), for_log(refusal.reason)));
    as2_refusals::turn_away(context_, request, refusal);
    // Who has shown no login is asked for one when any partner needs one: some clients send it only then.
    if (!as2::has_field(request.fields, "Authorization") &&
        std::ranges::any_of(context_.as2->all(), [](auto const& one) { return !one->client_user.empty(); })) {
        auto answer = plain_answer(401, "user and password are needed");
        answer.fields.emplace_back("WWW-Authenticate", "Basic realm=\"AS2\", charset=\"UTF-8\"");
        if (request.content_length && *request.content_length > stranger_bytes)
            return answer;
        return forgotten_arrival(stranger_bytes, std::move(answer));
    }
    As2Answer answer;
    for (auto const& action : reception.on(as2::RelationUnknown{}))
        if (auto const* const respond = std::get_if<as2::Respond>(&action))
            answer = answer_of(context_, *respond, head, nullptr);
    if (request.content_length && *request.content_length > stranger_bytes)
        return answer;
    return forgotten_arrival(stranger_bytes, std::move(answer));
}

As2Receiving::Begun As2Receiving::begin_message(As2Request request, as2::Reception reception, As2RelationPointer relation) {
    auto actions = reception.on(as2::RelationFound{relation->relation});
    auto const& head = reception.head();
    if (request.content_length && *request.content_length > relation->max_bytes) {
        context_.log_rarely("as2_refused", relation->channel,
                            fmt::format("message_id={} bytes={} reason=\"more than incoming.max_bytes, {}\"", for_log(head.message_id),
                                        *request.content_length, relation->max_bytes));
        as2_refusals::turn_away(context_, request,
                                {as2_refusals::Kind::too_large, relation->channel, head.from, head.to,
                                 fmt::format("{} bytes, more than incoming.max_bytes, {}", *request.content_length, relation->max_bytes)});
        return plain_answer(413, fmt::format("more than the {} bytes that are taken here", relation->max_bytes));
    }
    if (!actions.empty() && std::holds_alternative<as2::LookUpMessage>(actions.front())) {
        auto earlier = find_exchange(context_.store, relation->channel, store::Direction::inbound, head.message_id);
        if (!earlier)
            return plain_answer(503, "the message cannot be stored now; send it again later");
        if (*earlier) // its bytes are wanted even by those who wait with them (100-continue): they may be others
            return repeated_arrival(context_, std::move(request), head, std::move(relation));
        (void)reception.on(as2::NotSeen{});
    }
    auto const range = as2::field(request.fields, "Content-Range");
    if (auto const tag = transfer_tag(request); range.empty() && !tag.empty()) // from the beginning: what is held is of no use any more
        context_.as2_partials->forget(relation->channel, tag);
    auto begun = range.empty() ? std::expected<As2Beginning, As2Answer>(As2Beginning{nothing_yet(*relation)}) : go_on(request, *relation, head.message_id, range);
    if (!begun)
        return std::move(begun.error());
    return message_arrival(context_, wake_, std::move(request), std::move(reception), std::move(relation), std::move(*begun));
}

As2Partials::Partial As2Receiving::nothing_yet(As2Relation const& relation) const {
    auto id = new_id(context_.clock.now());
    return {id, VaultWriter(context_.vault, id, vault_name::message, relation.max_bytes)};
}

/// The rest of a body that broke off.
std::expected<As2Beginning, As2Answer> As2Receiving::go_on(As2Request const& request, As2Relation const& relation, std::string_view message_id,
                                                           std::string_view range_text) const {
    auto const now = context_.clock.now();
    auto const tag = transfer_tag(request);
    auto const wrong = [](std::uint64_t held) {
        auto answer = plain_answer(416, fmt::format("{} bytes of this transfer are held", held));
        answer.fields.emplace_back("Content-Range", fmt::format("bytes */{}", held));
        return std::unexpected(std::move(answer));
    };
    auto const range = read_content_range(range_text);
    bool const is_good = range && range->total <= relation.max_bytes &&
                         (!request.content_length || *request.content_length == range->last - range->first + 1);
    if (!is_good)
        return wrong(context_.as2_partials->held(relation.channel, tag, now));
    auto partial = context_.as2_partials->take(relation.channel, tag, *range, now); // nothing is held under no tag
    if (!partial && partial.error().count == 0 && range->first == 0) // nothing is held, and all of it comes
        return As2Beginning{nothing_yet(relation), 0, range->total};
    if (!partial)
        return wrong(partial.error().count);
    auto const held = partial->body.size();
    context_.log_rarely("as2_restarted", relation.channel, fmt::format("message_id={} from={}", for_log(message_id), range->first));
    return As2Beginning{std::move(*partial), held - range->first, range->total};
}

std::uint64_t As2Receiving::held(As2Request const& request) {
    auto const tag = transfer_tag(request);
    auto const from = as2::read_as2_name(as2::field(request.fields, "AS2-From")), to = as2::read_as2_name(as2::field(request.fields, "AS2-To"));
    if (tag.empty() || !from || !to)
        return 0;
    as2::MessageHead head;
    head.from = *from;
    head.to = *to;
    as2_refusals::TurnedAway refusal;
    auto const relation = relation_for(request, head, refusal);
    return relation ? context_.as2_partials->held(relation->channel, tag, context_.clock.now()) : 0;
}

void As2Receiving::answered(std::string_view exchange_id) {
    crash_point("after-exchange-answer");
    context_.as2_unanswered->remove(exchange_id);
    wake_();
}

} // namespace wharf::gateway
