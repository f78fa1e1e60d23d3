// One SFTP login: folders and files, as little of them as a channel needs. The same over every engine (login.hpp), because SFTP
// itself is spoken here, on the engine's bare stream; so requests can be on their way for many files at once.
//
// One thread at a time. Every call ends within the login's time-out per step; after a lost connection each call fails as
// `temporary`. Messages name channel, server and path and never hold a secret.
#pragma once

#include "transport/channel.hpp"
#include "transport/pickup.hpp"
#include "transport/sftp/client.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <span>

namespace wharf::transport::sftp {

/// A file as it was listed: what is read must still have this size and time.
struct Wanted {
    std::string path;
    std::uint64_t size = 0;
    std::int64_t modified = 0;
};

/// What was read of a file when the connection broke: reading goes on there if size and time are the same.
struct Partial {
    Wanted file;
    std::string content;
};

struct WriteOptions {
    bool replace = false;  // write over a file that is there; else that is a failure
    bool sync = true;      // where the server can
    bool check = true;     // what the server holds afterwards must have the size of what was written
    std::optional<std::uint32_t> mode; // of the file, in place of the server's default
    std::uint64_t offset = 0; // of a draft of ours that was written so far
};

struct SessionLimits {
    unsigned most_open_files = 32;      // files open on the server at a time
    std::uint64_t bytes_per_second = 0; // 0: as fast as it goes
};

class Session {
public:
    explicit Session(std::unique_ptr<Client> client, SessionLimits limits = {});

    /// All names in a folder with what the listing says of them; no question per file unless the server leaves them out.
    [[nodiscard]] Result<std::vector<FolderEntry>> list(std::string const& folder);
    /// Not following a link in the last part; nothing when there is no such file.
    [[nodiscard]] Result<std::optional<FolderEntry>> status(std::string const& path);
    [[nodiscard]] std::vector<Result<std::optional<FolderEntry>>> statuses(std::span<std::string const> paths);

    /// The content if the file has this size and time before and after it is read; nothing when it has not or is gone.
    /// `partial` is where a broken reading of the same file ended; after a broken connection it holds where this one did.
    [[nodiscard]] Result<std::optional<std::string>> read(Wanted const& file, Partial* partial = nullptr);
    /// The same for many files, several on their way at a time; each has a result of its own.
    [[nodiscard]] std::vector<Result<std::optional<std::string>>> read_all(std::span<Wanted const> files);

    struct Draft {
        std::string path;
        std::string_view content;
        std::optional<std::int64_t> modified = std::nullopt; // its date, if the server lets us set it
    };
    /// Creates, writes, syncs, closes, checks. `written`: how many bytes from the beginning the server has for sure, also on failure.
    [[nodiscard]] Result<void> write(Draft const& file, WriteOptions const& options, std::uint64_t* written = nullptr);
    /// Small files, several at a time.
    [[nodiscard]] std::vector<Result<void>> write_all(std::span<Draft const> files, WriteOptions const& options);

    [[nodiscard]] Result<void> rename(std::string const& from, std::string const& to);
    struct Renaming {
        std::string from, to;
    };
    [[nodiscard]] std::vector<Result<void>> rename_all(std::span<Renaming const> files);
    /// Puts `from` in the place of `to` in one step where the server can (posix-rename); else removes `to` first.
    [[nodiscard]] Result<void> replace(std::string const& from, std::string const& to);
    /// A file that is gone already is success.
    [[nodiscard]] Result<void> remove(std::string const& path);
    [[nodiscard]] std::vector<Result<void>> remove_all(std::span<std::string const> paths);
    [[nodiscard]] Result<void> make_folder(std::string const& path);

    [[nodiscard]] bool is_broken() const { return client_->is_broken(); }
    [[nodiscard]] std::string description() const { return client_->stream().description(); }

private:
    using Id = Client::Id;
    struct Chunk {
        Id id;
        std::uint64_t offset;
        std::uint32_t length;
    };
    struct SmallRead {
        Id open = 0, before = 0, data = 0, after = 0, close = 0;
        bool begun = false, opened = false;
    };
    Result<Id> send_open(std::string const& path, std::uint32_t flags, std::optional<std::uint32_t> mode);
    Result<std::optional<std::string>> handle_of(Id id, std::string_view what, std::string const& path);
    Result<Attributes> attributes_of(Id id, std::string const& path);
    Result<std::optional<Attributes>> looked(Id id, std::string const& path);
    Result<Id> send_about(PacketType type, std::string_view text);
    void close_later(std::string const& handle);
    Result<bool> is_as_listed(std::string const& handle, Wanted const& file);
    Result<bool> matches(Result<Attributes> const& open, Wanted const& file);
    Result<bool> read_chunks(std::string const& handle, Wanted const& file, std::string& content);
    Result<void> ask_chunk(std::string const& handle, std::uint64_t offset, std::uint32_t length, std::deque<Chunk>& asked);
    Result<void> begin_small(SmallRead& work, Wanted const& file);
    Result<std::optional<std::string>> end_small(SmallRead& work, Wanted const& file);
    Result<void> write_chunks(std::string const& handle, std::string const& path, std::string_view content, std::uint64_t& written);
    /// What was asked of an open file, to be settled in this order.
    struct Step {
        enum class Kind { must, may, size }; // it must succeed; it may fail; the answer tells how many bytes there are
        Id id;
        Kind kind;
        std::string_view what;
    };
    [[nodiscard]] bool is_one_message(Draft const& file) const { return file.content.size() <= client_->limits().write_bytes; }
    Result<void> ask_last_steps(std::string const& handle, Draft const& file, WriteOptions const& options, std::vector<Step>& steps);
    Result<bool> settle(std::span<Step const> steps, Draft const& file);
    Result<void> check_held(Draft const& file);
    std::vector<Result<void>> each_settled(std::size_t count, std::string_view what, bool missing_is_fine,
                                           std::function<std::string const&(std::size_t)> const& path,
                                           std::function<Result<Id>(std::size_t)> const& ask);
    [[nodiscard]] std::size_t window() const;
    void pace(std::uint64_t bytes);

    std::unique_ptr<Client> client_;
    SessionLimits limits_;
    std::chrono::steady_clock::time_point free_at_{}; // when the bandwidth allows the next byte
};

} // namespace wharf::transport::sftp
