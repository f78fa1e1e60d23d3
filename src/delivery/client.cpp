// One request over libcurl. What is sent and what answers mean is docs/erp-interface.md; a test holds its example against
// the bytes this file sends.
#include "base/clock.hpp"
#include "delivery/answer.hpp"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <fmt/format.h>
#include <mutex>

namespace wharf::delivery {
namespace {

constexpr std::chrono::seconds longest_connect{10};

using HeaderList = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;
using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;
using Url = std::unique_ptr<CURLU, void (*)(CURLU*)>;

constexpr std::array<std::string_view, 10> own_headers = {
    "accept",       "authorization",   "content-length",  "content-type",     "host",
    "idempotency-key", "transfer-encoding", "x-correlation-id", "x-wharf-document", "x-wharf-partner"};

std::string lowered(std::string_view text) {
    std::string result(text);
    for (auto& letter : result)
        if (letter >= 'A' && letter <= 'Z')
            letter = static_cast<char>(letter - 'A' + 'a');
    return result;
}

bool is_header_value(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

std::string base64(std::string_view bytes) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto const left = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= left ? alphabet[group >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

/// The target's secrets as they may show up in somebody's error page.
class Mask {
public:
    explicit Mask(TargetSettings const& target) {
        add(target.bearer_token);
        add(target.basic_password);
        if (!target.basic_password.empty())
            add(base64(target.basic_user + ":" + target.basic_password));
        for (auto const& [name, value] : target.headers) // an API key as often as not
            if (lowered(name) != "accept-language")
                add(value, 8);
    }
    [[nodiscard]] std::string operator()(std::string text) const {
        for (auto const& secret : secrets_)
            for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
                text.replace(at, secret.size(), "***");
        return text;
    }

private:
    void add(std::string secret, std::size_t shortest = 1) {
        if (secret.size() >= shortest)
            secrets_.push_back(std::move(secret));
    }
    std::vector<std::string> secrets_;
};

struct Destination {
    std::string url;
    std::string shown; // without query, which may hold a key
    bool is_loopback = false;
};

/// Fills the template and looks at the result before curl does.
Result<Destination> destination(TargetSettings const& target, DeliveryRequest const& request) {
    auto const wrong = [&](std::string_view reason) {
        return invalid(fmt::format("target {}: its url {}", target.name, reason));
    };
    if (!is_token(request.document_kind))
        return invalid(fmt::format("target {}: the kind of document is missing or is no plain word", target.name));
    static constexpr std::string_view place = "{document}";
    Destination result;
    result.url = target.url;
    for (auto at = result.url.find(place); at != std::string::npos; at = result.url.find(place, at))
        result.url.replace(at, place.size(), request.document_kind);
    if (auto const brace = result.url.find_first_of("{}"); brace != std::string::npos)
        return wrong("has a brace that is not {document}; that is the only placeholder");

    Url const url(::curl_url(), ::curl_url_cleanup);
    auto const part = [&](CURLUPart which) {
        char* text = nullptr;
        std::string value;
        if (::curl_url_get(url.get(), which, &text, 0) == CURLUE_OK)
            value = text;
        ::curl_free(text);
        return value;
    };
    if (::curl_url_set(url.get(), CURLUPART_URL, result.url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return wrong("is not a URL of the form https://host/path");
    auto const scheme = part(CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https")
        return wrong("must begin with https:// or http://");
    if (!part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty())
        return wrong("holds a user or password; use basic_user and basic_password");
    auto const host = part(CURLUPART_HOST), port = part(CURLUPART_PORT);
    result.is_loopback = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    result.shown = fmt::format("{}://{}{}{}{}", scheme, host, port.empty() ? "" : ":", port, part(CURLUPART_PATH));
    return result;
}

Result<HeaderList> headers(TargetSettings const& target, DeliveryRequest const& request) {
    curl_slist* list = nullptr;
    auto const owned = [&] { return HeaderList(list, ::curl_slist_free_all); };
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> lines;
    for (auto const& [name, value] : target.headers) {
        auto const lower = lowered(name);
        if (!is_token(name) || !is_header_value(value))
            return invalid(fmt::format("target {}: header \"{}\" is not a header name, or its value has a line end", target.name,
                                       name));
        if (lower == "content-type")
            content_type = value;
        else if (lower != "x-wharf-test" && std::ranges::find(own_headers, lower) == own_headers.end())
            lines.emplace_back(name, value);
        else
            return invalid(fmt::format("target {}: header {} is set by Wharf itself; take it out of the target's headers",
                                       target.name, name));
    }
    lines.insert(lines.begin(), {{"Content-Type", content_type},
                                 {"Accept", "application/json"},
                                 {"Idempotency-Key", request.idempotency_key},
                                 {"X-Correlation-Id", request.correlation_id},
                                 {"X-Wharf-Partner", request.partner},
                                 {"X-Wharf-Document", request.document_kind},
                                 {"X-Wharf-Test", request.test ? "true" : "false"}});
    if (!target.bearer_token.empty())
        lines.emplace_back("Authorization", "Bearer " + target.bearer_token);
    else if (!target.basic_user.empty())
        lines.emplace_back("Authorization", "Basic " + base64(target.basic_user + ":" + target.basic_password));
    lines.emplace_back("Expect", ""); // no waiting for 100 Continue: many servers never send it
    for (auto const& [name, value] : lines) {
        if (!is_header_value(value)) {
            auto const drop = owned();
            return invalid(fmt::format("target {}: the value for header {} has a control character", target.name, name));
        }
        auto const line = value.empty() && name != "Expect" ? name + ";" : name + ": " + value;
        list = ::curl_slist_append(list, (name == "Expect" ? "Expect:" : line).c_str());
    }
    return owned();
}

struct Receiver {
    Answer answer;
    std::uint64_t limit = 0;
};

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
    static_cast<Receiver*>(user)->answer.take_header({data, size * count});
    return size * count;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& receiver = *static_cast<Receiver*>(user);
    auto const bytes = size * count;
    if (receiver.answer.body.size() + bytes > receiver.limit) {
        receiver.answer.body.append(data, receiver.limit - receiver.answer.body.size());
        receiver.answer.is_whole = false;
        return 0; // enough; the status is known
    }
    receiver.answer.body.append(data, bytes);
    return bytes;
}

std::string_view meaning_of(int status) {
    switch (status) {
    case 400:
    case 422:
        return "the target does not accept this document's content";
    case 401:
    case 403:
        return "the target refuses our credentials; check the target's settings and secrets";
    case 404:
        return "the target has nothing at this address; check its url";
    case 405:
        return "the target does not take this method at this address";
    case 409:
        return "the target reports a conflict, and the answer does not name our Idempotency-Key";
    case 413:
        return "the document is larger than the target takes";
    case 415:
        return "the target does not take this Content-Type";
    case 429:
        return "the target asks us to slow down";
    default:
        return status >= 300 && status < 400 ? "redirects are not followed; put the final address into the target's url" : "";
    }
}

} // namespace

struct Client::State {
    Handle handle{nullptr, ::curl_easy_cleanup};
};

Client::Client() : state_(std::make_unique<State>()) {
    static std::once_flag once;
    std::call_once(once, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
    state_->handle.reset(::curl_easy_init());
}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Outcome Client::deliver(TargetSettings const& target, DeliveryRequest const& request) {
    Outcome outcome;
    auto const refuse = [&](std::string reason) {
        outcome.kind = OutcomeKind::permanent_failure;
        outcome.error = std::move(reason);
        return outcome;
    };
    if (request.test && target.production)
        return refuse(fmt::format("target {}: a test document is never sent to a production target; give the partner a test "
                                  "target",
                                  target.name));
    if (request.idempotency_key.empty())
        return refuse(fmt::format("target {}: the document has no idempotency key", target.name));
    if (!is_token(target.method))
        return refuse(fmt::format("target {}: its method is not one, as POST or PUT are", target.name));
    auto const where = destination(target, request);
    if (!where)
        return refuse(where.error().message);
    auto const list = headers(target, request);
    if (!list)
        return refuse(list.error().message);
    auto* const curl = state_->handle.get();
    if (!curl) {
        outcome.error = "libcurl does not start: out of memory";
        return outcome;
    }

    Receiver receiver;
    receiver.limit = target.max_answer_bytes;
    std::array<char, CURL_ERROR_SIZE> reason{};
    auto const total = std::chrono::milliseconds(target.timeout);
    ::curl_easy_reset(curl); // keeps the connections
    ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
    ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    ::curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!target.ca_file.empty())
        ::curl_easy_setopt(curl, CURLOPT_CAINFO, target.ca_file.c_str());
    if (where->is_loopback)
        ::curl_easy_setopt(curl, CURLOPT_PROXY, "");
    ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                       static_cast<long>(std::min(total, std::chrono::milliseconds(longest_connect)).count()));
    ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(total.count()));
    ::curl_easy_setopt(curl, CURLOPT_URL, where->url.c_str());
    ::curl_easy_setopt(curl, CURLOPT_USERAGENT, "wharf");
    ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list->get());
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, target.method.c_str());
    ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &receiver);
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
    auto const code = ::curl_easy_perform(curl);
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);

    // A status that has arrived decides, even if the connection then broke: the target has made up its mind.
    auto& answer = receiver.answer;
    long status = 0;
    ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    Mask const mask(target);
    auto const action = fmt::format("target {}: {} {}", target.name, target.method, where->shown);
    if (status < 200) {
        outcome.kind = OutcomeKind::temporary_failure;
        outcome.error = mask(fmt::format("{}: no answer: {}", action,
                                         reason[0] ? reason.data() : ::curl_easy_strerror(code)));
        if (code == CURLE_PEER_FAILED_VERIFICATION)
            outcome.error += ". The target's certificate is not trusted; if it has an authority of its own, name it in ca_file";
        return outcome;
    }
    answer.status = outcome.status = static_cast<int>(status);
    answer.is_whole = answer.is_whole && code == CURLE_OK;
    outcome.kind = judge(answer, request.idempotency_key);
    if (outcome.kind == OutcomeKind::delivered) {
        outcome.target_reference = mask(reference_of(answer));
        return outcome;
    }
    if (outcome.kind == OutcomeKind::temporary_failure)
        outcome.retry_after = retry_after_of(
            answer, std::chrono::floor<std::chrono::seconds>(SystemClock().now()).time_since_epoch().count());
    auto const meaning = meaning_of(outcome.status);
    auto const said = excerpt(answer.body);
    outcome.error = mask(fmt::format("{} answered {}{}{}{}{}", action, status, meaning.empty() ? "" : ": ", meaning,
                                     said.empty() ? "" : ". It says: ", said));
    return outcome;
}

} // namespace wharf::delivery
