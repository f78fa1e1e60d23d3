// Whether a map can write a whole transaction set: what grammar or guide make mandatory must come from some line. Asked
// by `wharf translator check`, not by compile(): a map may be good for reading alone.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/narrowed_set.hpp"
#include "translator/plan.hpp"

namespace wharf::translator {

/// MAP-0020 for each mandatory segment and element that no line writes; nothing for a map that does not write at all.
/// `origin` is the map's header, for what belongs to no line.
[[nodiscard]] Diagnostics unwritten_mandatory(Plan const& plan, Origin const& origin);

/// The same of a partner's guide for the plan's set: what it makes mandatory, row by row, with its variants and levels.
/// Rules (`when`, `need`) and pairs are not looked at: they depend on the document.
[[nodiscard]] Diagnostics unwritten_by_guide(Plan const& plan, grammar::NarrowedSet const& guide, Origin const& origin);

} // namespace wharf::translator
