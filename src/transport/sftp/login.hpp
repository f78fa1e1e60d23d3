// From a connected socket to a stream of SFTP. Two libraries can do it, each in files of its own (libssh2_*, libssh_*; nobody
// else sees their headers); what is the same for both is in login.cpp: which of them serves, which host key is accepted, in
// which order we show who we are, and what is said when it fails. docs/adr/0007-sftp-engine.md says why there are two.
#pragma once

#include "transport/channel.hpp"
#include "transport/descriptor.hpp"
#include "transport/sftp/stream.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::transport::sftp {

struct Refusal {
    Error error;
    bool engine_falls_short = false; // the other library may be able to
    bool host_key = false;           // the server is not who it should be
};
template <class T> using Attempt = std::expected<T, Refusal>;

/// A channel's logins share what was found out about its server.
struct Experience {
    std::atomic<bool> needs_libssh = false;
};

enum class Verdict { accepted, refused, unreadable_key, expired };

/// What a login method needs of the channel's settings.
struct KeyMaterial {
    std::string text; // of the private key
    std::string certificate;
    bool is_encrypted = false, is_openssh = false;
    std::string type; // empty: the format hides it
};

/// A server whose host key was shown and checked by the key exchange, before anybody has logged in.
class Greeted {
public:
    virtual ~Greeted() = default;
    /// "SHA256:…", as `ssh-keygen -lf` prints it.
    [[nodiscard]] virtual std::string fingerprint() const = 0;
    /// "ed25519", "ecdsa", "RSA": the other keys of the server are asked for without this kind.
    [[nodiscard]] virtual std::string_view family() const = 0;
    /// Login methods that the server takes now, "publickey,password"; nothing when it lets us in as we are.
    [[nodiscard]] virtual Result<std::optional<std::string>> methods() = 0;
    // Errors are those of the connection; `refused` is the server's answer (also: "not enough yet").
    [[nodiscard]] virtual Result<Verdict> try_key(KeyMaterial const& key) = 0;
    [[nodiscard]] virtual Result<Verdict> try_agent() = 0;
    [[nodiscard]] virtual Result<Verdict> try_password() = 0;
    /// Answers every question that is not echoed with the password.
    [[nodiscard]] virtual Result<Verdict> try_interactive() = 0;
    /// Afterwards this object is used up.
    [[nodiscard]] virtual Result<std::unique_ptr<Stream>> open_sftp() = 0;
};

struct Endpoint {
    std::string where; // "channel acme: sftp://user@host:22"
    SftpSettings const& settings;
};

/// `host_keys`: the algorithms asked for, comma-separated; those the library does not know are left out.
[[nodiscard]] Attempt<std::unique_ptr<Greeted>> greet_libssh2(Endpoint const& endpoint, Descriptor socket,
                                                              std::string const& host_keys);
[[nodiscard]] Attempt<std::unique_ptr<Greeted>> greet_libssh(Endpoint const& endpoint, Descriptor socket,
                                                             std::string const& host_keys);
/// From libssh2 1.11 on.
[[nodiscard]] bool libssh2_knows_rsa_sha2();

/// Connects, checks the host key, logs in, by the library that can.
[[nodiscard]] Attempt<std::unique_ptr<Stream>> log_in(Endpoint const& endpoint, Experience& experience);

/// What we offer where the channel names nothing, best first. No SHA-1, CBC, 3DES but as a last resort for old servers: the host
/// key is pinned, so a signature by SHA-1 has to hold only for the moment of the handshake.
namespace usual {
inline constexpr std::string_view key_exchanges =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
    "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
    "diffie-hellman-group14-sha256,diffie-hellman-group14-sha1";
inline constexpr std::string_view ciphers =
    "aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr,chacha20-poly1305@openssh.com";
inline constexpr std::string_view macs =
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1";
}
/// The channel's own list, or ours.
[[nodiscard]] std::string algorithms(std::vector<std::string> const& own, std::string_view usual);

} // namespace wharf::transport::sftp
