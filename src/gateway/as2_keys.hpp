// The files of certificates that a configuration names, read and put together: what as2_relations.hpp and the commands of
// `wharf cert` share. Errors name file and setting, never a passphrase.
#pragma once

#include "partner/configuration.hpp"
#include "transport/as2/key_ring.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace wharf::gateway {

namespace as2 = transport::as2;

/// What was agreed for a certificate as times: from the beginning of `from` until the end of `until`.
[[nodiscard]] as2::Term term_of(partner::As2Certificate const& certificate);
/// When a moment (partner/moment.hpp) begins; nothing for an empty one, and for what is none, which the configuration refuses.
[[nodiscard]] std::optional<Timestamp> begin_of(std::string_view moment);

[[nodiscard]] Result<as2::Identity> read_identity(partner::As2Certificate const& certificate);
[[nodiscard]] Result<as2::Certificate> read_certificate(std::filesystem::path const& file);
[[nodiscard]] Result<std::shared_ptr<as2::Authorities const>> read_authorities(partner::As2Authorities const& authorities); // nullptr: none

/// Those that count for a channel: its own, or the listener's.
[[nodiscard]] std::vector<partner::As2Certificate> const& own_certificates(partner::As2Channel const& channel, partner::As2Listener const& listener);

struct ReadKeys {
    as2::KeyRing ring;
    std::vector<std::string> troubles; // what could not be read; the rest is in the ring
};
[[nodiscard]] ReadKeys read_keys(partner::As2Channel const& channel, partner::As2Listener const& listener);
/// Every file that read_keys looks at.
[[nodiscard]] std::vector<std::filesystem::path> key_files(partner::As2Channel const& channel, partner::As2Listener const& listener);

} // namespace wharf::gateway
