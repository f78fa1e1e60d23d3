// The chain of guides that `extends` makes: a guide, the one it extends, the one that extends, and so on.
//
// A parent is NAME.guide in the folder of the first file. Internal to the reading of guides. Limit: 8 guides in a
// chain.
#pragma once

#include "grammar/guide_file.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace wharf::grammar {

/// The files, the oldest parent first and the guide itself last; all are read, faulty or not. Empty when a parent
/// cannot be read or the chain does not end, which is reported (GUIDE-0006, GUIDE-0007). An empty folder has no guides.
[[nodiscard]] std::vector<std::shared_ptr<GuideFile>>
read_guide_chain(std::string text, std::string file_name, std::filesystem::path const& folder, GuideProblems& problems);

} // namespace wharf::grammar
