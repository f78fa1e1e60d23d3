// An SFTP login as a channel: the same promises as a folder, kept with the few and racy verbs of SFTP version 3, whose
// rename fails (OpenSSH) or replaces (others) when the target exists. So every target is looked at first.
#include "transport/channel.hpp"

#include "base/file.hpp"
#include "transport/sftp/login.hpp"
#include "transport/sftp/session.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <mutex>

namespace wharf::transport {
namespace {

struct Shared {
    std::string name;
    SftpSettings settings;
    Clock const* clock;
    SystemClock system_clock;
    PickupMemory memory;
    sftp::Experience experience;
    std::mutex mutex;
    std::optional<Error> wrong_host; // the server is not who it should be; it is not asked again
    sftp::Partial partial;           // what was read when a connection broke
};

Result<std::unique_ptr<sftp::Session>> open_session(Shared& shared) {
    auto const& settings = shared.settings;
    {
        std::lock_guard const lock(shared.mutex);
        if (shared.wrong_host)
            return unexpected(*shared.wrong_host);
    }
    sftp::Endpoint const endpoint{
        fmt::format("channel {}: sftp://{}@{}:{}", shared.name, settings.user, settings.host, settings.port), settings};
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

std::string join(std::string const& folder, std::string_view name) {
    return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

bool is_same(std::optional<FolderEntry> const& found, RemoteFile const& file) {
    return found && found->type == EntryType::file && found->size == file.size && found->modified == file.modified;
}

class SftpConnection final : public Connection {
public:
    SftpConnection(std::shared_ptr<Shared> shared, std::unique_ptr<sftp::Session> session)
        : shared_(std::move(shared)), session_(std::move(session)) {}

    Result<Listing> list() override;
    Result<std::string> fetch(RemoteFile const& file) override;
    Result<void> finish(RemoteFile const& file) override;
    Result<void> set_aside(RemoteFile const& file) override;
    Result<void> put(std::string_view name, std::string_view content) override;
    std::vector<Result<std::string>> fetch_all(std::span<RemoteFile const> files) override;
    std::vector<Result<void>> finish_all(std::span<RemoteFile const> files) override;
    std::vector<Result<void>> put_all(std::span<Upload const> files) override;
    std::string description() const override { return session_->description(); }

private:
    [[nodiscard]] PickupRules const& rules() const { return shared_->settings.rules; }
    [[nodiscard]] Result<void> check(std::string const& folder, std::string_view role, std::string_view name) const {
        if (folder.empty())
            return invalid(fmt::format("channel {}: it has no {}", shared_->name, role));
        if (!is_plain_file_name(name))
            return invalid(fmt::format("channel {}: {} is not a plain file name", shared_->name, quote_name(name)));
        return {};
    }
    /// Before each step: a connection that lay idle for too long, or has made as many transfers as this server allows, is
    /// made anew.
    Result<void> ready(unsigned transfers = 0);
    [[nodiscard]] bool one_by_one() const { return shared_->settings.transfers_per_connection != 0; }
    [[nodiscard]] Result<void> check_fetch(RemoteFile const& file) const;
    Result<std::string> fetched(RemoteFile const& file, Result<std::optional<std::string>> content) const;
    /// True when the file is still the one that was listed.
    Result<bool> is_still(RemoteFile const& file);
    Result<void> move_to(RemoteFile const& file, std::string const& folder);
    Result<void> make_folder(std::string const& folder);
    enum class Present { absent, same, different };
    Result<Present> compare(std::string const& path, std::string_view content);
    Result<void> settle(Present present, std::string const& path) const;
    Result<void> place(std::string const& draft, std::string const& path, std::string_view content);

    std::shared_ptr<Shared> shared_;
    std::unique_ptr<sftp::Session> session_;
    std::chrono::steady_clock::time_point used_ = std::chrono::steady_clock::now();
    unsigned transfers_ = 0;
};

Result<void> SftpConnection::ready(unsigned transfers) {
    auto const& settings = shared_->settings;
    auto const now = std::chrono::steady_clock::now();
    bool const stale = settings.idle_timeout.count() > 0 && now - used_ > settings.idle_timeout;
    bool const spent = one_by_one() && transfers_ + transfers > settings.transfers_per_connection && transfers_ > 0;
    used_ = now;
    if (stale || spent) {
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

Result<Listing> SftpConnection::list() {
    if (auto fine = check(rules().inbox, "inbox", "any"); !fine)
        return unexpected(fine.error());
    if (auto fine = ready(); !fine)
        return unexpected(fine.error());
    auto entries = session_->list(rules().inbox);
    if (!entries)
        return unexpected(entries.error());
    auto const& clock = shared_->clock ? *shared_->clock : shared_->system_clock;
    return shared_->memory.choose(rules(), std::move(*entries), clock.now());
}

Result<void> SftpConnection::check_fetch(RemoteFile const& file) const {
    if (auto fine = check(rules().inbox, "inbox", file.name); !fine)
        return fine;
    if (file.size > rules().max_bytes)
        return permanent(fmt::format("channel {}: {} has {} bytes and the channel's limit is {}", shared_->name,
                                     quote_name(file.name), file.size, rules().max_bytes));
    return {};
}

Result<std::string> SftpConnection::fetched(RemoteFile const& file, Result<std::optional<std::string>> content) const {
    if (!content)
        return unexpected(content.error());
    if (!*content)
        return temporary(fmt::format("channel {}: {} changed or went since it was listed ({} bytes then); it will be taken "
                                     "when it is complete",
                                     shared_->name, quote_name(file.name), file.size));
    return std::move(**content);
}

Result<std::string> SftpConnection::fetch(RemoteFile const& file) {
    if (auto fine = check_fetch(file); !fine)
        return unexpected(fine.error());
    if (auto fine = ready(1); !fine)
        return unexpected(fine.error());
    std::lock_guard const lock(shared_->mutex);
    return fetched(file, session_->read({join(rules().inbox, file.name), file.size, file.modified}, &shared_->partial));
}

std::vector<Result<std::string>> SftpConnection::fetch_all(std::span<RemoteFile const> files) {
    bool const plain = std::ranges::all_of(files, [&](RemoteFile const& file) { return check_fetch(file).has_value(); });
    if (!plain || one_by_one() || files.size() < 2 || !ready())
        return Connection::fetch_all(files);
    std::vector<sftp::Wanted> wanted;
    for (auto const& file : files)
        wanted.push_back({join(rules().inbox, file.name), file.size, file.modified});
    auto contents = session_->read_all(wanted);
    std::vector<Result<std::string>> results;
    for (std::size_t i = 0; i < files.size(); ++i)
        results.push_back(fetched(files[i], std::move(contents[i])));
    return results;
}

Result<bool> SftpConnection::is_still(RemoteFile const& file) {
    if (auto fine = check(rules().inbox, "inbox", file.name); !fine)
        return unexpected(fine.error());
    if (auto fine = ready(); !fine)
        return unexpected(fine.error());
    auto status = session_->status(join(rules().inbox, file.name));
    if (!status)
        return unexpected(status.error());
    return is_same(*status, file);
}

Result<void> SftpConnection::finish(RemoteFile const& file) {
    if (!rules().archive.empty())
        return move_to(file, rules().archive);
    auto still = is_still(file);
    if (!still)
        return unexpected(still.error());
    return *still ? session_->remove(join(rules().inbox, file.name)) : Result<void>();
}

std::vector<Result<void>> SftpConnection::finish_all(std::span<RemoteFile const> files) {
    bool const plain = std::ranges::all_of(
        files, [&](RemoteFile const& file) { return check(rules().inbox, "inbox", file.name).has_value(); });
    if (!plain || !rules().archive.empty() || files.size() < 2 || !ready())
        return Connection::finish_all(files);
    std::vector<std::string> paths;
    for (auto const& file : files)
        paths.push_back(join(rules().inbox, file.name));
    auto const found = session_->statuses(paths);
    std::vector<Result<void>> results(files.size());
    std::vector<std::string> ours;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!found[i])
            results[i] = unexpected(found[i].error());
        else if (is_same(*found[i], files[i])) {
            ours.push_back(std::move(paths[i]));
            places.push_back(i);
        }
    }
    auto removed = session_->remove_all(ours);
    for (std::size_t i = 0; i < ours.size(); ++i)
        results[places[i]] = std::move(removed[i]);
    return results;
}

Result<void> SftpConnection::set_aside(RemoteFile const& file) { return move_to(file, failed_folder(rules())); }

Result<void> SftpConnection::make_folder(std::string const& folder) {
    for (auto slash = folder.find('/', 1); ; slash = folder.find('/', slash + 1)) {
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

Result<void> SftpConnection::move_to(RemoteFile const& file, std::string const& folder) {
    auto still = is_still(file);
    if (!still)
        return unexpected(still.error());
    if (!*still)
        return {};
    if (auto made = make_folder(folder); !made)
        return made;
    auto const from = join(rules().inbox, file.name);
    for (unsigned number = 0; number < most_numbered_names; ++number) {
        auto const to = join(folder, numbered_name(file.name, number));
        auto taken = session_->status(to);
        if (!taken)
            return unexpected(taken.error());
        if (*taken)
            continue;
        auto moved = session_->rename(from, to);
        if (moved)
            return {};
        still = is_still(file);
        if (still && !*still)
            return {}; // gone in between
        return moved;
    }
    return permanent(fmt::format("channel {}: {} holds {} files named like {}; clear it out", shared_->name,
                                 quote_name(folder), most_numbered_names, quote_name(file.name)));
}

Result<SftpConnection::Present> SftpConnection::compare(std::string const& path, std::string_view content) {
    auto status = session_->status(path);
    if (!status)
        return unexpected(status.error());
    if (!*status)
        return Present::absent;
    auto const& found = **status;
    if (found.type != EntryType::file || found.size != content.size())
        return Present::different;
    auto existing = session_->read({path, found.size, found.modified});
    if (!existing)
        return unexpected(existing.error());
    if (!*existing)
        return temporary(fmt::format("channel {}: {} changed while it was compared; it will be tried again", shared_->name,
                                     quote_name(path)));
    return **existing == content ? Present::same : Present::different;
}

Result<void> SftpConnection::settle(Present present, std::string const& path) const {
    if (present == Present::same)
        return {};
    return permanent(fmt::format("channel {}: {} exists with other content and is left alone; the partner has not fetched "
                                 "it, or the file name pattern repeats",
                                 shared_->name, quote_name(path)));
}

Result<void> SftpConnection::put(std::string_view name, std::string_view content) {
    auto const& outbox = rules().outbox;
    if (auto fine = check(outbox, "outbox", name); !fine)
        return fine;
    if (auto fine = ready(1); !fine)
        return fine;
    auto const path = join(outbox, name);
    auto present = compare(path, content);
    if (!present)
        return unexpected(present.error());
    if (*present != Present::absent)
        return settle(*present, path);

    auto const draft = join(outbox, temporary_name());
    if (auto written = session_->write(draft, content, {}); !written) {
        (void)session_->remove(draft); // best effort; a lost connection leaves a dot file that nobody picks up
        return written;
    }
    return place(draft, path, content);
}

/// A draft that was written, into its place; it does not stay behind when that fails.
Result<void> SftpConnection::place(std::string const& draft, std::string const& path, std::string_view content) {
    auto const fail = [&](Error error) -> Result<void> {
        (void)session_->remove(draft);
        return unexpected(std::move(error));
    };
    auto status = session_->status(draft);
    if (!status)
        return fail(std::move(status.error()));
    if (!*status || (*status)->size != content.size())
        return fail(temporary(fmt::format("channel {}: the server holds {} of the {} bytes written to {}", shared_->name,
                                          *status ? (*status)->size : 0, content.size(), quote_name(draft)))
                        .error());
    // Between the look at the target and the rename lies one round trip; nobody but the gateway writes these names.
    auto renamed = session_->rename(draft, path);
    if (renamed)
        return {};
    auto const present = compare(path, content);
    if (!present || *present == Present::absent)
        return fail(std::move(renamed.error()));
    (void)session_->remove(draft);
    return settle(*present, path);
}

// The steps of put() for all files together. Whatever is not plain sailing goes through put() itself, one by one.
std::vector<Result<void>> SftpConnection::put_all(std::span<Upload const> files) {
    auto const& outbox = rules().outbox;
    bool const plain =
        std::ranges::all_of(files, [&](Upload const& file) { return check(outbox, "outbox", file.name).has_value(); });
    if (!plain || one_by_one() || files.size() < 2 || !ready())
        return Connection::put_all(files);
    std::vector<std::string> paths;
    for (auto const& file : files)
        paths.push_back(join(outbox, file.name));
    auto const found = session_->statuses(paths);
    std::vector<sftp::Session::Draft> drafts;
    std::vector<std::size_t> places; // of drafts among the files
    std::vector<bool> done(files.size());
    std::vector<Result<void>> results(files.size());
    for (std::size_t i = 0; i < files.size(); ++i)
        if (found[i] && !*found[i]) {
            drafts.push_back({join(outbox, temporary_name()), files[i].content});
            places.push_back(i);
        }
    auto const written = session_->write_all(drafts, {});
    std::vector<std::string> names;
    for (auto const& draft : drafts)
        names.push_back(draft.path);
    auto const held = session_->statuses(names);
    std::vector<sftp::Session::Renaming> renamings;
    std::vector<std::size_t> whole;
    std::vector<std::string> leftovers;
    for (std::size_t i = 0; i < drafts.size(); ++i)
        if (written[i] && held[i] && *held[i] && (*held[i])->size == drafts[i].content.size()) {
            renamings.push_back({drafts[i].path, paths[places[i]]});
            whole.push_back(places[i]);
        } else {
            leftovers.push_back(drafts[i].path);
        }
    auto const renamed = session_->rename_all(renamings);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        done[whole[i]] = renamed[i].has_value();
        if (!renamed[i])
            leftovers.push_back(renamings[i].from);
    }
    (void)session_->remove_all(leftovers);
    for (std::size_t i = 0; i < files.size(); ++i)
        if (!done[i])
            results[i] = put(files[i].name, files[i].content);
    return results;
}

class SftpChannel final : public Channel {
public:
    SftpChannel(std::string name, SftpSettings settings, Clock const* clock) : shared_(std::make_shared<Shared>()) {
        shared_->name = std::move(name);
        shared_->settings = std::move(settings);
        shared_->clock = clock;
    }
    std::string const& name() const override { return shared_->name; }

    Result<std::unique_ptr<Connection>> connect() override {
        auto const& settings = shared_->settings;
        if (settings.rules.inbox.empty() && settings.rules.outbox.empty())
            return invalid(fmt::format("channel {}: it has neither an inbox nor an outbox", shared_->name));
        if (settings.host.empty() || settings.user.empty())
            return invalid(fmt::format("channel {}: host and user are needed", shared_->name));
        auto session = open_session(*shared_);
        if (!session)
            return unexpected(session.error());
        return std::make_unique<SftpConnection>(shared_, std::move(*session));
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
