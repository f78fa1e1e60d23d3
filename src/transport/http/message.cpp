#include "transport/http/message.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <fmt/format.h>

namespace wharf::transport::http {
namespace {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using Parser = bhttp::request_parser<bhttp::string_body>;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit = lower(digit);
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

Refusal refusal_of(beast::error_code code, std::uint64_t max_body_bytes) {
    if (code == bhttp::error::body_limit)
        return {413, fmt::format("The body is larger than this server takes ({} bytes).", max_body_bytes)};
    if (code == bhttp::error::header_limit)
        return {431, fmt::format("The request line and headers are larger than {} bytes.", header_bytes)};
    if (code == bhttp::error::bad_version)
        return {505, "This server speaks HTTP/1.1 and HTTP/1.0."};
    return {400, fmt::format("This is not an HTTP request this server can read: {}.", code.message())};
}

/// What Beast leaves to us, once the header is there.
std::optional<Refusal> check_header(Parser const& parser) {
    auto const& header = parser.get();
    auto const hosts = header.count(bhttp::field::host);
    if (hosts > 1 || (hosts == 0 && header.version() >= 11))
        return Refusal{400, hosts == 0 ? "The Host header is missing." : "There is more than one Host header."};
    if (header.count(bhttp::field::transfer_encoding) > 0) {
        if (header.version() < 11)
            return Refusal{400, "HTTP/1.0 has no Transfer-Encoding."};
        auto const codings = header.equal_range(bhttp::field::transfer_encoding);
        for (auto at = codings.first; at != codings.second; ++at)
            if (!equal_ignoring_case(view(at->value()), "chunked") || std::next(codings.first) != codings.second)
                return Refusal{501, fmt::format("Transfer-Encoding {} is not supported, only chunked.", view(at->value()))};
    }
    if (auto const expected = header.find(bhttp::field::expect);
        expected != header.end() && !equal_ignoring_case(view(expected->value()), "100-continue"))
        return Refusal{417, "The only Expect this server knows is 100-continue."};
    return std::nullopt;
}

/// Splits the target into path and query. Origin form, or absolute form as proxies send it.
std::optional<Refusal> read_target(std::string_view target, Request& request) {
    if (!target.starts_with('/')) {
        auto const scheme = target.find("://");
        if (scheme == std::string_view::npos)
            return Refusal{400, "The request target must begin with '/'."};
        auto const path = target.find_first_of("/?", scheme + 3);
        target = path == std::string_view::npos ? "/" : target.substr(path);
    }
    auto const question = target.find('?');
    if (question != std::string_view::npos)
        request.query = target.substr(question + 1);
    auto path = decode_percent(target.substr(0, question));
    if (!path || path->find('\0') != std::string::npos || target.find('#') != std::string_view::npos)
        return Refusal{400, "The request target has a broken %-escape, a NUL or a '#'."};
    request.path = path->starts_with('/') ? std::move(*path) : "/" + *path;
    return std::nullopt;
}

bool is_token(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_ours(std::string_view name) {
    static constexpr std::array<std::string_view, 5> ours = {"connection", "content-length", "date", "keep-alive",
                                                             "transfer-encoding"};
    return std::ranges::any_of(ours, [&](std::string_view own) { return equal_ignoring_case(own, name); });
}

} // namespace

std::string_view Request::header(std::string_view name) const {
    auto const found = std::ranges::find_if(headers, [&](auto const& h) { return equal_ignoring_case(h.first, name); });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

ServerSettings::ServerSettings() : max_body_bytes(limits::http_body_bytes) {}

std::optional<std::string> decode_percent(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size())
            return std::nullopt;
        int const high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

struct RequestReader::State {
    Parser parser;
    bool header_seen = false;
};

RequestReader::RequestReader(std::uint64_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}
RequestReader::~RequestReader() = default;

bool RequestReader::is_inside() const { return state_ != nullptr; }

RequestReader::Step RequestReader::feed(std::string_view& bytes) {
    bool continue_with_body = false;
    while (!bytes.empty()) {
        if (!state_) {
            if (bytes.starts_with("\r\n")) { // RFC 9112 2.2: stray line ends between requests are forgiven
                bytes.remove_prefix(2);
                continue;
            }
            state_ = std::make_unique<State>();
            state_->parser.header_limit(header_bytes);
            state_->parser.body_limit(max_body_bytes_);
        }
        auto& parser = state_->parser;
        beast::error_code code;
        auto const taken = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), code);
        bytes.remove_prefix(taken);
        if (code == bhttp::error::need_more)
            return NeedMore{};
        if (code)
            return refusal_of(code, max_body_bytes_);
        if (!parser.is_header_done())
            continue;
        if (!state_->header_seen) {
            state_->header_seen = true;
            if (auto refusal = check_header(parser))
                return std::move(*refusal);
            parser.eager(true);
            auto const& header = parser.get();
            if (!parser.is_done() && header.version() >= 11 && header.count(bhttp::field::expect) > 0 && bytes.empty())
                return SendContinue{};
            continue_with_body = true;
        }
        if (parser.is_done())
            break;
        if (taken == 0 && !std::exchange(continue_with_body, false))
            return NeedMore{};
    }
    if (!state_ || !state_->parser.is_done())
        return NeedMore{};

    auto& parser = state_->parser;
    Complete complete;
    complete.keep_alive = parser.keep_alive();
    auto message = parser.release();
    complete.is_http_1_0 = message.version() < 11;
    auto& request = complete.request;
    if (auto refusal = read_target(view(message.target()), request))
        return std::move(*refusal);
    request.method = view(message.method_string());
    for (auto const& field : message)
        request.headers.emplace_back(view(field.name_string()), view(field.value()));
    request.body = std::move(message.body());
    state_.reset();
    return complete;
}

std::string render(Response const& response, bool keep_alive, bool is_http_1_0, bool head_request, std::string_view date) {
    auto const status = response.status >= 200 && response.status <= 999 ? response.status : 500;
    auto const reason = bhttp::obsolete_reason(bhttp::int_to_status(static_cast<unsigned>(status)));
    bool const bodiless = status == 204 || status == 304;
    std::string text;
    text.reserve(256 + response.body.size());
    fmt::format_to(std::back_inserter(text), "HTTP/1.1 {} {}\r\nDate: {}\r\n", status, view(reason), date);
    for (auto const& [name, value] : response.headers) {
        if (!is_token(name) || is_ours(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            continue;
        text.append(name).append(": ").append(value).append("\r\n");
    }
    if (!bodiless)
        fmt::format_to(std::back_inserter(text), "Content-Length: {}\r\n", response.body.size());
    if (!keep_alive)
        text += "Connection: close\r\n";
    else if (is_http_1_0)
        text += "Connection: keep-alive\r\n";
    text += "\r\n";
    if (!bodiless && !head_request)
        text += response.body;
    return text;
}

std::string http_date(std::int64_t seconds_since_epoch) {
    namespace chrono = std::chrono;
    static constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    chrono::sys_seconds const time{chrono::seconds(seconds_since_epoch)};
    auto const day = chrono::floor<chrono::days>(time);
    chrono::year_month_day const date(day);
    chrono::hh_mm_ss const clock(time - day);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[chrono::weekday(day).c_encoding()],
                       static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

} // namespace wharf::transport::http
