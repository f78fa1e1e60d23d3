#include "transport/as2/certificate_maker.hpp"

#include "transport/as2/distinguished_name.hpp"
#include "transport/as2/openssl.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace wharf::transport::as2 {
namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509_REQ* request) const { X509_REQ_free(request); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(STACK_OF(X509_EXTENSION)* extensions) const { sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free); }
    void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class T> using Made = std::unique_ptr<T, Free>;

auto failed(std::string_view what) { return permanent(fmt::format("{} ({})", what, openssl_reason())); }

template <class Write> std::string pem_text(Write write) {
    Made<BIO> const bio(BIO_new(BIO_s_mem()));
    if (!bio || write(bio.get()) != 1) return {};
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Result<Owned<X509_name_st>> name_of(CertificateWish const& wish) {
    if (wish.like) return Owned<X509_name_st>(X509_NAME_dup(X509_get_subject_name(wish.like->native())));
    auto const parts = read_distinguished_name(wish.subject);
    if (!parts) return unexpected(parts.error());
    if (parts->empty()) return invalid("the subject is empty; give at least CN=…");
    Owned<X509_name_st> name(X509_NAME_new());
    for (auto const& [type, value] : *parts)
        if (X509_NAME_add_entry_by_txt(name.get(), type.c_str(), MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(value.data()),
                                       static_cast<int>(value.size()), -1, 0) != 1)
            return invalid(fmt::format("the subject cannot hold {}={} ({})", type, value, openssl_reason()));
    return name;
}

/// "email:a@b,DNS:c"; what could change the meaning of the list is refused.
Result<std::string> alternative_names(CertificateWish const& wish) {
    std::vector<std::string> names;
    for (auto const& [prefix, list] : {std::pair("email:", &wish.emails), std::pair("DNS:", &wish.hosts)})
        for (auto const& one : *list) {
            if (one.empty() || one.find_first_of(", \t\r\n:;@") != std::string::npos)
                if (one.empty() || prefix != std::string_view("email:") || one.find_first_of(", \t\r\n:;") != std::string::npos)
                    return invalid(fmt::format("\"{}\" is no {}", one, prefix == std::string_view("DNS:") ? "name of a host" : "e-mail address"));
            names.push_back(prefix + one);
        }
    return fmt::format("{}", fmt::join(names, ","));
}

using Extension = std::pair<int, std::string>;
Result<std::vector<Extension>> extensions_of(CertificateWish const& wish) {
    std::vector<Extension> list{{NID_basic_constraints, "critical,CA:FALSE"},
                                {NID_key_usage, "critical,digitalSignature,keyEncipherment,dataEncipherment"}};
    auto names = alternative_names(wish);
    if (!names) return unexpected(std::move(names.error()));
    if (!names->empty()) list.emplace_back(NID_subject_alt_name, std::move(*names));
    return list;
}

} // namespace

Result<PrivateKey> make_key(unsigned bits) {
    if (bits < 2048 || bits > 8192) return invalid("a key has 2048 to 8192 bits; 3072 is a good choice");
    Owned<evp_pkey_st> const key(EVP_RSA_gen(bits));
    if (!key) return failed("no key could be made");
    return PrivateKey::share(key.get());
}

Result<Certificate> make_self_signed(PrivateKey const& key, CertificateWish const& wish) {
    auto const name = name_of(wish);
    if (!name) return unexpected(name.error());
    auto const extensions = extensions_of(wish);
    if (!extensions) return unexpected(extensions.error());
    Owned<x509_st> const made(X509_new());
    Made<BIGNUM> const serial(BN_new());
    auto const from = std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::system_clock::duration>(wish.from));
    bool good = made && serial && X509_set_version(made.get(), 2) == 1 && BN_rand(serial.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get())) && X509_set_subject_name(made.get(), name->get()) == 1 &&
                X509_set_issuer_name(made.get(), name->get()) == 1 && X509_set_pubkey(made.get(), key.native()) == 1 &&
                ASN1_TIME_set(X509_getm_notBefore(made.get()), from) &&
                ASN1_TIME_adj(X509_getm_notAfter(made.get()), from, static_cast<int>(wish.term.count()), 0);
    X509V3_CTX context;
    X509V3_set_ctx(&context, made.get(), made.get(), nullptr, nullptr, 0);
    auto all = *extensions;
    all.emplace_back(NID_subject_key_identifier, "hash");
    for (auto const& [nid, value] : all) {
        Made<X509_EXTENSION> const extension(good ? X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()) : nullptr);
        good = extension && X509_add_ext(made.get(), extension.get(), -1) == 1;
    }
    if (auto const at = wish.like ? X509_get_ext_by_NID(wish.like->native(), NID_subject_alt_name, -1) : -1; at >= 0)
        good = good && X509_add_ext(made.get(), X509_get_ext(wish.like->native(), at), -1) == 1;
    if (!good || X509_sign(made.get(), key.native(), EVP_sha256()) == 0) return failed("no certificate could be made");
    return Certificate::share(made.get());
}

Result<std::string> make_request(PrivateKey const& key, CertificateWish const& wish) {
    auto const name = name_of(wish);
    if (!name) return unexpected(name.error());
    auto const extensions = extensions_of(wish);
    if (!extensions) return unexpected(extensions.error());
    Made<X509_REQ> const made(X509_REQ_new());
    Made<STACK_OF(X509_EXTENSION)> const list(sk_X509_EXTENSION_new_null());
    bool good = made && list;
    for (auto const& [nid, value] : *extensions) {
        auto* const extension = good ? X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()) : nullptr;
        good = extension && sk_X509_EXTENSION_push(list.get(), extension) > 0;
    }
    good = good && X509_REQ_set_version(made.get(), 0) == 1 && X509_REQ_set_subject_name(made.get(), name->get()) == 1 &&
           X509_REQ_set_pubkey(made.get(), key.native()) == 1 && X509_REQ_add_extensions(made.get(), list.get()) == 1 &&
           X509_REQ_sign(made.get(), key.native(), EVP_sha256()) != 0;
    if (!good) return failed("no request could be made");
    return pem_text([&](BIO* bio) { return PEM_write_bio_X509_REQ(bio, made.get()); });
}

std::string to_pem(Certificate const& certificate) {
    return pem_text([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.native()); });
}

Result<std::string> to_pem(PrivateKey const& key, std::string_view passphrase) {
    auto text = pem_text([&](BIO* bio) {
        return PEM_write_bio_PKCS8PrivateKey(bio, key.native(), passphrase.empty() ? nullptr : EVP_aes_256_cbc(), passphrase.data(),
                                             static_cast<int>(passphrase.size()), nullptr, nullptr);
    });
    if (text.empty()) return failed("the key cannot be written");
    return text;
}

} // namespace wharf::transport::as2
