// Differences of two files as text and as JSON. Pure; control characters of the files do not get through.
#pragma once

#include "diagnostic/render.hpp"
#include "linter/difference.hpp"

#include <string>

namespace wharf::linter {

/// Set by set, one entry a difference with path, name and both values; a last line counts. Equal files: that line alone.
[[nodiscard]] std::string render_text(DifferenceResult const& result, TextStyle const& style = {});

/// {"equal", "left_sets", "right_sets", "matched_sets", "suppressed", "differences": [{"kind", "set", "path", "name", "before", "after",
/// "segments", "more_segments", "left_offset", "right_offset"}]}; values are {"text", "code"}; what does not apply is left out.
[[nodiscard]] std::string render_json(DifferenceResult const& result);

} // namespace wharf::linter
