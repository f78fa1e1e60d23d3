// Push to REST targets: one request per delivery, and what its outcome means.
//
// The contract with the target is docs/erp-interface.md: POST (by default) of the canonical document, headers
// Content-Type, Idempotency-Key, X-Correlation-Id, X-Wharf-Partner, X-Wharf-Document, X-Wharf-Test.
//
// libcurl stays inside the source. TLS is verified; redirects are not followed; the answer's body is limited.
// A Client belongs to one thread and keeps its connections.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::delivery {

struct TargetSettings {
    std::string name;                 // "erp"
    std::string url;                  // "https://erp.example/edi/{document}": {document} is the kind
    std::string method = "POST";
    std::string bearer_token;         // secrets are already resolved
    std::string basic_user, basic_password;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string ca_file;              // empty: the system's
    bool production = true;           // test documents never go to a production target
    std::chrono::seconds timeout{30};
    std::uint64_t max_answer_bytes = 1 << 20;
};

struct DeliveryRequest {
    std::string document_kind;
    std::string idempotency_key; // document id
    std::string correlation_id;  // message id
    std::string partner;
    bool test = false;
    std::string body; // canonical JSON
};

enum class OutcomeKind {
    delivered,         // 2xx; 409 with the same key
    temporary_failure, // no connection, time-out, 408, 425, 429, 5xx: try again
    permanent_failure, // the rest: dead letter
};

struct Outcome {
    OutcomeKind kind = OutcomeKind::temporary_failure;
    int status = 0; // HTTP; 0: no answer
    std::string error;            // for people; empty when delivered
    std::string target_reference; // "id" or "reference" of a JSON answer, else the Location header
    std::chrono::seconds retry_after{0}; // of 429 and 503, seconds or HTTP-date
};

class Client {
public:
    Client();
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    [[nodiscard]] Outcome deliver(TargetSettings const& target, DeliveryRequest const& request);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What a status means; the table of docs/erp-interface.md.
[[nodiscard]] OutcomeKind classify(int status);

/// Exponential backoff with jitter: attempt 1 waits about `base`, doubling up to `cap`; `random` in [0,1).
[[nodiscard]] std::chrono::milliseconds backoff(unsigned attempt, std::chrono::milliseconds base,
                                                std::chrono::milliseconds cap, double random);

} // namespace wharf::delivery
