// The configuration: what `wharf.yaml`, `partners/<id>/profile.yaml` and `channels/<name>.yaml` say, as plain structs.
//
//     wharf.yaml                  GatewayConfiguration: store, API, our identities, targets, retry
//     partners/<id>/profile.yaml  PartnerProfile: identifiers, envelope, documents, acknowledgments
//     channels/<name>.yaml        Channel: a folder or an SFTP login, and the senders allowed on it
//
// The initialisers below are the defaults; declarations.cpp says for each field its name in the file, its meaning and
// what values it takes, and from that one place come loading, linting, `explain`, JSON Schema and the manual's tables.
//
// Structs own their texts; a Configuration is immutable after loading and may be read by all threads. Paths are
// absolute after loading: relative ones are taken from the folder of wharf.yaml. Everything in a file is read as text
// (004010 stays 004010). Findings are PARTNER-00xx diagnostics with file, line and column.
#pragma once

#include "base/error.hpp"
#include "base/limits.hpp"
#include "diagnostic/diagnostic.hpp"
#include "partner/secret.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
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
};

// --- wharf.yaml ---------------------------------------------------------------------------------------------------

struct ApiToken {
    std::string name; // who uses it; shown in the log
    Secret token;
};

struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::vector<ApiToken> tokens; // none: every request is refused, unless address is a loopback address
};

enum class IdentifierUsage { both, production, test };

/// Who we are in an envelope.
struct Identity {
    std::string name;      // profiles refer to it
    std::string qualifier; // ISA05 / ISA07
    std::string id;        // ISA06 / ISA08, blanks trimmed
    std::string group_id;  // GS02 / GS03; empty: the same as id
    IdentifierUsage usage = IdentifierUsage::both;

    [[nodiscard]] std::string const& group() const { return group_id.empty() ? id : group_id; }
};

struct TargetHeader {
    std::string name;
    std::string value; // either this …
    Secret secret;     // … or this
};

struct BasicLogin {
    std::string user;
    Secret password;
};

/// A REST endpoint that takes canonical documents: ERP, WMS, webhook.
struct Target {
    std::string name;
    std::string url;                    // "{document}" is replaced by the kind
    std::string method = "POST";        // POST or PUT
    bool production = false;            // production documents go only to such, test documents never
    std::vector<std::string> documents; // kinds it takes; empty: all
    Secret bearer_token;
    BasicLogin basic;
    std::vector<TargetHeader> headers;
    std::filesystem::path ca_file; // empty: the system's
    std::chrono::seconds timeout{30};

    [[nodiscard]] bool takes(std::string_view document) const;
};

/// Of deliveries and transmissions. Waits double from `base` to `cap`.
struct RetryPolicy {
    std::chrono::milliseconds base{std::chrono::seconds{5}};
    std::chrono::milliseconds cap{std::chrono::minutes{15}};
    unsigned attempts = 12; // then a dead letter
};

struct GatewayLimits {
    std::uint64_t message_bytes = limits::message_bytes;     // of one file from a channel
    std::uint64_t http_body_bytes = limits::http_body_bytes; // of one request to our API
};

struct GatewayConfiguration {
    std::filesystem::path store_file = "data/wharf.db";
    std::filesystem::path partners = "partners"; // folder
    std::filesystem::path channels = "channels"; // folder
    std::filesystem::path translators;           // folder of our own maps; empty: only the shipped ones
    std::filesystem::path guides = "guides";     // folder of guides that partners share
    std::chrono::seconds poll_interval{30};      // of channels that name none
    Listen listen;
    std::vector<Identity> identities;
    std::vector<Target> targets;
    RetryPolicy retry;
    GatewayLimits limits;
    std::vector<EffectiveValue> effective;
};

// --- partners/<id>/profile.yaml -----------------------------------------------------------------------------------

/// Who the partner is in an envelope.
struct Identifier {
    std::string qualifier;
    std::string id;                     // blanks trimmed
    std::vector<std::string> group_ids; // GS02 we accept, the first is our GS03 to them; empty: any, and id
    IdentifierUsage usage = IdentifierUsage::both;

    [[nodiscard]] std::string const& group() const { return group_ids.empty() ? id : group_ids.front(); }
    [[nodiscard]] bool accepts_group(std::string_view group_id) const;
    [[nodiscard]] bool serves(bool test) const {
        return usage == IdentifierUsage::both || (usage == IdentifierUsage::test) == test;
    }
};

/// What we write around documents to this partner.
struct Envelope {
    std::string version = "00401";  // ISA12
    std::string release = "004010"; // GS08, where a document names none
    std::string standards_id = "U"; // ISA11 where there is no repetition separator
    char element_separator = '*';
    char component_separator = '>';
    char segment_terminator = '~';
    char repetition_separator = '\0';      // none
    bool line_breaks = false;              // a newline after every segment
    bool acknowledgment_requested = false; // ISA14: asks for a TA1
    bool test = false; // usage: test. ISA15 of what we start ourselves; acknowledgments repeat the partner's
};

enum class Direction { inbound, outbound }; // as the words of store::Direction

/// Where something stands in a file, for findings of those who look later.
struct SourceMark {
    std::string file;
    std::uint32_t line = 0, column = 0;
};

/// A transaction set we exchange with this partner.
struct DocumentAgreement {
    std::string set;      // "850"
    std::string document; // "purchase_order"; filled from the set when the file leaves it out
    Direction direction = Direction::inbound;
    std::string translator; // empty: the shipped one of the set
    std::string guide;      // NAME.guide beside the profile, or in the folder of guides; empty: the standard alone
    std::string release;    // inbound: the only GS08 taken (empty: any we know); outbound: empty: envelope.release
    std::vector<std::string> targets;      // inbound, ISA15 = P: production targets
    std::vector<std::string> test_targets; // inbound, ISA15 = T: targets that are not production
    SourceMark mark, guide_mark;           // of the entry and of the guide's name
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

struct PartnerProfile {
    std::string id; // name of its folder
    std::string name;
    std::vector<Identifier> identifiers;
    std::string identity; // which of ours they know; filled when we have only one
    std::string channel;  // where documents and acknowledgments to them go; empty: we send nothing
    std::string file_name = "{set}_{interchange}.edi"; // of outbound files; see expand_file_name
    Envelope envelope;
    std::vector<DocumentAgreement> documents;
    std::vector<std::string> findings; // "X12-0315=ignore": what becomes of findings in what they send (SeverityPolicy)
    AcknowledgmentPolicy acknowledgment;
    DuplicatePolicy duplicates;
    SourceMark acknowledgment_mark;
    std::vector<EffectiveValue> effective;

    [[nodiscard]] DocumentAgreement const* inbound(std::string_view set) const;       // by transaction set
    [[nodiscard]] DocumentAgreement const* outbound(std::string_view document) const; // by kind
    /// The identifier to address them by; nullptr when none serves this usage.
    [[nodiscard]] Identifier const* identifier(bool test) const;
};

// --- channels/<name>.yaml -----------------------------------------------------------------------------------------

enum class TransportKind { folder, sftp };

struct FolderChannel {
    std::filesystem::path root;
};

struct SftpChannel {
    std::string host;
    std::uint16_t port = 22;
    std::string user;
    std::vector<std::string> host_key_fingerprints; // "SHA256:…"
    std::filesystem::path private_key;              // empty: password
    Secret passphrase;
    Secret password;
    std::chrono::seconds timeout{30};
};

/// As transport::PickupRules, which says what each means.
struct Pickup {
    std::string inbox;
    std::string outbox;
    std::string archive;
    std::string failed = "failed";
    std::vector<std::string> include = {"*"};
    std::vector<std::string> exclude = {".*", "*.tmp", "*.part", "*.filepart"};
    std::chrono::seconds minimum_age{0};
    unsigned stable_polls = 1;
    unsigned most_per_poll = 1000;
    std::uint64_t max_bytes = limits::message_bytes;
};

struct Channel {
    std::string name; // its file's name
    TransportKind transport = TransportKind::folder;
    FolderChannel folder;
    SftpChannel sftp;
    Pickup pickup;
    std::vector<std::string> senders;      // partner ids allowed to send here
    std::chrono::seconds poll_interval{0}; // filled with the gateway's when the file names none
    std::vector<EffectiveValue> effective;

    [[nodiscard]] bool allows(std::string_view partner_id) const;
    [[nodiscard]] bool is_read() const { return !pickup.inbox.empty(); }
};

// --- all of it ----------------------------------------------------------------------------------------------------

/// The known identifier most like an unknown one, for messages.
struct NearestIdentifier {
    std::string partner; // profile id, or our identity's name
    std::string qualifier, id;
    [[nodiscard]] bool found() const { return !id.empty(); }
};

struct Configuration {
    GatewayConfiguration gateway;
    std::vector<PartnerProfile> partners; // by id
    std::vector<Channel> channels;        // by name
    Diagnostics warnings;                 // what did not stop the loading

    // Lookups: linear or a binary search over what fits in a few folders; nullptr when there is none.
    [[nodiscard]] PartnerProfile const* partner(std::string_view id) const;
    [[nodiscard]] Channel const* channel(std::string_view name) const;
    [[nodiscard]] Target const* target(std::string_view name) const;
    [[nodiscard]] Identity const* identity(std::string_view name) const;

    /// Our identity with this ISA07/ISA08 for this usage; blanks around qualifier and id do not count, case does.
    [[nodiscard]] Identity const* find_identity(std::string_view qualifier, std::string_view id, bool test) const;
    /// The partner with this ISA05/ISA06 for this usage, on any channel.
    [[nodiscard]] PartnerProfile const* find_partner(std::string_view qualifier, std::string_view id, bool test) const;
    /// The same, but only a partner this channel lists as sender.
    [[nodiscard]] PartnerProfile const* find_partner(Channel const& channel, std::string_view qualifier,
                                                     std::string_view id, bool test) const;
    [[nodiscard]] NearestIdentifier nearest_partner(std::string_view qualifier, std::string_view id) const;
    [[nodiscard]] NearestIdentifier nearest_identity(std::string_view qualifier, std::string_view id) const;
};

enum class SecretCheck {
    resolve, // a secret that cannot be read now is an error: for serve and poll
    form,    // only that it is a reference: for checks on a machine that holds no secrets
};

/// Loads wharf.yaml from this folder (or this very file) and the profiles and channels it points to. All findings of
/// all files come together; any error among them means that nothing was loaded.
[[nodiscard]] std::expected<Configuration, Diagnostics> load_configuration(std::filesystem::path const& folder_or_file,
                                                                           SecretCheck secrets = SecretCheck::resolve);

/// What an outbound file name may be made of.
struct FileNameParts {
    std::string partner;     // {partner}
    std::string identity;    // {identity}
    std::string set;         // {set}: "850", "997", "TA1"
    std::string interchange; // {interchange}: ISA13, nine digits
    std::string group;       // {group}: GS06
    std::string date;        // {date}: "20250602"
    std::string time;        // {time}: "1403"
};

/// Fills a file name template; the result is one plain file name ('/' and control characters become '_').
[[nodiscard]] std::string expand_file_name(std::string_view name_template, FileNameParts const& parts);

/// Text for people: every effective value and where it came from.
[[nodiscard]] std::string explain(std::vector<EffectiveValue> const& effective);

} // namespace wharf::partner
