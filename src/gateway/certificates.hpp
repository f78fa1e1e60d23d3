// All certificates of a configuration: what `wharf cert list` shows, what `wharf cert check` and the running gateway warn of.
//
// Reads the files each time; keeps nothing. Thread-safe.
#pragma once

#include "gateway/as2_keys.hpp"
#include "partner/configuration.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

enum class CertificateUse {
    own,           // we sign with it and are encrypted for it
    partner,       // the partner's
    authority,     // issues the partner's
    tls_server,    // of our AS2 server, of the API
    tls_client,    // we show it to the partner's server
    tls_partner,   // the partner's TLS client shows it to ours
    tls_authority, // issues that of the partner's server
};
[[nodiscard]] std::string_view to_string(CertificateUse use);

struct ListedCertificate {
    std::string channel; // empty: of wharf.yaml
    CertificateUse use = CertificateUse::own;
    std::string place;   // file or "${env:…}"
    std::optional<as2::Certificate> certificate; // absent: `trouble`
    std::string trouble;
    bool is_missing = false; // nobody has entered it yet: `trouble` says what it is needed for
    std::string from, until; // as agreed
    bool signs_now = false, encrypts_now = false; // the one that is chosen today for what we send
};

struct CertificateFinding {
    enum class Kind { expires, expired, not_yet, weak, unreadable, open_key, missing };
    Kind kind = Kind::expires;
    std::string channel; // empty: wharf.yaml
    std::string text;    // for people: which, when, what to do
    std::string key;     // the same for the same finding on another day
};
[[nodiscard]] std::string_view to_string(CertificateFinding::Kind kind);

/// What of a configuration names certificates.
struct CertificateSources {
    partner::As2Listener listener;
    std::vector<partner::Channel> channels; // of all transports; only those of AS2 count
    partner::ServerTls api{};               // of listen.tls
};
[[nodiscard]] CertificateSources sources_of(partner::Configuration const& configuration);

/// By channel, those of wharf.yaml first; what wharf.yaml gives to all relations stands there once.
[[nodiscard]] std::vector<ListedCertificate> list_certificates(CertificateSources const& sources, Timestamp now);
/// What somebody should do something about: what ends within `ahead` and is not followed, has ended, cannot be read, is weak; keys
/// that others on this machine can read.
[[nodiscard]] std::vector<CertificateFinding> check_certificates(CertificateSources const& sources, Timestamp now, std::chrono::days ahead);

} // namespace wharf::gateway
