// What `wharf cert request`, `import` and `rollover` change: new keys and certificates in files, and their entries in the YAML of
// wharf.yaml and channels, inserted as text so that comments stay. A running gateway takes all of it up by itself (as2_relations.hpp).
//
// Files that exist are never written over; keys are readable for their owner alone. Where something fails, what was written before
// it in the same call is removed again. Texts are for people. Errors are `invalid` for what the caller must mend.
#pragma once

#include "gateway/as2_keys.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wharf::gateway {

/// The SHA-256 of a certificate as people read it to each other, and as other products show it.
[[nodiscard]] std::string fingerprint_for_people(as2::Certificate const& certificate); // "AB:CD:…"
[[nodiscard]] std::string thumbprint_for_people(as2::Certificate const& certificate);  // SHA-1, which many products show

struct RequestOptions {
    std::string name;              // of the files, without ending
    std::optional<as2::Certificate> like; // its subject; else:
    std::string subject;
    std::vector<std::string> emails, hosts;
    unsigned bits = 3072;
    std::chrono::days term{3 * 365};
    bool for_authority = false;    // a request (.csr) in place of a certificate
    std::filesystem::path folder;  // made when it is missing
    std::string passphrase;        // empty: the key is not encrypted
};
struct MadeRequest {
    std::filesystem::path key, certificate; // or request
    std::optional<as2::Certificate> made;
};
[[nodiscard]] Result<MadeRequest> request_certificate(RequestOptions const& options, Timestamp now);

struct ImportOptions {
    std::filesystem::path configuration; // wharf.yaml or its folder
    std::string channel;                 // empty: `key` is for all relations
    std::filesystem::path file;          // what came
    std::filesystem::path key;           // it is ours, for this key of a request; empty: it is the partner's
    std::string passphrase;              // of that key
    std::string passphrase_reference;    // "${env:NAME}"; goes into the entry
    std::string from;                    // a moment (partner/moment.hpp); empty: at once, even where another is newer
    std::string use;                     // "signing", "encryption"; empty: both
    std::string fingerprint;             // what the partner read out: anything else is refused; empty: not known yet
    bool only_look = false;              // nothing is written
};
struct Imported {
    as2::Certificate certificate;
    std::vector<std::string> remarks; // what is unusual about it
    bool is_known = false;            // it is in the channel already; nothing was written
    std::filesystem::path file, edited; // also where nothing is written: where it would be
    std::string from{};               // the moment from which it is used for what we send; empty: at once
    std::string used_instead{};       // the one that goes on being used then; empty: none
    std::string replaced{};           // the one that is used until then, and not after; empty: none
    std::vector<std::string> beside{}; // the others of the same list that have not ended, as "CN=acme … in keys/acme.pem, until 2027-01-31"
};
[[nodiscard]] Result<Imported> import_certificate(ImportOptions const& options, Timestamp now);

struct RolloverOptions {
    std::filesystem::path configuration;
    std::string channel;      // empty: those of wharf.yaml
    std::string on;           // the moment from which we sign with the new one; empty: 28 days from now, or a week before the old one ends
    unsigned bits = 3072;
    std::chrono::days term{3 * 365};
    bool again = false;       // although one follows already
};
struct Rollover {
    as2::Certificate old_one, new_one;
    std::filesystem::path key, certificate, edited;
    std::string on;
    std::vector<std::string> channels; // whose partners must get the new one
};
/// Makes a key and a self-signed certificate with the subject of the present one and its passphrase, and enters it from that day on.
[[nodiscard]] Result<Rollover> roll_over(RolloverOptions const& options, Timestamp now);

} // namespace wharf::gateway
