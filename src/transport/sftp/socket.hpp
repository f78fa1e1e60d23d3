// A TCP connection made within a time-out.
#pragma once

#include "base/error.hpp"
#include "transport/descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace wharf::transport::sftp {

/// Tries every address of the host within one time-out. Errors are `temporary` (a name may resolve later).
[[nodiscard]] Result<Descriptor> connect_tcp(std::string const& host, std::uint16_t port, std::chrono::seconds timeout);

} // namespace wharf::transport::sftp
