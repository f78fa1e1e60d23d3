// The HTTP API, version 1, as a function from request to answer. docs/gateway.md is its manual.
//
//     POST /v1/documents            a canonical document to be sent; 202, 422
//     GET  /v1/documents/{id}       a document with its state and deliveries
//     GET  /v1/messages             ?search= ?state= ?direction= ?partner= ?limit=
//     GET  /v1/messages/{id}        a message with documents, deliveries and events
//     GET  /v1/messages/{id}/raw    its bytes
//     GET  /v1/exchanges            ?which= ?message_id= ?direction= ?partner= ?limit=
//     GET  /v1/exchanges/{id}       an AS2 exchange with its messages and events
//     GET  /v1/health
//
// Every answer but the raw bytes is JSON; errors are {"error": text, "diagnostics": […]}. Thread-safe.
#pragma once

#include "gateway/context.hpp"
#include "transport/http/server.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace wharf::api {

class Api {
public:
    /// Resolves the tokens; `wake` is called after a document was accepted.
    [[nodiscard]] static Result<Api> open(gateway::Context const& context, std::function<void()> wake);

    [[nodiscard]] transport::http::Response handle(transport::http::Request const& request) const;

private:
    struct Token {
        std::string name;
        std::string sha256; // compared instead of the token itself, so that time tells nothing
    };
    Api(gateway::Context const& context, std::function<void()> wake) : context_(&context), wake_(std::move(wake)) {}
    [[nodiscard]] bool is_allowed(transport::http::Request const& request) const;
    [[nodiscard]] transport::http::Response route(transport::http::Request const& request) const;
    [[nodiscard]] transport::http::Response health() const;

    gateway::Context const* context_;
    std::function<void()> wake_;
    std::vector<Token> tokens_;
    bool open_to_all_ = false; // loopback without tokens
    struct Health {
        std::mutex mutex;
        std::optional<Timestamp> asked;
        bool well = false;
    };
    std::unique_ptr<Health> health_ = std::make_unique<Health>();
};

} // namespace wharf::api
