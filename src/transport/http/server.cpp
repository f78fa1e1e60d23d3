// One thread moves all bytes (Asio coroutines, so nothing here needs a lock); handlers run on a pool, so a handler that
// waits for the disk holds up nobody's bytes.
//
// GCC 12 destroys a braced aggregate temporary inside a co_await expression twice: name every value first.
#include "transport/http/server.hpp"

#include "base/clock.hpp"
#include "transport/http/session.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace wharf::transport::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto stop_time = std::chrono::seconds(5);
constexpr auto pause_without_handles = std::chrono::milliseconds(100);

auto awaitable(ErrorCode& code) { return asio::redirect_error(asio::use_awaitable, code); }

void close_on_exec(int handle) { ::fcntl(handle, F_SETFD, FD_CLOEXEC); }

/// IPv4 that came to an IPv6 socket is IPv4.
asio::ip::address plain(asio::ip::address const& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

/// Whoever has one address of IPv6 has the 2^64 beside it too.
std::string who(asio::ip::address const& address) {
    if (address.is_v4())
        return address.to_string();
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), 0);
    return asio::ip::address_v6(bytes).to_string();
}

struct Door {
    Door(asio::io_context& io, Listener chosen) : listener(std::move(chosen)), acceptor(io) {}
    Listener listener;
    tcp::acceptor acceptor;
    std::uint16_t port = 0;

    [[nodiscard]] bool is_tls() const { return listener.tls.has_value(); }
    [[nodiscard]] std::unique_ptr<Stream> stream(tcp::socket socket) {
        return is_tls() ? tls_stream(std::move(socket), tls.load()) : plain_stream(std::move(socket));
    }
    std::atomic<std::shared_ptr<TlsContext>> tls; // replaced by any thread
};

class AsioServer final : public Server {
public:
    AsioServer(ServerSettings settings, Admit admit)
        : shared_(std::move(settings), std::move(admit)), stop_deadline_(shared_.io), work_(shared_.io.get_executor()) {}
    ~AsioServer() override { stop(); }

    Result<void> open();
    std::uint16_t port(std::size_t listener) const override { return doors_.size() > listener ? doors_[listener].port : 0; }
    Result<void> replace_tls(TlsSettings const& settings, std::size_t listener) override;
    void stop() override;

private:
    Result<void> open(Door& door);
    asio::awaitable<void> accept_all(Door& door);
    asio::awaitable<void> serve(std::unique_ptr<Stream> stream, asio::ip::address address);
    [[nodiscard]] unsigned connections_of(std::string const& caller) const;
    [[nodiscard]] bool has_room_for(std::string const& caller);
    [[nodiscard]] bool end_idle_one();
    template <class Which> [[nodiscard]] bool displace_slowest(std::chrono::milliseconds at_least, Which which);
    void turn_away(Door const& door, tcp::socket socket, std::string const& peer, unsigned from_there);
    void end_when_quiet();

    Shared shared_;
    std::deque<Door> doors_; // not moved: coroutines refer to them
    asio::steady_timer stop_deadline_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    // Of the mover thread.
    std::unordered_map<Session*, std::string> sessions_; // with their callers
    std::map<std::string, unsigned> callers_; // connections of each
    std::thread mover_;
    std::once_flag stopped_;
};

Result<void> AsioServer::open() {
    if (shared_.settings.listeners.empty())
        return invalid("a server needs an address to listen on");
    for (auto const& listener : shared_.settings.listeners) {
        doors_.emplace_back(shared_.io, listener);
        if (listener.tls) {
            auto tls = make_tls_context(*listener.tls);
            if (!tls)
                return unexpected(tls.error());
            doors_.back().tls = std::move(*tls);
        }
        if (auto opened = open(doors_.back()); !opened)
            return opened;
    }
    for (auto& door : doors_)
        asio::co_spawn(shared_.io, accept_all(door), asio::detached);
    mover_ = std::thread([this] { shared_.io.run(); });
    return {};
}

Result<void> AsioServer::open(Door& door) {
    auto const& listener = door.listener;
    auto const where = fmt::format("{}:{}", listener.address, listener.port);
    ErrorCode code;
    auto const address = asio::ip::make_address(listener.address, code);
    if (code)
        return invalid(fmt::format("cannot listen on {}: {} is not an IP address (0.0.0.0 stands for all)", where,
                                   listener.address));
    tcp::endpoint const endpoint(address, listener.port);
    auto const step = [&](auto&& action) {
        if (!code)
            action();
    };
    step([&] { door.acceptor.open(endpoint.protocol(), code); });
    step([&] { close_on_exec(door.acceptor.native_handle()); });
    step([&] { door.acceptor.set_option(tcp::acceptor::reuse_address(true), code); });
    step([&] { door.acceptor.bind(endpoint, code); });
    step([&] { door.acceptor.listen(asio::socket_base::max_listen_connections, code); });
    if (code == asio::error::address_in_use)
        return temporary(fmt::format("cannot listen on {}: another program has the port", where));
    if (code)
        return permanent(fmt::format("cannot listen on {}: {}", where, code.message()));
    door.port = door.acceptor.local_endpoint(code).port();
    return {};
}

asio::awaitable<void> AsioServer::accept_all(Door& door) {
    asio::steady_timer pause(shared_.io);
    while (!shared_.stopping) {
        ErrorCode code;
        auto socket = co_await door.acceptor.async_accept(awaitable(code));
        if (shared_.stopping || code == asio::error::operation_aborted)
            co_return;
        if (code) { // no handles left, or the caller is gone already
            pause.expires_after(pause_without_handles);
            co_await pause.async_wait(awaitable(code));
            continue;
        }
        close_on_exec(socket.native_handle());
        auto const peer = socket.remote_endpoint(code);
        if (code)
            continue;
        auto const address = plain(peer.address());
        auto const caller = who(address);
        if (has_room_for(caller))
            asio::co_spawn(shared_.io, serve(door.stream(std::move(socket)), address), asio::detached);
        else
            turn_away(door, std::move(socket), address.to_string(), connections_of(caller));
    }
}

unsigned AsioServer::connections_of(std::string const& caller) const {
    auto const own = callers_.find(caller);
    return own == callers_.end() ? 0 : own->second;
}

/// By ServerSettings::slow_after and what stands there.
bool AsioServer::has_room_for(std::string const& caller) {
    auto const& settings = shared_.settings;
    auto const own = connections_of(caller);
    if (own >= settings.max_connections_per_address)
        return displace_slowest(settings.slow_after, [&](std::string const& other) { return other == caller; });
    if (sessions_.size() < settings.max_connections || end_idle_one())
        return true;
    auto const most = std::ranges::max_element(callers_, {}, [](auto const& one) { return one.second; });
    if (most != callers_.end() && most->second >= own + 2 &&
        displace_slowest(std::chrono::milliseconds(0), [&](std::string const& other) { return other == most->first; }))
        return true;
    return displace_slowest(settings.slow_after, [&](std::string const& other) { return connections_of(other) >= own; });
}

/// Whoever waits longest without asking for anything.
bool AsioServer::end_idle_one() {
    Session* longest = nullptr;
    for (auto const& [session, caller] : sessions_)
        if (session->is_idle() && (!longest || session->idle_since() < longest->idle_since()))
            longest = session;
    if (longest)
        longest->end_idle();
    return longest != nullptr;
}

template <class Which> bool AsioServer::displace_slowest(std::chrono::milliseconds at_least, Which which) {
    auto const now = std::chrono::steady_clock::now();
    Session* slowest = nullptr;
    double least = shared_.settings.slow_rate;
    for (auto const& [session, caller] : sessions_) {
        if (!session->may_be_displaced() || !which(caller) || session->progress().waited(now) < at_least)
            continue;
        if (auto const rate = session->progress().rate(now); rate < least) {
            least = rate;
            slowest = session;
        }
    }
    if (slowest)
        slowest->displace();
    return slowest != nullptr;
}

/// One try to say so; whatever does not fit into the socket's buffer is not waited for.
void AsioServer::turn_away(Door const& door, tcp::socket socket, std::string const& peer, unsigned from_there) {
    shared_.tell(peer, fmt::format("turned away: {} connections are open, {} of them from there", sessions_.size(), from_there));
    if (door.is_tls()) // a handshake would cost more than the answer is worth
        return;
    Response busy;
    busy.status = 503;
    busy.headers = {{"Retry-After", "1"}, {"Content-Type", "text/plain"}};
    busy.body = "Too many connections. Try again in a second.\n";
    auto const now = std::chrono::floor<std::chrono::seconds>(SystemClock().now()).time_since_epoch();
    auto const text = render(busy, false, false, false, http_date(now.count()));
    ErrorCode ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> AsioServer::serve(std::unique_ptr<Stream> stream, asio::ip::address address) {
    ErrorCode ignored;
    stream->socket().set_option(tcp::no_delay(true), ignored);
    Session session(shared_, std::move(stream), address.to_string());
    struct Leaving {
        AsioServer& server;
        Session& session;
        std::string caller;
        ~Leaving() {
            server.sessions_.erase(&session);
            if (auto const own = server.callers_.find(caller); own != server.callers_.end() && --own->second == 0)
                server.callers_.erase(own);
            session.close();
            server.end_when_quiet();
        }
    } const leaving{*this, session, who(address)};
    sessions_.emplace(&session, leaving.caller);
    ++callers_[leaving.caller];
    try {
        co_await session.run();
    } catch (std::exception const&) { // no memory: this connection ends, the others go on
    }
}

Result<void> AsioServer::replace_tls(TlsSettings const& settings, std::size_t listener) {
    if (listener >= doors_.size() || !doors_[listener].is_tls())
        return invalid(fmt::format("listener {} speaks no TLS", listener));
    auto tls = make_tls_context(settings);
    if (!tls)
        return unexpected(tls.error());
    doors_[listener].tls = std::move(*tls);
    return {};
}

void AsioServer::end_when_quiet() {
    if (shared_.stopping && sessions_.empty()) {
        stop_deadline_.cancel();
        work_.reset();
    }
}

void AsioServer::stop() {
    std::call_once(stopped_, [this] {
        if (!mover_.joinable())
            return;
        asio::post(shared_.io, [this] {
            shared_.stopping = true;
            ErrorCode ignored;
            for (auto& door : doors_)
                door.acceptor.close(ignored);
            for (auto const& [session, caller] : sessions_)
                if (session->is_idle())
                    session->end_idle();
            stop_deadline_.expires_after(stop_time);
            stop_deadline_.async_wait([this](ErrorCode code) {
                if (code)
                    return;
                for (auto const& [session, caller] : sessions_)
                    session->close();
                work_.reset(); // whoever is left waits for a handler, and so does the mover
            });
            end_when_quiet();
        });
        mover_.join();
        shared_.pool.join(); // what was to be called when answers are out
    });
}

} // namespace

Result<std::unique_ptr<Server>> Server::start(ServerSettings settings, Admit admit) {
    auto server = std::make_unique<AsioServer>(std::move(settings), std::move(admit));
    if (auto opened = server->open(); !opened)
        return unexpected(opened.error());
    return server;
}

Result<std::unique_ptr<Server>> Server::start(ServerSettings settings, Handler handler) {
    auto const most = settings.max_body_bytes;
    return start(std::move(settings), collect(std::move(handler), most));
}

} // namespace wharf::transport::http
