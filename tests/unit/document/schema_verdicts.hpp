// The verdicts of two validators that are not ours on documents: valijson and Python's jsonschema.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::document {

struct Verdict { // what is judged
    std::string kind; // names schemas/KIND.1.json
    std::string text;
    std::string about; // for messages
};

/// Nothing when valijson is not installed. Its headers stay in valijson_verdict_test.cpp.
std::optional<bool> valijson_accepts(std::string_view kind, std::string_view document);

/// One verdict per document, in their order. Nothing when python3-jsonschema is not installed.
std::optional<std::vector<bool>> jsonschema_accepts(std::vector<Verdict> const& documents);

} // namespace wharf::document
