// One POST over libcurl, as AS2 needs it: the body streamed from a Content with its length said before, no Expect unless the
// partner wants it, no redirects, an answer of any odd form with a limit on its size.
//
// A Poster belongs to one thread and keeps its connections. libcurl stays inside. Errors are `temporary` for what the network does
// (refused, reset, time-out, cut short) and `permanent` for what will not change by itself (address, certificate).
#pragma once

#include "transport/as2/mime.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace wharf::transport::as2 {

struct PostSettings {
    std::string url;                       // http:// or https://, with a query and of any length
    std::string user, password;            // Basic; empty: none
    std::string authorities;               // file of certificates to trust for TLS; empty: the system's
    std::string client_certificate, client_key; // files in PEM, for TLS
    std::string client_passphrase;         // of the key
    std::string pinned_public_key;         // "sha256//base64" as curl takes it; empty: none
    std::string proxy;
    std::string proxy_user, proxy_password; // empty: none
    bool expects_continue = false;         // wait for 100 Continue before the body; some peers never send it
    std::chrono::seconds connect_timeout{15};
    std::chrono::seconds idle_timeout{120}; // without a byte in either direction
    std::uint64_t most_answer_bytes = 4u << 20;
};
struct PostAnswer {
    int status = 0;
    Fields fields; // of the last answer: those of 100 and 102 are gone
    std::string body;
    std::chrono::seconds retry_after{0}; // in seconds; dates are not read
};

class Poster {
public:
    Poster();
    ~Poster();
    Poster(Poster&&) noexcept;
    Poster& operator=(Poster&&) noexcept;
    /// `stopping`: looked at about once a second; once it is set the POST is broken off, `temporary`. nullptr: never.
    [[nodiscard]] Result<PostAnswer> post(PostSettings const& settings, Fields const& fields, Content const& body,
                                          std::atomic<bool> const* stopping = nullptr);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::transport::as2
