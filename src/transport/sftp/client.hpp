// Requests and answers of SFTP over a Stream. Any number of requests may be on their way; answers are taken by the number of
// their request, in any order, and kept until somebody asks for them. That is all the pipelining there is: callers send
// ahead and collect behind.
//
// One thread at a time. When the connection is lost or out of step, that call and all later ones fail as `temporary`.
#pragma once

#include "transport/sftp/packet.hpp"
#include "transport/sftp/stream.hpp"

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace wharf::transport::sftp {

struct Packet {
    PacketType type = PacketType::status;
    std::string body; // behind the number of the request
};

/// What the server says it can (limits@openssh.com; the defaults are what every server takes).
struct ServerLimits {
    std::uint32_t read_bytes = 32768;
    std::uint32_t write_bytes = 32768;
    std::uint64_t open_handles = 0; // 0: not told
};

class Client {
public:
    using Id = std::uint32_t;
    /// `where` begins every message: "channel acme: sftp://user@host:22".
    Client(std::unique_ptr<Stream> stream, std::string where) : stream_(std::move(stream)), where_(std::move(where)) {}
    ~Client();

    /// Versions, extensions, limits.
    [[nodiscard]] Result<void> start();
    /// Queued; it leaves at the latest when somebody waits for an answer.
    [[nodiscard]] Result<Id> send(PacketWriter request);
    [[nodiscard]] Result<Packet> answer(Id id);
    /// An answer that nobody will ask for is dropped when it comes.
    void forget(Id id);

    /// Of an answer that is a status: fine, or not. `what` is "read", `path` its object.
    [[nodiscard]] Result<void> settled(Id id, std::string_view what, std::string_view path);
    [[nodiscard]] std::unexpected<Error> refused(Status status, std::string_view what, std::string_view path) const;
    /// The answer makes no sense: gives the connection up.
    [[nodiscard]] std::unexpected<Error> out_of_step(std::string_view what);

    [[nodiscard]] bool offers(std::string_view extension) const { return extensions_.contains(extension); }
    [[nodiscard]] ServerLimits const& limits() const { return limits_; }
    [[nodiscard]] std::string const& where() const { return where_; }
    [[nodiscard]] bool is_broken() const { return broken_; }
    [[nodiscard]] Stream& stream() { return *stream_; }

private:
    [[nodiscard]] Result<void> flush();
    [[nodiscard]] Result<void> fill(std::size_t bytes);
    /// The next message of the server, from its type on; it lasts until the one after it.
    [[nodiscard]] Result<std::string_view> next_message();
    [[nodiscard]] Result<void> ask_limits();
    std::unexpected<Error> lost(Error error);

    std::unique_ptr<Stream> stream_;
    std::string where_;
    std::string out_;
    std::string in_; // room to read into
    std::size_t taken_ = 0, end_ = 0; // what in_ holds that nobody took yet
    Id next_ = 1;
    std::unordered_map<Id, std::optional<Packet>> pending_; // asked; with the answer when it came before it was wanted
    std::set<Id> forgotten_;
    std::map<std::string, std::string, std::less<>> extensions_;
    ServerLimits limits_;
    bool broken_ = false;
};

/// Of a status answer; nothing when it is another type or malformed.
[[nodiscard]] std::optional<Status> status_of(Packet const& packet);

} // namespace wharf::transport::sftp
