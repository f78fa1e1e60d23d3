// Folders and names; session_read.cpp and session_write.cpp move the files.
#include "transport/sftp/session.hpp"

#include "base/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <thread>

namespace wharf::transport::sftp {
namespace {

// Requests on their way where each is a question of a few bytes.
constexpr std::size_t questions_ahead = 128;
constexpr std::size_t most_entries = 1'000'000;

std::string join(std::string const& folder, std::string_view name) {
    return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

bool is_missing(Status status) { return status == Status::no_such_file || status == Status::no_such_path; }

} // namespace

Session::Session(std::unique_ptr<Client> client, SessionLimits limits) : client_(std::move(client)), limits_(limits) {
    limits_.most_open_files = std::max(1u, limits_.most_open_files);
    if (auto const told = client_->limits().open_handles; told > 1)
        limits_.most_open_files = static_cast<unsigned>(std::min<std::uint64_t>(limits_.most_open_files, told - 1));
}

void Session::pace(std::uint64_t bytes) {
    if (limits_.bytes_per_second == 0)
        return;
    auto const now = std::chrono::steady_clock::now();
    auto const takes = std::chrono::duration<double>(static_cast<double>(bytes) / static_cast<double>(limits_.bytes_per_second));
    free_at_ = std::max(free_at_, now) + std::chrono::duration_cast<std::chrono::steady_clock::duration>(takes);
    if (free_at_ > now)
        std::this_thread::sleep_until(free_at_);
}

/// Bytes on their way at a time: enough for a line of 100 ms, or a quarter of a second's share.
std::size_t Session::window() const {
    constexpr std::size_t usual = 8u << 20;
    if (limits_.bytes_per_second == 0)
        return usual;
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(limits_.bytes_per_second / 4, 1, usual));
}

Result<Client::Id> Session::send_about(PacketType type, std::string_view text) {
    return client_->send(std::move(PacketWriter(type).text(text)));
}

/// The handle of a file or folder; nothing when there is none of that name.
Result<std::optional<std::string>> Session::handle_of(Id id, std::string_view what, std::string const& path) {
    auto reply = client_->answer(id);
    if (!reply)
        return unexpected(reply.error());
    if (reply->type == PacketType::handle) {
        PacketReader reader(reply->body);
        std::string handle(reader.text());
        if (!reader.ok())
            return client_->out_of_step("a handle that is cut off");
        return handle;
    }
    auto const status = status_of(*reply);
    if (!status || *status == Status::ok)
        return client_->out_of_step("no handle after opening");
    if (is_missing(*status))
        return std::nullopt;
    return client_->refused(*status, what, path);
}

void Session::close_later(std::string const& handle) {
    if (auto id = send_about(PacketType::close, handle))
        client_->forget(*id);
}

Result<std::vector<FolderEntry>> Session::list(std::string const& folder) {
    auto const opening = send_about(PacketType::opendir, folder);
    if (!opening)
        return unexpected(opening.error());
    auto handle = handle_of(*opening, "list", folder);
    if (!handle)
        return unexpected(handle.error());
    if (!*handle)
        return client_->refused(Status::no_such_file, "list", folder);

    std::vector<FolderEntry> entries;
    std::vector<std::string> incomplete;
    std::deque<Id> asked; // some ahead: a large folder comes in parts of a hundred names
    Result<void> trouble;
    for (bool ended = false; trouble && (!ended || !asked.empty());) {
        while (!ended && asked.size() < 4 && trouble) {
            auto id = send_about(PacketType::readdir, **handle);
            if (id)
                asked.push_back(*id);
            else
                trouble = unexpected(id.error());
        }
        if (!trouble)
            break;
        auto reply = client_->answer(asked.front());
        asked.pop_front();
        if (!reply) {
            trouble = unexpected(reply.error());
        } else if (auto const status = status_of(*reply)) {
            if (*status != Status::eof && !ended)
                trouble = client_->refused(*status, "list", folder);
            ended = true;
        } else if (auto names = reply->type == PacketType::name ? read_names(reply->body) : std::nullopt) {
            for (auto& [name, attributes] : *names)
                if (attributes.is_complete())
                    entries.push_back(attributes.entry(std::move(name)));
                else
                    incomplete.push_back(std::move(name));
            if (entries.size() + incomplete.size() > most_entries)
                trouble = permanent(fmt::format("{}: {} holds more than {} names; clear it out", client_->where(),
                                                quote_name(folder), most_entries));
        } else {
            trouble = client_->out_of_step("a listing");
        }
    }
    for (auto const id : asked)
        client_->forget(id);
    close_later(**handle);
    if (!trouble)
        return unexpected(trouble.error());

    // A server that lists names only.
    std::erase_if(incomplete, [](std::string const& name) { return !is_plain_file_name(name); });
    std::vector<std::string> paths;
    for (auto const& name : incomplete)
        paths.push_back(join(folder, name));
    auto found = statuses(paths);
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!found[i])
            return unexpected(found[i].error());
        if (*found[i]) {
            (*found[i])->name = std::move(incomplete[i]);
            entries.push_back(std::move(**found[i]));
        }
    }
    return entries;
}

/// Nothing when there is no such file.
Result<std::optional<Attributes>> Session::looked(Id id, std::string const& path) {
    auto reply = client_->answer(id);
    if (!reply)
        return unexpected(reply.error());
    if (reply->type == PacketType::attrs) {
        PacketReader reader(reply->body);
        auto const attributes = read_attributes(reader);
        if (!reader.ok())
            return client_->out_of_step("attributes that are cut off");
        return attributes;
    }
    auto const status = status_of(*reply);
    if (!status || *status == Status::ok)
        return client_->out_of_step("no attributes after a look");
    if (is_missing(*status))
        return std::nullopt;
    return client_->refused(*status, "look at", path);
}

Result<Attributes> Session::attributes_of(Id id, std::string const& path) {
    auto found = looked(id, path);
    if (!found)
        return unexpected(found.error());
    if (!*found)
        return client_->refused(Status::no_such_file, "look at", path);
    return **found;
}

Result<std::optional<FolderEntry>> Session::status(std::string const& path) {
    return std::move(statuses({&path, 1}).front());
}

std::vector<Result<std::optional<FolderEntry>>> Session::statuses(std::span<std::string const> paths) {
    std::vector<Result<std::optional<FolderEntry>>> found;
    found.reserve(paths.size());
    std::deque<Result<Id>> asked;
    for (std::size_t next = 0; found.size() < paths.size();) {
        while (next < paths.size() && asked.size() < questions_ahead)
            asked.push_back(send_about(PacketType::lstat, paths[next++]));
        auto const id = std::move(asked.front());
        asked.pop_front();
        auto const& path = paths[found.size()];
        auto attributes = id ? looked(*id, path) : unexpected(id.error());
        if (!attributes)
            found.push_back(unexpected(attributes.error()));
        else if (*attributes)
            found.push_back((*attributes)->entry(path));
        else
            found.push_back(std::nullopt);
    }
    return found;
}

std::vector<Result<void>> Session::each_settled(std::size_t count, std::string_view what, bool missing_is_fine,
                                                std::function<std::string const&(std::size_t)> const& path,
                                                std::function<Result<Id>(std::size_t)> const& ask) {
    std::vector<Result<void>> done;
    done.reserve(count);
    std::deque<Result<Id>> asked;
    for (std::size_t next = 0; done.size() < count;) {
        while (next < count && asked.size() < questions_ahead)
            asked.push_back(ask(next++));
        auto const id = std::move(asked.front());
        asked.pop_front();
        if (!id) {
            done.push_back(unexpected(id.error()));
            continue;
        }
        auto reply = client_->answer(*id);
        if (!reply) {
            done.push_back(unexpected(reply.error()));
            continue;
        }
        auto const status = status_of(*reply);
        if (!status)
            done.push_back(client_->out_of_step(what));
        else if (*status == Status::ok || (missing_is_fine && is_missing(*status)))
            done.emplace_back();
        else
            done.push_back(client_->refused(*status, what, path(done.size())));
    }
    return done;
}

Result<void> Session::rename(std::string const& from, std::string const& to) {
    Renaming const one{from, to};
    return std::move(rename_all({&one, 1}).front());
}

std::vector<Result<void>> Session::rename_all(std::span<Renaming const> files) {
    return each_settled(
        files.size(), files.size() == 1 ? fmt::format("rename to {}", quote_name(files[0].to)) : "rename", false,
        [&](std::size_t i) -> std::string const& { return files[i].from; },
        [&](std::size_t i) { return client_->send(std::move(PacketWriter(PacketType::rename).text(files[i].from).text(files[i].to))); });
}

Result<void> Session::replace(std::string const& from, std::string const& to) {
    if (!client_->offers("posix-rename@openssh.com")) {
        if (auto removed = remove(to); !removed)
            return removed;
        return rename(from, to);
    }
    auto const id = client_->send(std::move(PacketWriter(PacketType::extended).text("posix-rename@openssh.com").text(from).text(to)));
    if (!id)
        return unexpected(id.error());
    return client_->settled(*id, fmt::format("rename to {}", quote_name(to)), from);
}

Result<void> Session::remove(std::string const& path) { return std::move(remove_all({&path, 1}).front()); }

std::vector<Result<void>> Session::remove_all(std::span<std::string const> paths) {
    return each_settled(
        paths.size(), "remove", true, [&](std::size_t i) -> std::string const& { return paths[i]; },
        [&](std::size_t i) { return send_about(PacketType::remove, paths[i]); });
}

Result<void> Session::make_folder(std::string const& path) {
    auto const id = client_->send(std::move(PacketWriter(PacketType::mkdir).text(path).u32(0)));
    if (!id)
        return unexpected(id.error());
    return client_->settled(*id, "create the folder", path);
}

} // namespace wharf::transport::sftp
