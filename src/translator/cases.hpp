// Test cases beside a map: files of the other format and the documents they stand for.
//
//     acme/850.map
//     acme/850.tests/minimal.x12        what the partner sends
//     acme/850.tests/minimal.json       the document, or an array of them; `id`, `test` and `source` do not count
//     acme/850.tests/late.read.x12      read only;  late.write.*: written only
//
// Both ways unless the case is called NAME.read or NAME.write. The other side has the ending of the format; of the format
// json it is NAME.external.json.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/schema.hpp"
#include "translator/difference.hpp"
#include "translator/map_source.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace wharf::translator {

struct MapCase {
    std::string name; // "minimal"
    std::filesystem::path external, canonical;
    bool has_external = false, has_canonical = false;
    bool reads = true, writes = true;
};

struct CaseResult {
    MapCase of;
    Diagnostics diagnostics;         // of reading, of writing, and of our own validation of what was written
    std::vector<Difference> reading; // documents: expected and read
    std::vector<Difference> writing; // the other side: expected and written; X12 by segment
    std::string trouble;             // what could not be done at all
    std::string read_text, written_text; // what came out: for --update
    [[nodiscard]] bool passed() const {
        return trouble.empty() && reading.empty() && writing.empty() && !has_errors(diagnostics);
    }
};

/// The cases of a map file, by name. Empty when there is no folder NAME.tests beside it.
[[nodiscard]] std::vector<MapCase> cases_of(std::filesystem::path const& map_file, std::string_view format);

/// Runs one case with the map `name` of `source`.
[[nodiscard]] CaseResult run_case(MapCase const& of, MapSource const& source, std::string_view name,
                                  grammar::SchemaCache& schemas);

} // namespace wharf::translator
