// The only file that sees Asio's TLS, which is compiled here whole.
#include "transport/http/stream.hpp"

#include "transport/http/tls_context.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace wharf::transport::http {

namespace asio = boost::asio;
using asio::ip::tcp;

struct TlsContext {
    explicit TlsContext(ssl_ctx_st* own) : context(own) {}
    asio::ssl::context context;
};

namespace {

class TlsStream final : public Stream {
public:
    TlsStream(tcp::socket socket, std::shared_ptr<TlsContext> tls) : tls_(std::move(tls)), stream_(std::move(socket), tls_->context) {}
    asio::awaitable<void> open(ErrorCode& code) override {
        return stream_.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, code));
    }
    asio::awaitable<std::size_t> read_some(asio::mutable_buffer buffer, ErrorCode& code) override {
        return stream_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    asio::awaitable<std::size_t> write_some(asio::const_buffer buffer, ErrorCode& code) override {
        return stream_.async_write_some(buffer, asio::redirect_error(asio::use_awaitable, code));
    }
    /// Sends close_notify, and waits for the other's: the caller has set a limit to that.
    asio::awaitable<void> end_sending() override {
        ErrorCode ignored;
        co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
        socket().shutdown(tcp::socket::shutdown_send, ignored);
    }
    bool is_tls() const override { return true; }
    std::vector<std::string> client_certificates() override { return peer_certificates(stream_.native_handle()); }
    tcp::socket& socket() override { return stream_.next_layer(); }

private:
    std::shared_ptr<TlsContext> tls_; // an old one lives as long as its connections
    asio::ssl::stream<tcp::socket> stream_;
};

} // namespace

Result<std::shared_ptr<TlsContext>> make_tls_context(TlsSettings const& settings) {
    auto made = make_ssl_context(settings);
    if (!made)
        return unexpected(made.error());
    return std::make_shared<TlsContext>(made->release());
}

std::unique_ptr<Stream> tls_stream(tcp::socket socket, std::shared_ptr<TlsContext> tls) {
    return std::make_unique<TlsStream>(std::move(socket), std::move(tls));
}

} // namespace wharf::transport::http
