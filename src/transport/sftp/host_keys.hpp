// The keys a server may show: pinned fingerprints and the lines of a known_hosts file for its name.
#pragma once

#include "transport/channel.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::sftp {

/// "SHA256:…" of a public key in SSH's wire format, without padding, as `ssh-keygen -lf` prints it.
[[nodiscard]] std::string fingerprint_of(std::string_view key);

/// Fingerprints of the keys that a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) gives for a server: plain and hashed
/// names, [name]:port, patterns with '*' and '?', negated ones. Keys marked @revoked are left out wherever else they stand;
/// @cert-authority lines too. Lines that are malformed are passed over, as OpenSSH does.
[[nodiscard]] std::vector<std::string> known_keys(std::string_view text, std::string_view host, std::uint16_t port);

/// Everything that a channel accepts; `invalid` for a malformed fingerprint, an Error for a file that cannot be read.
[[nodiscard]] Result<std::vector<std::string>> accepted_keys(std::string const& where, SftpSettings const& settings);

} // namespace wharf::transport::sftp
