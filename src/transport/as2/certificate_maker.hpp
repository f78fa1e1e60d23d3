// New keys and certificates for AS2: RSA keys, certificates that they sign themselves (what most partners exchange) and requests to
// an authority (PKCS#10, RFC 2986), as PEM. OpenSSL stays inside; randomness is the system's. Thread-safe.
#pragma once

#include "transport/as2/certificate.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::as2 {

struct CertificateWish {
    std::optional<Certificate> like; // subject and subjectAltName are those of this one, exactly; else:
    std::string subject;            // "CN=WHARF,O=Example Inc,C=US"
    std::vector<std::string> emails, hosts; // subjectAltName
    Timestamp from{};               // of a self-signed one
    std::chrono::days term{3 * 365};
};

/// 2048 to 8192 bits.
[[nodiscard]] Result<PrivateKey> make_key(unsigned bits);
/// Signed with SHA-256; for signatures and encryption (keyUsage digitalSignature, keyEncipherment, dataEncipherment: some products
/// want the last), with a serial number of 128 random bits. `invalid` for a subject that cannot be read.
[[nodiscard]] Result<Certificate> make_self_signed(PrivateKey const& key, CertificateWish const& wish);
/// PEM.
[[nodiscard]] Result<std::string> make_request(PrivateKey const& key, CertificateWish const& wish);

[[nodiscard]] std::string to_pem(Certificate const& certificate);
/// PKCS#8; with a passphrase encrypted (PBES2, AES-256).
[[nodiscard]] Result<std::string> to_pem(PrivateKey const& key, std::string_view passphrase);

} // namespace wharf::transport::as2
