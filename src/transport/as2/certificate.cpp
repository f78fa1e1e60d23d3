#include "transport/as2/certificate.hpp"

#include "transport/as2/openssl.hpp"

#include <array>
#include <climits>
#include <cstring>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

namespace wharf::transport::as2 {
namespace {

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

constexpr std::size_t most_bytes = 4u << 20;
constexpr std::size_t most_certificates = 1000;

Bio bio_of(std::string_view bytes) { return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(std::min(bytes.size(), most_bytes)))); }

std::string text_of(BIO* bio) {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string name_text(X509_NAME const* name) {
    Bio const bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    return text_of(bio.get());
}

Timestamp time_of(ASN1_TIME const* time) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    using namespace std::chrono;
    return sys_days(year(parts.tm_year + 1900) / (parts.tm_mon + 1) / parts.tm_mday) + hours(parts.tm_hour) +
           minutes(parts.tm_min) + seconds(parts.tm_sec);
}

std::string hexadecimal(std::string_view bytes) {
    std::string text;
    for (char const c : bytes)
        text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

/// OpenSSL asks for the passphrase through this; it never prompts.
int give_passphrase(char* to, int most, int, void* passphrase) {
    auto const& text = *static_cast<std::string_view const*>(passphrase);
    auto const count = std::min(static_cast<std::size_t>(most), text.size());
    std::memcpy(to, text.data(), count);
    return static_cast<int>(count);
}

void add_bundle(std::vector<Certificate>& all, PKCS7* bundle) {
    STACK_OF(X509)* certificates = nullptr;
    if (PKCS7_type_is_signed(bundle) && bundle->d.sign) certificates = bundle->d.sign->cert;
    for (int i = 0; i < sk_X509_num(certificates); ++i)
        all.push_back(Certificate::share(sk_X509_value(certificates, i)));
}

} // namespace

Certificate Certificate::share(x509_st* certificate) {
    X509_up_ref(certificate);
    return Certificate(std::shared_ptr<x509_st>(certificate, X509_free));
}

Result<std::vector<Certificate>> Certificate::read_all(std::string_view bytes) {
    std::vector<Certificate> all;
    auto const data = [&] { return reinterpret_cast<unsigned char const*>(bytes.data()); };
    if (bytes.size() <= most_bytes) {
        if (auto const bio = bio_of(bytes); bytes.find("-----BEGIN") != std::string_view::npos) {
            while (all.size() < most_certificates)
                if (auto* const one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
                    all.push_back(Certificate(std::shared_ptr<x509_st>(one, X509_free)));
                else break;
        }
        if (auto const* at = data(); all.empty())
            if (auto* const one = d2i_X509(nullptr, &at, static_cast<long>(bytes.size())))
                all.push_back(Certificate(std::shared_ptr<x509_st>(one, X509_free)));
        if (all.empty()) {
            auto const* at = data();
            std::unique_ptr<PKCS7, decltype(&PKCS7_free)> bundle(d2i_PKCS7(nullptr, &at, static_cast<long>(bytes.size())), PKCS7_free);
            if (!bundle) bundle.reset(PEM_read_bio_PKCS7(bio_of(bytes).get(), nullptr, nullptr, nullptr));
            if (bundle) add_bundle(all, bundle.get());
        }
    }
    auto const reason = openssl_reason();
    if (all.empty()) return invalid(fmt::format("no X.509 certificate, neither PEM nor DER nor a PKCS#7 bundle ({})", reason));
    return all;
}

Result<Certificate> Certificate::read(std::string_view bytes) {
    auto all = read_all(bytes);
    if (!all) return unexpected(all.error());
    return std::move(all->front());
}

std::string Certificate::subject() const { return name_text(X509_get_subject_name(native())); }
std::string Certificate::issuer() const { return name_text(X509_get_issuer_name(native())); }
Timestamp Certificate::not_before() const { return time_of(X509_get0_notBefore(native())); }
Timestamp Certificate::not_after() const { return time_of(X509_get0_notAfter(native())); }

std::string Certificate::serial() const {
    Bio const bio(BIO_new(BIO_s_mem()));
    i2a_ASN1_INTEGER(bio.get(), X509_get0_serialNumber(native()));
    return text_of(bio.get());
}

std::string Certificate::der() const {
    unsigned char* bytes = nullptr;
    auto const size = i2d_X509(native(), &bytes);
    std::string der(reinterpret_cast<char const*>(bytes), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(bytes);
    return der;
}

std::string Certificate::fingerprint() const {
    Hasher hasher(Digest::sha256);
    hasher.add(der());
    return hexadecimal(hasher.finish());
}

std::string Certificate::label() const {
    return fmt::format("{} (serial {}, SHA-256 {}...)", subject(), serial(), fingerprint().substr(0, 16));
}

bool Certificate::operator==(Certificate const& other) const { return X509_cmp(native(), other.native()) == 0; }

bool Certificate::is_rsa() const {
    auto const* const key = X509_get0_pubkey(native());
    return key && (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS"));
}

unsigned Certificate::key_bits() const {
    auto const* const key = X509_get0_pubkey(native());
    return key ? static_cast<unsigned>(std::max(EVP_PKEY_get_bits(key), 0)) : 0;
}

PrivateKey PrivateKey::share(evp_pkey_st* key) {
    EVP_PKEY_up_ref(key);
    return PrivateKey(std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free));
}

Result<PrivateKey> PrivateKey::read(std::string_view bytes, std::string_view passphrase) {
    EVP_PKEY* key = nullptr;
    if (bytes.size() <= most_bytes) {
        key = PEM_read_bio_PrivateKey(bio_of(bytes).get(), nullptr, give_passphrase, &passphrase);
        if (!key) key = d2i_PrivateKey_bio(bio_of(bytes).get(), nullptr);
        if (!key) key = d2i_PKCS8PrivateKey_bio(bio_of(bytes).get(), nullptr, give_passphrase, &passphrase);
    }
    auto const reason = openssl_reason();
    if (!key) return invalid(fmt::format("no private key, or its passphrase is wrong ({})", reason));
    PrivateKey made(std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free));
    if (!EVP_PKEY_is_a(key, "RSA")) return invalid("not an RSA key; AS2 products have RSA in common");
    return made;
}

bool PrivateKey::belongs_to(Certificate const& certificate) const {
    bool const same = EVP_PKEY_eq(X509_get0_pubkey(certificate.native()), native()) == 1;
    (void)openssl_reason();
    return same;
}

unsigned PrivateKey::bits() const { return static_cast<unsigned>(std::max(EVP_PKEY_get_bits(native()), 0)); }

Result<Identity> Identity::of(Certificate certificate, PrivateKey key) {
    if (!key.belongs_to(certificate)) return invalid(fmt::format("the private key does not belong to the certificate {}", certificate.label()));
    return Identity{std::move(certificate), std::move(key)};
}

Result<Identity> Identity::read_pkcs12(std::string_view bytes, std::string_view passphrase) {
    // Products of the field write PKCS#12 with RC2 and 3DES by default to this day; the provider stays loaded.
    static std::unique_ptr<OSSL_PROVIDER, decltype(&OSSL_PROVIDER_unload)> const legacy(OSSL_PROVIDER_try_load(nullptr, "legacy", 1), OSSL_PROVIDER_unload);
    auto const* at = reinterpret_cast<unsigned char const*>(bytes.data());
    std::unique_ptr<PKCS12, decltype(&PKCS12_free)> const file(
        bytes.size() <= most_bytes ? d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())) : nullptr, PKCS12_free);
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    if (!file || PKCS12_parse(file.get(), std::string(passphrase).c_str(), &key, &certificate, nullptr) != 1) {
        auto const reason = openssl_reason();
        return invalid(fmt::format("no PKCS#12 file, or its passphrase is wrong ({})", reason));
    }
    Owned<evp_pkey_st> const owned_key(key);
    Owned<x509_st> const owned_certificate(certificate);
    if (!key || !certificate) return invalid("the PKCS#12 file holds no key with its certificate");
    if (!EVP_PKEY_is_a(key, "RSA")) return invalid("the key of the PKCS#12 file is not an RSA key; AS2 products have RSA in common");
    return of(Certificate::share(certificate), PrivateKey::share(key));
}

Result<Identity> Identity::read(std::string_view bytes, std::string_view key_bytes, std::string_view passphrase) {
    bool const is_pem = bytes.find("-----BEGIN") != std::string_view::npos;
    if (!is_pem && key_bytes.empty()) return read_pkcs12(bytes, passphrase);
    auto certificates = Certificate::read_all(bytes);
    if (!certificates) return unexpected(certificates.error());
    auto key = PrivateKey::read(key_bytes.empty() ? bytes : key_bytes, passphrase);
    if (!key) return unexpected(key.error());
    // Others put the chain first.
    for (auto const& one : *certificates)
        if (key->belongs_to(one)) return Identity{one, std::move(*key)};
    return of(certificates->front(), std::move(*key));
}

} // namespace wharf::transport::as2
