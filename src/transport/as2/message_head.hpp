// The fields of HTTP that AS2 reads and writes (RFC 4130 6, RFC 4130bis 6). Pure.
#pragma once

#include "transport/as2/relation.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::transport::as2 {

struct ReceiptRequest {
    ReceiptOptions options;
    std::string address; // Receipt-Delivery-Option; empty: in the answer itself
};
struct MessageHead {
    std::string version = "1.0"; // AS2-Version; absent means that
    std::string from, to;        // unquoted
    std::string message_id;      // byte for byte; empty when absent or unusable
    std::string subject;
    std::optional<ReceiptRequest> receipt; // where Disposition-Notification-To is there, whatever it says
    std::string content_type;
    /// True for a receipt, by its content type: multipart/report, or a multipart/signed that says so. Receipts that are themselves
    /// encrypted are only known once they are open.
    bool may_be_receipt = false;
};
struct HeadRefusal {
    int status = 400;
    std::string reason;
};
[[nodiscard]] std::expected<MessageHead, HeadRefusal> read_message_head(Fields const& http);

/// AS2-From and the like, for a message and for a receipt. Never folded, names quoted where necessary. EDIINT-Features stands from
/// version 1.2 on (RFC 6017).
[[nodiscard]] Fields write_message_head(Relation const& relation, std::string_view message_id, std::string_view subject, Entity const& entity);
[[nodiscard]] Fields write_receipt_head(Relation const& relation, std::string_view message_id, Entity const& entity);

} // namespace wharf::transport::as2
