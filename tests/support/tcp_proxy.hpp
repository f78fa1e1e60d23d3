// A TCP proxy on a loopback port that makes the line worse: delays what passes, cuts the connection after so many bytes, counts.
// It can stand behind a SOCKS 5 or HTTP greeting, too. Each connection has threads of its own; all end with the proxy.
#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace wharf::testing_support {

class TcpProxy {
public:
    enum class Front { none, socks5, http };
    explicit TcpProxy(std::uint16_t upstream, std::chrono::milliseconds delay = {}, Front front = Front::none)
        : upstream_(upstream), delay_(delay), front_(front), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        auto address = loopback(0);
        socklen_t size = sizeof address;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener_, 64);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        threads_.emplace_back([this] { accept_all(); });
    }
    TcpProxy(TcpProxy const&) = delete;
    ~TcpProxy() {
        ::shutdown(listener_, SHUT_RDWR);
        threads_.front().join(); // no new ones after that
        cut();
        for (auto thread = std::next(threads_.begin()); thread != threads_.end(); ++thread)
            thread->join();
        for (int const socket : sockets_)
            ::close(socket);
        ::close(listener_);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Of both directions, since the last reset().
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] unsigned connections() const { return connections_; }
    /// What was said to the front: "127.0.0.1:22" of the proxy protocols, and the login.
    [[nodiscard]] std::string asked() const {
        std::lock_guard const lock(mutex_);
        return asked_;
    }
    void reset() { bytes_ = 0; }
    /// All connections end when this many bytes more have passed; no limit unless called, and again after it has struck.
    void cut_after(std::uint64_t bytes) {
        reset();
        limit_ = bytes;
    }
    /// When `after` bytes more have passed, nothing of the server's passes until `bytes` of it wait here; then all does. Without so
    /// much on its way at a time nothing comes any more.
    void dam(std::uint64_t after, std::size_t bytes) {
        reset();
        dam_after_ = after;
        dam_ = bytes;
    }
    void cut() {
        std::lock_guard const lock(mutex_);
        for (int const socket : sockets_)
            ::shutdown(socket, SHUT_RDWR);
    }
    /// The first connection alone ends.
    void cut_first() {
        std::lock_guard const lock(mutex_);
        for (std::size_t i = 0; i < 2 && i < sockets_.size(); ++i)
            ::shutdown(sockets_[i], SHUT_RDWR);
    }

private:
    using Clock = std::chrono::steady_clock;
    struct Piece {
        Clock::time_point due;
        std::string bytes;
    };
    struct Line { // one direction
        std::mutex mutex;
        std::condition_variable changed;
        std::deque<Piece> pieces;
        std::size_t held = 0;
        bool ended = false, is_to_client = false;
    };

    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    static std::string hear(int socket, std::size_t count) {
        std::string bytes(count, '\0');
        auto const got = ::recv(socket, bytes.data(), count, MSG_WAITALL);
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    static void say(int socket, std::string const& bytes) { (void)::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    static std::string short_text(int socket) {
        auto const length = hear(socket, 1);
        return length.empty() ? "" : hear(socket, static_cast<unsigned char>(length[0]));
    }

    void greet(int client) {
        std::string asked;
        if (front_ == Front::socks5) {
            (void)hear(client, 1);
            auto const methods = short_text(client);
            bool const login = methods.find('\2') != std::string::npos;
            say(client, login ? std::string("\5\2") : std::string("\5\0", 2));
            if (login) {
                (void)hear(client, 1);
                asked = short_text(client) + ":";
                asked += short_text(client) + "@";
                say(client, std::string("\1\0", 2));
            }
            (void)hear(client, 4);
            asked += short_text(client);
            (void)hear(client, 2);
            say(client, std::string("\5\0\0\1\0\0\0\0\0\0", 10));
        } else if (front_ == Front::http) {
            while (!asked.ends_with("\r\n\r\n")) {
                auto const byte = hear(client, 1);
                if (byte.empty())
                    return;
                asked += byte;
            }
            say(client, "HTTP/1.1 200 Connection established\r\n\r\n");
        }
        std::lock_guard const lock(mutex_);
        asked_ = asked;
    }

    void accept_all() {
        for (;;) {
            int const client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0)
                return;
            int const server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            auto const address = loopback(upstream_);
            int const on = 1;
            for (int const socket : {client, server})
                ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            {
                std::lock_guard const lock(mutex_);
                sockets_.push_back(client);
                sockets_.push_back(server);
            }
            ++connections_;
            greet(client);
            if (::connect(server, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0)
                ::shutdown(client, SHUT_RDWR);
            join(client, server, false);
            join(server, client, true);
        }
    }
    void join(int from, int to, bool is_to_client) {
        auto& line = lines_.emplace_back();
        line.is_to_client = is_to_client;
        threads_.emplace_back([this, from, &line] { take_in(from, line); });
        threads_.emplace_back([this, to, &line] { give_out(to, line); });
    }
    void take_in(int from, Line& line) {
        std::string room(256u << 10, '\0');
        for (;;) {
            auto const got = ::recv(from, room.data(), room.size(), 0);
            std::unique_lock lock(line.mutex);
            if (got <= 0) {
                line.ended = true;
                line.changed.notify_all();
                return;
            }
            auto const count = static_cast<std::size_t>(got);
            line.changed.wait(lock, [&] { return line.held < (32u << 20); });
            line.pieces.push_back({Clock::now() + delay_, room.substr(0, count)});
            line.held += count;
            line.changed.notify_all();
        }
    }
    bool passes(Line const& line) {
        if (line.pieces.empty() || !line.is_to_client || bytes_ < dam_after_)
            return !line.pieces.empty();
        if (line.held >= dam_)
            dam_ = 0;
        return dam_ == 0;
    }
    void give_out(int to, Line& line) {
        for (;;) {
            std::unique_lock lock(line.mutex);
            line.changed.wait(lock, [&] { return line.ended || passes(line); });
            if (line.pieces.empty())
                break;
            auto piece = std::move(line.pieces.front());
            line.pieces.pop_front();
            line.held -= piece.bytes.size();
            line.changed.notify_all();
            lock.unlock();
            std::this_thread::sleep_until(piece.due);
            auto const passed = bytes_.fetch_add(piece.bytes.size());
            auto const limit = limit_.load();
            if (passed + piece.bytes.size() > limit)
                piece.bytes.resize(limit > passed ? limit - passed : 0);
            for (std::string_view rest = piece.bytes; !rest.empty();) {
                auto const put = ::send(to, rest.data(), rest.size(), MSG_NOSIGNAL);
                if (put <= 0)
                    break;
                rest.remove_prefix(static_cast<std::size_t>(put));
            }
            if (passed + piece.bytes.size() >= limit) {
                limit_ = UINT64_MAX;
                cut();
            }
        }
        ::shutdown(to, SHUT_RDWR);
    }

    std::uint16_t upstream_;
    std::chrono::milliseconds delay_;
    Front front_;
    int listener_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_; // of sockets_ and asked_
    std::vector<int> sockets_;
    std::string asked_;
    std::list<Line> lines_;
    std::list<std::thread> threads_;
    std::atomic<std::uint64_t> bytes_ = 0, limit_ = UINT64_MAX, dam_after_ = UINT64_MAX;
    std::atomic<std::size_t> dam_ = 0;
    std::atomic<unsigned> connections_ = 0;
};

} // namespace wharf::testing_support
