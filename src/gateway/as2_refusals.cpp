#include "gateway/as2_refusals.hpp"

#include "gateway/context.hpp"

#include <utility>

namespace wharf::gateway::as2_refusals {
namespace {

constexpr unsigned most_at_once = 100; // of each kind removed by one transaction, which adds one

Result<void> remove_body(store::Transaction& transaction, std::string_view exchange_id) {
    auto found = transaction.exchange(exchange_id);
    if (!found)
        return unexpected(std::move(found.error()));
    if (!*found)
        return {};
    for (auto const name : {vault_name::message, vault_name::signed_bytes, vault_name::signature})
        WHARF_TRY(transaction.remove_content(exchange_id, name));
    (*found)->body_bytes = 0;
    return transaction.update(**found);
}

} // namespace

Result<void> make_room(store::Transaction& transaction, std::string_view channel) {
    auto const kept = transaction.kept_bodies(channel);
    if (!kept)
        return unexpected(kept.error());
    unsigned count = 0, removed = 0;
    std::uint64_t bytes = 0;
    for (auto const& one : *kept) { // newest first
        ++count;
        bytes += one.bytes;
        if (count <= most_bodies && bytes <= most_body_bytes)
            continue;
        if (++removed > most_at_once) // an earlier version has left many: the next ones go with the next refusal
            break;
        WHARF_TRY(remove_body(transaction, one.exchange_id));
    }
    auto const forgotten = transaction.unverified_refusals(channel, most_unverified, most_at_once);
    if (!forgotten)
        return unexpected(forgotten.error());
    for (auto const& id : *forgotten)
        WHARF_TRY(transaction.forget_exchange(id));
    return {};
}

std::string_view to_string(Kind kind) {
    switch (kind) {
    case Kind::unreadable_head: return "unreadable_head";
    case Kind::unknown_names: return "unknown_names";
    case Kind::login_missing: return Notices::login_missing;
    case Kind::wrong_login: return "wrong_login";
    case Kind::client_certificate: return "client_certificate";
    case Kind::too_large: return "too_large";
    }
    return {};
}

void turn_away(Context const& context, As2Request const& request, TurnedAway const& what) {
    store::Refusal refusal;
    refusal.kind = to_string(what.kind);
    refusal.channel = what.channel;
    refusal.address = request.peer_address;
    refusal.from = what.from;
    refusal.to = what.to;
    refusal.reason = what.reason;
    context.notices->refused(std::move(refusal), context.clock.now());
}

} // namespace wharf::gateway::as2_refusals
