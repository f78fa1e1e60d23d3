// What a partner's profile says of checking his documents, for who reads files without a gateway.
#pragma once

#include "diagnostic/severity_policy.hpp"
#include "grammar/interchange.hpp"
#include "partner/knowledge.hpp"

namespace wharf::partner {

/// What `findings` of a profile or of a document's agreement make of findings; rules were checked when the profile was loaded.
[[nodiscard]] SeverityPolicy severities_of(std::vector<std::string> const& findings);

/// Guides and severities as the gateway has them: of what he sends, then of what we send him; what the profile makes of findings,
/// and in a group of documents what their agreement does. The guides are `knowledge`'s, as must be the schemas they are used with.
void apply_profile(PartnerProfile const& profile, Knowledge const& knowledge, grammar::InterchangeReaderOptions& options);

} // namespace wharf::partner
