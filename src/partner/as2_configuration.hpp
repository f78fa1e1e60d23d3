// What wharf.yaml and the files of channels say about AS2, as plain structs: the listener, and relations. The values are those of
// transport/as2 (relation.hpp, message.hpp, post.hpp), which say what each means; gateway/as2_relations.hpp makes them of these.
//
// One channel with `transport: as2` is one relation: one pair of AS2 names. Defaults are the safe choice of RFC 4130bis: signed
// with SHA-256, encrypted with AES-256, a signed receipt in the answer, nothing accepted that is less.
//
// Included by configuration.hpp; structs own their texts.
#pragma once

#include "base/limits.hpp"
#include "partner/profile.hpp"
#include "partner/secret.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

/// Of deliveries and transmissions. Waits double from `base` to `cap`.
struct RetryPolicy {
    std::chrono::milliseconds base{std::chrono::seconds{5}};
    std::chrono::milliseconds cap{std::chrono::minutes{15}};
    unsigned attempts = 12; // then a dead letter
};

struct BasicLogin {
    std::string user;
    Secret password;
};

/// 0: none.
struct PortOrNone {
    std::uint16_t number = 0;
};
struct CountOrNone {
    unsigned number = 0;
};

enum class TlsVersion { tls1_2, tls1_3 };

/// The certificate that one of our servers shows: of the API, of AS2.
struct ServerTls {
    std::filesystem::path certificate; // PEM: ours, then those of the authorities between; or PKCS#12. Empty: no TLS
    std::filesystem::path private_key; // PEM; empty: it is in the file of the certificate
    Secret passphrase;                 // of the key, where it has one
    TlsVersion minimum_version = TlsVersion::tls1_2;

    [[nodiscard]] bool is_set() const { return !certificate.empty(); }
};

/// What one of our servers bears from those who call it; transport::http::ServerSettings says what each means.
struct ServerLimits {
    unsigned connections = 256, connections_per_address = 64;
    unsigned head_bytes = 16u << 10;
    std::chrono::milliseconds head_timeout{30'000}, idle_timeout{60'000}, body_timeout{30'000};
    unsigned least_rate = 1024; // bytes a second
};

enum class As2Use { both, signing, encryption };

/// A certificate with the days that were agreed for it.
struct As2Certificate {
    std::filesystem::path file;        // PEM, DER, PKCS#7, or PKCS#12 with the key; empty: `content`
    std::filesystem::path private_key; // ours; empty: it is in `file` or `content`
    Secret content;                    // ours: PEM, or base64 of PKCS#12, from the environment
    Secret passphrase;                 // ours
    As2Use use = As2Use::both;
    std::string from, until;           // moments (partner/moment.hpp); empty: as the certificate says

    [[nodiscard]] bool is_same_place(As2Certificate const& other) const { return file == other.file && content == other.content; }
};

struct As2Listener {
    std::string address = "0.0.0.0";
    PortOrNone port, tls_port;
    ServerTls tls;
    ServerLimits limits;
    std::string path = "/as2";
    std::string public_url;
    std::vector<As2Certificate> own_certificates; // of relations that name none
    CountOrNone evidence_days;                    // how long bytes are kept; 0: for ever

    [[nodiscard]] bool is_set() const { return port.number != 0 || tls_port.number != 0; }
};

/// Trust in those who are certified by an authority, restricted to this partner: all that is said must fit.
struct As2Authorities {
    std::filesystem::path file;    // the authorities, PEM; empty: trust by pins alone
    std::string subject;           // "CN=as2.acme.example,O=Acme Inc": these parts are among the subject's
    std::string email;             // among the subjectAltName, or emailAddress of the subject
    std::string host;              // dNSName of the subjectAltName

    [[nodiscard]] bool is_restricted() const { return !subject.empty() || !email.empty() || !host.empty(); }
};

enum class As2ReceiptDigest { asked, sha1, sha256, sha384, sha512 };

struct As2Http {
    std::filesystem::path authorities;
    std::vector<std::string> pinned_keys; // "sha256//…"
    std::filesystem::path client_certificate, client_key;
    Secret client_passphrase;
    BasicLogin basic;
    std::string proxy; // http://host:port, socks5h://host:port
    BasicLogin proxy_login;
    bool expects_continue = false;
    std::chrono::seconds connect_timeout{15};
    std::chrono::seconds idle_timeout{120};

    /// Says more than how long to wait.
    [[nodiscard]] bool is_set() const {
        return !authorities.empty() || !pinned_keys.empty() || !client_certificate.empty() || !basic.user.empty() || !proxy.empty();
    }
};

struct As2Incoming {
    bool require_signature = true;
    bool require_encryption = true;
    bool accept_sha1 = false;
    bool accept_3des = false;
    bool accept_gcm_in_enveloped_data = false;
    std::string receipt_address;
    As2Http receipt_http; // to receipt_address; not set: that of outgoing
    As2ReceiptDigest receipt_digest = As2ReceiptDigest::asked;
    bool receipts_to_unverified = false;
    bool refuse_repeated_names = false; // of files: duplicate-filename
    bool refuse_unsafe_names = false;   // illegal-filename; else they are made safe
    std::uint64_t max_bytes = limits::message_bytes;
    std::vector<std::filesystem::path> client_certificates; // of TLS; empty: none is asked for
    BasicLogin basic;
};

enum class As2Digest { none, sha1, sha256, sha384, sha512 };
enum class As2Cipher { none, triple_des, aes128_cbc, aes192_cbc, aes256_cbc, aes128_gcm, aes192_gcm, aes256_gcm };
enum class As2GcmForm { auth_enveloped, enveloped, enveloped_nonce };
enum class As2Compression { none, before_signing, after_signing };
enum class As2Encoding { binary, base64 };
enum class As2Spelling { plain, hyphenated };
enum class As2ReceiptMode { none, synchronous, asynchronous };

struct As2Receipt {
    As2ReceiptMode mode = As2ReceiptMode::synchronous;
    bool is_signed = true;
    std::vector<std::string> digests; // words of As2Digest; empty: the one that signs
    std::chrono::seconds timeout{std::chrono::hours{1}};
    CountOrNone resends;
};

struct As2Outgoing {
    As2Digest sign = As2Digest::sha256;
    As2Cipher encrypt = As2Cipher::aes256_cbc;
    As2GcmForm gcm_form = As2GcmForm::auth_enveloped;
    As2Compression compress = As2Compression::none;
    As2Encoding payload_encoding = As2Encoding::binary;
    As2Receipt receipt;
    As2Spelling digest_spelling = As2Spelling::plain;
    std::string subject = "EDI";
    std::string content_type; // empty: by the document
    bool file_name = true;
    std::string version = "1.2";
    RetryPolicy retry{std::chrono::minutes{1}, std::chrono::hours{1}, 8};
    std::vector<std::string> temporary_statuses;
    As2Http http;
};

struct As2Channel {
    std::string own_name, partner_name;
    std::string url; // empty: we only receive
    std::vector<As2Certificate> own_certificates, partner_certificates;
    As2Authorities authorities;
    CountOrNone grace_days; // how long an expired certificate of the partner's is still taken
    CountOrNone evidence_days; // 0: as the listener says
    As2Incoming incoming;
    As2Outgoing outgoing;

    struct Connection {
        std::string_view place; // behind "as2."
        As2Http const& http;
    };
    /// Those that we open.
    [[nodiscard]] std::array<Connection, 2> connections() const { return {{{"outgoing.http", outgoing.http}, {"incoming.receipt_http", incoming.receipt_http}}}; }
};

} // namespace wharf::partner
