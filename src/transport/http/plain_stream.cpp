#include "transport/http/stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace wharf::transport::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class PlainStream final : public Stream {
public:
    explicit PlainStream(tcp::socket socket) : socket_(std::move(socket)) {}
    asio::awaitable<void> open(ErrorCode&) override { co_return; }
    asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer, ErrorCode& code) override {
        return socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    asio::awaitable<std::size_t> write_some(asio::const_buffer buffer, ErrorCode& code) override {
        return socket_.async_write_some(buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    asio::awaitable<void> end_sending() override {
        ErrorCode ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        co_return;
    }
    bool is_tls() const override { return false; }
    std::vector<std::string> client_certificates() override { return {}; }
    tcp::socket& socket() override { return socket_; }

private:
    tcp::socket socket_;
};

} // namespace

std::unique_ptr<Stream> plain_stream(tcp::socket socket) { return std::make_unique<PlainStream>(std::move(socket)); }

} // namespace wharf::transport::http
