// A partner's profile as plain structs: partners/<id>/profile.yaml, with what stands in the layers below it.
//
// The initialisers are the defaults. What each field is called and means in a file: profile_declarations.cpp. Part of the
// Configuration (configuration.hpp), immutable after loading.
#pragma once

#include "document/turnaround.hpp"
#include "partner/secret.hpp"
#include "translator/write_policy.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

/// One line of `explain`: an effective value and the layer that set it.
struct EffectiveValue {
    std::string path;   // "envelope.release", "documents[0].set"
    std::string value;  // as a file would say it; a secret shows its reference, never its content
    std::string source; // "partners/acme-supplies/profile.yaml:12", "wharf.yaml:40 (partner_defaults)", "default"
    std::string meaning;
    bool inherited = false; // of an agreement: the partner's own value, which the agreement does not change
};

/// Where something stands in a file, for findings of those who look later.
struct SourceMark {
    std::string file;
    std::uint32_t line = 0, column = 0;
};

enum class IdentifierUsage { both, production, test };

/// Days of the form 2026-01-31, both included; empty: since ever, for ever. An empty `day` asks for no time.
[[nodiscard]] inline bool holds_on(std::string_view from, std::string_view until, std::string_view day) {
    return day.empty() || ((from.empty() || from <= day) && (until.empty() || day <= until));
}

/// Who the partner is in an envelope.
struct Identifier {
    std::string qualifier;
    std::string id;                     // blanks trimmed
    std::vector<std::string> group_ids; // GS02 we accept, the first is our GS03 to them; empty: any, and id
    IdentifierUsage usage = IdentifierUsage::both;
    std::string from, until;            // days it holds

    [[nodiscard]] std::string const& group() const { return group_ids.empty() ? id : group_ids.front(); }
    [[nodiscard]] bool accepts_group(std::string_view group_id) const;
    [[nodiscard]] bool serves(bool test) const {
        return usage == IdentifierUsage::both || (usage == IdentifierUsage::test) == test;
    }
};

/// What we write around documents to this partner.
struct Envelope {
    std::string authorization_qualifier = "00"; // ISA01
    std::string authorization;                  // ISA02
    std::string security_qualifier = "00";      // ISA03
    Secret security;                            // ISA04
    std::string version = "00401";              // ISA12
    std::string release = "004010";             // GS08, where a document names none
    std::string standards_id = "U";             // ISA11 where there is no repetition separator
    std::string agency = "X";                   // GS07
    char element_separator = '*';
    char component_separator = '>';
    char segment_terminator = '~';
    char repetition_separator = '\0';      // none
    char replacement = '\0';               // for separators found in data; none: the document is refused
    bool line_breaks = false;              // a newline after every segment
    bool acknowledgment_requested = false; // ISA14: asks for a TA1
    bool test = false; // usage: test. ISA15 of what we start ourselves; acknowledgments repeat the partner's
};

enum class Ta1Policy { never, on_request, on_error, always };
enum class AcknowledgmentForm { functional, implementation }; // 997, 999

struct AcknowledgmentPolicy {
    bool send_997 = true;                                          // a 997 or 999 for every inbound group but FA
    AcknowledgmentForm form = AcknowledgmentForm::functional;      // which of the two; a 999 from 005010 on
    bool list_accepted_sets = true;                                // AK2 and AK5 for sets without errors too
    std::vector<std::string> accept_with_errors;                   // codes that refuse nothing: E instead of R
    bool acknowledge_guide_findings = false; // what only the guide objects to: refused there; else the document is held
    Ta1Policy ta1 = Ta1Policy::on_error;     // on_request: ISA14 = 1; on_error: only TA1 R (and E); always: also A
    bool ta1_with_errors = false;            // TA1 E; else A: many take E for a refusal
    std::string version;                                           // GS08 of our 997; empty: as the inbound group
    std::chrono::seconds expect_997_within{std::chrono::hours{4}}; // of what we send; 0: none is expected
};

struct DuplicatePolicy {
    bool check_content = true;             // the same bytes again: a duplicate, nothing happens
    bool check_interchange_numbers = true; // same ISA13, other bytes: held. Off for partners that always send 000000001
    bool check_business_keys = true;       // same invoice under a new ISA13: acknowledged, not delivered
};

/// ISA13 and GS06: 1 to 999,999,999.
struct ControlNumber {
    std::uint32_t number = 1;
};

/// How we count what we send: interchanges, groups, and files that are no X12.
struct ControlNumberPolicy {
    ControlNumber first; // the least number; a count that is past it goes on
};

enum class Direction { inbound, outbound };                   // as the words of store::Direction
enum class DocumentUsage { both, production, test, none };    // none: agreed, and not exchanged yet or any more
enum class DocumentFormat { x12, csv, fixed, xml, json };

/// "csv"
[[nodiscard]] std::string_view to_string(DocumentFormat format);

/// A transaction set we exchange with this partner. What the profile says of all documents may be changed for one; these
/// members hold what is effective.
struct DocumentAgreement {
    std::string set;      // "850"
    std::string document; // "purchase_order"; filled from the set when the file leaves it out
    Direction direction = Direction::inbound;
    DocumentFormat format = DocumentFormat::x12;
    std::vector<std::string> files; // inbound, not X12: names of the files that hold it; empty: all on his channels
    DocumentUsage usage = DocumentUsage::both;
    std::string translator; // empty: the shipped one of the set; not X12: FORMAT/DOCUMENT
    std::string guide;      // NAME.guide beside the profile, or in the folder of guides; empty: the standard alone
    std::string release;    // inbound: the only GS08 taken (empty: any we know); outbound: empty: envelope.release
    document::FromOrder from_order;        // outbound: what an answer repeats of the partner's order
    bool split_by_store = false;           // inbound orders: one document for each store
    std::string implementation_reference;  // outbound: ST03; empty: left out
    std::vector<std::string> targets;      // inbound, ISA15 = P: production targets
    std::vector<std::string> test_targets; // inbound, ISA15 = T: targets that are not production
    // the agreement layer
    std::string channel;
    std::string file_name;
    Envelope envelope;
    std::vector<std::string> findings;
    AcknowledgmentPolicy acknowledgment;
    DuplicatePolicy duplicates;
    translator::WritePolicy texts; // outbound: what the partner cannot take
    SourceMark mark, guide_mark; // of the entry and of the guide's name

    [[nodiscard]] bool serves(bool test) const {
        return usage == DocumentUsage::both || (usage == DocumentUsage::test && test) ||
               (usage == DocumentUsage::production && !test);
    }
    [[nodiscard]] bool is_x12() const { return format == DocumentFormat::x12; }
    /// "csv/invoice", where the profile names no map and the format is not X12.
    [[nodiscard]] std::string file_translator() const {
        return translator.empty() ? std::string(to_string(format)) + "/" + document : translator;
    }
    /// GS08 of what we send.
    [[nodiscard]] std::string const& written_release() const { return release.empty() ? envelope.release : release; }
};

/// Draft and retired partners and suspended ones exchange nothing; one in testing exchanges tests.
enum class PartnerStatus { draft, testing, production, suspended, retired };

/// A person at the partner, for the people here.
struct Contact {
    std::string name, role, email, phone, notes;
};

enum class UnknownValue { hold, pass, use_default };

struct CrossReferenceRow {
    std::string theirs, ours;
};

/// What the partner calls a thing and what we call it: items, units, places, carriers, terms, reasons. Maps use it by its name
/// (`lookup NAME`).
struct CrossReference {
    std::string name;
    UnknownValue unknown = UnknownValue::hold;
    std::string default_theirs, default_ours; // of use_default
    std::filesystem::path file;               // CSV with the columns theirs and ours; its rows come behind `rows`
    std::vector<CrossReferenceRow> rows;      // one side may repeat ours: the first counts when we write
    SourceMark mark;
};

enum class Rounding { none, nearest, up, down }; // nearest: half away from zero; up: away from zero

/// How a quantity of the partner's becomes one of ours.
/// What becomes of a line in a unit that no conversion is for, where the profile has conversions.
enum class OtherUnits { pass, mark, hold };
struct UnitConversion {
    std::string from, to;           // words of the canonical model: "case", "each"
    std::string factor = "1";       // so many of `to` make one of `from`
    Rounding rounding = Rounding::none;
    unsigned decimals = 0;          // that are left after rounding
    std::vector<std::string> items; // values of item identifiers it is for; empty: any other item
};

struct PartnerProfile {
    std::string id; // name of its folder
    std::string name;
    std::string starts_from; // name of a template; empty: none
    PartnerStatus status = PartnerStatus::production;
    std::vector<std::string> roles;
    std::vector<Contact> contacts;
    std::string notes;
    std::vector<Identifier> identifiers;
    std::string identity; // which of ours they know; filled when we have only one
    std::string channel;  // where documents and acknowledgments to them go; empty: we send nothing
    std::string file_name = "{set}_{interchange}.edi"; // of outbound files; see expand_file_name
    Envelope envelope;
    std::vector<DocumentAgreement> documents;
    std::vector<std::string> findings; // "X12-0315=ignore": what becomes of findings (SeverityPolicy)
    AcknowledgmentPolicy acknowledgment;
    DuplicatePolicy duplicates;
    ControlNumberPolicy control_numbers;
    translator::WritePolicy texts;
    std::vector<CrossReference> cross_references;
    std::vector<UnitConversion> unit_conversions;
    OtherUnits other_units = OtherUnits::mark;
    SourceMark acknowledgment_mark;
    std::vector<EffectiveValue> effective;

    [[nodiscard]] DocumentAgreement const* inbound(std::string_view set) const; // X12, by transaction set
    /// By kind, in whatever format; of several the one that serves this usage.
    [[nodiscard]] DocumentAgreement const* outbound(std::string_view document, bool test = false) const;
    /// The identifier to address them by on this day; nullptr when none serves this usage.
    [[nodiscard]] Identifier const* identifier(bool test, std::string_view day = {}) const;
    /// One more document, with what the profile says of all.
    DocumentAgreement& add_document();
    [[nodiscard]] bool is_active(bool test) const {
        return status == PartnerStatus::production || (status == PartnerStatus::testing && test);
    }
};

} // namespace wharf::partner
