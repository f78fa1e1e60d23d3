// Canonical documents from a file: one, or an array of them.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "syntax/json/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::cli {

/// What cannot be read as JSON is a finding (DOC-0900) with its place.
[[nodiscard]] std::vector<json::Value> read_documents(std::string_view text, std::string const& file_name,
                                                      Diagnostics& findings);

} // namespace wharf::cli
