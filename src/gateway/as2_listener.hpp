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

#include <functional>
#include <memory>
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

/// Serves wharf.yaml's section `as2`; nullptr where there is none, or no channel that speaks AS2. `context` must outlive it. `wake`:
/// something is due. Fails with `temporary` when a port is taken, `invalid` when certificate and key cannot serve.
[[nodiscard]] Result<std::unique_ptr<transport::http::Server>> serve_as2(Context const& context, std::function<void()> wake, unsigned threads);

/// The files of as2.tls, read again, and whether clients are asked for certificates; connections go on with the old. Nothing where
/// there is no TLS.
[[nodiscard]] Result<void> reload_as2_tls(Context const& context, transport::http::Server& server);

} // namespace wharf::gateway
