#include "gateway/as2_listener.hpp"

#include "gateway/server_tls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace wharf::gateway {

namespace http = transport::http;

namespace {

http::Response page(int status, std::string_view text) {
    http::Response response;
    response.status = status;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    response.body = text;
    return response;
}

As2Request request_of(http::RequestHead const& head) {
    return {head.headers, head.peer_address, head.client_certificate, head.content_length};
}

} // namespace

/// An arrival as the server knows it.
class As2Body final : public http::BodyReceiver {
public:
    As2Body(As2Listener& listener, std::unique_ptr<As2Arrival> arrival) : listener_(listener), arrival_(std::move(arrival)) {}
    Result<void> take(std::string_view bytes) override { return arrival_->take(bytes); }
    std::optional<http::Response> answer_instead() override {
        auto answer = arrival_->answer_instead();
        return answer ? std::optional(listener_.response_of(std::move(*answer))) : std::nullopt;
    }
    void broken_off() override { arrival_->broken_off(); }
    http::Response finish() override { return listener_.response_of(arrival_->finish()); }

private:
    As2Listener& listener_;
    std::unique_ptr<As2Arrival> arrival_;
};

As2Listener::As2Listener(Context const& context, std::function<void()> wake) : context_(context), receiving_(context, std::move(wake)) {}

http::Admission As2Listener::admit(http::RequestHead const& head) {
    if (head.path != context_.configuration.gateway.as2.path)
        return page(404, "not found\n");
    if (head.method == "HEAD")
        return answer_head(request_of(head));
    if (head.method == "GET")
        return page(200, "This address takes AS2 messages by POST.\n");
    if (head.method != "POST") {
        auto response = page(head.method == "OPTIONS" ? 200 : 405, "");
        response.headers = {{"Allow", "POST, HEAD, GET, OPTIONS"}};
        return response;
    }
    auto begun = receiving_.begin(request_of(head));
    if (auto* const answer = std::get_if<As2Answer>(&begun))
        return response_of(std::move(*answer));
    return std::make_unique<As2Body>(*this, std::get<std::unique_ptr<As2Arrival>>(std::move(begun)));
}

http::Response As2Listener::response_of(As2Answer answer) {
    http::Response response;
    response.status = answer.status;
    response.headers = std::move(answer.fields);
    response.body = std::move(answer.body);
    if (!answer.exchange_id.empty())
        response.sent = [this, id = std::move(answer.exchange_id)] { receiving_.answered(id); };
    return response;
}

http::Response As2Listener::answer_head(As2Request const& request) {
    http::Response response;
    response.head_length = receiving_.held(request);
    if (auto const tag = as2::field(request.fields, "ETag"); !tag.empty() && *response.head_length > 0)
        response.headers = {{"ETag", std::string(tag)}};
    return response;
}

namespace {

Result<http::TlsSettings> tls_settings(Context const& context) {
    auto settings = server_tls(context.configuration.gateway.as2.tls);
    auto const good = settings ? http::check_tls(*settings) : Result<void>(unexpected(settings.error()));
    if (!good)
        return unexpected(Error{good.error().kind, "as2.tls: " + good.error().message});
    // Asked for, not required: whose relation wants one is known only when the names are.
    if (context.as2->wants_client_certificates())
        settings->client_certificates = http::ClientCertificates::asked;
    return settings;
}

} // namespace

Result<std::unique_ptr<As2Server>> serve_as2(Context const& context, std::function<void()> wake, unsigned threads) {
    auto const& configured = context.configuration.gateway.as2;
    if (!configured.is_set() || !context.as2)
        return nullptr;
    http::ServerSettings settings;
    settings.listeners.clear();
    if (configured.port.number != 0)
        settings.listeners.push_back({configured.address, configured.port.number});
    if (configured.tls_port.number != 0) {
        auto tls = tls_settings(context);
        if (!tls)
            return unexpected(std::move(tls.error()));
        settings.listeners.push_back({configured.address, configured.tls_port.number, std::move(*tls)});
    }
    settings.max_body_bytes = std::numeric_limits<std::uint64_t>::max(); // each relation has its own limit
    settings.threads = std::max(threads, 2u);
    set_limits(settings, configured.limits);
    settings.trouble = [&log = context.log](std::string const& peer, std::string const& what) {
        log.line("caller_refused", "-", fmt::format("server=as2 peer={} reason={}", peer, for_log(what)));
    };
    auto const listener = std::make_shared<As2Listener>(context, std::move(wake));
    bool const asks = context.as2->wants_client_certificates(); // a pin that comes meanwhile is asked for twice, not never
    auto server = http::Server::start(std::move(settings), [listener](http::RequestHead const& head) { return listener->admit(head); });
    if (!server)
        return unexpected(std::move(server.error()));
    context.log.line("serving_as2", "-", fmt::format("address={} port={} tls_port={} path={}", configured.address, configured.port.number,
                                                     configured.tls_port.number, for_log(configured.path)));
    return std::make_unique<As2Server>(context, std::move(*server), asks);
}

As2Server::As2Server(Context const& context, std::unique_ptr<http::Server> server, bool asks)
    : context_(context), server_(std::move(server)), asks_for_certificates_(asks) {
    context_.as2->when_renewed([this] { return ask_as_relations_want(); });
    (void)ask_as_relations_want(); // the files of TLS were good a moment ago
}

As2Server::~As2Server() { context_.as2->when_renewed({}); }

void As2Server::stop() { server_->stop(); }

Result<void> As2Server::reload_tls() {
    auto const& configured = context_.configuration.gateway.as2;
    if (configured.tls_port.number == 0)
        return {};
    std::lock_guard const guard(reloading_);
    bool const asks = context_.as2->wants_client_certificates();
    auto tls = tls_settings(context_);
    if (!tls)
        return unexpected(std::move(tls.error()));
    WHARF_TRY(server_->replace_tls(*tls, configured.port.number != 0 ? 1 : 0));
    asks_for_certificates_ = asks;
    return {};
}

/// A relation has got its first pin, or lost its last: whom it concerns connects anew, and is asked then. False: TLS cannot be set up
/// now, and this is to be called again.
bool As2Server::ask_as_relations_want() {
    std::lock_guard const guard(telling_);
    auto const trouble_before = std::exchange(trouble_, {});
    if (context_.as2->wants_client_certificates() == asks_for_certificates_)
        return true;
    if (auto const done = reload_tls(); !done) {
        trouble_ = done.error().message;
        if (trouble_ != trouble_before)
            context_.log.line("certificate_refused", "-", fmt::format("reason={}", for_log(trouble_)));
        return false;
    }
    if (context_.configuration.gateway.as2.tls_port.number != 0)
        context_.log.line("as2_client_certificates", "-", fmt::format("asked_for={}", asks_for_certificates_.load() ? "yes" : "no"));
    return true;
}

} // namespace wharf::gateway
