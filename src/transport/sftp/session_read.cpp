// Reading: one large file with many parts on their way, or many small files at a time.
#include "transport/sftp/session.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport::sftp {
namespace {

constexpr std::size_t parts_ahead = 64;

} // namespace

Result<Client::Id> Session::send_open(std::string const& path, std::uint32_t flags, std::optional<std::uint32_t> mode) {
    PacketWriter request(PacketType::open);
    request.text(path).u32(flags);
    mode ? request.u32(4).u32(*mode) : request.u32(0); // attributes: the rights, or none
    return client_->send(std::move(request));
}

Result<bool> Session::is_as_listed(std::string const& handle, Wanted const& file) {
    auto const id = send_about(PacketType::fstat, handle);
    return id ? matches(attributes_of(*id, file.path), file) : unexpected(id.error());
}

/// A server that tells nothing of open files is asked by name.
Result<bool> Session::matches(Result<Attributes> const& open, Wanted const& file) {
    if (open)
        return open->size.value_or(0) == file.size && open->modified.value_or(0) == file.modified;
    if (is_broken())
        return unexpected(open.error());
    auto const named = status(file.path);
    if (!named)
        return unexpected(named.error());
    return *named && (*named)->size == file.size && (*named)->modified == file.modified;
}

Result<void> Session::ask_chunk(std::string const& handle, std::uint64_t offset, std::uint32_t length, std::deque<Chunk>& asked) {
    auto const id = client_->send(std::move(PacketWriter(PacketType::read).text(handle).u64(offset).u32(length)));
    if (!id)
        return unexpected(id.error());
    asked.push_back({*id, offset, length});
    return {};
}

/// From the end of `content` to the end of the file. False when the file turns out shorter or longer.
Result<bool> Session::read_chunks(std::string const& handle, Wanted const& file, std::string& content) {
    auto const end = file.size + 1; // one more, to see that it did not grow
    auto const part = client_->limits().read_bytes;
    std::deque<Chunk> asked;
    auto const drop = [&] {
        for (auto const& chunk : asked)
            client_->forget(chunk.id);
    };
    content.reserve(file.size);
    for (std::uint64_t next = content.size(); next < end || !asked.empty();) {
        while (next < end && asked.size() < parts_ahead && (asked.empty() || next - asked.front().offset < window())) {
            auto const length = static_cast<std::uint32_t>(std::min<std::uint64_t>(part, end - next));
            if (auto sent = ask_chunk(handle, next, length, asked); !sent)
                return unexpected(sent.error());
            next += length;
        }
        auto const chunk = asked.front();
        asked.pop_front();
        auto reply = client_->answer(chunk.id);
        if (!reply)
            return unexpected(reply.error());
        if (auto const status = status_of(*reply)) {
            drop();
            if (*status == Status::eof)
                return content.size() == file.size;
            return client_->refused(*status, "read", file.path);
        }
        PacketReader reader(reply->body);
        auto const data = reader.text();
        if (reply->type != PacketType::data || !reader.ok() || data.size() > chunk.length || data.empty())
            return client_->out_of_step("a part of a file");
        content += data;
        pace(data.size());
        if (content.size() > file.size) {
            drop();
            return false;
        }
        if (data.size() == chunk.length || content.size() == file.size)
            continue;
        // A server that gives less than was asked: the rest of this part comes first.
        std::deque<Chunk> rest;
        if (auto sent = ask_chunk(handle, chunk.offset + data.size(), chunk.length - static_cast<std::uint32_t>(data.size()), rest);
            !sent)
            return unexpected(sent.error());
        asked.push_front(rest.front());
    }
    return content.size() == file.size;
}

Result<std::optional<std::string>> Session::read(Wanted const& file, Partial* partial) {
    auto const opening = send_open(file.path, open_flags::read, std::nullopt);
    if (!opening)
        return unexpected(opening.error());
    auto handle = handle_of(*opening, "open", file.path);
    if (!handle)
        return unexpected(handle.error());
    if (!*handle)
        return std::nullopt;
    auto const give = [&](Result<bool> same, std::string content) -> Result<std::optional<std::string>> {
        close_later(**handle);
        if (!same)
            return unexpected(same.error());
        return *same ? std::optional(std::move(content)) : std::nullopt;
    };
    auto same = is_as_listed(**handle, file);
    if (!same || !*same)
        return give(std::move(same), {});

    std::string content;
    if (partial && partial->file.path == file.path && partial->file.size == file.size && partial->file.modified == file.modified)
        content = std::move(partial->content);
    same = read_chunks(**handle, file, content);
    if (partial) {
        *partial = {};
        if (!same && is_broken())
            *partial = {file, std::move(content)};
    }
    if (same && *same)
        same = is_as_listed(**handle, file);
    return give(std::move(same), std::move(content));
}

// --- many small files -----------------------------------------------------------------------------------------------

/// Once it is open: look, read, look, close, all at once; the server keeps their order.
Result<void> Session::begin_small(SmallRead& work, Wanted const& file) {
    work.begun = true;
    auto handle = handle_of(work.open, "open", file.path);
    if (!handle)
        return unexpected(handle.error());
    if (!*handle)
        return {};
    work.opened = true;
    auto const ask = [&](Id& id, Result<Id> sent) {
        if (sent)
            id = *sent;
        return sent.has_value();
    };
    auto const& text = **handle;
    if (ask(work.before, send_about(PacketType::fstat, text)) &&
        ask(work.data, client_->send(std::move(PacketWriter(PacketType::read)
                                                   .text(text)
                                                   .u64(0)
                                                   .u32(static_cast<std::uint32_t>(file.size) + 1)))) &&
        ask(work.after, send_about(PacketType::fstat, text)) && ask(work.close, send_about(PacketType::close, text)))
        return {};
    return temporary(fmt::format("{}: the connection was lost", client_->where()));
}

Result<std::optional<std::string>> Session::end_small(SmallRead& work, Wanted const& file) {
    if (!work.opened)
        return std::nullopt;
    auto const before = attributes_of(work.before, file.path);
    auto data = client_->answer(work.data);
    auto const after = attributes_of(work.after, file.path);
    client_->forget(work.close);
    for (auto const* attributes : {&before, &after}) {
        auto const same = matches(*attributes, file);
        if (!same)
            return unexpected(same.error());
        if (!*same)
            return std::nullopt;
    }
    if (!data)
        return unexpected(data.error());
    if (auto const status = status_of(*data)) {
        if (*status != Status::eof)
            return client_->refused(*status, "read", file.path);
        return file.size == 0 ? std::optional<std::string>("") : std::nullopt;
    }
    PacketReader reader(data->body);
    auto const bytes = reader.text();
    if (data->type != PacketType::data || !reader.ok())
        return client_->out_of_step("a part of a file");
    pace(bytes.size());
    if (bytes.size() < file.size)
        return read(file); // a server that gives less than was asked
    return bytes.size() == file.size ? std::optional<std::string>(bytes) : std::nullopt;
}

std::vector<Result<std::optional<std::string>>> Session::read_all(std::span<Wanted const> files) {
    std::vector<Result<std::optional<std::string>>> results;
    results.reserve(files.size());
    auto const is_small = [&](Wanted const& file) { return file.size < client_->limits().read_bytes; };
    std::size_t const most = limits_.most_open_files;
    for (std::size_t first = 0; first < files.size();) {
        if (!is_small(files[first]) || most == 1) {
            results.push_back(read(files[first++]));
            continue;
        }
        auto last = first;
        while (last < files.size() && is_small(files[last]))
            ++last;
        // Three waves run through the files: opening, in the middle asking, behind it collecting.
        std::vector<SmallRead> work(last - first);
        std::vector<Result<void>> begun(work.size());
        std::size_t opened = 0, asked = 0;
        for (std::size_t done = 0; done < work.size(); ++done) {
            for (; opened < work.size() && opened < done + most; ++opened) {
                auto const id = send_open(files[first + opened].path, open_flags::read, std::nullopt);
                if (id)
                    work[opened].open = *id;
                else
                    begun[opened] = unexpected(id.error());
            }
            for (; asked < opened && asked <= done + most / 2; ++asked)
                if (begun[asked])
                    begun[asked] = begin_small(work[asked], files[first + asked]);
            if (begun[done])
                results.push_back(end_small(work[done], files[first + done]));
            else
                results.push_back(unexpected(begun[done].error()));
        }
        first = last;
    }
    return results;
}

} // namespace wharf::transport::sftp
