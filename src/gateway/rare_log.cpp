#include "gateway/rare_log.hpp"

#include <chrono>
#include <fmt/format.h>

namespace wharf::gateway {

void RareLog::line(Log const& log, Timestamp now, std::string_view event, std::string_view subject, std::string_view facts, std::string_view about) {
    std::lock_guard const guard(mutex_);
    auto& count = counts_[{std::string(subject), std::string(event)}];
    if (now - count.minute >= std::chrono::minutes(1) || now < count.minute) {
        if (count.left_out > 0)
            log.line("as2_left_out", subject, fmt::format("event={} left_out={}", event, count.left_out));
        count = {now, 0, 0};
    }
    if (count.written == most_in_a_minute) {
        ++count.left_out;
        return;
    }
    ++count.written;
    log.line(event, about.empty() ? subject : about, facts);
}

} // namespace wharf::gateway
