// The guides that --guide names, for every command that has it.
#pragma once

#include "grammar/guide.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace wharf::cli {

/// Appends to `guides`. False: one cannot be used, which was said on standard error.
[[nodiscard]] bool load_guides(std::vector<std::filesystem::path> const& paths, grammar::Grammars const& grammars,
                               std::vector<std::shared_ptr<grammar::Guide const>>& guides);

} // namespace wharf::cli
