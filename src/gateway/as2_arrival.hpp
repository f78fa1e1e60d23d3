// A request of AS2 without a socket: what came, what is answered, and a body on its way. As transport::http has them, so that tests
// need no server.
#pragma once

#include "transport/as2/mime.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::gateway {

struct As2Request {
    transport::as2::Fields fields; // of HTTP
    std::string peer_address;
    std::string client_certificate; // DER; empty: none
    std::optional<std::uint64_t> content_length;
};
struct As2Answer {
    int status = 200;
    transport::as2::Fields fields;
    std::string body;
    std::string exchange_id; // not empty: answered() is to be called when the answer was written, or cannot be any more
};

/// One body on its way. As transport::http::BodyReceiver.
class As2Arrival {
public:
    virtual ~As2Arrival() = default;
    [[nodiscard]] virtual Result<void> take(std::string_view bytes) = 0;
    /// After take() has failed: what is answered in place of 413 or 503.
    [[nodiscard]] virtual std::optional<As2Answer> answer_instead() { return std::nullopt; }
    virtual void broken_off() {}
    [[nodiscard]] virtual As2Answer finish() = 0;
};

} // namespace wharf::gateway
