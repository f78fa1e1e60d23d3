// Binds an effective map to a grammar and a document schema: every path becomes rows, elements and slots, every type a
// conversion. What cannot be bound is a diagnostic of the map (MAP-0006 to MAP-0018); all of them are listed.
#pragma once

#include "translator/map_load.hpp"
#include "translator/plan.hpp"

#include <expected>
#include <memory>

namespace wharf::translator {

/// In the first release the map names, every line must fit; in others, lines that name what the release does not have
/// are left out. Code tables come from `source`.
[[nodiscard]] std::expected<std::unique_ptr<Plan const>, Diagnostics>
compile(EffectiveMap const& map, MapSource const& source, std::shared_ptr<grammar::Schema const> schema);

} // namespace wharf::translator
