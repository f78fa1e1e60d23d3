// The messages of SFTP version 3 (draft-ietf-secsh-filexfer-02) as bytes: writing requests, reading answers.
//
// Pure; nothing here knows a connection. A reader that runs past the end of its bytes says so by `ok()` and gives zeros and
// empty texts from then on, so that callers check once.
#pragma once

#include "base/error.hpp"
#include "transport/pickup.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::sftp {

/// Section 3: the types of messages that we send or expect.
enum class PacketType : std::uint8_t {
    init = 1, version = 2, open = 3, close = 4, read = 5, write = 6, lstat = 7, fstat = 8, fsetstat = 10, opendir = 11, readdir = 12,
    remove = 13, mkdir = 14, rename = 18, status = 101, handle = 102, data = 103, name = 104, attrs = 105,
    extended = 200, extended_reply = 201,
};

/// Section 7, and the later codes that servers send all the same.
enum class Status : std::uint32_t {
    ok = 0, eof = 1, no_such_file = 2, permission_denied = 3, failure = 4, bad_message = 5, unsupported = 8, no_such_path = 10,
    exists = 11, write_protect = 12, no_media = 13, disk_full = 14, quota_exceeded = 15, not_a_folder = 19,
    invalid_name = 20,
};

struct StatusMeaning {
    ErrorKind kind;
    std::string_view text; // completes "cannot write X: …"
};
[[nodiscard]] StatusMeaning meaning_of(Status status);

/// How a file is opened (section 6.3).
namespace open_flags {
inline constexpr std::uint32_t read = 1, write = 2, create = 8, truncate = 16, exclusive = 32;
}

/// No message of a server may be longer. OpenSSH stops at 256 KB; others list a whole folder in one message.
inline constexpr std::uint32_t largest_packet = 64u << 20;

/// Numbers and texts as SSH writes them (RFC 4251 section 5).
void append_u32(std::string& bytes, std::uint32_t value);
void append_text(std::string& bytes, std::string_view value);

/// One request: the length in front and the number of the request are filled in by the client.
class PacketWriter {
public:
    explicit PacketWriter(PacketType type);
    PacketWriter& u32(std::uint32_t value);
    PacketWriter& u64(std::uint64_t value);
    PacketWriter& text(std::string_view value);
    /// Length, number of the request; to be called once, at the end.
    [[nodiscard]] std::string const& finish(std::uint32_t id);
    [[nodiscard]] bool is_init() const { return static_cast<PacketType>(bytes_[4]) == PacketType::init; }

private:
    std::string bytes_;
};

class PacketReader {
public:
    explicit PacketReader(std::string_view bytes) : bytes_(bytes) {}
    std::uint32_t u32();
    std::uint64_t u64();
    std::string_view text();
    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return bytes_.empty(); }
    [[nodiscard]] std::size_t left() const { return bytes_.size(); }

private:
    [[nodiscard]] std::string_view take(std::size_t count);
    std::string_view bytes_;
    bool ok_ = true;
};

/// Section 5; absent when the server leaves it out.
struct Attributes {
    std::optional<std::uint64_t> size;
    std::optional<std::uint32_t> permissions;
    std::optional<std::int64_t> modified;
    [[nodiscard]] bool is_complete() const { return size && permissions && modified; }
    [[nodiscard]] FolderEntry entry(std::string name) const;
};
[[nodiscard]] Attributes read_attributes(PacketReader& reader);

struct NamedAttributes {
    std::string name;
    Attributes attributes;
};
/// The body of a SSH_FXP_NAME message; nothing when it is malformed.
[[nodiscard]] std::optional<std::vector<NamedAttributes>> read_names(std::string_view body);

} // namespace wharf::transport::sftp
