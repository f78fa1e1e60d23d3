#include "transport/http/tls_context.hpp"

#include "base/file.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace wharf::transport::http {
namespace {

constexpr std::uint64_t most_file_bytes = 4u << 20;
constexpr int most_certificates = 100; // of a chain, of a file of authorities: 1000
constexpr int most_authorities = 1000;
// Forward secrecy and authenticated encryption alone; DHE for those who have no ECDHE with GCM (Windows Server 2012).
constexpr char const* modern_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:!aNULL:!PSK";
constexpr unsigned char session_context[] = "wharf";

template <auto Free> struct Freeing {
    template <class T> void operator()(T* object) const { Free(object); }
};
using Bio = std::unique_ptr<BIO, Freeing<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
void free_stack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }
using Certificates = std::unique_ptr<STACK_OF(X509), Freeing<free_stack>>;

std::string reason() {
    auto const code = ERR_peek_last_error();
    ERR_clear_error();
    auto const* const text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text ? text : "no reason given";
}

Bio bio_of(std::string_view bytes) { return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))); }

/// OpenSSL would ask at the terminal.
int give_passphrase(char* to, int most, int, void* text) {
    auto const& passphrase = *static_cast<std::string const*>(text);
    auto const size = std::min(static_cast<std::size_t>(std::max(0, most)), passphrase.size());
    std::memcpy(to, passphrase.data(), size);
    return static_cast<int>(size);
}

struct Chain {
    std::vector<Certificate> certificates; // ours first
    Key key;
};

Key read_key(std::string_view bytes, std::string const& passphrase) {
    auto const bio = bio_of(bytes);
    return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, const_cast<std::string*>(&passphrase)));
}

std::vector<Certificate> read_pem(std::string_view bytes, int most) {
    std::vector<Certificate> found;
    auto const bio = bio_of(bytes);
    std::string none;
    while (static_cast<int>(found.size()) < most) {
        Certificate one(PEM_read_bio_X509(bio.get(), nullptr, give_passphrase, &none));
        if (!one)
            break;
        found.push_back(std::move(one));
    }
    ERR_clear_error(); // of the last one, that was not there
    return found;
}

Result<Chain> read_pkcs12(TlsSettings const& settings, std::string_view bytes) {
    // Many products write PKCS#12 with RC2 and 3DES to this day; the provider for those stays loaded.
    static std::unique_ptr<OSSL_PROVIDER, Freeing<OSSL_PROVIDER_unload>> const legacy(OSSL_PROVIDER_try_load(nullptr, "legacy", 1));
    auto const bio = bio_of(bytes);
    std::unique_ptr<PKCS12, Freeing<PKCS12_free>> const file(d2i_PKCS12_bio(bio.get(), nullptr));
    if (!file)
        return invalid(fmt::format("{} holds no certificate in PEM and is no PKCS#12 file", settings.certificate.string()));
    EVP_PKEY* key = nullptr;
    X509* own = nullptr;
    STACK_OF(X509)* others = nullptr;
    if (PKCS12_parse(file.get(), settings.passphrase.c_str(), &key, &own, &others) != 1)
        return invalid(fmt::format("the PKCS#12 file {} does not open: {}; is its passphrase right?",
                                   settings.certificate.string(), reason()));
    Certificates const rest(others);
    Chain chain;
    chain.key.reset(key);
    chain.certificates.emplace_back(own);
    for (int i = 0; i < sk_X509_num(rest.get()) && i < most_certificates; ++i) {
        X509_up_ref(sk_X509_value(rest.get(), i));
        chain.certificates.emplace_back(sk_X509_value(rest.get(), i));
    }
    if (!key || !own)
        return invalid(fmt::format("the PKCS#12 file {} holds no key with its certificate", settings.certificate.string()));
    return chain;
}

Result<Chain> read_chain(TlsSettings const& settings) {
    auto const bytes = read_file(settings.certificate, most_file_bytes);
    if (!bytes)
        return invalid(fmt::format("the certificate for TLS: {}", bytes.error().message));
    Chain chain;
    chain.certificates = read_pem(*bytes, most_certificates);
    if (chain.certificates.empty())
        return read_pkcs12(settings, *bytes);
    auto const& key_file = settings.private_key.empty() ? settings.certificate : settings.private_key;
    auto const key_bytes = settings.private_key.empty() ? bytes : read_file(key_file, most_file_bytes);
    if (!key_bytes)
        return invalid(fmt::format("the private key for TLS: {}", key_bytes.error().message));
    chain.key = read_key(*key_bytes, settings.passphrase);
    if (!chain.key)
        return invalid(fmt::format("{} holds no private key in PEM that opens: {}; {}", key_file.string(), reason(),
                                   settings.passphrase.empty() ? "has it a passphrase?" : "is its passphrase right?"));
    return chain;
}

Result<void> use(SSL_CTX* context, Chain const& chain, TlsSettings const& settings) {
    auto const file = settings.certificate.string();
    if (SSL_CTX_use_certificate(context, chain.certificates.front().get()) != 1)
        return invalid(fmt::format("the certificate {} cannot serve: {}", file, reason()));
    if (SSL_CTX_use_PrivateKey(context, chain.key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
        ERR_clear_error();
        return invalid(fmt::format("the private key {} belongs to another certificate than the first of {}",
                                   settings.private_key.empty() ? "in it" : settings.private_key.string(), file));
    }
    for (std::size_t i = 1; i < chain.certificates.size(); ++i)
        if (SSL_CTX_add1_chain_cert(context, chain.certificates[i].get()) != 1)
            return invalid(fmt::format("certificate {} of {} cannot serve: {}", i + 1, file, reason()));
    return {};
}

/// Which certificates are good is for the site to say: here only that the client holds the key.
int take_any(X509_STORE_CTX* store, void*) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

void ask_for_certificates(SSL_CTX* context, ClientCertificates wanted) {
    if (wanted == ClientCertificates::off)
        return;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (wanted == ClientCertificates::required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
    SSL_CTX_set_cert_verify_callback(context, take_any, nullptr);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET); // a ticket would not hold the chain, and outlives what was decided
    SSL_CTX_set_num_tickets(context, 0);
}

std::string der_of(X509* certificate) {
    unsigned char* bytes = nullptr;
    auto const size = i2d_X509(certificate, &bytes);
    std::string der(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(std::max(0, size)));
    OPENSSL_free(bytes);
    return der;
}

Certificate certificate_of(std::string_view der) {
    auto const* at = reinterpret_cast<unsigned char const*>(der.data());
    return Certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

} // namespace

void FreeSslContext::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<SslContext> make_ssl_context(TlsSettings const& settings) {
    ERR_clear_error();
    auto const chain = read_chain(settings);
    if (!chain)
        return unexpected(chain.error());
    SslContext context(SSL_CTX_new(TLS_server_method()));
    if (!context)
        return temporary(fmt::format("OpenSSL makes no context: {}", reason()));
    auto* const raw = context.get();
    SSL_CTX_set_min_proto_version(raw, settings.only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF); // tickets need no memory of ours
    SSL_CTX_set_session_id_context(raw, session_context, sizeof session_context);
    SSL_CTX_set_dh_auto(raw, 1);
    auto const* const ciphers = settings.ciphers.empty() ? modern_ciphers : settings.ciphers.c_str();
    if (SSL_CTX_set_cipher_list(raw, ciphers) != 1)
        return invalid(fmt::format("the ciphers '{}' are none that OpenSSL knows: {}", ciphers, reason()));
    if (auto used = use(raw, *chain, settings); !used)
        return unexpected(used.error());
    ask_for_certificates(raw, settings.client_certificates);
    ERR_clear_error();
    return context;
}

Result<void> check_tls(TlsSettings const& settings) {
    auto const context = make_ssl_context(settings);
    return context ? Result<void>() : unexpected(context.error());
}

std::vector<std::string> peer_certificates(ssl_st* connection) {
    std::vector<std::string> found;
    Certificate const own(SSL_get1_peer_certificate(connection));
    if (!own)
        return found;
    found.push_back(der_of(own.get()));
    auto* const others = SSL_get_peer_cert_chain(connection); // of a server's connection without the first
    for (int i = 0; i < sk_X509_num(others) && i < most_certificates; ++i)
        found.push_back(der_of(sk_X509_value(others, i)));
    return found;
}

Result<void> verify_client(std::string_view certificate, std::vector<std::string> const& chain,
                           std::filesystem::path const& authorities) {
    auto const bytes = read_file(authorities, most_file_bytes);
    if (!bytes)
        return invalid(fmt::format("the authorities for client certificates: {}", bytes.error().message));
    auto const trusted = read_pem(*bytes, most_authorities);
    if (trusted.empty())
        return invalid(fmt::format("{} holds no certificate in PEM", authorities.string()));
    auto const own = certificate_of(certificate);
    if (!own)
        return permanent("the client showed no certificate that can be read");

    std::unique_ptr<X509_STORE, Freeing<X509_STORE_free>> const store(X509_STORE_new());
    for (auto const& authority : trusted)
        X509_STORE_add_cert(store.get(), authority.get());
    Certificates const between(sk_X509_new_null());
    for (auto const& der : chain)
        if (auto one = certificate_of(der))
            sk_X509_push(between.get(), one.release());
    std::unique_ptr<X509_STORE_CTX, Freeing<X509_STORE_CTX_free>> const work(X509_STORE_CTX_new());
    X509_STORE_CTX_init(work.get(), store.get(), own.get(), between.get());
    X509_STORE_CTX_set_purpose(work.get(), X509_PURPOSE_SSL_CLIENT);
    X509_STORE_CTX_set_flags(work.get(), X509_V_FLAG_PARTIAL_CHAIN);
    bool const good = X509_verify_cert(work.get()) == 1;
    auto const error = X509_STORE_CTX_get_error(work.get());
    ERR_clear_error();
    if (!good)
        return permanent(fmt::format("the client's certificate is not trusted by {}: {}", authorities.string(),
                                     X509_verify_cert_error_string(error)));
    return {};
}

} // namespace wharf::transport::http
