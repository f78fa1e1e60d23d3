#include "gateway/routing.hpp"

#include "diagnostic/registry.hpp"

#include <fmt/format.h>

#include <string_view>

namespace wharf::gateway {

namespace {

std::string nearest_text(partner::NearestIdentifier const& nearest, std::string_view what) {
    if (!nearest.found())
        return fmt::format("; there is no {} with an identifier like it", what);
    return fmt::format("; the nearest known one is {}:{} ({} {})", nearest.qualifier, nearest.id, what, nearest.partner);
}

Diagnostic at_isa(Diagnostic diagnostic, unsigned element, std::string value) {
    diagnostic.place.segment_id = "ISA";
    diagnostic.place.segment_position = 1;
    diagnostic.place.element = element;
    diagnostic.value = std::move(value);
    return diagnostic;
}

Diagnostic unknown_sender(partner::Configuration const& configuration, partner::Channel const& channel,
                          EnvelopeIdentity const& envelope, std::string_view day) {
    auto const usage = envelope.test ? "test" : "production";
    std::string message;
    std::string help;
    if (auto const* elsewhere =
            configuration.find_partner(envelope.sender_qualifier, envelope.sender_id, envelope.test, day)) {
        message = fmt::format("the sender {} is partner {}, but this partner may not send on channel {}", envelope.sender(),
                              elsewhere->id, channel.name);
        help = fmt::format("add {} to `senders` of channel {}, then: wharf dead-letter retry", elsewhere->id, channel.name);
    } else if (auto const* once = configuration.find_partner(envelope.sender_qualifier, envelope.sender_id, envelope.test)) {
        message = fmt::format("the sender {} is partner {}, but this identifier does not hold on {}", envelope.sender(), once->id, day);
        help = "see `from` and `until` of the identifier in the profile; when they are right, ask the partner which one he uses now; "
               "no acknowledgment was sent";
    } else {
        message = fmt::format("the sender {} is unknown for {} use{}", envelope.sender(), usage,
                              nearest_text(configuration.nearest_partner(envelope.sender_qualifier, envelope.sender_id),
                                           "partner"));
        help = "when it is a partner, add the identifier to its profile, then: wharf dead-letter retry; no acknowledgment "
               "was sent";
    }
    return at_isa(make_diagnostic("GATEWAY-0010", std::move(message), std::move(help)), 6, envelope.sender_id);
}

} // namespace

Route route(partner::Configuration const& configuration, partner::Channel const& channel, EnvelopeIdentity const& envelope,
            std::string_view day) {
    Route route;
    route.partner =
        configuration.find_partner(channel, envelope.sender_qualifier, envelope.sender_id, envelope.test, day);
    if (route.partner == nullptr) {
        route.refusal = unknown_sender(configuration, channel, envelope, day);
        return route;
    }
    if (!route.partner->is_active(envelope.test)) {
        bool const testing = route.partner->status == partner::PartnerStatus::testing;
        route.refusal = at_isa(
            make_diagnostic("GATEWAY-0013",
                            testing ? fmt::format("partner {} is being tested, and this interchange is for production (ISA15)", route.partner->id)
                                    : fmt::format("partner {} exchanges nothing: see `status` in the profile", route.partner->id),
                            testing ? "ask for ISA15 = T, or set `status: production` in the profile, then: wharf dead-letter retry"
                                    : "set `status: production` when that is right, then: wharf dead-letter retry"),
            6, envelope.sender_id);
        return route;
    }
    route.identity = configuration.find_identity(envelope.receiver_qualifier, envelope.receiver_id, envelope.test, day);
    if (route.identity == nullptr) {
        route.refusal = at_isa(
            make_diagnostic(
                "GATEWAY-0011",
                fmt::format("the receiver {} is none of our identities for {} use{}", envelope.receiver(),
                            envelope.test ? "test" : "production",
                            nearest_text(
                                configuration.nearest_identity(envelope.receiver_qualifier, envelope.receiver_id),
                                "identity")),
                "when it is one of ours, add it to `identities` in wharf.yaml, then: wharf dead-letter retry; no "
                "acknowledgment was sent"),
            8, envelope.receiver_id);
        return route;
    }
    for (auto const& identifier : route.partner->identifiers) {
        if (identifier.qualifier != envelope.sender_qualifier || identifier.id != envelope.sender_id ||
            !identifier.serves(envelope.test) || !partner::holds_on(identifier.from, identifier.until, day))
            continue;
        for (auto const& group_sender : envelope.group_senders) {
            if (identifier.accepts_group(group_sender))
                continue;
            auto diagnostic = make_diagnostic(
                "GATEWAY-0012",
                fmt::format("a functional group names the sender {} (GS02), which partner {} does not list for {}", group_sender,
                            route.partner->id, envelope.sender()),
                fmt::format("the profile lists: {}; add this one to `group_ids` when it is right, then: wharf dead-letter retry",
                            fmt::join(identifier.group_ids, ", ")));
            diagnostic.place.segment_id = "GS";
            diagnostic.place.element = 2;
            diagnostic.value = group_sender;
            route.refusal = std::move(diagnostic);
            return route;
        }
    }
    return route;
}

std::vector<partner::Target const*> targets_of(partner::Configuration const& configuration,
                                               partner::DocumentAgreement const& agreement, bool test) {
    std::vector<partner::Target const*> targets;
    for (auto const& name : test ? agreement.test_targets : agreement.targets) {
        auto const* target = configuration.target(name);
        // The last word on "test never reaches production", whatever the profile lists.
        if (target != nullptr && target->production != test && target->takes(agreement.document))
            targets.push_back(target);
    }
    return targets;
}

} // namespace wharf::gateway
