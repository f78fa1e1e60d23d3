// Lines about what anybody on the network can cause, so few of them that nobody can fill a disk with them.
//
// Counted by subject (a channel; "-" for strangers) and event, so that who floods one channel does not hide what happens on the others,
// nor its alarms. In memory only; thread-safe.
#pragma once

#include "base/clock.hpp"
#include "gateway/log.hpp"

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace wharf::gateway {

class RareLog {
public:
    static constexpr unsigned most_in_a_minute = 10; // of one event of one subject
    /// `event` and `subject` are ours: of `subject` a channel, or "-". `about` stands in its place in the line; empty: the subject does. A line
    /// `as2_left_out` tells later how many there were.
    void line(Log const& log, Timestamp now, std::string_view event, std::string_view subject, std::string_view facts, std::string_view about = {});

private:
    struct Count {
        Timestamp minute{};
        unsigned written = 0, left_out = 0;
    };
    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Count> counts_; // by subject and event
};

} // namespace wharf::gateway
