#include "gateway/poller.hpp"

#include "gateway/intake.hpp"
#include "partner/schedule/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace wharf::gateway {

using std::chrono::steady_clock;

namespace {

constexpr std::chrono::minutes longest_sleep{1}; // the system's clock may be set, the machine may have slept

} // namespace

Poller::Poller(Context const& context, partner::Channel const& channel, std::function<void()> taken)
    : context_(context), channel_(channel), taken_(std::move(taken)),
      by_cron_(channel.timetable != nullptr && channel.timetable->has_cron()),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

/// A cron expression names the only times at which somebody wants us to look.
std::unique_ptr<transport::Watch> Poller::start_watch() {
    if (by_cron_)
        return nullptr;
    return context_.channels.watch(channel_.name, [this] {
        std::lock_guard const guard(mutex_);
        changed_ = true;
        wakeup_.notify_all();
    });
}

/// What cannot be watched is said once, and once more when it can again.
void Poller::tell_of(transport::Watch& watch) {
    auto trouble = watch.renew();
    if (trouble == watch_trouble_)
        return;
    if (trouble.empty())
        context_.log.line("watched", channel_.name);
    else
        context_.log.line("not_watched", channel_.name, fmt::format("interval={}s reason={}", channel_.poll_interval.count(), for_log(trouble)));
    watch_trouble_ = std::move(trouble);
}

void Poller::run(std::stop_token stop) {
    auto const watch = start_watch();
    Pace pace(channel_.poll_interval, watch != nullptr);
    set_due();
    while (wait(stop, pace)) {
        Pace::Look look;
        look.begun = steady_clock::now();
        {
            std::lock_guard const guard(mutex_);
            look.was_asked_for = std::exchange(changed_, false); // what changes from here on is seen by the next look, if not by this
        }
        IntakeReport report;
        try {
            if (watch)
                tell_of(*watch);
            report = by_cron_ ? take_in_what_is_stable(context_, channel_, stop) : take_in(context_, channel_, stop);
        } catch (std::exception const& error) {
            context_.log.line("poll_failed", channel_.name, fmt::format("reason={}", for_log(error.what())));
        }
        if (report.taken > 0)
            taken_();
        look.ended = steady_clock::now();
        look.took = report.taken + report.known + report.set_aside > 0;
        look.left_some = report.waiting > 0;
        pace.looked(look);
        set_due();
    }
}

/// Times of the expression that passed during a look are not made up for.
void Poller::set_due() {
    if (!by_cron_)
        return;
    bool const had = due_.has_value();
    due_ = channel_.timetable->next(context_.clock.now());
    if (had && !due_) // the last day of a calendar without rules that go on
        context_.log.line("no_more_looks", channel_.name, fmt::format("cron={}", for_log(channel_.schedule.cron)));
}

steady_clock::duration Poller::rest(Pace const& pace, bool changed) {
    auto const now = context_.clock.now();
    if (by_cron_)
        return due_ ? *due_ - now : steady_clock::duration(longest_sleep);
    auto const due = changed ? std::min(pace.due(), pace.earliest()) : pace.due();
    auto const rest = due - steady_clock::now();
    if (channel_.timetable == nullptr)
        return rest;
    auto const opening = channel_.timetable->next_opening(now);
    return opening ? std::max<steady_clock::duration>(rest, *opening - now) : steady_clock::duration(longest_sleep);
}

/// Partners who let us in by windows do not want to find us connected after them.
void Poller::close_outside_windows() {
    if (channel_.timetable == nullptr || channel_.schedule.uploads != partner::UploadTimes::in_windows)
        return;
    bool const closed = !channel_.timetable->is_open(context_.clock.now());
    if (closed && !closed_)
        context_.channels.close(channel_.name);
    closed_ = closed;
}

bool Poller::wait(std::stop_token stop, Pace const& pace) {
    while (!stop.stop_requested()) {
        close_outside_windows();
        std::unique_lock lock(mutex_);
        bool const known = changed_;
        auto const time = rest(pace, known);
        if (time <= steady_clock::duration::zero())
            return true;
        wakeup_.wait_for(lock, stop, std::min<steady_clock::duration>(time, longest_sleep), [&] { return changed_ != known; });
    }
    return false;
}

} // namespace wharf::gateway
