// A small ERP for tests of the gateway: records what it gets, knows repeated keys as docs/erp-interface.md asks, and fails
// when told. Built on our own HTTP server (link wharf_transport). Thread-safe.
//
//     testing_support::Receiver erp;
//     target.url = erp.url();                       // http://127.0.0.1:PORT/edi/{document}
//     erp.fail_next(2, 503);                        // the next two requests
//     ASSERT_TRUE(erp.wait_for_effects(3));         // three documents, however often each was sent
#pragma once

#include "transport/http/server.hpp"

#include <chrono>
#include <condition_variable>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace wharf::testing_support {

class Receiver {
public:
    using Request = transport::http::Request;
    using Response = transport::http::Response;
    /// Looks at a request first; an answer returned here is sent and nothing takes effect.
    using Hook = std::function<std::optional<Response>(Request const&)>;

    /// A fixed port lets it come back under the same address.
    explicit Receiver(std::uint16_t port = 0) {
        transport::http::ServerSettings settings;
        settings.listeners[0].port = port;
        settings.max_body_bytes = 100u << 20;
        auto server = transport::http::Server::start(settings, [this](Request const& request) { return take(request); });
        if (!server)
            throw std::runtime_error(server.error().message);
        server_ = std::move(*server);
    }
    ~Receiver() { server_->stop(); }

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/edi/{{document}}", port()); }

    void fail_next(unsigned count, int status) {
        std::lock_guard const lock(mutex_);
        failures_ = count;
        failure_status_ = status;
    }
    void set_hook(Hook hook) {
        std::lock_guard const lock(mutex_);
        hook_ = std::move(hook);
    }

    /// Every request, repeated and refused ones too.
    [[nodiscard]] std::vector<Request> requests() const {
        std::lock_guard const lock(mutex_);
        return requests_;
    }
    /// The first request of each key that took effect, by key.
    [[nodiscard]] std::map<std::string, Request> effects() const {
        std::lock_guard const lock(mutex_);
        return effects_;
    }
    [[nodiscard]] bool wait_for_effects(std::size_t count, std::chrono::milliseconds time = std::chrono::seconds(10)) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [&] { return effects_.size() >= count; });
    }
    [[nodiscard]] bool wait_for_requests(std::size_t count, std::chrono::milliseconds time = std::chrono::seconds(10)) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [&] { return requests_.size() >= count; });
    }

private:
    Response take(Request const& request) {
        Hook hook;
        {
            std::lock_guard const lock(mutex_);
            requests_.push_back(request);
            changed_.notify_all();
            if (failures_ > 0) {
                --failures_;
                return text(failure_status_, "failing as told");
            }
            hook = hook_;
        }
        if (hook)
            if (auto answer = hook(request))
                return std::move(*answer);
        std::lock_guard const lock(mutex_);
        std::string const key(request.header("Idempotency-Key"));
        if (key.empty())
            return text(400, "no Idempotency-Key");
        auto const is_new = effects_.try_emplace(key, request).second;
        changed_.notify_all();
        Response response;
        response.status = is_new ? 201 : 200;
        response.headers = {{"Content-Type", "application/json"}};
        response.body = fmt::format(R"({{"id": "ERP-{}"}})", key);
        return response;
    }
    static Response text(int status, std::string_view body) {
        Response response;
        response.status = status;
        response.headers = {{"Content-Type", "text/plain"}};
        response.body = body;
        return response;
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<Request> requests_;
    std::map<std::string, Request> effects_;
    Hook hook_;
    unsigned failures_ = 0;
    int failure_status_ = 503;
    std::unique_ptr<transport::http::Server> server_;
};

} // namespace wharf::testing_support
