// The few verbs that a mailbox needs of where its files are: a folder of this machine, a login on a server. What the channel
// promises (take once, never replace, never show half a file) is written once above them, in mailbox.cpp.
//
// Verbs take many files at a time and give a result for each: a server can be asked for all of them at once. One thread at a time.
#pragma once

#include "transport/channel.hpp"
#include "transport/pickup.hpp"

#include <optional>
#include <span>

namespace wharf::transport {

/// `folder` as the channel's file names it; `name` a plain name, or a path of them below that folder.
struct Path {
    std::string folder, name;
};

/// As one path: "folder/name".
[[nodiscard]] std::string joined(Path const& path);

/// A file as it was listed: what is read must still have this size and time.
struct Wanted {
    Path path;
    std::uint64_t size = 0;
    std::int64_t modified = 0;
};

struct Draft {
    Path path;
    std::string_view content;
    std::optional<std::int64_t> modified = std::nullopt; // its date, where it can be set; else that of the writing
};

struct Renaming {
    Path from, to;
};

struct WriteOptions {
    bool replace = false; // write over a file that is there; else that is a failure
    bool sync = true;     // where it can
    std::uint32_t mode = 0;
    bool check = true;    // what is there afterwards must have the size of what was written
};

/// Of a file that was written and is looked at: `temporary` unless it has this size. `place` begins the message.
[[nodiscard]] Result<void> check_size(std::string_view place, std::string_view shown, std::optional<FolderEntry> const& found,
                                      std::size_t wanted);

class Place {
public:
    virtual ~Place() = default;
    /// Of `path.folder`, or of the folder `path.name` inside it; names as they stand there.
    [[nodiscard]] virtual Result<std::vector<FolderEntry>> list(Path const& path) = 0;
    /// Not following a link in the last part; nothing when there is no such file.
    [[nodiscard]] virtual std::vector<Result<std::optional<FolderEntry>>> look(std::span<Path const> paths) = 0;
    /// The content if the file has this size and time before and after it is read; nothing when it has not or is gone.
    [[nodiscard]] virtual std::vector<Result<std::optional<std::string>>> read(std::span<Wanted const> files) = 0;
    /// Creates, writes, syncs, checks.
    [[nodiscard]] virtual std::vector<Result<void>> write(std::span<Draft const> files, WriteOptions const& options) = 0;
    /// Fails when the target exists, as far as the place can tell.
    [[nodiscard]] virtual std::vector<Result<void>> rename(std::span<Renaming const> files) = 0;
    /// `from` takes the place of `to`.
    [[nodiscard]] virtual Result<void> replace(Path const& from, Path const& to) = 0;
    /// A file that is gone already is success.
    [[nodiscard]] virtual std::vector<Result<void>> remove(std::span<Path const> paths) = 0;
    /// With its parents; one that is there is success.
    [[nodiscard]] virtual Result<void> make_folder(Path const& path) = 0;
    /// What was renamed into it survives a power cut, where the place can promise that.
    [[nodiscard]] virtual Result<void> settle(std::string const& folder) = 0;
    /// The draft of the same content that an earlier, broken connection began: writing it again goes on where it ended.
    [[nodiscard]] virtual std::optional<Path> begun(std::string_view content) {
        (void)content;
        return std::nullopt;
    }
    /// For messages: quoted.
    [[nodiscard]] virtual std::string show(Path const& path) const = 0;
    [[nodiscard]] virtual std::string description() const { return {}; }
};

/// What connections of one channel share and what outlives them.
struct MailboxState {
    std::string name;
    PickupRules rules;
    Clock const* clock = nullptr; // none: the system's
    SystemClock system_clock;
    PickupMemory memory;
    [[nodiscard]] Timestamp now() const { return clock ? clock->now() : system_clock.now(); }
};

/// `invalid` when a channel on a server lacks what it cannot do without.
[[nodiscard]] Result<void> check_login(std::string_view channel, PickupRules const& rules, std::string_view host, std::string_view user);

[[nodiscard]] std::unique_ptr<Connection> make_mailbox(std::shared_ptr<MailboxState> state, std::unique_ptr<Place> place);

} // namespace wharf::transport
