#include "gateway/silence.hpp"

#include <algorithm>

namespace wharf::gateway {

std::optional<Timestamp> Silence::until(std::string_view name, Timestamp now) {
    std::lock_guard const guard(mutex_);
    auto const found = pauses_.find(name);
    if (found == pauses_.end())
        return std::nullopt;
    auto& pause = found->second;
    if (now < pause.until)
        return pause.until;
    pause.until = now + pause.wait; // this caller tries; the others wait for what he finds
    return std::nullopt;
}

void Silence::report(std::string_view name, Timestamp begun, Timestamp ended, bool answered) {
    auto const wait = std::chrono::duration_cast<std::chrono::milliseconds>(ended - begun);
    std::lock_guard const guard(mutex_);
    if (answered || wait < patience) {
        if (auto const found = pauses_.find(name); found != pauses_.end())
            pauses_.erase(found);
        return;
    }
    auto const pause = std::min<std::chrono::milliseconds>(2 * wait, longest_pause);
    pauses_.insert_or_assign(std::string(name), Pause{ended + pause, wait});
}

} // namespace wharf::gateway
