// Base64 (RFC 4648 section 4); whatever is no letter of it is passed over. Pure.
#pragma once

#include <string>
#include <string_view>

namespace wharf {

[[nodiscard]] std::string decode_base64(std::string_view text);
[[nodiscard]] std::string encode_base64(std::string_view bytes, bool padding = true);

} // namespace wharf
