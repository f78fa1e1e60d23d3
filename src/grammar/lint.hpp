// Everything the linter knows, in one call: what `wharf lint` prints and what an editor's language server would ask for.
//
// Never throws for what a file holds, and never stops at a fault: a file of anything at all gives findings, one (X12-0001) when it is
// no X12. Limits: findings kept (of the file and of each set; the first error is kept before warnings, so that the verdict is never
// lost), bytes of a set and of a segment (x12::ReaderOptions), everything else follows the file. Time is linear in it.
//
//     auto const result = grammar::lint(text, "po.x12", schemas);
//     for (auto const& finding : result.diagnostics) …            // code, severity, place, words; diagnostic/render.hpp prints them
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
#include <vector>

namespace wharf::grammar {

struct LintOptions {
    InterchangeReaderOptions reader;
    std::uint32_t max_findings; // of the file; further ones are counted in `suppressed`
    bool find_lines = true;     // line and column of each place: the file is read once more where something is found
    unsigned jobs = 1;          // threads, started and joined within the call; the findings and their order are the same for any number
    LintOptions();
};

struct LintResult {
    Diagnostics diagnostics; // in file order
    std::uint64_t suppressed = 0;
    CodeCounts counts; // of all that was found, suppressed or not; but what a set had too much of (max_findings_per_set) was never looked at
    std::uint64_t interchanges = 0, groups = 0, sets = 0; // ISA, GS and ST that are there
    std::vector<std::string> guides; // names of those that sets were checked by
    std::optional<Error> trouble; // the medium failed: the findings are of what could be read before
};

/// Lints one file's bytes. The text is borrowed for the call; the findings own their texts. `file_name` goes into each finding's place
/// and is not opened. Several threads may call it with one `schemas`.
[[nodiscard]] LintResult lint(std::string_view text, std::string file_name, SchemaCache& schemas, LintOptions const& options = {});

/// The same from a file or stream of any length: memory follows the largest transaction set, the number of jobs and the findings
/// kept. When the medium fails, what was read is judged, and `trouble` says why it ended. Of a pipe (no rewind()) the first 16 MiB
/// are kept to count lines in; places of a longer one have no line.
[[nodiscard]] LintResult lint(std::unique_ptr<ByteSource> source, std::string file_name, SchemaCache& schemas, LintOptions const& options = {});

} // namespace wharf::grammar
