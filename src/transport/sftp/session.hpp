// One SFTP login, as little as a channel needs of it. The engine behind it is libssh2; another one (for RSA host and user
// keys, which libssh2 1.10 cannot do; docs/adr/0007-sftp-engine.md) has only this to implement.
//
// One thread at a time. Every call ends within the login's time-out per step; after a lost connection each call fails as
// `temporary`. Messages name channel, server and path and never hold a secret.
#pragma once

#include "transport/channel.hpp"
#include "transport/pickup.hpp"

#include <optional>

namespace wharf::transport::sftp {

class Session {
public:
    virtual ~Session() = default;
    /// All names in a folder with what the listing says of them; no question per file unless the server leaves them out.
    [[nodiscard]] virtual Result<std::vector<FolderEntry>> list(std::string const& folder) = 0;
    /// Not following a link in the last part; nothing when there is no such file.
    [[nodiscard]] virtual Result<std::optional<FolderEntry>> status(std::string const& path) = 0;
    /// The content if the file has this size and time before and after it is read; nothing when it has not or is gone.
    [[nodiscard]] virtual Result<std::optional<std::string>> read(std::string const& path, std::uint64_t size,
                                                                  std::int64_t modified) = 0;
    /// Creates a file that must not be there, writes, syncs where the server can, closes.
    [[nodiscard]] virtual Result<void> write_new(std::string const& path, std::string_view content) = 0;
    [[nodiscard]] virtual Result<void> rename(std::string const& from, std::string const& to) = 0;
    [[nodiscard]] virtual Result<void> remove(std::string const& path) = 0;
    [[nodiscard]] virtual Result<void> make_folder(std::string const& path) = 0;
};

/// Connects, checks the host key against the pinned fingerprints, logs in.
[[nodiscard]] Result<std::unique_ptr<Session>> open_libssh2_session(std::string const& channel,
                                                                    SftpSettings const& settings);

} // namespace wharf::transport::sftp
