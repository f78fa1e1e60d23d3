#include "gateway/as2_repetitions.hpp"

#include "gateway/stored_exchange.hpp"
#include "transport/as2/exchange.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace wharf::gateway {
namespace {

constexpr std::string_view word = "AS2_MESSAGE_ID_REUSED";
constexpr std::size_t most_told = 10;           // of one exchange
constexpr std::size_t most_told_unverified = 3; // of these: those that anybody may have sent

/// What a message holds, as far as it can be told.
struct Holdings {
    std::vector<std::string> files; // SHA-256 of each; empty: not known
    std::string mic;                // "base64, sha256"; empty: not known
    std::string trouble;            // why it cannot be opened
    bool is_verified = false;       // signed by the partner
};

Result<std::string> sha256_of(transport::Content const& content) {
    transport::Sha256 digest;
    WHARF_TRY(content.each_block([&](std::string_view block) -> Result<void> {
        digest.add(block);
        return {};
    }));
    return digest.finish();
}

/// The algorithm that a stored MIC was made by, so that another one can be compared with it.
std::optional<as2::Digest> digest_of_mic(std::string_view mic) {
    auto const comma = mic.find(',');
    return comma == std::string_view::npos ? std::nullopt : as2::digest_named(as2::trimmed(mic.substr(comma + 1)));
}

Holdings open(Context const& context, As2Relation const& relation, as2::Entity const& body, std::optional<as2::Digest> digest) {
    auto const keys = relation.keys.incoming(context.clock.now());
    auto const opened = as2::open_message(body, as2::Unpack{digest}, relation.relation, keys, context.vault.spool(relation.max_bytes));
    Holdings held;
    held.is_verified = opened.unpacked.signature.has_value();
    if (opened.event.mic)
        held.mic = fmt::format("{}, {}", opened.event.mic->base64, opened.event.mic->algorithm);
    if (opened.event.fault)
        held.trouble = opened.event.fault->message;
    for (auto const& payload : opened.payloads) {
        auto sha256 = sha256_of(payload.content);
        if (!sha256) {
            held.files.clear();
            held.trouble = sha256.error().message;
            break;
        }
        held.files.push_back(std::move(*sha256));
    }
    return held;
}

Result<Holdings> stored(Context const& context, store::Exchange const& exchange) {
    Holdings held;
    held.mic = exchange.mic;
    WHARF_TRY(context.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto const transfers = transaction.transfers_of_exchange(exchange.id);
        if (!transfers)
            return unexpected(transfers.error());
        for (auto const& transfer : *transfers)
            held.files.push_back(transfer.sha256);
        return {};
    }));
    if (std::ranges::find(held.files, "") != held.files.end()) // too large to be processed: not digested
        held.files.clear();
    return held;
}

/// One that is durable and not opened yet is opened here, too; nothing where it is being settled at this moment.
std::optional<Holdings> of_earlier(Context const& context, As2Relation const& relation, store::Exchange const& exchange) {
    if (exchange.state != store::ExchangeState::received) {
        auto held = stored(context, exchange);
        return held ? std::optional(std::move(*held)) : std::nullopt;
    }
    auto body = context.vault.open(context.store, exchange.id, vault_name::message);
    if (!body || body->is_empty())
        return std::nullopt;
    return open(context, relation, {read_stored_head(exchange.head), {}, std::move(*body)}, std::nullopt);
}

std::string or_unknown(std::string const& sha256) { return sha256.empty() ? "unknown (an earlier version took it)" : sha256; }

std::string files_of(Holdings const& held) {
    return held.files.empty() ? std::string() : fmt::format(", file{} {}", held.files.size() == 1 ? "" : "s", fmt::join(held.files, " and "));
}

std::string text_of(Repetition const& came, Holdings const& now, store::Exchange const& exchange, Holdings const& earlier) {
    auto const who = now.is_verified ? fmt::format("signed by {}", came.head.from) : std::string("by nobody whose signature was verified");
    return fmt::format("another content came under the Message-ID {}, {}, from {}: SHA-256 of the first message {}{}; of this one {}{}{}{}. It was "
                       "answered with the stored receipt and was not processed: the sender believes that we have it. If it was meant, he must send it "
                       "again under a new Message-ID",
                       came.head.message_id, who, came.peer_address.empty() ? "an unknown address" : came.peer_address, or_unknown(exchange.body_sha256),
                       files_of(earlier), came.sha256, files_of(now), now.trouble.empty() ? "" : ", which cannot be opened: ", now.trouble);
}

/// Whether it may be told: not twice, and not without end.
Result<bool> is_to_be_told(store::Transaction& transaction, store::Exchange const& exchange, Repetition const& came, bool is_verified) {
    store::AlarmFilter filter;
    filter.with_settled = true;
    filter.subject = exchange.id;
    filter.word = word;
    auto const told = transaction.alarms(filter);
    if (!told)
        return unexpected(told.error());
    auto const is_this = [&](auto const& one) { return one.text.contains(came.sha256); };
    return told->size() < (is_verified ? most_told : most_told_unverified) && std::ranges::none_of(*told, is_this);
}

/// In the list of exchanges, too; `updated_at` is that of its receipt, and stays.
Result<void> mark(store::Transaction& transaction, std::string_view exchange_id) {
    auto found = transaction.exchange(exchange_id);
    if (!found)
        return unexpected(std::move(found.error()));
    if (!*found || !(*found)->reason.empty() || (*found)->state != store::ExchangeState::accepted)
        return {};
    (*found)->reason = "another content came later under its Message-ID, and was not processed";
    return transaction.update(**found);
}

} // namespace

void tell_of_other_content(Context const& context, As2Relation const& relation, Repetition const& came) {
    auto const found = find_exchange(context.store, relation.channel, store::Direction::inbound, came.head.message_id);
    if (!found || !*found || (*found)->body_sha256 == came.sha256)
        return;
    auto const& exchange = **found;
    auto const now = open(context, relation, came.body, digest_of_mic(exchange.mic));
    auto const earlier = of_earlier(context, relation, exchange);
    if (!earlier || (earlier->mic.empty() && earlier->files.empty())) // it may be the same, encrypted anew
        return;
    if ((!now.mic.empty() && now.mic == earlier->mic) || (!now.files.empty() && now.files == earlier->files))
        return;
    auto const text = text_of(came, now, exchange, *earlier);
    auto const done = transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto const is_new = is_to_be_told(transaction, exchange, came, now.is_verified);
        if (!is_new)
            return unexpected(is_new.error());
        if (!*is_new)
            return {};
        WHARF_TRY(mark(transaction, exchange.id));
        return record.note_rarely(exchange.channel, exchange.id, word, text,
                                  fmt::format("channel={} message_id={} reason={}", exchange.channel, for_log(came.head.message_id), for_log(text)));
    });
    if (!done)
        context.log_rarely(word, exchange.channel, fmt::format("reason={}", for_log(text)), exchange.id);
}

} // namespace wharf::gateway
