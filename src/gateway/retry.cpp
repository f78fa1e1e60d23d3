#include "base/id.hpp"
#include "gateway/acceptance.hpp"
#include "gateway/reception.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {

namespace {

// Claim keys of files begin with the file's name, which is never empty and never holds a slash.
constexpr std::string_view again_mark = "/again/";
constexpr std::string_view released_mark = "/released/";

/// The set with these control numbers.
EvaluatedSet const* same_set(std::vector<EvaluatedInterchange> const& interchanges, store::Document const& document) {
    for (auto const& interchange : interchanges)
        for (auto const& group : interchange.groups)
            for (auto const& set : group.sets)
                if (set.document.group_control_number == document.group_control_number &&
                    set.document.transaction_set == document.transaction_set &&
                    set.document.transaction_control_number == document.transaction_control_number)
                    return &set;
    return nullptr;
}

/// The document at this place of a file without numbers. A map that cuts the file otherwise now says nothing about the stored ones.
EvaluatedSet const* same_place(std::vector<EvaluatedInterchange> const& interchanges, std::size_t place, std::size_t count) {
    if (interchanges.size() != 1 || interchanges.front().groups.size() != 1)
        return nullptr;
    auto const& sets = interchanges.front().groups.front().sets;
    return sets.size() == count ? &sets[place] : nullptr;
}

} // namespace

bool is_released(store::Transfer const& transfer) { return transfer.claim_key.starts_with(released_mark); }

Result<std::string> process_again(Context const& context, store::Transaction& transaction, Record& record,
                                  store::Message message) {
    auto const now = context.clock.now();
    store::Transfer transfer;
    transfer.id = new_id(now);
    transfer.channel = message.channel;
    transfer.file_name = message.file_name;
    transfer.claim_key = std::string(message.state == store::MessageState::held ? released_mark : again_mark) + message.id;
    transfer.sha256 = message.sha256;
    transfer.size = message.raw.size();
    transfer.raw = message.raw;
    transfer.received_at = now;
    WHARF_TRY(transaction.insert(transfer));
    WHARF_TRY(transaction.add_job(store::JobKind::process_transfer, transfer.id, now));
    message.state = store::MessageState::discarded;
    message.reason = fmt::format("processed again as transfer {}; it was: {}", transfer.id, message.reason);
    message.updated_at = now;
    WHARF_TRY(transaction.update(message));
    WHARF_TRY(record.note(message.id, "processed_again", fmt::format("as transfer {}", transfer.id),
                          fmt::format("transfer={}", transfer.id)));
    return transfer.id;
}

Result<unsigned> retry_held_documents(Context const& context, store::Message const& message) {
    store::Transfer transfer; // only what evaluation reads
    transfer.id = message.transfer_id;
    transfer.channel = message.channel;
    transfer.file_name = message.file_name;
    transfer.raw = message.raw;
    transfer.received_at = message.created_at;
    auto interchanges = evaluate(transfer, context.configuration, context.configuration.channel(message.channel),
                                 context.knowledge, context.clock.now());
    unsigned going_on = 0;
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto documents = transaction.documents_of(message.id);
        if (!documents)
            return unexpected(std::move(documents.error()));
        auto const whole = static_cast<std::size_t>(std::ranges::count_if(*documents, [](auto const& one) { return !is_part(one); }));
        for (std::size_t i = 0; i < documents->size(); ++i) {
            auto& document = (*documents)[i];
            if (document.state != store::DocumentState::held)
                continue;
            auto const* const again = message.format == "x12" ? same_set(interchanges, document) : same_place(interchanges, i, whole);
            if (again == nullptr || again->document.state != store::DocumentState::accepted)
                continue;
            auto const targets = targets_of(context.configuration, *again->agreement, document.test);
            if (targets.empty())
                continue;
            if (again->agreement->duplicates.check_business_keys) {
                auto earlier = transaction.find_business_key(again->document.business_key);
                if (!earlier)
                    return unexpected(std::move(earlier.error()));
                if (*earlier)
                    continue;
            }
            auto fresh = again->document;
            // The document keeps the identity it was stored under; identifiers are unique texts.
            for (auto const& [made, kept] : {std::pair(fresh.id, document.id), std::pair(fresh.message_id, document.message_id)})
                for (auto at = fresh.json.find(made); at != std::string::npos; at = fresh.json.find(made, at))
                    fresh.json.replace(at, made.size(), kept);
            fresh.id = document.id;
            fresh.message_id = document.message_id;
            fresh.created_at = document.created_at;
            fresh.updated_at = context.clock.now();
            WHARF_TRY(complete_accepted(transaction, fresh));
            WHARF_TRY(transaction.update(fresh));
            WHARF_TRY(deliver_accepted(transaction, record, fresh, *again->agreement, targets, fresh.updated_at));
            WHARF_TRY(record.note(fresh.id, "accepted", "held before, accepted now"));
            ++going_on;
        }
        return {};
    }));
    return going_on;
}

} // namespace wharf::gateway
