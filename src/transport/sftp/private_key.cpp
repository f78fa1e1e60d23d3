#include "transport/sftp/private_key.hpp"

#include "base/base64.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace wharf::transport::sftp {
namespace {

/// A string of the SSH wire format: four bytes of length, then the bytes.
std::optional<std::string_view> take_string(std::string_view& bytes) {
    if (bytes.size() < 4)
        return std::nullopt;
    std::uint32_t length = 0;
    for (unsigned i = 0; i < 4; ++i)
        length = length << 8 | static_cast<unsigned char>(bytes[i]);
    if (bytes.size() - 4 < length)
        return std::nullopt;
    auto const value = bytes.substr(4, length);
    bytes.remove_prefix(4 + length);
    return value;
}

/// PROTOCOL.key of OpenSSH: magic, cipher, kdf, kdf options, number of keys, first public key, which begins with its type.
void inspect_openssh(std::string_view text, KeyFacts& facts) {
    static constexpr std::string_view magic("openssh-key-v1\0", 15);
    auto const decoded = decode_base64(text);
    std::string_view bytes = decoded;
    if (!bytes.starts_with(magic))
        return;
    bytes.remove_prefix(magic.size());
    auto const cipher = take_string(bytes);
    if (!cipher || !take_string(bytes) || !take_string(bytes) || bytes.size() < 4)
        return;
    bytes.remove_prefix(4);
    auto public_key = take_string(bytes);
    auto const type = public_key ? take_string(*public_key) : std::nullopt;
    if (!type)
        return;
    facts.is_encrypted = *cipher != "none";
    facts.type = *type;
}

} // namespace

KeyFacts inspect_private_key(std::string_view text) {
    KeyFacts facts;
    static constexpr std::string_view begin = "-----BEGIN ";
    auto const start = text.find(begin);
    if (start == std::string_view::npos)
        return facts;
    text.remove_prefix(start + begin.size());
    auto const end = text.find("-----");
    if (end == std::string_view::npos || !text.substr(0, end).ends_with("PRIVATE KEY"))
        return facts;
    auto const label = text.substr(0, end);
    text.remove_prefix(end + 5);
    text = text.substr(0, text.find("-----END"));
    facts.is_key = true;
    facts.is_openssh = label == "OPENSSH PRIVATE KEY";
    facts.is_encrypted = label == "ENCRYPTED PRIVATE KEY" || text.find("ENCRYPTED") != std::string_view::npos;
    if (label == "RSA PRIVATE KEY")
        facts.type = "ssh-rsa";
    else if (label == "DSA PRIVATE KEY")
        facts.type = "ssh-dss";
    else if (label == "EC PRIVATE KEY")
        facts.type = "ecdsa";
    if (facts.is_openssh)
        inspect_openssh(text, facts);
    return facts;
}

} // namespace wharf::transport::sftp
