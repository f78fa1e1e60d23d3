// A message that comes in, as a state machine: events in, actions out. No socket, no clock, no file, no key; whoever drives it does
// what the actions say and tells what came of it. RFC 4130 5 and 7, RFC 4130bis 5.4, 5.5 and 8.
//
//   begin            -> LookUpRelation
//   RelationFound    -> LookUpMessage                        (RelationUnknown -> Respond, the end)
//   NotSeen          -> StoreBody                            (Seen -> the stored receipt once more, the end)
//   BodyStored       -> Unpack; asynchronous: Respond first, since the last byte is durable
//   Unpacked         -> Commit: payload, Message-ID and receipt in one step that survives
//   Committed        -> Respond with the receipt, or SendReceipt
//
// What it holds to: nothing is answered 2xx before it is durable; a Message-ID that was processed is never processed again, and
// gets the stored receipt; one that was refused may come again and be taken. A synchronous receipt is an answer 200 whatever it
// says. An asynchronous one goes to the address of the relation, never to one that a message names, and never for a sender who
// could not be verified (unless the relation says so). To a stranger no answer tells which names exist.
//
// A value; one thread. An event that does not fit the state is a bug of the driver (assertion).
#pragma once

#include "transport/as2/message_head.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wharf::transport::as2 {

// --- Actions ----------------------------------------------------------------------------------------------------------

struct LookUpRelation {}; // by head().to and head().from, as exact strings
struct LookUpMessage {};  // by relation and Message-ID: only what was processed, or is in work, counts
struct StoreBody {};      // durably, with the head
/// unpack() by the relation, then the MIC by `micalg` (Unpacked::mic_digest).
struct Unpack {
    std::optional<Digest> micalg;
};
/// One transaction: that the message was processed (or refused, where `is_accepted` is not set), its payloads, and the receipt as
/// built and signed from `receipt`; absent: none was asked for.
struct Commit {
    bool is_accepted = false;
    std::optional<Receipt> receipt;
    bool receipt_is_signed = false;
};
enum class AnswerBody { none, text, receipt, stored_receipt };
struct Respond {
    int status = 200;
    AnswerBody body = AnswerBody::none;
    std::string text;              // for `text`
    std::optional<Receipt> receipt; // for `receipt` where nothing was committed: an unsigned one for a stranger
};
struct SendReceipt {
    std::string address;
    bool is_stored = false; // the earlier one once more
};
struct Alarm {
    std::string text;
};
using ReceptionAction = std::variant<LookUpRelation, LookUpMessage, StoreBody, Unpack, Commit, Respond, SendReceipt, Alarm>;
using ReceptionActions = std::vector<ReceptionAction>;

// --- Events -----------------------------------------------------------------------------------------------------------

struct RelationFound {
    Relation relation;
};
struct RelationUnknown {};
struct NotSeen {};
struct StillInWork {}; // the same Message-ID, not yet committed
struct Seen {
    bool has_receipt = true; // one was asked for then
};
struct BodyStored {};
struct BodyLost {}; // the connection ended within it
struct StoreFailed {
    std::string reason;
};
struct Opened {
    std::optional<Fault> fault;
    bool sender_is_verified = false; // a signature of the partner held
    std::optional<Mic> mic;
};
struct Committed {};
/// Nothing was committed: `kind` for a file name that is taken or cannot be used; local when our disk is full.
struct CommitRefused {
    Fault fault;
};
struct Resumed { // after a restart: the body is durable, the answer of an asynchronous message went out or never will
    Relation relation;
};
using ReceptionEvent =
    std::variant<RelationFound, RelationUnknown, NotSeen, StillInWork, Seen, BodyStored, BodyLost, StoreFailed, Opened, Committed, CommitRefused, Resumed>;

class Reception {
public:
    explicit Reception(MessageHead head);
    [[nodiscard]] ReceptionActions begin();
    [[nodiscard]] ReceptionActions on(ReceptionEvent event);
    [[nodiscard]] MessageHead const& head() const { return head_; }
    [[nodiscard]] bool is_done() const { return state_ == State::done; }

private:
    enum class State { looking_up_relation, looking_up_message, storing, unpacking, committing, done };
    [[nodiscard]] ReceptionActions relation_found(Relation relation);
    [[nodiscard]] ReceptionActions relation_unknown();
    [[nodiscard]] ReceptionActions not_seen();
    [[nodiscard]] ReceptionActions seen(Seen const& earlier);
    [[nodiscard]] ReceptionActions still_in_work();
    [[nodiscard]] ReceptionActions stored();
    [[nodiscard]] ReceptionActions opened(Opened const& result);
    [[nodiscard]] ReceptionActions commit(std::optional<Fault> fault);
    [[nodiscard]] ReceptionActions committed();
    [[nodiscard]] ReceptionActions commit_refused(Fault fault);
    [[nodiscard]] ReceptionActions finish(ReceptionActions actions);
    [[nodiscard]] ReceptionActions refuse_for_now(std::string reason);
    [[nodiscard]] Receipt receipt_for(std::optional<Fault> const& fault) const;
    [[nodiscard]] bool is_asynchronous() const { return head_.receipt && !head_.receipt->address.empty(); }

    MessageHead head_;
    Relation relation_;
    ReceiptForm form_;
    State state_ = State::looking_up_relation;
    std::optional<Fault> fault_; // known before the body is looked at, then what was committed
    std::optional<Mic> mic_;
    bool is_verified_ = false, is_answered_ = false;
};

} // namespace wharf::transport::as2
