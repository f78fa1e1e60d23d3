#include "base/base64.hpp"
#include "transport/sftp/talk.hpp"

#include <array>
#include <fmt/format.h>

namespace wharf::transport::sftp {
namespace {

constexpr std::size_t most_head_bytes = 16u << 10;

std::string short_text(std::string_view text) { return static_cast<char>(text.size()) + std::string(text.substr(0, 255)); }

std::string_view socks_trouble(int code) {
    static constexpr std::array<std::string_view, 9> words = {
        "", "general failure", "its rules do not allow this server", "the network is unreachable", "the server is unreachable",
        "the server refuses the connection", "time to live expired", "it knows no connections of this kind",
        "it knows no addresses of this kind"};
    return code > 0 && code < 9 ? words[static_cast<std::size_t>(code)] : "an unknown failure";
}

Result<void> socks_login(Talk const& talk, ProxySettings const& proxy) {
    bool const with_password = !proxy.user.empty();
    if (auto said = talk.say(with_password ? std::string_view("\x05\x02\x00\x02", 4) : std::string_view("\x05\x01\x00", 3)); !said)
        return said;
    auto const choice = talk.hear(2);
    if (!choice)
        return unexpected(choice.error());
    if ((*choice)[0] != 5)
        return permanent("it is no SOCKS 5 proxy");
    if ((*choice)[1] == 0)
        return {};
    if ((*choice)[1] != 2 || !with_password)
        return permanent("it wants a login of a kind that is not configured");
    if (auto said = talk.say('\x01' + short_text(proxy.user) + short_text(proxy.password)); !said)
        return said;
    auto const verdict = talk.hear(2);
    if (!verdict)
        return unexpected(verdict.error());
    return (*verdict)[1] == 0 ? Result<void>() : permanent(fmt::format("it refuses user {}", proxy.user));
}

Result<void> pass_socks(Talk const& talk, SftpSettings const& settings) {
    if (auto done = socks_login(talk, settings.proxy); !done)
        return done;
    std::string request("\x05\x01\x00\x03", 4);
    request += short_text(settings.host);
    request += static_cast<char>(settings.port >> 8);
    request += static_cast<char>(settings.port & 0xFF);
    if (auto said = talk.say(request); !said)
        return said;
    auto const head = talk.hear(5); // version, verdict, 0, kind of address, its first byte
    if (!head)
        return unexpected(head.error());
    if (auto const code = (*head)[1]; code != 0)
        return std::unexpected(Error{code == 2 ? ErrorKind::permanent : ErrorKind::temporary, std::string(socks_trouble(code))});
    auto const kind = (*head)[3];
    std::size_t const address = kind == 1 ? 4u : kind == 4 ? 16u : 1u + static_cast<unsigned char>((*head)[4]);
    auto const rest = talk.hear(address - 1 + 2);
    return rest ? Result<void>() : unexpected(rest.error());
}

Result<void> pass_http(Talk const& talk, SftpSettings const& settings) {
    auto const& proxy = settings.proxy;
    auto const target = settings.host.find(':') == std::string::npos ? fmt::format("{}:{}", settings.host, settings.port)
                                                                     : fmt::format("[{}]:{}", settings.host, settings.port);
    auto request = fmt::format("CONNECT {} HTTP/1.1\r\nHost: {}\r\n", target, target);
    if (!proxy.user.empty())
        request += fmt::format("Proxy-Authorization: Basic {}\r\n", encode_base64(proxy.user + ":" + proxy.password));
    if (auto said = talk.say(request + "\r\n"); !said)
        return said;
    std::string head; // byte by byte: what follows it is the server's
    while (!head.ends_with("\r\n\r\n") && head.size() < most_head_bytes) {
        auto const byte = talk.hear(1);
        if (!byte)
            return unexpected(byte.error());
        head += *byte;
    }
    auto const line = head.substr(0, head.find('\r'));
    auto const blank = line.find(' ');
    auto const code = line.starts_with("HTTP/1.") && blank != std::string::npos ? line.substr(blank + 1, 3) : "";
    if (code.size() == 3 && code[0] == '2')
        return {};
    if (code.empty())
        return permanent("it is no HTTP proxy");
    return std::unexpected(Error{code[0] == '5' ? ErrorKind::temporary : ErrorKind::permanent, fmt::format("it answers {}", line)});
}

} // namespace

Result<void> pass_proxy(Descriptor const& socket, SftpSettings const& settings, Deadline deadline) {
    Talk const talk(socket, deadline);
    return settings.proxy.kind == ProxySettings::Kind::http ? pass_http(talk, settings) : pass_socks(talk, settings);
}

} // namespace wharf::transport::sftp
