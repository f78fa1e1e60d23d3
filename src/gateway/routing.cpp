#include "gateway/routing.hpp"

#include "diagnostic/registry.hpp"
#include "transport/pickup.hpp"

#include <fmt/format.h>

#include <algorithm>
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

namespace {

/// So many characters of a pattern are no wildcards; nothing: it does not fit.
std::optional<std::size_t> fit(partner::DocumentAgreement const& agreement, std::string_view file_name) {
    if (agreement.files.empty())
        return 0;
    std::optional<std::size_t> best;
    for (auto const& pattern : agreement.files)
        if (transport::glob_matches(pattern, file_name)) {
            auto const exact = static_cast<std::size_t>(std::ranges::count_if(pattern, [](char c) { return c != '*' && c != '?'; }));
            best = std::max(best.value_or(0), exact);
        }
    return best;
}

/// What comes by this document on this channel: a test, or nothing when it is not exchanged.
std::optional<bool> usage_of(partner::Channel const& channel, partner::PartnerProfile const& partner,
                             partner::DocumentAgreement const& agreement) {
    bool const test = channel.test || agreement.usage == partner::DocumentUsage::test ||
                      partner.status == partner::PartnerStatus::testing;
    return agreement.serves(test) ? std::optional(test) : std::nullopt;
}

struct Candidate {
    partner::PartnerProfile const* partner;
    partner::DocumentAgreement const* agreement;
    bool test;
};

std::string text_of(Candidate const& one) { return fmt::format("{} of {}", one.agreement->document, one.partner->id); }

std::string text_of(std::vector<Candidate> const& all) {
    std::vector<std::string> texts;
    for (auto const& one : all)
        texts.push_back(fmt::format("{} ({})", text_of(one),
                                    one.agreement->files.empty() ? std::string("*") : fmt::format("{}", fmt::join(one.agreement->files, ", "))));
    return fmt::format("{}", fmt::join(texts, "; "));
}

} // namespace

bool begins_like_x12(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF"))
        bytes.remove_prefix(3);
    auto const first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return false;
    bytes.remove_prefix(first);
    // The elements of an ISA have fixed lengths, so its separator stands at fixed places. A column may be called ISA.
    if (!bytes.starts_with("ISA"))
        return false;
    for (std::size_t const place : {6, 17, 20, 31, 34, 50})
        if (place < bytes.size() && bytes[place] != bytes[3])
            return false;
    return true;
}

std::optional<FileRoute> route_file(partner::Configuration const& configuration, partner::Channel const& channel,
                                    std::string_view file_name) {
    std::vector<Candidate> known, best;
    std::size_t most = 0;
    for (auto const& sender : channel.senders) {
        auto const* partner = configuration.partner(sender);
        if (partner == nullptr)
            continue;
        for (auto const& agreement : partner->documents) {
            if (agreement.direction != partner::Direction::inbound || agreement.is_x12())
                continue;
            auto const test = usage_of(channel, *partner, agreement);
            if (!test)
                continue;
            known.push_back({partner, &agreement, *test});
            auto const fits = fit(agreement, file_name);
            if (!fits || (!best.empty() && *fits < most))
                continue;
            if (*fits > most)
                best.clear();
            most = *fits;
            best.push_back(known.back());
        }
    }
    if (known.empty())
        return std::nullopt;
    FileRoute found;
    auto const refuse = [&](std::string_view code, std::string message, std::string help) {
        auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
        diagnostic.place.file = file_name;
        found.route.refusal = std::move(diagnostic);
    };
    if (best.empty()) {
        refuse("GATEWAY-0014", fmt::format("no document that comes in on channel {} is in files called {}, and it is no X12", channel.name, file_name),
               fmt::format("these are known here: {}; add the name to `files` of the right document, then: wharf dead-letter retry",
                           text_of(known)));
        return found;
    }
    if (best.size() > 1) {
        refuse("GATEWAY-0015", fmt::format("the file may be {} or {}: both take files called {}", text_of(best[0]), text_of(best[1]), file_name),
               "give them different names in `files`, or a channel each, then: wharf dead-letter retry");
        return found;
    }
    auto const& partner = *best.front().partner;
    found.route.partner = &partner;
    found.route.identity = configuration.identity(partner.identity);
    found.agreement = best.front().agreement;
    found.test = best.front().test;
    if (!partner.is_active(found.test))
        refuse("GATEWAY-0013", fmt::format("partner {} exchanges nothing: see `status` in the profile", partner.id),
               "set `status: production` when that is right, then: wharf dead-letter retry");
    return found;
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
