// An SFTP login as a place for files. SFTP version 3's rename fails (OpenSSH) or replaces (others) when the target exists; the
// mailbox looks before it renames.
#include "transport/channel.hpp"

#include "transport/digest.hpp"
#include "transport/place.hpp"
#include "transport/sftp/login.hpp"
#include "transport/sftp/session.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <utility>

namespace wharf::transport {
namespace {

/// An upload that broke off: the server has its first bytes under `path`.
struct BegunUpload {
    Path path;
    std::string sha256;
    std::uint64_t size = 0, written = 0;
};

struct Shared {
    SftpSettings settings;
    std::shared_ptr<MailboxState> state = std::make_shared<MailboxState>();
    sftp::Experience experience;
    std::mutex mutex; // of what follows
    std::optional<Error> wrong_host; // the server is not who it should be; it is not asked again
    sftp::Partial partial;           // what was read when a connection broke, the last time
    std::map<std::string, BegunUpload> begun; // by path
};

constexpr std::size_t most_begun = 64;

Result<std::unique_ptr<sftp::Session>> open_session(Shared& shared) {
    auto const& settings = shared.settings;
    {
        std::lock_guard const lock(shared.mutex);
        if (shared.wrong_host)
            return unexpected(*shared.wrong_host);
    }
    sftp::Endpoint const endpoint{
        fmt::format("channel {}: sftp://{}@{}:{}", shared.state->name, settings.user, settings.host, settings.port), settings};
    auto stream = sftp::log_in(endpoint, shared.experience);
    if (!stream) {
        auto& refusal = stream.error();
        if (refusal.host_key) {
            std::lock_guard const lock(shared.mutex);
            shared.wrong_host = refusal.error;
        }
        return unexpected(std::move(refusal.error));
    }
    auto client = std::make_unique<sftp::Client>(std::move(*stream), endpoint.where);
    if (auto started = client->start(); !started)
        return unexpected(started.error());
    return std::make_unique<sftp::Session>(std::move(client),
                                           sftp::SessionLimits{settings.most_open_files, settings.bytes_per_second});
}

class SftpPlace final : public Place {
public:
    SftpPlace(std::shared_ptr<Shared> shared, std::unique_ptr<sftp::Session> session)
        : shared_(std::move(shared)), session_(std::move(session)) {}

    Result<std::vector<FolderEntry>> list(Path const& path) override {
        auto fine = ready();
        return fine ? session_->list(joined(path)) : unexpected(fine.error());
    }
    std::vector<Result<std::optional<FolderEntry>>> look(std::span<Path const> paths) override {
        return all<Result<std::optional<FolderEntry>>>(paths, [&](auto const& names) { return session_->statuses(names); });
    }
    std::vector<Result<void>> remove(std::span<Path const> paths) override {
        return all<Result<void>>(paths, [&](auto const& names) { return session_->remove_all(names); });
    }
    std::vector<Result<std::optional<std::string>>> read(std::span<Wanted const> files) override;
    std::vector<Result<void>> write(std::span<Draft const> files, WriteOptions const& options) override;
    std::vector<Result<void>> rename(std::span<Renaming const> files) override;
    Result<void> replace(Path const& from, Path const& to) override {
        auto fine = ready();
        return fine ? session_->replace(joined(from), joined(to)) : fine;
    }
    Result<void> make_folder(Path const& path) override;
    Result<void> settle(std::string const&) override { return {}; }
    std::optional<Path> begun(std::string_view content) override;
    std::string show(Path const& path) const override { return quote_name(joined(path)); }
    std::string description() const override { return session_ ? session_->description() : ""; }

private:
    /// Before each step: a connection that lay idle for too long, or has made as many transfers as this server allows, is
    /// made anew.
    Result<void> ready(unsigned transfers = 0);
    [[nodiscard]] bool one_by_one() const { return shared_->settings.transfers_per_connection != 0; }
    template <class R, class Call> std::vector<R> all(std::span<Path const> paths, Call const& call) {
        if (paths.empty())
            return {};
        if (auto fine = ready(); !fine)
            return std::vector<R>(paths.size(), unexpected(fine.error()));
        std::vector<std::string> names;
        for (auto const& path : paths)
            names.push_back(joined(path));
        return call(names);
    }
    Result<std::optional<std::string>> read_one(Wanted const& file);
    Result<void> write_one(Draft const& file, sftp::WriteOptions options);

    std::shared_ptr<Shared> shared_;
    std::unique_ptr<sftp::Session> session_;
    std::chrono::steady_clock::time_point used_ = std::chrono::steady_clock::now();
    unsigned transfers_ = 0;
};

Result<void> SftpPlace::ready(unsigned transfers) {
    auto const& settings = shared_->settings;
    auto const now = std::chrono::steady_clock::now();
    bool const gone = session_ == nullptr; // an earlier attempt to make it anew failed
    bool const stale = settings.idle_timeout.count() > 0 && now - used_ > settings.idle_timeout;
    bool const spent = one_by_one() && transfers > 0 && transfers_ + transfers > settings.transfers_per_connection;
    used_ = now;
    if (gone || stale || spent) {
        session_.reset();
        auto session = open_session(*shared_);
        if (!session)
            return unexpected(session.error());
        session_ = std::move(*session);
        transfers_ = 0;
    }
    transfers_ += transfers;
    return {};
}

Result<std::optional<std::string>> SftpPlace::read_one(Wanted const& file) {
    if (auto fine = ready(1); !fine)
        return unexpected(fine.error());
    sftp::Wanted const wanted{joined(file.path), file.size, file.modified};
    sftp::Partial partial;
    {
        std::lock_guard const lock(shared_->mutex);
        if (shared_->partial.file.path == wanted.path)
            partial = std::exchange(shared_->partial, {});
    }
    auto content = session_->read(wanted, &partial);
    if (!partial.content.empty()) { // it broke off
        std::lock_guard const lock(shared_->mutex);
        shared_->partial = std::move(partial);
    }
    return content;
}

std::vector<Result<std::optional<std::string>>> SftpPlace::read(std::span<Wanted const> files) {
    std::vector<Result<std::optional<std::string>>> results;
    if (one_by_one() || files.size() < 2 || !ready()) {
        for (auto const& file : files)
            results.push_back(read_one(file));
        return results;
    }
    std::vector<sftp::Wanted> wanted;
    for (auto const& file : files)
        wanted.push_back({joined(file.path), file.size, file.modified});
    return session_->read_all(wanted);
}

std::optional<Path> SftpPlace::begun(std::string_view content) {
    std::lock_guard const lock(shared_->mutex);
    std::string sha256;
    for (auto const& [path, known] : shared_->begun) {
        if (known.size != content.size())
            continue;
        if (sha256.empty())
            sha256 = sha256_hex(content);
        if (known.sha256 == sha256)
            return known.path;
    }
    return std::nullopt;
}

Result<void> SftpPlace::write_one(Draft const& file, sftp::WriteOptions options) {
    if (auto fine = ready(1); !fine)
        return fine;
    auto const path = joined(file.path);
    std::optional<BegunUpload> known;
    {
        std::lock_guard const lock(shared_->mutex);
        if (auto const found = shared_->begun.find(path); found != shared_->begun.end()) {
            known = std::move(found->second);
            shared_->begun.erase(found);
        }
    }
    if (known && known->size == file.content.size()) {
        auto const there = session_->status(path);
        if (!there)
            return unexpected(there.error());
        if (*there && (*there)->size >= known->written)
            options.offset = known->written;
    }
    std::uint64_t written = 0;
    auto done = session_->write({path, file.content, file.modified}, options, &written);
    if (!done && session_->is_broken() && written > 0) {
        std::lock_guard const lock(shared_->mutex);
        if (shared_->begun.size() >= most_begun)
            shared_->begun.erase(shared_->begun.begin());
        shared_->begun.insert_or_assign(path, BegunUpload{file.path, sha256_hex(file.content), file.content.size(), written});
    }
    return done;
}

std::vector<Result<void>> SftpPlace::write(std::span<Draft const> files, WriteOptions const& options) {
    sftp::WriteOptions const how{options.replace, options.sync, options.check, options.mode == 0 ? std::nullopt : std::optional(options.mode)};
    std::vector<Result<void>> results;
    if (one_by_one() || files.size() < 2 || !ready()) {
        for (auto const& file : files)
            results.push_back(write_one(file, how));
        return results;
    }
    std::vector<sftp::Session::Draft> drafts;
    for (auto const& file : files)
        drafts.push_back({joined(file.path), file.content, file.modified});
    return session_->write_all(drafts, how);
}

std::vector<Result<void>> SftpPlace::rename(std::span<Renaming const> files) {
    if (auto fine = ready(); !fine)
        return std::vector<Result<void>>(files.size(), unexpected(fine.error()));
    std::vector<sftp::Session::Renaming> renamings;
    for (auto const& file : files)
        renamings.push_back({joined(file.from), joined(file.to)});
    return session_->rename_all(renamings);
}

Result<void> SftpPlace::make_folder(Path const& path) {
    if (auto fine = ready(); !fine)
        return fine;
    auto const folder = joined(path);
    for (auto slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
        auto const part = folder.substr(0, slash);
        auto there = session_->status(part);
        if (!there)
            return unexpected(there.error());
        if (!*there) {
            if (auto made = session_->make_folder(part); !made) {
                there = session_->status(part); // somebody may have been faster
                if (!there || !*there)
                    return made;
            }
        }
        if (slash == std::string::npos)
            return {};
    }
}

class SftpChannel final : public Channel {
public:
    SftpChannel(std::string name, SftpSettings settings, Clock const* clock) : shared_(std::make_shared<Shared>()) {
        shared_->state->name = std::move(name);
        shared_->state->rules = settings.rules;
        shared_->state->clock = clock;
        shared_->settings = std::move(settings);
    }
    std::string const& name() const override { return shared_->state->name; }

    Result<std::unique_ptr<Connection>> connect() override {
        auto const& settings = shared_->settings;
        if (auto fine = check_login(name(), settings.rules, settings.host, settings.user); !fine)
            return unexpected(fine.error());
        auto session = open_session(*shared_);
        if (!session)
            return unexpected(session.error());
        return make_mailbox(shared_->state, std::make_unique<SftpPlace>(shared_, std::move(*session)));
    }
    bool is_stopped() const override {
        std::lock_guard const lock(shared_->mutex);
        return shared_->wrong_host.has_value();
    }

private:
    std::shared_ptr<Shared> shared_;
};

} // namespace

std::unique_ptr<Channel> make_sftp_channel(std::string name, SftpSettings settings, Clock const* clock) {
    return std::make_unique<SftpChannel>(std::move(name), std::move(settings), clock);
}

} // namespace wharf::transport
