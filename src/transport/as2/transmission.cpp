#include "transport/as2/transmission.hpp"

#include "base/match.hpp"
#include "transport/as2/names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

/// Texts of the partner for our log: one line, not endless.
std::string one_line(std::string_view text) {
    std::string line;
    for (char const c : text.substr(0, 300))
        line += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    return line;
}

/// What a refusal is about, more often than not.
std::string names_of(Relation const& relation) { return fmt::format("AS2-From {}, AS2-To {}", write_as2_name(relation.own_name), write_as2_name(relation.partner_name)); }

} // namespace

Judgement judge(ArrivedReceipt const& arrived, Relation const& relation, std::string_view message_id) {
    auto const& receipt = arrived.receipt;
    auto const& disposition = receipt.disposition;
    if (arrived.signature == ArrivedReceipt::Signature::wrong)
        return {ReceiptVerdict::not_trusted, fmt::format("the receipt cannot be trusted: {}", arrived.trouble)};
    if (!same_message_id(message_id, receipt.original_message_id))
        return {ReceiptVerdict::not_ours, fmt::format("the receipt is for the Message-ID \"{}\", not for {}", one_line(receipt.original_message_id), message_id)};
    if (!disposition.is_success()) // unsigned ones too: a partner who cannot process may not be able to sign
        return {ReceiptVerdict::refused, fmt::format("the partner answers \"{}\" to {}: {}", one_line(write_disposition(disposition)), names_of(relation), one_line(receipt.text))};
    bool const is_signed = arrived.signature == ArrivedReceipt::Signature::verified;
    if (relation.receipt_signed && !is_signed)
        return {ReceiptVerdict::no_proof, "the partner says that it processed the message, but the receipt is not signed although a signed one was asked for"};
    bool const is_warning = disposition.modifier == "warning";
    auto const note = is_warning ? fmt::format("the partner says: {}", one_line(disposition.text)) : std::string();
    if (!receipt.mic) {
        // A duplicate is told by some without a MIC: the receipt that had it was lost.
        if (is_warning || !is_signed) return {is_warning ? ReceiptVerdict::warning : ReceiptVerdict::success, note};
        return {ReceiptVerdict::no_proof, "the signed receipt has no Received-Content-MIC: it does not say which bytes were processed"};
    }
    if (!arrived.expected_mic)
        return {ReceiptVerdict::no_proof, fmt::format("the MIC of the receipt was made by \"{}\", for which we have none to compare with", one_line(receipt.mic->algorithm))};
    if (from_base64(*arrived.expected_mic) != from_base64(receipt.mic->base64)) // some leave the padding out
        return {ReceiptVerdict::mic_differs,
                fmt::format("the MIC differs: we sent {}, the partner received {} ({}). What the partner processed is not what we sent",
                            *arrived.expected_mic, one_line(receipt.mic->base64), one_line(receipt.mic->algorithm))};
    return {is_warning ? ReceiptVerdict::warning : ReceiptVerdict::success, note};
}

Transmission::Transmission(Relation relation, std::string message_id, TransmissionState state)
    : relation_(std::move(relation)), message_id_(std::move(message_id)), state_(state) {}

TransmissionActions Transmission::begin() { return post(); }

TransmissionActions Transmission::on(TransmissionEvent const& event) {
    return std::visit(Match{[&](Answered const& answer) { return answered(answer); },
                            [&](ConnectionLost const& lost) {
                                if (state_.phase != Phase::posting) return TransmissionActions{}; // its receipt was here before
                                return retry(lost.reason, std::chrono::seconds(0), lost.chance);
                            },
                            [&](NotPossible const& trouble) { return state_.phase == Phase::posting ? fail(trouble.reason) : TransmissionActions{}; },
                            [&](Tick const&) { return tick(); },
                            [&](ReceiptArrived const& receipt) { return settle(receipt.arrived, false); },
                            [&](ResendAsked const&) {
                                if (state_.phase == Phase::posting) return TransmissionActions{};
                                state_.attempts = 0;
                                return post();
                            },
                            [&](Restarted const&) {
                                switch (state_.phase) {
                                case Phase::posting: // whether it arrived nobody knows: the receiver tells by the Message-ID
                                    return retry("the gateway was stopped while it was sent", std::chrono::seconds(0), 0.0);
                                case Phase::ready: return post();
                                case Phase::waiting_to_retry: return post();
                                case Phase::waiting_for_receipt: return await_receipt();
                                default: return TransmissionActions{};
                                }
                            }},
                      event);
}

bool Transmission::is_temporary(int status) const {
    return status == 408 || status >= 500 || std::ranges::find(relation_.temporary_statuses, status) != relation_.temporary_statuses.end();
}

namespace {

std::string named(Answered const& answer) { return answer.server.empty() ? std::string() : answer.server + " "; }

} // namespace

TransmissionActions Transmission::answered(Answered const& answer) {
    if (answer.status < 200) return {}; // 100 and 102 are no answers
    if (state_.phase != Phase::posting) return {};
    // Whatever the status says, a receipt for this message is the answer.
    if (auto const* const arrived = std::get_if<ArrivedReceipt>(&answer.receipt); arrived && answer.status < 500) return settle(*arrived, true);
    if (is_temporary(answer.status)) return retry(fmt::format("{}answered {}{}", named(answer), answer.status, answer.words), answer.retry_after, answer.chance);
    if (answer.status >= 300) return fail(fmt::format("the partner's server{} answers {} to {}{}, which sending again does not change", answer.server.empty() ? "" : " " + answer.server, answer.status,
                                names_of(relation_), answer.words));
    if (auto const* const unreadable = std::get_if<UnreadableReceipt>(&answer.receipt))
        return fail(fmt::format("the receipt cannot be read: {}. Whether the partner processed the message is not known", unreadable->reason));
    if (relation_.receipt_mode == ReceiptMode::none) {
        state_.phase = Phase::succeeded;
        return {Succeed{}};
    }
    if (relation_.receipt_mode == ReceiptMode::asynchronous) return await_receipt();
    auto reason = fmt::format("{}answered {}{}, but without the receipt that was asked for", named(answer), answer.status, answer.words);
    if (state_.resends >= relation_.resends_without_receipt) return fail(std::move(reason));
    ++state_.resends;
    return retry(reason, answer.retry_after, answer.chance);
}

TransmissionActions Transmission::settle(ArrivedReceipt const& arrived, bool is_in_answer) {
    auto const judgement = judge(arrived, relation_, message_id_);
    bool const is_open = state_.phase != Phase::succeeded && state_.phase != Phase::failed;
    if (judgement.is_success()) {
        if (state_.phase == Phase::succeeded) return {}; // once more the same
        state_.phase = Phase::succeeded;
        return {Succeed{judgement.reason}};
    }
    // Anybody can send such a thing to our address: it does not settle the message, but somebody should look at it.
    bool const is_proven = is_in_answer || !relation_.receipt_signed || arrived.signature == ArrivedReceipt::Signature::verified;
    bool const is_word_of_partner = is_proven && judgement.verdict != ReceiptVerdict::not_trusted && judgement.verdict != ReceiptVerdict::not_ours;
    if (is_open && (is_word_of_partner || is_in_answer)) {
        // Products that do not keep their receipts (mendelson) answer a repetition of what they have taken with an error.
        bool const may_be_taken = judgement.verdict == ReceiptVerdict::refused && state_.attempts > 1;
        return fail(may_be_taken ? fmt::format("{}. This answers attempt {}: an earlier one may have been taken, so ask the partner before sending "
                                               "the message again",
                                               judgement.reason, state_.attempts)
                                 : judgement.reason);
    }
    return {RaiseAlarm{fmt::format("a receipt for {} was not taken: {}", message_id_, judgement.reason)}};
}

TransmissionActions Transmission::post() {
    state_.phase = Phase::posting;
    return {Post{++state_.attempts}};
}

TransmissionActions Transmission::retry(std::string const& reason, std::chrono::seconds least, double chance) {
    if (state_.attempts >= relation_.retry.attempts) return fail(fmt::format("{}, after {} attempts", reason, state_.attempts));
    state_.phase = Phase::waiting_to_retry;
    auto const wait = wait_after(std::max(state_.attempts, 1u), relation_.retry, chance);
    auto const asked = std::chrono::milliseconds(std::min(least, std::chrono::seconds(86'400)));
    return {WaitToRetry{std::max(wait, asked)}};
}

TransmissionActions Transmission::await_receipt() {
    state_.phase = Phase::waiting_for_receipt;
    return {WaitForReceipt{relation_.receipt_timeout}};
}

TransmissionActions Transmission::tick() {
    if (state_.phase == Phase::waiting_to_retry) return post();
    if (state_.phase != Phase::waiting_for_receipt) return {};
    if (state_.resends < relation_.resends_without_receipt) {
        ++state_.resends;
        return post();
    }
    return fail(fmt::format("the partner took the message, but no receipt came within {} s", relation_.receipt_timeout.count()));
}

TransmissionActions Transmission::fail(std::string reason) {
    state_.phase = Phase::failed;
    RaiseAlarm alarm{fmt::format("the message {} to {} was not received as it should be: {}", message_id_, relation_.partner_name, reason)};
    return {Fail{std::move(reason)}, std::move(alarm)};
}

} // namespace wharf::transport::as2
