// Whether grammar files are right by themselves and fit together. Run when an overlay replaces some of them, and by a
// test over the shipped ones; never on the way of reading data.
#pragma once

#include "grammar/grammar_folder.hpp"

namespace wharf::grammar {

/// Reads every file and reports every fault: syntax, lifetimes, and references to segments, elements and composites
/// that are not there, or not in all the releases of the row. Code lists of the binary are left out unless
/// `with_embedded_codes`.
[[nodiscard]] Diagnostics check_grammars(GrammarFolder const& folder, bool with_embedded_codes = false);

} // namespace wharf::grammar
