// The verdict of valijson, a validator that is not ours, on a document. Its headers stay in valijson_verdict_test.cpp.
#pragma once

#include <optional>
#include <string_view>

namespace wharf::document {

/// Nothing when valijson is not installed. `kind` names schemas/KIND.1.json.
std::optional<bool> valijson_accepts(std::string_view kind, std::string_view document);

} // namespace wharf::document
