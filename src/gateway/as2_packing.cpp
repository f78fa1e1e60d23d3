#include "gateway/as2_packing.hpp"

#include "base/id.hpp"
#include "gateway/exchanges.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/as2/certificate_maker.hpp"
#include "transport/as2/message_head.hpp"
#include "transport/as2/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {
namespace {

constexpr std::string_view signed_by = "signed-by sha256:";
constexpr std::string_view encrypted_for = "encrypted-for sha256:";

/// RFC 1767, RFC 7303, RFC 4180, RFC 8259.
std::string_view content_type_of(std::string_view format) {
    if (format == "x12")
        return "application/edi-x12";
    if (format == "csv")
        return "text/csv";
    if (format == "xml")
        return "application/xml";
    if (format == "json")
        return "application/json";
    return "application/octet-stream"; // fixed width: lines of text would be rewritten by some
}

/// The fingerprint behind a word in Exchange::certificates.
std::string_view fingerprint_in(std::string_view certificates, std::string_view word) {
    auto const at = certificates.find(word);
    if (at == std::string_view::npos)
        return {};
    auto const rest = certificates.substr(at + word.size());
    return rest.substr(0, rest.find('\n'));
}

} // namespace

Result<PackedExchange> pack_message(Context const& context, As2Relation const& relation, store::Message& message, Timestamp now) {
    if (!relation.can_send())
        return permanent(fmt::format("channel {} has no url: the relation only receives", relation.channel));
    auto settings = relation.pack_settings(now);
    if (!settings)
        return unexpected(std::move(settings.error()));
    settings->spool = context.vault.spool();
    PackedExchange made;
    auto& exchange = made.exchange;
    exchange.id = new_id(now);
    as2::Payload payload;
    payload.content_type = relation.content_type.empty() ? content_type_of(message.format) : relation.content_type;
    if (relation.tells_file_name)
        payload.file_name = message.file_name;
    payload.content = transport::Content(std::exchange(message.raw, {}));
    auto packed = as2::pack({std::move(payload)}, *settings, exchange.id, now);
    if (!packed)
        return unexpected(std::move(packed.error()));

    exchange.channel = message.channel;
    exchange.direction = store::Direction::outbound;
    exchange.state = store::ExchangeState::ready;
    exchange.as2_message_id = as2::make_message_id(exchange.id, relation.relation.own_name);
    exchange.message_id = message.id;
    exchange.mic = as2::write_mic(packed->mic, packed->mic_digest, relation.relation.spelling);
    exchange.created_at = exchange.updated_at = now;
    made.bytes.head = as2::write_message_head(relation.relation, exchange.as2_message_id, relation.subject, packed->entity);
    exchange.head = write_stored_head(made.bytes.head);
    made.note = fmt::format("Message-ID {}, MIC {}", exchange.as2_message_id, exchange.mic);
    if (settings->signer) {
        auto const& certificate = settings->signer->certificate;
        exchange.certificates += fmt::format("{}{}\n", signed_by, certificate.fingerprint());
        made.certificates = as2::to_pem(certificate);
        made.note += ", signed by " + certificate.label();
    }
    for (auto const& recipient : settings->recipients) {
        exchange.certificates += fmt::format("{}{}\n", encrypted_for, recipient.fingerprint());
        made.note += ", encrypted for " + recipient.label();
    }
    made.bytes.body = std::move(packed->entity.body);
    made.signed_bytes = std::move(packed->mic_source);
    made.signature = std::move(packed->signature);
    return made;
}

Result<void> prepare(Vault const& vault, PackedExchange const& packed) {
    WHARF_TRY(vault.prepare(packed.exchange.id, vault_name::message, packed.bytes.body));
    return vault.prepare(packed.exchange.id, vault_name::signed_bytes, packed.signed_bytes);
}

Result<void> put(Vault const& vault, store::Transaction& transaction, PackedExchange const& packed) {
    auto const& id = packed.exchange.id;
    WHARF_TRY(vault.put(transaction, id, vault_name::message, packed.bytes.body));
    WHARF_TRY(vault.put(transaction, id, vault_name::signed_bytes, packed.signed_bytes));
    WHARF_TRY(vault.put(transaction, id, vault_name::signature, packed.signature));
    return vault.put(transaction, id, vault_name::certificates, transport::Content(packed.certificates));
}

Result<As2Bytes> stored_bytes(Context const& context, store::Exchange const& exchange) {
    auto head = read_stored_head(exchange.head);
    if (head.empty())
        return permanent(fmt::format("the stored head of exchange {} cannot be read", exchange.id));
    auto body = context.vault.open(context.store, exchange.id, vault_name::message);
    if (!body)
        return unexpected(std::move(body.error()));
    if (body->is_empty())
        return permanent(fmt::format("the bytes of exchange {} are missing: was {} beside the store removed or not restored?", exchange.id,
                                     context.vault.place_of(exchange.id)));
    return As2Bytes{std::move(head), std::move(*body)};
}

bool can_go_again(store::Exchange const& exchange, As2Relation const& relation, Timestamp now) {
    if (exchange.emptied_at)
        return false;
    // A corrected name stands in the head that is stored: the old one would be refused again.
    if (auto const names = names_of(exchange); names.from != relation.relation.own_name || names.to != relation.relation.partner_name)
        return false;
    auto const ours = fingerprint_in(exchange.certificates, signed_by);
    auto const theirs = fingerprint_in(exchange.certificates, encrypted_for);
    if (exchange.receipt == store::ReceiptState::received) {
        auto const today = relation.pack_settings(now);
        return today && ours == (today->signer ? today->signer->certificate.fingerprint() : "") &&
               theirs == (today->recipients.empty() ? "" : today->recipients.front().fingerprint());
    }
    auto const valid = relation.keys.incoming(now);
    auto const signs = [&](as2::Identity const& identity) {
        return identity.certificate.fingerprint() == ours && identity.certificate.not_after() > now;
    };
    auto const* const recipient = relation.keys.recipient(now); // not among `partner` where they sign with another one
    auto const takes = [&](as2::Certificate const& certificate) { return certificate.fingerprint() == theirs && certificate.not_after() > now; };
    return (ours.empty() || std::ranges::any_of(valid.own, signs)) && (theirs.empty() || (recipient != nullptr && takes(*recipient)) || std::ranges::any_of(valid.partner, takes));
}

} // namespace wharf::gateway
