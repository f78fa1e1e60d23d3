// From a map of a format that is a tree of nodes to a plan, and from a plan to a translator of files.
#pragma once

#include "translator/file_translator.hpp"
#include "translator/map_load.hpp"
#include "translator/plan.hpp"

#include <expected>
#include <memory>

namespace wharf::translator {

/// All faults are listed: of the map MAP-0006 to MAP-0018, of the format's options MAP-0030 to MAP-0049.
[[nodiscard]] std::expected<std::unique_ptr<Plan const>, Diagnostics> compile_nodes(EffectiveMap const& map,
                                                                                    MapSource const& source);
[[nodiscard]] std::shared_ptr<FileTranslator const> make_file_translator(std::unique_ptr<Plan const> plan);

} // namespace wharf::translator
