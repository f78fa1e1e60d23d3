// The cross-references of a profile as maps use them: rows of the profile and of the CSV files it names.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "partner/profile.hpp"
#include "translator/values.hpp"

namespace wharf::partner {

/// Of several rows with one name of the partner's the first counts, and each further one is a finding (PARTNER-0035); so is a
/// file that cannot be read or a row of it that is no pair. Limit: limits::configuration_bytes for a file.
[[nodiscard]] translator::CrossReferences load_cross_references(PartnerProfile const& profile, Diagnostics& findings);

} // namespace wharf::partner
