// Characters and words of RFC 9110 5.6, and refusals: for the sources of this folder.
#pragma once

#include "base/hexadecimal.hpp"

#include <string>
#include <string_view>

namespace wharf::transport::http {

/// Why a request is refused; the connection is closed after the answer.
struct Refusal {
    int status = 400;
    std::string reason; // for the person at the other end
};

[[nodiscard]] constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

[[nodiscard]] constexpr bool is_token_character(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// What no line of a head may hold: all control characters but the tab.
[[nodiscard]] constexpr bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view left, std::string_view right) {
    if (left.size() != right.size())
        return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (lower(left[i]) != lower(right[i]))
            return false;
    return true;
}

} // namespace wharf::transport::http
