#include "transport/as2/exchange.hpp"

#include <algorithm>

namespace wharf::transport::as2 {
namespace {

bool may_hold_receipt(std::string_view content_type) {
    auto const type = read_field_value(content_type).value;
    return is_receipt_type(type) || type == "multipart/signed" || type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime";
}

/// A certificate exchange message (draft-meadors-certificate-exchange), request or answer. We never offer it in EDIINT-Features; its
/// XML and certificates are nothing for whoever waits for orders.
bool is_certificate_exchange(Entity const& entity, std::vector<Payload> const& payloads) {
    constexpr std::string_view type = "application/ediint-cert-exchange+xml";
    return same_word(read_field_value(field(entity.fields, "Content-Type")).parameter("type"), type) ||
           std::ranges::any_of(payloads, [&](auto const& one) { return read_field_value(one.content_type).value == type; });
}

} // namespace

UnpackSettings unpack_settings(Relation const& relation, Keys const& keys, SpoolSettings const& spool) {
    UnpackSettings settings;
    settings.keys = keys.own;
    settings.signature.partner = keys.partner;
    settings.signature.not_taken = keys.not_taken;
    settings.signature.authorities = keys.authorities;
    settings.signature.now = keys.now;
    settings.signature.accepts_sha1 = relation.accepts_sha1;
    settings.requires_signature = relation.requires_signature;
    settings.requires_encryption = relation.requires_encryption;
    settings.accepts_3des = relation.accepts_3des;
    settings.enveloped_gcm = relation.enveloped_gcm;
    settings.spool = spool;
    return settings;
}

OpenedMessage open_message(Entity const& outer, Unpack const& step, Relation const& relation, Keys const& keys, SpoolSettings const& spool) {
    OpenedMessage opened;
    opened.unpacked = unpack(outer, unpack_settings(relation, keys, spool));
    auto& event = opened.event;
    event.fault = opened.unpacked.fault;
    event.sender_is_verified = opened.unpacked.signature.has_value();
    if (event.fault) return opened;
    auto const digest = opened.unpacked.mic_digest(step.micalg);
    auto const& signature = opened.unpacked.signature; // which has read all of it already
    auto const mic = signature && signature->digest == digest ? Result<std::string>(signature->content_digest)
                                                               : digest_of(opened.unpacked.mic_source, digest);
    auto payloads = payloads_of(opened.unpacked.entity, spool);
    if (!mic) event.fault = fault(FaultKind::local, mic.error()).error();
    else if (!payloads) event.fault = payloads.error();
    if (!event.fault && is_certificate_exchange(opened.unpacked.entity, *payloads)) {
        opened.is_certificate_exchange = true;
        event.fault = Fault{FaultKind::unsupported_format, "certificate exchange messages (CEM) are not supported here; send the new certificate as a "
                                                           "file to the people who run this server"};
    }
    if (event.fault) return opened;
    opened.payloads = std::move(*payloads);
    event.mic = Mic{to_base64(*mic), std::string(name_of(digest, relation.spelling)), digest};
    return opened;
}

OpenedReceipt open_receipt(Entity const& outer, Relation const& relation, Keys const& keys) {
    OpenedReceipt opened;
    if (outer.body.is_empty() || !may_hold_receipt(field(outer.fields, "Content-Type"))) return opened;
    auto settings = unpack_settings(relation, keys, {});
    settings.requires_signature = settings.requires_encryption = false; // judge() asks for what was agreed
    settings.accepts_3des = true;
    auto const unpacked = unpack(outer, settings);
    opened.signed_bytes = unpacked.signed_bytes;
    opened.signature_bytes = unpacked.signature_bytes;
    ArrivedReceipt arrived;
    if (unpacked.fault) {
        opened.event = UnreadableReceipt{unpacked.fault->message};
        if (!unpacked.is_signed) return opened;
        arrived.signature = ArrivedReceipt::Signature::wrong;
        arrived.trouble = unpacked.fault->message;
        if (auto const head = read_head(unpacked.signed_bytes))
            if (auto claimed = read_receipt(head->fields, unpacked.signed_bytes.from(head->size))) arrived.receipt = std::move(*claimed);
        opened.event = std::move(arrived);
        return opened;
    }
    auto receipt = read_receipt(unpacked.entity.fields, unpacked.entity.body);
    if (!receipt) {
        opened.event = UnreadableReceipt{receipt.error().message};
        return opened;
    }
    arrived.receipt = std::move(*receipt);
    if (unpacked.signature) {
        arrived.signature = ArrivedReceipt::Signature::verified;
        opened.signer = unpacked.signature->signer;
    }
    opened.event = std::move(arrived);
    return opened;
}

void expect_mic(ArrivedReceipt& arrived, Content const& mic_source) {
    if (!arrived.receipt.mic || !arrived.receipt.mic->digest) return;
    if (auto const expected = digest_of(mic_source, *arrived.receipt.mic->digest)) arrived.expected_mic = to_base64(*expected);
}

ReceiptInAnswer open_receipt(Entity const& outer, Content const& mic_source, Relation const& relation, Keys const& keys) {
    auto opened = open_receipt(outer, relation, keys);
    if (auto* const arrived = std::get_if<ArrivedReceipt>(&opened.event); arrived != nullptr && arrived->signature != ArrivedReceipt::Signature::wrong)
        expect_mic(*arrived, mic_source);
    return std::move(opened.event);
}

Result<Packed> make_receipt(Receipt const& receipt, bool is_signed, Relation const& relation, Keys const& keys, std::string_view unique, Timestamp now) {
    ReceiptSettings settings;
    settings.spelling = relation.spelling;
    if (is_signed) {
        if (keys.own.empty()) return invalid("a signed receipt was asked for, but there is no key to sign it with");
        settings.signer = keys.own.front();
        // The MIC was made by what the sender asked for, and SHA-1 only where that is agreed.
        if (relation.receipt_digest) settings.digest = *relation.receipt_digest;
        else if (receipt.mic && receipt.mic->digest) settings.digest = *receipt.mic->digest;
    }
    return pack_receipt(receipt, settings, unique, now);
}

} // namespace wharf::transport::as2
