// Profiles: what one field alone cannot tell (names that point to each other, production and test,
// identifiers of several partners), and what files may leave out because something else says it.

#include "partner/check.hpp"
#include "partner/declarations.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace wharf::partner {

// --- filling in ---------------------------------------------------------------------------------------------------

void fill_in(LoadedConfiguration& loaded, Diagnostics& findings) {
    auto const& gateway = loaded.gateway;
    for (auto& profile : loaded.partners) {
        auto& value = profile.value;
        if (value.identity.empty() && gateway.value.identities.size() == 1) {
            value.identity = gateway.value.identities.front().name;
            auto origin = gateway.origin("identities[0].name");
            origin.note = "the only identity";
            profile.origins["identity"] = origin;
        }
        for (std::size_t i = 0; i < value.documents.size(); ++i) {
            auto& document = value.documents[i];
            auto const path = fmt::format("documents[{}]", i);
            auto const from = [&](std::string_view field) {
                auto origin = profile.origin(fmt::format("{}.{}", path, field));
                origin.note = fmt::format("from {}", field);
                return origin;
            };
            if (document.document.empty() && !document.set.empty()) {
                document.document = document_of_set(document.set);
                profile.origins[path + ".document"] = from("set");
            } else if (document.set.empty() && !document.document.empty()) {
                document.set = set_of_document(document.document);
                profile.origins[path + ".set"] = from("document");
            }
            if (!document.is_x12() && document.direction == Direction::outbound &&
                !profile.origins.contains(path + ".file_name"))
                document.file_name = fmt::format("{{document}}_{{sequence}}.{}", to_string(document.format));
            if (document.document.empty() && document.set != "997") {
                auto const origin = profile.origin(path);
                findings.push_back(diagnostic_at(
                    *origin.source, origin.mark, "PARTNER-0006",
                    document.set.empty() ? "a document needs 'set' or 'document'"
                                         : fmt::format("no kind of document is known for the set {}", document.set),
                    document.set.empty() ? "for example set: 850, or document: purchase_order"
                                         : "say which one it carries, for example document: purchase_order"));
            }
        }
    }
    for (auto& channel : loaded.channels)
        if (channel.value.poll_interval.count() == 0) {
            channel.value.poll_interval = gateway.value.poll_interval;
            if (gateway.origins.contains("poll_interval"))
                channel.origins["poll_interval"] = gateway.origin("poll_interval");
        }
}

// --- profiles -----------------------------------------------------------------------------------------------------

namespace {

/// `path`: of the envelope.
void check_delimiters(Check<PartnerProfile>& check, Envelope const& envelope, std::string const& path) {
    struct Delimiter {
        std::string_view name;
        char value;
    };
    Delimiter const all[] = {{"element_separator", envelope.element_separator},
                             {"component_separator", envelope.component_separator},
                             {"segment_terminator", envelope.segment_terminator},
                             {"repetition_separator", envelope.repetition_separator}};
    for (std::size_t i = 0; i < std::size(all); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (all[i].value == all[j].value)
                check.report(fmt::format("{}.{}", path, all[i].name), "PARTNER-0023",
                             fmt::format("{} and {} are the same character", all[j].name, all[i].name),
                             "every delimiter must be a character of its own");
    bool const has_repetition = envelope.version >= "00402"; // until 00401, ISA11 is the standards identifier
    if (has_repetition && envelope.repetition_separator == '\0')
        check.report(path + ".version", "PARTNER-0023",
                     fmt::format("version {} has a repetition separator in ISA11, and none is given", envelope.version),
                     "set envelope.repetition_separator, usually '^'", envelope.version);
    if (!has_repetition && envelope.repetition_separator != '\0')
        check.report(
            path + ".repetition_separator", "PARTNER-0023",
            fmt::format("version {} has no repetition separator; ISA11 is the standards identifier", envelope.version),
            "leave it out, or set envelope.version to 00402 or later");
    if (envelope.replacement != '\0' && std::ranges::any_of(all, [&](Delimiter const& one) { return one.value == envelope.replacement; }))
        check.report(path + ".replacement", "PARTNER-0023", "the character that replaces separators is one itself",
                     "choose one that separates nothing, such as a blank");
}

bool same_delimiters(Envelope const& one, Envelope const& other) {
    auto const all = [](Envelope const& e) {
        return std::tuple(e.version, e.element_separator, e.component_separator, e.segment_terminator, e.repetition_separator, e.replacement);
    };
    return all(one) == all(other);
}

void check_targets(Check<PartnerProfile>& check, DocumentAgreement const& document, std::string const& path,
                   std::vector<std::string> const& names, bool production, GatewayConfiguration const& gateway) {
    auto const known = names_of(gateway.targets);
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const item = fmt::format("{}[{}]", path, i);
        auto const target = std::ranges::find(gateway.targets, names[i], &Target::name);
        if (target == gateway.targets.end()) {
            check.report(item, "PARTNER-0013", fmt::format("there is no target '{}'", names[i]),
                         known_names(names[i], known, "target", "targets are described in wharf.yaml"), names[i]);
            continue;
        }
        if (target->production != production)
            check.report(
                item, "PARTNER-0014",
                production
                    ? fmt::format("production documents would go to '{}', which is no production target", names[i])
                    : fmt::format("test documents would go to '{}', which is a production target", names[i]),
                production ? "name a target with production: yes, or move it to test_targets"
                           : "name a target with production: no, or move it to targets",
                names[i]);
        if (!target->takes(document.document))
            check.report(
                item, "PARTNER-0015", fmt::format("the target '{}' does not take {}", names[i], document.document),
                fmt::format("it takes: {}; see targets in wharf.yaml", fmt::join(target->documents, ", ")), names[i]);
        if (std::ranges::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
            names.begin() + static_cast<std::ptrdiff_t>(i))
            check.report(item, "PARTNER-0017", fmt::format("the target '{}' stands twice in the list", names[i]),
                         "a document goes to a target once", names[i]);
    }
}

bool share_usage(DocumentAgreement const& one, DocumentAgreement const& other) {
    return (one.serves(true) && other.serves(true)) || (one.serves(false) && other.serves(false));
}

/// What a document without envelope cannot have.
void check_format(Check<PartnerProfile>& check, DocumentAgreement const& document, std::string const& path) {
    bool const inbound = document.direction == Direction::inbound;
    auto const refuse = [&](std::string_view field, std::string what, std::string help) {
        check.report(fmt::format("{}.{}", path, field), "PARTNER-0021", std::move(what), std::move(help));
    };
    if (!document.files.empty() && (!inbound || document.is_x12()))
        refuse("files", inbound ? "'files' means nothing for X12: the envelope says what a file holds" : "'files' is of what comes in",
               inbound ? "leave it out, or set format" : "leave it out; file_name says what our files are called");
    if (document.is_x12()) return;
    auto const format = to_string(document.format);
    if (!document.guide.empty())
        refuse("guide", fmt::format("a guide is for X12; this document is {}", format), "leave it out: the map says what it may hold");
    if (!document.release.empty())
        refuse("release", fmt::format("a release is of X12; this document is {}", format), "leave it out");
    if (!document.implementation_reference.empty())
        refuse("implementation_reference", fmt::format("ST03 is of X12; this document is {}", format), "leave it out");
    for (std::string_view const part : {"{interchange}", "{group}"})
        if (!inbound && document.file_name.find(part) != std::string::npos)
            refuse("file_name", fmt::format("the file name has {}, and a {} file has no such number", part, format),
                   "give this document a file_name with {sequence} or {number}");
}

void check_documents(Check<PartnerProfile>& check, PartnerProfile const& profile, GatewayConfiguration const& gateway) {
    for (std::size_t i = 0; i < profile.documents.size(); ++i) {
        auto const& document = profile.documents[i];
        auto const path = fmt::format("documents[{}]", i);
        for (std::size_t j = 0; j < i; ++j) {
            auto const& other = profile.documents[j];
            bool const inbound = document.direction == Direction::inbound;
            // Files are told apart by their names, those of tests and production by their usage.
            if (inbound ? !(document.is_x12() && other.is_x12()) : !(document.is_x12() && other.is_x12()) && !share_usage(document, other))
                continue;
            if (other.direction == document.direction &&
                (other.set == document.set || (other.document == document.document && !document.document.empty() && !inbound)))
                check.report(path, "PARTNER-0017",
                             fmt::format("{} {} stands a second time",
                                         document.direction == Direction::inbound ? "inbound" : "outbound",
                                         other.set == document.set ? document.set : document.document),
                             "one entry per set and direction; put the targets of both into one list");
        }
        check_format(check, document, path);
        if (document.split_by_store && (document.direction == Direction::outbound || document.document != "purchase_order"))
            check.report(path + ".split_by_store", "PARTNER-0021", "only orders that come in are split by store",
                         "leave it out, or say it of the inbound purchase_order");
        if (document.from_order.any() && (document.direction == Direction::inbound || document.document == "purchase_order"))
            check.report(path + ".from_order", "PARTNER-0021", "only what we send in answer to an order repeats something of it",
                         "leave it out, or say it of an outbound acknowledgment, ship notice or invoice");
        bool const inbound = document.direction == Direction::inbound;
        if (!inbound && !(document.targets.empty() && document.test_targets.empty()))
            check.report(path + ".targets", "PARTNER-0021",
                         "an outbound document has no targets: it goes to the partner's channel",
                         "leave out targets and test_targets, or set direction: inbound");
        bool const delivers = inbound && document.set != "997" && document.usage != DocumentUsage::none; // acknowledgments are applied, not delivered
        if (delivers && document.targets.empty() && document.test_targets.empty())
            check.report(path, "PARTNER-0028",
                         fmt::format("inbound {} have no targets and will be held", document.document),
                         "name at least one target, or accept that a person must look at each");
        check_targets(check, document, path + ".targets", document.targets, true, gateway);
        check_targets(check, document, path + ".test_targets", document.test_targets, false, gateway);
    }
}

/// `is_used`: something would leave by it.
void check_channel(Check<PartnerProfile>& check, std::string const& name, std::string const& path, bool is_used,
                   std::vector<Loaded<Channel>> const& channels) {
    auto const channel = std::ranges::find_if(channels, [&](auto const& one) { return one.value.name == name; });
    if (channel == channels.end()) {
        std::vector<std::string> names;
        for (auto const& one : channels)
            names.push_back(one.value.name);
        check.report(path, "PARTNER-0012", fmt::format("there is no channel '{}'", name),
                     known_names(name, names, "channel", "each is a file NAME.yaml in channels/"), name);
    } else if (!channel->value.can_send() && is_used && channel->value.transport == TransportKind::as2) {
        check.report(path, "PARTNER-0030",
                     fmt::format("the channel '{}' has no URL, so nothing can be sent to this partner", name),
                     "set as2.url in the channel's file", name);
        check.related(channel->origin("as2"), "the relation");
    } else if (!channel->value.can_send() && is_used) {
        check.report(path, "PARTNER-0030",
                     fmt::format("the channel '{}' has no outbox, so nothing can be sent to this partner", name),
                     "set pickup.outbox in the channel's file", name);
        check.related(channel->origin("pickup"), "the channel's folders");
    }
}

void check_cross_references(Check<PartnerProfile>& check, PartnerProfile const& profile) {
    for (std::size_t i = 0; i < profile.cross_references.size(); ++i) {
        auto const& one = profile.cross_references[i];
        auto const path = fmt::format("cross_references[{}]", i);
        for (std::size_t j = 0; j < i; ++j)
            if (profile.cross_references[j].name == one.name)
                check.report(path + ".name", "PARTNER-0017", fmt::format("'{}' is a second time in cross_references", one.name),
                             "put the rows of both into one", one.name);
        if (one.rows.empty() && one.file.empty())
            check.report(path, "PARTNER-0006", "a cross-reference needs 'rows' or 'file'",
                         "give rows with theirs and ours, or a CSV file with these columns");
        bool const defaults = !one.default_ours.empty() || !one.default_theirs.empty();
        if (defaults != (one.unknown == UnknownValue::use_default))
            check.report(path + ".unknown", "PARTNER-0021",
                         defaults ? "a default means nothing unless unknown: default says so" : "unknown: default needs a default",
                         "set unknown: default with default_ours, default_theirs or both; or leave out all of them");
    }
}

void check_unit_conversions(Check<PartnerProfile>& check, PartnerProfile const& profile) {
    auto const& all = profile.unit_conversions;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const path = fmt::format("unit_conversions[{}]", i);
        if (all[i].from == all[i].to)
            check.report(path + ".to", "PARTNER-0007", fmt::format("it converts {} to itself", all[i].to), "name the unit that we count in",
                         all[i].to);
        for (std::size_t j = 0; j < i; ++j)
            if (all[j].from == all[i].from && all[j].items == all[i].items)
                check.report(path + ".from", "PARTNER-0017", fmt::format("{} is converted a second time for the same items", all[i].from),
                             "keep one of the two, or name the items each is for", all[i].from);
    }
}

void check_way_out(Check<PartnerProfile>& check, PartnerProfile const& profile,
                   std::vector<Loaded<Channel>> const& channels) {
    bool const sends_documents = std::ranges::any_of(profile.documents, [&](auto const& document) {
        return document.direction == Direction::outbound && document.usage != DocumentUsage::none &&
               document.channel == profile.channel;
    });
    bool const receives = std::ranges::any_of(profile.documents, [](auto const& document) { // what is acknowledged
        return document.direction == Direction::inbound && document.is_x12() && document.set != "997" &&
               document.usage != DocumentUsage::none;
    });
    for (std::size_t i = 0; i < profile.documents.size(); ++i) {
        auto const& document = profile.documents[i];
        if (document.direction == Direction::outbound && document.channel != profile.channel)
            check_channel(check, document.channel, fmt::format("documents[{}].channel", i), true, channels);
    }
    bool const acknowledges =
        receives && (profile.acknowledgment.send_997 || profile.acknowledgment.ta1 != Ta1Policy::never);
    if (profile.channel.empty()) {
        if (sends_documents || acknowledges)
            check.report("channel", "PARTNER-0030",
                         fmt::format("we send {} to this partner, and he has no channel",
                                     sends_documents ? "documents" : "acknowledgments"),
                         "name his channel, or set acknowledgment.send_997: no and acknowledgment.ta1: never");
        return;
    }
    check_channel(check, profile.channel, "channel", sends_documents || acknowledges, channels);
}

void check_senders(Check<PartnerProfile>& check, PartnerProfile const& profile,
                   std::vector<Loaded<Channel>> const& channels) {
    bool const receives = std::ranges::any_of(profile.documents, [](auto const& document) {
        return document.direction == Direction::inbound && document.usage != DocumentUsage::none;
    });
    bool const allowed = std::ranges::any_of(
        channels, [&](auto const& channel) { return channel.value.allows(profile.id) && channel.value.takes_messages(); });
    if (receives && !allowed)
        check.report(
            "documents", "PARTNER-0024", fmt::format("no channel that is read takes documents from '{}'", profile.id),
            fmt::format("add '{}' to senders in the file of his channel; until then what he sends is quarantined",
                        profile.id));
}

} // namespace

void check_partners(LoadedConfiguration const& loaded, Diagnostics& findings) {
    auto const& gateway = loaded.gateway.value;
    auto const identities = names_of(gateway.identities);
    struct Known {
        Loaded<PartnerProfile> const* profile;
        Identifier const* identifier;
        std::string path;
    };
    std::vector<Known> known;
    for (auto const& profile : loaded.partners) {
        auto const& value = profile.value;
        Check check(profile, findings);
        bool const x12 = value.documents.empty() || std::ranges::any_of(value.documents, &DocumentAgreement::is_x12);
        if (value.identifiers.empty() && x12)
            check.report("identifiers", "PARTNER-0006",
                         profile.origins.contains("identifiers") ? "identifiers is empty" : "profile.yaml needs 'identifiers'",
                         "say at least who the partner is in the envelopes");
        if (value.identity.empty())
            check.report("", "PARTNER-0006", "profile.yaml needs 'identity'",
                         fmt::format("wharf.yaml has several: {}; say which one this partner knows",
                                     fmt::join(identities, ", ")));
        else if (std::ranges::find(identities, value.identity) == identities.end())
            check.report("identity", "PARTNER-0019", fmt::format("there is no identity '{}'", value.identity),
                         known_names(value.identity, identities, "identity", "identities are described in wharf.yaml"),
                         value.identity);
        check_delimiters(check, value.envelope, "envelope");
        for (std::size_t i = 0; i < value.documents.size(); ++i)
            if (!same_delimiters(value.documents[i].envelope, value.envelope))
                check_delimiters(check, value.documents[i].envelope, fmt::format("documents[{}].envelope", i));
        check_documents(check, value, gateway);
        check_cross_references(check, value);
        check_unit_conversions(check, value);
        check_way_out(check, value, loaded.channels);
        check_senders(check, value, loaded.channels);

        for (std::size_t i = 0; i < value.identifiers.size(); ++i) {
            auto const& identifier = value.identifiers[i];
            auto const path = fmt::format("identifiers[{}].id", i);
            check_days(check, identifier, fmt::format("identifiers[{}]", i));
            for (auto const& other : known)
                if (other.identifier->qualifier == identifier.qualifier && other.identifier->id == identifier.id &&
                    overlap(*other.identifier, identifier)) {
                    check.report(path, "PARTNER-0016",
                                 fmt::format("the identifier {}:{} belongs to '{}' already", identifier.qualifier,
                                             identifier.id, other.profile->value.id),
                                 "an interchange must tell by its sender whose it is; correct one of the two",
                                 identifier.id);
                    check.related(other.profile->origin(other.path), "first given here");
                }
            known.push_back({&profile, &identifier, path});
        }
    }
}

} // namespace wharf::partner
