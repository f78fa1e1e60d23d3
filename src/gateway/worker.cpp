#include "gateway/worker.hpp"

#include "gateway/intake.hpp"
#include "gateway/push.hpp"
#include "gateway/reception.hpp"
#include "gateway/transmission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace wharf::gateway {

namespace {

using namespace std::chrono_literals;

constexpr auto lease = 10min;       // longer than any one job; after a kill the next start ends leases at once
constexpr auto longest_sleep = 1s;  // other processes (resend, retry) add jobs without waking us
constexpr unsigned most_claims_of_a_transfer = 20;

Result<void> carry_out(Context const& context, Deliver const& deliver, store::Job const& job) {
    switch (job.kind) {
    case store::JobKind::process_transfer:
        if (job.attempts > most_claims_of_a_transfer)
            return give_up_transfer(context, job,
                                    fmt::format("processing was begun {} times and never came to an end; this is a fault of the "
                                                "gateway: keep the bytes and report it",
                                                job.attempts - 1));
        return process_transfer(context, job);
    case store::JobKind::finish_file:
        return finish_file(context, job);
    case store::JobKind::deliver:
        return push(context, deliver, job);
    case store::JobKind::transmit:
        return transmit(context, job);
    case store::JobKind::expect_acknowledgment:
        return expect_acknowledgment(context, job);
    }
    return {};
}

Result<std::vector<store::Job>> claim(Context const& context, unsigned limit, std::optional<Timestamp>& next) {
    std::vector<store::Job> jobs;
    auto const now = context.clock.now();
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        auto claimed = transaction.claim_jobs(now, now + lease, limit);
        if (!claimed)
            return unexpected(std::move(claimed.error()));
        jobs = std::move(*claimed);
        if (!jobs.empty())
            return {};
        auto due = transaction.next_due();
        if (!due)
            return unexpected(std::move(due.error()));
        next = *due;
        return {};
    }));
    return jobs;
}

} // namespace

MakeDeliver deliver_by_http() {
    return [] {
        auto client = std::make_shared<delivery::Client>();
        return [client](delivery::TargetSettings const& target, delivery::DeliveryRequest const& request) {
            return client->deliver(target, request);
        };
    };
}

void run_job(Context const& context, Deliver const& deliver, store::Job const& job) {
    Result<void> done;
    try {
        done = carry_out(context, deliver, job);
    } catch (std::exception const& error) { // memory, or a library's: the job is tried again, the loop goes on
        done = temporary(error.what());
    }
    if (done)
        return;
    context.log.line("job_failed", job.subject,
                     fmt::format("job={} attempt={} reason={}", to_string(job.kind), job.attempts, for_log(done.error().message)));
    auto const& retry = context.configuration.gateway.retry;
    auto const due =
        context.clock.now() + delivery::backoff(std::max(job.attempts, 1u), retry.base, retry.cap, context.random());
    auto postponed =
        context.store.transact([&](store::Transaction& transaction) { return transaction.postpone_job(job.id, due); });
    if (!postponed) // then its lease ends by time
        context.log.line("store_failed", job.subject, fmt::format("reason={}", for_log(postponed.error().message)));
}

Result<unsigned> run_until_idle(Context const& context, MakeDeliver const& make_deliver, unsigned threads) {
    unsigned total = 0;
    std::vector<Deliver> delivers;
    for (unsigned i = 0; i < threads; ++i)
        delivers.push_back(make_deliver());
    for (;;) {
        std::optional<Timestamp> next;
        auto jobs = claim(context, 64 * threads, next);
        if (!jobs)
            return unexpected(std::move(jobs.error()));
        if (jobs->empty())
            return total;
        total += static_cast<unsigned>(jobs->size());
        std::mutex mutex;
        std::size_t place = 0;
        auto const work = [&](Deliver const& deliver) {
            for (;;) {
                std::size_t mine;
                {
                    std::lock_guard const guard(mutex);
                    if (place == jobs->size())
                        return;
                    mine = place++;
                }
                run_job(context, deliver, (*jobs)[mine]);
            }
        };
        std::vector<std::jthread> pool;
        for (unsigned i = 1; i < threads && i < jobs->size(); ++i)
            pool.emplace_back([&, i] { work(delivers[i]); });
        work(delivers[0]);
    }
}

struct Service::State {
    State(Context const& the_context, MakeDeliver make) : context(the_context), make_deliver(std::move(make)) {}

    Context const& context;
    MakeDeliver make_deliver;

    std::mutex mutex;
    std::condition_variable_any changed; // work queued, work taken, something new
    std::deque<store::Job> queue;
    bool look = true; // claim now, without waiting for the time
    std::vector<std::jthread> threads;

    void claim_loop(std::stop_token stop, unsigned capacity);
    void work_loop(std::stop_token stop);
    void poll_loop(std::stop_token stop, partner::Channel const& channel);
};

void Service::State::claim_loop(std::stop_token stop, unsigned capacity) {
    while (!stop.stop_requested()) {
        std::size_t room;
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, stop, [&] { return queue.size() * 2 <= capacity; });
            if (stop.stop_requested())
                break;
            room = capacity - queue.size();
            look = false;
        }
        std::optional<Timestamp> next;
        auto jobs = claim(context, static_cast<unsigned>(room), next);
        if (!jobs)
            context.log.line("store_failed", "-", fmt::format("reason={}", for_log(jobs.error().message)));
        std::unique_lock lock(mutex);
        if (jobs && !jobs->empty()) {
            std::ranges::move(*jobs, std::back_inserter(queue));
            changed.notify_all();
            continue;
        }
        std::chrono::milliseconds sleep = longest_sleep;
        if (jobs && next)
            sleep = std::clamp<std::chrono::milliseconds>(*next - context.clock.now(), 1ms, sleep);
        changed.wait_for(lock, stop, sleep, [&] { return look; });
    }
    // What was claimed and not begun goes back at once.
    std::deque<store::Job> left;
    {
        std::lock_guard const guard(mutex);
        left.swap(queue);
    }
    if (left.empty())
        return;
    auto returned = context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        for (auto const& job : left)
            WHARF_TRY(transaction.postpone_job(job.id, job.due_at));
        return {};
    });
    if (!returned)
        context.log.line("store_failed", "-", fmt::format("reason={}", for_log(returned.error().message)));
}

void Service::State::work_loop(std::stop_token stop) {
    auto const deliver = make_deliver();
    for (;;) {
        store::Job job;
        {
            std::unique_lock lock(mutex);
            if (!changed.wait(lock, stop, [&] { return !queue.empty(); }))
                return;
            if (stop.stop_requested())
                return;
            job = std::move(queue.front());
            queue.pop_front();
        }
        run_job(context, deliver, job);
        std::lock_guard const guard(mutex);
        look = true; // a job mostly makes the next one
        changed.notify_all();
    }
}

void Service::State::poll_loop(std::stop_token stop, partner::Channel const& channel) {
    auto const interval = std::max<std::chrono::milliseconds>(channel.poll_interval, 100ms);
    while (!stop.stop_requested()) {
        IntakeReport report;
        try {
            report = take_in(context, channel);
        } catch (std::exception const& error) {
            context.log.line("poll_failed", channel.name, fmt::format("reason={}", for_log(error.what())));
        }
        std::unique_lock lock(mutex);
        if (report.taken > 0) {
            look = true;
            changed.notify_all();
        }
        changed.wait_for(lock, stop, interval, [] { return false; });
    }
}

Service::Service(Context const& context, MakeDeliver make_deliver, unsigned threads)
    : state_(std::make_unique<State>(context, std::move(make_deliver))) {
    auto& state = *state_;
    state.threads.emplace_back([&state, threads](std::stop_token stop) { state.claim_loop(stop, threads * 8); });
    for (unsigned i = 0; i < threads; ++i)
        state.threads.emplace_back([&state](std::stop_token stop) { state.work_loop(stop); });
    for (auto const& channel : context.configuration.channels)
        if (channel.is_read())
            state.threads.emplace_back([&state, &channel](std::stop_token stop) { state.poll_loop(stop, channel); });
}

Service::~Service() {
    for (auto& thread : state_->threads)
        thread.request_stop();
    state_->changed.notify_all();
    state_->threads.clear(); // joins
}

void Service::wake() {
    std::lock_guard const guard(state_->mutex);
    state_->look = true;
    state_->changed.notify_all();
}

} // namespace wharf::gateway
