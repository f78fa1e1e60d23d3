// What the configuration says about the TLS of one of our servers, as the HTTP server takes it.
#pragma once

#include "partner/configuration.hpp"
#include "transport/http/tls.hpp"

namespace wharf::gateway {

/// Resolves the passphrase; `invalid` when it cannot be. Client certificates are for the caller to set.
[[nodiscard]] Result<transport::http::TlsSettings> server_tls(partner::ServerTls const& tls);

} // namespace wharf::gateway
