// Remembers which targets and channels do not answer, so that waiting for them does not take up every worker.
//
// Who failed only after a long wait is left alone for twice as long as he made us wait; then one caller tries again
// while the others stay away. Quick failures (refused, 503) are no matter of this: they hold nobody up.
// In memory only; thread-safe.
#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::gateway {

class Silence {
public:
    static constexpr std::chrono::seconds patience{2};      // a failure sooner than that is none of ours
    static constexpr std::chrono::seconds longest_pause{120};

    /// Until when `name` is to be left alone; nothing: go ahead, and report how it went.
    [[nodiscard]] std::optional<Timestamp> until(std::string_view name, Timestamp now);
    void report(std::string_view name, Timestamp begun, Timestamp ended, bool answered);

private:
    struct Pause {
        Timestamp until;
        std::chrono::milliseconds wait; // how long the last attempt took
    };
    std::mutex mutex_;
    std::map<std::string, Pause, std::less<>> pauses_;
};

} // namespace wharf::gateway
