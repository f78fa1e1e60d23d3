// How long the other side of a connection may be waited for while bytes flow: ServerSettings::body_timeout and least_rate. And how
// quick it is, for the choice of who makes room: slow_after and slow_rate.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace wharf::transport::http {

/// Each so many bytes buy the whole time again. Time in which we did not wait for the other side does not count, so slow work
/// of ours is nobody's fault, and a sender who was quick for a gigabyte has nothing saved up for dripping afterwards.
class Pace {
public:
    using Duration = std::chrono::steady_clock::duration;

    Pace(std::chrono::milliseconds time, std::uint32_t least_rate)
        : time_(time), bytes_(std::max<std::uint64_t>(1, std::uint64_t{least_rate} * static_cast<std::uint64_t>(time.count()) / 1000)) {}

    /// The longest that may be waited now; none is left when it is zero or less.
    [[nodiscard]] Duration left() const { return time_ - waited_; }
    void moved(Duration waited, std::uint64_t bytes) {
        waited_ += waited;
        moved_ += bytes;
        if (moved_ >= bytes_) {
            waited_ = {};
            moved_ = 0;
        }
    }

private:
    Duration time_, waited_{};
    std::uint64_t bytes_, moved_ = 0;
};

/// How quick the other side is within one request: bytes in the time in which it was waited for. What came long ago counts less
/// and less, so that who was quick for a megabyte is slow soon after it begins to drip.
class Progress {
public:
    using Clock = std::chrono::steady_clock;

    void begin_waiting(Clock::time_point now) { since_ = now; }
    void end_waiting(Clock::time_point now, std::uint64_t bytes) {
        auto const waited = now - since_.value_or(now);
        since_.reset();
        waited_ += waited;
        lately_waited_ += waited;
        bytes_ += bytes;
        if (lately_waited_ >= half_forgotten) {
            lately_waited_ /= 2;
            bytes_ /= 2;
        }
    }
    [[nodiscard]] bool is_waiting() const { return since_.has_value(); }
    /// In all.
    [[nodiscard]] Clock::duration waited(Clock::time_point now) const { return waited_ + (since_ ? now - *since_ : Clock::duration{}); }
    /// Bytes a second; endless before any time has passed.
    [[nodiscard]] double rate(Clock::time_point now) const {
        auto const seconds = std::chrono::duration<double>(lately_waited_ + (since_ ? now - *since_ : Clock::duration{})).count();
        return seconds > 0 ? static_cast<double>(bytes_) / seconds : std::numeric_limits<double>::infinity();
    }

private:
    std::optional<Clock::time_point> since_;
    static constexpr Clock::duration half_forgotten = std::chrono::seconds(30);
    Clock::duration waited_{}, lately_waited_{};
    std::uint64_t bytes_ = 0; // lately
};

} // namespace wharf::transport::http
