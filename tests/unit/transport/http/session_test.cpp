// A session over a stream that a test makes: what a network does too rarely to be waited for.
#include "transport/http/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace wharf::transport::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// Opens as TLS does, in steps: while the first ends, which takes longer than the server waits, there is nothing to cancel; then the
/// other side is silent.
class TwoSteps final : public Stream {
public:
    explicit TwoSteps(tcp::socket socket, std::chrono::milliseconds first) : socket_(std::move(socket)), first_(first) {}
    asio::awaitable<void> open(ErrorCode& code) override {
        asio::steady_timer step(socket_.get_executor(), first_);
        co_await step.async_wait(asio::redirect_error(asio::use_awaitable, code));
        co_await socket_.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, code));
    }
    asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer, ErrorCode& code) override {
        return socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    asio::awaitable<std::size_t> write_some(asio::const_buffer buffer, ErrorCode& code) override {
        return socket_.async_write_some(buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    asio::awaitable<void> end_sending() override { co_return; }
    bool is_tls() const override { return false; }
    std::vector<std::string> client_certificates() override { return {}; }
    tcp::socket& socket() override { return socket_; }

private:
    tcp::socket socket_;
    std::chrono::milliseconds first_;
};

TEST(Session, ATimeThatEndsBetweenTwoStepsOfAnOperationEndsTheNextOne) {
    ServerSettings settings;
    settings.max_body_bytes = 1;
    settings.head_timeout = 20ms;
    Shared shared(std::move(settings), [](RequestHead const&) { return Response(); });
    tcp::acceptor acceptor(shared.io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket client(shared.io), server(shared.io);
    client.connect(acceptor.local_endpoint());
    acceptor.accept(server);
    Session session(shared, std::make_unique<TwoSteps>(std::move(server), 100ms), "127.0.0.1");
    bool has_ended = false;
    asio::co_spawn(
        shared.io,
        [&]() -> asio::awaitable<void> {
            co_await session.run();
            has_ended = true;
            shared.io.stop();
        },
        asio::detached);
    shared.io.run_for(60s); // who waits so long waits for ever
    EXPECT_TRUE(has_ended);
}

} // namespace
} // namespace wharf::transport::http
