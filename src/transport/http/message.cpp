#include "transport/http/message.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <chrono>
#include <fmt/format.h>

namespace wharf::transport::http {
namespace {

bool is_token(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, is_token_character);
}

bool is_ours(std::string_view name) {
    static constexpr std::array<std::string_view, 5> ours = {"connection", "content-length", "date", "keep-alive",
                                                             "transfer-encoding"};
    return std::ranges::any_of(ours, [&](std::string_view own) { return equal_ignoring_case(own, name); });
}

} // namespace

std::string_view RequestHead::header(std::string_view name) const {
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

std::string render(Response const& response, bool keep_alive, bool is_http_1_0, bool head_request, std::string_view date) {
    auto const status = response.status >= 200 && response.status <= 999 ? response.status : 500;
    auto const reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    bool const bodiless = status == 204 || status == 304;
    std::string text;
    text.reserve(256 + response.body.size());
    fmt::format_to(std::back_inserter(text), "HTTP/1.1 {} {}\r\nDate: {}\r\n", status, std::string_view(reason.data(), reason.size()), date);
    for (auto const& [name, value] : response.headers) {
        if (!is_token(name) || is_ours(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            continue;
        text.append(name).append(": ").append(value).append("\r\n");
    }
    if (!bodiless)
        fmt::format_to(std::back_inserter(text), "Content-Length: {}\r\n",
                       head_request ? response.head_length.value_or(response.body.size()) : response.body.size());
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
