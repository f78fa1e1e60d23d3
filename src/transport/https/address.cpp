#include "transport/https/address.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <memory>

namespace wharf::transport::https {
namespace {

using Url = std::unique_ptr<CURLU, void (*)(CURLU*)>;

Url parsed(std::string const& text) {
    Url url(::curl_url(), ::curl_url_cleanup);
    if (url && ::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
        url.reset();
    return url;
}

std::string part(Url const& url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (!url || ::curl_url_get(url.get(), which, &text, flags) != CURLUE_OK)
        return {};
    std::string copy = text;
    ::curl_free(text);
    return copy;
}

int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = static_cast<char>(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

std::optional<std::string> origin_of(std::string const& text) {
    auto const url = parsed(text);
    auto host = part(url, CURLUPART_HOST);
    if (host.empty() || part(url, CURLUPART_SCHEME) != "https")
        return std::nullopt;
    for (auto& c : host)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return fmt::format("https://{}:{}", host, part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

std::optional<std::string> resolved(std::string const& base, std::string const& reference) {
    auto const url = parsed(base);
    if (!url || ::curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
        return std::nullopt;
    ::curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
    return part(url, CURLUPART_URL);
}

std::string file_name_of(std::string const& text) {
    auto const path = part(parsed(text), CURLUPART_PATH);
    auto const last = path.substr(path.rfind('/') + 1);
    std::string name;
    for (std::size_t i = 0; i < last.size(); ++i) {
        bool const is_escape = last[i] == '%' && i + 2 < last.size() && hex(last[i + 1]) >= 0 && hex(last[i + 2]) >= 0;
        name += is_escape ? static_cast<char>(hex(last[i + 1]) * 16 + hex(last[i + 2])) : last[i];
        i += is_escape ? 2 : 0;
    }
    return name;
}

std::string folder_of(std::string const& text) {
    auto const path = part(parsed(text), CURLUPART_PATH);
    return origin_of(text).value_or("") + path.substr(0, path.rfind('/') + 1);
}

std::string with_name(std::string_view url, std::string_view name) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string escaped;
    for (char const c : name)
        escaped += plain.find(c) != std::string_view::npos ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    std::string text(url);
    for (auto at = text.find("{name}"); at != std::string::npos; at = text.find("{name}", at + escaped.size()))
        text.replace(at, 6, escaped);
    return text;
}

} // namespace wharf::transport::https
