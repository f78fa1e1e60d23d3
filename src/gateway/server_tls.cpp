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

} // namespace wharf::gateway
