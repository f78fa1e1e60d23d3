// Requests over HTTPS with libcurl: TLS always verified, redirects followed only within the same origin, answers of limited size.
//
// One thread; the connections are kept. Errors are `temporary` for what the network does, `permanent` for certificates, addresses and
// limits; a status is no error here. libcurl stays inside.
#pragma once

#include "transport/channel.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::transport::https {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method = "GET"; // GET, HEAD, DELETE, PUT, POST
    std::string url;
    Fields fields;              // beside those of the settings
    std::string_view body;      // of PUT and POST
    std::string_view file_name; // {name} in the settings' headers
    std::uint64_t most_bytes = 1u << 20; // of the answer's body
};
struct Answer {
    int status = 0;
    Fields fields; // of the last answer
    std::string body;
    [[nodiscard]] bool is_fine() const { return status >= 200 && status < 300; }
    /// Empty when there is none; any case.
    [[nodiscard]] std::string_view field(std::string_view name) const;
};

class Exchange {
public:
    /// `where` begins every message.
    Exchange(HttpsSettings const& settings, std::string where);
    ~Exchange();
    [[nodiscard]] Result<Answer> ask(Request const& request);
    /// The failure that a status is: 408, 425, 429 and most of the 500s are `temporary`.
    [[nodiscard]] std::unexpected<Error> refused(Answer const& answer, std::string_view what, std::string_view url) const;
    [[nodiscard]] std::string const& where() const { return where_; }

private:
    struct State;
    [[nodiscard]] Result<Answer> ask_once(Request const& request, std::string const& url);

    HttpsSettings const& settings_;
    std::string where_;
    std::unique_ptr<State> state_;
};

} // namespace wharf::transport::https
