// What the world refused: a file that cannot be read, a server that says no, a full disk.
//
// The third kind of trouble beside diagnostics (something wrong in what somebody sent or wrote; see
// diagnostic/diagnostic.hpp) and bugs (assertions). An Error says at birth whether trying again can
// help; retry code reads only that (ErrorKind), never the text.
//
// The text is for the person who must act: what was tried, on what, what came back. It never holds a secret.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace wharf {

enum class ErrorKind {
    temporary, // the same call may succeed later: time-out, connection refused, 503, locked database
    permanent, // the same call will fail again: refused login, 422, wrong host key, no such folder
    invalid,   // what we were asked makes no sense: bad configuration, bad argument; nobody should retry
};

struct Error {
    ErrorKind kind = ErrorKind::permanent;
    std::string message;

    [[nodiscard]] bool is_temporary() const { return kind == ErrorKind::temporary; }
};

/// The one alias behind which the choice of std::expected stands (no monadic members in GCC 12).
template <class T> using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> temporary(std::string message) {
    return std::unexpected(Error{ErrorKind::temporary, std::move(message)});
}
[[nodiscard]] inline std::unexpected<Error> permanent(std::string message) {
    return std::unexpected(Error{ErrorKind::permanent, std::move(message)});
}
[[nodiscard]] inline std::unexpected<Error> invalid(std::string message) {
    return std::unexpected(Error{ErrorKind::invalid, std::move(message)});
}
[[nodiscard]] inline std::unexpected<Error> unexpected(Error error) { return std::unexpected(std::move(error)); }

} // namespace wharf
