// A message that goes out, as a state machine: events in, actions out, pure as reception.hpp is. RFC 4130 5.5, RFC 4130bis 5.4
// and 5.5.
//
//   begin -> Post -> Answered / ConnectionLost -> WaitToRetry -> (Tick) -> Post … under the same Message-ID, with the same bytes
//                 -> Answered with a receipt   -> Succeed or Fail
//                 -> Answered 2xx without one  -> Fail; asynchronous: WaitForReceipt -> ReceiptArrived -> Succeed or Fail
//
// What it holds to: only a receipt whose signature held (where one was asked for), for this Message-ID, with the MIC of what we
// sent, is a success. A wrong MIC is a failure with an alarm. A receipt that cannot be trusted is never a reason to send again.
// Sent again is what was lost: a connection, 408, 5xx, and what the relation calls temporary. A receipt that comes before the
// answer, late, or twice is understood.
//
// A value; one thread. TransmissionState is what must be durable; a machine made from it goes on where it was.
#pragma once

#include "transport/as2/message_head.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wharf::transport::as2 {

/// A receipt as the driver found it: unpacked, its signature checked, and the MIC of what we sent made by the receipt's algorithm.
struct ArrivedReceipt {
    Receipt receipt;
    enum class Signature { none, verified, wrong } signature = Signature::none;
    std::string trouble;                     // of a wrong signature
    std::optional<std::string> expected_mic; // base64; absent where the receipt's algorithm is unknown
};
struct UnreadableReceipt {
    std::string reason;
};
struct NoReceipt {};
using ReceiptInAnswer = std::variant<NoReceipt, UnreadableReceipt, ArrivedReceipt>;

enum class ReceiptVerdict {
    success,
    warning,      // processed/warning: duplicate-document and the like
    refused,      // the partner says that it did not take it
    mic_differs,  // the partner processed other bytes than ours
    no_proof,     // says processed, but unsigned or without a MIC although both were asked for
    not_trusted,  // signed by somebody else, or changed
    not_ours      // for another Message-ID
};
struct Judgement {
    ReceiptVerdict verdict;
    std::string reason; // for people
    [[nodiscard]] bool is_success() const { return verdict == ReceiptVerdict::success || verdict == ReceiptVerdict::warning; }
};
[[nodiscard]] Judgement judge(ArrivedReceipt const& arrived, Relation const& relation, std::string_view message_id);

// --- Actions ----------------------------------------------------------------------------------------------------------

struct Post {
    unsigned attempt = 1;
};
struct WaitToRetry {
    std::chrono::milliseconds time;
};
struct WaitForReceipt {
    std::chrono::milliseconds time;
};
struct Succeed {
    std::string note; // a warning of the partner's
};
struct Fail {
    std::string reason;
};
struct RaiseAlarm {
    std::string text;
};
using TransmissionAction = std::variant<Post, WaitToRetry, WaitForReceipt, Succeed, Fail, RaiseAlarm>;
using TransmissionActions = std::vector<TransmissionAction>;

// --- Events -----------------------------------------------------------------------------------------------------------

struct Answered {
    int status = 200;
    ReceiptInAnswer receipt;
    std::chrono::seconds retry_after{0};
    double chance = 0.0; // a random number from 0 to below 1
    std::string server{}; // its URL, for reasons: "http://partner/as2"
    std::string words{};  // what else it said, for reasons: " and redirects to …"; empty: nothing
};
struct ConnectionLost {
    std::string reason;
    double chance = 0.0;
};
struct NotPossible { // no connection, and trying again does not change it: the address, a certificate of TLS
    std::string reason;
};
struct Tick {}; // the time of the last Wait… is over
struct ReceiptArrived {
    ArrivedReceipt arrived;
};
struct ResendAsked {}; // by a person
struct Restarted {};   // after a restart, from a stored state
using TransmissionEvent = std::variant<Answered, ConnectionLost, NotPossible, Tick, ReceiptArrived, ResendAsked, Restarted>;

struct TransmissionState {
    enum class Phase { ready, posting, waiting_to_retry, waiting_for_receipt, succeeded, failed } phase = Phase::ready;
    unsigned attempts = 0;
    unsigned resends = 0; // for want of a receipt
};

class Transmission {
public:
    Transmission(Relation relation, std::string message_id, TransmissionState state = {});
    [[nodiscard]] TransmissionActions begin();
    [[nodiscard]] TransmissionActions on(TransmissionEvent const& event);
    [[nodiscard]] TransmissionState const& state() const { return state_; }

private:
    using Phase = TransmissionState::Phase;
    [[nodiscard]] TransmissionActions answered(Answered const& answer);
    [[nodiscard]] TransmissionActions settle(ArrivedReceipt const& arrived, bool is_in_answer);
    [[nodiscard]] TransmissionActions post();
    [[nodiscard]] TransmissionActions retry(std::string const& reason, std::chrono::seconds least, double chance);
    [[nodiscard]] TransmissionActions await_receipt();
    [[nodiscard]] TransmissionActions tick();
    [[nodiscard]] TransmissionActions fail(std::string reason);
    [[nodiscard]] bool is_temporary(int status) const;

    Relation relation_;
    std::string message_id_;
    TransmissionState state_;
};

} // namespace wharf::transport::as2
