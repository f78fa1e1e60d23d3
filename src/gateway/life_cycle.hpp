// The decisions in the life of a message: plain data in, plain data out. No clock, no socket, no store.
//
// The worker asks here what to do, does it, and records it; so every rule below is tested without a database.
#pragma once

#include "base/clock.hpp"
#include "delivery/target.hpp"
#include "grammar/acknowledgment.hpp"
#include "partner/configuration.hpp"
#include "store/store.hpp"
#include "syntax/json/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

// --- has this come before? ------------------------------------------------------------------------------------------

enum class InterchangeFate {
    fresh,         // process it
    duplicate,     // the same bytes under the same number: nothing happens again
    number_reused, // the same number, other bytes: held
};

struct InterchangeJudgement {
    InterchangeFate fate = InterchangeFate::fresh;
    std::string earlier; // id of the message it is compared with
};

/// `earlier`: what Transaction::find_interchange gives. A number that was only used by a rejected interchange is free
/// again: the correction may carry it.
[[nodiscard]] InterchangeJudgement judge_interchange(std::vector<store::Message> const& earlier, std::string_view sha256,
                                                     partner::DuplicatePolicy const& policy);

/// What makes two documents the same business document, independent of their envelope. `content_sha256` is that of the
/// set's body: for kinds and purposes that may rightly repeat a number (an acknowledgment, a change, a replacement), only
/// the same content is the same document.
[[nodiscard]] std::string business_key(json::Value const& document, std::string_view partner, bool test,
                                       std::string_view content_sha256);
/// Own number, order number (the first) and all order numbers of a document, for search.
struct DocumentNumbers {
    std::string number;
    std::string order_number;
    std::vector<std::string> orders; // all, each once
};
[[nodiscard]] DocumentNumbers numbers_of(json::Value const& document);
/// "DUPLICATE_INVOICE"
[[nodiscard]] std::string duplicate_event(std::string_view kind);

// --- a delivery or transmission was tried ---------------------------------------------------------------------------

struct Note { // becomes an event
    std::string type;
    std::string text;
};

struct DeliveryStep {
    store::Delivery delivery; // to be stored
    std::optional<Timestamp> retry_at;
    Note note;
};

/// `random` in [0,1) spreads the waits.
[[nodiscard]] DeliveryStep after_attempt(store::Delivery delivery, delivery::Outcome const& outcome,
                                         partner::RetryPolicy const& policy, Timestamp now, double random);

struct TransmissionStep {
    store::Message message;
    std::optional<Timestamp> retry_at;
    Note note;
};

/// `trouble`: nothing when the bytes are on the channel.
[[nodiscard]] TransmissionStep after_transmission(store::Message message, std::optional<Error> const& trouble,
                                                  partner::RetryPolicy const& policy, Timestamp now, double random);

// --- an acknowledgment came -----------------------------------------------------------------------------------------

struct Reconciliation {
    std::optional<store::Message> message;  // changed; nothing: no change
    std::vector<store::Document> documents; // the changed ones
    std::vector<Note> notes;
    bool ends_waiting = false; // the overdue job is pointless now
};

/// AK9 A (or E) without AK2 accepts every set; P accepts those it does not name; R refuses them. An answer that says what
/// is already known changes nothing; one that contradicts an earlier one is noted and changes nothing. Leading zeros of
/// control numbers do not count. An answer after the deadline is applied and marked late.
[[nodiscard]] Reconciliation reconcile(store::Message message, std::vector<store::Document> documents,
                                       grammar::GroupAcknowledgment const& answer);

/// An inbound TA1 about one of our interchanges: R (TA104) refuses all of it, A and E change nothing.
[[nodiscard]] Reconciliation reconcile_interchange(store::Message message, std::vector<store::Document> documents, char code,
                                                   std::string_view note);

/// The deadline has passed: nothing when an answer came meanwhile.
[[nodiscard]] Reconciliation become_overdue(store::Message message, std::vector<store::Document> documents);

} // namespace wharf::gateway
