// Writing: one large file with many parts on their way, or many small files at a time.
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

/// Rights, the disk, the end: asked for in one go.
std::vector<std::pair<std::string_view, PacketWriter>> Session::last_steps(std::string const& handle, WriteOptions const& options) const {
    constexpr std::string_view fsync = "fsync@openssh.com";
    constexpr std::uint32_t has_permissions = 4;
    std::vector<std::pair<std::string_view, PacketWriter>> steps;
    if (options.mode) // opening a file that was there does not set them, and the server may have a mask of its own
        steps.emplace_back("set the rights of",
                           std::move(PacketWriter(PacketType::fsetstat).text(handle).u32(has_permissions).u32(*options.mode)));
    if (options.sync && client_->offers(fsync))
        steps.emplace_back("sync", std::move(PacketWriter(PacketType::extended).text(fsync).text(handle)));
    steps.emplace_back("finish writing", std::move(PacketWriter(PacketType::close).text(handle)));
    return steps;
}

Result<void> Session::finish_writing(std::string const& handle, std::string const& path, WriteOptions const& options) {
    std::vector<std::pair<Id, std::string_view>> asked;
    for (auto& [what, request] : last_steps(handle, options)) {
        auto const id = client_->send(std::move(request));
        if (!id)
            return unexpected(id.error());
        asked.emplace_back(*id, what);
    }
    Result<void> result;
    for (auto const& [id, what] : asked)
        if (auto done = client_->settled(id, what, path); !done && result)
            result = std::move(done);
    return result;
}

Result<void> Session::write(std::string const& path, std::string_view content, WriteOptions const& options, std::uint64_t* written) {
    std::uint64_t own = 0;
    auto& have = written ? *written : own;
    have = options.offset;
    auto const opening = send_open(path, flags_of(options), options.mode);
    if (!opening)
        return unexpected(opening.error());
    auto handle = handle_of(*opening, "create", path);
    if (!handle)
        return unexpected(handle.error());
    if (!*handle)
        return client_->refused(Status::no_such_file, "create", path);
    if (auto done = write_chunks(**handle, path, content, have); !done) {
        close_later(**handle);
        return done;
    }
    return finish_writing(**handle, path, options);
}

std::vector<Result<void>> Session::write_all(std::span<Draft const> files, WriteOptions const& options) {
    std::vector<Result<void>> results(files.size());
    std::vector<Id> opening(files.size());
    std::vector<std::vector<std::pair<Id, std::string_view>>> waiting(files.size());
    std::size_t const most = limits_.most_open_files;
    auto const is_small = [&](Draft const& file) { return most > 1 && file.content.size() <= client_->limits().write_bytes; };

    auto const fill = [&](std::size_t i) {
        auto const& [path, content] = files[i];
        auto handle = handle_of(opening[i], "create", path);
        if (!handle || !*handle) {
            results[i] = handle ? Result<void>(client_->refused(Status::no_such_file, "create", path)) : unexpected(handle.error());
            return;
        }
        auto const ask = [&](std::string_view what, PacketWriter request) {
            auto const id = client_->send(std::move(request));
            if (id)
                waiting[i].emplace_back(*id, what);
            else
                results[i] = unexpected(id.error());
        };
        if (!content.empty())
            ask("write", std::move(PacketWriter(PacketType::write).text(**handle).u64(0).text(content)));
        for (auto& [what, request] : last_steps(**handle, options))
            ask(what, std::move(request));
        pace(content.size());
    };
    std::size_t opened = 0, filled = 0;
    for (std::size_t done = 0; done < files.size(); ++done) {
        if (!is_small(files[done])) { // alone; the small ones before it are done, and none behind it has begun
            results[done] = write(files[done].path, files[done].content, options);
            opened = filled = done + 1;
            continue;
        }
        for (; opened < files.size() && opened < done + most && is_small(files[opened]); ++opened) {
            auto const id = send_open(files[opened].path, flags_of(options), options.mode);
            if (id)
                opening[opened] = *id;
            else
                results[opened] = unexpected(id.error());
        }
        for (; filled < opened && filled <= done + most / 2; ++filled)
            if (results[filled])
                fill(filled);
        for (auto const& [id, what] : waiting[done]) {
            auto settled = client_->settled(id, what, files[done].path);
            if (!settled && results[done])
                results[done] = std::move(settled);
        }
    }
    return results;
}

} // namespace wharf::transport::sftp
