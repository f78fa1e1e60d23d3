#include "gateway/push.hpp"

#include "base/id.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/life_cycle.hpp"
#include "syntax/json/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace wharf::gateway {

namespace {

Result<delivery::TargetSettings> settings_of(partner::Target const& target) {
    delivery::TargetSettings settings;
    settings.name = target.name;
    settings.url = target.url;
    settings.method = target.method;
    settings.production = target.production;
    settings.timeout = target.timeout;
    settings.ca_file = target.ca_file.string();
    settings.basic_user = target.basic.user;
    // Read anew for each request, so that a secret may be rolled without a restart.
    auto bearer = target.bearer_token.resolve();
    if (!bearer)
        return unexpected(std::move(bearer.error()));
    settings.bearer_token = std::move(*bearer);
    auto password = target.basic.password.resolve();
    if (!password)
        return unexpected(std::move(password.error()));
    settings.basic_password = std::move(*password);
    for (auto const& header : target.headers) {
        if (header.secret.empty()) {
            settings.headers.emplace_back(header.name, header.value);
            continue;
        }
        auto value = header.secret.resolve();
        if (!value)
            return unexpected(std::move(value.error()));
        settings.headers.emplace_back(header.name, std::move(*value));
    }
    return settings;
}

/// "DOC-0101, MAP-0112": the warnings a document carries, so that its target can set it aside for a look.
std::string warnings_of(store::Document const& document) {
    constexpr std::size_t most = 10;
    std::vector<std::string_view> codes;
    auto const findings = json::parse(document.diagnostics);
    if (!findings)
        return {};
    for (auto const& finding : findings->items()) {
        auto const code = finding.string("code");
        if (finding.string("severity") == "warning" && std::ranges::find(codes, code) == codes.end() && codes.size() < most)
            codes.push_back(code);
    }
    return fmt::format("{}", fmt::join(codes, ", "));
}

} // namespace

Result<void> push(Context const& context, Deliver const& deliver, store::Job const& job) {
    std::optional<store::Delivery> delivery;
    std::optional<store::Document> document;
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.delivery(job.subject);
        if (!found)
            return unexpected(std::move(found.error()));
        delivery = std::move(*found);
        if (!delivery || delivery->state != store::DeliveryState::waiting) {
            delivery.reset();
            return transaction.finish_job(job.id);
        }
        // A target that does not answer is not asked by every worker in turn; no attempt is counted.
        if (auto const later = context.silent_targets->until(delivery->target, context.clock.now())) {
            delivery.reset();
            return transaction.postpone_job(job.id, *later);
        }
        auto owner = transaction.document(delivery->document_id);
        if (!owner)
            return unexpected(std::move(owner.error()));
        document = std::move(*owner);
        ++delivery->attempts;
        delivery->updated_at = context.clock.now();
        WHARF_TRY(transaction.update(*delivery));
        crash_point("before-count-attempt");
        return {};
    }));
    if (!delivery || !document)
        return {};
    crash_point("after-count-attempt");

    delivery::Outcome outcome;
    auto const* target = context.configuration.target(delivery->target);
    if (target == nullptr) {
        outcome.kind = delivery::OutcomeKind::permanent_failure;
        outcome.error = fmt::format("there is no target {} in wharf.yaml any more", delivery->target);
    } else if (target->production == document->test) { // whatever happened to the configuration since
        outcome.kind = delivery::OutcomeKind::permanent_failure;
        outcome.error = document->test ? "a test document never goes to a production target"
                                       : "a production document never goes to a test target";
    } else if (auto settings = settings_of(*target); !settings) {
        outcome.kind = delivery::OutcomeKind::temporary_failure;
        outcome.error = settings.error().message;
    } else {
        delivery::DeliveryRequest request;
        request.document_kind = document->kind;
        request.idempotency_key = document->id;
        request.correlation_id = document->message_id;
        request.partner = document->partner;
        request.test = document->test;
        request.body = document->json;
        if (auto warnings = warnings_of(*document); !warnings.empty())
            settings->headers.emplace_back("X-Wharf-Warnings", std::move(warnings));
        auto const begun = context.clock.now();
        outcome = deliver(*settings, request);
        context.silent_targets->report(delivery->target, begun, context.clock.now(),
                                       outcome.kind != delivery::OutcomeKind::temporary_failure);
    }
    crash_point("after-request");

    auto const now = context.clock.now();
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto step = after_attempt(*delivery, outcome, context.configuration.gateway.retry, now, context.random());
        WHARF_TRY(transaction.update(step.delivery));
        WHARF_TRY(record.note(step.delivery.document_id, step.note.type, step.note.text,
                              fmt::format("target={} delivery={} attempt={} status={}", step.delivery.target, step.delivery.id,
                                          step.delivery.attempts, step.delivery.last_status)));
        return step.retry_at ? transaction.postpone_job(job.id, *step.retry_at) : transaction.finish_job(job.id);
    }));
    crash_point("after-record-outcome");
    return {};
}

Result<void> add_deliveries(store::Transaction& transaction, store::Document const& document,
                            std::vector<partner::Target const*> const& targets, Timestamp now) {
    for (auto const* target : targets) {
        store::Delivery delivery;
        delivery.id = new_id(now);
        delivery.document_id = document.id;
        delivery.target = target->name;
        delivery.created_at = now;
        delivery.updated_at = now;
        WHARF_TRY(transaction.insert(delivery));
        WHARF_TRY(transaction.add_job(store::JobKind::deliver, delivery.id, now));
    }
    return {};
}

} // namespace wharf::gateway
