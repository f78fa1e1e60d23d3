#include "gateway/acceptance.hpp"

#include "base/id.hpp"
#include "diagnostic/render.hpp"
#include "document/answered_lines.hpp"
#include "document/stores.hpp"
#include "gateway/push.hpp"
#include "syntax/json/value.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

namespace {

constexpr std::size_t most_parts = 10'000;         // one order for so many stores is a mistake
constexpr std::size_t most_bytes_of_parts = 64U << 20; // each part repeats the header
constexpr unsigned most_messages = 1000;           // that have to do with one order number
constexpr std::string_view part_mark = "|store:";  // behind the business key of the whole

void add_findings(std::string& diagnostics, Diagnostics const& findings) {
    if (findings.empty())
        return;
    auto stored = json::parse(diagnostics);
    auto more = json::parse(render_json(findings));
    if (!stored || !more)
        return;
    for (auto& finding : more->items())
        stored->items().push_back(std::move(finding));
    diagnostics = json::to_text(*stored);
}

} // namespace

Result<std::optional<json::Value>> newest_order(store::Transaction& transaction, store::Direction direction, std::string_view partner,
                                                bool test, std::string_view number) {
    store::MessageFilter filter;
    filter.direction = direction;
    filter.partner = partner;
    filter.search = number;
    filter.limit = most_messages;
    auto messages = transaction.messages(filter);
    if (!messages)
        return unexpected(std::move(messages.error()));
    for (auto const& message : *messages) {
        if (message.test != test)
            continue;
        auto documents = transaction.documents_of(message.id);
        if (!documents)
            return unexpected(std::move(documents.error()));
        for (auto const& document : *documents) {
            bool const taken = direction == store::Direction::outbound || document.state == store::DocumentState::accepted;
            if (document.kind == "purchase_order" && document.number == number && taken && !is_part(document))
                if (auto parsed = json::parse(document.json))
                    return std::optional(std::move(*parsed));
        }
    }
    return std::optional<json::Value>();
}

Result<void> complete_accepted(store::Transaction& transaction, store::Document& document) {
    if (document.kind != "purchase_order_acknowledgment" || document.order_number.empty())
        return {};
    auto order = newest_order(transaction, store::Direction::outbound, document.partner, document.test, document.order_number);
    if (!order)
        return unexpected(std::move(order.error()));
    auto acknowledgment = json::parse(document.json);
    if (!*order || !acknowledgment)
        return {};
    add_findings(document.diagnostics, document::derive_answered_lines(*acknowledgment, **order));
    document.json = json::to_text(*acknowledgment);
    return {};
}

Result<void> deliver_accepted(store::Transaction& transaction, Record& record, store::Document document,
                              partner::DocumentAgreement const& agreement, std::vector<partner::Target const*> const& targets,
                              Timestamp now) {
    auto const whole = agreement.split_by_store ? json::parse(document.json) : Result<json::Value>(json::Value());
    auto const size = whole ? document::size_of_split(*whole) : document::SplitSize();
    if (size.parts == 0)
        return add_deliveries(transaction, document, targets, now);
    if (size.parts > most_parts || size.bytes > most_bytes_of_parts) {
        WHARF_TRY(record.note(document.id, "NOT_SPLIT",
                              fmt::format("the order would become {} orders of {} MB together, more than {} or {} MB: it is delivered whole",
                                          size.parts, size.bytes >> 20, most_parts, most_bytes_of_parts >> 20)));
        return add_deliveries(transaction, document, targets, now);
    }
    auto parts = document::split_by_store(*whole);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto part = document;
        part.id = new_id(now);
        parts[i].set("id", part.id);
        part.json = json::to_text(parts[i]);
        part.business_key = fmt::format("{}{}{}", document.business_key, part_mark, i + 1);
        part.diagnostics = "[]";
        part.reason = fmt::format("part {} of {} of document {}", i + 1, parts.size(), document.id);
        WHARF_TRY(transaction.insert(part));
        WHARF_TRY(record.note(part.id, "split_off", part.reason, fmt::format("of={}", document.id)));
        WHARF_TRY(add_deliveries(transaction, part, targets, now));
    }
    document.reason = fmt::format("split by store: {} documents are delivered in its place", parts.size());
    WHARF_TRY(transaction.update(document));
    return record.note(document.id, "split_by_store", document.reason, fmt::format("parts={}", parts.size()));
}

bool is_part(store::Document const& document) {
    auto const at = document.business_key.rfind(part_mark);
    if (at == std::string::npos)
        return false;
    auto const number = std::string_view(document.business_key).substr(at + part_mark.size());
    return !number.empty() && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace wharf::gateway
