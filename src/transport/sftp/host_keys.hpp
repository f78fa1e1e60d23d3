// The keys a server may show: pinned fingerprints and the lines of a known_hosts file for its name.
#pragma once

#include "transport/channel.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::sftp {

/// "SHA256:…" of a public key in SSH's wire format, without padding, as `ssh-keygen -lf` prints it.
[[nodiscard]] std::string fingerprint_of(std::string_view key);

/// As fingerprints.
struct KnownKeys {
    std::vector<std::string> keys;        // the server's own
    std::vector<std::string> authorities; // that sign certificates of its keys (host_certificate.hpp)
    std::vector<std::string> revoked;     // in neither of the two
};

/// What a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) gives for a server: plain and hashed names, [name]:port, patterns
/// with '*' and '?', negated ones; keys marked @revoked, and @cert-authority. Lines that are malformed are passed over, as OpenSSH
/// does.
[[nodiscard]] KnownKeys known_keys(std::string_view text, std::string_view host, std::uint16_t port);

/// Everything that a channel accepts: its pins and known_hosts, without what known_hosts revokes. `invalid` for a malformed
/// fingerprint, an Error for a file that cannot be read.
[[nodiscard]] Result<KnownKeys> accepted_keys(std::string const& where, SftpSettings const& settings);

} // namespace wharf::transport::sftp
