// The map a person named: a built-in one, or a file with its folder and the built-in maps around it.
#pragma once

#include "base/error.hpp"
#include "translator/map_source.hpp"

#include <memory>
#include <string>

namespace wharf::cli {

struct MapAtHand {
    std::unique_ptr<translator::MapSource> source;
    std::string name; // empty: the file has no line `translator`
    std::string text;
};

/// Fails with what cannot be read.
[[nodiscard]] Result<MapAtHand> map_at_hand(std::string const& word);

} // namespace wharf::cli
