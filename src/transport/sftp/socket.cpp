#include "transport/sftp/socket.hpp"

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

/// 0, or why this address did not answer.
int connect_one(Descriptor const& socket, addrinfo const& address, Clock::time_point deadline) {
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    for (;;) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0)
            return ETIMEDOUT;
        pollfd waiting{socket.get(), POLLOUT, 0};
        auto const ready = ::poll(&waiting, 1, static_cast<int>(left));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            return errno;
        if (ready == 0)
            return ETIMEDOUT;
        int trouble = 0;
        socklen_t size = sizeof trouble;
        return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &trouble, &size) == 0 ? trouble : errno;
    }
}

} // namespace

Result<Descriptor> connect_tcp(std::string const& host, std::uint16_t port, std::chrono::seconds timeout) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (auto const code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found); code != 0)
        return temporary(fmt::format("cannot find the host {}: {}", host,
                                     code == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(code)));
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> const addresses(found, ::freeaddrinfo);

    auto const deadline = Clock::now() + timeout;
    int trouble = EHOSTUNREACH;
    for (auto const* address = found; address; address = address->ai_next) {
        Descriptor socket(::socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                                   address->ai_protocol));
        if (!socket.is_open()) {
            trouble = errno;
            continue;
        }
        trouble = connect_one(socket, *address, deadline);
        if (trouble == 0) {
            int const on = 1;
            ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
            return socket;
        }
    }
    return temporary(fmt::format("cannot connect to {}:{}: {}", host, port,
                                 trouble == ETIMEDOUT ? fmt::format("no answer within {} s", timeout.count())
                                                      : std::strerror(trouble)));
}

} // namespace wharf::transport::sftp
