#include "partner/certificate_dates.hpp"

#include "partner/der.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace wharf::partner {
namespace {

using der::inside;
using der::take;

constexpr unsigned utc_time = 0x17, generalized_time = 0x18;

/// UTCTime YYMMDDHHMMSSZ, GeneralizedTime YYYYMMDDHHMMSSZ (RFC 5280 4.1.2.5).
std::optional<Timestamp> take_time(std::string_view& rest) {
    auto const element = take(rest);
    if (!element || (element->tag != utc_time && element->tag != generalized_time)) return std::nullopt;
    auto const text = element->content;
    std::size_t const digits_of_year = element->tag == utc_time ? 2 : 4;
    if (text.size() != digits_of_year + 11 || text.back() != 'Z' ||
        !std::ranges::all_of(text.substr(0, text.size() - 1), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    std::size_t at = 0;
    auto const number = [&](std::size_t digits) {
        int value = 0;
        for (; digits > 0; --digits)
            value = value * 10 + (text[at++] - '0');
        return value;
    };
    int year = number(digits_of_year);
    if (element->tag == utc_time) year += year < 50 ? 2000 : 1900;
    auto const month = static_cast<unsigned>(number(2)), day = static_cast<unsigned>(number(2));
    auto const date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
    if (!date.ok()) return std::nullopt;
    auto const hours = std::chrono::hours(number(2));
    auto const minutes = std::chrono::minutes(number(2));
    return std::chrono::sys_days(date) + hours + minutes + std::chrono::seconds(number(2));
}

std::optional<CertificateDates> of_der(std::string_view bytes) {
    auto const behind = der::behind_serial_number(bytes);
    if (!behind) return std::nullopt;
    auto rest = *behind;
    if (!inside(rest, der::sequence) || !inside(rest, der::sequence)) return std::nullopt; // algorithm, issuer
    auto const validity = inside(rest, der::sequence);
    if (!validity) return std::nullopt;
    rest = *validity;
    auto const begin = take_time(rest);
    auto const end = begin ? take_time(rest) : std::nullopt;
    if (!end) return std::nullopt;
    return CertificateDates{*begin, *end};
}

std::optional<std::string> first_der(std::string_view bytes) {
    auto all = der::certificates(bytes);
    return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

} // namespace

std::optional<CertificateDates> read_certificate_dates(std::string_view bytes) {
    auto const der = first_der(bytes);
    return der ? of_der(*der) : std::nullopt;
}

std::optional<std::string> read_certificate_der(std::string_view bytes) {
    auto der = first_der(bytes);
    return der && of_der(*der) ? std::move(der) : std::nullopt;
}

} // namespace wharf::partner
