#include "transport/as2/reception.hpp"

#include "base/match.hpp"

#include <cassert>
#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

Fault without_message_id() {
    return {FaultKind::invalid_message_id, "the message has no Message-ID of 1 to 998 printable characters"};
}

template <class... Actions> ReceptionActions actions(Actions&&... all) {
    ReceptionActions made;
    (made.emplace_back(std::forward<Actions>(all)), ...);
    return made;
}

constexpr std::string_view success_text =
    "The message was received, its security was checked, and it was stored. Whether its content can be processed is not said by this receipt.";

} // namespace

Reception::Reception(MessageHead head) : head_(std::move(head)) {}

ReceptionActions Reception::begin() { return actions(LookUpRelation{}); }

ReceptionActions Reception::on(ReceptionEvent event) {
    assert(state_ != State::done);
    return std::visit(Match{[&](RelationFound& found) { return relation_found(std::move(found.relation)); },
                            [&](RelationUnknown&) { return relation_unknown(); },
                            [&](NotSeen&) { return not_seen(); },
                            [&](StillInWork&) { return still_in_work(); },
                            [&](Seen& earlier) { return seen(earlier); },
                            [&](BodyStored&) { return stored(); },
                            [&](BodyLost&) { return finish({}); }, // nobody is there to be answered; a retry will come
                            [&](StoreFailed& failed) { return refuse_for_now(std::move(failed.reason)); },
                            [&](Opened& result) { return opened(result); },
                            [&](Committed&) { return committed(); },
                            [&](CommitRefused& refused) { return commit_refused(std::move(refused.fault)); },
                            [&](Resumed& resumed) {
                                (void)relation_found(std::move(resumed.relation));
                                state_ = State::storing;
                                is_answered_ = true;
                                return stored();
                            }},
                      event);
}

ReceptionActions Reception::relation_found(Relation relation) {
    assert(state_ == State::looking_up_relation);
    relation_ = std::move(relation);
    if (head_.receipt) {
        auto form = choose_receipt_form(head_.receipt->options, relation_.accepts_sha1);
        if (form) form_ = *form;
        else fault_ = std::move(form.error());
    }
    // A receipt needs no Message-ID of its own: what may be one is opened first.
    if (head_.message_id.empty() && !head_.may_be_receipt) fault_ = without_message_id();
    state_ = State::looking_up_message;
    if (head_.message_id.empty()) return not_seen();
    return actions(LookUpMessage{});
}

/// The same for a name of ours that does not exist and a partner that we do not know.
ReceptionActions Reception::relation_unknown() {
    assert(state_ == State::looking_up_relation);
    Fault const unknown{FaultKind::unknown_trading_relationship, "there is no trading relationship between these names"};
    if (head_.receipt && !is_asynchronous()) return finish(actions(Respond{200, AnswerBody::receipt, {}, receipt_for(unknown)}));
    return finish(actions(Respond{403, AnswerBody::text, unknown.message, {}}));
}

ReceptionActions Reception::not_seen() {
    assert(state_ == State::looking_up_message);
    state_ = State::storing;
    return actions(StoreBody{});
}

ReceptionActions Reception::seen(Seen const& earlier) {
    assert(state_ == State::looking_up_message);
    if (!head_.receipt || !earlier.has_receipt) return finish(actions(Respond{200, AnswerBody::none, {}, {}}));
    if (!is_asynchronous()) return finish(actions(Respond{200, AnswerBody::stored_receipt, {}, {}}));
    auto all = actions(Respond{200, AnswerBody::none, {}, {}});
    if (!relation_.receipt_address.empty()) all.emplace_back(SendReceipt{relation_.receipt_address, true});
    return finish(std::move(all));
}

ReceptionActions Reception::still_in_work() {
    assert(state_ == State::looking_up_message);
    if (is_asynchronous()) return finish(actions(Respond{200, AnswerBody::none, {}, {}})); // its receipt will come
    return finish(actions(Respond{503, AnswerBody::text, "a message with this Message-ID is being processed; send it again later", {}}));
}

ReceptionActions Reception::stored() {
    assert(state_ == State::storing);
    state_ = State::unpacking;
    ReceptionActions all;
    if (is_asynchronous() && !is_answered_) {
        all.emplace_back(Respond{200, AnswerBody::none, {}, {}});
        is_answered_ = true;
    }
    if (fault_) { // the message is not even looked at: "failed" says that it was not processed
        auto more = commit(fault_);
        all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
        return all;
    }
    all.emplace_back(Unpack{form_.micalg});
    return all;
}

ReceptionActions Reception::opened(Opened const& result) {
    assert(state_ == State::unpacking);
    is_verified_ = result.sender_is_verified || (!result.fault && !relation_.requires_signature);
    mic_ = result.mic;
    if (result.fault && result.fault->kind == FaultKind::local) return refuse_for_now(result.fault->message);
    if (!result.fault && head_.message_id.empty()) return commit(without_message_id());
    return commit(result.fault);
}

ReceptionActions Reception::commit(std::optional<Fault> fault) {
    state_ = State::committing;
    fault_ = std::move(fault);
    Commit step;
    step.is_accepted = !fault_;
    if (head_.receipt) {
        step.receipt = receipt_for(fault_);
        step.receipt_is_signed = form_.is_signed;
    }
    return actions(std::move(step));
}

ReceptionActions Reception::committed() {
    assert(state_ == State::committing);
    ReceptionActions all;
    if (fault_)
        all.emplace_back(Alarm{fmt::format("a message of {} was refused: {}; {}", head_.from, write_disposition(disposition_for(fault_->kind)), fault_->message)});
    if (is_asynchronous()) {
        if (relation_.receipt_address.empty()) {
            all.emplace_back(Alarm{fmt::format("{} asks for an asynchronous receipt, but no address for its receipts is configured (as2.incoming.receipt_address of the channel); none was sent", head_.from)});
        } else if (!fault_ || is_verified_ || relation_.receipts_unverified) {
            if (head_.receipt->address != relation_.receipt_address)
                all.emplace_back(Alarm{fmt::format("{} asks for its receipt at another address than the one configured; it goes to the one configured", head_.from)});
            all.emplace_back(SendReceipt{relation_.receipt_address, false});
        }
        return finish(std::move(all));
    }
    if (is_answered_) return finish(std::move(all)); // nobody waits any more: the retry will be given the receipt
    if (head_.receipt) all.emplace_back(Respond{200, AnswerBody::stored_receipt, {}, {}});
    else if (fault_) all.emplace_back(Respond{400, AnswerBody::text, fault_->message, {}}); // all that tells the sender
    else all.emplace_back(Respond{200, AnswerBody::none, {}, {}});
    return finish(std::move(all));
}

ReceptionActions Reception::commit_refused(Fault refusal) {
    assert(state_ == State::committing);
    if (refusal.kind == FaultKind::local || fault_) return refuse_for_now(std::move(refusal.message));
    return commit(std::move(refusal));
}

ReceptionActions Reception::finish(ReceptionActions all) {
    state_ = State::done;
    return all;
}

/// Our own trouble: the sender keeps the message and comes again. One that was answered already is resumed by its driver.
ReceptionActions Reception::refuse_for_now(std::string reason) {
    auto all = actions(Alarm{fmt::format("a message of {} cannot be taken now: {}", head_.from, reason)});
    if (!is_answered_) all.emplace_back(Respond{503, AnswerBody::text, "the message cannot be stored now; send it again later", {}});
    return finish(std::move(all));
}

Receipt Reception::receipt_for(std::optional<Fault> const& fault) const {
    Receipt receipt;
    receipt.reporting_agent = "Wharf";
    receipt.original_recipient = receipt.final_recipient = head_.to;
    receipt.original_message_id = head_.message_id;
    receipt.text = fault ? fmt::format("The message was not accepted: {}.", fault->message) : std::string(success_text);
    if (fault) receipt.disposition = disposition_for(fault->kind);
    if (!fault) receipt.mic = mic_;
    return receipt;
}

} // namespace wharf::transport::as2
