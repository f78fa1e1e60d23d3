// Explains a set whose segments do not follow the grammar: which segment is missing, surplus, misplaced or unknown, with as
// few findings as the facts allow. Internal to grammar/.
//
// The validator calls it only for a set in which its transition table met a surprise. At each surprise it prices the
// possible explanations: the findings made now, plus those that the next six segments would make if read plainly
// from there; the cheapest is taken. Memory and time are linear in the set's segments.
#pragma once

#include "grammar/findings.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <vector>

namespace wharf::grammar {

/// Reports the structural findings of the set and fills `nodes` with the row of each segment (no_node: none).
/// A set without SE has no end: nothing is said to be missing there (that SE is missing is the envelope's finding).
void explain_structure(Schema const& schema, x12::SegmentList const& set, Findings& findings, std::vector<NodeIndex>& nodes);

} // namespace wharf::grammar
