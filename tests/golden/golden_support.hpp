// What the golden tests share: X12 bytes through reader, validator and translator, and back to segments.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/schema.hpp"
#include "syntax/json/value.hpp"
#include "translator/translator.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::golden {

/// One transaction set of a file and what became of it.
struct TranslatedSet {
    std::string id;       // ST01
    std::string release;  // GS08
    Diagnostics findings; // of the validator
    bool translated = false;
    Diagnostics diagnostics; // of the translator
    std::string json;        // compact
    std::uint64_t elements = 0, extended = 0;
    std::vector<std::string> body; // segments without ST and SE, trailing separators dropped
    x12::Delimiters delimiters;
    std::shared_ptr<grammar::Schema const> schema;
    std::shared_ptr<translator::Translator const> translator;

    [[nodiscard]] bool ok() const { return translated && !has_errors(diagnostics); }
    [[nodiscard]] std::string faults() const; // one per line: errors of both lists
};

/// What happens to a set in which the validator found errors.
enum class FaultySets {
    skip,      // as `wharf translate` does
    translate, // what can be mapped is mapped
};

/// The transaction sets that a shipped map translates.
[[nodiscard]] std::set<std::string> translated_sets();

/// Every set of a file that a shipped map translates.
[[nodiscard]] std::vector<TranslatedSet> translate(std::string_view text, std::string const& file_name,
                                                   FaultySets faulty = FaultySets::skip);

/// One set of given body segments, read again (for the laws).
[[nodiscard]] TranslatedSet reread(TranslatedSet const& original, std::vector<std::string> const& body);

struct WrittenSet {
    bool ok = false;
    std::vector<std::string> body;
    Diagnostics diagnostics;
};
/// The document back to segments, by the translator that made it. The document is checked against its schema first.
[[nodiscard]] WrittenSet write(TranslatedSet const& set, std::string_view json);

/// Pretty JSON of one document, or of an array when there are several.
[[nodiscard]] std::string pretty(std::vector<TranslatedSet> const& sets);

[[nodiscard]] std::string read_file(std::filesystem::path const& path);
/// Compares with the file, or writes it when WHARF_UPDATE_GOLDEN is set.
void expect_golden(std::filesystem::path const& path, std::string const& actual);

/// The folder of sample files: WHARF_SAMPLES, or ../shared/samples beside the checkout.
[[nodiscard]] std::optional<std::filesystem::path> samples_folder();

} // namespace wharf::golden
