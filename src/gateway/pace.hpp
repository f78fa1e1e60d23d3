// How soon a channel is looked at again, by what the looks before found. Pure; one thread.
//
// The interval counts from the end of a look. A watched channel is looked at as soon as something changed, and again soon, then ever
// more rarely, while a file there is not yet ready to be taken (stable_polls, minimum_age). Changes that lead to nothing, such as
// a writer that closes its file after every line, slow us down.
#pragma once

#include <chrono>

namespace wharf::gateway {

class Pace {
public:
    using Clock = std::chrono::steady_clock;
    using Time = Clock::time_point;

    static constexpr std::chrono::milliseconds first_pause{50};

    Pace(std::chrono::milliseconds interval, bool watched);

    struct Look {
        Time begun, ended;
        bool was_asked_for = false; // by the watch
        bool took = false;          // files, or tidied up after earlier ones
        bool left_some = false;     // that are not ready yet
    };
    void looked(Look const& look);

    /// When to look in any case.
    [[nodiscard]] Time due() const { return due_; }
    /// When to look at the earliest, whatever the watch says.
    [[nodiscard]] Time earliest() const { return earliest_; }

private:
    std::chrono::milliseconds interval_, soon_;
    bool watched_;
    Time due_{}, earliest_{};
    std::chrono::milliseconds follow_up_, pause_{0};
};

} // namespace wharf::gateway
