// A file as a person in purchasing or logistics reads it: who sent what to whom and when, parties, lines, trees and totals, with the
// names of the standard and the meanings of codes; what lint finds stands where it is. Nothing that has a value is left out.
//
// Works for every set from its grammar, and a guide's names where one is given; unknown sets and broken files are shown as far as they
// can be read. Comes as blocks in the order of the file, for ShowText or ShowHtml; memory follows the largest transaction set.
// Never fails for what a file holds.
#pragma once

#include "base/byte_source.hpp"
#include "grammar/interchange.hpp"
#include "linter/show_set.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace wharf::linter {

struct ShowResult {
    std::uint64_t interchanges = 0, sets = 0;
    std::uint64_t errors = 0, warnings = 0, notes = 0; // findings, those beyond the reader's limit left out
    std::uint64_t suppressed = 0;
    std::optional<Error> trouble; // the medium failed: what was read before has been shown
};

/// `file_name` becomes the title and is not opened. Several threads may call it with one `schemas`.
[[nodiscard]] ShowResult show(std::unique_ptr<ByteSource> source, std::string file_name, grammar::SchemaCache& schemas,
                              grammar::InterchangeReaderOptions const& options, Emit const& emit);

} // namespace wharf::linter
