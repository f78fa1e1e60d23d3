// The bytes of one connection, plain or through TLS, for the coroutines of this folder. Mover thread only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

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
    /// DER, after open(); empty: none.
    [[nodiscard]] virtual std::string client_certificate() const = 0;
    /// What lies below: to cancel, to close, and to read away what nobody wants.
    [[nodiscard]] virtual boost::asio::ip::tcp::socket& socket() = 0;
};

[[nodiscard]] std::unique_ptr<Stream> plain_stream(boost::asio::ip::tcp::socket socket);

} // namespace wharf::transport::http
