// EnvelopedData (RFC 5652 6) and AuthEnvelopedData with GCM (RFC 5083, 5084), read.
#include "transport/as2/cipher_run.hpp"
#include "transport/as2/cms.hpp"
#include "transport/as2/cms_syntax.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace wharf::transport::as2 {
namespace {

constexpr std::size_t most_header = 1u << 20;

struct Recipient {
    std::string issuer_and_serial; // the element; empty when by key identifier
    std::string key_id;
    std::string algorithm; // the element
    std::string wrapped;
};

Result<void> read_key_transport(BerCursor& cursor, std::vector<Recipient>& recipients) {
    if (auto done = cursor.enter(tag::sequence, "a recipient"); !done) return done;
    Recipient one;
    if (auto version = cursor.skip(tag::integer, "the version of a recipient"); !version) return unexpected(version.error());
    auto const id = cursor.peek();
    if (!id) return unexpected(id.error());
    if (id->is(tag::context(0))) {
        auto key_id = cursor.take_value(tag::context(0), "a subject key identifier", 1000);
        if (!key_id) return unexpected(key_id.error());
        one.key_id = std::move(*key_id);
        // [0] EXPLICIT, as some write it: the octet string is inside.
        if (one.key_id.size() > 2 && one.key_id[0] == tag::octet_string && static_cast<std::size_t>(one.key_id[1]) == one.key_id.size() - 2)
            one.key_id.erase(0, 2);
    } else {
        auto issuer = cursor.take(tag::sequence, "issuer and serial number of a recipient", 10'000);
        if (!issuer) return unexpected(issuer.error());
        one.issuer_and_serial = std::move(*issuer);
    }
    auto algorithm = cursor.take(tag::sequence, "the algorithm of a recipient", 10'000);
    if (!algorithm) return unexpected(algorithm.error());
    auto wrapped = cursor.take_value(tag::octet_string, "the key for a recipient", 10'000);
    if (!wrapped) return unexpected(wrapped.error());
    one.algorithm = std::move(*algorithm);
    one.wrapped = std::move(*wrapped);
    recipients.push_back(std::move(one));
    return cursor.leave();
}

Result<std::vector<Recipient>> read_recipients(BerCursor& cursor) {
    if (auto done = cursor.enter(tag::set, "the recipients"); !done) return unexpected(done.error());
    std::vector<Recipient> recipients;
    for (std::size_t count = 0;; ++count) {
        auto const ended = cursor.at_end();
        if (!ended) return unexpected(ended.error());
        if (*ended) break;
        if (count == limits::recipients) return permanent(fmt::format("more than {} recipients", limits::recipients));
        auto const next = cursor.peek();
        if (!next) return unexpected(next.error());
        auto const done = next->identifier == tag::sequence ? read_key_transport(cursor, recipients) : cursor.skip();
        if (!done) return unexpected(done.error());
    }
    if (auto done = cursor.leave(); !done) return unexpected(done.error());
    return recipients;
}

struct ContentAlgorithm {
    Cipher cipher;
    std::string iv;
    std::size_t tag_bytes; // of GCM
};

/// Behind the nonce; 12 where it is not said (RFC 5084 3.2).
Result<std::size_t> read_tag_length(BerCursor& cursor) {
    constexpr std::size_t unsaid = 12;
    auto const ended = cursor.at_end();
    if (!ended) return unexpected(ended.error());
    if (*ended) return unsaid;
    auto const length = cursor.take_value(tag::integer, "the length of the authentication tag", 4);
    if (!length) return unexpected(length.error());
    return length->size() == 1 ? static_cast<unsigned char>(length->front()) : 0;
}

Result<ContentAlgorithm> read_content_algorithm(BerCursor& cursor) {
    if (auto done = cursor.enter(tag::sequence, "the cipher"); !done) return unexpected(done.error());
    auto const dotted = cursor.take_value(tag::oid, "the cipher", 64);
    if (!dotted) return unexpected(dotted.error());
    auto const cipher = oid::cipher(oid_text(*dotted));
    if (!cipher)
        return permanent(fmt::format("encrypted with {}; AES-128, AES-192 and AES-256 in CBC and GCM and 3DES are supported", oid_text(*dotted)));
    auto const parameters = cursor.peek();
    if (!parameters) return unexpected(parameters.error());
    // Products that put GCM into EnvelopedData write the nonce alone as well, as if it were CBC.
    bool const has_gcm_parameters = is_authenticated(*cipher) && !parameters->is(tag::octet_string);
    if (has_gcm_parameters)
        if (auto done = cursor.enter(tag::sequence, "the parameters of GCM"); !done) return unexpected(done.error());
    auto iv = cursor.take_value(tag::octet_string, "the initialisation vector", 64);
    if (!iv) return unexpected(iv.error());
    if (is_authenticated(*cipher) ? iv->empty() : iv->size() != iv_size(*cipher))
        return permanent(fmt::format("an initialisation vector of {} bytes for {}", iv->size(), name_of(*cipher)));
    auto const tag_length = has_gcm_parameters ? read_tag_length(cursor) : Result<std::size_t>(gcm_tag_bytes);
    if (!tag_length) return unexpected(tag_length.error());
    for (int i = has_gcm_parameters ? 2 : 1; i > 0; --i)
        if (auto done = cursor.leave(); !done) return unexpected(done.error());
    return ContentAlgorithm{*cipher, std::move(*iv), *tag_length};
}

/// What stands in either kind of message, with the cursor at the encrypted bytes.
struct Envelope {
    explicit Envelope(Content const& message) : at(message) {}
    bool is_authenticated = false;
    std::vector<Recipient> recipients;
    ContentAlgorithm algorithm{};
    BerCursor at;
    std::string additional; // the authenticated attributes, as DER with the tag of a SET
    std::string mac;
    bool tag_is_inside = false; // behind the ciphertext: GCM in EnvelopedData
};

Result<void> check_tag_length(std::size_t length) {
    if (length >= 12 && length <= gcm_tag_bytes) return {};
    return permanent(fmt::format("an authentication tag of {} bytes; 12 to 16 are safe", length));
}

Result<Envelope> read_envelope(Content const& message) {
    Envelope read(message);
    auto& cursor = read.at;
    auto const type = enter_content_info(cursor);
    if (!type) return unexpected(type.error());
    read.is_authenticated = *type == oid::authenticated_enveloped_data;
    if (!read.is_authenticated && *type != oid::enveloped_data) return permanent(fmt::format("its type is {}, not EnvelopedData", *type));
    if (auto done = cursor.enter(tag::sequence, "EnvelopedData"); !done) return unexpected(done.error());
    if (auto version = cursor.skip(tag::integer, "the version"); !version) return unexpected(version.error());
    auto next = cursor.peek();
    if (next && next->is(tag::context_constructed(0)))
        if (auto done = cursor.skip(); !done) return unexpected(done.error()); // certificates and CRLs of the originator
    auto recipients = read_recipients(cursor);
    if (!recipients) return unexpected(recipients.error());
    read.recipients = std::move(*recipients);
    if (auto done = cursor.enter(tag::sequence, "EncryptedContentInfo"); !done) return unexpected(done.error());
    if (auto inner = cursor.skip(tag::oid, "the type of the encrypted content"); !inner) return unexpected(inner.error());
    auto algorithm = read_content_algorithm(cursor);
    if (!algorithm) return unexpected(algorithm.error());
    read.algorithm = std::move(*algorithm);
    return read;
}

/// The tag stands behind the content, and the attributes, which come first through the cipher, as well.
Result<void> read_behind_content(Envelope& envelope) {
    auto cursor = envelope.at;
    if (auto done = cursor.skip(tag::context(0), "the encrypted content"); !done) return unexpected(done.error());
    if (auto done = cursor.leave(); !done) return done;
    auto const next = cursor.peek();
    if (!next) return unexpected(next.error());
    if (next->is(tag::context_constructed(1))) {
        auto attributes = cursor.take(tag::context_constructed(1), "the authenticated attributes", most_header);
        if (!attributes) return unexpected(attributes.error());
        (*attributes)[0] = static_cast<char>(tag::set);
        envelope.additional = std::move(*attributes);
    }
    auto mac = cursor.take_value(tag::octet_string, "the authentication tag", 64);
    if (!mac) return unexpected(mac.error());
    if (auto good = check_tag_length(mac->size()); !good) return good;
    envelope.mac = std::move(*mac);
    return {};
}

/// Where the tag stands in the structure that was read.
Result<void> find_tag(Envelope& envelope, EnvelopedGcm enveloped_gcm) {
    auto const cipher = envelope.algorithm.cipher;
    if (envelope.is_authenticated && is_authenticated(cipher)) return read_behind_content(envelope);
    if (!envelope.is_authenticated && !is_authenticated(cipher)) return {};
    if (envelope.is_authenticated)
        return permanent(fmt::format("{} stands in AuthEnvelopedData, where only GCM may stand (RFC 5084)", name_of(cipher)));
    if (enveloped_gcm == EnvelopedGcm::refused)
        return permanent(fmt::format("{} stands in EnvelopedData; GCM belongs into AuthEnvelopedData (RFC 5084). Encrypt with CBC or send "
                                     "AuthEnvelopedData; the receiver can also agree to take it so (accept_gcm_in_enveloped_data)",
                                     name_of(cipher)));
    envelope.tag_is_inside = true;
    return check_tag_length(envelope.algorithm.tag_bytes);
}

/// The plain bytes; nothing where the padding or the tag is wrong.
Result<std::optional<Content>> run_cipher(Envelope const& envelope, std::string_view key, SpoolSettings const& spool) {
    auto const& algorithm = envelope.algorithm;
    CipherRun run(algorithm.cipher, spool);
    if (!run.begin(false, key, algorithm.iv, envelope.additional) || (envelope.is_authenticated && !run.set_tag(envelope.mac)))
        return permanent(fmt::format("{} cannot be used ({})", name_of(algorithm.cipher), openssl_reason()));
    auto const take = [&](std::string_view block) { return run.take(block); };
    TailKeeper keeper(algorithm.tag_bytes);
    auto cursor = envelope.at;
    auto const done = cursor.each_octets(tag::context(0), "the encrypted content",
                                         [&](std::string_view block) { return envelope.tag_is_inside ? keeper.pass(block, take) : take(block); });
    if (!done) return unexpected(done.error());
    if (envelope.tag_is_inside && (keeper.tail().size() != algorithm.tag_bytes || !run.set_tag(keeper.tail())))
        return permanent("it is shorter than its authentication tag");
    auto const good = run.end();
    if (!good) return unexpected(good.error());
    (void)openssl_reason();
    if (!*good) return std::nullopt;
    auto plain = run.finish();
    if (!plain) return unexpected(plain.error());
    return std::optional(std::move(*plain));
}

bool is_for(Recipient const& recipient, Identity const& identity) {
    auto* const certificate = identity.certificate.native();
    if (!recipient.issuer_and_serial.empty()) {
        BerCursor cursor{Content(recipient.issuer_and_serial)};
        if (!cursor.enter(tag::sequence, "")) return false;
        auto const issuer = cursor.take(tag::sequence, "", 10'000);
        if (!issuer) return false;
        auto const serial = cursor.take(tag::integer, "", 200);
        if (!serial) return false;
        auto const* at = bytes_of(*issuer);
        Owned<X509_name_st> const name(d2i_X509_NAME(nullptr, &at, static_cast<long>(issuer->size())));
        auto const* serial_at = bytes_of(*serial);
        std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> const number(
            d2i_ASN1_INTEGER(nullptr, &serial_at, static_cast<long>(serial->size())), ASN1_INTEGER_free);
        bool const same = name && number && X509_NAME_cmp(name.get(), X509_get_issuer_name(certificate)) == 0 &&
                          ASN1_INTEGER_cmp(number.get(), X509_get0_serialNumber(certificate)) == 0;
        (void)openssl_reason();
        return same;
    }
    if (auto const* const stated = X509_get0_subject_key_id(certificate))
        return recipient.key_id == std::string_view(reinterpret_cast<char const*>(ASN1_STRING_get0_data(stated)),
                                                    static_cast<std::size_t>(ASN1_STRING_length(stated)));
    // A certificate that does not state it: the SHA-1 of its key (RFC 5280 4.2.1.2).
    auto const* const key = X509_get0_pubkey_bitstr(certificate);
    Hasher hasher(Digest::sha1);
    hasher.add({reinterpret_cast<char const*>(key->data), static_cast<std::size_t>(key->length)});
    return recipient.key_id == hasher.finish();
}

/// OAEP as its parameters say; absent ones mean SHA-1 by the standard (RFC 4055 4.1).
bool set_oaep(EVP_PKEY_CTX* context, std::string const& algorithm) {
    auto const* at = bytes_of(algorithm);
    std::unique_ptr<X509_ALGOR, decltype(&X509_ALGOR_free)> const parsed(
        d2i_X509_ALGOR(nullptr, &at, static_cast<long>(algorithm.size())), X509_ALGOR_free);
    if (!parsed) return false;
    int kind = V_ASN1_UNDEF;
    void const* value = nullptr;
    X509_ALGOR_get0(nullptr, &kind, &value, parsed.get());
    std::unique_ptr<RSA_OAEP_PARAMS, decltype(&RSA_OAEP_PARAMS_free)> const parameters(
        kind == V_ASN1_SEQUENCE ? static_cast<RSA_OAEP_PARAMS*>(ASN1_item_unpack(static_cast<ASN1_STRING const*>(value), ASN1_ITEM_rptr(RSA_OAEP_PARAMS))) : nullptr,
        RSA_OAEP_PARAMS_free);
    auto const digest_in = [](X509_ALGOR const* one) -> EVP_MD const* {
        if (!one) return EVP_sha1();
        ASN1_OBJECT const* object = nullptr;
        X509_ALGOR_get0(&object, nullptr, nullptr, one);
        return EVP_get_digestbyobj(object);
    };
    auto const* const digest = parameters ? digest_in(parameters->hashFunc) : EVP_sha1();
    auto const* mask = EVP_sha1();
    if (parameters && parameters->maskGenFunc) {
        X509_ALGOR_get0(nullptr, &kind, &value, parameters->maskGenFunc);
        std::unique_ptr<X509_ALGOR, decltype(&X509_ALGOR_free)> const inner(
            kind == V_ASN1_SEQUENCE ? static_cast<X509_ALGOR*>(ASN1_item_unpack(static_cast<ASN1_STRING const*>(value), ASN1_ITEM_rptr(X509_ALGOR))) : nullptr,
            X509_ALGOR_free);
        mask = inner ? digest_in(inner.get()) : nullptr;
    }
    return digest && mask && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, mask) == 1;
}

/// The content key; a random one where the wrapped key is none of ours, so that both end the same way (RFC 3218).
Secret unwrap_key(Recipient const& recipient, Identity const& identity, std::size_t size) {
    Secret key(size);
    (void)fill_random(key.bytes); // zeros would do as well: whoever knows our certificate can encrypt for us
    BerCursor cursor{Content(recipient.algorithm)};
    auto const entered = cursor.enter(tag::sequence, "");
    auto const dotted = entered ? cursor.take_value(tag::oid, "", 64) : Result<std::string>("");
    Owned<evp_pkey_ctx_st> const context(EVP_PKEY_CTX_new(identity.key.native(), nullptr));
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1) return key;
    bool const is_oaep = dotted && oid_text(*dotted) == oid::rsa_oaep;
    bool const ready = is_oaep ? set_oaep(context.get(), recipient.algorithm) : EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1;
    Secret opened(static_cast<std::size_t>(std::max(EVP_PKEY_get_size(identity.key.native()), 0)));
    std::size_t opened_size = opened.bytes.size();
    bool const good = ready && EVP_PKEY_decrypt(context.get(), bytes_of(opened.bytes), &opened_size, bytes_of(recipient.wrapped), recipient.wrapped.size()) == 1;
    if (good && opened_size == size) std::copy_n(opened.bytes.begin(), size, key.bytes.begin());
    (void)openssl_reason();
    return key;
}

std::string recipients_text(std::vector<Recipient> const& recipients) {
    std::vector<std::string> texts;
    for (auto const& one : recipients) {
        if (texts.size() == 5) break;
        BerCursor cursor{Content(one.issuer_and_serial)};
        auto const entered = cursor.enter(tag::sequence, "");
        auto const issuer = entered ? cursor.take(tag::sequence, "", 10'000) : Result<std::string>(std::string());
        auto const serial = entered && issuer ? cursor.take_value(tag::integer, "", 64) : Result<std::string>(std::string());
        std::string hex;
        if (serial)
            for (char const c : *serial)
                hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
        texts.push_back(one.issuer_and_serial.empty() ? "a subject key identifier" : "serial number " + hex);
    }
    return texts.empty() ? "nobody by RSA" : fmt::format("{}", fmt::join(texts, ", "));
}

} // namespace

std::string not_opened(Certificate const& recipient) {
    return fmt::format("cannot be decrypted: the key of {} does not open it, or it was changed on its way", recipient.label());
}

Outcome<Decrypted> decrypt(Content const& message, std::vector<Identity> const& keys, SpoolSettings const& spool, EnvelopedGcm enveloped_gcm) {
    auto const failed = [](Error error) {
        error.message = "cannot be decrypted: " + error.message;
        return fault(FaultKind::decryption_failed, std::move(error));
    };
    auto envelope = read_envelope(message);
    if (!envelope) return failed(envelope.error());
    auto const cipher = envelope->algorithm.cipher;
    if (auto done = find_tag(*envelope, enveloped_gcm); !done) return failed(done.error());

    for (auto const& recipient : envelope->recipients)
        for (auto const& identity : keys) {
            if (!is_for(recipient, identity)) continue;
            auto const key = unwrap_key(recipient, identity, key_size(cipher));
            auto plain = run_cipher(*envelope, key.bytes, spool);
            if (!plain) return failed(plain.error());
            if (!*plain) return fault(FaultKind::decryption_failed, not_opened(identity.certificate));
            return Decrypted{std::move(**plain), cipher, identity.certificate};
        }
    std::vector<std::string> ours;
    for (auto const& identity : keys)
        ours.push_back(identity.certificate.label());
    return failed(Error{ErrorKind::permanent, fmt::format("it was encrypted for {}, none of which is ours: {}", recipients_text(envelope->recipients),
                                                          ours.empty() ? "we have no key" : fmt::format("{}", fmt::join(ours, "; ")))});
}

} // namespace wharf::transport::as2
