#include "partner/certificate_dates.hpp"

#include "base/base64.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace wharf::partner {
namespace {

constexpr unsigned integer = 0x02, utc_time = 0x17, generalized_time = 0x18, sequence = 0x30, version = 0xA0;

struct Element {
    unsigned tag = 0;
    std::string_view content;
};

/// The element at the beginning of `rest`, which then begins behind it. DER: short tags, definite lengths.
std::optional<Element> take(std::string_view& rest) {
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(rest[at]); };
    if (rest.size() < 2) return std::nullopt;
    std::size_t head = 2;
    std::uint64_t length = byte(1);
    if (length >= 0x80) {
        auto const count = length & 0x7F;
        if (count == 0 || count > 4 || rest.size() < 2 + count) return std::nullopt;
        length = 0;
        for (; head < 2 + count; ++head)
            length = length << 8 | byte(head);
    }
    if (length > rest.size() - head) return std::nullopt;
    Element const element{byte(0), rest.substr(head, length)};
    rest.remove_prefix(head + length);
    return element;
}

std::optional<std::string_view> inside(std::string_view& rest, unsigned tag) {
    auto const element = take(rest);
    if (!element || element->tag != tag) return std::nullopt;
    return element->content;
}

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
    auto const certificate = inside(bytes, sequence);
    if (!certificate) return std::nullopt;
    auto rest = *certificate;
    auto const signed_part = inside(rest, sequence);
    if (!signed_part) return std::nullopt;
    rest = *signed_part;
    if (rest.starts_with(static_cast<char>(version)) && !take(rest)) return std::nullopt;
    if (!inside(rest, integer) || !inside(rest, sequence) || !inside(rest, sequence)) return std::nullopt; // serial, algorithm, issuer
    auto const validity = inside(rest, sequence);
    if (!validity) return std::nullopt;
    rest = *validity;
    auto const begin = take_time(rest);
    auto const end = begin ? take_time(rest) : std::nullopt;
    if (!end) return std::nullopt;
    return CertificateDates{*begin, *end};
}

/// The bytes of the first certificate; as they are where there is no PEM.
std::optional<std::string> first_der(std::string_view bytes) {
    for (std::string_view const kind : {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}) {
        auto const begin_line = "-----BEGIN " + std::string(kind) + "-----", end_line = "-----END " + std::string(kind) + "-----";
        auto const begin = bytes.find(begin_line);
        if (begin == std::string_view::npos) continue;
        auto const from = begin + begin_line.size();
        auto const end = bytes.find(end_line, from);
        if (end == std::string_view::npos) return std::nullopt;
        return decode_base64(bytes.substr(from, end - from));
    }
    return std::string(bytes);
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
