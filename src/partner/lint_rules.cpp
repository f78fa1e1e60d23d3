#include "partner/lint_rules.hpp"

#include "grammar/acknowledgment.hpp"

#include <algorithm>

namespace wharf::partner {

SeverityPolicy severities_of(std::vector<std::string> const& findings) {
    auto severities = grammar::syntax_only();
    for (auto const& rule : findings)
        (void)severities.add(rule);
    return severities;
}

void apply_profile(PartnerProfile const& profile, Knowledge const& knowledge, grammar::InterchangeReaderOptions& options) {
    options.severities = severities_of(profile.findings);
    for (auto const direction : {Direction::inbound, Direction::outbound})
        for (auto const& agreement : profile.documents) {
            if (agreement.direction != direction || !agreement.is_x12())
                continue;
            if (auto guide = knowledge.guide(agreement))
                options.guides.push_back(std::move(guide));
            options.group_severities.try_emplace(std::string(knowledge.functional_id(agreement)), severities_of(agreement.findings));
        }
}

} // namespace wharf::partner
