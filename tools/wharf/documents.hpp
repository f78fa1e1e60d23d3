// Canonical documents from a file: one, or an array of them.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "syntax/json/tape.hpp"
#include "syntax/json/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::cli {

/// Documents as they stand in a text, which must outlive them.
struct DocumentTape {
    json::Tape tape;
    std::vector<json::Node const*> documents;
};

/// What cannot be read as JSON is a finding (DOC-0900) with its place.
[[nodiscard]] std::optional<DocumentTape> read_tape(std::string_view text, std::string const& file_name, Diagnostics& findings);
/// The same as values of their own.
[[nodiscard]] std::vector<json::Value> read_documents(std::string_view text, std::string const& file_name,
                                                      Diagnostics& findings);

} // namespace wharf::cli
