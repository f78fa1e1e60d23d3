// A client for tests of the server that speaks bytes, not HTTP.
#pragma once

#include "transport/descriptor.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace wharf::transport::http {

/// Speaks bytes, not HTTP, so that it can be as wrong as a test needs.
class RawClient {
public:
    explicit RawClient(std::uint16_t port, in_addr_t from = htonl(INADDR_LOOPBACK)) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = from;
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&own), sizeof own) == 0 &&
                     ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    [[nodiscard]] bool connected() const { return connected_; }
    void send(std::string_view text) const {
        while (!text.empty()) {
            auto const put = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (put <= 0)
                return;
            text.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    /// Reads until `wanted` is there, the server closes, or the time is over.
    std::string read_until(std::string_view wanted, std::chrono::milliseconds time = std::chrono::seconds(5)) {
        auto const end = std::chrono::steady_clock::now() + time;
        while (wanted.empty() || text_.find(wanted) == std::string::npos) {
            auto const left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
            pollfd waiting{socket_.get(), POLLIN, 0};
            if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
                break;
            std::array<char, 65536> part{};
            auto const got = ::recv(socket_.get(), part.data(), part.size(), 0);
            if (got <= 0) {
                closed_ = true;
                break;
            }
            text_.append(part.data(), static_cast<std::size_t>(got));
        }
        return text_;
    }
    std::string read_to_end(std::chrono::milliseconds time = std::chrono::seconds(5)) { return read_until("", time); }
    /// Nothing more is sent; the server can still answer.
    void end() const { ::shutdown(socket_.get(), SHUT_WR); }
    /// Ends the connection at once.
    void reset() {
        linger const at_once{1, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        socket_ = Descriptor();
    }
    /// What has come up to `wanted`, which is taken away.
    std::string take_until(std::string_view wanted, std::chrono::milliseconds time = std::chrono::seconds(5)) {
        read_until(wanted, time);
        auto const at = text_.find(wanted);
        auto taken = text_.substr(0, at == std::string::npos ? at : at + wanted.size());
        text_.erase(0, taken.size());
        return taken;
    }
    [[nodiscard]] bool closed() const { return closed_; }

private:
    Descriptor socket_;
    std::string text_;
    bool connected_ = false, closed_ = false;
};

} // namespace wharf::transport::http
