// A login on an FTPS server as a place for files. FTP's rename replaces what is there (on most servers) or fails; the mailbox looks
// before it renames. What tells a file from another is its size and MLSD's or MDTM's time: LIST's has no seconds, and after half a
// year no hours.
#include "transport/channel.hpp"

#include "transport/digest.hpp"
#include "transport/ftp/session.hpp"
#include "transport/place.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <utility>

namespace wharf::transport {
namespace {

using Found = Result<std::optional<FolderEntry>>;

/// A transfer that broke off: what was read, or where on the server the first bytes of an upload are.
struct BegunReading {
    std::string path;
    std::uint64_t size = 0;
    std::int64_t modified = 0;
    std::string content;
};
struct BegunWriting {
    Path path;
    std::string sha256;
    std::uint64_t size = 0;
};

struct Shared {
    FtpsSettings settings;
    std::shared_ptr<MailboxState> state = std::make_shared<MailboxState>();
    std::mutex mutex; // of what follows; one connection at a time is usual
    std::optional<BegunReading> reading;
    std::optional<BegunWriting> writing;
};

template <class R, class Items> std::vector<R> all_fail(Items const& items, Error const& error) {
    return std::vector<R>(items.size(), R(unexpected(error)));
}

class FtpPlace final : public Place {
public:
    FtpPlace(std::shared_ptr<Shared> shared, std::unique_ptr<ftp::Session> session)
        : shared_(std::move(shared)), session_(std::move(session)) {}

    Result<std::vector<FolderEntry>> list(Path const& path) override;
    std::vector<Found> look(std::span<Path const> paths) override;
    std::vector<Result<std::optional<std::string>>> read(std::span<Wanted const> files) override;
    std::vector<Result<void>> write(std::span<Draft const> files, WriteOptions const& options) override;
    void check_written(std::span<Draft const> files, std::vector<Result<void>>& results);
    std::vector<Result<void>> rename(std::span<Renaming const> files) override;
    Result<void> replace(Path const& from, Path const& to) override;
    std::vector<Result<void>> remove(std::span<Path const> paths) override;
    Result<void> make_folder(Path const& path) override;
    Result<void> settle(std::string const&) override { return {}; }
    std::optional<Path> begun(std::string_view content) override;
    std::string show(Path const& path) const override { return quote_name(joined(path)); }
    std::string description() const override { return session_->description(); }

private:
    [[nodiscard]] bool has_facts() const { return session_->features().listing_facts && shared_->settings.machine_listing; }
    [[nodiscard]] bool has_times() const { return session_->features().size && session_->features().time; }
    std::vector<Found> look_by_facts(std::span<Path const> paths);
    std::vector<Found> look_by_size(std::span<Path const> paths);
    std::vector<Found> look_by_list(std::span<Path const> paths);
    Result<void> give_times(Path const& path, std::vector<FolderEntry>& entries);
    Result<bool> is_folder(std::string const& folder);
    Result<std::string> read_one(Wanted const& file);
    Result<void> write_one(Draft const& file);

    /// MDTM's answer, as long as LIST shows the same: it is asked once for each file that stays.
    struct KnownTime {
        std::uint64_t size;
        std::int64_t listed, modified;
    };
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<ftp::Session> session_;
    std::map<std::string, KnownTime, std::less<>> times_;
};

// --- looking --------------------------------------------------------------------------------------------------------

/// CWD and back: the one question about folders that every server answers.
Result<bool> FtpPlace::is_folder(std::string const& folder) {
    auto const replies = session_->commands({"CWD " + folder, "CWD " + (session_->home().empty() ? "/" : session_->home())});
    if (!replies)
        return unexpected(replies.error());
    auto const& entered = replies->front();
    if (!entered.is_fine() && ftp::kind_of(entered.code) == ErrorKind::temporary)
        return session_->refused(entered, "open", folder);
    return entered.is_fine();
}

Result<std::vector<FolderEntry>> FtpPlace::list(Path const& path) {
    auto const folder = joined(path);
    auto const form = has_facts() ? ftp::ListingForm::facts : ftp::ListingForm::list;
    auto entries = session_->list(folder, form, shared_->state->now());
    if (!entries || form == ftp::ListingForm::facts)
        return entries;
    if (entries->empty()) { // many servers list a folder that does not exist as an empty one
        auto const there = is_folder(folder);
        if (!there)
            return unexpected(there.error());
        if (!*there)
            return permanent(fmt::format("{}: cannot list {}: no such folder, or no permission", session_->where(), quote_name(folder)));
    }
    if (has_times())
        if (auto given = give_times(path, *entries); !given)
            return unexpected(given.error());
    return entries;
}

Result<void> FtpPlace::give_times(Path const& path, std::vector<FolderEntry>& entries) {
    constexpr std::int64_t minutes = 120; // LIST shows no seconds: what is younger may change and look the same
    auto const now = std::chrono::floor<std::chrono::seconds>(shared_->state->now()).time_since_epoch().count();
    std::vector<std::string> questions;
    std::vector<FolderEntry*> asked;
    for (auto& entry : entries) {
        if (entry.type != EntryType::file)
            continue;
        auto const known = times_.find(joined({joined(path), entry.name}));
        if (known != times_.end() && known->second.size == entry.size && known->second.listed == entry.modified) {
            entry.modified = known->second.modified;
            continue;
        }
        questions.push_back("MDTM " + joined({joined(path), entry.name}));
        asked.push_back(&entry);
    }
    auto const replies = session_->commands(questions);
    if (!replies)
        return unexpected(replies.error());
    if (times_.size() > ftp::most_entries)
        times_.clear();
    bool const is_answering = std::ranges::any_of(*replies, [](auto const& reply) { return reply.code == 213; });
    for (std::size_t i = 0; i < asked.size(); ++i) {
        // A name that the listing does not show as it is (cut at a line end, '?' for what cannot be printed) cannot be asked for.
        if (is_answering && (*replies)[i].code == 550)
            asked[i]->type = EntryType::other;
        auto const time = (*replies)[i].code == 213 ? ftp::read_time((*replies)[i].text) : std::nullopt;
        if (!time)
            continue;
        if (now - *time > minutes)
            times_.insert_or_assign(questions[i].substr(5), KnownTime{asked[i]->size, asked[i]->modified, *time});
        asked[i]->modified = *time;
    }
    return {};
}

std::vector<Found> FtpPlace::look(std::span<Path const> paths) {
    if (paths.empty())
        return {};
    if (has_facts())
        return look_by_facts(paths);
    return has_times() ? look_by_size(paths) : look_by_list(paths);
}

std::vector<Found> FtpPlace::look_by_facts(std::span<Path const> paths) {
    std::vector<std::string> questions;
    for (auto const& path : paths)
        questions.push_back("MLST " + joined(path));
    auto const replies = session_->commands(questions);
    if (!replies)
        return all_fail<Found>(paths, replies.error());
    std::vector<Found> found;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        auto const& reply = (*replies)[i];
        if (!reply.is_fine()) {
            found.push_back(reply.code == 550 ? Found(std::nullopt) : Found(session_->refused(reply, "look at", joined(paths[i]))));
            continue;
        }
        FolderEntry entry; // something is there, whatever it is
        entry.type = EntryType::other;
        for (std::string_view line : reply.lines)
            if (line.starts_with(' ')) { // RFC 3659 §7.2; the name behind the facts may be the whole path
                line.remove_prefix(1);
                entry = ftp::read_facts(std::string(line.substr(0, line.find(' '))) + " it").value_or(entry);
            }
        entry.name = paths[i].name;
        found.emplace_back(std::move(entry));
    }
    return found;
}

/// A folder, of which servers tell no size, looks as if there were nothing: renaming over it fails.
std::vector<Found> FtpPlace::look_by_size(std::span<Path const> paths) {
    std::vector<std::string> questions = {"TYPE I"}; // sizes are told in binary only
    for (auto const& path : paths) {
        questions.push_back("SIZE " + joined(path));
        questions.push_back("MDTM " + joined(path));
    }
    auto const replies = session_->commands(questions);
    if (!replies)
        return all_fail<Found>(paths, replies.error());
    std::vector<Found> found;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        auto const &size = (*replies)[1 + 2 * i], &time = (*replies)[2 + 2 * i];
        auto const modified = time.code == 213 ? ftp::read_time(time.text) : std::nullopt;
        bool const is_number = !size.text.empty() && size.text.size() < 19 && size.text.find_first_not_of("0123456789") == std::string::npos;
        times_.erase(joined(paths[i]));
        if (size.code == 213 && modified && is_number) {
            FolderEntry entry;
            entry.name = paths[i].name;
            entry.size = std::stoull(size.text);
            entry.modified = *modified;
            found.emplace_back(std::move(entry));
        } else if (size.code == 550 || time.code == 550) {
            found.emplace_back(std::nullopt);
        } else {
            found.push_back(session_->refused(size.code == 213 ? time : size, "look at", joined(paths[i])));
        }
    }
    return found;
}

std::vector<Found> FtpPlace::look_by_list(std::span<Path const> paths) {
    std::map<std::string, Result<std::vector<FolderEntry>>> folders;
    std::vector<Found> found;
    for (auto const& path : paths) {
        auto const slash = path.name.rfind('/');
        Path const folder{path.folder, slash == std::string::npos ? "" : path.name.substr(0, slash)};
        auto const name = path.name.substr(slash == std::string::npos ? 0 : slash + 1);
        auto listed = folders.find(joined(folder));
        if (listed == folders.end())
            listed = folders.emplace(joined(folder), list(folder)).first;
        if (!listed->second) {
            found.push_back(unexpected(listed->second.error()));
            continue;
        }
        auto const entry = std::ranges::find(*listed->second, name, &FolderEntry::name);
        found.push_back(entry == listed->second->end() ? Found(std::nullopt) : Found(*entry));
    }
    return found;
}

// --- reading and writing --------------------------------------------------------------------------------------------

Result<std::string> FtpPlace::read_one(Wanted const& file) {
    auto const path = joined(file.path);
    std::string content;
    {
        std::lock_guard const lock(shared_->mutex);
        auto& begun = shared_->reading;
        if (begun && begun->path == path && begun->size == file.size && begun->modified == file.modified) {
            content = std::move(begun->content);
            begun.reset();
        }
    }
    auto const done = session_->retrieve(path, file.size, content);
    if (done)
        return content;
    if (session_->is_broken() && !content.empty() && content.size() < file.size) {
        std::lock_guard const lock(shared_->mutex);
        shared_->reading = BegunReading{path, file.size, file.modified, std::move(content)};
    }
    return unexpected(done.error());
}

// Size and time are compared when all are read: what was written over in between shows then.
std::vector<Result<std::optional<std::string>>> FtpPlace::read(std::span<Wanted const> files) {
    if (files.empty())
        return {};
    std::vector<Result<std::string>> contents;
    std::vector<Path> paths;
    for (auto const& file : files) {
        bool const is_lost = !contents.empty() && !contents.back() && session_->is_broken();
        contents.push_back(is_lost ? contents.back() : read_one(file));
        paths.push_back(file.path);
    }
    auto const found = session_->is_broken() ? all_fail<Found>(paths, contents.back() ? Error{} : contents.back().error()) : look(paths);
    std::vector<Result<std::optional<std::string>>> results;
    for (std::size_t i = 0; i < files.size(); ++i) {
        bool const is_gone = found[i] && !*found[i];
        if (!contents[i] && !is_gone) {
            results.push_back(unexpected(contents[i].error()));
        } else if (!found[i]) {
            results.push_back(unexpected(found[i].error()));
        } else {
            bool const is_whole = !is_gone && contents[i] && contents[i]->size() == files[i].size && (*found[i])->size == files[i].size &&
                                  (*found[i])->modified == files[i].modified;
            results.push_back(is_whole ? std::optional(std::move(*contents[i])) : std::nullopt);
        }
    }
    return results;
}

std::optional<Path> FtpPlace::begun(std::string_view content) {
    std::lock_guard const lock(shared_->mutex);
    auto const& known = shared_->writing;
    if (known && known->size == content.size() && known->sha256 == sha256_hex(content))
        return known->path;
    return std::nullopt;
}

Result<void> FtpPlace::write_one(Draft const& file) {
    auto const path = joined(file.path);
    std::optional<BegunWriting> known;
    {
        std::lock_guard const lock(shared_->mutex);
        if (shared_->writing && joined(shared_->writing->path) == path)
            known = std::exchange(shared_->writing, std::nullopt);
    }
    std::uint64_t offset = 0;
    if (known) {
        auto const there = std::move(look({&file.path, 1}).front());
        if (!there)
            return unexpected(there.error());
        if (*there && (*there)->size < file.content.size())
            offset = (*there)->size;
    }
    auto done = session_->store(path, file.content, offset);
    // Only a name that nobody else can have made says that what is there are our own first bytes.
    if (!done && session_->is_broken() && shared_->state->rules.upload.temporary.find("{id}") != std::string::npos) {
        std::lock_guard const lock(shared_->mutex);
        shared_->writing = BegunWriting{file.path, sha256_hex(file.content), file.content.size()};
    }
    return done;
}

void FtpPlace::check_written(std::span<Draft const> files, std::vector<Result<void>>& results) {
    if (files.empty())
        return;
    std::vector<Path> paths;
    for (auto const& file : files)
        paths.push_back(file.path);
    // What can no longer be looked at is not taken for written.
    auto const found = session_->is_broken() ? all_fail<Found>(paths, results.back() ? Error{} : results.back().error()) : look(paths);
    for (std::size_t i = 0; i < found.size(); ++i)
        if (results[i])
            results[i] = found[i] ? check_size("channel " + shared_->state->name, show(paths[i]), *found[i], files[i].content.size())
                                  : unexpected(found[i].error());
}

std::vector<Result<void>> FtpPlace::write(std::span<Draft const> files, WriteOptions const& options) {
    std::vector<Result<void>> results;
    std::vector<std::string> rights;
    for (auto const& file : files) {
        bool const is_lost = !results.empty() && !results.back() && session_->is_broken();
        results.push_back(is_lost ? results.back() : write_one(file));
        if (options.mode != 0)
            rights.push_back(fmt::format("SITE CHMOD {:o} {}", options.mode, joined(file.path)));
    }
    if (options.check)
        check_written(files, results);
    if (rights.empty() || session_->is_broken())
        return results;
    auto const replies = session_->commands(rights);
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!results[i])
            continue;
        if (!replies)
            results[i] = unexpected(replies.error());
        else if (!(*replies)[i].is_fine())
            results[i] = session_->refused((*replies)[i], "set the rights of", joined(files[i].path));
    }
    return results;
}

std::vector<Result<void>> FtpPlace::rename(std::span<Renaming const> files) {
    std::vector<std::string> pairs;
    for (auto const& [from, to] : files) {
        pairs.push_back("RNFR " + joined(from));
        pairs.push_back("RNTO " + joined(to));
    }
    if (pairs.empty())
        return {};
    auto const replies = session_->commands(pairs);
    if (!replies)
        return all_fail<Result<void>>(files, replies.error());
    std::vector<Result<void>> results(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto const &from = (*replies)[2 * i], &to = (*replies)[2 * i + 1];
        if (!from.is_fine())
            results[i] = session_->refused(from, "rename", joined(files[i].from));
        else if (!to.is_fine())
            results[i] = session_->refused(to, fmt::format("rename {} to", quote_name(joined(files[i].from))), joined(files[i].to));
    }
    return results;
}

/// Servers on Windows do not rename over a file; then there is a moment without either.
Result<void> FtpPlace::replace(Path const& from, Path const& to) {
    Renaming const renaming{from, to};
    auto done = std::move(rename({&renaming, 1}).front());
    if (done || done.error().is_temporary())
        return done;
    auto const there = std::move(look({&to, 1}).front());
    if (!there || !*there || (*there)->type != EntryType::file)
        return done;
    if (auto removed = std::move(remove({&to, 1}).front()); !removed)
        return removed;
    return std::move(rename({&renaming, 1}).front());
}

std::vector<Result<void>> FtpPlace::remove(std::span<Path const> paths) {
    std::vector<std::string> requests;
    for (auto const& path : paths)
        requests.push_back("DELE " + joined(path));
    if (requests.empty())
        return {};
    auto const replies = session_->commands(requests);
    if (!replies)
        return all_fail<Result<void>>(paths, replies.error());
    std::vector<Result<void>> results(paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if ((*replies)[i].is_fine())
            continue;
        auto const there = std::move(look({&paths[i], 1}).front());
        if (!there || *there)
            results[i] = session_->refused((*replies)[i], "remove", joined(paths[i]));
    }
    return results;
}

Result<void> FtpPlace::make_folder(Path const& path) {
    auto const folder = joined(path);
    auto there = is_folder(folder);
    if (!there || *there)
        return there ? Result<void>() : unexpected(there.error());
    std::vector<std::string> requests;
    for (auto slash = folder.find('/', 1); slash != std::string::npos; slash = folder.find('/', slash + 1))
        requests.push_back("MKD " + folder.substr(0, slash));
    requests.push_back("MKD " + folder);
    auto const replies = session_->commands(requests); // those of the parents that are there fail
    if (!replies)
        return unexpected(replies.error());
    there = is_folder(folder); // somebody may have been faster
    if (there && !*there)
        return session_->refused(replies->back(), "make the folder", folder);
    return there ? Result<void>() : unexpected(there.error());
}

class FtpsChannel final : public Channel {
public:
    FtpsChannel(std::string name, FtpsSettings settings, Clock const* clock) : shared_(std::make_shared<Shared>()) {
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
        if (settings.insecure_plain && settings.implicit)
            return invalid(fmt::format("channel {}: implicit TLS and insecure_plain contradict each other", name()));
        auto session = ftp::Session::open(settings, fmt::format("channel {}: {}://{}@{}:{}", name(), settings.insecure_plain ? "ftp" : "ftps",
                                                                settings.user, settings.host,
                                                                settings.port != 0 ? settings.port : settings.implicit ? 990 : 21));
        if (!session)
            return unexpected(session.error());
        return make_mailbox(shared_->state, std::make_unique<FtpPlace>(shared_, std::move(*session)));
    }

private:
    std::shared_ptr<Shared> shared_;
};

} // namespace

std::unique_ptr<Channel> make_ftps_channel(std::string name, FtpsSettings settings, Clock const* clock) {
    return std::make_unique<FtpsChannel>(std::move(name), std::move(settings), clock);
}

} // namespace wharf::transport
