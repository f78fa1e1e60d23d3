// Identifiers we give: 26 characters, sorted by time, safe in file names, URLs and headers.
#pragma once

#include "base/clock.hpp"

#include <string>

namespace wharf {

/// A ULID (48 bits of milliseconds, 80 random bits from the system, Crockford base 32), e.g. "01JXQ5W5G1V7B6Q2M8N4T0ZC3D".
/// Thread-safe.
[[nodiscard]] std::string new_id(Timestamp now);

} // namespace wharf
