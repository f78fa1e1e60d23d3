#include "transport/https/exchange.hpp"

#include "transport/answer_words.hpp"
#include "transport/curl.hpp"
#include "transport/https/address.hpp"
#include "transport/pickup.hpp"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <fmt/format.h>

namespace wharf::transport::https {
namespace {

constexpr unsigned most_redirects = 5;
constexpr std::size_t most_fields = 200;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool is_same_name(std::string_view a, std::string_view b) {
    auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

struct Sink {
    Answer answer;
    std::uint64_t most;
    bool is_too_large = false;
};

std::size_t take_line(char* data, std::size_t size, std::size_t count, void* user) {
    auto& fields = static_cast<Sink*>(user)->answer.fields;
    std::string_view const line(data, size * count);
    auto const colon = line.find(':');
    if (line.starts_with("HTTP/"))
        fields.clear(); // an answer behind 100
    else if (colon != std::string_view::npos && fields.size() < most_fields)
        fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    return size * count;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& sink = *static_cast<Sink*>(user);
    sink.is_too_large = sink.answer.body.size() + size * count > sink.most;
    if (sink.is_too_large)
        return 0;
    sink.answer.body.append(data, size * count);
    return size * count;
}

bool is_redirect(int status, std::string_view method) {
    bool const repeats = status == 307 || status == 308;
    return repeats || ((method == "GET" || method == "HEAD") && (status == 301 || status == 302 || status == 303));
}

} // namespace

struct Exchange::State {
    MetCertificate met; // first: the connections of the handle know it
    CurlHandle curl;
    std::array<char, CURL_ERROR_SIZE> reason{};
    std::string redirect; // where the last answer sends us
};

std::string_view Answer::field(std::string_view name) const {
    auto const found = std::ranges::find_if(fields, [&](auto const& one) { return is_same_name(one.first, name); });
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

Exchange::Exchange(HttpsSettings const& settings, std::string where)
    : settings_(settings), where_(std::move(where)), state_(std::make_unique<State>()) {
    state_->curl = make_curl();
}
Exchange::~Exchange() = default;

std::unexpected<Error> Exchange::refused(Answer const& answer, std::string_view what, std::string_view url) const {
    constexpr std::array later = {408, 425, 429, 500, 502, 503, 504, 507};
    bool const is_later = std::ranges::find(later, answer.status) != later.end();
    auto text = fmt::format("{}: cannot {} {}: the server answers {}", where_, what, quote_name(without_secrets(url)), answer.status) +
                words_of_answer(answer.status >= 300 && answer.status < 400 ? answer.field("Location") : std::string_view(), answer.body);
    return std::unexpected(Error{is_later ? ErrorKind::temporary : ErrorKind::permanent, std::move(text)});
}

Result<Answer> Exchange::ask(Request const& request) {
    auto url = request.url;
    auto const origin = origin_of(url);
    if (!origin)
        return invalid(fmt::format("{}: {} is no https:// URL", where_, quote_name(without_secrets(url))));
    for (unsigned redirects = 0;; ++redirects) {
        auto answer = ask_once(request, url);
        if (!answer || !is_redirect(answer->status, request.method) || state_->redirect.empty())
            return answer;
        if (origin_of(state_->redirect) != origin)
            return permanent(fmt::format("{}: {} leads to another server, {}; nothing is sent there. Put the new address into the channel's file, "
                                         "if it is the partner's",
                                         where_, quote_name(without_secrets(url)), quote_name(without_secrets(state_->redirect))));
        if (redirects == most_redirects)
            return permanent(fmt::format("{}: {} leads in circles, {} redirects", where_, quote_name(without_secrets(request.url)), most_redirects));
        url = state_->redirect;
    }
}

Result<Answer> Exchange::ask_once(Request const& request, std::string const& url) {
    auto* const curl = state_->curl.get();
    CurlLines lines;
    bool room = curl != nullptr && add_line(lines, "Expect:");
    auto fields = request.fields;
    for (auto const& [name, value] : settings_.headers)
        fields.emplace_back(name, with_name(value, request.file_name));
    for (auto const& [name, value] : fields)
        room = room && add_line(lines, value.empty() ? name + ";" : name + ": " + value);
    if (!room)
        return temporary(fmt::format("{}: no memory", where_));
    ::curl_easy_reset(curl); // keeps the connections
    state_->reason[0] = '\0';
    Sink sink{{}, request.most_bytes};
    CurlBody body{request.body};
    bool const has_body = request.method == "PUT" || request.method == "POST";
    ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, state_->reason.data());
    ::curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    ::curl_easy_setopt(curl, CURLOPT_USERAGENT, "Wharf");
    ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.get());
    ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
    ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &sink);
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
    ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings_.connect_timeout.count()));
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.timeout.count()));
    if (has_body)
        set_body(curl, body);
    if (request.method == "HEAD")
        ::curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else
        ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    set_tls(curl, settings_.tls);
    meet_certificate(curl, state_->met);
    set_proxy(curl, settings_.proxy);
    set_text(curl, CURLOPT_INTERFACE, settings_.bind_address.empty() ? "" : "host!" + settings_.bind_address);
    set_text(curl, CURLOPT_USERNAME, settings_.user);
    set_text(curl, CURLOPT_PASSWORD, settings_.password);
    if (!settings_.bearer_token.empty()) {
        ::curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        ::curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, settings_.bearer_token.c_str());
    }
    auto const code = ::curl_easy_perform(curl);
    ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);  // both go with this call
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
    if (sink.is_too_large)
        return permanent(fmt::format("{}: the answer of {} has more than {} bytes", where_, quote_name(without_secrets(url)), request.most_bytes));
    if (code != CURLE_OK) {
        auto text = fmt::format("{}: {}: {}{}", where_, quote_name(without_secrets(url)), curl_failure(code, state_->reason.data()),
                                is_about_certificate(code) ? state_->met.words() : std::string());
        if (is_permanent(code))
            return permanent(std::move(text));
        return temporary(std::move(text));
    }
    long status = 0;
    char* redirect = nullptr;
    ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    ::curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &redirect);
    state_->redirect = redirect == nullptr ? "" : redirect;
    sink.answer.status = static_cast<int>(status);
    return std::move(sink.answer);
}

} // namespace wharf::transport::https
