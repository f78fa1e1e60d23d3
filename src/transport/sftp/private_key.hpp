// What can be told of a private key file without using it, so that a refusal can be explained.
#pragma once

#include <string>
#include <string_view>

namespace wharf::transport::sftp {

struct KeyFacts {
    bool is_key = false;       // it has the frame of a private key
    bool is_openssh = false;   // the format ssh-keygen writes
    bool is_encrypted = false; // needs a passphrase
    std::string type;          // "ssh-ed25519", "ssh-rsa", …; empty when the format hides it
};

[[nodiscard]] KeyFacts inspect_private_key(std::string_view text);

} // namespace wharf::transport::sftp
