#include "api/api.hpp"

#include "api/views.hpp"
#include "diagnostic/render.hpp"
#include "gateway/partner_choice.hpp"
#include "gateway/submission.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <optional>

namespace wharf::api {

namespace {

using transport::http::Request;
using transport::http::Response;

Response json_answer(int status, json::Value const& value) {
    return {status, {{"Content-Type", "application/json"}}, json::to_text(value) + "\n"};
}

Response error(int status, std::string text, Diagnostics const& diagnostics = {}) {
    json::Value out{json::Object{}};
    out.set("error", std::move(text));
    if (!diagnostics.empty())
        if (auto list = json::parse(render_json(diagnostics)))
            out.set("diagnostics", std::move(*list));
    return json_answer(status, out);
}

Response store_failed(Error const& trouble) {
    return error(trouble.kind == ErrorKind::invalid ? 404 : trouble.is_temporary() ? 503 : 500, trouble.message);
}

/// One parameter of a query, decoded; nothing when it is absent.
std::optional<std::string> parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        auto const end = query.find('&');
        auto const pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
        auto const equals = pair.find('=');
        if (pair.substr(0, equals) != name || equals == std::string_view::npos)
            continue;
        std::string value;
        auto const text = pair.substr(equals + 1);
        for (std::size_t i = 0; i < text.size(); ++i) {
            unsigned code = 0;
            if (text[i] == '%' && i + 2 < text.size() &&
                std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16).ptr == text.data() + i + 3) {
                value += static_cast<char>(code);
                i += 2;
            } else {
                value += text[i] == '+' ? ' ' : text[i];
            }
        }
        return value;
    }
    return std::nullopt;
}

Response post_document(gateway::Context const& context, std::function<void()> const& wake, Request const& request) {
    gateway::Submission submission;
    submission.partner = request.header("X-Wharf-Partner");
    if (submission.partner.empty())
        submission.partner = parameter(request.query, "partner").value_or(std::string());
    submission.idempotency_key = request.header("Idempotency-Key");
    submission.body = request.body;
    if (submission.idempotency_key.size() > 255)
        return error(400, "the Idempotency-Key has more than 255 characters");
    auto const result = gateway::submit(context, submission);
    switch (result.fate) {
    case gateway::SubmissionFate::accepted:
        wake();
        return {202, {{"Content-Type", "application/json"}}, result.answer + "\n"};
    case gateway::SubmissionFate::repeated:
        return {202, {{"Content-Type", "application/json"}, {"Idempotency-Replayed", "true"}}, result.answer + "\n"};
    case gateway::SubmissionFate::refused:
        return error(422, "the document cannot be sent; nothing was stored", result.diagnostics);
    case gateway::SubmissionFate::conflict:
        return error(409, "this Idempotency-Key belongs to another request", result.diagnostics);
    case gateway::SubmissionFate::failed:
        break;
    }
    return store_failed(result.error);
}

Response get_document(gateway::Context const& context, std::string_view id) {
    std::optional<json::Value> found;
    auto read = context.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto document = transaction.document(id);
        if (!document)
            return unexpected(std::move(document.error()));
        if (!*document)
            return {};
        auto deliveries = transaction.deliveries_of(id);
        if (!deliveries)
            return unexpected(std::move(deliveries.error()));
        found = view(**document, true);
        json::Array list;
        for (auto const& delivery : *deliveries)
            list.push_back(view(delivery));
        found->set("deliveries", std::move(list));
        return {};
    });
    if (!read)
        return store_failed(read.error());
    return found ? json_answer(200, *found) : error(404, fmt::format("there is no document {}", id));
}

/// What every list takes; the answer when it is wrong.
std::optional<Response> read_common(Request const& request, std::optional<store::Direction>& direction, unsigned& limit) {
    if (auto const word = parameter(request.query, "direction")) {
        direction = store::parse_direction(*word);
        if (!direction)
            return error(400, "direction: inbound or outbound");
    }
    if (auto const text = parameter(request.query, "limit")) {
        auto const* end = text->data() + text->size();
        if (std::from_chars(text->data(), end, limit).ptr != end || limit == 0 || limit > 1000)
            return error(400, "limit: a number from 1 to 1000");
    }
    return std::nullopt;
}

Response list_exchanges(gateway::Context const& context, Request const& request) {
    using Which = store::ExchangeFilter::Which;
    store::ExchangeFilter filter;
    auto const which = parameter(request.query, "which").value_or("all");
    if (which != "all" && which != "refused" && which != "waiting")
        return error(400, "which: all, refused or waiting");
    filter.which = which == "refused" ? Which::refused : which == "waiting" ? Which::waiting : Which::all;
    filter.as2_message_id = parameter(request.query, "message_id").value_or(std::string());
    if (auto trouble = read_common(request, filter.direction, filter.limit))
        return std::move(*trouble);
    if (auto const chosen = gateway::choose_partner(filter, context.configuration, parameter(request.query, "partner").value_or(std::string())); !chosen)
        return error(400, "partner: " + chosen.error().message);
    json::Array list, turned_away;
    auto read = context.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto exchanges = transaction.exchanges(filter);
        if (!exchanges)
            return unexpected(std::move(exchanges.error()));
        for (auto const& exchange : *exchanges)
            list.push_back(view(exchange, gateway::partners_of(context.configuration, exchange.channel)));
        auto const refusals = gateway::turned_away(transaction, filter);
        if (!refusals)
            return unexpected(refusals.error());
        for (auto const& refusal : *refusals)
            turned_away.push_back(view(refusal, gateway::partners_of(context.configuration, refusal.channel)));
        return {};
    });
    if (!read)
        return store_failed(read.error());
    json::Value out{json::Object{}};
    out.set("exchanges", std::move(list));
    if (!turned_away.empty())
        out.set("turned_away", std::move(turned_away));
    return json_answer(200, out);
}

Response list_messages(gateway::Context const& context, Request const& request) {
    store::MessageFilter filter;
    filter.search = parameter(request.query, "search").value_or(std::string());
    filter.partner = parameter(request.query, "partner").value_or(std::string());
    if (auto const state = parameter(request.query, "state")) {
        filter.state = store::parse_message_state(*state);
        if (!filter.state)
            return error(400, fmt::format("state: there is no state {}", *state));
    }
    if (auto trouble = read_common(request, filter.direction, filter.limit))
        return std::move(*trouble);
    json::Array list;
    auto read = context.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto messages = transaction.messages(filter);
        if (!messages)
            return unexpected(std::move(messages.error()));
        for (auto const& message : *messages) {
            auto const next = gateway::next_attempt(transaction, message);
            if (!next)
                return unexpected(next.error());
            put_next(list.emplace_back(view(message)), *next);
        }
        return {};
    });
    if (!read)
        return store_failed(read.error());
    json::Value out{json::Object{}};
    out.set("messages", std::move(list));
    return json_answer(200, out);
}

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address == "::1" || address == "localhost";
}

} // namespace

Result<Api> Api::open(gateway::Context const& context, std::function<void()> wake) {
    Api api(context, std::move(wake));
    auto const& listen = context.configuration.gateway.listen;
    for (auto const& configured : listen.tokens) {
        auto token = configured.token.resolve();
        if (!token)
            return invalid(fmt::format("listen.tokens, {}: {}", configured.name, token.error().message));
        api.tokens_.push_back({configured.name, transport::sha256_hex(*token)});
    }
    api.open_to_all_ = api.tokens_.empty() && is_loopback(listen.address);
    return api;
}

bool Api::is_allowed(Request const& request) const {
    // Without tokens whoever runs on this machine may ask, but not a web page that its browser shows: only a page's
    // requests name an origin.
    if (open_to_all_)
        return request.header("Origin").empty();
    constexpr std::string_view scheme = "Bearer ";
    auto const header = request.header("Authorization");
    if (!header.starts_with(scheme))
        return false;
    auto const given = transport::sha256_hex(header.substr(scheme.size()));
    for (auto const& token : tokens_)
        if (token.sha256 == given)
            return true;
    return false;
}

Response Api::handle(Request const& request) const {
    auto answer = request.path != "/v1/health" && !is_allowed(request)
                      ? error(401, "a bearer token of this gateway is needed: see `listen.tokens` in wharf.yaml")
                      : route(request);
    if (answer.status == 401)
        answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    answer.headers.emplace_back("Cache-Control", "no-store");
    context_->log.line("api", "-", fmt::format("method={} path={} status={}", gateway::for_log(request.method),
                                               gateway::for_log(request.path), answer.status));
    return answer;
}

Response Api::health() const {
    using namespace std::chrono_literals;
    // A durable write: reading goes on when the disk is full. Once a second at most, because nobody needs a token here.
    std::lock_guard const guard(health_->mutex);
    auto const now = context_->clock.now();
    if (!health_->asked || now - *health_->asked >= 1s || now < *health_->asked) {
        auto written = context_->store.transact([](store::Transaction& transaction) -> Result<void> {
            auto number = transaction.next_control_number("health", 1'000'000);
            return number ? Result<void>() : unexpected(std::move(number.error()));
        });
        health_->well = written.has_value();
        health_->asked = now;
    }
    json::Value out{json::Object{}};
    out.set("status", health_->well ? "ok" : "store_unreachable");
    out.set("time", to_iso8601(now));
    return json_answer(health_->well ? 200 : 503, out);
}

Response Api::route(Request const& request) const {
    constexpr std::string_view documents = "/v1/documents";
    constexpr std::string_view messages = "/v1/messages";
    constexpr std::string_view exchanges = "/v1/exchanges";
    std::string_view const path = request.path;
    bool const get = request.method == "GET";
    auto const only = [&](char const* method) {
        auto answer = error(405, fmt::format("only {} is answered here", method));
        answer.headers.emplace_back("Allow", method);
        return answer;
    };
    if (path == "/v1/health")
        return get ? health() : only("GET");
    if (path == documents)
        return request.method == "POST" ? post_document(*context_, wake_, request) : only("POST");
    if (path == messages)
        return get ? list_messages(*context_, request) : only("GET");
    if (path == exchanges)
        return get ? list_exchanges(*context_, request) : only("GET");
    if (path.starts_with(exchanges) && path[exchanges.size()] == '/') {
        if (!get)
            return only("GET");
        auto const found = gateway::view_exchange(context_->store, path.substr(exchanges.size() + 1));
        return found ? json_answer(200, view(*found, gateway::partners_of(context_->configuration, found->exchange.channel))) : store_failed(found.error());
    }
    if (path.starts_with(documents) && path[documents.size()] == '/')
        return get ? get_document(*context_, path.substr(documents.size() + 1)) : only("GET");
    if (path.starts_with(messages) && path[messages.size()] == '/') {
        if (!get)
            return only("GET");
        auto id = path.substr(messages.size() + 1);
        bool const raw = id.ends_with("/raw");
        if (raw)
            id.remove_suffix(4);
        auto found = gateway::view_message(context_->store, id);
        if (!found)
            return store_failed(found.error());
        if (raw)
            return {200, {{"Content-Type", "application/octet-stream"}}, std::move(found->message.raw)};
        return json_answer(200, view(*found));
    }
    return error(404, "there is nothing at this path; see docs/gateway.md");
}

} // namespace wharf::api
