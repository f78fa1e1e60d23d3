#include "gateway/alarms.hpp"

#include "gateway/context.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace wharf::gateway {
namespace {

constexpr std::string_view by_hand = "alarm_settled";

} // namespace

Result<unsigned> settle_by_hand(store::Transaction& transaction, std::string_view subject, std::string_view word, Timestamp now) {
    auto const settled = transaction.settle_alarms(subject, word, now);
    if (settled && *settled > 0)
        WHARF_TRY(transaction.add_event({now, std::string(subject), std::string(by_hand), word.empty() ? "by hand" : "by hand: " + std::string(word)}));
    return settled;
}

Result<bool> is_settled_by_hand(store::Transaction& transaction, store::Event const& alarm) {
    store::AlarmFilter filter;
    filter.with_settled = true;
    filter.subject = alarm.subject;
    filter.word = alarm.type;
    filter.limit = std::numeric_limits<unsigned>::max();
    auto const known = transaction.alarms(filter);
    if (!known)
        return unexpected(known.error());
    auto const last = std::ranges::find_if(*known, [&](auto const& one) { return one.type == alarm.type && one.text == alarm.text; });
    if (last == known->end() || !last->settled_at)
        return false;
    auto const events = transaction.events_of(alarm.subject);
    if (!events)
        return unexpected(events.error());
    return std::ranges::any_of(*events, [&](auto const& one) { return one.type == by_hand && one.at == *last->settled_at; });
}

} // namespace wharf::gateway
