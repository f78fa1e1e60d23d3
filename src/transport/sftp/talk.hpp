// A small exchange over a bare connection, before any library takes it over: with a proxy, with a server that is asked for its
// certificate. Errors say what "it" did; the caller says who it is.
#pragma once

#include "transport/sftp/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace wharf::transport::sftp {

/// The socket must outlive it. All of the exchange ends by the deadline.
class Talk {
public:
    Talk(Descriptor const& socket, Deadline deadline) : socket_(socket.get()), deadline_(deadline) {}

    Result<void> say(std::string_view bytes) const {
        while (!bytes.empty()) {
            if (!wait_for(socket_, POLLOUT, deadline_))
                return silent();
            auto const put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (put < 0 && errno != EAGAIN)
                return closed(put);
            bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(put, 0)));
        }
        return {};
    }
    Result<std::string> hear(std::size_t count) const {
        std::string bytes(count, '\0');
        for (std::size_t have = 0; have < count;) {
            if (!wait_for(socket_, POLLIN, deadline_))
                return silent();
            auto const got = ::recv(socket_, bytes.data() + have, count - have, 0);
            if (got < 0 && errno == EAGAIN)
                continue;
            if (got <= 0)
                return closed(got);
            have += static_cast<std::size_t>(got);
        }
        return bytes;
    }

private:
    static std::unexpected<Error> silent() { return temporary("it does not answer in time"); }
    static std::unexpected<Error> closed(ssize_t got) {
        return temporary(got == 0 ? "it closed the connection" : fmt::format("the connection broke: {}", std::strerror(errno)));
    }
    int socket_;
    Deadline deadline_;
};

} // namespace wharf::transport::sftp
