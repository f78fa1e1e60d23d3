#include "delivery/answer.hpp"

#include "syntax/json/value.hpp"

#include <algorithm>
#include <charconv>
#include <curl/curl.h>

namespace wharf::delivery {
namespace {

constexpr std::size_t reference_bytes = 200, excerpt_bytes = 400;
constexpr std::chrono::seconds longest_wait = std::chrono::hours(24);
constexpr unsigned answer_depth = 32;

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
    auto const begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// Cut at a character of UTF-8, control characters made blanks.
std::string plain(std::string_view text, std::size_t limit) {
    bool const cut = text.size() > limit;
    if (cut) {
        while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80)
            --limit;
        text = text.substr(0, limit);
    }
    std::string result(text);
    for (auto& letter : result)
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f)
            letter = ' ';
    return std::string(trimmed(result));
}

json::Value object_of(Answer const& answer) {
    if (!answer.is_whole || !trimmed(answer.body).starts_with('{'))
        return {};
    auto value = json::parse(answer.body, answer_depth);
    return value && value->is_object() ? std::move(*value) : json::Value();
}

std::string text_of(json::Value const& object, std::string_view member) {
    auto const* const value = object.find(member);
    return value && (value->is_string() || value->type() == json::Type::number) ? value->text() : "";
}

} // namespace

void Answer::take_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {
        *this = Answer();
        return;
    }
    auto const colon = line.find(':');
    if (colon == std::string_view::npos)
        return;
    auto const name = trimmed(line.substr(0, colon));
    std::string value(trimmed(line.substr(colon + 1)));
    if (equal_ignoring_case(name, "Content-Type"))
        content_type = std::move(value);
    else if (equal_ignoring_case(name, "Location"))
        location = std::move(value);
    else if (equal_ignoring_case(name, "Retry-After"))
        retry_after = std::move(value);
    else if (equal_ignoring_case(name, "Date"))
        date = std::move(value);
    else if (equal_ignoring_case(name, "Idempotency-Key"))
        idempotency_key = std::move(value);
}

OutcomeKind classify(int status) {
    if (status >= 200 && status < 300)
        return OutcomeKind::delivered;
    if (status == 0 || status == 408 || status == 425 || status == 429 || (status >= 500 && status < 600))
        return OutcomeKind::temporary_failure;
    return OutcomeKind::permanent_failure;
}

OutcomeKind judge(Answer const& answer, std::string_view idempotency_key) {
    if (answer.status != 409)
        return classify(answer.status);
    if (answer.idempotency_key == idempotency_key ||
        text_of(object_of(answer), "idempotency_key") == idempotency_key)
        return OutcomeKind::delivered;
    return answer.is_whole ? OutcomeKind::permanent_failure : OutcomeKind::temporary_failure;
}

std::string reference_of(Answer const& answer) {
    auto const object = object_of(answer);
    for (auto const* const member : {"id", "reference"})
        if (auto text = plain(text_of(object, member), reference_bytes); !text.empty())
            return text;
    return plain(answer.location, reference_bytes);
}

std::chrono::seconds retry_after_of(Answer const& answer, std::int64_t now) {
    auto const& text = answer.retry_after;
    if (text.empty())
        return {};
    std::int64_t seconds = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    bool const is_number = end == text.data() + text.size() && text.find_first_not_of("0123456789") == std::string::npos;
    if (is_number && error == std::errc::result_out_of_range)
        return longest_wait;
    if (!is_number) {
        auto const until = ::curl_getdate(text.c_str(), nullptr);
        auto const sent = answer.date.empty() ? -1 : ::curl_getdate(answer.date.c_str(), nullptr);
        if (until < 0)
            return {};
        seconds = until - (sent < 0 ? now : sent);
    }
    return std::clamp(std::chrono::seconds(seconds), std::chrono::seconds(0), longest_wait);
}

std::string excerpt(std::string_view body) {
    auto text = plain(body, excerpt_bytes);
    if (body.size() > excerpt_bytes)
        text += " …";
    return text;
}

std::chrono::milliseconds backoff(unsigned attempt, std::chrono::milliseconds base, std::chrono::milliseconds cap,
                                  double random) {
    // Between 3/4 and 5/4 of the doubled base, and the cap holds for the longest of them.
    double const longest = static_cast<double>(cap.count()) / 1.25;
    double wait = static_cast<double>(base.count());
    for (unsigned i = 1; i < attempt && wait < longest; ++i)
        wait *= 2;
    wait = std::min(wait, longest) * (0.75 + 0.5 * std::clamp(random, 0.0, 1.0));
    return std::chrono::milliseconds(static_cast<std::int64_t>(wait));
}

} // namespace wharf::delivery
