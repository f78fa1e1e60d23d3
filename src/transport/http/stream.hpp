// The bytes of one connection, plain or through TLS, for the coroutines of this folder. Mover thread only.
#pragma once

#include "transport/http/tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

namespace wharf::transport::http {

using ErrorCode = boost::system::error_code;

class Stream {
public:
    virtual ~Stream() = default;
    /// Makes the connection ready for bytes.
    virtual boost::asio::awaitable<void> open(ErrorCode& code) = 0;
    virtual boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer buffer, ErrorCode& code) = 0;
    virtual boost::asio::awaitable<std::size_t> write_some(boost::asio::const_buffer buffer, ErrorCode& code) = 0;
    /// Tells the other side that nothing more comes.
    virtual boost::asio::awaitable<void> end_sending() = 0;
    [[nodiscard]] virtual bool is_tls() const = 0;
    /// DER each, after open(): the client's own first, then what it sent beside it.
    [[nodiscard]] virtual std::vector<std::string> client_certificates() = 0;
    /// What lies below: to cancel, to close, and to read away what nobody wants.
    [[nodiscard]] virtual boost::asio::ip::tcp::socket& socket() = 0;
};

[[nodiscard]] std::unique_ptr<Stream> plain_stream(boost::asio::ip::tcp::socket socket);

struct TlsContext; // certificate, key and rules; shared by the connections that began with it
[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_tls_context(TlsSettings const& settings);
[[nodiscard]] std::unique_ptr<Stream> tls_stream(boost::asio::ip::tcp::socket socket, std::shared_ptr<TlsContext> tls);

} // namespace wharf::transport::http
