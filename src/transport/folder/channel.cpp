// A folder as a channel. Every step works on names inside open folder handles, never follows a link in the last part,
// and never replaces a file that is there.
#include "transport/channel.hpp"

#include "base/file.hpp"
#include "transport/descriptor.hpp"
#include "transport/pickup.hpp"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace wharf::transport {
namespace {

namespace fs = std::filesystem;

/// A full disk, a shortage of handles, a share that stopped answering pass; a missing folder or right does not.
ErrorKind kind_of(int number) {
    switch (number) {
    case EAGAIN:
    case EBUSY:
    case EDQUOT:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case EINTR:
    case EIO:
    case EMFILE:
    case ENETDOWN:
    case ENETUNREACH:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case ESTALE:
    case ETIMEDOUT:
    case ETXTBSY:
        return ErrorKind::temporary;
    default:
        return ErrorKind::permanent;
    }
}

struct OpenFolder {
    fs::path path;
    Descriptor handle;
};

/// What a connection needs and what outlives it.
struct Shared {
    std::string name;
    FolderSettings settings;
    Clock const* clock;
    SystemClock system_clock;
    PickupMemory memory;

    [[nodiscard]] std::unexpected<Error> failed(int number, std::string_view what, fs::path const& path,
                                                std::string_view advice = {}) const {
        return std::unexpected(Error{kind_of(number), fmt::format("channel {}: cannot {} {}: {}{}{}", name, what,
                                                                  quote_name(path.native()), std::strerror(number),
                                                                  advice.empty() ? "" : ". ", advice)});
    }
    [[nodiscard]] fs::path absolute(std::string const& folder) const { return settings.root / folder; }

    [[nodiscard]] Result<OpenFolder> open_folder(std::string const& folder, std::string_view role) const {
        auto path = absolute(folder);
        Descriptor handle(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!handle.is_open())
            return failed(errno, fmt::format("open the {}", role), path,
                          errno == ENOENT ? "Create the folder or correct the channel's file" : "");
        return OpenFolder{std::move(path), std::move(handle)};
    }
    /// Archive and failed folder are ours: made when missing.
    [[nodiscard]] Result<OpenFolder> make_folder(std::string const& folder, std::string_view role) const {
        std::error_code code;
        fs::create_directories(absolute(folder), code);
        if (code)
            return failed(code.value(), fmt::format("create the {}", role), absolute(folder));
        return open_folder(folder, role);
    }
};

bool same_file(struct stat const& status, RemoteFile const& file) {
    return S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == file.size &&
           status.st_mtim.tv_sec == file.modified;
}

bool unchanged(struct stat const& before, struct stat const& after) {
    return before.st_size == after.st_size && before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
           before.st_mtim.tv_nsec == after.st_mtim.tv_nsec;
}

/// rename that never replaces. Returns 0 or the errno; EEXIST when the target is there.
int rename_new(int from_folder, std::string const& from, int to_folder, std::string const& to) {
    if (::renameat2(from_folder, from.c_str(), to_folder, to.c_str(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    // A file system without the flag (some network shares): look first. Only we write archives, and a partner's name
    // that appears in between is as lost as under any other program there.
    struct stat status{};
    if (::fstatat(to_folder, to.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        return EEXIST;
    return ::renameat(from_folder, from.c_str(), to_folder, to.c_str()) == 0 ? 0 : errno;
}

/// Exactly `size` bytes and then the end, or EAGAIN when the file turns out shorter or longer.
int read_exactly(int file, std::string& content, std::size_t size) {
    content.resize(size + 1); // one more, to see that it did not grow
    std::size_t have = 0;
    while (have < content.size()) {
        auto const got = ::read(file, content.data() + have, content.size() - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        have += static_cast<std::size_t>(got);
    }
    content.resize(size);
    return have == size ? 0 : EAGAIN;
}

int write_all(int file, std::string_view content) {
    while (!content.empty()) {
        auto const put = ::write(file, content.data(), content.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return errno;
        content.remove_prefix(static_cast<std::size_t>(put));
    }
    return ::fsync(file) == 0 ? 0 : errno;
}

class FolderConnection final : public Connection {
public:
    FolderConnection(std::shared_ptr<Shared> shared, OpenFolder inbox, OpenFolder outbox)
        : shared_(std::move(shared)), inbox_(std::move(inbox)), outbox_(std::move(outbox)) {}

    Result<Listing> list() override;
    Result<std::string> fetch(RemoteFile const& file) override;
    Result<void> finish(RemoteFile const& file) override;
    Result<void> set_aside(RemoteFile const& file) override;
    Result<void> put(std::string_view name, std::string_view content) override;

private:
    [[nodiscard]] Result<void> check_inbox(std::string_view name) const {
        if (!inbox_.handle.is_open())
            return invalid(fmt::format("channel {}: it has no inbox, so nothing can be read from it", shared_->name));
        if (!is_plain_file_name(name))
            return invalid(fmt::format("channel {}: {} is not a plain file name", shared_->name, quote_name(name)));
        return {};
    }
    Result<bool> still_there(RemoteFile const& file, std::string_view verb);
    Result<void> move_to(RemoteFile const& file, std::string const& folder, std::string_view role);
    /// What stands under `name` in the outbox compared with `content`; nothing there: not `exists`.
    enum class Present { absent, same, different };
    Result<Present> compare(std::string const& name, std::string_view content);

    std::shared_ptr<Shared> shared_;
    OpenFolder inbox_, outbox_;
};

Result<Listing> FolderConnection::list() {
    if (auto fine = check_inbox("any"); !fine)
        return unexpected(fine.error());
    Descriptor own(::openat(inbox_.handle.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // an offset of its own
    auto* const stream = own.is_open() ? ::fdopendir(own.get()) : nullptr;
    if (!stream)
        return shared_->failed(errno, "list the inbox", inbox_.path);
    own.release(); // the stream closes it
    std::unique_ptr<DIR, int (*)(DIR*)> const closing(stream, ::closedir);

    std::vector<FolderEntry> entries;
    for (;;) {
        errno = 0;
        auto const* const line = ::readdir(stream);
        if (!line && errno != 0)
            return shared_->failed(errno, "list the inbox", inbox_.path);
        if (!line)
            break;
        struct stat status{};
        if (::fstatat(inbox_.handle.get(), line->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue; // gone since the folder was read
        auto const type = S_ISREG(status.st_mode)   ? EntryType::file
                          : S_ISDIR(status.st_mode) ? EntryType::folder
                          : S_ISLNK(status.st_mode) ? EntryType::link
                                                    : EntryType::other;
        entries.push_back({line->d_name, type, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec,
                           status.st_mtim.tv_nsec});
    }
    auto const& clock = shared_->clock ? *shared_->clock : shared_->system_clock;
    return shared_->memory.choose(shared_->settings.rules, std::move(entries), clock.now());
}

Result<std::string> FolderConnection::fetch(RemoteFile const& file) {
    if (auto fine = check_inbox(file.name); !fine)
        return unexpected(fine.error());
    auto const path = inbox_.path / file.name;
    auto const limit = shared_->settings.rules.max_bytes;
    Descriptor const handle(
        ::openat(inbox_.handle.get(), file.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    auto const changed = [&] {
        return temporary(fmt::format("channel {}: {} changed or went since it was listed ({} bytes then); it will be taken when it "
                                     "is complete",
                                     shared_->name, quote_name(path.native()), file.size));
    };
    if (!handle.is_open() && errno == ENOENT)
        return changed();
    if (!handle.is_open())
        return shared_->failed(errno, "open", path, errno == ELOOP ? "It is a link, and links are not followed" : "");
    struct stat before{};
    if (::fstat(handle.get(), &before) != 0)
        return shared_->failed(errno, "read", path);
    if (!same_file(before, file))
        return changed();
    if (file.size > limit)
        return permanent(fmt::format("channel {}: {} has {} bytes and the channel's limit is {}", shared_->name,
                                     quote_name(path.native()), file.size, limit));
    std::string content;
    auto const trouble = read_exactly(handle.get(), content, file.size);
    if (trouble == EAGAIN)
        return changed();
    if (trouble != 0)
        return shared_->failed(trouble, "read", path);
    struct stat after{};
    if (::fstat(handle.get(), &after) != 0)
        return shared_->failed(errno, "read", path);
    if (!unchanged(before, after))
        return changed();
    return content;
}

/// False when the file is gone (a crash after the removal) or another one has its name: then it is not ours to touch.
Result<bool> FolderConnection::still_there(RemoteFile const& file, std::string_view verb) {
    if (auto fine = check_inbox(file.name); !fine)
        return unexpected(fine.error());
    struct stat status{};
    if (::fstatat(inbox_.handle.get(), file.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        return same_file(status, file);
    if (errno == ENOENT)
        return false;
    return shared_->failed(errno, verb, inbox_.path / file.name);
}

// No sync here: a removal undone by a power cut shows a file again whose claim key the store already knows.
Result<void> FolderConnection::finish(RemoteFile const& file) {
    if (!shared_->settings.rules.archive.empty())
        return move_to(file, shared_->settings.rules.archive, "archive");
    auto const there = still_there(file, "remove");
    if (!there)
        return unexpected(there.error());
    if (!*there)
        return {};
    auto const path = inbox_.path / file.name;
    if (::unlinkat(inbox_.handle.get(), file.name.c_str(), 0) != 0 && errno != ENOENT)
        return shared_->failed(errno, "remove", path, "The gateway needs the right to delete in the inbox");
    return {};
}

Result<void> FolderConnection::set_aside(RemoteFile const& file) {
    return move_to(file, failed_folder(shared_->settings.rules), "failed folder");
}

Result<void> FolderConnection::move_to(RemoteFile const& file, std::string const& folder, std::string_view role) {
    auto const there = still_there(file, "move");
    if (!there)
        return unexpected(there.error());
    if (!*there)
        return {};
    auto const path = inbox_.path / file.name;
    auto target = shared_->make_folder(folder, role);
    if (!target)
        return unexpected(target.error());
    for (unsigned number = 0; number < most_numbered_names; ++number) {
        auto const name = numbered_name(file.name, number);
        auto const trouble = rename_new(inbox_.handle.get(), file.name, target->handle.get(), name);
        if (trouble == 0 || trouble == ENOENT)
            return {};
        if (trouble == EEXIST)
            continue;
        return shared_->failed(trouble, fmt::format("move into the {} {}:", role, quote_name(target->path.native())), path,
                               trouble == EXDEV ? "Choose a folder on the same file system as the inbox" : "");
    }
    return permanent(fmt::format("channel {}: the {} {} holds {} files named like {}; clear it out", shared_->name, role,
                                 quote_name(target->path.native()), most_numbered_names, quote_name(file.name)));
}

Result<FolderConnection::Present> FolderConnection::compare(std::string const& name, std::string_view content) {
    auto const path = outbox_.path / name;
    Descriptor const handle(
        ::openat(outbox_.handle.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!handle.is_open() && errno == ENOENT)
        return Present::absent;
    if (!handle.is_open() && errno == ELOOP)
        return Present::different;
    struct stat status{};
    if (!handle.is_open() || ::fstat(handle.get(), &status) != 0)
        return shared_->failed(errno, "compare with the existing", path);
    if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) != content.size())
        return Present::different;
    std::string existing;
    auto const trouble = read_exactly(handle.get(), existing, content.size());
    if (trouble != 0 && trouble != EAGAIN)
        return shared_->failed(trouble, "compare with the existing", path);
    return trouble == 0 && existing == content ? Present::same : Present::different;
}

Result<void> FolderConnection::put(std::string_view name, std::string_view content) {
    if (!outbox_.handle.is_open())
        return invalid(fmt::format("channel {}: it has no outbox, so nothing can be written to it", shared_->name));
    if (!is_plain_file_name(name))
        return invalid(fmt::format("channel {}: {} is not a plain file name", shared_->name, quote_name(name)));
    std::string const target(name);
    auto const path = outbox_.path / target;
    auto const folder = outbox_.handle.get();
    auto const settle = [&](Present present) -> Result<void> {
        if (present == Present::same)
            return sync_folder(outbox_.path); // an earlier try may have ended before its own sync
        return permanent(fmt::format("channel {}: {} exists with other content and is left alone; the partner has not "
                                     "fetched it, or the file name pattern repeats",
                                     shared_->name, quote_name(path.native())));
    };
    auto present = compare(target, content);
    if (!present)
        return unexpected(present.error());
    if (*present != Present::absent)
        return settle(*present);

    auto const draft = temporary_name();
    int trouble = 0;
    {
        Descriptor const handle(
            ::openat(folder, draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
        if (!handle.is_open())
            return shared_->failed(errno, "write into the outbox", outbox_.path);
        trouble = write_all(handle.get(), content);
    }
    if (trouble == 0)
        trouble = rename_new(folder, draft, folder, target);
    if (trouble == 0)
        return sync_folder(outbox_.path);
    ::unlinkat(folder, draft.c_str(), 0);
    if (trouble != EEXIST)
        return shared_->failed(trouble, "write", path);
    present = compare(target, content); // somebody was faster
    if (!present)
        return unexpected(present.error());
    return *present == Present::absent ? Result<void>(temporary(fmt::format(
                                             "channel {}: {} came and went while it was written; it will be tried again",
                                             shared_->name, quote_name(path.native()))))
                                       : settle(*present);
}

class FolderChannel final : public Channel {
public:
    FolderChannel(std::string name, FolderSettings settings, Clock const* clock)
        : shared_(std::make_shared<Shared>()) {
        shared_->name = std::move(name);
        shared_->settings = std::move(settings);
        shared_->clock = clock;
    }
    std::string const& name() const override { return shared_->name; }

    Result<std::unique_ptr<Connection>> connect() override {
        auto const& rules = shared_->settings.rules;
        if (rules.inbox.empty() && rules.outbox.empty())
            return invalid(fmt::format("channel {}: it has neither an inbox nor an outbox", shared_->name));
        OpenFolder inbox, outbox;
        if (!rules.inbox.empty()) {
            auto opened = shared_->open_folder(rules.inbox, "inbox");
            if (!opened)
                return unexpected(opened.error());
            inbox = std::move(*opened);
        }
        if (!rules.outbox.empty()) {
            auto opened = shared_->open_folder(rules.outbox, "outbox");
            if (!opened)
                return unexpected(opened.error());
            outbox = std::move(*opened);
        }
        return std::make_unique<FolderConnection>(shared_, std::move(inbox), std::move(outbox));
    }

private:
    std::shared_ptr<Shared> shared_;
};

} // namespace

std::unique_ptr<Channel> make_folder_channel(std::string name, FolderSettings settings, Clock const* clock) {
    return std::make_unique<FolderChannel>(std::move(name), std::move(settings), clock);
}

} // namespace wharf::transport
