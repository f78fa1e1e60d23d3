// OpenSSL's side of tls.hpp, for tls_stream.cpp alone.
#pragma once

#include "transport/http/tls.hpp"

#include <memory>

struct ssl_ctx_st;
struct ssl_st;
struct x509_st;

namespace wharf::transport::http {

struct FreeSslContext {
    void operator()(ssl_ctx_st* context) const;
};
using SslContext = std::unique_ptr<ssl_ctx_st, FreeSslContext>;

[[nodiscard]] Result<SslContext> make_ssl_context(TlsSettings const& settings);

/// Of a finished handshake, DER each: the client's own first. Empty: it showed none.
[[nodiscard]] std::vector<std::string> peer_certificates(ssl_st* connection);

} // namespace wharf::transport::http
