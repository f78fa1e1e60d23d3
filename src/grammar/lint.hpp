// Everything the linter knows, in one call: what `wharf lint` prints and what an editor's language server would ask for.
#pragma once

#include "base/byte_source.hpp"
#include "diagnostic/diagnostic.hpp"
#include "grammar/interchange.hpp"
#include "grammar/schema.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::grammar {

struct LintOptions {
    InterchangeReaderOptions reader;
    std::uint32_t max_findings; // of the file; further ones are counted in `suppressed`
    unsigned jobs = 1;          // threads; the findings and their order are the same for any number
    LintOptions();
};

struct LintResult {
    Diagnostics diagnostics; // in file order
    std::uint64_t suppressed = 0;
    std::uint64_t interchanges = 0, groups = 0, sets = 0;
    std::optional<Error> trouble; // the medium failed: the findings are of what could be read before
};

/// Lints one file's bytes. The text is borrowed for the call; the findings own their texts. Thread-safe as far as
/// `schemas` is shared.
[[nodiscard]] LintResult lint(std::string_view text, std::string file_name, SchemaCache& schemas, LintOptions const& options = {});

/// The same from a file or stream of any length: memory follows the largest transaction set, the number of jobs and the findings
/// kept.
[[nodiscard]] LintResult lint(std::unique_ptr<ByteSource> source, std::string file_name, SchemaCache& schemas, LintOptions const& options = {});

} // namespace wharf::grammar
