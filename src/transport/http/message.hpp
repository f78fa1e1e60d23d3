// HTTP/1.1 messages without sockets: bytes in, a Request or a refusal out, and an answer's bytes. Serves the server, and
// tests and fuzzing by itself. RFC 9110 and 9112.
#pragma once

#include "transport/http/server.hpp"

#include <memory>
#include <optional>
#include <variant>

namespace wharf::transport::http {

inline constexpr std::uint32_t header_bytes = 16u << 10;

/// Why a request is refused; the connection is closed after the answer.
struct Refusal {
    int status = 400;
    std::string reason; // for the person at the other end
};

/// Reads one request after the other from a growing buffer. One thread.
class RequestReader {
public:
    explicit RequestReader(std::uint64_t max_body_bytes);
    ~RequestReader();

    struct NeedMore {};
    struct SendContinue {}; // write "100 Continue", then go on
    struct Complete {
        Request request;
        bool keep_alive = true;
        bool is_http_1_0 = false;
    };
    using Step = std::variant<NeedMore, SendContinue, Complete, Refusal>;

    /// Takes what it can from the front of `bytes`, which is shortened by that much. After Complete it is ready for the
    /// next request; after a Refusal it is done for.
    [[nodiscard]] Step feed(std::string_view& bytes);
    /// True between the first byte of a request and its last.
    [[nodiscard]] bool is_inside() const;

private:
    struct State;
    std::unique_ptr<State> state_;
    std::uint64_t max_body_bytes_;
};

/// The head of an answer and its body. Content-Length, Connection and Date are ours; the handler's are left out, and so are
/// headers that would break the frame. `head_request`: no body, but its length.
[[nodiscard]] std::string render(Response const& response, bool keep_alive, bool is_http_1_0, bool head_request,
                                 std::string_view date);

/// "Mon, 02 Jun 2025 14:03:07 GMT" (RFC 9110 5.6.7).
[[nodiscard]] std::string http_date(std::int64_t seconds_since_epoch);

/// %41 and the like; nothing when an escape is broken. '+' is left alone.
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text);

} // namespace wharf::transport::http
