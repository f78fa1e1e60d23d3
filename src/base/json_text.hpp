// Writing JSON text without a tree: escaping, nothing else. For renderers and the translator's fast road.
#pragma once

#include <string>
#include <string_view>

namespace wharf {

/// Appends `text` as a JSON string, quotes included. Control characters, quote and backslash are escaped; valid UTF-8
/// passes as it is; a byte that is not valid UTF-8 is taken as Latin-1 (what EDI files without a declared
/// character set hold), so the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

} // namespace wharf
