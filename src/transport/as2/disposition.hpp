// What a sender asks of its receipt (Disposition-Notification-Options), and what a receipt says of the message (Disposition).
// RFC 3798 / RFC 8098, RFC 4130 7.3 to 7.5, RFC 4130bis 8. Pure.
#pragma once

#include "transport/as2/algorithms.hpp"
#include "transport/as2/fault.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::as2 {

/// `signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha256, sha1`, in any case, with tabs and
/// odd blanks. Unknown attributes are passed over.
struct ReceiptOptions {
    std::vector<std::string> protocols; // in lower case, as listed; empty: the receipt need not be signed
    std::vector<std::string> micalgs;   // in lower case, as listed
};
[[nodiscard]] ReceiptOptions read_receipt_options(std::string_view value);
[[nodiscard]] std::string write_receipt_options(bool is_signed, std::vector<Digest> const& micalgs, MicSpelling spelling);

/// What we answer with: signed or not, the MIC by which digest.
struct ReceiptForm {
    bool is_signed = false;
    std::optional<Digest> micalg; // nothing was asked for: the digest of the message's signature, else SHA-256
};
/// The first micalg that we know and `accepts_sha1` allows. Faults: unsupported_format where none of the protocols is
/// pkcs7-signature, unsupported_mic_algorithms where none of the algorithms listed will do.
[[nodiscard]] Outcome<ReceiptForm> choose_receipt_form(ReceiptOptions const& options, bool accepts_sha1);

/// `automatic-action/MDN-sent-automatically; processed/error: decryption-failed`
struct Disposition {
    std::string mode = "automatic-action/MDN-sent-automatically";
    std::string type = "processed";   // in lower case: processed, failed
    std::string modifier;             // in lower case: error, failure, warning; empty: all is well
    std::string text;                 // behind the modifier's colon, as written

    [[nodiscard]] bool is_success() const { return type == "processed" && (modifier.empty() || modifier == "warning"); }
    [[nodiscard]] bool operator==(Disposition const&) const = default;
};
/// Nothing when there is no type at all. `;processed`, ` ; processed` and `processed/Error:x` are read as they are meant; a mode
/// alone is not.
[[nodiscard]] std::optional<Disposition> read_disposition(std::string_view value);
[[nodiscard]] std::string write_disposition(Disposition const& disposition);

/// The disposition for a message with that fault: "processed/error: integrity-check-failed", "failed/failure: unsupported
/// format". Never asked for `local`.
[[nodiscard]] Disposition disposition_for(FaultKind kind);

/// `w7AguNJEmhF/qIjJw6LnnA==, sha1`: the digest of what was received, in base64, and how it was made. Blanks may be missing or
/// too many. `digest` is absent for an algorithm we do not know.
struct Mic {
    std::string base64;
    std::string algorithm; // as written
    std::optional<Digest> digest;
};
[[nodiscard]] std::optional<Mic> read_mic(std::string_view value);
[[nodiscard]] std::string write_mic(std::string_view digest_bytes, Digest digest, MicSpelling spelling);

} // namespace wharf::transport::as2
