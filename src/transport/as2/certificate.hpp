// Certificates and private keys for AS2. OpenSSL stays inside.
//
// Values, cheap to copy, immutable, and safe to use from several threads. Which one is used when (overlap, roll-over) is not
// decided here: whoever signs, verifies or decrypts is handed all that are valid.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct x509_st;
struct evp_pkey_st;

namespace wharf::transport::as2 {

/// X.509 (RFC 5280).
class Certificate {
public:
    /// PEM (the first certificate in it) or DER. `invalid` when it is neither.
    [[nodiscard]] static Result<Certificate> read(std::string_view bytes);
    /// All certificates of a PEM file; of a PKCS#7 bundle (.p7b, .p7c) too, as partners send them.
    [[nodiscard]] static Result<std::vector<Certificate>> read_all(std::string_view bytes);
    /// Shares it with OpenSSL's caller; `certificate` must not be null.
    [[nodiscard]] static Certificate share(x509_st* certificate);

    [[nodiscard]] std::string subject() const; // one line, "CN=acme,O=Acme" (RFC 2253)
    [[nodiscard]] std::string issuer() const;
    [[nodiscard]] std::string serial() const;  // hexadecimal, as `openssl x509 -serial` prints it
    [[nodiscard]] std::string fingerprint() const; // SHA-256, hexadecimal in lower case
    [[nodiscard]] Timestamp not_before() const;
    [[nodiscard]] Timestamp not_after() const;
    [[nodiscard]] bool is_rsa() const;
    [[nodiscard]] unsigned key_bits() const;
    [[nodiscard]] std::string der() const;
    /// Subject, serial number and the beginning of the fingerprint: for messages.
    [[nodiscard]] std::string label() const;
    [[nodiscard]] bool operator==(Certificate const& other) const; // the same bytes

    [[nodiscard]] x509_st* native() const { return shared_.get(); }

private:
    explicit Certificate(std::shared_ptr<x509_st> shared) : shared_(std::move(shared)) {}
    std::shared_ptr<x509_st> shared_;
};

/// An RSA key. Its bytes leave it in no way.
class PrivateKey {
public:
    /// PEM (PKCS#8 or traditional, encrypted or not) or DER. `invalid` when it is none, or the passphrase is wrong.
    [[nodiscard]] static Result<PrivateKey> read(std::string_view bytes, std::string_view passphrase);
    [[nodiscard]] static PrivateKey share(evp_pkey_st* key);
    [[nodiscard]] bool belongs_to(Certificate const& certificate) const;
    [[nodiscard]] unsigned bits() const;
    [[nodiscard]] evp_pkey_st* native() const { return shared_.get(); }

private:
    explicit PrivateKey(std::shared_ptr<evp_pkey_st> shared) : shared_(std::move(shared)) {}
    std::shared_ptr<evp_pkey_st> shared_;
};

/// Who we are: a certificate and the key to it.
struct Identity {
    Certificate certificate;
    PrivateKey key;
    /// `invalid` when the key is another's, or no RSA key.
    [[nodiscard]] static Result<Identity> of(Certificate certificate, PrivateKey key);
    /// A PKCS#12 file (.p12, .pfx), old ones with RC2 and 3DES too where OpenSSL has its legacy provider.
    [[nodiscard]] static Result<Identity> read_pkcs12(std::string_view bytes, std::string_view passphrase);
    /// In whatever form: PKCS#12, or a certificate (PEM, DER) with its key in `key_bytes` or, where these are empty, beside it in PEM.
    [[nodiscard]] static Result<Identity> read(std::string_view bytes, std::string_view key_bytes, std::string_view passphrase);
};

} // namespace wharf::transport::as2
