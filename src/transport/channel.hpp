// A way in and out for files: a folder, an SFTP login. One interface; tests/conformance runs the same suite on each.
//
// A Connection is used by one thread at a time. Names are plain file names (base/file.hpp: is_plain_file_name): a
// server's name that is not is skipped and reported, so that nothing from a partner escapes its folder.
//
// Errors: `temporary` when a later try may help (refused connection, time-out, full disk), `permanent` when it will not
// (wrong host key, refused login, missing folder).
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport {

/// What both transports do the same way. Relative folders are below the channel's root (folder) or the login's home (SFTP).
struct PickupRules {
    std::string inbox;              // folder to read; empty: this channel is only written to
    std::string outbox;             // folder to write; empty: only read
    std::string archive;            // after pick-up: move here, made when missing; empty: delete
    std::string failed = "failed";  // files we cannot take (too large), beside the inbox unless absolute; made when missing
    std::vector<std::string> include = {"*"};  // globs on the name; '*' and '?'
    std::vector<std::string> exclude = {".*", "*.tmp", "*.part", "*.filepart"};
    std::chrono::seconds minimum_age{0};       // by the modification time, or since we first saw it unchanged
    unsigned stable_polls = 1;      // listings in which size and time must be the same before a file is taken;
                                    // 1: taken when first seen with minimum_age
    unsigned most_per_poll = 1000;
    std::uint64_t max_bytes;        // larger files are set aside, unread
    PickupRules();
};

struct RemoteFile {
    std::string name;
    std::uint64_t size = 0;
    std::int64_t modified = 0; // seconds since the epoch
    [[nodiscard]] std::string claim_key() const; // "name|size|modified"
};

struct Listing {
    std::vector<RemoteFile> ready;   // complete, in order of name
    std::vector<RemoteFile> too_large;
    unsigned waiting = 0;            // seen, but not yet stable or old enough, or more than most_per_poll
    std::vector<std::string> skipped; // names we refuse, folders and links
};

class Connection {
public:
    virtual ~Connection() = default;
    [[nodiscard]] virtual Result<Listing> list() = 0;
    /// The whole file. `temporary` when it is no longer what list() saw or changes while it is read.
    [[nodiscard]] virtual Result<std::string> fetch(RemoteFile const& file) = 0;
    /// After the durable commit: archive or delete. A file that is gone already is success (a crash after the removal);
    /// so is one that has another size or time by now: the partner wrote a new file over it, which list() will show.
    [[nodiscard]] virtual Result<void> finish(RemoteFile const& file) = 0;
    /// Moves a file we cannot take into the failed folder, bytes untouched.
    [[nodiscard]] virtual Result<void> set_aside(RemoteFile const& file) = 0;
    /// Writes under a temporary name, syncs where it can, renames into place. A target with the same content is success
    /// (a retry after a crash); with other content it is `permanent` and untouched.
    [[nodiscard]] virtual Result<void> put(std::string_view name, std::string_view content) = 0;
};

/// Remembers between connections what list() saw, so one Channel per mailbox is kept for the life of the process.
/// connect() may be called from any thread; the connections may outlive the Channel.
class Channel {
public:
    virtual ~Channel() = default;
    [[nodiscard]] virtual std::string const& name() const = 0;
    /// Connects (SFTP) or checks the folders (folder).
    [[nodiscard]] virtual Result<std::unique_ptr<Connection>> connect() = 0;
};

struct FolderSettings {
    std::filesystem::path root; // inbox and outbox are below it unless absolute
    PickupRules rules;
};

struct SftpSettings {
    std::string host;
    std::uint16_t port = 22;
    std::string user;
    std::vector<std::string> host_key_fingerprints; // "SHA256:base64" as `ssh-keygen -lf` prints; several for roll-over
    std::filesystem::path private_key;              // empty: password
    std::string passphrase;                         // secrets are already resolved
    std::string password;
    std::chrono::seconds timeout{30};
    PickupRules rules;
};

/// `clock` judges minimum_age; nullptr: the system's. It must outlive the channel and its connections.
[[nodiscard]] std::unique_ptr<Channel> make_folder_channel(std::string name, FolderSettings settings,
                                                           Clock const* clock = nullptr);
[[nodiscard]] std::unique_ptr<Channel> make_sftp_channel(std::string name, SftpSettings settings,
                                                         Clock const* clock = nullptr);

/// Shell-like match of a whole name: '*' any run, '?' one character.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name);

} // namespace wharf::transport
