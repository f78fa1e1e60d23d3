#include "gateway/partner_choice.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

bool belongs_to(partner::Channel const& channel, partner::PartnerProfile const& profile) {
    return channel.allows(profile.id) || channel.name == profile.channel ||
           std::ranges::any_of(profile.documents, [&](auto const& document) { return document.channel == channel.name; });
}

Result<partner::PartnerProfile const*> partner_named(partner::Configuration const& configuration, std::string_view name) {
    if (auto const* const profile = configuration.partner(name))
        return profile;
    std::vector<std::string> names;
    for (auto const& one : configuration.partners)
        names.push_back(one.id);
    auto const near = nearest_word(name, names);
    return invalid(fmt::format("there is no partner {}{}", name, near.empty() ? "" : fmt::format("; did you mean {}?", near)));
}

std::vector<std::string> channels_of(partner::Configuration const& configuration, partner::PartnerProfile const& profile) {
    std::vector<std::string> names;
    for (auto const& one : configuration.channels)
        if (belongs_to(one, profile))
            names.push_back(one.name);
    return names;
}

std::string partners_of(partner::Configuration const& configuration, std::string_view channel) {
    std::string names;
    if (auto const* const found = configuration.channel(channel))
        for (auto const& profile : configuration.partners)
            if (belongs_to(*found, profile))
                names += (names.empty() ? "" : ", ") + profile.id;
    return names;
}

} // namespace wharf::gateway
