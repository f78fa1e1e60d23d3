// The rows of a guide applied to a set: which row of the grammar each means, and what it leaves of it.
//
// Called once per file of a chain, the oldest guide first; each finds what its parents left. Every fault is reported,
// and the rest is still applied. Internal to the reading of guides; functions without state. Limits: 500 variants of a
// place, 8,000 rows a set.
#pragma once

#include "grammar/guide_file.hpp"
#include "grammar/guide_value.hpp"

namespace wharf::grammar {

/// Rows, levels and `unlisted` of a file. `set` is that of the grammar, or what the guides before have made of it.
void resolve_rows(GuideFile& file, NarrowedSet& set, Grammars const& grammars, bool has_parent,
                  GuideProblems& problems);

/// The rules of a file, after its rows: paths are looked up, values and effects checked, and each goes to the row it
/// stands below.
void resolve_rules(GuideFile& file, NarrowedSet& set, Grammars const& grammars, bool has_parent,
                   GuideProblems& problems);

/// The tree of `levels HL` (guide_levels.cpp): checked and taken over.
void resolve_levels(GuideFile const& file, GuideNode const& node, NarrowedSet& set, Grammars const& grammars,
                    bool has_parent, GuideProblems& problems);

/// Gives each place its number again, in order.
void number_places(NarrowedSet& set);

} // namespace wharf::grammar
