// The one HTTP server (Asio coroutines move bytes, Beast parses heads). For api/ and transport/as2.
//
// Two ways to be served: an Admit sees the head first and takes the body as it comes; a Handler gets whole requests.
// Both are called on the server's pool threads, may wait for the disk, and should not throw (a bug that does is answered
// with 500). While one of them works for a connection nothing is read from it, so memory per connection is bounded
// whatever the body's size, and a client that is slow holds no thread.
//
// Listeners speak plain HTTP or TLS 1.2 and 1.3 (tls.hpp).
//
// What is no correct HTTP/1.1 (RFC 9112) never reaches them: 400, or what fits better, and the connection is closed.
#pragma once

#include "base/error.hpp"
#include "transport/http/tls.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wharf::transport::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct RequestHead {
    std::string method;
    std::string path;  // decoded, without query; always begins with '/'
    std::string query; // raw
    Headers headers;   // as they came: any case, values without blanks around them
    std::string peer_address; // "192.0.2.7" or "2001:db8::7"
    bool is_tls = false;
    /// DER. Whoever asks holds the key to it, that TLS has proven; whose it is, nobody has checked. Empty: none.
    std::string client_certificate;
    std::vector<std::string> client_chain;       // DER each: what was sent beside it, for verify_client()
    std::optional<std::uint64_t> content_length; // absent: no body, or one in chunks
    /// First header of that name, any case; empty when absent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// A whole one.
struct Request : RequestHead {
    std::string body;
};

struct Response {
    int status = 200;
    Headers headers; // Content-Length, Connection and Date are the server's; those, and what would break the frame, are left out
    std::string body;
    /// For answers to HEAD that have no body to measure: the Content-Length to tell.
    std::optional<std::uint64_t> head_length = {};
    /// Called once, on a pool thread, when the last byte of the answer was handed to the network or can no longer be.
    std::function<void()> sent = {};
};

/// One body as it comes. Calls come one after the other, on pool threads. Destroyed on one when the request is over, before
/// the answer is written.
class BodyReceiver {
public:
    virtual ~BodyReceiver() = default;
    /// The next bytes, good until it returns; never none. After a failure nothing more is called: a temporary one is
    /// answered with 503 and Retry-After, another with 413, and the connection is closed. The sender does not see its text.
    [[nodiscard]] virtual Result<void> take(std::string_view bytes) = 0;
    /// After take() has failed: what is answered in place of that.
    [[nodiscard]] virtual std::optional<Response> answer_instead() { return std::nullopt; }
    /// The connection ended, broke HTTP or timed out inside the body. Nothing more is called.
    virtual void broken_off() = 0;
    /// The whole body is there.
    [[nodiscard]] virtual Response finish() = 0;
};

/// A Response refuses, or answers, before the body is read; what follows of the body closes the connection.
using Admission = std::variant<Response, std::unique_ptr<BodyReceiver>>;
/// Called when the head is there, before "100 Continue" is sent. The head lives as long as the receiver.
using Admit = std::function<Admission(RequestHead const&)>;

/// Where to listen.
struct Listener {
    std::string address = "127.0.0.1"; // IPv4 or IPv6; 0.0.0.0 and :: stand for all
    std::uint16_t port = 0;            // 0: any free one, see Server::port()
    std::optional<TlsSettings> tls = {};
};

struct ServerSettings {
    std::vector<Listener> listeners = {{}}; // at least one
    std::uint64_t max_body_bytes;           // 413 behind it; for a Handler also what one request may hold in memory
    std::uint32_t head_bytes = 16u << 10;   // request line and headers; 431 behind it
    std::uint32_t head_fields = 100;        // headers; 431 behind it

    /// From the first byte of a head to its last, so that dripping does not help; of a new connection, from its beginning,
    /// with the handshake of TLS.
    std::chrono::milliseconds head_timeout{30'000};
    std::chrono::milliseconds idle_timeout{60'000}; // of a connection between two requests
    /// A body may take long as long as it flows: each time its sender was waited for this long in all, `least_rate` bytes
    /// for each second of it must have come, or 408. Answers are given up by the same rule when nobody reads them.
    std::chrono::milliseconds body_timeout{30'000};
    std::uint32_t least_rate = 1024;

    unsigned threads = 2;           // of the pool
    unsigned max_connections = 256; // further ones get 503, where none of those that are there makes room
    /// The same for one IPv4 address, or one /64 of IPv6. Behind a proxy all come from one.
    unsigned max_connections_per_address = 64;
    /// Who makes room: whoever has been idle longest. Then the slowest request below `slow_rate` bytes a second of the address that
    /// holds most connections, when that is at least two more than the newcomer has. Then the slowest below `slow_rate` whose sender
    /// (or reader) was waited for `slow_after` in all, of any address that holds at least as many as the newcomer's. So who holds many
    /// connections by dripping keeps nobody else out, and takes nobody's only one. It is answered 503; a partner's message comes
    /// again. Within `max_connections_per_address` only the last rule counts, among the address's own.
    std::chrono::milliseconds slow_after{10'000};
    std::uint32_t slow_rate = 16u << 10;

    /// Told, on a pool thread, why a handshake failed, a request was refused or a connection turned away: for the log of who
    /// wonders why a partner cannot connect. At most ten a second. `peer`: an address.
    std::function<void(std::string const& peer, std::string const& what)> trouble = {};
    ServerSettings();
};

class Server {
public:
    using Handler = std::function<Response(Request const&)>;
    /// Binds all listeners and begins to serve. Fails with `temporary` when a port is taken.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerSettings settings, Admit admit);
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerSettings settings, Handler handler);
    /// stop() and wait.
    virtual ~Server() = default;
    [[nodiscard]] virtual std::uint16_t port(std::size_t listener = 0) const = 0;
    /// Other certificates, keys and rules for what connects from now on; connections that are there go on with the old.
    /// Fails, and leaves all as it is, when they cannot serve, or with `invalid` where the listener speaks no TLS. Any thread.
    [[nodiscard]] virtual Result<void> replace_tls(TlsSettings const& settings, std::size_t listener = 0) = 0;
    /// Stops accepting, lets running requests finish (at most five seconds, but a handler is always waited for), closes.
    virtual void stop() = 0;
};

/// Whole requests for a Handler: the body is collected, `max_body_bytes` of it.
[[nodiscard]] Admit collect(Server::Handler handler, std::uint64_t max_body_bytes);

} // namespace wharf::transport::http
