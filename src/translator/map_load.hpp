// From files to one effective map: includes added, the chain of `extends` applied, every line with its origins.
//
// Edits are promises: `replace` and `remove` of a path that is not there and `add` of one that is are MAP-0005, so that
// a changed base cannot silently undo a partner's edit.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "translator/map_source.hpp"
#include "translator/map_tree.hpp"

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

struct EffectiveMap {
    std::string name, title, document;
    unsigned document_version = 1;
    std::string format, set;
    std::vector<std::string> releases; // the first is the one the map is proved against
    std::vector<OptionLine> options; // of formats other than x12; an extending map's keyword replaces its base's
    std::vector<Rule> rules;
    std::map<std::string, Shape> shapes;
    std::vector<TableRow> table_rows;
    Origin origin;
};

/// Loads `name` with all it includes and extends. All faults of all files.
[[nodiscard]] std::expected<EffectiveMap, Diagnostics> load_map(MapSource const& source, std::string_view name);

} // namespace wharf::translator
