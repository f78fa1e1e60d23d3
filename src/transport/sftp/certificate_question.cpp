// A server is asked for the certificate of its host key: the beginning of a key exchange (RFC 4253, RFC 5656) that is not ended.
#include "transport/sftp/host_certificate.hpp"

#include "transport/sftp/login.hpp"
#include "transport/sftp/packet.hpp"
#include "transport/sftp/talk.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <openssl/rand.h>

namespace wharf::transport::sftp {
namespace {

/// Of keys of this family, as Greeted::family() has it.
std::string_view certificate_types(std::string_view family) {
    if (family == "ed25519")
        return "ssh-ed25519-cert-v01@openssh.com";
    if (family == "RSA")
        return "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com";
    return "ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com";
}

// Our half of the exchange may be known to everybody, since nothing is kept secret with it: the base point of each curve.
constexpr std::string_view point_25519("\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);
constexpr std::string_view point_p256("\x04\x6B\x17\xD1\xF2\xE1\x2C\x42\x47\xF8\xBC\xE6\xE5\x63\xA4\x40\xF2\x77\x03\x7D\x81\x2D\xEB\x33\xA0\xF4\xA1"
                                      "\x39\x45\xD8\x98\xC2\x96\x4F\xE3\x42\xE2\xFE\x1A\x7F\x9B\x8E\xE7\xEB\x4A\x7C\x0F\x9E\x16\x2B\xCE\x33\x57\x6B"
                                      "\x31\x5E\xCE\xCB\xB6\x40\x68\x37\xBF\x51\xF5",
                                      65);
struct Exchange {
    std::string_view name, point;
};
constexpr Exchange exchanges[] = {{"curve25519-sha256", point_25519}, {"curve25519-sha256@libssh.org", point_25519}, {"ecdh-sha2-nistp256", point_p256}};

enum Message : char { disconnect = 1, exchange_begins = 20, our_half = 30, server_half = 31 };
constexpr std::size_t most_packet = 64u << 10, most_greeting = 16u << 10, most_messages = 16;

bool lists(std::string_view list, std::string_view word) {
    for (std::size_t begin = 0; begin <= list.size();) {
        auto const end = std::min(list.find(',', begin), list.size());
        if (list.substr(begin, end - begin) == word)
            return true;
        begin = end + 1;
    }
    return false;
}

bool list_meets(std::string_view list, std::string_view others) {
    for (std::size_t begin = 0; begin < others.size();) {
        auto const end = std::min(others.find(',', begin), others.size());
        if (lists(list, others.substr(begin, end - begin)))
            return true;
        begin = end + 1;
    }
    return false;
}

std::string text(std::string_view value) {
    std::string bytes;
    append_text(bytes, value);
    return bytes;
}

/// RFC 4253 section 6, before there are keys.
std::string packet(std::string const& payload) {
    auto padding = 8 - (5 + payload.size()) % 8;
    if (padding < 4)
        padding += 8;
    std::string bytes;
    append_u32(bytes, static_cast<std::uint32_t>(1 + payload.size() + padding));
    return bytes + static_cast<char>(padding) + payload + std::string(padding, '\0');
}

std::string beginning(SftpSettings const& settings, std::string_view types) {
    std::string names;
    for (auto const& exchange : exchanges)
        names.append(names.empty() ? "" : ",").append(exchange.name);
    auto const ciphers = text(algorithms(settings.ciphers, usual::ciphers)), macs = text(algorithms(settings.macs, usual::macs));
    std::string cookie(16, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(cookie.data()), static_cast<int>(cookie.size()));
    return static_cast<char>(exchange_begins) + cookie + text(names) + text(types) + ciphers + ciphers + macs + macs +
           text("none") + text("none") + text("") + text("") + std::string(5, '\0');
}

Result<void> hear_greeting(Talk const& talk) {
    std::string line;
    for (std::size_t heard = 0; heard < most_greeting; ++heard) {
        auto const byte = talk.hear(1);
        if (!byte)
            return unexpected(byte.error());
        if (*byte != "\n") {
            line += *byte;
            continue;
        }
        if (line.starts_with("SSH-2.0-") || line.starts_with("SSH-1.99-"))
            return {};
        line.clear(); // what a server may say before
    }
    return permanent("it is no SSH server");
}

Result<std::string> hear_packet(Talk const& talk) {
    auto const head = talk.hear(5);
    if (!head)
        return unexpected(head.error());
    auto const length = PacketReader(*head).u32();
    auto const padding = static_cast<unsigned char>((*head)[4]);
    if (length > most_packet || length < 2u + padding)
        return temporary("its answer makes no sense");
    auto rest = talk.hear(length - 1);
    if (!rest)
        return rest;
    rest->resize(length - 1 - padding);
    return rest;
}

/// The next message of this type; others are passed over.
Result<std::string> hear_message(Talk const& talk, Message type) {
    for (std::size_t heard = 0; heard < most_messages; ++heard) {
        auto message = hear_packet(talk);
        if (!message || message->front() == type)
            return message;
        if (message->front() == disconnect)
            break;
    }
    return temporary("it ended the key exchange");
}

Result<std::string> converse(Talk const& talk, SftpSettings const& settings, std::string_view types) {
    if (auto said = talk.say("SSH-2.0-Wharf\r\n" + packet(beginning(settings, types))); !said)
        return unexpected(said.error());
    if (auto greeted = hear_greeting(talk); !greeted)
        return unexpected(greeted.error());
    auto const theirs = hear_message(talk, exchange_begins);
    if (!theirs)
        return theirs;
    PacketReader reader(std::string_view(*theirs).substr(std::min<std::size_t>(17, theirs->size())));
    auto const their_exchanges = reader.text(), their_keys = reader.text();
    auto const exchange = std::ranges::find_if(exchanges, [&](Exchange const& one) { return lists(their_exchanges, one.name); });
    if (!list_meets(their_keys, types))
        return "";
    if (exchange == std::end(exchanges))
        return permanent(fmt::format("it knows no key exchange by which it can be asked, only {}", their_exchanges));
    if (auto said = talk.say(packet(static_cast<char>(our_half) + text(exchange->point))); !said)
        return unexpected(said.error());
    auto const half = hear_message(talk, server_half);
    if (!half)
        return half;
    return std::string(PacketReader(std::string_view(*half).substr(1)).text());
}

} // namespace

Result<std::string> ask_certificate(SftpSettings const& settings, std::string_view family) {
    auto const socket = connect_tcp(settings);
    if (!socket)
        return unexpected(socket.error());
    auto certificate = converse(Talk(*socket, std::chrono::steady_clock::now() + settings.timeout), settings, certificate_types(family));
    if (!certificate)
        return std::unexpected(Error{certificate.error().kind, "asked for the certificate of its host key: " + certificate.error().message});
    return certificate;
}

} // namespace wharf::transport::sftp
