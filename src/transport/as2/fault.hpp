// What can be wrong with an AS2 message, in the words that a disposition has for it (RFC 4130 7.4.3, RFC 4130bis 8.5).
//
// Whoever reads a message says which of them it is where it is found; nobody classifies texts later. The message is for the
// person at the other end as well as ours: it goes into the receipt. It never holds a secret, nor bytes of the content.
#pragma once

#include "base/error.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace wharf::transport::as2 {

enum class FaultKind {
    decryption_failed,             // no key of ours fits, or what came out is not what went in
    authentication_failed,         // not signed by the partner
    integrity_check_failed,        // signed by the partner, and changed since
    decompression_failed,
    insufficient_message_security, // less than was agreed: unsigned, unencrypted, SHA-1, 3DES, a short key
    unexpected_processing_error,   // anything else that is wrong with it, or with us for good
    unknown_trading_relationship,
    duplicate_filename,
    illegal_filename,
    invalid_message_id,
    unsupported_format,            // of the signed receipt that was asked for, or of a message: certificate exchange
    unsupported_mic_algorithms,
    local                          // nothing is wrong with the message: our disk is full. Nothing is answered; a later try may do
};

struct Fault {
    FaultKind kind = FaultKind::unexpected_processing_error;
    std::string message;
};

template <class T> using Outcome = std::expected<T, Fault>;

[[nodiscard]] inline std::unexpected<Fault> fault(FaultKind kind, std::string message) {
    return std::unexpected(Fault{kind, std::move(message)});
}
/// An error below is of this kind when the bytes are to blame, and local when the medium is.
[[nodiscard]] inline std::unexpected<Fault> fault(FaultKind kind, Error error) {
    return fault(error.is_temporary() ? FaultKind::local : kind, std::move(error.message));
}

} // namespace wharf::transport::as2
