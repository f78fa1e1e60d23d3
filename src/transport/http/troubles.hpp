// Tells the site of what went wrong with callers, but lets no stranger fill its log. Mover thread only.
#pragma once

#include "transport/http/server.hpp"

#include <chrono>

namespace wharf::transport::http {

class Troubles {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr unsigned most_each_second = 10;

    /// What to tell now: the text, and how many were left out before it. Nothing when there were too many this second.
    [[nodiscard]] std::optional<std::string> admit(std::string text, Clock::time_point now) {
        if (now - second_ >= std::chrono::seconds(1)) {
            second_ = now;
            told_ = 0;
        }
        if (told_ == most_each_second) {
            ++left_out_;
            return std::nullopt;
        }
        ++told_;
        if (auto const more = std::exchange(left_out_, 0); more > 0)
            text += " (and " + std::to_string(more) + " more before it)";
        return text;
    }

private:
    Clock::time_point second_{};
    unsigned told_ = 0;
    std::uint64_t left_out_ = 0;
};

} // namespace wharf::transport::http
