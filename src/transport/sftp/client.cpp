#include "transport/sftp/client.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace wharf::transport::sftp {
namespace {

constexpr std::size_t flush_bytes = 256u << 10;
constexpr std::size_t read_bytes = 256u << 10;
// Chunks: OpenSSH's own client takes at most this, whatever the server allows.
constexpr std::uint64_t largest_chunk = 255u << 10;

std::uint32_t chunk(std::uint64_t told, std::uint32_t usual) {
    return told == 0 ? usual : static_cast<std::uint32_t>(std::min(told, largest_chunk));
}

} // namespace

std::optional<Status> status_of(Packet const& packet) {
    PacketReader reader(packet.body);
    auto const code = reader.u32();
    if (packet.type != PacketType::status || !reader.ok())
        return std::nullopt;
    return static_cast<Status>(code);
}

Client::~Client() {
    if (broken_)
        stream_->shut();
    else
        (void)flush(); // handles that are being closed
}

std::unexpected<Error> Client::lost(Error error) {
    broken_ = true;
    stream_->shut(); // closing handles must not wait for a server that is gone
    return std::unexpected(Error{ErrorKind::temporary, fmt::format("{}: {}", where_, error.message)});
}

std::unexpected<Error> Client::out_of_step(std::string_view what) {
    return lost({ErrorKind::temporary, fmt::format("the server's answer makes no sense ({})", what)});
}

Result<void> Client::flush() {
    if (broken_)
        return temporary(fmt::format("{}: the connection was lost before", where_));
    if (out_.empty())
        return {};
    auto written = stream_->write(out_);
    out_.clear();
    if (!written)
        return lost(std::move(written.error()));
    return {};
}

Result<void> Client::fill(std::size_t bytes) {
    if (taken_ > 0 && (taken_ == end_ || in_.size() - taken_ < bytes + read_bytes)) {
        std::copy(in_.begin() + static_cast<std::ptrdiff_t>(taken_), in_.begin() + static_cast<std::ptrdiff_t>(end_), in_.begin());
        end_ -= taken_;
        taken_ = 0;
    }
    if (in_.size() < taken_ + bytes + read_bytes)
        in_.resize(taken_ + bytes + read_bytes);
    while (end_ - taken_ < bytes) {
        auto const got = stream_->read(in_.data() + end_, in_.size() - end_);
        if (!got)
            return lost(got.error());
        end_ += *got;
    }
    return {};
}

Result<std::string_view> Client::next_message() {
    if (auto there = fill(4); !there)
        return unexpected(there.error());
    auto const length = PacketReader(std::string_view(in_).substr(taken_)).u32();
    if (length < 5 || length > largest_packet)
        return out_of_step(fmt::format("a message of {} bytes; the login may be for a shell, not for SFTP", length));
    if (auto there = fill(4 + std::size_t{length}); !there)
        return unexpected(there.error());
    auto const message = std::string_view(in_).substr(taken_ + 4, length);
    taken_ += 4 + std::size_t{length};
    return message;
}

Result<void> Client::start() {
    PacketWriter init(PacketType::init);
    out_ += init.finish(3);
    if (auto sent = flush(); !sent)
        return sent;
    auto message = next_message();
    if (!message)
        return unexpected(message.error());
    PacketReader reader(message->substr(1));
    auto const version = reader.u32();
    if (static_cast<PacketType>((*message)[0]) != PacketType::version || version < 3)
        return out_of_step(fmt::format("SFTP version 3 is needed, the server offers {}", version));
    while (reader.ok() && !reader.at_end()) {
        std::string name(reader.text());
        extensions_.insert_or_assign(std::move(name), std::string(reader.text()));
    }
    return offers("limits@openssh.com") ? ask_limits() : Result<void>();
}

Result<void> Client::ask_limits() {
    auto const id = send(std::move(PacketWriter(PacketType::extended).text("limits@openssh.com")));
    if (!id)
        return unexpected(id.error());
    auto reply = answer(*id);
    if (!reply)
        return unexpected(reply.error());
    if (reply->type != PacketType::extended_reply)
        return {};
    PacketReader reader(reply->body);
    (void)reader.u64(); // the longest packet
    auto const read = reader.u64(), write = reader.u64(), handles = reader.u64();
    if (!reader.ok())
        return {};
    limits_.read_bytes = chunk(read, limits_.read_bytes);
    limits_.write_bytes = chunk(write, limits_.write_bytes);
    limits_.open_handles = handles;
    return {};
}

Result<Client::Id> Client::send(PacketWriter request) {
    if (broken_)
        return temporary(fmt::format("{}: the connection was lost before", where_));
    auto const id = next_++;
    out_ += request.finish(id);
    pending_.emplace(id, std::nullopt);
    if (out_.size() >= flush_bytes)
        if (auto sent = flush(); !sent)
            return unexpected(sent.error());
    return id;
}

void Client::forget(Id id) {
    auto const found = pending_.find(id);
    if (found == pending_.end())
        return;
    if (found->second)
        pending_.erase(found);
    else
        forgotten_.insert(id);
}

Result<Packet> Client::answer(Id id) {
    auto wanted = pending_.find(id);
    if (wanted == pending_.end())
        return out_of_step("an answer was asked for twice");
    if (!wanted->second)
        if (auto sent = flush(); !sent)
            return unexpected(sent.error());
    while (!wanted->second) {
        auto message = next_message();
        if (!message)
            return unexpected(message.error());
        PacketReader reader(message->substr(1));
        auto const number = reader.u32();
        auto const asked = pending_.find(number);
        if (!reader.ok() || asked == pending_.end() || asked->second)
            return out_of_step("an answer to nothing we asked");
        if (forgotten_.erase(number) > 0)
            pending_.erase(asked);
        else
            asked->second = Packet{static_cast<PacketType>((*message)[0]), std::string(message->substr(5))};
    }
    auto packet = std::move(*wanted->second);
    pending_.erase(wanted);
    return packet;
}

std::unexpected<Error> Client::refused(Status status, std::string_view what, std::string_view path) const {
    auto const meaning = meaning_of(status);
    return std::unexpected(Error{meaning.kind, fmt::format("{}: cannot {} {}: {} (SFTP status {})", where_, what, quote_name(path),
                                                           meaning.text, static_cast<std::uint32_t>(status))});
}

Result<void> Client::settled(Id id, std::string_view what, std::string_view path) {
    auto reply = answer(id);
    if (!reply)
        return unexpected(reply.error());
    auto const status = status_of(*reply);
    if (!status)
        return out_of_step(fmt::format("no status after {}", what));
    if (*status != Status::ok)
        return refused(*status, what, path);
    return {};
}

} // namespace wharf::transport::sftp
