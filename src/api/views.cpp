#include "api/views.hpp"

#include <algorithm>

namespace wharf::api {

namespace {

void put(json::Value& object, char const* name, std::string_view text) {
    if (!text.empty())
        object.set(name, json::Value(text));
}

void put(json::Value& object, char const* name, std::int64_t number) { object.set(name, json::Value::integer(number)); }

/// Findings are stored as JSON text; "[]" is left out.
void put_diagnostics(json::Value& object, std::string const& text) {
    if (auto parsed = json::parse(text); parsed && !parsed->items().empty())
        object.set("diagnostics", std::move(*parsed));
}

void put_lines(json::Value& object, char const* name, std::string_view text) {
    json::Array lines;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!lines.empty())
        object.set(name, json::Value(std::move(lines)));
}

template <class Range> json::Value list(Range const& range) {
    json::Array items;
    for (auto const& item : range)
        items.push_back(view(item));
    return json::Value(std::move(items));
}

} // namespace

json::Value view(store::Message const& message) {
    json::Value out{json::Object{}};
    put(out, "id", message.id);
    put(out, "direction", to_string(message.direction));
    put(out, "state", to_string(message.state));
    put(out, "partner", message.partner);
    put(out, "channel", message.channel);
    put(out, "format", message.format);
    out.set("test", json::Value(message.test));
    put(out, "sender", message.sender);
    put(out, "receiver", message.receiver);
    put(out, "interchange_control_number", message.interchange_control_number);
    put(out, "group_control_number", message.group_control_number);
    put(out, "functional_id", message.functional_id);
    put(out, "file_name", message.file_name);
    put(out, "sha256", message.sha256);
    put(out, "reason", message.reason);
    put(out, "transfer", message.transfer_id);
    put(out, "answers", message.answers);
    put(out, "resend_of", message.resend_of);
    if (message.acknowledged_late)
        out.set("acknowledged_late", json::Value(true));
    if (message.direction == store::Direction::outbound)
        put(out, "attempts", static_cast<std::int64_t>(message.attempts));
    put(out, "created_at", to_iso8601(message.created_at));
    put(out, "updated_at", to_iso8601(message.updated_at));
    put_diagnostics(out, message.diagnostics);
    return out;
}

json::Value view(store::Document const& document, bool with_content) {
    json::Value out{json::Object{}};
    put(out, "id", document.id);
    put(out, "message", document.message_id);
    put(out, "state", to_string(document.state));
    put(out, "document", document.kind);
    put(out, "partner", document.partner);
    out.set("test", json::Value(document.test));
    put(out, "number", document.number);
    put(out, "order_number", document.order_number);
    put(out, "functional_id", document.functional_id);
    put(out, "group_control_number", document.group_control_number);
    put(out, "transaction_set", document.transaction_set);
    put(out, "transaction_control_number", document.transaction_control_number);
    put(out, "reason", document.reason);
    put(out, "created_at", to_iso8601(document.created_at));
    put(out, "updated_at", to_iso8601(document.updated_at));
    put_diagnostics(out, document.diagnostics);
    if (with_content && !document.json.empty())
        if (auto content = json::parse(document.json))
            out.set("content", std::move(*content));
    return out;
}

json::Value view(store::Delivery const& delivery) {
    json::Value out{json::Object{}};
    put(out, "id", delivery.id);
    put(out, "document", delivery.document_id);
    put(out, "target", delivery.target);
    put(out, "state", to_string(delivery.state));
    put(out, "attempts", static_cast<std::int64_t>(delivery.attempts));
    if (delivery.last_status != 0)
        put(out, "last_status", static_cast<std::int64_t>(delivery.last_status));
    put(out, "last_error", delivery.last_error);
    put(out, "target_reference", delivery.target_reference);
    put(out, "created_at", to_iso8601(delivery.created_at));
    put(out, "updated_at", to_iso8601(delivery.updated_at));
    return out;
}

json::Value view(store::Exchange const& exchange, std::string_view partner) {
    json::Value out{json::Object{}};
    put(out, "id", exchange.id);
    put(out, "direction", to_string(exchange.direction));
    put(out, "state", to_string(exchange.state));
    put(out, "partner", partner);
    put(out, "channel", exchange.channel);
    auto const names = gateway::names_of(exchange);
    put(out, "as2_from", names.from);
    put(out, "as2_to", names.to);
    put(out, "message_id", exchange.as2_message_id);
    put(out, "mic", exchange.mic);
    put(out, "receipt", to_string(exchange.receipt));
    put(out, "disposition", exchange.disposition);
    put(out, "receipt_message_id", exchange.receipt_message_id);
    put_lines(out, "certificates", exchange.certificates);
    put(out, "reason", exchange.reason);
    put(out, "attempts", static_cast<std::int64_t>(exchange.attempts));
    if (exchange.resends > 0)
        put(out, "resends", static_cast<std::int64_t>(exchange.resends));
    put(out, "created_at", to_iso8601(exchange.created_at));
    put(out, "updated_at", to_iso8601(exchange.updated_at));
    return out;
}

json::Value view(store::Event const& event) {
    json::Value out{json::Object{}};
    put(out, "at", to_iso8601(event.at));
    put(out, "type", event.type);
    put(out, "text", event.text);
    return out;
}

json::Value view_alarm(store::Event const& alarm) {
    auto out = view(alarm);
    put(out, "subject", alarm.subject);
    out.set("settled", json::Value(alarm.is_settled));
    if (alarm.settled_at)
        put(out, "settled_at", to_iso8601(*alarm.settled_at));
    return out;
}

json::Value view(store::Refusal const& refusal, std::string_view partner) {
    json::Value out{json::Object{}};
    put(out, "direction", "inbound");
    put(out, "state", "turned_away");
    put(out, "kind", refusal.kind);
    put(out, "partner", partner);
    put(out, "channel", refusal.channel);
    put(out, "address", refusal.address);
    put(out, "as2_from", refusal.from);
    put(out, "as2_to", refusal.to);
    put(out, "reason", refusal.reason);
    put(out, "count", static_cast<std::int64_t>(refusal.count));
    put(out, "first_at", to_iso8601(refusal.first_at));
    put(out, "last_at", to_iso8601(refusal.last_at));
    return out;
}

void put_next(json::Value& object, std::optional<gateway::NextAttempt> const& next) {
    if (next)
        put(object, "next_attempt_at", to_iso8601(next->at));
}

json::Value view(store::Transfer const& transfer) {
    json::Value out{json::Object{}};
    put(out, "id", transfer.id);
    put(out, "channel", transfer.channel);
    put(out, "file_name", transfer.file_name);
    put(out, "size", static_cast<std::int64_t>(transfer.size));
    put(out, "sha256", transfer.sha256);
    put(out, "state", to_string(transfer.state));
    put(out, "reason", transfer.reason);
    put(out, "received_at", to_iso8601(transfer.received_at));
    return out;
}

json::Value view(gateway::ExchangeView const& exchange, std::string_view partner) {
    auto out = view(exchange.exchange, partner);
    if (!exchange.transfers.empty())
        out.set("transfers", list(exchange.transfers));
    put_next(out, exchange.next);
    out.set("messages", list(exchange.messages));
    out.set("events", list(exchange.events));
    return out;
}

json::Value view(gateway::MessageView const& message) {
    auto out = view(message.message);
    put_next(out, message.next);
    json::Array documents;
    for (auto const& entry : message.documents) {
        auto document = view(entry.document, false);
        json::Array deliveries;
        for (std::size_t i = 0; i < entry.deliveries.size(); ++i) {
            auto delivery = view(entry.deliveries[i]);
            put_next(delivery, entry.next[i]);
            deliveries.push_back(std::move(delivery));
        }
        if (!deliveries.empty())
            document.set("deliveries", std::move(deliveries));
        if (!entry.events.empty())
            document.set("events", list(entry.events));
        documents.push_back(std::move(document));
    }
    out.set("documents", std::move(documents));
    if (message.exchange) {
        auto as2 = view(*message.exchange);
        put_next(as2, message.next_receipt);
        out.set("as2", std::move(as2));
    }
    if (!message.answers.empty())
        out.set("acknowledgments", list(message.answers));
    out.set("events", list(message.events));
    return out;
}

json::Value view(gateway::DeadLetters const& letters) {
    json::Value out{json::Object{}};
    out.set("transfers", list(letters.transfers));
    out.set("messages", list(letters.messages));
    json::Array held;
    for (auto const& document : letters.documents)
        held.push_back(view(document, false));
    out.set("documents", std::move(held));
    out.set("deliveries", list(letters.deliveries));
    return out;
}

} // namespace wharf::api
