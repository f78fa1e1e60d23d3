// Writing: one large file with many parts on their way, or many small files at a time.
#include "transport/place.hpp"
#include "transport/sftp/session.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport::sftp {
namespace {

constexpr std::size_t parts_ahead = 128;

std::uint32_t flags_of(WriteOptions const& options) {
    if (options.offset > 0)
        return open_flags::write;
    return open_flags::write | open_flags::create | (options.replace ? open_flags::truncate : open_flags::exclusive);
}

} // namespace

/// `written` grows with what the server has confirmed from the beginning on.
Result<void> Session::write_chunks(std::string const& handle, std::string const& path, std::string_view content,
                                   std::uint64_t& written) {
    auto const part = client_->limits().write_bytes;
    std::deque<Chunk> asked;
    for (std::uint64_t next = written; next < content.size() || !asked.empty();) {
        while (next < content.size() && asked.size() < parts_ahead && (asked.empty() || next - asked.front().offset < window())) {
            auto const bytes = content.substr(next, part);
            auto const id = client_->send(std::move(PacketWriter(PacketType::write).text(handle).u64(next).text(bytes)));
            if (!id)
                return unexpected(id.error());
            asked.push_back({*id, next, static_cast<std::uint32_t>(bytes.size())});
            next += bytes.size();
            pace(bytes.size());
        }
        auto const chunk = asked.front();
        asked.pop_front();
        if (auto done = client_->settled(chunk.id, "write", path); !done) {
            for (auto const& other : asked)
                client_->forget(other.id);
            return done;
        }
        written = chunk.offset + chunk.length;
    }
    return {};
}

/// Rights, date, the disk, the size, the end: asked for in one go.
Result<void> Session::ask_last_steps(std::string const& handle, Draft const& file, WriteOptions const& options, std::vector<Step>& steps) {
    constexpr std::string_view fsync = "fsync@openssh.com";
    constexpr std::uint32_t has_permissions = 4, has_times = 8;
    Result<void> result;
    auto const ask = [&](Step::Kind kind, std::string_view what, PacketWriter request) {
        auto const id = client_->send(std::move(request));
        if (id)
            steps.push_back({*id, kind, what});
        else
            result = unexpected(id.error());
    };
    if (options.mode) // opening a file that was there does not set them, and the server may have a mask of its own
        ask(Step::Kind::must, "set the rights of",
            std::move(PacketWriter(PacketType::fsetstat).text(handle).u32(has_permissions).u32(*options.mode)));
    if (file.modified) {
        auto const time = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*file.modified, 0, UINT32_MAX));
        ask(Step::Kind::may, "set the date of", std::move(PacketWriter(PacketType::fsetstat).text(handle).u32(has_times).u32(time).u32(time)));
    }
    if (options.sync && client_->offers(fsync))
        ask(Step::Kind::must, "sync", std::move(PacketWriter(PacketType::extended).text(fsync).text(handle)));
    if (options.check)
        ask(Step::Kind::size, "look at", std::move(PacketWriter(PacketType::fstat).text(handle)));
    ask(Step::Kind::must, "finish writing", std::move(PacketWriter(PacketType::close).text(handle)));
    return result;
}

/// All steps are heard, also after one that failed. True when the open file had the right size.
Result<bool> Session::settle(std::span<Step const> steps, Draft const& file) {
    Result<bool> is_whole = false;
    for (auto const& [id, kind, what] : steps) {
        Result<void> done;
        if (kind == Step::Kind::size) {
            auto const found = attributes_of(id, file.path);
            if (found && is_whole)
                is_whole = found->size == file.content.size();
        } else {
            done = client_->settled(id, what, file.path);
        }
        if (!done && is_whole && (kind == Step::Kind::must || is_broken()))
            is_whole = unexpected(std::move(done.error()));
    }
    return is_whole;
}

/// By name: for servers that tell nothing of a file that is open for writing, or count what they hold when it is closed.
Result<void> Session::check_held(Draft const& file) {
    auto const found = status(file.path);
    return found ? check_size(client_->where(), quote_name(file.path), *found, file.content.size()) : unexpected(found.error());
}

Result<void> Session::write(Draft const& file, WriteOptions const& options, std::uint64_t* written) {
    if (options.offset == 0 && is_one_message(file))
        return std::move(write_all({&file, 1}, options).front());
    std::uint64_t own = 0;
    auto& have = written ? *written : own;
    have = options.offset;
    auto const opening = send_open(file.path, flags_of(options), options.mode);
    if (!opening)
        return unexpected(opening.error());
    auto handle = handle_of(*opening, "create", file.path);
    if (!handle)
        return unexpected(handle.error());
    if (!*handle)
        return client_->refused(Status::no_such_file, "create", file.path);
    if (auto done = write_chunks(**handle, file.path, file.content, have); !done) {
        close_later(**handle);
        return done;
    }
    std::vector<Step> steps;
    auto const asked = ask_last_steps(**handle, file, options, steps);
    auto const is_whole = asked ? settle(steps, file) : unexpected(asked.error());
    if (!is_whole)
        return unexpected(is_whole.error());
    return *is_whole || !options.check ? Result<void>() : check_held(file);
}

std::vector<Result<void>> Session::write_all(std::span<Draft const> files, WriteOptions const& options) {
    std::vector<Result<void>> results(files.size());
    std::vector<Id> opening(files.size());
    std::vector<std::vector<Step>> waiting(files.size());
    std::vector<bool> is_whole(files.size());
    std::size_t const most = limits_.most_open_files;

    auto const fill = [&](std::size_t i) -> Result<void> {
        auto const& file = files[i];
        auto handle = handle_of(opening[i], "create", file.path);
        if (!handle || !*handle)
            return handle ? client_->refused(Status::no_such_file, "create", file.path) : unexpected(handle.error());
        if (!file.content.empty()) {
            auto const id = client_->send(std::move(PacketWriter(PacketType::write).text(**handle).u64(0).text(file.content)));
            if (!id)
                return unexpected(id.error());
            waiting[i].push_back({*id, Step::Kind::must, "write"});
        }
        pace(file.content.size());
        return ask_last_steps(**handle, file, options, waiting[i]);
    };
    std::size_t opened = 0, filled = 0;
    for (std::size_t done = 0; done < files.size(); ++done) {
        if (!is_one_message(files[done])) { // alone; the small ones before it are done, and none behind it has begun
            results[done] = write(files[done], options);
            is_whole[done] = true; // write() has seen to it
            opened = filled = done + 1;
            continue;
        }
        for (; opened < files.size() && opened < done + most && is_one_message(files[opened]); ++opened) {
            auto const id = send_open(files[opened].path, flags_of(options), options.mode);
            if (id)
                opening[opened] = *id;
            else
                results[opened] = unexpected(id.error());
        }
        for (; filled < opened && filled <= done + most / 2; ++filled)
            if (results[filled])
                results[filled] = fill(filled);
        auto const settled = settle(waiting[done], files[done]);
        if (!settled && results[done])
            results[done] = unexpected(settled.error());
        is_whole[done] = settled && *settled;
    }
    for (std::size_t i = 0; options.check && i < files.size(); ++i)
        if (results[i] && !is_whole[i])
            results[i] = check_held(files[i]);
    return results;
}

} // namespace wharf::transport::sftp
