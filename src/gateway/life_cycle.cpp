#include "gateway/life_cycle.hpp"

#include "gateway/channel_words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

namespace {

std::string_view without_zeros(std::string_view number) {
    auto const first = number.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view() : number.substr(first);
}

bool waits_for_answer(store::DocumentState state) {
    return state == store::DocumentState::ready || state == store::DocumentState::sent ||
           state == store::DocumentState::overdue;
}

/// Accepted or refused, by AK501 or AK901. Anything but A, E (and P for a group) is a refusal: R, M, W, X.
bool accepts(char code) { return code == 'A' || code == 'E'; }

void collect(std::vector<std::string>& orders, std::string_view order) {
    if (!order.empty() && std::ranges::find(orders, order) == orders.end())
        orders.emplace_back(order);
}

} // namespace

InterchangeJudgement judge_interchange(std::vector<store::Message> const& earlier, std::string_view sha256,
                                       partner::DuplicatePolicy const& policy) {
    if (policy.check_content)
        for (auto const& message : earlier)
            if (message.sha256 == sha256)
                return {InterchangeFate::duplicate, message.id};
    if (policy.check_interchange_numbers)
        for (auto const& message : earlier)
            if (message.sha256 != sha256 && message.state != store::MessageState::rejected)
                return {InterchangeFate::number_reused, message.id};
    return {};
}

DocumentNumbers numbers_of(json::Value const& document) {
    DocumentNumbers numbers;
    numbers.number = document.string("number");
    collect(numbers.orders, document.string("order_number"));
    if (document.string("document").starts_with("purchase_order"))
        collect(numbers.orders, document.string("number"));
    for (auto const* list : {document.find("shipped_lines"), document.find("lines")}) {
        if (list == nullptr || !list->is_array())
            continue;
        for (auto const& line : list->items())
            if (auto const* order = line.find("order")) {
                collect(numbers.orders, order->string("number"));
            }
    }
    // A notice may name its orders only in the tree. Walked with a stack of our own: its depth is the sender's choice.
    std::vector<json::Value const*> open;
    if (auto const* root = document.find("shipment"))
        open.push_back(root);
    while (!open.empty()) {
        auto const* node = open.back();
        open.pop_back();
        if (auto const* order = node->find("order"))
            collect(numbers.orders, order->string("number"));
        if (auto const* children = node->find("children"); children != nullptr && children->is_array())
            for (auto child = children->items().rbegin(); child != children->items().rend(); ++child)
                open.push_back(&*child);
    }
    if (!numbers.orders.empty())
        numbers.order_number = numbers.orders.front();
    if (numbers.number.empty())
        numbers.number = numbers.order_number;
    return numbers;
}

std::string business_key(json::Value const& document, std::string_view partner, bool test, std::string_view content_sha256) {
    auto const kind = document.string("document");
    auto const purpose = document.string("purpose");
    bool const original = purpose.empty() || purpose == "original";
    auto const usage = test ? "T" : "P";
    // Numbers may hold any character, so each part is preceded by its length: no two different lists give one key.
    auto part = [](std::string_view text) { return fmt::format("{}:{}", text.size(), text); };
    if (original && kind == "invoice")
        return fmt::format("{}|{}|{}|{}|{}", part(partner), usage, kind, part(document.string("number")),
                           document.string("type"));
    if (original && kind == "ship_notice")
        return fmt::format("{}|{}|{}|{}", part(partner), usage, kind, part(document.string("number")));
    if (original && kind == "purchase_order")
        return fmt::format("{}|{}|{}|{}|{}", part(partner), usage, kind, part(document.string("number")),
                           part(document.string("release_number")));
    return fmt::format("{}|{}|{}|{}", part(partner), usage, kind, content_sha256);
}

std::string duplicate_event(std::string_view kind) {
    std::string event = "DUPLICATE_";
    for (char const c : kind.empty() ? std::string_view("document") : kind)
        event += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return event;
}

DeliveryStep after_attempt(store::Delivery delivery, delivery::Outcome const& outcome, partner::RetryPolicy const& policy,
                           Timestamp now, double random) {
    DeliveryStep step;
    delivery.last_status = outcome.status;
    delivery.last_error = outcome.error;
    delivery.updated_at = now;
    auto const status = outcome.status == 0 ? std::string("no answer") : fmt::format("status {}", outcome.status);
    switch (outcome.kind) {
    case delivery::OutcomeKind::delivered:
        delivery.state = store::DeliveryState::delivered;
        delivery.target_reference = outcome.target_reference;
        step.note = {"delivered", fmt::format("{} took it at attempt {} ({}){}", delivery.target, delivery.attempts, status,
                                              outcome.target_reference.empty()
                                                  ? std::string()
                                                  : fmt::format(", its reference is {}", outcome.target_reference))};
        break;
    case delivery::OutcomeKind::permanent_failure:
        delivery.state = store::DeliveryState::dead_letter;
        step.note = {"delivery_refused",
                     fmt::format("{} refused it for good ({}): {}", delivery.target, status, outcome.error)};
        break;
    case delivery::OutcomeKind::temporary_failure:
        if (delivery.attempts >= policy.attempts) {
            delivery.state = store::DeliveryState::dead_letter;
            step.note = {"delivery_given_up", fmt::format("{} did not take it in {} attempts, the last: {} ({})", delivery.target,
                                                          delivery.attempts, outcome.error, status)};
            break;
        }
        auto wait = delivery::backoff(delivery.attempts, policy.base, policy.cap, random);
        wait = std::max(wait, std::chrono::milliseconds(outcome.retry_after));
        step.retry_at = now + wait;
        step.note = {"delivery_failed", fmt::format("attempt {} at {} failed ({}): {}; next in {} s", delivery.attempts,
                                                    delivery.target, status, outcome.error, wait.count() / 1000)};
        break;
    }
    step.delivery = std::move(delivery);
    return step;
}

TransmissionStep after_transmission(store::Message message, std::optional<Error> const& trouble,
                                    partner::RetryPolicy const& policy, Timestamp now, double random) {
    TransmissionStep step;
    message.updated_at = now;
    if (!trouble) {
        // A stored acknowledgment sent once more, or an answer that overtook our own record, keeps its state.
        if (message.state == store::MessageState::ready)
            message.state = store::MessageState::sent;
        message.reason.clear();
        step.note = {"sent", fmt::format("{} written to channel {}", message.file_name, message.channel)};
    } else if (trouble->is_temporary() && message.attempts < policy.attempts) {
        auto const wait = delivery::backoff(message.attempts, policy.base, policy.cap, random);
        step.retry_at = now + wait;
        message.reason = trouble->message;
        step.note = {"transmission_failed", fmt::format("attempt {} on channel {} failed: {}; next in {} s", message.attempts,
                                                        message.channel, without_channel(trouble->message, message.channel), wait.count() / 1000)};
    } else {
        message.state = store::MessageState::dead_letter;
        message.reason = trouble->message;
        step.note = {"transmission_given_up", fmt::format("channel {}: {}", message.channel, without_channel(trouble->message, message.channel))};
    }
    step.message = std::move(message);
    return step;
}

Reconciliation reconcile(store::Message message, std::vector<store::Document> documents, grammar::GroupAcknowledgment const& answer) {
    Reconciliation result;
    bool const was_overdue = message.state == store::MessageState::overdue;

    std::vector<grammar::SetAcknowledgment const*> answers(documents.size(), nullptr);
    std::size_t refused_by_name = 0;
    for (auto const& set : answer.sets) {
        auto const found = std::ranges::find_if(documents, [&](store::Document const& document) {
            return without_zeros(document.transaction_control_number) == without_zeros(set.control_number) &&
                   (set.set_id.empty() || set.set_id == document.transaction_set);
        });
        if (found == documents.end()) {
            result.notes.push_back({"UNMATCHED_ACKNOWLEDGMENT", fmt::format("the 997 names set {} {}, which was not in group {}",
                                                                            set.set_id, set.control_number,
                                                                            answer.group_control_number)});
            continue;
        }
        answers[static_cast<std::size_t>(found - documents.begin())] = &set;
        refused_by_name += set.accepted() ? 0 : 1;
    }

    bool contradicted = false;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        bool accepted = false;
        std::string reason;
        if (answers[i] != nullptr) {
            accepted = answers[i]->accepted();
            reason = fmt::format("{}", fmt::join(answers[i]->errors, "; "));
        } else if (accepts(answer.code)) {
            accepted = true;
        } else if (answer.code == 'P') {
            if (refused_by_name == 0) { // partly accepted, but which? nothing may be guessed
                result.notes.push_back({"ACKNOWLEDGMENT_UNCLEAR",
                                        fmt::format("the 997 for group {} accepts a part of it and names no refused set; set {} "
                                                    "stays without an answer",
                                                    answer.group_control_number, documents[i].transaction_control_number)});
                continue;
            }
            accepted = true;
        } else {
            reason = fmt::format("{}", fmt::join(answer.errors, "; "));
        }
        auto const next = accepted ? store::DocumentState::acknowledged : store::DocumentState::refused;
        if (documents[i].state == next)
            continue;
        if (!waits_for_answer(documents[i].state)) {
            contradicted = true;
            continue;
        }
        documents[i].state = next;
        documents[i].reason = accepted ? std::string() : reason.empty() ? std::string("refused without a reason") : reason;
        result.notes.push_back(
            accepted ? Note{"acknowledged", fmt::format("set {} {} was accepted", documents[i].transaction_set,
                                                        documents[i].transaction_control_number)}
                     : Note{"REFUSED_BY_PARTNER", fmt::format("set {} {} was refused: {}", documents[i].transaction_set,
                                                              documents[i].transaction_control_number, documents[i].reason)});
        result.documents.push_back(documents[i]);
    }
    if (contradicted)
        result.notes.push_back({"ACKNOWLEDGMENT_CONTRADICTS",
                                fmt::format("a further 997 for group {} contradicts the first; the first counts",
                                            answer.group_control_number)});

    bool const all_answered =
        std::ranges::none_of(documents, [](auto const& document) { return waits_for_answer(document.state); });
    if (result.documents.empty())
        return result;
    auto const accepted_count = std::ranges::count_if(
        documents, [](auto const& document) { return document.state == store::DocumentState::acknowledged; });
    if (all_answered) {
        message.state = accepted_count == std::ssize(documents) ? store::MessageState::accepted
                        : accepted_count == 0                   ? store::MessageState::refused
                                                                : store::MessageState::partially_accepted;
        message.reason.clear();
        result.ends_waiting = true;
    }
    if (was_overdue) {
        message.acknowledged_late = true;
        result.notes.push_back({"acknowledged_late", "the acknowledgment came after its deadline"});
    }
    result.message = std::move(message);
    return result;
}

Reconciliation reconcile_interchange(store::Message message, std::vector<store::Document> documents, char code,
                                     std::string_view note) {
    Reconciliation result;
    if (code != 'R')
        return result;
    auto const reason = fmt::format("the partner refused the whole interchange {} (TA1 note {})",
                                    message.interchange_control_number, note);
    for (auto& document : documents)
        if (waits_for_answer(document.state)) {
            document.state = store::DocumentState::refused;
            document.reason = reason;
            result.documents.push_back(std::move(document));
        }
    // An acknowledgment of ours has no documents; that the partner cannot read it is for a person to know all the same.
    bool const bare = documents.empty() && (message.state == store::MessageState::ready || message.state == store::MessageState::sent);
    if (result.documents.empty() && !bare)
        return result;
    result.notes.push_back({"REFUSED_BY_PARTNER", reason});
    message.state = store::MessageState::refused;
    message.reason = reason;
    result.ends_waiting = true;
    result.message = std::move(message);
    return result;
}

Reconciliation become_overdue(store::Message message, std::vector<store::Document> documents) {
    Reconciliation result;
    if (message.state != store::MessageState::sent)
        return result;
    for (auto& document : documents)
        if (document.state == store::DocumentState::sent || document.state == store::DocumentState::ready) {
            document.state = store::DocumentState::overdue;
            result.documents.push_back(std::move(document));
        }
    message.state = store::MessageState::overdue;
    message.reason = "no acknowledgment (997) in time";
    result.notes.push_back({"ACKNOWLEDGMENT_OVERDUE",
                            fmt::format("the partner has not acknowledged group {} in time: ask whether it arrived, or send it "
                                        "again with: wharf message resend",
                                        message.group_control_number)});
    result.message = std::move(message);
    return result;
}

} // namespace wharf::gateway
