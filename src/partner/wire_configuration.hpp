// What the file of a channel says about FTPS and HTTPS, as plain structs. The values are those of transport::FtpsSettings and
// transport::HttpsSettings (transport/channel.hpp), which say what each means; gateway/wires.cpp makes them of these.
//
// Included by configuration.hpp; structs own their texts.
#pragma once

#include "partner/as2_configuration.hpp"
#include "partner/secret.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace wharf::partner {

enum class ProxyKind { none, socks5, http };

struct Proxy {
    ProxyKind kind = ProxyKind::none;
    std::string host;
    std::uint16_t port = 1080;
    std::string user;
    Secret password;
};

/// A header of HTTP that we send.
struct TargetHeader {
    std::string name;
    std::string value; // either this …
    Secret secret;     // … or this
};

/// How a server on TLS is known, and we to it.
struct ClientTls {
    std::filesystem::path authorities;
    std::vector<std::string> pinned_keys; // "sha256//…"
    bool pin_is_enough = false;
    std::filesystem::path client_certificate, client_key;
    Secret client_passphrase;
};

struct FtpsChannel {
    std::string host;
    PortOrNone port;
    std::string user;
    Secret password;
    bool implicit = false;
    bool insecure_plain = false;
    ClientTls tls;
    bool tls_1_3 = false;
    bool extended_passive = true;
    bool machine_listing = true;
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds timeout{30};
    std::chrono::seconds idle_timeout{300};
    std::chrono::seconds reconnect_delay{2};
    std::string bind_address;
    Proxy proxy;
    std::uint64_t bytes_per_second = 0;
};

enum class HttpsListing { file, json, index };
enum class HttpsRememberBy { automatic, etag, modified, digest };

struct HttpsChannel {
    HttpsListing listing = HttpsListing::file;
    HttpsRememberBy remember_by = HttpsRememberBy::automatic;
    BasicLogin basic;
    Secret bearer_token;
    std::vector<TargetHeader> headers;
    std::string method = "PUT";
    std::string content_type = "application/octet-stream";
    std::vector<std::string> success; // three digits each; empty: 200, 201, 202, 204
    std::string idempotency_header;
    ClientTls tls;
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds timeout{60};
    std::chrono::seconds reconnect_delay{2};
    std::string bind_address;
    Proxy proxy;
};

} // namespace wharf::partner
