// Files of formats other than X12: to canonical documents and back, by one translator of that format.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "syntax/json/value.hpp"
#include "translator/file_translator.hpp"

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::cli {

/// The translator `name` when it is of a format other than X12; nullptr when it is of X12, or there is none of that
/// name. `overlay` is the folder of the user's own maps.
[[nodiscard]] std::expected<std::shared_ptr<translator::FileTranslator const>, Diagnostics>
find_file_translator(std::optional<std::filesystem::path> const& overlay, std::string_view name);

/// The names of the built-in maps and those of the user's folder, for a hint.
[[nodiscard]] std::vector<std::string> map_names(std::optional<std::filesystem::path> const& overlay);

struct FileReadResult {
    Diagnostics diagnostics;
    std::uint64_t documents = 0; // in the file
    std::uint64_t held = 0;      // made, and not given: a line says `on error hold`
};
/// Gives each document that has no errors and is not held, compact, as soon as it is made.
[[nodiscard]] FileReadResult read_file_documents(translator::FileTranslator const& translator,
                                                 std::unique_ptr<ByteSource> bytes, std::string const& file_name,
                                                 std::string const& partner,
                                                 std::function<void(std::string_view json)> const& on_document);

struct FileWriteResult {
    std::string bytes; // of the documents without errors; empty when there is none
    Diagnostics diagnostics;
};
[[nodiscard]] FileWriteResult write_file_documents(translator::FileTranslator const& translator,
                                                   std::vector<json::Value> const& documents,
                                                   std::string const& file_name);

/// A canonical document, or an array of them: what has the members `schema` and `document`.
[[nodiscard]] bool is_canonical(std::string_view json);

} // namespace wharf::cli
