#include "transport/http/server.hpp"

#include <algorithm>

namespace wharf::transport::http {
namespace {

constexpr std::uint64_t most_reserved = 1u << 20; // on the word of a stranger alone

class Collector final : public BodyReceiver {
public:
    Collector(Server::Handler const& handler, RequestHead const& head, std::uint64_t most)
        : handler_(handler), most_(most) {
        static_cast<RequestHead&>(request_) = head;
        request_.body.reserve(static_cast<std::size_t>(std::min(head.content_length.value_or(0), most_reserved)));
    }
    Result<void> take(std::string_view bytes) override {
        if (bytes.size() > most_ - request_.body.size())
            return permanent("the body is larger than what is collected");
        request_.body.append(bytes);
        return {};
    }
    void broken_off() override {}
    Response finish() override { return handler_(request_); }

private:
    Server::Handler const& handler_;
    std::uint64_t most_;
    Request request_;
};

} // namespace

Admit collect(Server::Handler handler, std::uint64_t max_body_bytes) {
    return [handler = std::move(handler), max_body_bytes](RequestHead const& head) -> Admission {
        return std::make_unique<Collector>(handler, head, max_body_bytes);
    };
}

} // namespace wharf::transport::http
