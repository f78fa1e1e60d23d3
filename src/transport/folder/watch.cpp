#include "transport/folder/watch.hpp"

#include "base/file.hpp"
#include "transport/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <linux/magic.h>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <system_error>
#include <thread>

namespace wharf::transport {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t wanted_events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF;

/// File systems that other machines write to, by the magic number of statfs.
constexpr std::array<std::pair<std::uint32_t, std::string_view>, 13> shared_file_systems = {{
    {NFS_SUPER_MAGIC, "NFS"},
    {SMB_SUPER_MAGIC, "SMB"},
    {0xFF534D42U, "CIFS"},
    {0xFE534D42U, "SMB"},
    {CODA_SUPER_MAGIC, "Coda"},
    {AFS_SUPER_MAGIC, "AFS"},
    {0x6B414653U, "AFS"},
    {V9FS_MAGIC, "9p"},
    {0x00C36400U, "Ceph"},
    {0x65735546U, "FUSE"}, // sshfs, GlusterFS, buckets
    {0x0BD00BD0U, "Lustre"},
    {0x47504653U, "GPFS"},
    {0x01161970U, "GFS2"},
}};

std::string_view shared_file_system(fs::path const& folder) {
    struct statfs facts{};
    if (::statfs(folder.c_str(), &facts) != 0)
        return {};
    auto const number = static_cast<std::uint32_t>(facts.f_type);
    auto const found = std::ranges::find(shared_file_systems, number, &std::pair<std::uint32_t, std::string_view>::first);
    return found == shared_file_systems.end() ? std::string_view() : found->second;
}

std::string below(std::string const& inside, std::string_view name) {
    return inside.empty() ? std::string(name) : inside + "/" + std::string(name);
}

std::string why_not(int number, fs::path const& folder) {
    auto text = fmt::format("{} is not watched: {}", quote_name(folder.native()), std::strerror(number));
    if (number == ENOSPC)
        text += "; the system's watches are used up: raise fs.inotify.max_user_watches (sysctl)";
    if (number == EMFILE)
        text += "; the system's inotify instances are used up: raise fs.inotify.max_user_instances (sysctl)";
    return text;
}

} // namespace

/// The one inotify instance, and who wants to know what it says.
class Notifier {
public:
    /// The one that is there, or a new one; nullptr and errno when the system gives none.
    static std::shared_ptr<Notifier> shared() {
        static std::mutex mutex;
        static std::weak_ptr<Notifier> known;
        std::lock_guard const guard(mutex);
        if (auto there = known.lock())
            return there;
        Descriptor queue(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), stop(::eventfd(0, EFD_CLOEXEC));
        if (!queue.is_open() || !stop.is_open())
            return nullptr;
        std::shared_ptr<Notifier> const made(new Notifier(std::move(queue), std::move(stop)));
        try {
            made->thread_ = std::jthread([notifier = made.get()] { notifier->run(); });
        } catch (std::system_error const&) {
            errno = EAGAIN;
            return nullptr;
        }
        known = made;
        return made;
    }
    ~Notifier() {
        std::uint64_t const one = 1;
        (void)!::write(stop_.get(), &one, sizeof one); // an eventfd takes eight bytes or there is no system left
    }

    [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

    // --- with the lock held

    /// The descriptor, which is another subscriber's as well when both watch one folder; or -1 and errno.
    int add(fs::path const& folder, std::uint32_t flags) { return ::inotify_add_watch(queue_.get(), folder.c_str(), wanted_events | flags); }
    void subscribe(int folder, FolderWatch* watch) { subscribers_[folder].insert(watch); }
    void unsubscribe(int folder, FolderWatch* watch) {
        auto const found = subscribers_.find(folder);
        if (found == subscribers_.end() || found->second.erase(watch) == 0 || !found->second.empty())
            return;
        subscribers_.erase(found);
        ::inotify_rm_watch(queue_.get(), folder); // fails when the folder is gone, and the watch with it
    }
    /// Hands out what the kernel has queued up to now.
    void catch_up();

private:
    Notifier(Descriptor queue, Descriptor stop) : queue_(std::move(queue)), stop_(std::move(stop)) {}
    void run();
    void hand_out(inotify_event const& event, std::string_view name);

    Descriptor queue_, stop_;
    std::mutex mutex_;
    std::map<int, std::set<FolderWatch*>> subscribers_;
    std::jthread thread_; // last: it uses all of the above
};

void Notifier::run() {
    for (;;) {
        std::array<pollfd, 2> wait = {{{queue_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
        if (::poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR)
            return;
        if (wait[1].revents != 0)
            return;
        auto const guard = lock();
        catch_up();
    }
}

void Notifier::catch_up() {
    alignas(inotify_event) std::array<char, 16384> buffer;
    for (;;) {
        auto const got = ::read(queue_.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(got);) {
            inotify_event event;
            std::memcpy(&event, buffer.data() + at, sizeof event);
            std::string_view name(buffer.data() + at + sizeof event, event.len);
            hand_out(event, name.substr(0, name.find('\0')));
            at += sizeof event + event.len;
        }
    }
}

void Notifier::hand_out(inotify_event const& event, std::string_view name) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        std::set<FolderWatch*> all;
        for (auto const& [folder, watches] : subscribers_)
            all.insert(watches.begin(), watches.end());
        for (auto* const watch : all)
            watch->overflowed();
        return;
    }
    auto const found = subscribers_.find(event.wd);
    if (found == subscribers_.end())
        return;
    for (auto* const watch : found->second)
        watch->take({event.wd, event.mask, event.cookie, name});
    if ((event.mask & IN_IGNORED) != 0) // the kernel has dropped it
        subscribers_.erase(found);
}

FolderWatch::FolderWatch(fs::path inbox, PickupRules const& rules, std::function<void()> changed)
    : inbox_(std::move(inbox)), rules_(rules), changed_(std::move(changed)), notifier_(Notifier::shared()) {
    if (!notifier_)
        trouble_ = why_not(errno, inbox_);
}

FolderWatch::~FolderWatch() { stop(); }

void FolderWatch::stop() {
    if (!notifier_)
        return;
    auto const guard = notifier_->lock();
    for (auto const& [folder, inside] : folders_)
        notifier_->unsubscribe(folder, this);
    folders_.clear();
    open_.clear();
}

std::string FolderWatch::renew() {
    if (!notifier_) {
        notifier_ = Notifier::shared();
        if (!notifier_)
            return trouble_;
    }
    auto const guard = notifier_->lock();
    notifier_->catch_up();
    struct stat status{};
    if (::stat(inbox_.c_str(), &status) != 0) {
        trouble_ = why_not(errno, inbox_);
        stale_ = true;
        return trouble_;
    }
    auto const identity = std::pair(status.st_dev, status.st_ino);
    if (!stale_ && identity_ == identity)
        return trouble_;
    if (identity_ != identity)
        open_.clear();
    identity_ = identity;
    stale_ = false;
    std::map<int, std::string> found;
    trouble_ = walk(found);
    for (auto const& [folder, inside] : folders_)
        if (!found.contains(folder))
            notifier_->unsubscribe(folder, this);
    folders_ = std::move(found);
    return trouble_;
}

/// Adds the inbox and, level by level, what is inside it.
std::string FolderWatch::walk(std::map<int, std::string>& found) {
    if (auto const kind = shared_file_system(inbox_); !kind.empty())
        return fmt::format("{} is not watched: it is on a file system ({}) that other machines write to, of which this one hears nothing",
                           quote_name(inbox_.native()), kind);
    if (auto wrong = add("", found); !wrong.empty())
        return wrong;
    auto const archive = last_part(rules_.archive), failed = last_part(failed_folder(rules_));
    std::vector<std::string> level = {""};
    for (unsigned depth = 0; depth < rules_.depth; ++depth) {
        std::vector<std::string> next;
        for (auto const& inside : level) {
            std::error_code error;
            for (fs::directory_iterator entry(inbox_ / inside, error), end; !error && entry != end; entry.increment(error)) {
                auto const name = entry->path().filename().string();
                bool const ours = inside.empty() && (name == archive || name == failed);
                std::error_code ignored;
                if (ours || name.starts_with('.') || entry->symlink_status(ignored).type() != fs::file_type::directory)
                    continue;
                next.push_back(below(inside, name));
                if (auto wrong = add(next.back(), found); !wrong.empty())
                    return wrong;
            }
        }
        level = std::move(next);
    }
    return {};
}

std::string FolderWatch::add(std::string const& inside, std::map<int, std::string>& found) {
    auto const folder = inside.empty() ? inbox_ : inbox_ / inside;
    if (found.size() >= most_folders)
        return fmt::format("{} is not watched: there are more than {} folders in {}", quote_name(folder.native()), most_folders,
                           quote_name(inbox_.native()));
    auto const descriptor = notifier_->add(folder, IN_ONLYDIR | (inside.empty() ? 0U : IN_DONT_FOLLOW));
    if (descriptor < 0) {
        auto const number = errno;
        // A folder inside that went while we looked tells so itself, by an event of the one above it.
        return !inside.empty() && (number == ENOENT || number == ENOTDIR) ? std::string() : why_not(number, folder);
    }
    found.emplace(descriptor, inside);
    notifier_->subscribe(descriptor, this);
    return {};
}

bool FolderWatch::matters(std::string_view name) const {
    // A marker completes a file, whatever names are included.
    return rules_.done_marker.empty() ? is_wanted_name(rules_, name) : !name.starts_with(own_prefix);
}

void FolderWatch::take(Event const& event) {
    auto const place = folders_.find(event.folder);
    if (place == folders_.end())
        return;
    if ((event.mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0) {
        stale_ = true;
        if ((event.mask & IN_IGNORED) != 0)
            folders_.erase(place);
        return changed_();
    }
    if ((event.mask & IN_ISDIR) != 0) {
        if (rules_.depth == 0 || (event.mask & (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM)) == 0)
            return;
        stale_ = true;
        return changed_(); // files may be in it already
    }
    auto const path = below(place->second, event.name);
    if ((event.mask & IN_CREATE) != 0) {
        struct stat status{};
        bool const opened = ::lstat((inbox_ / path).c_str(), &status) != 0 || (S_ISREG(status.st_mode) && status.st_nlink < 2);
        if (opened) { // else a second link to a complete file
            open_.insert_or_assign(path, clock_.now());
            return;
        }
    } else if ((event.mask & IN_MOVED_FROM) != 0) {
        moved_open_ = open_.erase(path) > 0 ? event.cookie : 0;
        return;
    } else if ((event.mask & IN_MOVED_TO) != 0 && event.cookie != 0 && event.cookie == moved_open_) {
        open_.insert_or_assign(path, clock_.now()); // renamed by, or under, somebody who still writes
        return;
    } else if ((event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) {
        open_.erase(path);
    } else {
        return;
    }
    if (matters(event.name))
        changed_();
}

void FolderWatch::overflowed() {
    open_.clear(); // who closed what meanwhile is not known
    stale_ = true;
    changed_();
}

void FolderWatch::mark(std::string const& inside, std::vector<FolderEntry>& entries) {
    if (!notifier_)
        return;
    auto const guard = notifier_->lock();
    notifier_->catch_up();
    if (open_.empty())
        return;
    std::map<std::string, Timestamp> still;
    auto const now = clock_.now();
    for (auto& entry : entries) {
        auto const found = open_.find(below(inside, entry.name));
        if (found == open_.end())
            continue;
        Timestamp const modified{std::chrono::seconds(entry.modified)};
        entry.is_being_written = now - std::max(found->second, modified) < longest_silence;
        if (entry.is_being_written)
            still.insert(*found);
    }
    // What is no longer listed here is gone; other folders of the inbox are listed by themselves.
    std::erase_if(open_, [&](auto const& one) {
        auto const slash = one.first.rfind('/');
        return (slash == std::string::npos ? "" : one.first.substr(0, slash)) == inside && !still.contains(one.first);
    });
}

} // namespace wharf::transport
