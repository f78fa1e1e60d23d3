// Everything the linter knows, in one call: what `wharf lint` prints and what an editor's language server would ask for.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/interchange.hpp"
#include "grammar/schema.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wharf::grammar {

struct LintOptions {
    InterchangeReaderOptions reader;
    std::uint32_t max_findings; // of the file; further ones are counted in `suppressed`
    LintOptions();
};

struct LintResult {
    Diagnostics diagnostics; // in file order
    std::uint64_t suppressed = 0;
    std::uint64_t interchanges = 0, groups = 0, sets = 0;
};

/// Lints one file's bytes. The text is borrowed for the call; the findings own their texts. Thread-safe as far as
/// `schemas` is shared.
[[nodiscard]] LintResult lint(std::string_view text, std::string file_name, SchemaCache& schemas, LintOptions const& options = {});

} // namespace wharf::grammar
