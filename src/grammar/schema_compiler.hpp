// Fills a schema from its narrowed set: the segments and their element tables, the rows as nodes in the order of the set, the loops,
// the places whose rows have variants, the step table that the validator walks by, and the codes of keys. Internal to grammar/; called
// by Schema::compile alone.
//
// Works in steps that each read what the one before made: rules by segment, nodes and loops, narrowed rules, places, steps. On one
// thread; a schema is immutable afterwards and shared by all. What it borrows (dictionary, narrowed set) the schema keeps alive.
// Time and memory follow the rows of the set times the different segments it has.
#pragma once

#include "grammar/schema.hpp"

namespace wharf::grammar {

/// The schema has its set and dictionary; everything else is made here. Fails, permanently and naming the set, when the set has more
/// rows, segments or loops than the indices hold, or uses a segment that the dictionary lacks: a mistake in a grammar file or guide,
/// never in data. The schema must then be thrown away.
[[nodiscard]] Result<void> compile_schema(Schema& schema);

} // namespace wharf::grammar
