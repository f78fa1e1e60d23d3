// What the sending side of AS2 writes into the store: a course with its events and jobs, and the evidence of a receipt. Inside the
// caller's transaction.
#pragma once

#include "gateway/as2_course.hpp"
#include "gateway/as2_relations.hpp"
#include "gateway/context.hpp"
#include "transport/as2/exchange.hpp"

#include <optional>

namespace wharf::gateway {

/// nullptr: the channel is no AS2 relation.
[[nodiscard]] As2RelationPointer relation_of(Context const& context, std::string_view channel);

/// A receipt as it came: the fields and the body of HTTP, and what was found inside.
struct ReceiptEvidence {
    as2::Entity outer;
    as2::OpenedReceipt opened;

    [[nodiscard]] as2::ArrivedReceipt* arrived() { return std::get_if<as2::ArrivedReceipt>(&opened.event); }
    [[nodiscard]] bool is_one() const { return !std::holds_alternative<as2::NoReceipt>(opened.event); }
};
/// Opens it with the keys valid now; without the MIC that is expected.
[[nodiscard]] ReceiptEvidence open_evidence(as2::Entity outer, As2Relation const& relation, Timestamp now);
/// Adds the MIC that the receipt should have, made of what was sent; of bytes that are gone, the MIC that was noted then, where the
/// receipt is by the same digest. Without either, there is no proof.
[[nodiscard]] Result<void> expect_mic(Context const& context, store::Exchange const& exchange, ReceiptEvidence& receipt);

/// Exchange and message as the course says, its events, and what begins when a message has become `sent`. `receipt`: kept where it
/// settled the exchange.
[[nodiscard]] Result<void> record_course(Context const& context, store::Transaction& transaction, Record& record, As2Course& course,
                                         ReceiptEvidence const* receipt);
/// The jobs that follow. `job`: the one at work, which is ended or postponed unless a POST follows at once; nothing: none is.
[[nodiscard]] Result<void> record_jobs(store::Transaction& transaction, As2Course const& course, store::Job const* job);

/// Message and newest exchange, or the exchange and its message.
struct As2Pair {
    std::optional<store::Message> message;
    std::optional<store::Exchange> exchange;
};
[[nodiscard]] Result<As2Pair> pair_of_message(store::Transaction& transaction, std::string_view message_id);
[[nodiscard]] Result<As2Pair> pair_of_exchange(store::Transaction& transaction, std::string_view exchange_id);

} // namespace wharf::gateway
