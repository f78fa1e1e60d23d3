// What was agreed with one partner about one pair of AS2 names: plain settings, safe by default. Certificates are elsewhere; a
// relation says what must be done with them.
#pragma once

#include "transport/as2/message.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace wharf::transport::as2 {

/// Waits between attempts: base, twice that, four times, up to cap; each with up to a quarter taken off, so that what failed
/// together does not come again together.
struct RetryPolicy {
    std::chrono::seconds base{60}, cap{3600};
    unsigned attempts = 8;
};
/// `attempt` counts from 1; `chance` is a random number from 0 to below 1.
[[nodiscard]] std::chrono::milliseconds wait_after(unsigned attempt, RetryPolicy const& policy, double chance);

enum class ReceiptMode { none, synchronous, asynchronous };

struct Relation {
    std::string own_name, partner_name; // as AS2 names, unquoted

    // What comes in
    bool requires_signature = true;
    bool requires_encryption = true;
    bool accepts_sha1 = false;
    bool accepts_3des = false;
    EnvelopedGcm enveloped_gcm = EnvelopedGcm::refused; // GCM where RFC 5084 has no place for it
    std::string receipt_address;      // where asynchronous receipts go: one address, whatever a message asks for; empty: none
    std::optional<Digest> receipt_digest; // our receipts are signed with; absent: with the digest that was asked for (RFC 4130 7.3)
    bool receipts_unverified = false; // asynchronous receipts for messages whose sender could not be verified go there too

    // What goes out
    ReceiptMode receipt_mode = ReceiptMode::synchronous;
    bool receipt_signed = true;       // ask for it, and take no other for a success
    std::vector<Digest> micalgs{Digest::sha256}; // asked for, in this order
    MicSpelling spelling = MicSpelling::plain;
    std::string own_receipt_address;  // asynchronous: where the partner sends its receipts
    std::string version = "1.2";      // AS2-Version
    RetryPolicy retry;
    std::vector<int> temporary_statuses; // of the 4xx that this partner answers for a while: 429, 403, 404
    std::chrono::seconds receipt_timeout{3600};
    unsigned resends_without_receipt = 0; // sent again, under the same Message-ID, when no receipt came in time
};

} // namespace wharf::transport::as2
