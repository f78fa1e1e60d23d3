// Keys and self-signed certificates for tests of AS2, made once for each name in a run.
#pragma once

#include "transport/as2/certificate_maker.hpp"

#include <map>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>

namespace wharf::testing_support {

struct IdentityOptions {
    unsigned bits = 2048;
    long serial = 0;              // 0: from the name
    bool states_key_id = true;    // the extension subjectKeyIdentifier
    int name_type = MBSTRING_UTF8; // how the common name is encoded
    int from_year = 2020, to_year = 2060;
};

/// A certificate for a key, valid from the first day of one year to that of another.
inline transport::as2::Certificate certificate_for(EVP_PKEY* key, std::string const& name, IdentityOptions const& options = {}) {
    std::unique_ptr<X509, decltype(&X509_free)> const made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    long serial = options.serial;
    for (char const c : name)
        if (options.serial == 0) serial = (serial * 31 + c) & 0xffffff;
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
    ASN1_TIME_set_string(X509_getm_notBefore(made.get()), (std::to_string(options.from_year) + "0101000000Z").c_str());
    ASN1_TIME_set_string(X509_getm_notAfter(made.get()), (std::to_string(options.to_year) + "0101000000Z").c_str());
    auto* const subject = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(subject, "CN", options.name_type, reinterpret_cast<unsigned char const*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(made.get(), subject);
    X509_set_pubkey(made.get(), key);
    if (options.states_key_id) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, made.get(), made.get(), nullptr, nullptr, 0);
        std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> const extension(
            X509V3_EXT_conf_nid(nullptr, &context, NID_subject_key_identifier, "hash"), X509_EXTENSION_free);
        X509_add_ext(made.get(), extension.get(), -1);
    }
    if (X509_sign(made.get(), key, EVP_sha256()) == 0) throw std::runtime_error("cannot sign a certificate");
    return transport::as2::Certificate::share(made.get());
}

inline transport::as2::Identity const& identity(std::string const& name, IdentityOptions const& options = {}) {
    static std::map<std::string, transport::as2::Identity> made;
    if (auto const found = made.find(name); found != made.end()) return found->second;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_RSA_gen(options.bits), EVP_PKEY_free);
    if (!key) throw std::runtime_error("cannot make a key");
    return made.emplace(name, transport::as2::Identity{certificate_for(key.get(), name, options), transport::as2::PrivateKey::share(key.get())})
        .first->second;
}

/// Certificate and key, as a file holds them.
inline std::string pem_of(transport::as2::Identity const& identity) {
    return transport::as2::to_pem(identity.certificate) + transport::as2::to_pem(identity.key, "").value();
}

} // namespace wharf::testing_support
