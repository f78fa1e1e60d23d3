// UTF-8, as far as we need it: is this a character, and how long.
#pragma once

#include <cstddef>
#include <string_view>

namespace wharf {

/// Length (1 to 4) of the valid UTF-8 sequence that begins at text[at] (`at` must be inside); 0 when there is none:
/// overlong forms, surrogates, code points above U+10FFFF and cut sequences are not valid (RFC 3629).
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view text, std::size_t at);

} // namespace wharf
