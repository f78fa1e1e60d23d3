// Whom an interchange comes from and to whom it goes: envelope identifiers and usage against profiles and the channel's
// list of senders. A channel is not a partner; one mailbox carries many.
//
// Pure. Pointers point into the Configuration, which outlives them.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "partner/configuration.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wharf::gateway {

/// What an ISA (and its GS) say, blanks trimmed.
struct EnvelopeIdentity {
    std::string sender_qualifier, sender_id;     // ISA05, ISA06
    std::string receiver_qualifier, receiver_id; // ISA07, ISA08
    bool test = false;                           // ISA15 is anything but P: only P reaches production
    std::vector<std::string> group_senders;      // GS02 of each group

    [[nodiscard]] std::string sender() const { return sender_qualifier + ":" + sender_id; }
    [[nodiscard]] std::string receiver() const { return receiver_qualifier + ":" + receiver_id; }
};

struct Route {
    partner::PartnerProfile const* partner = nullptr;
    partner::Identity const* identity = nullptr;
    std::optional<Diagnostic> refusal; // set: quarantine, no acknowledgment

    [[nodiscard]] bool ok() const { return !refusal; }
};

/// GATEWAY-0010 unknown sender, 0011 unknown receiver, 0012 unknown group sender; each names the nearest known one. 0013: the
/// partner is known and exchanges nothing (status). Identifiers count that hold on `day` (2026-01-31; empty: any).
[[nodiscard]] Route route(partner::Configuration const& configuration, partner::Channel const& channel,
                          EnvelopeIdentity const& envelope, std::string_view day = {});

/// Whose a file without an envelope is: by the channel's senders and the names of files in their profiles.
struct FileRoute {
    Route route;
    partner::DocumentAgreement const* agreement = nullptr;
    bool test = false;
};

/// nullopt: nobody sends such files on this channel; only X12 comes here. Of several documents whose `files` fit, the one with
/// the most characters that are no wildcards. GATEWAY-0014 no document fits the name, 0015 two fit alike, 0013 as above.
[[nodiscard]] std::optional<FileRoute> route_file(partner::Configuration const& configuration, partner::Channel const& channel,
                                                  std::string_view file_name);

/// The bytes begin with an ISA segment: an envelope comes before the file's name.
[[nodiscard]] bool begins_like_x12(std::string_view bytes);

/// The targets a document of this partner and set goes to: production targets when not `test`, test targets otherwise;
/// only those that exist, fit the usage and take this kind. Empty: nobody takes it.
[[nodiscard]] std::vector<partner::Target const*> targets_of(partner::Configuration const& configuration,
                                                             partner::DocumentAgreement const& agreement, bool test);

} // namespace wharf::gateway
