// Where the body of a request ends, and what of the bytes is content: by its length, or in chunks (RFC 9112 6 and 7.1).
//
// Tolerant where AS2 peers need it: chunk extensions of any form, blanks behind the size and behind extensions, leading
// zeros. Strict where a size or an end could be read in two ways. Trailers are checked and dropped. Keeps nothing of what
// it is handed.
#pragma once

#include "transport/http/syntax.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace wharf::transport::http {

class BodyReader {
public:
    /// No body.
    BodyReader() = default;
    [[nodiscard]] static BodyReader of_length(std::uint64_t length);
    [[nodiscard]] static BodyReader in_chunks(std::uint64_t most_bytes);

    struct NeedMore {};
    struct End {};
    using Step = std::variant<NeedMore, std::string_view, End, Refusal>; // a view: the next bytes of the content

    /// Takes from the front of `bytes`, never behind the end of the body.
    [[nodiscard]] Step next(std::string_view& bytes);

private:
    enum class Place {
        content,        // by length
        size_start,     // before the first digit of a chunk's size
        size,
        size_blank,     // behind it
        extension,
        size_lf,        // CR was there
        chunk,          // its bytes
        chunk_cr, chunk_lf,
        trailer_start, trailer_name, trailer_value, trailer_lf,
        end_lf,
        end
    };
    [[nodiscard]] std::string_view content(std::string_view& bytes);
    [[nodiscard]] std::optional<Refusal> step(char c);
    [[nodiscard]] std::optional<Refusal> read_digit(int digit);
    [[nodiscard]] std::optional<Refusal> begin_chunk();
    [[nodiscard]] std::optional<Refusal> trailer_step(char c);

    Place place_ = Place::end;
    std::uint64_t left_ = 0;       // of the body, or of the chunk; while it is read the size
    std::uint64_t most_bytes_ = 0; // of all chunks that may still come
    std::uint32_t excess_ = 0;     // bytes around the content, beyond what is usual
    std::uint32_t trailer_bytes_ = 0;
};

} // namespace wharf::transport::http
