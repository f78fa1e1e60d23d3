#include "transport/sftp/packet.hpp"

namespace wharf::transport::sftp {
namespace {

void put_u32(std::string& bytes, std::size_t place, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes[place++] = static_cast<char>(value >> shift & 0xFF);
}

} // namespace

void append_u32(std::string& bytes, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(value >> shift & 0xFF);
}

void append_text(std::string& bytes, std::string_view value) {
    append_u32(bytes, static_cast<std::uint32_t>(value.size()));
    bytes += value;
}

StatusMeaning meaning_of(Status status) {
    switch (status) {
    case Status::no_such_file:
    case Status::no_such_path:
        return {ErrorKind::permanent, "the server has no such file or folder"};
    case Status::permission_denied:
        return {ErrorKind::permanent, "the server denies permission to this login"};
    case Status::failure: // OpenSSH says this for a full disk, too
        return {ErrorKind::temporary, "the server answers only \"failure\" (a full disk or quota, a name that exists, a "
                                      "limit of the server)"};
    case Status::unsupported:
        return {ErrorKind::permanent, "the server does not support this operation"};
    case Status::exists:
        return {ErrorKind::permanent, "the name exists"};
    case Status::write_protect:
        return {ErrorKind::permanent, "the server's file system is write-protected"};
    case Status::disk_full:
    case Status::quota_exceeded:
        return {ErrorKind::temporary, "the server's disk or quota is full"};
    case Status::not_a_folder:
        return {ErrorKind::permanent, "it is not a folder"};
    case Status::invalid_name:
        return {ErrorKind::permanent, "the server refuses this name"};
    case Status::bad_message:
        return {ErrorKind::permanent, "the server does not understand the request"};
    default:
        return {ErrorKind::temporary, "the server reports an error"};
    }
}

// length, type, number of the request (the version message has none: there the number is the version)
PacketWriter::PacketWriter(PacketType type) : bytes_(9, '\0') { bytes_[4] = static_cast<char>(type); }

PacketWriter& PacketWriter::u32(std::uint32_t value) {
    append_u32(bytes_, value);
    return *this;
}

PacketWriter& PacketWriter::u64(std::uint64_t value) {
    append_u32(bytes_, static_cast<std::uint32_t>(value >> 32));
    append_u32(bytes_, static_cast<std::uint32_t>(value));
    return *this;
}

PacketWriter& PacketWriter::text(std::string_view value) {
    bytes_.reserve(bytes_.size() + value.size() + 4);
    append_text(bytes_, value);
    return *this;
}

std::string const& PacketWriter::finish(std::uint32_t id) {
    put_u32(bytes_, 0, static_cast<std::uint32_t>(bytes_.size() - 4));
    put_u32(bytes_, 5, id);
    return bytes_;
}

std::string_view PacketReader::take(std::size_t count) {
    if (bytes_.size() < count) {
        ok_ = false;
        bytes_ = {};
        return {};
    }
    auto const part = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return part;
}

std::uint32_t PacketReader::u32() {
    std::uint32_t value = 0;
    for (char const byte : take(4))
        value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

std::uint64_t PacketReader::u64() {
    auto const high = u32();
    return static_cast<std::uint64_t>(high) << 32 | u32();
}

std::string_view PacketReader::text() { return take(u32()); }

Attributes read_attributes(PacketReader& reader) {
    constexpr std::uint32_t has_size = 1, has_owner = 2, has_permissions = 4, has_times = 8, has_extended = 0x80000000;
    Attributes found;
    auto const flags = reader.u32();
    if (flags & has_size)
        found.size = reader.u64();
    if (flags & has_owner)
        (void)reader.u64(); // user, group
    if (flags & has_permissions)
        found.permissions = reader.u32();
    if (flags & has_times) {
        (void)reader.u32(); // last access
        found.modified = reader.u32();
    }
    if (flags & has_extended)
        for (auto count = reader.u32(); count > 0 && reader.ok(); --count) {
            (void)reader.text();
            (void)reader.text();
        }
    return found;
}

FolderEntry Attributes::entry(std::string name) const {
    auto const type = permissions.value_or(0100000) & 0170000;
    return {std::move(name),
            type == 0100000   ? EntryType::file
            : type == 0040000 ? EntryType::folder
            : type == 0120000 ? EntryType::link
            : type == 0       ? EntryType::file // some servers send only the rights
                              : EntryType::other,
            size.value_or(0), modified.value_or(0), 0};
}

std::optional<std::vector<NamedAttributes>> read_names(std::string_view body) {
    PacketReader reader(body);
    std::vector<NamedAttributes> names;
    for (auto count = reader.u32(); count > 0 && reader.ok(); --count) {
        NamedAttributes entry;
        entry.name = reader.text();
        (void)reader.text(); // as `ls -l` prints it
        entry.attributes = read_attributes(reader);
        if (reader.ok())
            names.push_back(std::move(entry));
    }
    if (!reader.ok())
        return std::nullopt;
    return names;
}

} // namespace wharf::transport::sftp
