#include "transport/sftp/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace wharf::transport::sftp {
namespace {

using Clock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Result<Addresses> find_addresses(std::string const& host, std::string const& port, int flags) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    addrinfo* found = nullptr;
    if (auto const code = ::getaddrinfo(host.c_str(), port.empty() ? nullptr : port.c_str(), &wanted, &found); code != 0)
        return temporary(fmt::format("cannot find the host {}: {}", host,
                                     code == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(code)));
    return Addresses(found, ::freeaddrinfo);
}

/// 0, or why this address did not answer.
int connect_one(Descriptor const& socket, addrinfo const& address, Deadline deadline) {
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (!wait_for(socket.get(), POLLOUT, deadline))
        return ETIMEDOUT;
    int trouble = 0;
    socklen_t size = sizeof trouble;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &trouble, &size) == 0 ? trouble : errno;
}

/// 0, or the errno; EAFNOSUPPORT when the address is of the other family than the server's.
int bind_to(Descriptor const& socket, addrinfo const* own, int family) {
    for (; own; own = own->ai_next)
        if (own->ai_family == family)
            return ::bind(socket.get(), own->ai_addr, own->ai_addrlen) == 0 ? 0 : errno;
    return EAFNOSUPPORT;
}

void set(Descriptor const& socket, int level, int name, int value) {
    ::setsockopt(socket.get(), level, name, &value, sizeof value);
}

void prepare(Descriptor const& socket, std::chrono::seconds keepalive) {
    set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    if (keepalive.count() <= 0)
        return;
    auto const seconds = static_cast<int>(std::min<std::int64_t>(keepalive.count(), 32767));
    set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(socket, IPPROTO_TCP, TCP_KEEPIDLE, seconds);
    set(socket, IPPROTO_TCP, TCP_KEEPINTVL, seconds);
    set(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

} // namespace

bool wait_for(int socket, short events, Deadline deadline) {
    for (;;) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0)
            return false;
        pollfd waiting{socket, events, 0};
        auto const ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; // the call that follows tells what is wrong
    }
}

Result<Descriptor> connect_tcp(SftpSettings const& settings) {
    auto const& proxy = settings.proxy;
    bool const direct = proxy.kind == ProxySettings::Kind::none;
    auto const& host = direct ? settings.host : proxy.host;
    auto const port = direct ? settings.port : proxy.port;
    auto addresses = find_addresses(host, std::to_string(port), AI_ADDRCONFIG | AI_NUMERICSERV);
    if (!addresses)
        return unexpected(addresses.error());
    Addresses own(nullptr, ::freeaddrinfo);
    if (!settings.bind_address.empty()) {
        auto found = find_addresses(settings.bind_address, "", AI_PASSIVE | AI_NUMERICHOST);
        if (!found)
            return permanent(fmt::format("bind_address {} is no address of a network card", settings.bind_address));
        own = std::move(*found);
    }

    auto const deadline = Clock::now() + settings.connect_timeout;
    int trouble = EHOSTUNREACH;
    for (auto const* address = addresses->get(); address; address = address->ai_next) {
        Descriptor socket(::socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                                   address->ai_protocol));
        if (!socket.is_open()) {
            trouble = errno;
            continue;
        }
        if (own) {
            trouble = bind_to(socket, own.get(), address->ai_family);
            if (trouble == EADDRNOTAVAIL)
                return permanent(fmt::format("this machine has no address {} (bind_address)", settings.bind_address));
            if (trouble != 0)
                continue;
        }
        trouble = connect_one(socket, *address, deadline);
        if (trouble != 0)
            continue;
        prepare(socket, settings.keepalive);
        if (auto passed = direct ? Result<void>() : pass_proxy(socket, settings, deadline); !passed)
            return std::unexpected(
                Error{passed.error().kind, fmt::format("through the proxy {}:{}: {}", host, port, passed.error().message)});
        return socket;
    }
    return temporary(fmt::format("cannot connect to {}{}:{}: {}", direct ? "" : "the proxy ", host, port,
                                 trouble == ETIMEDOUT ? fmt::format("no answer within {} s", settings.connect_timeout.count())
                                                      : std::strerror(trouble)));
}

} // namespace wharf::transport::sftp
