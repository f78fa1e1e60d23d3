// Immediacy for folders: the kernel (inotify) tells when a file was closed after writing, or renamed into an inbox.
//
// All watches of the process share one inotify instance and one thread (a user has 128 instances by default), which exist as long
// as there is a watch. Not watched are file systems that other machines write to: the kernel does not see what those do.
#pragma once

#include "transport/channel.hpp"
#include "transport/pickup.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace wharf::transport {

class Notifier;

/// One inbox and the folders inside it, to a depth. renew() and mark() are called by one thread at a time.
class FolderWatch final : public Watch {
public:
    static constexpr std::size_t most_folders = 4096;
    /// A file that was created and never closed (a link made to it, a writer that hangs) counts as complete after so long without
    /// a change.
    static constexpr std::chrono::seconds longest_silence{60};

    FolderWatch(std::filesystem::path inbox, PickupRules const& rules, std::function<void()> changed);
    ~FolderWatch() override;

    std::string renew() override;
    /// Tells and marks no more.
    void stop();
    /// Marks those entries of the folder `inside` the inbox (empty: the inbox) that somebody is writing. To be called after the
    /// folder was read: by then the kernel has queued whatever the reading can have shown.
    void mark(std::string const& inside, std::vector<FolderEntry>& entries);

private:
    friend class Notifier; // calls what follows with its own lock held
    struct Event {
        int folder;
        std::uint32_t mask, cookie;
        std::string_view name;
    };
    void take(Event const& event);
    void overflowed();

    [[nodiscard]] std::string walk(std::map<int, std::string>& found);
    [[nodiscard]] std::string add(std::string const& inside, std::map<int, std::string>& found);
    [[nodiscard]] bool matters(std::string_view name) const;

    std::filesystem::path const inbox_;
    PickupRules const rules_;
    std::function<void()> const changed_;

    // guarded by the notifier's lock
    std::shared_ptr<Notifier> notifier_;
    std::map<int, std::string> folders_; // watch descriptor → path inside the inbox
    std::optional<std::pair<dev_t, ino_t>> identity_; // of the folder that stood at inbox_ when it was watched
    bool stale_ = true;                               // folders came or went
    std::string trouble_;
    std::map<std::string, Timestamp> open_;     // files created and not yet closed, since when; by path inside the inbox
    std::uint32_t moved_open_ = 0;              // cookie of the last such file that is being renamed
    SystemClock clock_;
};

} // namespace wharf::transport
