// A TCP connection made within a time-out, straight or through a proxy.
#pragma once

#include "base/error.hpp"
#include "transport/channel.hpp"
#include "transport/descriptor.hpp"

#include <chrono>

namespace wharf::transport::sftp {

using Deadline = std::chrono::steady_clock::time_point;

/// Tries every address of the host within the settings' connect_timeout, from bind_address where one is set. Errors are
/// `temporary` (a name may resolve later), but for what a proxy refuses for good.
[[nodiscard]] Result<Descriptor> connect_tcp(SftpSettings const& settings);

/// Asks a proxy to which `socket` is connected for a connection to the settings' server: SOCKS 5 (RFC 1928, password login of
/// RFC 1929; the proxy resolves the name) or HTTP CONNECT (RFC 9110 section 9.3.6, Basic login).
[[nodiscard]] Result<void> pass_proxy(Descriptor const& socket, SftpSettings const& settings, Deadline deadline);

/// Waits for `events` of poll(2); false when the deadline passed.
[[nodiscard]] bool wait_for(int socket, short events, Deadline deadline);

} // namespace wharf::transport::sftp
