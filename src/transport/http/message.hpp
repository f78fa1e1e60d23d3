// HTTP/1.1 messages without sockets: bytes in, the parts of requests or a refusal out, and an answer's bytes. Serves the
// server, and tests and fuzzing by itself. RFC 9110 and 9112.
#pragma once

#include "transport/http/body_reader.hpp"
#include "transport/http/head_scanner.hpp"
#include "transport/http/server.hpp"

#include <optional>
#include <variant>

namespace wharf::transport::http {

struct ReaderLimits {
    std::uint64_t max_body_bytes = 0;
    std::uint32_t head_bytes = 16u << 10;
    std::uint32_t head_fields = 100;
};

/// Reads one request after the other. Keeps the head that is not whole yet, never a body. One thread at a time.
class RequestReader {
public:
    explicit RequestReader(ReaderLimits limits);

    struct NeedMore {}; // all bytes are used up
    struct Head {
        RequestHead head; // without what only the connection knows: address and TLS
        bool keep_alive = true;
        bool is_http_1_0 = false;
        bool expects_continue = false;
    };
    struct Part {
        std::string_view bytes; // of the body, inside what was handed in; never empty
    };
    struct End {}; // of the request
    using Step = std::variant<NeedMore, Head, Part, End, Refusal>;

    /// Takes what it can from the front of `bytes`, which is shortened by that much. Each Head is followed by Parts and an
    /// End, which may need no bytes. After End it is ready for the next request; after a Refusal it is done for.
    [[nodiscard]] Step next(std::string_view& bytes);
    /// True between the first byte of a request and its End.
    [[nodiscard]] bool is_inside() const { return in_body_ || scanner_.is_inside(); }

private:
    [[nodiscard]] Step read_head();
    ReaderLimits limits_;
    HeadScanner scanner_;
    BodyReader body_;
    bool in_body_ = false;
};

/// The head of an answer and its body. `head_request`: no body, but its length.
[[nodiscard]] std::string render(Response const& response, bool keep_alive, bool is_http_1_0, bool head_request,
                                 std::string_view date);

/// "Mon, 02 Jun 2025 14:03:07 GMT" (RFC 9110 5.6.7).
[[nodiscard]] std::string http_date(std::int64_t seconds_since_epoch);

/// %41 and the like; nothing when an escape is broken. '+' is left alone.
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text);

} // namespace wharf::transport::http
