// From the rows of a guided schema to those of the grammar it narrows: a set is parsed by the partner's guide, and translated by
// maps that are written against the standard.
//
// Immutable; shared by all threads.
#pragma once

#include "grammar/schema.hpp"

#include <memory>
#include <vector>

namespace wharf::grammar {

class PlainRows {
public:
    /// Both are of one set and one release; `guided` may be the plain schema itself.
    PlainRows(Schema const& guided, Schema const& plain);

    /// The row of each segment as the plain schema counts them; no_node for a segment that only the guide knows (`beyond`).
    void map(std::vector<NodeIndex> const& guided, std::vector<NodeIndex>& plain) const;

private:
    std::vector<NodeIndex> rows_; // by node of the guided schema
};

} // namespace wharf::grammar
