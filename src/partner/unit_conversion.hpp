// Quantities in the partner's units, said again in ours. What the partner said stays as it is: `converted` stands beside it.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "partner/profile.hpp"
#include "syntax/json/value.hpp"

namespace wharf::partner {

struct ConvertedUnits {
    bool changed = false; // something was added
    Diagnostics findings; // DOC-0104: units without a conversion, quantities too large to convert; the path of each names its line
};

/// Adds `converted` to the lines and shipped lines of a canonical document whose unit the profile converts. A conversion that
/// names the line's item comes before one for any item. What becomes of other units the profile says: an error holds.
[[nodiscard]] ConvertedUnits convert_units(json::Value& document, PartnerProfile const& profile);

} // namespace wharf::partner
