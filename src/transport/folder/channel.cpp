// A folder as a place for files. Every step works on names inside open folder handles and never follows a link, but for those
// that the channel's own folders are reached by.
#include "transport/channel.hpp"

#include "base/file.hpp"
#include "transport/descriptor.hpp"
#include "transport/folder/watch.hpp"
#include "transport/place.hpp"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <mutex>
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

bool same_file(struct stat const& status, Wanted const& file) {
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
    return 0;
}

/// A file system that keeps no such date keeps its own.
void set_time(int file, std::int64_t modified) {
    timespec const times[] = {{modified, 0}, {modified, 0}};
    (void)::futimens(file, times);
}

EntryType type_of(struct stat const& status) {
    return S_ISREG(status.st_mode)   ? EntryType::file
           : S_ISDIR(status.st_mode) ? EntryType::folder
           : S_ISLNK(status.st_mode) ? EntryType::link
                                     : EntryType::other;
}

FolderEntry entry_of(std::string name, struct stat const& status) {
    return {std::move(name), type_of(status), static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

/// A name inside an open folder.
struct Spot {
    int folder;
    std::string name;
};

class FolderPlace final : public Place {
public:
    FolderPlace(std::string channel, fs::path root, std::shared_ptr<FolderWatch> watch)
        : channel_(std::move(channel)), root_(std::move(root)), watch_(std::move(watch)) {}

    Result<void> open(std::string const& folder, std::string_view role);

    Result<std::vector<FolderEntry>> list(Path const& path) override;
    std::vector<Result<std::optional<FolderEntry>>> look(std::span<Path const> paths) override {
        return each<Result<std::optional<FolderEntry>>>(paths, [&](Path const& path) { return look(path); });
    }
    std::vector<Result<std::optional<std::string>>> read(std::span<Wanted const> files) override {
        return each<Result<std::optional<std::string>>>(files, [&](Wanted const& file) { return read(file); });
    }
    std::vector<Result<void>> write(std::span<Draft const> files, WriteOptions const& options) override {
        return each<Result<void>>(files, [&](Draft const& file) { return write(file, options); });
    }
    std::vector<Result<void>> rename(std::span<Renaming const> files) override {
        return each<Result<void>>(files, [&](Renaming const& file) { return rename(file, false); });
    }
    Result<void> replace(Path const& from, Path const& to) override { return rename({from, to}, true); }
    std::vector<Result<void>> remove(std::span<Path const> paths) override {
        return each<Result<void>>(paths, [&](Path const& path) { return remove(path); });
    }
    Result<void> make_folder(Path const& path) override;
    Result<void> settle(std::string const& folder) override { return sync_folder(root_ / folder); }
    std::string show(Path const& path) const override { return quote_name(full(path).native()); }

private:
    template <class R, class Items, class Call> std::vector<R> each(Items items, Call const& call) {
        std::vector<R> results;
        results.reserve(items.size());
        for (auto const& item : items)
            results.push_back(call(item));
        return results;
    }
    [[nodiscard]] fs::path full(Path const& path) const {
        return path.name.empty() ? root_ / path.folder : root_ / path.folder / path.name;
    }
    [[nodiscard]] std::unexpected<Error> failed(int number, std::string_view what, Path const& path, std::string_view advice = {}) const {
        return std::unexpected(Error{kind_of(number), fmt::format("channel {}: cannot {} {}: {}{}{}", channel_, what, show(path),
                                                                  std::strerror(number), advice.empty() ? "" : ". ", advice)});
    }
    Result<Spot> spot(Path const& path, std::string_view verb);
    Result<std::optional<FolderEntry>> look(Path const& path);
    Result<std::optional<std::string>> read(Wanted const& file);
    Result<void> write(Draft const& file, WriteOptions const& options);
    Result<void> rename(Renaming const& file, bool replace);
    Result<void> remove(Path const& path);

    std::string channel_;
    fs::path root_;
    std::shared_ptr<FolderWatch> watch_;        // of the inbox, the only folder that is listed; none: nobody watches
    std::map<std::string, Descriptor> folders_; // open ones, by "folder/inside"
};

Result<void> FolderPlace::open(std::string const& folder, std::string_view role) {
    Descriptor handle(::open((root_ / folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!handle.is_open())
        return failed(errno, fmt::format("open the {}", role), {folder, ""},
                      errno == ENOENT ? "Create the folder or correct the channel's file" : "");
    folders_.insert_or_assign(folder, std::move(handle));
    return {};
}

/// The folder that `path` is in, opened. Below the channel's own folder no link is followed: a partner might have made it.
Result<Spot> FolderPlace::spot(Path const& path, std::string_view verb) {
    if (auto known = folders_.find(path.folder); known == folders_.end())
        if (auto opened = open(path.folder, "folder"); !opened)
            return unexpected(opened.error());
    auto inside = path.folder;
    auto at = folders_.at(path.folder).get();
    std::string_view rest = path.name;
    for (auto slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
        std::string const part(rest.substr(0, slash));
        rest.remove_prefix(slash + 1);
        inside += "/" + part;
        auto known = folders_.find(inside);
        if (known == folders_.end()) {
            Descriptor handle(::openat(at, part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!handle.is_open())
                return failed(errno, verb, path);
            known = folders_.insert_or_assign(inside, std::move(handle)).first;
        }
        at = known->second.get();
    }
    return Spot{at, std::string(rest)};
}

Result<std::vector<FolderEntry>> FolderPlace::list(Path const& path) {
    auto const inside = spot({path.folder, path.name.empty() ? "." : path.name + "/."}, "list");
    if (!inside)
        return unexpected(inside.error());
    Descriptor own(::openat(inside->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // an offset of its own
    auto* const stream = own.is_open() ? ::fdopendir(own.get()) : nullptr;
    if (!stream)
        return failed(errno, "list the inbox", path);
    own.release(); // the stream closes it
    std::unique_ptr<DIR, int (*)(DIR*)> const closing(stream, ::closedir);

    std::vector<FolderEntry> entries;
    for (;;) {
        errno = 0;
        auto const* const line = ::readdir(stream);
        if (!line && errno != 0)
            return failed(errno, "list the inbox", path);
        if (!line)
            break;
        struct stat status{};
        if (::fstatat(inside->folder, line->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) // else gone since the folder was read
            entries.push_back(entry_of(line->d_name, status));
    }
    if (watch_)
        watch_->mark(path.name, entries);
    return entries;
}

Result<std::optional<FolderEntry>> FolderPlace::look(Path const& path) {
    auto const at = spot(path, "look at");
    if (!at)
        return unexpected(at.error());
    struct stat status{};
    if (::fstatat(at->folder, at->name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        return entry_of(path.name, status);
    if (errno == ENOENT)
        return std::nullopt;
    return failed(errno, "look at", path);
}

Result<std::optional<std::string>> FolderPlace::read(Wanted const& file) {
    auto const at = spot(file.path, "open");
    if (!at)
        return unexpected(at.error());
    Descriptor const handle(::openat(at->folder, at->name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!handle.is_open() && errno == ENOENT)
        return std::nullopt;
    if (!handle.is_open())
        return failed(errno, "open", file.path, errno == ELOOP ? "It is a link, and links are not followed" : "");
    struct stat before{}, after{};
    if (::fstat(handle.get(), &before) != 0)
        return failed(errno, "read", file.path);
    if (!same_file(before, file))
        return std::nullopt;
    std::string content;
    auto const trouble = read_exactly(handle.get(), content, file.size);
    if (trouble == EAGAIN)
        return std::nullopt;
    if (trouble != 0 || ::fstat(handle.get(), &after) != 0)
        return failed(trouble != 0 ? trouble : errno, "read", file.path);
    return unchanged(before, after) ? std::optional(std::move(content)) : std::nullopt;
}

Result<void> FolderPlace::write(Draft const& file, WriteOptions const& options) {
    auto const at = spot(file.path, "write");
    if (!at)
        return unexpected(at.error());
    int const flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (options.replace ? O_TRUNC : O_EXCL);
    Descriptor const handle(::openat(at->folder, at->name.c_str(), flags, 0644));
    if (!handle.is_open())
        return failed(errno, "write", file.path);
    if (options.mode != 0 && ::fchmod(handle.get(), options.mode) != 0)
        return failed(errno, "set the rights of", file.path);
    auto const trouble = write_all(handle.get(), file.content);
    if (trouble != 0)
        return failed(trouble, "write", file.path);
    if (file.modified)
        set_time(handle.get(), *file.modified);
    struct stat status{};
    if ((options.sync && ::fsync(handle.get()) != 0) || ::fstat(handle.get(), &status) != 0)
        return failed(errno, "write", file.path);
    return !options.check ? Result<void>()
                          : check_size("channel " + channel_, show(file.path), entry_of(file.path.name, status), file.content.size());
}

Result<void> FolderPlace::rename(Renaming const& file, bool replace) {
    auto const from = spot(file.from, "rename"), to = spot(file.to, "rename");
    if (!from || !to)
        return unexpected((from ? to : from).error());
    auto const trouble = !replace ? rename_new(from->folder, from->name, to->folder, to->name)
                         : ::renameat(from->folder, from->name.c_str(), to->folder, to->name.c_str()) == 0 ? 0
                                                                                                           : errno;
    if (trouble == 0)
        return {};
    return failed(trouble, fmt::format("rename to {}", show(file.to)), file.from,
                  trouble == EXDEV ? "Choose a folder on the same file system" : "");
}

Result<void> FolderPlace::remove(Path const& path) {
    auto const at = spot(path, "remove");
    if (!at)
        return unexpected(at.error());
    if (::unlinkat(at->folder, at->name.c_str(), 0) != 0 && errno != ENOENT)
        return failed(errno, "remove", path, "The gateway needs the right to delete in this folder");
    return {};
}

Result<void> FolderPlace::make_folder(Path const& path) {
    std::error_code code;
    fs::create_directories(full(path), code);
    if (code)
        return failed(code.value(), "create the folder", path);
    return {};
}

/// The caller's hold on a watch that connections use, too.
class HeldWatch final : public Watch {
public:
    explicit HeldWatch(std::shared_ptr<FolderWatch> watch) : watch_(std::move(watch)) {}
    ~HeldWatch() override { watch_->stop(); }
    std::string renew() override { return watch_->renew(); }

private:
    std::shared_ptr<FolderWatch> watch_;
};

class FolderChannel final : public Channel {
public:
    FolderChannel(std::string name, FolderSettings settings, Clock const* clock)
        : root_(std::move(settings.root)), may_watch_(settings.watch), state_(std::make_shared<MailboxState>()) {
        state_->name = std::move(name);
        state_->rules = std::move(settings.rules);
        state_->clock = clock;
    }
    std::string const& name() const override { return state_->name; }

    Result<std::unique_ptr<Connection>> connect() override {
        auto const& rules = state_->rules;
        if (rules.inbox.empty() && rules.outbox.empty())
            return invalid(fmt::format("channel {}: it has neither an inbox nor an outbox", state_->name));
        std::shared_ptr<FolderWatch> watching;
        {
            std::lock_guard const guard(mutex_);
            watching = watch_.lock();
        }
        auto place = std::make_unique<FolderPlace>(state_->name, root_, std::move(watching));
        if (rules.upload.make_folders && !rules.outbox.empty())
            if (auto made = place->make_folder({rules.outbox, ""}); !made)
                return unexpected(made.error());
        for (auto const& [folder, role] : {std::pair(rules.inbox, "inbox"), std::pair(rules.outbox, "outbox")})
            if (!folder.empty())
                if (auto opened = place->open(folder, role); !opened)
                    return unexpected(opened.error());
        return make_mailbox(state_, std::move(place));
    }

    std::unique_ptr<Watch> watch(std::function<void()> changed) override {
        if (!may_watch_ || state_->rules.inbox.empty())
            return nullptr;
        auto made = std::make_shared<FolderWatch>(root_ / state_->rules.inbox, state_->rules, std::move(changed));
        std::lock_guard const guard(mutex_);
        watch_ = made;
        return std::make_unique<HeldWatch>(std::move(made));
    }

private:
    fs::path root_;
    bool may_watch_;
    std::shared_ptr<MailboxState> state_;
    std::mutex mutex_;
    std::weak_ptr<FolderWatch> watch_;
};

} // namespace

std::unique_ptr<Channel> make_folder_channel(std::string name, FolderSettings settings, Clock const* clock) {
    return std::make_unique<FolderChannel>(std::move(name), std::move(settings), clock);
}

} // namespace wharf::transport
