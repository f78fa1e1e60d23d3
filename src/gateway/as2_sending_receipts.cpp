// Receipts that come by themselves.
#include "gateway/as2_record.hpp"
#include "gateway/as2_sending.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/as2/names.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace wharf::gateway {
namespace {

/// The exchange whose Message-ID this is: with or without the brackets and blanks that some peers take away or add.
FoundExchange find(Context const& context, std::string_view channel, std::string_view original) {
    auto const bare = as2::trimmed(original);
    FoundExchange exchange;
    for (auto const& id : {std::string(bare), fmt::format("<{}>", bare)})
        if (!bare.empty() && exchange && !*exchange)
            exchange = find_exchange(context.store, channel, store::Direction::outbound, id);
    return exchange;
}

/// Of a receipt that changes nothing: an alarm, of which strangers can raise so many only (notices.hpp).
Result<void> tell(Context const& context, std::string_view channel, std::string_view event, std::string const& text, bool is_stored) {
    auto const facts = fmt::format("reason={}", for_log(text));
    if (is_stored)
        return transact(context, [&](store::Transaction&, Record& record) { return record.note(channel, event, text, facts); });
    context.log_rarely(event, channel, facts);
    context.notices->alarm(event, channel, text);
    return {};
}

} // namespace

Result<void> expect_mic(Context const& context, store::Exchange const& exchange, ReceiptEvidence& receipt) {
    auto* const arrived = receipt.arrived();
    if (arrived == nullptr || arrived->signature == as2::ArrivedReceipt::Signature::wrong || !arrived->receipt.mic)
        return {};
    auto source = context.vault.open(context.store, exchange.id, vault_name::signed_bytes);
    if (!source)
        return unexpected(std::move(source.error()));
    if (!source->is_empty()) {
        as2::expect_mic(*arrived, *source);
        return {};
    }
    auto const comma = exchange.mic.find(',');
    if (comma == std::string::npos)
        return {};
    auto const digest = as2::digest_named(as2::trimmed(std::string_view(exchange.mic).substr(comma + 1)));
    if (digest && digest == arrived->receipt.mic->digest)
        arrived->expected_mic = exchange.mic.substr(0, comma);
    return {};
}

Result<ReceiptOutcome> take_receipt(Context const& context, std::string_view channel, as2::Entity const& outer) {
    auto const relation = relation_of(context, channel);
    if (!relation)
        return invalid(fmt::format("there is no AS2 relation {} in the configuration", channel));
    ReceiptOutcome outcome;
    if (outer.body.size() > Vault::in_store) {
        outcome.reason = fmt::format("a receipt of {} bytes; they have a few thousand", outer.body.size());
        WHARF_TRY(tell(context, channel, "AS2_RECEIPT_NOT_TAKEN", outcome.reason, false));
        return outcome;
    }
    auto receipt = open_evidence(outer, *relation, context.clock.now());
    auto* const arrived = receipt.arrived();
    if (arrived == nullptr) {
        auto const* const unreadable = std::get_if<as2::UnreadableReceipt>(&receipt.opened.event);
        outcome.reason = unreadable == nullptr ? "its content type is none of a receipt" : unreadable->reason;
        WHARF_TRY(tell(context, channel, "AS2_RECEIPT_NOT_TAKEN", outcome.reason, false));
        return outcome;
    }
    auto exchange = find(context, channel, arrived->receipt.original_message_id);
    if (!exchange)
        return unexpected(std::move(exchange.error()));
    if (!*exchange) {
        outcome.fate = ReceiptFate::unmatched;
        outcome.reason = fmt::format("a receipt of {} is for the Message-ID \"{}\", under which nothing was sent on this channel",
                                     relation->relation.partner_name, arrived->receipt.original_message_id.substr(0, 300));
        WHARF_TRY(tell(context, channel, "AS2_RECEIPT_UNMATCHED", outcome.reason, receipt.opened.signer.has_value()));
        return outcome;
    }
    outcome.exchange_id = (*exchange)->id;
    WHARF_TRY(expect_mic(context, **exchange, receipt));
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto pair = pair_of_exchange(transaction, outcome.exchange_id);
        if (!pair)
            return unexpected(std::move(pair.error()));
        if (!pair->exchange || !pair->message)
            return permanent(fmt::format("exchange {} has no message", outcome.exchange_id));
        auto course = follow(std::move(*pair->exchange), std::move(*pair->message), relation->relation, as2::ReceiptArrived{*arrived}, context.clock.now());
        outcome.fate = course.is_settled_now ? ReceiptFate::taken : course.notes.empty() ? ReceiptFate::repeated : ReceiptFate::not_taken;
        outcome.reason = course.notes.empty() ? std::string("it says what is known") : course.notes.back().text;
        WHARF_TRY(record_course(context, transaction, record, course, &receipt));
        crash_point("before-record-receipt");
        return record_jobs(transaction, course, nullptr);
    }));
    crash_point("after-record-receipt");
    return outcome;
}

} // namespace wharf::gateway
