// What several renderers of reports need. Internal to diagnostic/.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wharf {

/// The column behind the fault, in the same line; 0: not known, or it reaches into another line.
[[nodiscard]] std::uint32_t end_column(Diagnostic const& diagnostic);
/// "code-not-in-list"; empty for a code without a file.
[[nodiscard]] std::string_view name_of_code(std::string_view code);
/// `message` and, behind it, what to do.
[[nodiscard]] std::string message_and_help(Diagnostic const& diagnostic);

} // namespace wharf
