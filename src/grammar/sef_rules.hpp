// .SEMREFS and further syntax notes as rules of a guide: `when Kind = DS: N104 M`. Internal to the import.
#pragma once

#include "grammar/sef_elements.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace wharf::grammar {

struct SefRuleLines {
    std::map<SefRow const*, std::vector<SefLine>> of_row; // in the block of the row
    std::map<Area, std::vector<SefLine>> of_area;         // in none
    std::set<SefRow const*> conditional_rows;             // used or not by a rule: they are not `-`
    std::map<SefRow const*, std::set<std::pair<std::uint32_t, std::uint32_t>>> conditional_elements;
};

[[nodiscard]] SefRuleLines rule_lines(SefSetView const& view, SefTally& tally);

} // namespace wharf::grammar
