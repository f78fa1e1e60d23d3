#include "transport/http/head_scanner.hpp"

#include <fmt/format.h>

namespace wharf::transport::http {
namespace {

constexpr std::uint32_t most_empty_lines = 16; // before a request

Refusal bad(std::string reason) { return {400, std::move(reason)}; }

Refusal wrong_line_end() { return bad("A line of the head must end with CR LF, and neither may stand elsewhere."); }

Refusal control_character(char c) {
    return bad(fmt::format("The head holds the control character 0x{:02x}.", static_cast<unsigned char>(c)));
}

} // namespace

void HeadScanner::reset() {
    place_ = Place::before;
    text_.clear();
    fields_ = empty_lines_ = 0;
}

std::optional<Refusal> HeadScanner::take(std::string_view& bytes) {
    std::size_t used = 0, kept = 0; // text_ gets those from `kept` on
    while (used < bytes.size() && place_ != Place::end) {
        bool const was_before = place_ == Place::before || place_ == Place::before_cr;
        if (auto refusal = step(bytes[used++]))
            return refusal;
        if (was_before && (place_ == Place::before || place_ == Place::before_cr))
            kept = used;
        else if (text_.size() + (used - kept) > most_bytes_)
            return Refusal{431, fmt::format("The request line and headers are larger than {} bytes.", most_bytes_)};
    }
    text_.append(bytes, kept, used - kept);
    bytes.remove_prefix(used);
    return std::nullopt;
}

std::optional<Refusal> HeadScanner::step(char c) {
    switch (place_) {
    case Place::before: // RFC 9112 2.2: stray line ends between requests are forgiven
        if (c == '\r') {
            place_ = Place::before_cr;
            return std::nullopt;
        }
        if (!is_token_character(c))
            return bad("This is no HTTP request: it must begin with a method. (Was it sent with TLS to a port without?)");
        place_ = Place::request;
        return std::nullopt;
    case Place::before_cr:
        if (c != '\n' || ++empty_lines_ > most_empty_lines)
            return wrong_line_end();
        place_ = Place::before;
        return std::nullopt;
    case Place::cr:
        if (c != '\n')
            return wrong_line_end();
        place_ = Place::line_start;
        return std::nullopt;
    case Place::last_cr:
        if (c != '\n')
            return wrong_line_end();
        place_ = Place::end;
        return std::nullopt;
    case Place::line_start:
        if (c == '\r') {
            place_ = Place::last_cr;
            return std::nullopt;
        }
        if (c == ' ' || c == '\t')
            return bad("A header is continued on a second line; headers must stand on one.");
        if (++fields_ > most_fields_)
            return Refusal{431, fmt::format("There are more than {} headers.", most_fields_)};
        place_ = Place::name;
        [[fallthrough]];
    case Place::name:
        if (c == ':')
            place_ = Place::value; // a name without a letter is refused by Beast
        else if (c == '\r' || c == '\n')
            return bad("A header has no colon.");
        else if (c == ' ' || c == '\t')
            return bad("There is a blank before the colon of a header.");
        else if (!is_token_character(c))
            return bad("The name of a header holds a character that none may hold.");
        return std::nullopt;
    case Place::request:
    case Place::value:
        if (c == '\r')
            place_ = Place::cr;
        else if (c == '\n')
            return wrong_line_end();
        else if (is_control(c))
            return control_character(c);
        return std::nullopt;
    case Place::end:
        break;
    }
    return std::nullopt;
}

} // namespace wharf::transport::http
