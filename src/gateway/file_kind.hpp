// What a file is that is not X12: so that the person who must act reads "a JPEG image" and not "bad delimiter".
//
// Pure; looks at the first bytes only. The bytes are borrowed for the call.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <string_view>

namespace wharf::gateway {

/// For a file in which no interchange was found: GATEWAY-0001 (empty), 0002 (some other kind of file), 0003 (EDIFACT),
/// 0004 (begins like X12 but has no readable ISA).
[[nodiscard]] Diagnostic describe_foreign_file(std::string_view bytes, std::string_view file_name);

} // namespace wharf::gateway
