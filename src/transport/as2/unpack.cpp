#include "transport/as2/message.hpp"

#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

constexpr std::size_t most_text_type = 200;

/// "application/pkcs7-mime" and "application/x-pkcs7-mime".
bool is_cms_type(std::string_view media_type) { return media_type == "application/pkcs7-mime" || media_type == "application/x-pkcs7-mime"; }

FaultKind kind_for(std::string_view smime_type) {
    if (smime_type == "compressed-data") return FaultKind::decompression_failed;
    if (smime_type == "signed-data") return FaultKind::authentication_failed;
    return FaultKind::decryption_failed;
}

/// The bytes of a CMS structure: transfer encoding undone where there is one, whatever was declared. Peers declare base64 and send
/// binary, and the other way round; both are told apart by the first byte, which no base64 text begins with.
Result<Content> cms_bytes(Fields const& fields, Content const& body, SpoolSettings const& spool) {
    if (cms_type(body)) return body;
    auto const encoding = transfer_encoding(fields);
    auto decoded = decode(body, encoding && *encoding != TransferEncoding::binary ? *encoding : TransferEncoding::base64, spool);
    if (decoded && cms_type(*decoded)) return decoded;
    if (!decoded && decoded.error().is_temporary()) return decoded;
    return body;
}

class Unpacker {
public:
    Unpacker(Entity const& outer, UnpackSettings const& settings) : settings_(settings) { found_.entity = outer; }

    Unpacked run() {
        while (!found_.fault && open_layer()) {}
        if (!found_.fault) check_policy();
        if (!found_.signature && !found_.is_signed) {
            bool const is_wrapped = found_.cipher || found_.is_compressed;
            found_.mic_source = is_wrapped ? found_.entity.whole : found_.entity.body;
        }
        return std::move(found_);
    }

private:
    void fail(Fault fault) { found_.fault = std::move(fault); }
    void fail(FaultKind kind, std::string message) { fail(Fault{kind, std::move(message)}); }
    void fail(FaultKind kind, Error error) { fail(as2::fault(kind, std::move(error)).error()); }

    /// True when there was a layer and what is inside may have another.
    bool open_layer() {
        auto const type = read_field_value(field(found_.entity.fields, "Content-Type"));
        if (type.value == "multipart/signed") return open_multipart_signed(type);
        if (type.value.starts_with("multipart/") || type.value.starts_with("message/")) return false;
        auto const content = is_cms_type(type.value) ? cms_bytes(found_.entity.fields, found_.entity.body, settings_.spool)
                                                     : declared_bytes();
        if (!content) {
            fail(kind_for(lower(type.parameter("smime-type"))), content.error());
            return false;
        }
        auto const kind = cms_type(*content);
        if (!kind) {
            if (is_cms_type(type.value))
                fail(kind_for(lower(type.parameter("smime-type"))),
                     fmt::format("the content type is {}, but the content is no CMS structure that is known", type.value.substr(0, most_text_type)));
            return false;
        }
        switch (*kind) {
        case CmsType::enveloped:
        case CmsType::authenticated_enveloped: return open_encrypted(*content);
        case CmsType::compressed: return open_compressed(*content);
        case CmsType::signed_data: return open_opaque(*content);
        }
        return false;
    }

    /// Other types are only looked at as they say they are: an error in the encoding of a payload is told where it is read.
    Result<Content> declared_bytes() {
        auto const& body = found_.entity.body;
        auto const encoding = transfer_encoding(found_.entity.fields);
        if (!encoding || *encoding == TransferEncoding::binary) return body;
        auto const beginning = decode(body.slice(0, 400), *encoding, {});
        if (!beginning || !cms_type(*beginning)) return body;
        return decode(body, *encoding, settings_.spool);
    }

    bool enter(Content whole, FaultKind kind, std::string_view what) {
        auto head = read_head(whole);
        if (!head) {
            fail(kind, Error{head.error().kind, fmt::format("{} has no MIME head: {}", what, head.error().message)});
            return false;
        }
        auto body = whole.from(head->size);
        found_.entity = {std::move(head->fields), std::move(whole), std::move(body)};
        return true;
    }

    bool open_encrypted(Content const& content) {
        if (found_.cipher) {
            fail(FaultKind::unexpected_processing_error, "encrypted twice");
            return false;
        }
        auto opened = decrypt(content, settings_.keys, settings_.spool, settings_.enveloped_gcm);
        if (!opened) {
            fail(std::move(opened.error()));
            return false;
        }
        found_.cipher = opened->cipher;
        if (enter(std::move(opened->plain), FaultKind::decryption_failed, "what was decrypted")) return true;
        if (found_.fault->kind == FaultKind::decryption_failed) found_.fault->message = not_opened(opened->recipient);
        return false;
    }

    bool open_compressed(Content const& content) {
        if (found_.is_compressed) {
            fail(FaultKind::unexpected_processing_error, "compressed twice");
            return false;
        }
        auto opened = decompress(content, settings_.spool);
        if (!opened) {
            fail(std::move(opened.error()));
            return false;
        }
        found_.is_compressed = true;
        return enter(std::move(*opened), FaultKind::decompression_failed, "what was decompressed");
    }

    bool open_multipart_signed(FieldValue const& type) {
        auto const protocol = lower(type.parameter("protocol"));
        if (!protocol.empty() && protocol != "application/pkcs7-signature" && protocol != "application/x-pkcs7-signature") {
            fail(FaultKind::authentication_failed, fmt::format("signed by \"{}\"; application/pkcs7-signature is supported", protocol.substr(0, most_text_type)));
            return false;
        }
        auto const parts = split_multipart(found_.entity.body, type.parameter("boundary"));
        if (!parts) {
            fail(FaultKind::integrity_check_failed, parts.error());
            return false;
        }
        if (parts->size() != 2) {
            fail(FaultKind::authentication_failed, fmt::format("a multipart/signed has two parts, this one has {}", parts->size()));
            return false;
        }
        auto const head = read_head((*parts)[1]);
        auto const signature = head ? cms_bytes(head->fields, (*parts)[1].from(head->size), {}) : Result<Content>(std::unexpected(head.error()));
        if (!signature) {
            fail(FaultKind::authentication_failed, signature.error());
            return false;
        }
        return open_signed_content((*parts)[0], *signature);
    }

    bool open_opaque(Content const& content) {
        auto opened = open_signed(content, settings_.spool);
        if (!opened) {
            fail(std::move(opened.error()));
            return false;
        }
        return open_signed_content(opened->content, opened->signature);
    }

    bool open_signed_content(Content const& content, Content const& signature) {
        if (found_.is_signed) {
            fail(FaultKind::unexpected_processing_error, "signed twice");
            return false;
        }
        found_.is_signed = true;
        found_.signed_bytes = found_.mic_source = content;
        found_.signature_bytes = signature;
        auto verified = verify(signature, content, settings_.signature);
        if (!verified && verified.error().kind == FaultKind::integrity_check_failed) verify_shorter(verified);
        if (!verified) {
            fail(std::move(verified.error()));
            return false;
        }
        found_.signature = std::move(*verified);
        return enter(found_.signed_bytes, FaultKind::unexpected_processing_error, "what was signed");
    }

    /// libas2 ends a part that is itself a multipart with a line end more than it signed. What it signed is then what we take,
    /// for the MIC as well.
    void verify_shorter(Outcome<VerifiedSignature>& verified) {
        auto const& content = found_.signed_bytes;
        std::string end(2, '\0');
        if (content.size() < 2 || !content.read(content.size() - 2, end.data(), end.size()) || end != "\r\n") return;
        auto shorter = content.slice(0, content.size() - 2);
        auto again = verify(found_.signature_bytes, shorter, settings_.signature);
        if (!again) return;
        verified = std::move(again);
        found_.signed_bytes = found_.mic_source = std::move(shorter);
    }

    void check_policy() {
        if (settings_.requires_signature && !found_.signature)
            fail(FaultKind::insufficient_message_security, "the message is not signed, which was agreed");
        else if (settings_.requires_encryption && !found_.cipher)
            fail(FaultKind::insufficient_message_security, "the message is not encrypted, which was agreed");
        else if (found_.cipher == Cipher::des_ede3_cbc && !settings_.accepts_3des)
            fail(FaultKind::insufficient_message_security, "the message is encrypted with 3DES, which is not agreed with this partner");
    }

    UnpackSettings const& settings_;
    Unpacked found_;
};

} // namespace

Digest Unpacked::mic_digest(std::optional<Digest> asked) const {
    if (asked) return *asked;
    return signature ? signature->digest : Digest::sha256;
}

Unpacked unpack(Entity const& outer, UnpackSettings const& settings) { return Unpacker(outer, settings).run(); }

Outcome<std::vector<Payload>> payloads_of(Entity const& entity, SpoolSettings const& spool) {
    auto const failed = [](Error error) { return fault(FaultKind::unexpected_processing_error, std::move(error)); };
    auto const payload = [&](Fields const& fields, Content const& body) -> Result<Payload> {
        auto const encoding = transfer_encoding(fields);
        if (!encoding) return unexpected(encoding.error());
        auto content = decode(body, *encoding, spool);
        if (!content) return unexpected(content.error());
        std::string type(field(fields, "Content-Type"));
        return Payload{type.empty() ? "application/octet-stream" : std::move(type), file_name(fields).value_or(""), std::move(*content), stated_file_name(fields)};
    };
    auto const type = read_field_value(field(entity.fields, "Content-Type"));
    std::vector<Payload> all;
    if (type.value != "multipart/related" && type.value != "multipart/mixed") {
        auto one = payload(entity.fields, entity.body);
        if (!one) return failed(one.error());
        all.push_back(std::move(*one));
        return all;
    }
    auto const parts = split_multipart(entity.body, type.parameter("boundary"));
    if (!parts) return failed(parts.error());
    for (auto const& part : *parts) {
        auto const head = read_head(part);
        if (!head) return failed(head.error());
        auto one = payload(head->fields, part.from(head->size));
        if (!one) return failed(one.error());
        all.push_back(std::move(*one));
    }
    return all;
}

} // namespace wharf::transport::as2
