// SHA-256 of bytes: what tells "the same bytes again" from "other bytes under the same number". OpenSSL stays inside.
#pragma once

#include <string>
#include <string_view>

namespace wharf::transport {

/// Lower-case hexadecimal, 64 characters (FIPS 180-4). Thread-safe.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace wharf::transport
