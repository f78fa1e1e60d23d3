// The receipt of AS2: a message disposition notification in a multipart/report (RFC 8098, RFC 3462, RFC 4130 7, RFC 4130bis 8).
//
// Built here as an entity of MIME, signed or not by whoever has the key (message.hpp). Pure. Reading is as tolerant as the
// peers are odd; what it gives is the partner's word only when the signature around it was verified by the caller.
#pragma once

#include "transport/as2/disposition.hpp"
#include "transport/as2/mime.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::transport::as2 {

struct Receipt {
    std::string text;                // for people
    std::string reporting_agent;     // Reporting-UA
    std::string original_recipient;  // a name, without "rfc822;" and quotation marks; empty when absent
    std::string final_recipient;
    std::string original_message_id; // byte for byte
    Disposition disposition;
    std::optional<Mic> mic;          // Received-content-MIC
};

/// The multipart/report as one entity, head and body. Fields are never folded; an empty `original_recipient` or no `mic` leaves
/// its field out. `boundary` must not stand in the texts.
[[nodiscard]] std::string write_receipt(Receipt const& receipt, std::string_view boundary);
/// The same in two: the value for Content-Type, and the body, for an unsigned receipt that is an HTTP body.
struct ReceiptBody {
    std::string content_type, body;
};
[[nodiscard]] ReceiptBody write_receipt_body(Receipt const& receipt, std::string_view boundary);

/// A multipart/report, or a bare message/disposition-notification, whose head is `fields`. Refused: more than 1 MiB, no such
/// part, no Disposition. An absent Original-Message-ID is left empty: it is for the caller to miss it.
[[nodiscard]] Result<Receipt> read_receipt(Fields const& fields, Content const& body);
/// True for the content types above.
[[nodiscard]] bool is_receipt_type(std::string_view media_type);

} // namespace wharf::transport::as2
