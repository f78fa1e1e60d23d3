#include "gateway/as2_answers.hpp"

#include "base/id.hpp"
#include "gateway/as2_receipts.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/as2/exchange.hpp"
#include "transport/as2/names.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace wharf::gateway {

namespace {

constexpr std::size_t most_text = 200;

} // namespace

As2Answer plain_answer(int status, std::string_view text) {
    As2Answer answer;
    answer.status = status;
    answer.fields = {{"Content-Type", "text/plain; charset=utf-8"}};
    answer.body = fmt::format("{}\n", text);
    if (status == 503)
        answer.fields.emplace_back("Retry-After", "60");
    return answer;
}

As2Answer answer_of(Context const& context, as2::Respond const& respond, as2::MessageHead const& head, store::Exchange const* exchange) {
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
        auto const id = new_id(context.clock.now());
        auto const packed = as2::make_receipt(*respond.receipt, false, names, {}, id, context.clock.now());
        auto body = packed ? packed->entity.body.text(Vault::in_store) : Result<std::string>(unexpected(packed.error()));
        if (!body)
            return plain_answer(403, "there is no trading relationship between these names");
        answer.fields = as2::write_receipt_head(names, as2::make_message_id(id, head.to), packed->entity);
        answer.body = std::move(*body);
        break;
    }
    case as2::AnswerBody::stored_receipt: {
        auto const stored = exchange == nullptr ? Result<transport::Content>() : context.vault.open(context.store, exchange->id, vault_name::receipt);
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

std::optional<As2Answer> answer_repeated(Context const& context, as2::MessageHead const& head, As2RelationPointer const& relation) {
    auto const earlier = find_exchange(context.store, relation->channel, store::Direction::inbound, head.message_id);
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
    context.log_rarely("as2_repeated", exchange.channel,
                       fmt::format("channel={} message_id={} state={}", exchange.channel, for_log(head.message_id), to_string(exchange.state)), exchange.id);
    std::optional<As2Answer> answer;
    for (auto const& action : reception.on(std::move(event))) {
        if (auto const* const respond = std::get_if<as2::Respond>(&action))
            answer = answer_of(context, *respond, head, &exchange);
        else if (std::holds_alternative<as2::SendReceipt>(action)) {
            context.as2_unanswered->add(exchange.id);
            if (auto const done = owe_receipt_again(context, exchange.id); !done) {
                context.as2_unanswered->remove(exchange.id);
                return plain_answer(503, "not now");
            }
            answer->exchange_id = exchange.id;
        }
    }
    return answer;
}

} // namespace wharf::gateway
