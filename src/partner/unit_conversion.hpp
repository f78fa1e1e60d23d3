// Quantities in the partner's units, said again in ours. What the partner said stays as it is: `converted` stands beside it.
#pragma once

#include "partner/profile.hpp"
#include "syntax/json/value.hpp"

namespace wharf::partner {

/// Adds `converted` to the lines and shipped lines of a canonical document whose unit the profile converts. True: something
/// was added. A conversion that names the line's item comes before one for any item.
bool convert_units(json::Value& document, PartnerProfile const& profile);

} // namespace wharf::partner
