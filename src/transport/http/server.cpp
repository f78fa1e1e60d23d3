// One thread moves all bytes (Asio coroutines, so nothing here needs a lock); handlers run on a pool, so a handler that
// waits for the disk holds up nobody's bytes.
//
// GCC 12 destroys a braced aggregate temporary inside a co_await expression twice: name every value first.
#include "transport/http/server.hpp"

#include "base/clock.hpp"
#include "transport/http/message.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <mutex>
#include <thread>
#include <unordered_set>

namespace wharf::transport::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::size_t read_bytes = 64u << 10;
constexpr auto drain_time = std::chrono::seconds(2);
constexpr auto stop_time = std::chrono::seconds(5);
constexpr auto pause_without_handles = std::chrono::milliseconds(100);

auto awaitable(ErrorCode& code) { return asio::redirect_error(asio::use_awaitable, code); }

void close_on_exec(int handle) { ::fcntl(handle, F_SETFD, FD_CLOEXEC); }

/// Owned by its coroutine; the server keeps a plain pointer while it lives.
struct Session {
    explicit Session(tcp::socket taken) : socket(std::move(taken)), deadline(socket.get_executor()) {}

    /// Breaks the running operation off when the time is over; a new call replaces the old one.
    void limit(std::chrono::steady_clock::duration time) {
        timed_out = false;
        auto const turn = ++turns;
        deadline.expires_after(time);
        deadline.async_wait([this, turn, alive = std::weak_ptr<int>(life)](ErrorCode code) {
            if (!code && alive.lock() && turn == turns) {
                timed_out = true;
                ErrorCode ignored;
                socket.cancel(ignored);
            }
        });
    }
    void no_limit() {
        ++turns;
        deadline.cancel();
    }

    tcp::socket socket;
    asio::steady_timer deadline;
    std::shared_ptr<int> life = std::make_shared<int>(0); // for a timer that fires late
    unsigned turns = 0;
    bool timed_out = false;
    bool idle = true; // waits for a request; stop() may close it
};

class AsioServer final : public Server {
public:
    AsioServer(ServerSettings settings, Handler handler)
        : settings_(std::move(settings)), handler_(std::move(handler)),
          pool_(std::max(1u, settings_.threads)), acceptor_(io_), stop_deadline_(io_), work_(io_.get_executor()) {}

    ~AsioServer() override {
        stop();
        gone_ = true;
    }

    Result<void> open();
    std::uint16_t port() const override { return port_; }
    void stop() override;

private:
    asio::awaitable<void> accept_all();
    asio::awaitable<void> serve(tcp::socket socket);
    asio::awaitable<void> converse(Session& session);
    asio::awaitable<Response> answer(Request const& request);
    asio::awaitable<void> refuse(Session& session, Refusal refusal, std::string& buffer);
    asio::awaitable<void> drain(Session& session, std::string& buffer);
    void turn_away(tcp::socket socket);
    void end_when_quiet();
    [[nodiscard]] static std::string date() {
        return http_date(std::chrono::floor<std::chrono::seconds>(SystemClock().now()).time_since_epoch().count());
    }

    ServerSettings settings_;
    Handler handler_;
    bool gone_ = false; // coroutines left over when io_ is destroyed leave the members below alone
    asio::io_context io_{1};
    asio::thread_pool pool_;
    tcp::acceptor acceptor_;
    asio::steady_timer stop_deadline_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    bool stopping_ = false; // mover thread only, and so is sessions_
    std::unordered_set<Session*> sessions_;
    std::thread mover_;
    std::once_flag stopped_;
    std::uint16_t port_ = 0;
};

Result<void> AsioServer::open() {
    auto const where = fmt::format("{}:{}", settings_.address, settings_.port);
    ErrorCode code;
    auto const address = asio::ip::make_address(settings_.address, code);
    if (code)
        return invalid(fmt::format("cannot listen on {}: {} is not an IP address (0.0.0.0 stands for all)", where,
                                   settings_.address));
    tcp::endpoint const endpoint(address, settings_.port);
    auto const step = [&](auto&& action) {
        if (!code)
            action();
    };
    step([&] { acceptor_.open(endpoint.protocol(), code); });
    step([&] { close_on_exec(acceptor_.native_handle()); });
    step([&] { acceptor_.set_option(tcp::acceptor::reuse_address(true), code); });
    step([&] { acceptor_.bind(endpoint, code); });
    step([&] { acceptor_.listen(asio::socket_base::max_listen_connections, code); });
    if (code == asio::error::address_in_use)
        return temporary(fmt::format("cannot listen on {}: another program has the port", where));
    if (code)
        return permanent(fmt::format("cannot listen on {}: {}", where, code.message()));
    port_ = acceptor_.local_endpoint(code).port();
    asio::co_spawn(io_, accept_all(), asio::detached);
    mover_ = std::thread([this] { io_.run(); });
    return {};
}

asio::awaitable<void> AsioServer::accept_all() {
    asio::steady_timer pause(io_);
    while (!stopping_) {
        ErrorCode code;
        auto socket = co_await acceptor_.async_accept(awaitable(code));
        if (stopping_ || code == asio::error::operation_aborted)
            co_return;
        if (code) { // no handles left, or the caller is gone already
            pause.expires_after(pause_without_handles);
            co_await pause.async_wait(awaitable(code));
            continue;
        }
        close_on_exec(socket.native_handle());
        if (sessions_.size() >= settings_.max_connections)
            turn_away(std::move(socket));
        else
            asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
    }
}

/// One try to say so; whatever does not fit into the socket's buffer is not waited for.
void AsioServer::turn_away(tcp::socket socket) {
    Response busy;
    busy.status = 503;
    busy.headers = {{"Retry-After", "1"}, {"Content-Type", "text/plain"}};
    busy.body = "Too many connections. Try again in a second.\n";
    auto const text = render(busy, false, false, false, date());
    ErrorCode ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> AsioServer::serve(tcp::socket socket) {
    Session session(std::move(socket));
    ErrorCode ignored;
    session.socket.set_option(tcp::no_delay(true), ignored);
    sessions_.insert(&session);
    struct Leaving {
        AsioServer& server;
        Session& session;
        ~Leaving() {
            if (server.gone_)
                return;
            server.sessions_.erase(&session);
            ErrorCode nothing;
            session.socket.close(nothing);
            server.end_when_quiet();
        }
    } const leaving{*this, session};
    co_await converse(session);
}

asio::awaitable<void> AsioServer::converse(Session& session) {
    RequestReader reader(settings_.max_body_bytes);
    std::string buffer; // what has been read and not yet been understood
    std::vector<char> chunk(read_bytes);
    session.limit(settings_.request_timeout);
    for (;;) {
        std::string_view rest = buffer;
        auto step = reader.feed(rest);
        buffer.erase(0, buffer.size() - rest.size());

        if (auto* const refusal = std::get_if<Refusal>(&step)) {
            auto why = std::move(*refusal);
            co_await refuse(session, std::move(why), buffer);
            co_return;
        }
        if (auto* const complete = std::get_if<RequestReader::Complete>(&step)) {
            session.idle = false;
            session.no_limit();
            auto const response = co_await answer(complete->request);
            bool const keep = complete->keep_alive && !stopping_;
            auto const text = render(response, keep, complete->is_http_1_0, complete->request.method == "HEAD", date());
            session.limit(settings_.request_timeout);
            ErrorCode code;
            co_await asio::async_write(session.socket, asio::buffer(text), awaitable(code));
            if (code || session.timed_out || !keep || stopping_) {
                if (!code && !session.timed_out)
                    co_await drain(session, buffer);
                co_return;
            }
            session.limit(settings_.request_timeout);
            session.idle = buffer.empty();
            continue;
        }
        if (std::holds_alternative<RequestReader::SendContinue>(step)) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            ErrorCode code;
            co_await asio::async_write(session.socket, asio::buffer(go_on), awaitable(code));
            if (code)
                co_return;
        }

        bool const inside = reader.is_inside();
        session.idle = !inside;
        if (stopping_ && !inside)
            co_return;
        ErrorCode code;
        auto const got = co_await session.socket.async_read_some(asio::buffer(chunk), awaitable(code));
        if (session.timed_out && reader.is_inside()) {
            Refusal slow;
            slow.status = 408;
            slow.reason = fmt::format("The request was not complete within {} seconds.", settings_.request_timeout.count());
            co_await refuse(session, std::move(slow), buffer);
            co_return;
        }
        if (code || session.timed_out)
            co_return;
        if (!inside)
            session.limit(settings_.request_timeout); // the time of a request runs from its first byte
        session.idle = false;
        buffer.append(chunk.data(), got);
    }
}

asio::awaitable<Response> AsioServer::answer(Request const& request) {
    auto initiate = [this, &request](auto completion) {
        asio::post(pool_, [this, &request, completion = std::move(completion)]() mutable {
            Response response;
            try {
                response = handler_(request);
            } catch (...) { // a bug in the handler; the caller must not hang
                response = Response();
                response.status = 500;
                response.body = "Internal error.\n";
            }
            asio::post(io_, [completion = std::move(completion), response = std::move(response)]() mutable {
                completion(std::move(response));
            });
        });
    };
    co_return co_await asio::async_initiate<asio::use_awaitable_t<> const, void(Response)>(std::move(initiate),
                                                                                         asio::use_awaitable);
}

asio::awaitable<void> AsioServer::refuse(Session& session, Refusal refusal, std::string& buffer) {
    Response response;
    response.status = refusal.status;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    response.body = std::move(refusal.reason) + "\n";
    auto const text = render(response, false, false, false, date());
    session.idle = false;
    session.limit(settings_.request_timeout);
    ErrorCode code;
    co_await asio::async_write(session.socket, asio::buffer(text), awaitable(code));
    if (!code)
        co_await drain(session, buffer);
}

/// Closing with unread bytes resets the connection and may take our answer with it, so what still comes is read for a moment.
asio::awaitable<void> AsioServer::drain(Session& session, std::string& buffer) {
    ErrorCode code;
    session.socket.shutdown(tcp::socket::shutdown_send, code);
    session.limit(stopping_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(drain_time));
    buffer.resize(read_bytes);
    while (!code && !session.timed_out)
        co_await session.socket.async_read_some(asio::buffer(buffer), awaitable(code));
}

void AsioServer::end_when_quiet() {
    if (stopping_ && sessions_.empty()) {
        stop_deadline_.cancel();
        work_.reset();
    }
}

void AsioServer::stop() {
    std::call_once(stopped_, [this] {
        if (!mover_.joinable())
            return;
        asio::post(io_, [this] {
            stopping_ = true;
            ErrorCode ignored;
            acceptor_.close(ignored);
            for (auto* const session : sessions_)
                if (session->idle)
                    session->socket.cancel(ignored);
            stop_deadline_.expires_after(stop_time);
            stop_deadline_.async_wait([this](ErrorCode code) {
                if (code)
                    return;
                ErrorCode closing;
                for (auto* const session : sessions_)
                    session->socket.close(closing);
                work_.reset(); // whoever is left waits for a handler; stop() waits for that below
            });
            end_when_quiet();
        });
        mover_.join();
        pool_.join();
    });
}

} // namespace

Result<std::unique_ptr<Server>> Server::start(ServerSettings settings, Handler handler) {
    auto server = std::make_unique<AsioServer>(std::move(settings), std::move(handler));
    if (auto opened = server->open(); !opened)
        return unexpected(opened.error());
    return server;
}

} // namespace wharf::transport::http
