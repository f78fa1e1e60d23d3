// Looks at one channel, again and again: by interval, by the cron expression of its schedule, when its folder is told to have
// changed; never while a pick-up window is closed, never twice at once.
#pragma once

#include "gateway/context.hpp"
#include "gateway/pace.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace wharf::gateway {

class Poller {
public:
    /// Starts. `taken` is called after a look that stored files. Both references must outlive this.
    Poller(Context const& context, partner::Channel const& channel, std::function<void()> taken);
    void request_stop() { thread_.request_stop(); }

private:
    void run(std::stop_token stop);
    [[nodiscard]] std::unique_ptr<transport::Watch> start_watch();
    void tell_of(transport::Watch& watch);
    /// Sleeps until the next look. False: it is to stop.
    [[nodiscard]] bool wait(std::stop_token stop, Pace const& pace);
    [[nodiscard]] std::chrono::steady_clock::duration rest(Pace const& pace, bool changed);
    void close_outside_windows();
    void set_due();

    Context const& context_;
    partner::Channel const& channel_;
    std::function<void()> taken_;
    bool by_cron_;
    std::optional<Timestamp> due_; // by cron; nothing: never again
    std::string watch_trouble_;
    bool closed_ = false; // outside the windows, and the connection was given up

    std::mutex mutex_;
    std::condition_variable_any wakeup_;
    bool changed_ = false; // in the watched folder, since the last look began
    std::jthread thread_;  // last: it uses all of the above
};

} // namespace wharf::gateway
