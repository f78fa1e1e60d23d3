// What a target answered, taken apart: no network, no clock.
#pragma once

#include "delivery/target.hpp"

#include <cstdint>
#include <optional>

namespace wharf::delivery {

/// The parts of an answer that mean something to us.
struct Answer {
    int status = 0;
    std::string content_type;
    std::string location;
    std::string retry_after;
    std::string date;
    std::string idempotency_key;
    std::string body;
    bool is_whole = true; // the body ended and was not over the limit

    /// One header line as it arrives ("Name: value\r\n"); a status line begins anew (1xx answers come before the last).
    void take_header(std::string_view line);
};

/// What the answer means for this key: classify(), and for 409 whether it is about the same key.
[[nodiscard]] OutcomeKind judge(Answer const& answer, std::string_view idempotency_key);

/// Top-level "id", else "reference" of a JSON object (string or number), else Location; at most 200 bytes, no control characters.
[[nodiscard]] std::string reference_of(Answer const& answer);

/// Seconds or HTTP-date (against the answer's own Date where it has one, so that clocks may differ); at most one day, 0
/// when absent, past or unreadable.
[[nodiscard]] std::chrono::seconds retry_after_of(Answer const& answer, std::int64_t now);

/// The beginning of the body, one line, for a message.
[[nodiscard]] std::string excerpt(std::string_view body);

} // namespace wharf::delivery
