// What drivers of the two machines need keys for: a stored message opened into the event that Reception waits for, and an answer
// or a receipt into the event for Transmission. Here, so that a server, a sender and the tests judge alike.
//
// Pure but for the spools. Thread-safe.
#pragma once

#include "transport/as2/reception.hpp"
#include "transport/as2/transmission.hpp"

#include <vector>

namespace wharf::transport::as2 {

/// All that is valid now, on both sides: old and new certificates while they overlap.
struct Keys {
    std::vector<Identity> own;        // to decrypt with; the first signs
    std::vector<Certificate> partner; // to verify with
    std::shared_ptr<Authorities const> authorities; // beside them; nullptr: none
    Timestamp now{};                  // when all this is so
    std::vector<NotTaken> not_taken{}; // the partner's others
};
[[nodiscard]] UnpackSettings unpack_settings(Relation const& relation, Keys const& keys, SpoolSettings const& spool);

struct OpenedMessage {
    Unpacked unpacked;             // signed bytes and signature: the evidence
    std::vector<Payload> payloads; // empty where there is a fault
    Opened event;
    bool is_certificate_exchange = false; // CEM: refused, and somebody should know that the partner wants to change its certificate
};
[[nodiscard]] OpenedMessage open_message(Entity const& outer, Unpack const& step, Relation const& relation, Keys const& keys, SpoolSettings const& spool);

/// A receipt and the evidence of it.
struct OpenedReceipt {
    ReceiptInAnswer event;                 // without `expected_mic`: see expect_mic()
    Content signed_bytes, signature_bytes; // also of a signature that did not hold
    std::optional<Certificate> signer;     // the partner's, whose signature held
};
/// Before it is known which message it is for. A body that is no receipt by its type is none: peers who will send one later answer
/// with a web page. Where the signature is wrong, `receipt` is what was signed, good for nothing but to find the message.
[[nodiscard]] OpenedReceipt open_receipt(Entity const& outer, Relation const& relation, Keys const& keys);
/// `mic_source` is what was digested when the message was packed (Packed::mic_source): the receipt decides by which algorithm.
void expect_mic(ArrivedReceipt& arrived, Content const& mic_source);
/// Both, where no evidence is kept.
[[nodiscard]] ReceiptInAnswer open_receipt(Entity const& outer, Content const& mic_source, Relation const& relation, Keys const& keys);

/// The receipt of a Commit or Respond, packed as that says; signed with the first of our keys.
[[nodiscard]] Result<Packed> make_receipt(Receipt const& receipt, bool is_signed, Relation const& relation, Keys const& keys, std::string_view unique,
                                          Timestamp now);

} // namespace wharf::transport::as2
