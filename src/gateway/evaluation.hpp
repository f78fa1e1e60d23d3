// Looks into one file: cuts it into interchanges, routes each, validates and translates its sets, and judges its groups.
//
// Plain data out; nothing is stored, sent or looked up here, so it needs no transaction and may be thrown away. What the
// store must be asked (has this come before?) is decided afterwards (reception.hpp).
#pragma once

#include "gateway/routing.hpp"
#include "grammar/acknowledgment.hpp"
#include "partner/knowledge.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wharf::gateway {

using partner::Knowledge;

struct EvaluatedSet {
    store::Document document; // state accepted, rejected, held or recorded; the store's part (duplicates) is still open
    partner::DocumentAgreement const* agreement = nullptr;
    std::vector<std::string> orders; // all order numbers, for search
    std::string trouble;             // event of a set that could not be mapped: "HL_INVALID"
    std::optional<grammar::GroupAcknowledgment> acknowledgment; // of a 997
};

struct EvaluatedGroup {
    grammar::GroupVerdict verdict; // what our 997 says; its sets are in the order of `sets`
    std::vector<EvaluatedSet> sets;
    bool acknowledged = true; // false: FA, never answered
    partner::AcknowledgmentPolicy const* policy = nullptr; // how it is answered; set when the partner is known
};

struct InterchangeAcknowledgment { // an inbound TA1
    std::string control_number;
    char code = 'A';
    std::string note;
};

struct EvaluatedInterchange {
    store::Message message; // state processed, rejected, quarantined or dead_letter
    Route route;
    grammar::InterchangeInfo info;
    EnvelopeIdentity identity;
    grammar::InterchangeAnswer answer; // R: the interchange cannot be taken
    std::vector<EvaluatedGroup> groups;
    std::vector<InterchangeAcknowledgment> acknowledgments;
};

/// What the profile says of acknowledgments, as the grammar layer takes it; delimiters and dictionary are the caller's.
[[nodiscard]] grammar::AcknowledgmentOptions acknowledgment_options(partner::AcknowledgmentPolicy const& policy);

/// `$today`, `$now`, `$usage` and `$profile.…` for a map; sender and receiver are the caller's to add.
[[nodiscard]] translator::RunValues run_values(partner::PartnerProfile const& partner, std::string_view identity, bool test,
                                               Timestamp now);

/// At least one entry: a file without any interchange gives one dead letter that says what the file is.
/// `channel` nullptr: it was taken out of the configuration since; everything is quarantined.
[[nodiscard]] std::vector<EvaluatedInterchange> evaluate(store::Transfer const& transfer,
                                                         partner::Configuration const& configuration,
                                                         partner::Channel const* channel, Knowledge& knowledge, Timestamp now);

} // namespace wharf::gateway
