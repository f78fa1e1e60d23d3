// The releases of the standard that the grammar files speak of, and sets of them.
//
// A ReleaseMask has bit i set for the i-th release of grammars/x12/releases, oldest first. Plain values, thread-safe.
#pragma once

#include "grammar/dictionary.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

using ReleaseMask = std::uint64_t;
inline constexpr ReleaseMask every_release = ~ReleaseMask{0};
inline constexpr std::size_t max_releases = 64;

struct Release {
    std::string id;                  // "004010", as GS08 begins
    std::string interchange_version; // "00401", ISA12
    std::uint32_t position_digits = 3; // how its tables write the position of a row: 020 or 0200
};

class ReleaseTable {
public:
    /// False when there is no room or the release is not newer than the last one.
    bool add(Release release);
    /// Index of a listed release; -1 otherwise.
    [[nodiscard]] int find(std::string_view id) const;
    [[nodiscard]] std::vector<Release> const& all() const { return releases_; }
    [[nodiscard]] ReleaseMask mask() const;
    /// See Grammars::match_release. The table must not be empty.
    [[nodiscard]] ReleaseMatch match(std::string_view gs08) const;
    /// "004010", or "003040, 003060 and 2 more": for messages.
    [[nodiscard]] std::string describe(ReleaseMask mask) const;

private:
    std::vector<Release> releases_;
};

} // namespace wharf::grammar
