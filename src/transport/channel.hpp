// A way in and out for files: a folder, a login on an SFTP or FTPS server, URLs. One interface; tests/conformance runs the same suite on each.
//
// A Connection is used by one thread at a time. Names are plain file names (base/file.hpp: is_plain_file_name): a
// server's name that is not (with `depth`: a path of such names) is skipped and reported, so that nothing from a partner escapes its folder.
//
// Errors: `temporary` when a later try may help (refused connection, time-out, full disk), `permanent` when it will not
// (wrong host key, refused login, missing folder).
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport {

/// How files are written into the outbox.
struct UploadRules {
    enum class Existing { refuse, replace, ignore, move };
    /// What becomes of a file that has our name and other content; the same content is always success. `ignore`: it stays and
    /// ours is dropped; `move`: it is renamed to the next free NAME.1, NAME.2 …
    Existing existing = Existing::refuse;
    std::string temporary = ".wharf-{id}.tmp"; // name while writing; {id}, {name}; empty: written under its final name at once
    std::string temporary_folder;              // where that is; empty: the outbox
    std::string marker;                        // empty file written after it, "{name}.done"; {stem}: without the ending
    std::uint32_t mode = 0;                    // rights of the file; 0: what the server gives
    bool keep_time = false;                    // the file's date is Connection::Upload::modified, where the server lets us set it
    bool make_folders = false;                 // the outbox and temporary folder, when missing
    bool sync = true;                          // to the disk before the rename, where the server can
    bool write_only = false;                   // nothing is looked at before or after: the login may only write
};

/// What both transports do the same way. Relative folders are below the channel's root (folder) or the login's home (SFTP).
struct PickupRules {
    enum class Order { name, oldest, newest, smallest };
    enum class Collision { number, time, replace, refuse };

    std::string inbox;              // folder to read; empty: this channel is only written to
    std::string outbox;             // folder to write; empty: only read
    std::string archive;            // after pick-up: move here, made when missing; {date}: 2026-01-31; empty: delete
    Collision collision = Collision::number; // a name that the archive has: NAME.1, NAME.20260131T235959Z, over it, or an error
    bool leave = false;             // after pick-up the file stays where it is; the caller remembers what it took
    std::string failed = "failed";  // files we cannot take (too large), beside the inbox unless absolute; made when missing
    std::vector<std::string> include = {"*"};  // globs on the name; '*' and '?'
    std::vector<std::string> exclude = {".*", "*.tmp", "*.part", "*.filepart"};
    std::string done_marker;        // taken only when a file of this name is there, "{name}.done"; it is removed with it
    std::string claim_as;           // renamed before it is read, so that of several gateways one takes it; our name
    unsigned depth = 0;             // levels of folders inside the inbox that are read, too
    Order order = Order::name;
    std::chrono::seconds minimum_age{0};       // by the modification time, or since we first saw it unchanged
    unsigned stable_polls = 1;      // listings in which size and time must be the same before a file is taken;
                                    // 1: taken when first seen with minimum_age
    std::chrono::milliseconds look_spacing{0}; // of stable_polls: a listing sooner than that after the last one that counted does not
    unsigned most_per_poll = 1000;
    std::uint64_t min_bytes = 0;    // smaller files wait
    std::uint64_t max_bytes;        // larger files are set aside, unread
    UploadRules upload;
    PickupRules();
};

struct RemoteFile {
    std::string name;
    std::uint64_t size = 0;
    std::int64_t modified = 0; // seconds since the epoch
    [[nodiscard]] std::string claim_key() const; // "name|size|modified"
};

struct Listing {
    std::vector<RemoteFile> ready;   // complete, in the order asked for
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
    /// Moves a file we cannot take into the failed folder, bytes untouched; with `leave` it stays, and the caller remembers it.
    [[nodiscard]] virtual Result<void> set_aside(RemoteFile const& file) = 0;
    /// Writes under a temporary name, syncs where it can, renames into place. A target with the same content is success
    /// (a retry after a crash); with other content it is `permanent` and untouched.
    [[nodiscard]] virtual Result<void> put(std::string_view name, std::string_view content) = 0;

    // Many files at a time, each with a result of its own: the same as one after the other, and on a server much faster.
    [[nodiscard]] virtual std::vector<Result<std::string>> fetch_all(std::span<RemoteFile const> files);
    [[nodiscard]] virtual std::vector<Result<void>> finish_all(std::span<RemoteFile const> files);
    struct Upload {
        std::string_view name, content;
        std::optional<std::int64_t> modified = std::nullopt; // seconds since the epoch; for UploadRules::keep_time
    };
    [[nodiscard]] virtual std::vector<Result<void>> put_all(std::span<Upload const> files);

    /// For the log, "engine=… server=…"; empty when there is nothing to say.
    [[nodiscard]] virtual std::string description() const { return {}; }
};

/// Tells that something may have come into an inbox, at once and not only when somebody looks. A hint: looking from time to time is
/// still needed. Thread-safe; tells no more once it is destroyed.
class Watch {
public:
    virtual ~Watch() = default;
    /// Before each look: the folders that are there now are watched from here on. Gives what is not watched and why, for people;
    /// empty: all is.
    [[nodiscard]] virtual std::string renew() = 0;
};

/// Remembers between connections what list() saw, so one Channel per mailbox is kept for the life of the process.
/// connect() may be called from any thread; the connections may outlive the Channel.
class Channel {
public:
    virtual ~Channel() = default;
    [[nodiscard]] virtual std::string const& name() const = 0;
    /// Connects (SFTP) or checks the folders (folder).
    [[nodiscard]] virtual Result<std::unique_ptr<Connection>> connect() = 0;
    /// True after the server showed a host key that is not accepted: it is not asked again; every connect() fails with that
    /// refusal until the gateway is started anew.
    [[nodiscard]] virtual bool is_stopped() const { return false; }
    /// Where the transport can, and the channel's settings want it; else nothing. One at a time. `changed` is called from another
    /// thread, must be quick and must not call the watch. While it lives, list() leaves files that it saw being created and not
    /// yet closed among those that wait. It may outlive the Channel.
    [[nodiscard]] virtual std::unique_ptr<Watch> watch(std::function<void()> changed) {
        (void)changed;
        return nullptr;
    }
};

struct FolderSettings {
    std::filesystem::path root; // inbox and outbox are below it unless absolute
    PickupRules rules;
    bool watch = true;          // watch() works
};

/// A way through somebody else's machine to the server.
struct ProxySettings {
    enum class Kind { none, socks5, http };
    Kind kind = Kind::none;
    std::string host;
    std::uint16_t port = 0;
    std::string user, password;
};

struct SftpSettings {
    std::string host;
    std::uint16_t port = 22;
    std::string user;
    // --- who the server is: any of these keys and no other
    std::vector<std::string> host_key_fingerprints; // "SHA256:base64" as `ssh-keygen -lf` prints; several for roll-over
    std::filesystem::path known_hosts;              // in OpenSSH's format, read at every login; empty: none
    // --- who we are: secrets are already resolved
    std::filesystem::path private_key;              // empty: none
    std::filesystem::path certificate;              // of the private key, "…-cert.pub"; empty: none
    std::string passphrase;
    bool agent = false;                             // keys of the agent at SSH_AUTH_SOCK
    std::string password;                           // also what keyboard-interactive questions are answered with
    // --- what is agreed; empty: our own lists
    std::vector<std::string> key_exchanges, host_key_algorithms, ciphers, macs;
    // --- the line
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds timeout{30};      // without any progress
    std::chrono::seconds idle_timeout{300}; // a connection that was not used for longer is made anew; 0: never
    std::chrono::seconds keepalive{30};    // TCP's question whether the other side is there; 0: none
    std::string bind_address;              // empty: the system's choice
    ProxySettings proxy;
    std::uint64_t bytes_per_second = 0;    // 0: as fast as it goes
    // --- what this server cannot
    unsigned most_open_files = 32;         // 1: one at a time
    unsigned transfers_per_connection = 0; // 0: as many as there are
    PickupRules rules;
};

/// How a server on TLS is known, and we to it. Files are in PEM form.
struct TlsSettings {
    std::string authorities;        // certificates to trust; empty: the system's
    std::string pinned_public_key;  // "sha256//base64" as curl takes it, several with ';' between them; empty: none
    bool pin_is_enough = false;     // the pinned key alone decides: neither name nor issuer nor dates of the certificate count
    std::string client_certificate, client_key, client_key_passphrase;
};

/// FTP over TLS (RFC 4217), with a data connection that is protected, too. Paths are relative to where the login begins.
struct FtpsSettings {
    std::string host;
    std::uint16_t port = 0;         // 0: 21, implicit 990
    std::string user, password;
    bool implicit = false;          // TLS from the first byte, not by AUTH TLS
    bool insecure_plain = false;    // no TLS at all: login and files can be read and changed on the way
    TlsSettings tls;
    /// Off: with TLS 1.3 the server's tickets arrive when an upload's connection closes already, which some servers take for a
    /// broken transfer, and sessions cannot always be resumed on it.
    bool tls_1_3 = false;
    bool extended_passive = true;   // EPSV first, then PASV; false: PASV only. The address in PASV's answer is not used
    bool machine_listing = true;    // MLSD where it is offered; false: LIST
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds timeout{30};       // without any progress
    std::chrono::seconds idle_timeout{300}; // a connection that was not used for longer is made anew; 0: never
    std::string bind_address;
    ProxySettings proxy;
    std::uint64_t bytes_per_second = 0;
    PickupRules rules;
};

/// Requests over HTTPS. `rules.inbox` is the URL that is read, `rules.outbox` the one that is written to; {name} in it stands for
/// the file's name. Of the rules these hold: include, exclude, order, minimum_age, stable_polls, most_per_poll, min_bytes,
/// max_bytes, leave (files are not deleted after pick-up), upload.existing (but for `move`) and upload.write_only.
struct HttpsSettings {
    enum class Listing { file, json, index };    // what the inbox is: one file, a list of names, a page with links to files
    enum class RememberBy { automatic, etag, modified, digest }; // how a file is known again; automatic: the first that is there
    struct Header {
        std::string name, value; // {name} in the value
    };

    Listing listing = Listing::file;
    RememberBy remember_by = RememberBy::automatic;
    std::string user, password;    // Basic; empty: none
    std::string bearer_token;
    std::vector<Header> headers;   // of every request
    std::string method = "PUT";    // of uploads, or POST
    std::string content_type = "application/octet-stream";
    std::vector<int> success;      // statuses of uploads that mean success; empty: 200, 201, 202, 204
    std::string idempotency_header; // with the same value whenever the same file is sent again; empty: none
    TlsSettings tls;
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds timeout{60}; // without any progress
    std::string bind_address;
    ProxySettings proxy;
    PickupRules rules;
};

/// `clock` judges minimum_age; nullptr: the system's. It must outlive the channel and its connections.
[[nodiscard]] std::unique_ptr<Channel> make_folder_channel(std::string name, FolderSettings settings,
                                                           Clock const* clock = nullptr);
[[nodiscard]] std::unique_ptr<Channel> make_sftp_channel(std::string name, SftpSettings settings,
                                                         Clock const* clock = nullptr);
[[nodiscard]] std::unique_ptr<Channel> make_https_channel(std::string name, HttpsSettings settings,
                                                          Clock const* clock = nullptr);
[[nodiscard]] std::unique_ptr<Channel> make_ftps_channel(std::string name, FtpsSettings settings,
                                                         Clock const* clock = nullptr);

/// Shell-like match of a whole name: '*' any run, '?' one character.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name);

} // namespace wharf::transport
