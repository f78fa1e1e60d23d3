// A line of a configuration as findings show it: whole, but for what may be a secret that somebody has written as itself.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wharf::partner {

struct ShownLine {
    std::string text;
    std::size_t fault = 0; // where the byte at `fault` of the line stands in it; behind the end: it is not shown
};

/// Values behind a key like "password" or "api_token" become "…", unless they are references such as ${env:NAME}; the rest of the
/// line, others in the same braces too, stays. Where such a word stands in another place but a path, all behind the first colon goes.
[[nodiscard]] ShownLine shown_line(std::string_view line, std::size_t fault);

} // namespace wharf::partner
