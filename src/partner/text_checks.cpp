#include "partner/text_checks.hpp"

#include "base/date.hpp"
#include "base/decimal.hpp"
#include "diagnostic/severity_policy.hpp"
#include "partner/conversions.hpp"
#include "partner/declarations.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <fmt/format.h>

namespace wharf::partner {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}
bool all(std::string_view text, auto test) {
    return std::ranges::all_of(text, test);
}

std::string check_identifier(std::string_view text, std::size_t least, std::size_t most) {
    auto const first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return "it is empty";
    if (first > 0 || text.ends_with(' ')) return "leave out the blanks around it; the envelope is padded by itself";
    if (text.size() < least || text.size() > most)
        return fmt::format("it has {} characters; X12 gives it {} to {}", text.size(), least, most);
    if (!all(text, is_printable)) return "it may hold printable ASCII characters only";
    return {};
}

} // namespace

std::string check_name(std::string_view text) {
    bool const fine = !text.empty() && text.size() <= 64 && (is_lower(text[0]) || is_digit(text[0])) &&
                      all(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '_'; });
    return fine ? ""
                : "a name is made of small letters, digits, '-' and '_', at most 64, and begins with a letter or digit";
}

std::string check_not_empty(std::string_view text) {
    return text.empty() ? "it is empty" : "";
}

std::string check_one_line(std::string_view text) {
    if (text.empty()) return "it is empty";
    return all(text, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; })
               ? ""
               : "it must be one line without control characters";
}

std::string check_not_zero(std::string_view text) {
    return all(text.substr(0, text.find_first_not_of("0123456789")), [](char c) { return c == '0'; }) &&
                   !text.empty() && is_digit(text[0])
               ? "it must be more than 0"
               : "";
}

std::string check_address(std::string_view text) {
    in6_addr address{};
    std::string const terminated(text);
    bool const fine = text == "localhost" || ::inet_pton(AF_INET, terminated.c_str(), &address) == 1 ||
                      ::inet_pton(AF_INET6, terminated.c_str(), &address) == 1;
    return fine ? "" : "it must be an IP address, such as 127.0.0.1, 0.0.0.0 or ::1";
}

std::string check_host(std::string_view text) {
    bool const fine = !text.empty() && text.size() <= 253 && all(text, [](char c) {
        return is_lower(c) || is_upper(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == ':';
    });
    auto const colon = text.find(':');
    bool const has_port = colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos; // more: IPv6
    if (fine && has_port) return "it must be the server alone: a port is the setting `port` beside it";
    return fine ? "" : "it must be the name or address of a server, without user, port or protocol";
}

std::string check_host_or_none(std::string_view text) { return text.empty() ? "" : check_host(text); }

std::string check_algorithm(std::string_view text) {
    bool const fine = !text.empty() && text.size() <= 64 && all(text, [](char c) { return c > ' ' && c <= '~' && c != ','; });
    return fine ? "" : "it must be one algorithm as `ssh -Q kex`, `ssh -Q cipher` and the like print it";
}

std::string check_plain_or_none(std::string_view text) {
    bool const fine = text.size() <= 200 && text != "." && text != ".." && all(text, [](char c) { return c != '/' && c != '\0'; });
    return fine ? "" : "it must be the name of a file, without folders";
}

std::string check_companion(std::string_view text) {
    if (text.empty()) return {};
    if (auto wrong = check_plain_or_none(text); !wrong.empty()) return wrong;
    bool const names = text.find("{name}") != std::string_view::npos || text.find("{stem}") != std::string_view::npos;
    return names && text != "{name}" && text != "{stem}" ? "" : "it must hold {name} or {stem} and more, such as {name}.done";
}

std::string check_connections(std::string_view text) {
    bool const fits = (text.size() == 1 && text >= "1" && text <= "9") || (text.size() == 2 && text >= "10" && text <= "16");
    return fits ? "" : "it must be a number from 1 to 16";
}

std::string check_mode(std::string_view text) {
    bool const fine = text.empty() || (text.size() >= 3 && text.size() <= 4 && all(text, [](char c) { return c >= '0' && c <= '7'; }));
    return fine ? "" : "rights are three or four digits from 0 to 7, such as 640";
}

std::string_view host_of(std::string_view url) {
    auto rest = url.substr(url.find("://") + 3);
    rest = rest.substr(0, rest.find_first_of("/?#"));
    if (rest.starts_with('[')) return rest.substr(1, rest.find(']') - 1);
    return rest.substr(0, rest.find(':'));
}

bool is_loopback(std::string_view host) {
    in_addr address{};
    return host == "localhost" || host == "::1" ||
           (host.starts_with("127.") && ::inet_pton(AF_INET, std::string(host).c_str(), &address) == 1);
}

std::string check_url(std::string_view text) {
    if (!text.starts_with("https://") && !text.starts_with("http://")) return "it must begin with https:// or http://";
    if (!all(text, [](char c) { return c > ' ' && c <= '~'; }))
        return "it may hold no blanks and nothing but ASCII; write other characters as %XX";
    auto const authority = text.substr(text.find("://") + 3);
    if (authority.substr(0, authority.find_first_of("/?#")).find('@') != std::string_view::npos)
        return "it may hold no user or password; use basic or bearer_token";
    auto const host = host_of(text);
    if (host.empty() || host.find_first_of("{}") != std::string_view::npos) return "it names no server";
    for (auto at = text.find_first_of("{}"); at != std::string_view::npos; at = text.find_first_of("{}", at)) {
        constexpr std::string_view placeholder = "{document}";
        if (!text.substr(at).starts_with(placeholder)) return "the only placeholder is {document}";
        at += placeholder.size();
    }
    return {};
}

std::string check_header_name(std::string_view text) {
    bool const token = !text.empty() && all(text, [](char c) {
        return is_lower(c) || is_upper(c) || is_digit(c) ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
    if (!token) return "a header's name is made of letters, digits and '-'";
    std::string lower(text);
    for (char& c : lower)
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    for (std::string_view const own : {"content-type", "content-length", "host", "transfer-encoding", "connection",
                                       "idempotency-key", "x-correlation-id"})
        if (lower == own || lower.starts_with("x-wharf-")) return "Wharf sets this header itself";
    return {};
}

std::string check_fingerprint(std::string_view text) {
    constexpr std::string_view prefix = "SHA256:";
    bool const fine = text.starts_with(prefix) && text.size() == prefix.size() + 43 &&
                      all(text.substr(prefix.size()),
                          [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '+' || c == '/'; });
    return fine ? ""
                : "a fingerprint is SHA256: and 43 characters; `ssh-keyscan HOST | ssh-keygen -lf -` prints it, and "
                  "the partner must confirm it";
}

std::string check_pinned_key(std::string_view text) {
    constexpr std::string_view prefix = "sha256//";
    bool const fine = text.starts_with(prefix) && text.size() == prefix.size() + 44 && text.ends_with('=') &&
                      std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
    return fine ? "" : "it must be sha256// and the base64 of the SHA-256 of the public key";
}

std::string check_translator(std::string_view text) {
    bool slash = false, part = false;
    for (char const c : text) {
        if (c == '/') {
            if (!part) return "a translator is named folder/file, such as x12/850";
            slash = true;
            part = false;
        } else if (is_lower(c) || is_digit(c) || c == '-' || c == '_')
            part = true;
        else
            return "a translator's name is made of small letters, digits, '-', '_' and '/', such as x12/850";
    }
    return slash && part ? "" : "a translator is named folder/file, such as x12/850";
}

std::string check_file_name(std::string_view text) {
    if (text.empty()) return "it is empty";
    if (!all(text, is_printable) || text.find('/') != std::string_view::npos)
        return "it may hold no '/' and printable ASCII characters only";
    if (text.starts_with('.')) return "names that begin with a dot are hidden and left alone by most programs";
    bool number = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '}') return "a '}' has no '{' before it";
        if (text[at] != '{') continue;
        auto const end = text.find('}', at);
        auto const name = text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
        if (end == std::string_view::npos || std::ranges::find(file_name_parts(), name) == file_name_parts().end())
            return fmt::format("there is no part {{{}}}; there are {}", name, fmt::join(file_name_parts(), ", "));
        number = number || name == "interchange" || name == "sequence" || name == "number";
        at = end;
    }
    return number ? "" : "it must hold {interchange}, {sequence} or {number}, or files would overwrite each other";
}

std::string check_company_prefix(std::string_view text) {
    bool const fine = text.empty() || (text.size() >= 6 && text.size() <= 12 && all(text, is_digit));
    return fine ? "" : "a GS1 company prefix has 6 to 12 digits";
}

std::string check_qualifier(std::string_view text) {
    bool const fine = text.size() == 2 && all(text, [](char c) { return is_upper(c) || is_digit(c); });
    return fine ? "" : "a qualifier has two characters, digits or capital letters, such as ZZ or 01";
}
std::string check_interchange_id(std::string_view text) {
    return check_identifier(text, 1, 15);
}
std::string check_group_id(std::string_view text) {
    return text.empty() ? "" : check_identifier(text, 2, 15);
}

std::string check_version(std::string_view text) {
    return text.size() == 5 && all(text, is_digit) ? "" : "it has five digits, such as 00401";
}
std::string check_release(std::string_view text) {
    bool const fine = text.size() >= 6 && text.size() <= 12 && all(text.substr(0, 6), is_digit) &&
                      all(text.substr(6), [](char c) { return is_digit(c) || is_upper(c); });
    return fine ? "" : "it has six digits, such as 004010, and up to six more characters, such as 004010VICS";
}
std::string check_release_or_none(std::string_view text) {
    return text.empty() ? "" : check_release(text);
}

std::string check_set(std::string_view text) {
    return text.size() == 3 && all(text, is_digit) ? "" : "a transaction set has three digits, such as 850";
}
std::string check_name_or_none(std::string_view text) {
    return text.empty() ? std::string() : check_name(text);
}
std::string check_unit(std::string_view text) {
    auto const word = text.substr(0, text.find(':'));
    bool const fine = !word.empty() && all(word, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; }) &&
                      (word.size() == text.size() ? is_lower(word[0]) : text.size() > word.size() + 1);
    return fine ? "" : "a unit is a word of the document, such as each or case, or a code with its list, such as x12:CA";
}
std::string check_factor(std::string_view text) {
    auto const value = Decimal::parse(text);
    return value && !value->is_zero() && !value->is_negative() ? "" : "a factor is a number greater than zero, such as 12 or 0.5";
}
std::string check_decimals(std::string_view text) {
    return text.size() == 1 && text[0] >= '1' && text[0] <= '9' ? "" : "it is a number from 1 to 9; leave it out for whole numbers";
}
std::string check_day(std::string_view text) {
    if (text.empty()) return {};
    std::string digits(text);
    std::erase(digits, '-');
    bool const fine = text.size() == 10 && text[4] == '-' && text[7] == '-' && digits.size() == 8 && is_date(digits);
    return fine ? "" : "a day is written as 2026-01-31";
}
std::string check_ten_characters(std::string_view text) {
    return text.size() <= 10 && all(text, is_printable) ? "" : "it has at most ten characters, letters and digits of ASCII";
}
std::string check_implementation_reference(std::string_view text) {
    return text.size() <= 35 && all(text, [](char c) { return is_upper(c) || is_digit(c); })
               ? ""
               : "it is made of capital letters and digits, at most 35, such as 005010X231A1";
}
std::string check_replacement(std::string_view text) {
    return text.empty() || (text.size() == 1 && is_printable(text[0])) ? "" : "it is one printable character, or empty";
}
std::string check_guide_name(std::string_view text) {
    bool const fine = text.size() <= 64 && (text.empty() || text[0] != '.') && all(text, [](char c) {
        return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
    });
    if (fine && text.ends_with(".guide")) return "the guide is named without its ending .guide";
    return fine ? "" : "a guide's name is that of its file without .guide: letters, digits, '-', '_' and '.'";
}
std::string check_finding_code(std::string_view text) {
    auto const added = SeverityPolicy().add(text, Treatment::tolerate);
    return added ? std::string() : added.error().message;
}
std::string check_finding_treatment(std::string_view text) {
    auto const added = SeverityPolicy().add(text);
    return added ? std::string() : added.error().message;
}
std::string check_one_character(std::string_view text) {
    return text.size() == 1 && is_printable(text[0]) && text[0] != ' ' ? "" : "it must be one character";
}

std::string check_delimiter(std::string_view text) {
    return text.empty() ? "it is empty" : check_delimiter_or_none(text);
}

std::string check_delimiter_or_none(std::string_view text) {
    char c = 0;
    Diagnostics findings;
    Origins origins;
    Reader reader{nullptr, {}, {}, true, origins, findings};
    if (auto wrong = Conversion<char>::parse(text, c, reader); !wrong.empty()) return wrong;
    if (c == '\0' && !text.empty()) return "NUL cannot separate anything";
    if (is_digit(c) || is_lower(c) || is_upper(c) || c == ' ')
        return "letters, digits and blanks occur in the data and cannot separate it";
    return {};
}

} // namespace wharf::partner
