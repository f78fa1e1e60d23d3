#include "transport/as2/post.hpp"

#include "transport/curl.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <curl/curl.h>
#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

/// What libcurl's callbacks need.
struct Exchange {
    Content body;
    std::uint64_t sent = 0;
    std::string failure; // of our own disk
    PostAnswer answer;
    std::uint64_t most_answer_bytes = 0;
    bool is_too_large = false;
    bool has_whole_head = false; // libcurl takes an end of the connection inside the head for the end of the answer
};

std::size_t give_body(char* to, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    auto const got = exchange.body.read(exchange.sent, to, size * count);
    if (!got) {
        exchange.failure = got.error().message;
        return CURL_READFUNC_ABORT;
    }
    exchange.sent += *got;
    return *got;
}

/// A kept connection that turns out to be closed is tried again on a new one: the body begins anew.
int rewind_body(void* user, curl_off_t offset, int origin) {
    if (origin != SEEK_SET) return CURL_SEEKFUNC_FAIL;
    static_cast<Exchange*>(user)->sent = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
}

int look_whether_stopping(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::atomic<bool> const*>(user)->load() ? 1 : 0;
}

std::size_t take_line(char* data, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    auto& answer = exchange.answer;
    std::string_view const line(data, size * count);
    if (line == "\r\n" || line == "\n") exchange.has_whole_head = true;
    if (line.starts_with("HTTP/")) {
        answer.fields.clear(); // an answer behind 100 or 102
        exchange.has_whole_head = false;
    } else if ((line.starts_with(' ') || line.starts_with('\t')) && !answer.fields.empty()) {
        if (auto const more = trimmed(line); !more.empty()) answer.fields.back().second.append(" ").append(more);
    } else if (auto const colon = line.find(':'); colon != std::string_view::npos && answer.fields.size() < limits::head_fields) {
        answer.fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
    return size * count;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    auto const bytes = size * count;
    if (exchange.answer.body.size() + bytes > exchange.most_answer_bytes) {
        exchange.is_too_large = true;
        return 0;
    }
    exchange.answer.body.append(data, bytes);
    return bytes;
}

Result<CurlLines> lines_of(Fields const& fields, PostSettings const& settings) {
    CurlLines lines;
    for (auto const& [name, value] : fields) {
        if ((name + value).find_first_of("\r\n") != std::string::npos)
            return invalid(fmt::format("the field {} has a line end", write_parameter(name)));
        if (!add_line(lines, value.empty() ? name + ";" : name + ": " + value)) return temporary("no memory");
    }
    if (!settings.expects_continue && !add_line(lines, "Expect:")) return temporary("no memory");
    return lines;
}

std::chrono::seconds retry_after(Fields const& fields) {
    auto const text = field(fields, "Retry-After");
    unsigned seconds = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds(error == std::errc() && end == text.data() + text.size() ? seconds : 0);
}

} // namespace

struct Poster::State {
    MetCertificate met; // first: the connections of the handle know it
    CurlHandle handle;
};

Poster::Poster() : state_(std::make_unique<State>()) {
    state_->handle = make_curl();
}
Poster::~Poster() = default;
Poster::Poster(Poster&&) noexcept = default;
Poster& Poster::operator=(Poster&&) noexcept = default;

Result<PostAnswer> Poster::post(PostSettings const& settings, Fields const& fields, Content const& body, std::atomic<bool> const* stopping) {
    auto* const curl = state_->handle.get();
    if (curl == nullptr) return temporary("libcurl does not start: no memory");
    auto const lines = lines_of(fields, settings);
    if (!lines) return unexpected(lines.error());
    Exchange exchange{.body = body, .sent = 0, .failure = {}, .answer = {}, .most_answer_bytes = settings.most_answer_bytes, .is_too_large = false,
                      .has_whole_head = false};
    std::array<char, CURL_ERROR_SIZE> reason{};

    ::curl_easy_reset(curl); // keeps the connections
    ::curl_easy_setopt(curl, CURLOPT_URL, settings.url.c_str());
    ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
    ::curl_easy_setopt(curl, CURLOPT_POST, 1L);
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    ::curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
    ::curl_easy_setopt(curl, CURLOPT_READDATA, &exchange);
    ::curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_body);
    ::curl_easy_setopt(curl, CURLOPT_SEEKDATA, &exchange);
    ::curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
    ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines->get());
    ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
    ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    ::curl_easy_setopt(curl, CURLOPT_USERAGENT, "Wharf");
    ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings.connect_timeout.count()));
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.idle_timeout.count()));
    ::curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    if (stopping != nullptr) {
        ::curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        ::curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_whether_stopping);
        ::curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(stopping));
    }
    TlsSettings tls;
    tls.authorities = settings.authorities;
    tls.pinned_public_key = settings.pinned_public_key;
    tls.client_certificate = settings.client_certificate;
    tls.client_key = settings.client_key.empty() ? settings.client_certificate : settings.client_key;
    tls.client_key_passphrase = settings.client_passphrase;
    set_tls(curl, tls);
    meet_certificate(curl, state_->met);
    set_text(curl, CURLOPT_PROXY, settings.proxy);
    set_text(curl, CURLOPT_PROXYUSERNAME, settings.proxy_user);
    set_text(curl, CURLOPT_PROXYPASSWORD, settings.proxy_password);
    set_text(curl, CURLOPT_USERNAME, settings.user);
    set_text(curl, CURLOPT_PASSWORD, settings.password);

    auto const code = ::curl_easy_perform(curl);
    long status = 0;
    ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr); // it goes with this call
    if (!exchange.failure.empty()) return temporary(exchange.failure);
    if (code == CURLE_ABORTED_BY_CALLBACK) return temporary("it was broken off, because we are stopping");
    if (code != CURLE_OK) {
        auto text = exchange.is_too_large ? fmt::format("the answer has more than {} bytes", settings.most_answer_bytes)
                                          : curl_failure(code, reason.data()) + (is_about_certificate(code) ? state_->met.words() : std::string());
        if (is_permanent(code) || exchange.is_too_large) return permanent(std::move(text));
        return temporary(std::move(text));
    }
    if (!exchange.has_whole_head) return temporary("the connection ended inside the head of the answer");
    exchange.answer.status = static_cast<int>(status);
    exchange.answer.retry_after = retry_after(exchange.answer.fields);
    return std::move(exchange.answer);
}

} // namespace wharf::transport::as2
