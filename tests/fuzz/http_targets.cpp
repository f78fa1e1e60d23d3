// The target of transport/http: what strangers can send to our server.
#include "tests/fuzz/targets.hpp"

#include "transport/http/message.hpp"
#include "transport/http/syntax.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace wharf::fuzz {
namespace {

using namespace wharf::transport::http;

constexpr std::uint64_t most_body = 5000;

struct Event {
    std::string what; // method and path, "end", or the status of a refusal
    std::string bytes;
    bool operator==(Event const&) const = default;
};

void check_head(RequestReader::Head const& read) {
    auto const& head = read.head;
    require(head.path.starts_with('/') && head.path.find('\0') == std::string::npos, "a path begins with / and holds no NUL");
    require(!head.method.empty() && std::ranges::all_of(head.method, is_token_character), "a method is a token");
    require(head.content_length.value_or(0) <= most_body, "a body that is too long is refused by its length");
    Response answer;
    for (auto const& [name, value] : head.headers) {
        require(!name.empty() && std::ranges::all_of(name, is_token_character), "the name of a header is a token");
        require(std::ranges::none_of(value, is_control), "a header holds no control character");
        require(!value.starts_with(' ') && !value.ends_with(' '), "and no blanks around it");
        answer.headers.emplace_back(value, name); // any text where a name belongs
        answer.headers.emplace_back(name, value);
    }
    answer.headers.emplace_back("X", head.path);
    answer.headers.emplace_back(head.query, head.query);
    auto const text = render(answer, read.keep_alive, read.is_http_1_0, false, "D");
    require(text.find("\r\n\r\n") == text.size() - 4, "an answer has one end of its head");
    require(text.find("Content-Length: 0\r\n") != std::string::npos, "and tells its length");
}

/// Everything that comes out, with the input cut into pieces of so many bytes.
std::vector<Event> read(std::string_view input, std::size_t piece) {
    ReaderLimits limits;
    limits.max_body_bytes = most_body;
    limits.head_bytes = 2000;
    limits.head_fields = 20;
    RequestReader reader(limits);
    std::vector<Event> events;
    std::uint64_t told = 0;
    for (; !input.empty(); input.remove_prefix(std::min(piece, input.size()))) {
        std::string const own(input.substr(0, piece));
        std::string_view bytes = own;
        for (;;) {
            auto const before = bytes.size();
            auto const step = reader.next(bytes);
            require(bytes.size() <= before, "bytes are taken, not made");
            if (std::holds_alternative<RequestReader::NeedMore>(step)) {
                require(bytes.empty(), "who needs more has used all");
                break;
            }
            if (auto const* const refusal = std::get_if<Refusal>(&step)) {
                require(refusal->status >= 400 && !refusal->reason.empty(), "a refusal has a status and a reason");
                events.push_back({std::to_string(refusal->status), {}});
                return events;
            }
            if (auto const* const head = std::get_if<RequestReader::Head>(&step)) {
                check_head(*head);
                told = head->head.content_length.value_or(most_body);
                events.push_back({head->head.method + " " + head->head.path, {}});
            } else if (auto const* const part = std::get_if<RequestReader::Part>(&step)) {
                require(!part->bytes.empty() && part->bytes.data() >= own.data() && part->bytes.data() + part->bytes.size() <= own.data() + own.size(),
                        "a part lies inside what was handed in");
                events.back().bytes += part->bytes;
                require(events.back().bytes.size() <= told, "a body is not longer than was said or allowed");
            } else {
                require(!reader.is_inside(), "behind the end of a request");
                events.push_back({"end", {}});
            }
        }
    }
    return events;
}

} // namespace

void http(std::string_view input) {
    auto const whole = read(input, std::max<std::size_t>(1, input.size()));
    require(read(input, 1) == whole, "it does not matter how bytes are cut");
    require(read(input, 7) == whole, "nor this way");
}

} // namespace wharf::fuzz
