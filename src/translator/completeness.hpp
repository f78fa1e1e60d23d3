// Whether a map can write a whole transaction set: what grammar or guide make mandatory must come from some line. Asked
// by `wharf translator check`, not by compile(): a map may be good for reading alone.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "translator/plan.hpp"

namespace wharf::translator {

/// MAP-0020 for each mandatory segment and element that no line writes; nothing for a map that does not write at all.
/// `origin` is the map's header, for what belongs to no line.
[[nodiscard]] Diagnostics unwritten_mandatory(Plan const& plan, Origin const& origin);

} // namespace wharf::translator
