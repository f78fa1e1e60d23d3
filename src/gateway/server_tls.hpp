// What the configuration says about the TLS and the limits of one of our servers, as the HTTP server takes it.
#pragma once

#include "partner/configuration.hpp"
#include "transport/http/server.hpp"

namespace wharf::gateway {

/// Resolves the passphrase; `invalid` when it cannot be. Client certificates are for the caller to set.
[[nodiscard]] Result<transport::http::TlsSettings> server_tls(partner::ServerTls const& tls);
/// All but the size of bodies, which is not the same for an API and for AS2.
void set_limits(transport::http::ServerSettings& settings, partner::ServerLimits const& limits);

} // namespace wharf::gateway
