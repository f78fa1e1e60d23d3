// What is said of a file that holds no X12 at all: the same by every reader.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <string>
#include <string_view>

namespace wharf::grammar {

/// X12-0001 at the file's beginning. `head` is what the file begins with, a few thousand bytes are enough.
[[nodiscard]] Diagnostic not_x12(std::string_view head, std::string file_name);

} // namespace wharf::grammar
