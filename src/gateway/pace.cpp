#include "gateway/pace.hpp"

#include "gateway/limits.hpp"

#include <algorithm>

namespace wharf::gateway {

using std::chrono::milliseconds;

Pace::Pace(milliseconds interval, bool watched)
    : interval_(std::max(interval, shortest_poll_interval)), soon_(std::min(interval_, longest_look_spacing)), watched_(watched),
      follow_up_(soon_) {}

void Pace::looked(Look const& look) {
    due_ = look.ended + interval_;
    if (watched_ && look.left_some) {
        due_ = std::min<Time>(due_, look.ended + follow_up_);
        follow_up_ = look.took ? soon_ : std::min(2 * follow_up_, interval_);
    } else {
        follow_up_ = soon_;
    }
    if (look.took)
        pause_ = milliseconds(0);
    else if (look.was_asked_for)
        pause_ = std::clamp(2 * pause_, first_pause, soon_);
    // Never more than half of the time, however many files come.
    earliest_ = look.ended + std::max<Clock::duration>(pause_, look.ended - look.begun);
}

} // namespace wharf::gateway
