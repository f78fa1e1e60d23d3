// The HTTP side of what partners send over AS2: messages and asynchronous receipts, on one path.
//
//   POST               As2Receiving
//   HEAD               with AS2-From, AS2-To and ETag: how many bytes of a transfer are held (draft-harding-as2-restart)
//   GET, OPTIONS       a line that tells nothing: partners ping
//   any other path     404
//
// Thread-safe.
#pragma once

#include "gateway/as2_receiving.hpp"
#include "transport/http/server.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace wharf::gateway {

class As2Listener {
public:
    /// `context` must outlive it. `wake`: something is due.
    As2Listener(Context const& context, std::function<void()> wake);

    /// For transport::http::Server::start.
    [[nodiscard]] transport::http::Admission admit(transport::http::RequestHead const& head);

private:
    [[nodiscard]] transport::http::Response response_of(As2Answer answer);
    [[nodiscard]] transport::http::Response answer_head(As2Request const& request);

    friend class As2Body;
    Context const& context_;
    As2Receiving receiving_;
};

/// The server of serve_as2(). Whether TLS clients are asked for a certificate follows the relations, as they change.
class As2Server {
public:
    As2Server(Context const& context, std::unique_ptr<transport::http::Server> server, bool asks_for_certificates);
    ~As2Server();
    /// The files of as2.tls, read again; connections go on with the old. Nothing where there is no TLS.
    [[nodiscard]] Result<void> reload_tls();
    [[nodiscard]] std::uint16_t port(std::size_t listener = 0) const { return server_->port(listener); }
    void stop();

private:
    [[nodiscard]] bool ask_as_relations_want();

    Context const& context_;
    std::unique_ptr<transport::http::Server> server_;
    std::mutex reloading_;
    std::atomic<bool> asks_for_certificates_; // as TLS is set up
    std::mutex telling_;
    std::string trouble_; // of the last look, so that it is told once; under telling_
};

/// Serves wharf.yaml's section `as2`; nullptr where there is none, or no channel that speaks AS2. `context` must outlive it. `wake`:
/// something is due. Fails with `temporary` when a port is taken, `invalid` when certificate and key cannot serve.
[[nodiscard]] Result<std::unique_ptr<As2Server>> serve_as2(Context const& context, std::function<void()> wake, unsigned threads);

} // namespace wharf::gateway
