// Where a value stands in a JSON text: for messages only, since values do not carry places.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace wharf::json {

/// One step down: a member, or (name empty) an entry of an array by its number from 0.
struct PathStep {
    std::string name;
    std::size_t index = 0;
    bool entry = false;
};

/// The byte where the value at `path` begins. `text` must be JSON that parse() takes; where the path leads nowhere, the
/// last place that was found. Never fails; linear.
[[nodiscard]] std::size_t locate(std::string_view text, std::span<PathStep const> path);

} // namespace wharf::json
