#include "gateway/as2_course.hpp"

#include "base/match.hpp"
#include "gateway/channel_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {
namespace {

namespace as2 = transport::as2;
using store::ExchangeState;
using store::MessageState;
constexpr std::size_t most_disposition = 300; // the partner's words

using Phase = as2::TransmissionState::Phase;

Phase phase_of(ExchangeState state) {
    switch (state) {
    case ExchangeState::posting:
        return Phase::posting;
    case ExchangeState::waiting_to_retry:
        return Phase::waiting_to_retry;
    case ExchangeState::waiting_for_receipt:
        return Phase::waiting_for_receipt;
    case ExchangeState::succeeded:
        return Phase::succeeded;
    case ExchangeState::failed:
        return Phase::failed;
    default:
        return Phase::ready;
    }
}

ExchangeState state_of(Phase phase) {
    switch (phase) {
    case Phase::ready:
        return ExchangeState::ready;
    case Phase::posting:
        return ExchangeState::posting;
    case Phase::waiting_to_retry:
        return ExchangeState::waiting_to_retry;
    case Phase::waiting_for_receipt:
        return ExchangeState::waiting_for_receipt;
    case Phase::succeeded:
        return ExchangeState::succeeded;
    case Phase::failed:
        return ExchangeState::failed;
    }
    return ExchangeState::failed;
}

as2::ReceiptInAnswer const* receipt_in(as2::Answered const& answer) {
    return std::holds_alternative<as2::NoReceipt>(answer.receipt) ? nullptr : &answer.receipt;
}

as2::ArrivedReceipt const* arrived_in(as2::TransmissionEvent const& event) {
    if (auto const* const late = std::get_if<as2::ReceiptArrived>(&event))
        return &late->arrived;
    auto const* const answer = std::get_if<as2::Answered>(&event);
    return answer == nullptr ? nullptr : std::get_if<as2::ArrivedReceipt>(&answer->receipt);
}

/// Why an attempt is to be repeated.
std::string trouble_in(as2::TransmissionEvent const& event) {
    return std::visit(Match{[](as2::ConnectionLost const& lost) { return lost.reason; },
                            [](as2::Answered const& answer) {
                                auto const server = answer.server.empty() ? std::string() : " " + answer.server;
                                return fmt::format("the server{} answered {}{}{}", server, answer.status, answer.words,
                                                   answer.status < 300 ? ", but without the receipt that was asked for" : "");
                            },
                            [](auto const&) { return std::string("the gateway was stopped while it was sent"); }},
                      event);
}

/// The word in capitals for a failure: whether it was the receipt that was wrong, its absence, or that nobody took the message.
std::string_view alarm_for(as2::TransmissionEvent const& event) {
    if (std::holds_alternative<as2::Tick>(event))
        return "AS2_RECEIPT_OVERDUE";
    auto const* const answer = std::get_if<as2::Answered>(&event);
    bool const is_about_receipt = answer == nullptr ? arrived_in(event) != nullptr : receipt_in(*answer) != nullptr || answer->status < 300;
    return is_about_receipt ? "AS2_RECEIPT_FAILED" : "AS2_SENDING_FAILED";
}

class Follower {
public:
    Follower(As2Course& course, as2::Relation const& relation, std::optional<as2::TransmissionEvent> const& event, Timestamp now)
        : course_(course), relation_(relation), event_(event), now_(now) {}

    void operator()(as2::Post const&) {
        course_.posts = true;
        ++course_.message.attempts;
    }
    void operator()(as2::WaitToRetry const& wait) {
        course_.retry_at = now_ + wait.time;
        auto const trouble = trouble_in(*event_);
        explain(trouble);
        note("transmission_failed", fmt::format("attempt {} to {} failed: {}; next in {} s, under the same Message-ID", course_.exchange.attempts,
                                                relation_.partner_name, trouble, std::chrono::ceil<std::chrono::seconds>(wait.time).count()));
    }
    void operator()(as2::WaitForReceipt const& wait) {
        course_.receipt_due_at = now_ + wait.time;
        explain(fmt::format("the server of {} took it; waits for its receipt until {}", relation_.partner_name, to_iso8601(*course_.receipt_due_at)));
        note("as2_sent", fmt::format("the server of {} took it; its receipt is to come within {} s", relation_.partner_name, wait.time.count() / 1000));
    }
    void operator()(as2::Succeed const& success);
    void operator()(as2::Fail const& failure);
    void operator()(as2::RaiseAlarm const& alarm) {
        if (!course_.is_settled_now)
            note("AS2_RECEIPT_NOT_TAKEN", alarm.text);
    }

private:
    void note(std::string_view type, std::string text) { course_.notes.push_back({std::string(type), std::move(text)}); }
    void explain(std::string const& reason) {
        course_.exchange.reason = reason;
        if (course_.message.state == MessageState::ready)
            course_.message.reason = reason;
    }
    void settle() {
        course_.is_settled_now = true;
        if (!event_)
            return;
        auto const* const arrived = arrived_in(*event_);
        if (arrived == nullptr)
            return;
        course_.exchange.receipt = store::ReceiptState::received;
        course_.exchange.disposition =
            arrived->signature == as2::ArrivedReceipt::Signature::wrong ? std::string() : short_disposition(arrived->receipt.disposition);
    }

    As2Course& course_;
    as2::Relation const& relation_;
    std::optional<as2::TransmissionEvent> const& event_;
    Timestamp now_;
};

void Follower::operator()(as2::Succeed const& success) {
    settle();
    auto& exchange = course_.exchange;
    auto& message = course_.message;
    exchange.reason = success.note;
    if (auto const* const arrived = event_ ? arrived_in(*event_) : nullptr)
        note("as2_receipt", fmt::format("{} says: {}{}{}", relation_.partner_name, exchange.disposition,
                                        arrived->expected_mic ? "; the MIC is that of what we sent" : "",
                                        success.note.empty() ? std::string() : "; " + success.note));
    // Late, the receipt still proves it; what a person has put aside stays there.
    if (message.state != MessageState::ready && message.state != MessageState::dead_letter)
        return;
    message.state = MessageState::sent;
    message.reason.clear();
    course_.is_sent_now = true;
    note("sent", relation_.receipt_mode == as2::ReceiptMode::none ? fmt::format("the server of {} took it; no receipt was asked for", relation_.partner_name)
                                                                  : fmt::format("{} has it", relation_.partner_name));
}

void Follower::operator()(as2::Fail const& failure) {
    settle();
    explain(failure.reason);
    if (course_.message.state == MessageState::ready)
        course_.message.state = MessageState::dead_letter;
    note("transmission_given_up", fmt::format("channel {}: {}", course_.exchange.channel, without_channel(failure.reason, course_.exchange.channel)));
    if (event_)
        note(alarm_for(*event_), failure.reason);
}

} // namespace

std::string short_disposition(as2::Disposition const& disposition) {
    auto text = disposition.type;
    if (!disposition.modifier.empty())
        text += "/" + disposition.modifier;
    if (!disposition.text.empty())
        text += ": " + disposition.text;
    text.resize(std::min(text.size(), most_disposition));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
            c = ' ';
    return text;
}

As2Course follow(store::Exchange exchange, store::Message message, as2::Relation const& relation,
                 std::optional<as2::TransmissionEvent> const& event, Timestamp now) {
    as2::Transmission machine(relation, exchange.as2_message_id, {phase_of(exchange.state), exchange.attempts, exchange.resends});
    auto const actions = event ? machine.on(*event) : machine.begin();
    exchange.state = state_of(machine.state().phase);
    exchange.attempts = machine.state().attempts;
    exchange.resends = machine.state().resends;
    if (event && std::holds_alternative<as2::ResendAsked>(*event)) { // what came of the last attempts is in the events
        exchange.receipt = store::ReceiptState::none;
        exchange.disposition.clear();
        exchange.reason.clear();
    }
    As2Course course;
    course.exchange = std::move(exchange);
    course.message = std::move(message);
    if (actions.empty())
        return course;
    course.exchange.updated_at = course.message.updated_at = now;
    Follower follower(course, relation, event, now);
    for (auto const& action : actions)
        std::visit(follower, action);
    return course;
}

As2Course give_up(store::Exchange exchange, store::Message message, std::string reason, Timestamp now) {
    As2Course course;
    course.exchange = std::move(exchange);
    course.message = std::move(message);
    course.exchange.state = ExchangeState::failed;
    course.exchange.updated_at = course.message.updated_at = now;
    as2::Relation const none;
    std::optional<as2::TransmissionEvent> const event = as2::NotPossible{reason};
    Follower(course, none, event, now)(as2::Fail{std::move(reason)});
    return course;
}

} // namespace wharf::gateway
