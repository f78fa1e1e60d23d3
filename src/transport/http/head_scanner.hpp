// Finds the end of a request's head, however it is cut, and refuses at the first wrong byte what parsers disagree about:
// line ends that are not CR LF, folded lines, blanks before a colon, control characters (RFC 9112 2.2, 5.1, 5.2). What is
// left is read by Beast.
#pragma once

#include "transport/http/syntax.hpp"

#include <cstdint>
#include <optional>

namespace wharf::transport::http {

class HeadScanner {
public:
    HeadScanner(std::uint32_t most_bytes, std::uint32_t most_fields) : most_bytes_(most_bytes), most_fields_(most_fields) {}

    /// Takes from the front of `bytes` up to the end of the head.
    [[nodiscard]] std::optional<Refusal> take(std::string_view& bytes);
    [[nodiscard]] bool is_whole() const { return place_ == Place::end; }
    [[nodiscard]] bool is_inside() const { return place_ != Place::before; }
    /// The head with its empty line. Empty lines before it are gone.
    [[nodiscard]] std::string const& text() const { return text_; }
    void reset();

private:
    enum class Place {
        before,     // nothing of the request yet
        before_cr,  // CR of an empty line before it
        request,    // inside the request line
        line_start, // behind the LF of a line
        name,       // of a header
        value,
        cr,         // of a line that holds something
        last_cr,    // of the empty line
        end
    };
    [[nodiscard]] std::optional<Refusal> step(char c);
    Place place_ = Place::before;
    std::string text_;
    std::uint32_t most_bytes_, most_fields_;
    std::uint32_t fields_ = 0, empty_lines_ = 0;
};

} // namespace wharf::transport::http
