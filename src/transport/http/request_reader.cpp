#include "transport/http/message.hpp"

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <fmt/format.h>

namespace wharf::transport::http {
namespace {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using Parser = bhttp::request_parser<bhttp::empty_body>;
using Header = Parser::value_type;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

/// Beast reads the head; how far the body goes is ours to find out.
std::optional<Refusal> parse(Parser& parser, std::string const& head) {
    parser.header_limit(static_cast<std::uint32_t>(head.size()) + 1);
    parser.body_limit(boost::none);
    parser.skip(true);
    beast::error_code code;
    parser.put(boost::asio::buffer(head), code);
    if (code == bhttp::error::bad_version)
        return Refusal{505, "This server speaks HTTP/1.1 and HTTP/1.0."};
    if (code)
        return Refusal{400, fmt::format("This is not an HTTP request this server can read: {}.", code.message())};
    if (!parser.is_header_done())
        return Refusal{400, "This is not an HTTP request this server can read."};
    return std::nullopt;
}

std::optional<Refusal> check_fields(Header const& header) {
    auto const hosts = header.count(bhttp::field::host);
    if (hosts > 1 || (hosts == 0 && header.version() >= 11))
        return Refusal{400, hosts == 0 ? "The Host header is missing." : "There is more than one Host header."};
    if (auto const expected = header.find(bhttp::field::expect);
        expected != header.end() && !equal_ignoring_case(view(expected->value()), "100-continue"))
        return Refusal{417, "The only Expect this server knows is 100-continue."};
    return std::nullopt;
}

/// RFC 9112 6.3. Whatever two readers could understand in two ways is refused.
std::optional<Refusal> read_framing(Header const& header, std::uint64_t max_body_bytes, RequestHead& head, BodyReader& body) {
    auto const lengths = header.count(bhttp::field::content_length);
    auto const codings = header.count(bhttp::field::transfer_encoding);
    if (lengths + codings > 1)
        return Refusal{400, "The length of the body is told more than once (Content-Length, Transfer-Encoding)."};
    body = BodyReader();
    if (codings > 0) {
        auto const coding = view(header.at(bhttp::field::transfer_encoding));
        if (header.version() < 11)
            return Refusal{400, "HTTP/1.0 has no Transfer-Encoding."};
        if (!equal_ignoring_case(coding, "chunked"))
            return Refusal{501, fmt::format("Transfer-Encoding {} is not supported, only chunked.", coding)};
        body = BodyReader::in_chunks(max_body_bytes);
    } else if (lengths > 0) {
        auto const text = view(header.at(bhttp::field::content_length));
        std::uint64_t length = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (error != std::errc() || end != text.data() + text.size() || text.starts_with('-'))
            return Refusal{400, "Content-Length is no number of bytes."};
        if (length > max_body_bytes)
            return Refusal{413, fmt::format("The body is larger than this server takes ({} bytes).", max_body_bytes)};
        head.content_length = length;
        body = BodyReader::of_length(length);
    }
    return std::nullopt;
}

/// Splits the target into path and query. Origin form, or absolute form as proxies send it.
std::optional<Refusal> read_target(std::string_view target, RequestHead& head) {
    if (!target.starts_with('/')) {
        auto const scheme = target.find("://");
        if (scheme == std::string_view::npos)
            return Refusal{400, "The request target must begin with '/'."};
        auto const path = target.find_first_of("/?", scheme + 3);
        target = path == std::string_view::npos ? "/" : target.substr(path);
    }
    auto const question = target.find('?');
    if (question != std::string_view::npos)
        head.query = target.substr(question + 1);
    auto path = decode_percent(target.substr(0, question));
    if (!path || path->find('\0') != std::string::npos || target.find('#') != std::string_view::npos)
        return Refusal{400, "The request target has a broken %-escape, a NUL or a '#'."};
    head.path = path->starts_with('/') ? std::move(*path) : "/" + *path;
    return std::nullopt;
}

} // namespace

RequestReader::RequestReader(ReaderLimits limits) : limits_(limits), scanner_(limits.head_bytes, limits.head_fields) {}

RequestReader::Step RequestReader::next(std::string_view& bytes) {
    if (!in_body_) {
        if (auto refusal = scanner_.take(bytes))
            return std::move(*refusal);
        if (!scanner_.is_whole())
            return NeedMore{};
        return read_head();
    }
    auto step = body_.next(bytes);
    if (auto const* const part = std::get_if<std::string_view>(&step))
        return Part{*part};
    if (auto* const refusal = std::get_if<Refusal>(&step))
        return std::move(*refusal);
    if (std::holds_alternative<BodyReader::NeedMore>(step))
        return NeedMore{};
    in_body_ = false;
    return End{};
}

RequestReader::Step RequestReader::read_head() {
    Parser parser;
    if (auto refusal = parse(parser, scanner_.text()))
        return std::move(*refusal);
    auto const& header = parser.get();
    Head read;
    if (auto refusal = check_fields(header))
        return std::move(*refusal);
    if (auto refusal = read_framing(header, limits_.max_body_bytes, read.head, body_))
        return std::move(*refusal);
    if (auto refusal = read_target(view(header.target()), read.head))
        return std::move(*refusal);
    read.head.method = view(header.method_string());
    for (auto const& field : header)
        read.head.headers.emplace_back(view(field.name_string()), view(field.value()));
    read.is_http_1_0 = header.version() < 11;
    read.keep_alive = parser.keep_alive();
    read.expects_continue = !read.is_http_1_0 && header.count(bhttp::field::expect) > 0;
    scanner_.reset();
    in_body_ = true;
    return read;
}

} // namespace wharf::transport::http
