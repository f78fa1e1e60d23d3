#include "transport/as2/message.hpp"

#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

Entity entity_of(Fields fields, Content body) {
    Content whole(write_head(fields));
    whole.append(body);
    return {std::move(fields), std::move(whole), std::move(body)};
}

std::string boundary(std::string_view unique, std::string_view which) { return fmt::format("----=_wharf_{}_{}", unique, which); }

Fields cms_fields(std::string_view smime_type, std::string_view name) {
    return {{"Content-Type", fmt::format("application/pkcs7-mime; smime-type={}; name=\"{}\"", smime_type, name)},
            {"Content-Transfer-Encoding", "binary"},
            {"Content-Disposition", fmt::format("attachment; filename=\"{}\"", name)}};
}

Result<Entity> payload_entity(Payload const& payload, PackSettings const& settings) {
    Fields fields{{"Content-Type", payload.content_type}};
    auto body = payload.content;
    if (settings.payload_encoding == TransferEncoding::base64) {
        auto encoded = encode_base64(payload.content, settings.spool);
        if (!encoded) return unexpected(encoded.error());
        body = std::move(*encoded);
        fields.emplace_back("Content-Transfer-Encoding", "base64");
    } else {
        fields.emplace_back("Content-Transfer-Encoding", "binary");
    }
    if (!payload.file_name.empty())
        fields.emplace_back("Content-Disposition", "attachment; " + write_file_name(payload.file_name));
    return entity_of(std::move(fields), std::move(body));
}

/// multipart/related wants the type of its root (RFC 2387 3.1).
Result<Entity> related_entity(std::vector<Payload> const& payloads, PackSettings const& settings, std::string_view unique) {
    auto const line = boundary(unique, "parts");
    Content body;
    for (auto const& payload : payloads) {
        auto const part = payload_entity(payload, settings);
        if (!part) return unexpected(part.error());
        body.append("--" + line + "\r\n").append(part->whole).append("\r\n");
    }
    body.append("--" + line + "--\r\n");
    auto const root = read_field_value(payloads.front().content_type).value;
    return entity_of({{"Content-Type", fmt::format("multipart/related; type=\"{}\"; boundary=\"{}\"", root, line)}}, std::move(body));
}

Result<Entity> compressed_entity(Entity const& inner, SpoolSettings const& spool) {
    auto packed = compress(inner.whole, spool);
    if (!packed) return unexpected(packed.error());
    return entity_of(cms_fields("compressed-data", "smime.p7z"), std::move(*packed));
}

struct Signed {
    Entity entity;
    std::string digest_bytes;
    Content signature;
};
/// multipart/signed: the part as it is, and its signature in base64 behind it.
Result<Signed> signed_entity(Entity const& inner, Identity const& signer, Digest digest, MicSpelling spelling, std::string_view unique, Timestamp now) {
    auto digest_bytes = digest_of(inner.whole, digest);
    if (!digest_bytes) return unexpected(digest_bytes.error());
    auto const signature = sign(*digest_bytes, digest, signer, now);
    if (!signature) return unexpected(signature.error());
    auto const encoded = encode_base64(Content(*signature), {});
    if (!encoded) return unexpected(encoded.error());
    auto const line = boundary(unique, "signed");
    Content body("--" + line + "\r\n");
    body.append(inner.whole)
        .append("\r\n--" + line + "\r\n" +
                write_head({{"Content-Type", "application/pkcs7-signature; name=\"smime.p7s\""},
                            {"Content-Transfer-Encoding", "base64"},
                            {"Content-Disposition", "attachment; filename=\"smime.p7s\""}}))
        .append(*encoded)
        .append("--" + line + "--\r\n");
    auto entity = entity_of({{"Content-Type", fmt::format("multipart/signed; protocol=\"application/pkcs7-signature\"; micalg={}; boundary=\"{}\"",
                                                          name_of(digest, spelling), line)}},
                            std::move(body));
    return Signed{std::move(entity), std::move(*digest_bytes), Content(*signature)};
}

/// Without a signature the MIC is made of what the partner will have in hands.
Result<void> add_unsigned_mic(Packed& packed, bool is_wrapped, Entity const& payload, Digest digest) {
    packed.mic_source = is_wrapped ? payload.whole : payload.body;
    auto mic = digest_of(packed.mic_source, digest);
    if (!mic) return unexpected(mic.error());
    packed.mic = std::move(*mic);
    return {};
}

} // namespace

Result<Packed> pack(std::vector<Payload> const& payloads, PackSettings const& settings, std::string_view unique, Timestamp now) {
    if (payloads.empty()) return invalid("a message without a payload");
    auto const payload = payloads.size() == 1 ? payload_entity(payloads.front(), settings) : related_entity(payloads, settings, unique);
    if (!payload) return unexpected(payload.error());
    Packed packed;
    packed.mic_digest = settings.digest;
    packed.entity = *payload;
    auto const compress_now = [&]() -> Result<void> {
        auto made = compressed_entity(packed.entity, settings.spool);
        if (!made) return unexpected(made.error());
        packed.entity = std::move(*made);
        return {};
    };
    bool const compresses_first = settings.compression == Compression::before_signing || (settings.compression != Compression::none && !settings.signer);
    if (compresses_first)
        if (auto done = compress_now(); !done) return unexpected(done.error());
    if (settings.signer) {
        auto made = signed_entity(packed.entity, *settings.signer, settings.digest, settings.spelling, unique, now);
        if (!made) return unexpected(made.error());
        packed.mic_source = packed.entity.whole;
        packed.mic = std::move(made->digest_bytes);
        packed.signature = std::move(made->signature);
        packed.entity = std::move(made->entity);
        if (settings.compression == Compression::after_signing)
            if (auto done = compress_now(); !done) return unexpected(done.error());
    } else if (auto done = add_unsigned_mic(packed, settings.compression != Compression::none || !settings.recipients.empty(), *payload, settings.digest); !done) {
        return unexpected(done.error());
    }
    if (!settings.recipients.empty()) {
        auto made = encrypt(packed.entity.whole, settings.cipher, settings.recipients, settings.spool, settings.gcm_form);
        if (!made) return unexpected(made.error());
        bool const is_auth_enveloped = is_authenticated(settings.cipher) && settings.gcm_form == GcmForm::auth_enveloped;
        auto const type = is_auth_enveloped ? "authEnveloped-data" : "enveloped-data"; // RFC 8551 3.2.2
        packed.entity = entity_of(cms_fields(type, "smime.p7m"), std::move(*made));
    }
    return packed;
}

Result<Packed> pack_receipt(Receipt const& receipt, ReceiptSettings const& settings, std::string_view unique, Timestamp now) {
    auto made = write_receipt_body(receipt, boundary(unique, "report"));
    auto report = entity_of({{"Content-Type", made.content_type}}, Content(std::move(made.body)));
    Packed packed;
    packed.mic_digest = settings.digest;
    if (!settings.signer) {
        packed.mic_source = report.whole;
        packed.entity = std::move(report);
        return packed;
    }
    auto wrapped = signed_entity(report, *settings.signer, settings.digest, settings.spelling, unique, now);
    if (!wrapped) return unexpected(wrapped.error());
    packed.mic_source = report.whole;
    packed.mic = std::move(wrapped->digest_bytes);
    packed.signature = std::move(wrapped->signature);
    packed.entity = std::move(wrapped->entity);
    return packed;
}

} // namespace wharf::transport::as2
