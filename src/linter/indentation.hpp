// How far the segments of a transaction set are indented: one level below the envelope, one more for each loop, one more for each HL
// level. Internal to linter/.
#pragma once

#include "grammar/interchange.hpp"

#include <cstddef>
#include <vector>

namespace wharf::linter {

/// Levels, one for each segment of the set. Never more than 32.
[[nodiscard]] std::vector<std::size_t> indentation_of(grammar::Item const& set);

} // namespace wharf::linter
