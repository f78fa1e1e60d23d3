// A question at the terminal whose answer is not shown.
#pragma once

#include "base/error.hpp"

#include <string>

namespace wharf::tools {

/// Asks twice and compares. Fails where there is no terminal.
[[nodiscard]] Result<std::string> ask_passphrase(std::string const& question);

} // namespace wharf::tools
