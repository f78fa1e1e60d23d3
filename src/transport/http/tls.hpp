// What a server's TLS needs to know, and trust in the certificates of those who call. OpenSSL stays inside.
//
// TLS 1.2 and 1.3; in 1.2 only ciphers with forward secrecy and authenticated encryption unless `ciphers` says otherwise; no
// renegotiation, no compression, no early data. Sessions are resumed by tickets, but not where client certificates are asked
// for, so that each connection proves possession of its key. Server names (SNI) are ignored: one certificate for all.
#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::http {

enum class ClientCertificates {
    off,
    asked,   // who has one shows it
    required // no handshake without; any will do, the site decides whose it takes
};

struct TlsSettings {
    /// PEM: ours first, then those of the authorities between. Or PKCS#12 with the key.
    std::filesystem::path certificate;
    std::filesystem::path private_key; // PEM; empty: in the file of the certificate
    std::string passphrase;            // of the key or the PKCS#12 file; empty: it has none
    bool only_1_3 = false;             // no TLS 1.2
    std::string ciphers;               // of TLS 1.2, as OpenSSL writes them; empty: the modern ones
    ClientCertificates client_certificates = ClientCertificates::off;
};

/// Whether these can serve: the files are there, and the key belongs to the certificate. `invalid` with which file is wrong.
[[nodiscard]] Result<void> check_tls(TlsSettings const& settings);

/// Whether a client's certificate (DER, with what it sent beside it) is valid now, for a client, and issued by one of the
/// certificates in the PEM file `authorities`, or is one of them. `permanent` when not; `invalid` when the file is none.
[[nodiscard]] Result<void> verify_client(std::string_view certificate, std::vector<std::string> const& chain,
                                         std::filesystem::path const& authorities);

} // namespace wharf::transport::http
