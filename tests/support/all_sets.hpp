// Every set of every release, compiled; and how long a property test may run.
#pragma once

#include "grammar/schema.hpp"
#include "support/schemas.hpp"

#include <cstdlib>
#include <memory>
#include <vector>

namespace wharf::test {

/// 447 of them.
[[nodiscard]] inline std::vector<std::shared_ptr<grammar::Schema const>> const& all_sets() {
    static auto const sets = [] {
        std::vector<std::shared_ptr<grammar::Schema const>> all;
        auto const& grammars = schemas().grammars();
        for (auto const& release : grammars.releases())
            for (auto const& set : grammars.dictionary(release)->sets())
                all.push_back(schemas().get(release, set));
        return all;
    }();
    return sets;
}

/// WHARF_LONG=1: the full length, minutes; else a sample, seconds.
[[nodiscard]] inline bool is_long_run() {
    auto const* variable = std::getenv("WHARF_LONG");
    return variable != nullptr && *variable != '\0' && *variable != '0';
}

} // namespace wharf::test
