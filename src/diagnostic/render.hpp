// Renderers: one list of diagnostics, several faces. Pure functions to text; nothing here prints.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <string>

namespace wharf {

struct TextStyle {
    bool colour = false;
    unsigned width = 100; // long segments are cut around the fault to fit
};

/// Like a compiler's messages: code and message, place, the segment with the fault underlined, help.
[[nodiscard]] std::string render_text(Diagnostics const& diagnostics, TextStyle const& style = {});

/// The array of `wharf lint --format json`: {code, severity, message, help, file, offset, length, interchange, group,
/// transaction, segment_id, segment_position, element, component, value, path}; absent parts are left out; no findings
/// are "[]". Ends with a newline.
[[nodiscard]] std::string render_json(Diagnostics const& diagnostics);

} // namespace wharf
