// The one HTTP server (Asio coroutines move bytes, Beast parses). For api/ now, transport/as2 later.
//
// The handler is called on one of the server's worker threads, whole request in, whole answer out; it must not throw.
// Limits: header 16 KiB, body by setting, idle and request time-outs. A request we cannot parse gets 400, a body too
// large 413, a header too large 431, a missing Host 400; none reaches the handler.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::transport::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;
    std::string path;  // decoded, without query; always begins with '/'
    std::string query; // raw
    Headers headers;
    std::string body;
    /// First header of that name, any case; empty when absent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
};

struct ServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; // 0: any free one, see port()
    std::uint64_t max_body_bytes;
    std::chrono::seconds request_timeout{30};
    unsigned threads = 2;
    unsigned max_connections = 256;
    ServerSettings();
};

class Server {
public:
    using Handler = std::function<Response(Request const&)>;
    /// Binds and begins to serve. Fails with `temporary` when the port is taken.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerSettings settings, Handler handler);
    /// stop() and wait.
    virtual ~Server() = default;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// Stops accepting, lets running answers finish (at most five seconds), closes.
    virtual void stop() = 0;
};

} // namespace wharf::transport::http
