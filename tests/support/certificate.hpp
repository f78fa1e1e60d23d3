// Certificates that servers of tests sign themselves, by the openssl command.
#pragma once

#include "support/child.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace wharf::testing_support {

/// server.pem and server.key in `folder`, for `name` and 127.0.0.1; false when openssl is missing or fails.
inline bool make_certificate(std::filesystem::path const& folder, std::string const& name = "localhost") {
    return run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=" + name,
                "-addext", "subjectAltName=DNS:" + name + ",IP:127.0.0.1", "-keyout", (folder / "server.key").string(), "-out",
                (folder / "server.pem").string()}) == 0;
}

/// "sha256//…" of its public key.
inline std::string pin_of(std::filesystem::path const& certificate) {
    Child openssl({"sh", "-c", fmt::format("openssl x509 -in '{}' -pubkey -noout | openssl pkey -pubin -outform der | "
                                           "openssl dgst -sha256 -binary | openssl base64",
                                           certificate.string())});
    return "sha256//" + openssl.read_line();
}

} // namespace wharf::testing_support
