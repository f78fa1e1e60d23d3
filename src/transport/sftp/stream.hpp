// The two directions of one SSH channel that runs the server's SFTP subsystem: what an engine (libssh2, libssh) gives once it
// has logged in. Everything of SFTP itself is written above it, once.
//
// One thread at a time. Every call ends within the login's time-out; after a failure each later call fails, as `temporary`.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace wharf::transport::sftp {

class Stream {
public:
    virtual ~Stream() = default;
    /// At least one byte, at most `size`.
    [[nodiscard]] virtual Result<std::size_t> read(char* room, std::size_t size) = 0;
    /// All of it.
    [[nodiscard]] virtual Result<void> write(std::string_view bytes) = 0;
    /// Nothing waits for the server any more.
    virtual void shut() noexcept = 0;
    /// For the log: library, the server's software, what was agreed.
    [[nodiscard]] virtual std::string description() const = 0;
};

} // namespace wharf::transport::sftp
