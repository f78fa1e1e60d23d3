#include "transport/answer_words.hpp"

#include "transport/pickup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::transport {

std::string without_secrets(std::string_view url) {
    std::string text(url.substr(0, url.find_first_of("?#")));
    bool const is_cut = text.size() < url.size();
    auto const scheme = text.find("://");
    auto const host = scheme == std::string::npos ? 0 : scheme + 3;
    if (auto const at = text.substr(0, text.find('/', host)).rfind('@'); at != std::string::npos && at >= host)
        text.erase(host, at + 1 - host);
    return is_cut ? text + "?…" : text;
}

std::string excerpt(std::string_view body) {
    constexpr std::size_t most = 200;
    std::string text;
    for (std::size_t i = 0; i < body.size() && text.size() < most; ++i) {
        auto const c = static_cast<unsigned char>(body[i]);
        bool const is_blank = c == ' ' || (c >= '\t' && c <= '\r');
        if (!is_blank)
            text += c > 0x20 && c < 0x7f ? body[i] : '.';
        else if (!text.empty() && text.back() != ' ')
            text += ' ';
    }
    if (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

std::string words_of_answer(std::string_view location, std::string_view body) {
    std::string words;
    if (!location.empty())
        words += fmt::format(" and redirects to {}", quote_name(excerpt(without_secrets(location))));
    if (auto const said = excerpt(body); !said.empty())
        words += fmt::format(" and says {}", quote_name(said));
    return words;
}

} // namespace wharf::transport
