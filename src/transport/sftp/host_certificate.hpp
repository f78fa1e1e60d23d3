// Certificates of host keys: an authority says that a key belongs to a host (OpenSSH's PROTOCOL.certkeys), for known_hosts lines
// with @cert-authority.
//
// Neither libssh nor libssh2 can be shown one in the key exchange. But a certificate is public, and the server shows it to whoever asks
// for it, before anything is encrypted. So it is asked for on a connection of its own, checked here, and what it certifies, the
// server's plain key, is then what the library must find. Whoever stands in between can only pass on a certificate that the
// authority has signed, and needs the key itself afterwards.
#pragma once

#include "base/clock.hpp"
#include "transport/channel.hpp"
#include "transport/sftp/host_keys.hpp"

#include <string>
#include <string_view>

namespace wharf::transport::sftp {

/// The fingerprint of the certified key, when one of `known.authorities` says that it is this host's and `now` lies within the time
/// that it names; else a `permanent` error that completes "its certificate …". Pure; any bytes may be given.
[[nodiscard]] Result<std::string> certified_key(std::string_view certificate, std::string_view host, KnownKeys const& known,
                                                Timestamp now);

/// The certificate of its key of this family ("ed25519", "ecdsa", "RSA") as the server shows it, on a connection of its own; empty:
/// it has none. Proves nothing until it is checked.
[[nodiscard]] Result<std::string> ask_certificate(SftpSettings const& settings, std::string_view family);

} // namespace wharf::transport::sftp
