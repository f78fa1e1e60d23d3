// The data files that travel inside the binary: grammars/, translators/, schemas/, diagnostic codes.
//
// Paths are relative to the project's root: "grammars/x12/sets/850". Views live as long as the process.
// Thread-safe. Pages that nobody reads are never loaded.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace wharf {

/// The bytes of one embedded file; nothing when there is none of that path.
[[nodiscard]] std::optional<std::string_view> embedded_file(std::string_view path);

/// The paths that begin with `prefix`, in alphabetical order.
[[nodiscard]] std::vector<std::string_view> embedded_paths(std::string_view prefix);

} // namespace wharf
