// What libssh2's error codes and a server's SFTP status codes mean for us: whether to try again, and in words.
#pragma once

#include "base/error.hpp"

#include <string_view>

namespace wharf::transport::sftp {

/// Of a LIBSSH2_ERROR_… code; codes about sockets, time-outs and broken packets are temporary.
[[nodiscard]] ErrorKind kind_of_session_error(int code);

struct SftpStatus {
    ErrorKind kind;
    std::string_view text; // completes "cannot write X: …"
};

/// Of an SSH_FX_… status (draft-ietf-secsh-filexfer-02 section 7, and the later ones servers send).
[[nodiscard]] SftpStatus describe(unsigned long status);

} // namespace wharf::transport::sftp
