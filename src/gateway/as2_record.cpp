#include "gateway/as2_record.hpp"

#include "gateway/crash_point.hpp"
#include "gateway/stored_exchange.hpp"
#include "gateway/transmission.hpp"
#include "transport/as2/certificate_maker.hpp"

#include <fmt/format.h>

#include <utility>

namespace wharf::gateway {
namespace {

/// What proves, or disproves, that the partner has our bytes.
Result<void> keep(Context const& context, store::Transaction& transaction, store::Exchange& exchange, ReceiptEvidence const& receipt) {
    auto const& vault = context.vault;
    auto const& opened = receipt.opened;
    exchange.receipt_head = write_stored_head(receipt.outer.fields);
    exchange.receipt_message_id = as2::field(receipt.outer.fields, "Message-ID");
    if (exchange.emptied_at) // what it is about is gone, and nobody would remove this
        return {};
    WHARF_TRY(vault.put(transaction, exchange.id, vault_name::receipt, receipt.outer.body));
    WHARF_TRY(vault.put(transaction, exchange.id, vault_name::receipt_signed, opened.signed_bytes));
    WHARF_TRY(vault.put(transaction, exchange.id, vault_name::receipt_signature, opened.signature_bytes));
    if (!opened.signer)
        return {};
    auto certificates = transaction.content_of(exchange.id, vault_name::certificates);
    if (!certificates)
        return unexpected(std::move(certificates.error()));
    auto const pem = as2::to_pem(*opened.signer);
    auto kept = certificates->value_or(std::string());
    if (!kept.contains(pem)) {
        kept += pem;
        exchange.certificates += fmt::format("receipt-signed-by sha256:{}\n", opened.signer->fingerprint());
    }
    return vault.put(transaction, exchange.id, vault_name::certificates, transport::Content(std::move(kept)));
}

template <class T> Result<void> set(std::optional<T>& to, Result<std::optional<T>> found) {
    if (!found)
        return unexpected(std::move(found.error()));
    to = std::move(*found);
    return {};
}

} // namespace

As2RelationPointer relation_of(Context const& context, std::string_view channel) {
    return context.as2 ? context.as2->by_channel(channel) : nullptr;
}

ReceiptEvidence open_evidence(as2::Entity outer, As2Relation const& relation, Timestamp now) {
    auto opened = as2::open_receipt(outer, relation.relation, relation.keys.incoming(now));
    return {std::move(outer), std::move(opened)};
}

Result<void> record_course(Context const& context, store::Transaction& transaction, Record& record, As2Course& course,
                           ReceiptEvidence const* receipt) {
    auto& exchange = course.exchange;
    auto const& message = course.message;
    if (receipt != nullptr && receipt->is_one() && course.is_settled_now)
        WHARF_TRY(keep(context, transaction, exchange, *receipt));
    WHARF_TRY(transaction.update(exchange));
    WHARF_TRY(transaction.update(message));
    if (course.is_sent_now)
        WHARF_TRY(begin_waiting(context, transaction, message, exchange.updated_at));
    for (auto const& note : course.notes)
        WHARF_TRY(record.note(message.id, note.type, note.text,
                              fmt::format("channel={} exchange={} attempt={} state={}{}", exchange.channel, exchange.id, exchange.attempts,
                                          to_string(exchange.state),
                                          exchange.reason.empty() ? "" : fmt::format(" reason={}", for_log(exchange.reason)))));
    return {};
}

Result<void> record_jobs(store::Transaction& transaction, As2Course const& course, store::Job const* job) {
    using store::JobKind;
    auto const& exchange = course.exchange;
    auto const& message = course.message;
    if (course.posts)
        return {};
    if (course.retry_at && job != nullptr && job->kind == JobKind::transmit)
        return transaction.postpone_job(job->id, *course.retry_at);
    if (job != nullptr)
        WHARF_TRY(transaction.finish_job(job->id));
    if (course.retry_at)
        WHARF_TRY(transaction.add_job(JobKind::transmit, message.id, *course.retry_at));
    if (course.receipt_due_at || course.is_settled_now)
        WHARF_TRY(transaction.finish_jobs_of(JobKind::expect_receipt, exchange.id));
    if (course.receipt_due_at)
        WHARF_TRY(transaction.add_job(JobKind::expect_receipt, exchange.id, *course.receipt_due_at));
    if (course.is_settled_now)
        WHARF_TRY(transaction.finish_jobs_of(JobKind::transmit, message.id));
    return {};
}

Result<As2Pair> pair_of_message(store::Transaction& transaction, std::string_view message_id) {
    As2Pair pair;
    WHARF_TRY(set(pair.message, transaction.message(message_id)));
    WHARF_TRY(set(pair.exchange, transaction.exchange_of_message(message_id)));
    return pair;
}

Result<As2Pair> pair_of_exchange(store::Transaction& transaction, std::string_view exchange_id) {
    As2Pair pair;
    WHARF_TRY(set(pair.exchange, transaction.exchange(exchange_id)));
    if (pair.exchange)
        WHARF_TRY(set(pair.message, transaction.message(pair.exchange->message_id)));
    return pair;
}

} // namespace wharf::gateway
