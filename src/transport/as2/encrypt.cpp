// EnvelopedData (RFC 5652 6) and AuthEnvelopedData with GCM (RFC 5083, 5084), written.
#include "transport/as2/cipher_run.hpp"
#include "transport/as2/cms.hpp"
#include "transport/as2/cms_syntax.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace wharf::transport::as2 {
namespace {

/// KeyTransRecipientInfo, RSA PKCS#1 v1.5.
Result<std::string> recipient_info(Certificate const& certificate, std::string_view key) {
    Owned<evp_pkey_ctx_st> const context(EVP_PKEY_CTX_new(X509_get0_pubkey(certificate.native()), nullptr));
    std::size_t size = 0;
    std::string wrapped;
    bool const good = certificate.is_rsa() && context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
                      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
                      EVP_PKEY_encrypt(context.get(), nullptr, &size, bytes_of(key), key.size()) == 1 &&
                      (wrapped.resize(size), EVP_PKEY_encrypt(context.get(), bytes_of(wrapped), &size, bytes_of(key), key.size()) == 1);
    if (!good) {
        auto const reason = openssl_reason();
        return permanent(fmt::format("cannot encrypt for {}: {}", certificate.label(), certificate.is_rsa() ? reason : "it has no RSA key"));
    }
    wrapped.resize(size);
    return der(tag::sequence, der_integer(0) + issuer_and_serial(certificate) +
                                  der(tag::sequence, der_oid(oid::rsa) + der(tag::null, "")) + der(tag::octet_string, wrapped));
}

std::string content_algorithm(Cipher cipher, std::string_view iv, GcmForm gcm_form) {
    auto const nonce = der(tag::octet_string, iv);
    bool const has_gcm_parameters = is_authenticated(cipher) && gcm_form != GcmForm::enveloped_nonce;
    // GCMParameters: the tag's length must be said, its default is 12 (RFC 5084 3.2).
    auto const parameters = has_gcm_parameters ? der(tag::sequence, nonce + der_integer(gcm_tag_bytes)) : nonce;
    return der(tag::sequence, der_oid(oid::of(cipher)) + parameters);
}

/// EncryptedContentInfo and all around it, for a ciphertext of that size with `mac` behind it.
Content wrap(Content const& ciphertext, std::string_view type, std::string const& algorithm, std::string_view recipients, std::string_view mac) {
    auto const octets = der_header(tag::context(0), ciphertext.size());
    auto const inside = der_oid(oid::data) + algorithm + octets;
    auto const info = der_header(tag::sequence, inside.size() + ciphertext.size()) + inside;
    auto const front = der_integer(0) + std::string(recipients) + info;
    auto const size = front.size() + ciphertext.size() + mac.size();
    auto const sequence = der_header(tag::sequence, size);
    Content message(content_info_head(type, sequence.size() + size) + sequence + front);
    return message.append(ciphertext).append(std::string(mac));
}

} // namespace

Result<Content> encrypt(Content const& plain, Cipher cipher, std::vector<Certificate> const& recipients, SpoolSettings const& spool, GcmForm gcm_form) {
    if (recipients.empty()) return invalid("there is nobody to encrypt for");
    Secret key(key_size(cipher));
    std::string iv(iv_size(cipher), '\0');
    if (!fill_random(key.bytes) || !fill_random(iv)) return temporary("the system gives no random bytes");
    std::vector<std::string> infos;
    for (auto const& one : recipients) {
        auto info = recipient_info(one, key.bytes);
        if (!info) return unexpected(info.error());
        infos.push_back(std::move(*info));
    }
    CipherRun run(cipher, spool);
    if (!run.begin(true, key.bytes, iv, {})) return permanent(fmt::format("{} cannot be used ({})", name_of(cipher), openssl_reason()));
    if (auto done = plain.each_block([&](std::string_view block) { return run.take(block); }); !done) return unexpected(done.error());
    auto const ended = run.end();
    if (!ended) return unexpected(ended.error());
    auto ciphertext = run.finish();
    if (!ciphertext) return unexpected(ciphertext.error());
    auto const algorithm = content_algorithm(cipher, iv, gcm_form);
    auto const all_infos = der_set_of(tag::set, std::move(infos));
    if (!is_authenticated(cipher)) return wrap(*ciphertext, oid::enveloped_data, algorithm, all_infos, {});
    if (gcm_form == GcmForm::auth_enveloped)
        return wrap(*ciphertext, oid::authenticated_enveloped_data, algorithm, all_infos, der(tag::octet_string, run.made_tag()));
    return wrap(ciphertext->append(run.made_tag()), oid::enveloped_data, algorithm, all_infos, {});
}

} // namespace wharf::transport::as2
