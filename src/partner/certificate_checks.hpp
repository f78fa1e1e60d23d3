// The files that channels and wharf.yaml name: certificates, keys, known_hosts. Whether they can be read, and by whom else; whether a
// key belongs to its certificate; and whether what stands in a certificate is valid on this day. Apart from loading, because the
// gateway starts without them, and because the answer changes by itself.
#pragma once

#include "base/clock.hpp"
#include "partner/configuration.hpp"

#include <filesystem>

namespace wharf::partner {

/// PARTNER-0038, 0039, 0044, 0045 and 0046, each at the value that names the file. A key with a passphrase is not looked into:
/// `wharf cert check` does that. sftp.private_key that cannot be read is PARTNER-0029 of loading.
[[nodiscard]] Diagnostics check_certificate_files(Configuration const& configuration, Timestamp now);

/// Others than the owner of this file may read it, its group included where that is the group of this process (another one was chosen by
/// somebody). False where there is none, and where nothing can be written, as containers mount secrets.
[[nodiscard]] bool is_open_to_others(std::filesystem::path const& file);

} // namespace wharf::partner
