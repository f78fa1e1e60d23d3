// A map, shown: as JSON for tools, as the text it comes to after all edits, as an annotated sample.
#pragma once

#include "syntax/json/value.hpp"
#include "translator/map_load.hpp"
#include "translator/plan.hpp"

#include <string>

namespace wharf::translator {

/// schemas/translator.1.json describes it.
[[nodiscard]] json::Value map_json(EffectiveMap const& map);

/// The whole map as one file without `extends`: it parses back to the same map. `origins`: each line ends with where it
/// comes from, "# vics/850.map:7, acme/850.map:3"; with a plan of it, also with the conversion that its types imply.
[[nodiscard]] std::string map_text(EffectiveMap const& map, bool origins, Plan const* plan = nullptr);

/// What a transaction set looks like to the map, in the grammar's order: PO1*{line_number}*{quantity}*{unit: code}~
/// Loops and lists are set off and indented. X12 only.
[[nodiscard]] std::string map_sample(Plan const& plan);

} // namespace wharf::translator
