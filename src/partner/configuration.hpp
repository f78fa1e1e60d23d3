// The configuration: what `wharf.yaml`, `partners/<id>/profile.yaml` and `channels/<name>.yaml` say, as plain structs.
//
//     wharf.yaml                  GatewayConfiguration: store, API, our identities, targets, retry
//     partners/<id>/profile.yaml  PartnerProfile: identifiers, envelope, documents, acknowledgments
//     channels/<name>.yaml        Channel: a folder, a login on a server, URLs or an AS2 relation, and the senders allowed on it
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
#include "partner/as2_configuration.hpp"
#include "partner/profile.hpp"
#include "partner/secret.hpp"
#include "partner/wire_configuration.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

/// Where the settings that name files stand, by path ("sftp.private_key"), for those who look at these files later.
using SettingMarks = std::map<std::string, SourceMark, std::less<>>;

// --- wharf.yaml ---------------------------------------------------------------------------------------------------

struct ApiToken {
    std::string name; // who uses it; shown in the log
    Secret token;
};

struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::vector<ApiToken> tokens; // none: every request is refused, unless address is a loopback address
    ServerTls tls;
    ServerLimits limits;
};

/// Who we are in an envelope.
struct Identity {
    std::string name;      // profiles refer to it
    std::string qualifier; // ISA05 / ISA07
    std::string id;        // ISA06 / ISA08, blanks trimmed
    std::string group_id;  // GS02 / GS03; empty: the same as id
    IdentifierUsage usage = IdentifierUsage::both;
    std::string from, until;           // days it holds; empty: always
    std::string company_prefix;        // GS1; of the SSCCs we give to packages; empty: we give none

    [[nodiscard]] std::string const& group() const { return group_id.empty() ? id : group_id; }
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

struct GatewayLimits {
    std::uint64_t message_bytes = limits::message_bytes;     // of one file from a channel
    std::uint64_t http_body_bytes = limits::http_body_bytes; // of one request to our API
};

struct GatewayConfiguration {
    std::filesystem::path store_file = "data/wharf.db";
    std::filesystem::path partners = "partners"; // folder
    std::filesystem::path channels = "channels"; // folder
    std::filesystem::path translators;           // folder of our own maps; empty: only the shipped ones
    std::filesystem::path guides = "guides";       // folder of guides that partners share
    std::filesystem::path templates = "templates"; // folder of what profiles start from: NAME.yaml
    std::filesystem::path calendars = "calendars"; // folder of what channels' schedules name: NAME.yaml
    std::chrono::seconds poll_interval{30};      // of channels that name none
    Listen listen;
    As2Listener as2;
    std::vector<Identity> identities;
    std::vector<Target> targets;
    RetryPolicy retry;
    GatewayLimits limits;
    SettingMarks marks;
    std::vector<EffectiveValue> effective;
};

// --- channels/<name>.yaml -----------------------------------------------------------------------------------------

enum class TransportKind { folder, sftp, as2, ftps, https };

struct FolderChannel {
    std::filesystem::path root;
    bool watch = true; // the inbox: files are taken as soon as they are there
};

/// As transport::SftpSettings, which says what each means.
struct SftpChannel {
    std::string host;
    std::uint16_t port = 22;
    std::string user;
    std::vector<std::string> host_key_fingerprints; // "SHA256:…"
    std::filesystem::path known_hosts;
    std::filesystem::path private_key;              // empty: password
    std::filesystem::path certificate;
    Secret passphrase;
    bool agent = false;
    Secret password;
    std::vector<std::string> key_exchanges, host_key_algorithms, ciphers, macs;
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds timeout{30};
    std::chrono::seconds idle_timeout{300};
    std::chrono::seconds keepalive{30};
    std::chrono::seconds reconnect_delay{2};
    std::string bind_address;
    Proxy proxy;
    std::uint64_t bytes_per_second = 0;
    unsigned most_open_files = 32;
    unsigned transfers_per_connection = 0;
    unsigned connections = 1; // at a time
};

enum class PickupOrder { name, oldest, newest, smallest };
enum class ArchiveCollision { number, time, replace, refuse };
enum class ExistingTarget { refuse, replace, ignore, move };

/// As transport::PickupRules, which says what each means.
struct Pickup {
    std::string inbox;
    std::string outbox;
    std::string archive;
    ArchiveCollision archive_collision = ArchiveCollision::number;
    bool leave = false;
    std::string failed = "failed";
    std::vector<std::string> include = {"*"};
    std::vector<std::string> exclude = {".*", "*.tmp", "*.part", "*.filepart"};
    std::string done_marker;
    std::string claim_as;
    unsigned depth = 0;
    PickupOrder order = PickupOrder::name;
    std::chrono::seconds minimum_age{0};
    unsigned stable_polls = 1;
    unsigned most_per_poll = 1000;
    std::uint64_t min_bytes = 0;
    std::uint64_t max_bytes = limits::message_bytes;
};

/// As transport::UploadRules.
struct Upload {
    ExistingTarget existing = ExistingTarget::refuse;
    std::string temporary_name = ".wharf-{id}.tmp";
    std::string temporary_folder;
    std::string marker;
    std::string mode; // octal; empty: what the server gives
    bool keep_time = false;
    bool make_folders = false;
    bool sync = true;
    bool write_only = false;
};

/// calendars/NAME.yaml: days that are not like others (partner/schedule/days.hpp says how they are written).
struct CalendarFile {
    std::string name; // its file's name
    std::string working_week = "mon-fri";
    std::vector<std::string> holidays, working_days;
};

enum class UploadTimes { in_windows, any_time };

/// As texts; Channel::timetable is what they mean (partner/schedule/schedule.hpp).
struct ScheduleSettings {
    std::string cron; // empty: poll_interval
    std::string time_zone = "UTC";
    std::vector<std::string> windows;   // empty: always
    std::vector<std::string> calendars; // names
    UploadTimes uploads = UploadTimes::in_windows;
};

class Schedule;

struct Channel {
    std::string name; // its file's name
    TransportKind transport = TransportKind::folder;
    FolderChannel folder;
    SftpChannel sftp;
    As2Channel as2;
    FtpsChannel ftps;
    HttpsChannel https;
    Pickup pickup;
    Upload upload;
    std::vector<std::string> senders;      // partner ids allowed to send here
    bool test = false; // what has no envelope to say so, all but X12, is a test
    SettingMarks marks;
    std::chrono::seconds poll_interval{0}; // filled with the gateway's when the file names none
    ScheduleSettings schedule;
    std::shared_ptr<Schedule const> timetable; // none: at poll_interval, always
    std::vector<EffectiveValue> effective;

    [[nodiscard]] bool allows(std::string_view partner_id) const;
    /// Is polled.
    [[nodiscard]] bool is_read() const { return !pickup.inbox.empty(); }
    /// Messages come in by it: picked up by us, or brought by the partner.
    [[nodiscard]] bool takes_messages() const { return is_read() || transport == TransportKind::as2; }
    [[nodiscard]] bool can_send() const { return transport == TransportKind::as2 ? !as2.url.empty() : !pickup.outbox.empty(); }
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

    /// Our identity with this ISA07/ISA08 for this usage on this day (2026-01-31; empty: any); blanks around qualifier and
    /// id do not count, case does.
    [[nodiscard]] Identity const* find_identity(std::string_view qualifier, std::string_view id, bool test,
                                                std::string_view day = {}) const;
    /// The partner with this ISA05/ISA06 for this usage, on any channel.
    [[nodiscard]] PartnerProfile const* find_partner(std::string_view qualifier, std::string_view id, bool test,
                                                     std::string_view day = {}) const;
    /// The same, but only a partner this channel lists as sender.
    [[nodiscard]] PartnerProfile const* find_partner(Channel const& channel, std::string_view qualifier,
                                                     std::string_view id, bool test, std::string_view day = {}) const;
    [[nodiscard]] NearestIdentifier nearest_partner(std::string_view qualifier, std::string_view id) const;
    [[nodiscard]] NearestIdentifier nearest_identity(std::string_view qualifier, std::string_view id) const;
};

enum class SecretCheck {
    resolve, // a secret that cannot be read now is an error: for serve and poll
    warn,    // the same is a warning: for checks, which may be made on a machine that holds no secrets
    form,    // only that it is a reference: for what needs none
};

/// Whether `effective` is filled: what `explain` shows. It costs as much as the rest of the loading.
enum class Sources { keep, drop };

enum class Certificates {
    required,
    may_be_missing // an AS2 relation may still be without its first certificates: for what brings them in
};

/// Loads wharf.yaml from this folder (or this very file) and the profiles and channels it points to. All findings of
/// all files come together; any error among them means that nothing was loaded.
[[nodiscard]] std::expected<Configuration, Diagnostics> load_configuration(std::filesystem::path const& folder_or_file,
                                                                           SecretCheck secrets = SecretCheck::resolve,
                                                                           Sources sources = Sources::keep,
                                                                           Certificates certificates = Certificates::required);

/// What an outbound file name may be made of.
struct FileNameParts {
    std::string partner;     // {partner}
    std::string identity;    // {identity}
    std::string set;         // {set}: "850", "997", "TA1"
    std::string document;    // {document}: "purchase_order"; of an acknowledgment empty
    std::string number;      // {number}: of the first document
    std::string interchange; // {interchange}: ISA13, nine digits
    std::string group;       // {group}: GS06
    std::string sequence;    // {sequence}: ISA13; of other formats a count of their own
    std::string date;        // {date}: "20250602"
    std::string time;        // {time}: "1403"
};

/// Fills a file name template; the result is one plain file name ('/' and control characters become '_').
[[nodiscard]] std::string expand_file_name(std::string_view name_template, FileNameParts const& parts);

/// Text for people: every effective value and where it came from, but for what an agreement has from its partner.
[[nodiscard]] std::string explain(std::vector<EffectiveValue> const& effective);
/// Those at or below a field: "envelope", "documents[0].envelope.release", "850 inbound" for a document's entry. Empty: no such.
[[nodiscard]] std::vector<EffectiveValue> values_below(std::vector<EffectiveValue> const& effective, std::string_view field);

} // namespace wharf::partner
