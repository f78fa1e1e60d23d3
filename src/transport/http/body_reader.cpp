#include "transport/http/body_reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace wharf::transport::http {
namespace {

constexpr std::uint32_t most_trailer_bytes = 8u << 10;
// A size line of 16 bytes and two for each byte of content are usual; what is more adds up to this (a sender could else make
// us read megabytes of extensions for one byte).
constexpr std::uint32_t usual_excess = 16, most_excess = 16u << 10;

Refusal bad_chunk(std::string_view what) { return {400, fmt::format("The chunks of the body cannot be read: {}.", what)}; }

} // namespace

BodyReader BodyReader::of_length(std::uint64_t length) {
    BodyReader reader;
    reader.place_ = length > 0 ? Place::content : Place::end;
    reader.left_ = length;
    return reader;
}

BodyReader BodyReader::in_chunks(std::uint64_t most_bytes) {
    BodyReader reader;
    reader.place_ = Place::size_start;
    reader.most_bytes_ = most_bytes;
    return reader;
}

BodyReader::Step BodyReader::next(std::string_view& bytes) {
    while (place_ != Place::end) {
        if (bytes.empty())
            return NeedMore{};
        if (place_ == Place::content || place_ == Place::chunk)
            return content(bytes);
        auto refusal = step(bytes.front());
        bytes.remove_prefix(1);
        if (refusal)
            return std::move(*refusal);
    }
    return End{};
}

std::string_view BodyReader::content(std::string_view& bytes) {
    auto const part = bytes.substr(0, left_ < bytes.size() ? static_cast<std::size_t>(left_) : bytes.size());
    bytes.remove_prefix(part.size());
    left_ -= part.size();
    if (left_ == 0)
        place_ = place_ == Place::content ? Place::end : Place::chunk_cr;
    return part;
}

std::optional<Refusal> BodyReader::step(char c) {
    if (place_ >= Place::trailer_start)
        return trailer_step(c);
    if (++excess_ > most_excess)
        return bad_chunk("they hold much more around the content than content");
    switch (place_) {
    case Place::size_start:
    case Place::size:
        if (auto const digit = hex_value(c); digit >= 0)
            return read_digit(digit);
        if (place_ == Place::size_start)
            return bad_chunk("a size must begin with a hexadecimal digit");
        [[fallthrough]];
    case Place::size_blank:
        if (c == ' ' || c == '\t')
            place_ = Place::size_blank;
        else if (c == ';')
            place_ = Place::extension;
        else if (c == '\r')
            place_ = Place::size_lf;
        else
            return bad_chunk("a size is followed by what is neither an extension nor CR LF");
        return std::nullopt;
    case Place::extension:
        if (c == '\r')
            place_ = Place::size_lf;
        else if (is_control(c))
            return bad_chunk("an extension holds a control character");
        return std::nullopt;
    case Place::size_lf:
        return c == '\n' ? begin_chunk() : bad_chunk("the line of a size must end with CR LF");
    case Place::chunk_cr:
        place_ = Place::chunk_lf;
        return c == '\r' ? std::nullopt : std::optional(bad_chunk("there is more in a chunk than its size says"));
    case Place::chunk_lf:
        place_ = Place::size_start;
        return c == '\n' ? std::nullopt : std::optional(bad_chunk("a chunk must end with CR LF"));
    default:
        return std::nullopt;
    }
}

std::optional<Refusal> BodyReader::read_digit(int digit) {
    if (left_ > std::numeric_limits<std::uint64_t>::max() >> 4)
        return bad_chunk("a size has too many digits");
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
    place_ = Place::size;
    return std::nullopt;
}

std::optional<Refusal> BodyReader::begin_chunk() {
    if (left_ > most_bytes_)
        return Refusal{413, "The body is larger than this server takes."};
    most_bytes_ -= left_;
    auto const usual = usual_excess + 2 * left_;
    excess_ = excess_ > usual ? excess_ - static_cast<std::uint32_t>(usual) : 0;
    place_ = left_ > 0 ? Place::chunk : Place::trailer_start;
    return std::nullopt;
}

std::optional<Refusal> BodyReader::trailer_step(char c) {
    if (++trailer_bytes_ > most_trailer_bytes)
        return Refusal{431, fmt::format("The trailers behind the body are larger than {} bytes.", most_trailer_bytes)};
    switch (place_) {
    case Place::trailer_start:
        if (c == '\r') {
            place_ = Place::end_lf;
            return std::nullopt;
        }
        place_ = Place::trailer_name;
        return is_token_character(c) ? std::nullopt : std::optional(bad_chunk("a trailer does not begin with a name"));
    case Place::trailer_name:
        if (c == ':')
            place_ = Place::trailer_value;
        else if (!is_token_character(c))
            return bad_chunk("the name of a trailer is followed by no colon");
        return std::nullopt;
    case Place::trailer_value:
        if (c == '\r')
            place_ = Place::trailer_lf;
        else if (is_control(c))
            return bad_chunk("a trailer holds a control character");
        return std::nullopt;
    case Place::trailer_lf:
        place_ = Place::trailer_start;
        return c == '\n' ? std::nullopt : std::optional(bad_chunk("a trailer must end with CR LF"));
    case Place::end_lf:
        place_ = Place::end;
        return c == '\n' ? std::nullopt : std::optional(bad_chunk("the last line must be CR LF"));
    default:
        return std::nullopt;
    }
}

} // namespace wharf::transport::http
