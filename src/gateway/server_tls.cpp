#include "gateway/server_tls.hpp"

namespace wharf::gateway {

Result<transport::http::TlsSettings> server_tls(partner::ServerTls const& tls) {
    auto passphrase = tls.passphrase.resolve();
    if (!passphrase) return unexpected(passphrase.error());
    transport::http::TlsSettings settings;
    settings.certificate = tls.certificate;
    settings.private_key = tls.private_key;
    settings.passphrase = std::move(*passphrase);
    settings.only_1_3 = tls.minimum_version == partner::TlsVersion::tls1_3;
    return settings;
}

void set_limits(transport::http::ServerSettings& settings, partner::ServerLimits const& limits) {
    settings.max_connections = limits.connections;
    settings.max_connections_per_address = limits.connections_per_address;
    settings.head_bytes = limits.head_bytes;
    settings.head_timeout = limits.head_timeout;
    settings.idle_timeout = limits.idle_timeout;
    settings.body_timeout = limits.body_timeout;
    settings.least_rate = limits.least_rate;
}

} // namespace wharf::gateway
