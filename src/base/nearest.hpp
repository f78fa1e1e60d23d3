// The known word most like an unknown one, for messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wharf {

/// Insertions, deletions and replacements of one byte, and exchanges of two neighbours, that make `left` into `right`.
/// Long texts (over 100 bytes) are compared by their beginning.
[[nodiscard]] std::size_t edit_distance(std::string_view left, std::string_view right);

/// The nearest candidate that a slip of the fingers explains (a third of the letters at most); empty: none.
[[nodiscard]] std::string nearest_word(std::string_view word, std::vector<std::string> const& candidates);

} // namespace wharf
