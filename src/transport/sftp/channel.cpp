// An SFTP login as a channel: the same promises as a folder, kept with the few and racy verbs of SFTP version 3, whose
// rename fails (OpenSSH) or replaces (others) when the target exists. So every target is looked at first.
#include "transport/channel.hpp"

#include "base/file.hpp"
#include "transport/sftp/session.hpp"

#include <fmt/format.h>

namespace wharf::transport {
namespace {

struct Shared {
    std::string name;
    SftpSettings settings;
    Clock const* clock;
    SystemClock system_clock;
    PickupMemory memory;
};

std::string join(std::string const& folder, std::string_view name) {
    return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
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

private:
    [[nodiscard]] PickupRules const& rules() const { return shared_->settings.rules; }
    [[nodiscard]] Result<void> check(std::string const& folder, std::string_view role, std::string_view name) const {
        if (folder.empty())
            return invalid(fmt::format("channel {}: it has no {}", shared_->name, role));
        if (!is_plain_file_name(name))
            return invalid(fmt::format("channel {}: {} is not a plain file name", shared_->name, quote_name(name)));
        return {};
    }
    /// True when the file is still the one that was listed.
    Result<bool> is_still(RemoteFile const& file);
    Result<void> move_to(RemoteFile const& file, std::string const& folder);
    Result<void> make_folder(std::string const& folder);
    enum class Present { absent, same, different };
    Result<Present> compare(std::string const& path, std::string_view content);
    Result<void> settle(Present present, std::string const& path) const;

    std::shared_ptr<Shared> shared_;
    std::unique_ptr<sftp::Session> session_;
};

Result<Listing> SftpConnection::list() {
    if (auto fine = check(rules().inbox, "inbox", "any"); !fine)
        return unexpected(fine.error());
    auto entries = session_->list(rules().inbox);
    if (!entries)
        return unexpected(entries.error());
    auto const& clock = shared_->clock ? *shared_->clock : shared_->system_clock;
    return shared_->memory.choose(rules(), std::move(*entries), clock.now());
}

Result<std::string> SftpConnection::fetch(RemoteFile const& file) {
    if (auto fine = check(rules().inbox, "inbox", file.name); !fine)
        return unexpected(fine.error());
    if (file.size > rules().max_bytes)
        return permanent(fmt::format("channel {}: {} has {} bytes and the channel's limit is {}", shared_->name,
                                     quote_name(file.name), file.size, rules().max_bytes));
    auto content = session_->read(join(rules().inbox, file.name), file.size, file.modified);
    if (!content)
        return unexpected(content.error());
    if (!*content)
        return temporary(fmt::format("channel {}: {} changed or went since it was listed ({} bytes then); it will be taken "
                                     "when it is complete",
                                     shared_->name, quote_name(file.name), file.size));
    return std::move(**content);
}

Result<bool> SftpConnection::is_still(RemoteFile const& file) {
    if (auto fine = check(rules().inbox, "inbox", file.name); !fine)
        return unexpected(fine.error());
    auto status = session_->status(join(rules().inbox, file.name));
    if (!status)
        return unexpected(status.error());
    return status->has_value() && (*status)->type == EntryType::file && (*status)->size == file.size &&
           (*status)->modified == file.modified;
}

Result<void> SftpConnection::finish(RemoteFile const& file) {
    if (!rules().archive.empty())
        return move_to(file, rules().archive);
    auto still = is_still(file);
    if (!still)
        return unexpected(still.error());
    return *still ? session_->remove(join(rules().inbox, file.name)) : Result<void>();
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
    auto existing = session_->read(path, found.size, found.modified);
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
    auto const path = join(outbox, name);
    auto present = compare(path, content);
    if (!present)
        return unexpected(present.error());
    if (*present != Present::absent)
        return settle(*present, path);

    auto const draft = join(outbox, temporary_name());
    auto const fail = [&](Error error) -> Result<void> {
        (void)session_->remove(draft); // best effort; a lost connection leaves a dot file that nobody picks up
        return unexpected(std::move(error));
    };
    if (auto written = session_->write_new(draft, content); !written)
        return fail(std::move(written.error()));
    auto status = session_->status(draft);
    if (!status)
        return fail(std::move(status.error()));
    if (!*status || (*status)->size != content.size())
        return fail(temporary(fmt::format("channel {}: the server holds {} of the {} bytes written to {}", shared_->name,
                                          *status ? (*status)->size : 0, content.size(), quote_name(draft)))
                        .error());
    // Between this look and the rename lies one round trip; nobody but the gateway writes these names.
    auto renamed = session_->rename(draft, path);
    if (renamed)
        return {};
    present = compare(path, content);
    if (!present || *present == Present::absent)
        return fail(std::move(renamed.error()));
    (void)session_->remove(draft);
    return settle(*present, path);
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
        auto session = sftp::open_libssh2_session(shared_->name, settings);
        if (!session)
            return unexpected(session.error());
        return std::make_unique<SftpConnection>(shared_, std::move(*session));
    }

private:
    std::shared_ptr<Shared> shared_;
};

} // namespace

std::unique_ptr<Channel> make_sftp_channel(std::string name, SftpSettings settings, Clock const* clock) {
    return std::make_unique<SftpChannel>(std::move(name), std::move(settings), clock);
}

} // namespace wharf::transport
