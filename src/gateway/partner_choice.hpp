// What `--partner P` of the commands means: which channels are his.
#pragma once

#include "partner/configuration.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

/// He sends on it, or what we send him leaves by it.
[[nodiscard]] bool belongs_to(partner::Channel const& channel, partner::PartnerProfile const& profile);
/// The profile of that name. `invalid` when there is none; the text names the nearest.
[[nodiscard]] Result<partner::PartnerProfile const*> partner_named(partner::Configuration const& configuration, std::string_view name);
/// The names of his channels.
[[nodiscard]] std::vector<std::string> channels_of(partner::Configuration const& configuration, partner::PartnerProfile const& profile);
/// Whose channel it is: "acme", "acme, globex"; empty: nobody's any more.
[[nodiscard]] std::string partners_of(partner::Configuration const& configuration, std::string_view channel);

} // namespace wharf::gateway
