#include "gateway/worker.hpp"

#include "gateway/as2_processing.hpp"
#include "gateway/as2_receipts.hpp"
#include "gateway/as2_relations.hpp"
#include "gateway/as2_sending.hpp"
#include "gateway/certificate_watch.hpp"
#include "gateway/intake.hpp"
#include "gateway/poller.hpp"
#include "gateway/push.hpp"
#include "gateway/reception.hpp"
#include "gateway/retention.hpp"
#include "gateway/transmission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace wharf::gateway {

namespace {

using namespace std::chrono_literals;

constexpr auto lease = 10min;       // longer than most jobs; after a kill the next start ends leases at once
constexpr auto longest_sleep = 1s;  // other processes (resend, retry) add jobs without waking us
constexpr auto turn_at_a_channel = 1s; // a worker waits so long for a channel that others use; then it does other work
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
    case store::JobKind::expect_receipt:
        return expect_receipt(context, job);
    case store::JobKind::open_exchange:
        return open_exchange(context, job);
    case store::JobKind::send_receipt:
        return send_receipt(context, job);
    }
    return {};
}

using Kinds = std::span<store::JobKind const>;

/// Nothing: none is ready, and `next` says when one is, if any.
Result<std::vector<store::Job>> claim(Context const& context, Timestamp now, unsigned limit, Kinds kinds, std::optional<Timestamp>& next) {
    std::vector<store::Job> jobs;
    // A look costs less than a turn of the writer, and most looks find nothing.
    WHARF_TRY(context.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto due = transaction.next_due(kinds);
        if (!due)
            return unexpected(std::move(due.error()));
        next = *due;
        return {};
    }));
    if (!next || *next > now)
        return jobs;
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        auto claimed = transaction.claim_jobs(now, now + lease, limit, kinds);
        if (!claimed)
            return unexpected(std::move(claimed.error()));
        jobs = std::move(*claimed);
        return {};
    }));
    return jobs;
}

/// Ends the leases of jobs that were claimed and not carried out.
Result<void> give_back(Context const& context, std::span<std::pair<store::Job, Timestamp> const> jobs) {
    if (jobs.empty())
        return {};
    return context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        for (auto const& [job, due] : jobs)
            if (auto done = transaction.postpone_job(job.id, due); !done && done.error().is_temporary())
                return done; // any other failure: the job has become pointless meanwhile and is gone
        return {};
    });
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

std::optional<Timestamp> run_job(Context const& context, Deliver const& deliver, store::Job const& job) {
    Result<void> done;
    try {
        done = carry_out(context, deliver, job);
    } catch (std::exception const& error) { // memory, or a library's: the job is tried again, the loop goes on
        done = temporary(error.what());
    }
    if (done)
        return std::nullopt;
    context.log.line("job_failed", job.subject,
                     fmt::format("job={} attempt={} reason={}", to_string(job.kind), job.attempts, for_log(done.error().message)));
    auto const& retry = context.configuration.gateway.retry;
    auto const due = *context.stopping ? job.due_at // for the next start, at once
                                       : context.clock.now() + delivery::backoff(std::max(job.attempts, 1u), retry.base, retry.cap, context.random());
    auto postponed =
        context.store.transact([&](store::Transaction& transaction) { return transaction.postpone_job(job.id, due); });
    if (postponed)
        return std::nullopt;
    context.log.line("store_failed", job.subject, fmt::format("reason={}", for_log(postponed.error().message)));
    return due;
}

Result<unsigned> run_until_idle(Context const& context, MakeDeliver const& make_deliver, unsigned threads) {
    unsigned total = 0;
    std::vector<Deliver> delivers;
    for (unsigned i = 0; i < threads; ++i)
        delivers.push_back(make_deliver());
    // A retry may fall due while other work goes on; it is left for the next run all the same, or one target that is
    // down would keep us for as long as its attempts last.
    std::unordered_set<std::int64_t> tried;
    std::vector<std::pair<store::Job, Timestamp>> left;
    for (;;) {
        std::optional<Timestamp> next;
        auto claimed = claim(context, context.clock.now(), 64 * threads, {}, next);
        if (!claimed)
            return unexpected(std::move(claimed.error()));
        if (claimed->empty())
            break;
        std::vector<store::Job> jobs;
        for (auto& job : *claimed) {
            if (tried.insert(job.id).second)
                jobs.push_back(std::move(job));
            else
                left.emplace_back(job, job.due_at);
        }
        total += static_cast<unsigned>(jobs.size());
        std::mutex mutex;
        std::size_t place = 0;
        auto const work = [&](Deliver const& deliver) {
            for (;;) {
                std::size_t mine;
                {
                    std::lock_guard const guard(mutex);
                    if (place == jobs.size())
                        return;
                    mine = place++;
                }
                // What could not be given back now is given back by the next start.
                (void)run_job(context, deliver, jobs[mine]);
            }
        };
        std::vector<std::jthread> pool;
        for (unsigned i = 1; i < threads && i < jobs.size(); ++i)
            pool.emplace_back([&, i] { work(delivers[i]); });
        work(delivers[0]);
    }
    WHARF_TRY(give_back(context, left));
    return total;
}

namespace {

constexpr std::array inner_work = {store::JobKind::process_transfer, store::JobKind::expect_acknowledgment, store::JobKind::open_exchange};
constexpr std::array channel_work = {store::JobKind::transmit, store::JobKind::finish_file, store::JobKind::expect_receipt,
                                     store::JobKind::send_receipt};
constexpr std::array target_work = {store::JobKind::deliver};

/// A partner over AS2 who stops answering keeps as many workers as he has POSTs under way, of messages and of receipts. They come on
/// top of those for channels, so that nobody waits for him.
unsigned workers_for_as2(Context const& context) {
    constexpr std::size_t most = 32;
    if (!context.as2)
        return 0;
    auto const relations = context.as2->all();
    std::size_t servers = 0; // each with turns of its own
    for (auto const& one : relations)
        servers += (one->can_send() ? 1U : 0U) + (one->receipt_post.url.empty() ? 0U : 1U);
    return static_cast<unsigned>(std::min(servers * PostTurns::at_once, most));
}

/// Work that waits for the same kind of thing, with a queue and threads of its own: a server that hangs must not stop
/// deliveries, nor an ERP that hangs the acknowledgments.
class Lane {
public:
    Lane(Context const& context, MakeDeliver const& make_deliver, Kinds kinds, std::function<void()> when_done, unsigned threads)
        : context_(context), make_deliver_(make_deliver), kinds_(kinds), when_done_(std::move(when_done)), capacity_(threads * 8) {
        threads_.emplace_back([this](std::stop_token stop) { claim_loop(stop); });
        for (unsigned i = 0; i < threads; ++i)
            threads_.emplace_back([this](std::stop_token stop) { work_loop(stop); });
    }

    void wake() {
        std::lock_guard const guard(mutex_);
        look_ = true;
        for_claimer_.notify_one();
    }
    void request_stop() {
        for (auto& thread : threads_)
            thread.request_stop();
    }
    void join() { threads_.clear(); }

private:
    void claim_loop(std::stop_token stop);
    void work_loop(std::stop_token stop);
    void give_back_what_waits();
    [[nodiscard]] std::optional<store::Job> next_job(std::stop_token const& stop);
    // with the lock held:
    void enqueue(store::Job job, Timestamp claimed_at);
    void put_down(store::Job job, std::optional<Timestamp> unrecorded);
    [[nodiscard]] bool has_room() const { return queue_.size() * 2 <= capacity_; } // worth a claim

    Context const& context_;
    MakeDeliver const& make_deliver_;
    Kinds kinds_;
    std::function<void()> when_done_; // after each job
    std::size_t const capacity_;      // of queue_

    std::mutex mutex_;
    std::condition_variable_any for_workers_; // work queued
    std::condition_variable_any for_claimer_; // room in the queue, or something new
    std::deque<store::Job> queue_;
    /// Jobs of the queue and jobs that are carried out: the lease of a long one (a large file to a slow server) may run out meanwhile, and
    /// it is claimed again. Nobody else may begin it then.
    struct InHand {
        Timestamp due_at;       // a lease that is renewed leaves it as it is
        Timestamp leased_until; // by the last claim
        bool is_begun = false;
        std::optional<std::pair<store::Job, Timestamp>> again; // postponed and claimed since it was begun; when it was claimed
    };
    std::unordered_map<std::int64_t, InHand> in_hand_;      // by job
    std::vector<std::pair<store::Job, Timestamp>> waiting_; // failed, and the store could not be told
    bool waits_for_room_ = false;                           // the claimer; else it need not hear of jobs taken
    bool look_ = true;                                      // claim now, without waiting for the time
    std::vector<std::jthread> threads_;                     // last: they use all of the above
};

/// Jobs whose failure could not be recorded (a full disk) would stay leased; here they get free as soon as it can.
void Lane::give_back_what_waits() {
    std::vector<std::pair<store::Job, Timestamp>> waiting;
    {
        std::lock_guard const guard(mutex_);
        waiting.swap(waiting_);
    }
    if (waiting.empty() || give_back(context_, waiting))
        return;
    std::lock_guard const guard(mutex_);
    std::ranges::move(waiting, std::back_inserter(waiting_));
}

void Lane::enqueue(store::Job job, Timestamp claimed_at) {
    auto const [place, is_new] = in_hand_.try_emplace(job.id, InHand{job.due_at, claimed_at + lease, false, std::nullopt});
    if (!is_new) {
        auto& in_hand = place->second;
        bool const is_renewed = job.due_at == in_hand.due_at && claimed_at >= in_hand.leased_until;
        in_hand.leased_until = claimed_at + lease;
        // Its work goes on, and what comes of it says when it is due again: a failure waits for its next attempt.
        if (in_hand.is_begun && !is_renewed)
            in_hand.again.emplace(std::move(job), claimed_at);
        return;
    }
    queue_.push_back(std::move(job));
    for_workers_.notify_one();
}

/// A job that was postponed to just now, and claimed before we came here, is carried out once more.
void Lane::put_down(store::Job job, std::optional<Timestamp> unrecorded) {
    auto again = std::move(in_hand_.at(job.id).again);
    in_hand_.erase(job.id);
    if (unrecorded)
        waiting_.emplace_back(std::move(job), *unrecorded);
    else if (again)
        enqueue(std::move(again->first), again->second);
}

void Lane::claim_loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        std::size_t room;
        {
            std::unique_lock lock(mutex_);
            waits_for_room_ = true;
            for_claimer_.wait(lock, stop, [&] { return has_room(); });
            waits_for_room_ = false;
            if (stop.stop_requested())
                break;
            room = capacity_ - queue_.size();
            look_ = false;
        }
        give_back_what_waits();
        std::optional<Timestamp> next;
        auto const now = context_.clock.now();
        auto jobs = claim(context_, now, static_cast<unsigned>(room), kinds_, next);
        if (!jobs)
            context_.log.line("store_failed", "-", fmt::format("reason={}", for_log(jobs.error().message)));
        std::unique_lock lock(mutex_);
        if (jobs && !jobs->empty()) {
            for (auto& job : *jobs)
                enqueue(std::move(job), now);
            continue;
        }
        std::chrono::milliseconds sleep = longest_sleep;
        if (jobs && next)
            sleep = std::clamp<std::chrono::milliseconds>(*next - context_.clock.now(), 1ms, sleep);
        for_claimer_.wait_for(lock, stop, sleep, [&] { return look_; });
    }
    // What was claimed and not begun goes back at once.
    {
        std::lock_guard const guard(mutex_);
        for (auto& job : queue_) {
            auto const due = job.due_at;
            waiting_.emplace_back(std::move(job), due);
        }
        queue_.clear();
    }
    give_back_what_waits(); // what fails now is given back by the next start
}

/// Nothing: it is to stop.
std::optional<store::Job> Lane::next_job(std::stop_token const& stop) {
    std::unique_lock lock(mutex_);
    if (!for_workers_.wait(lock, stop, [&] { return !queue_.empty(); }) || stop.stop_requested())
        return std::nullopt;
    auto job = std::move(queue_.front());
    queue_.pop_front();
    in_hand_.at(job.id).is_begun = true;
    if (waits_for_room_ && has_room())
        for_claimer_.notify_one();
    return job;
}

void Lane::work_loop(std::stop_token stop) {
    auto const deliver = make_deliver_();
    while (auto job = next_job(stop)) {
        auto const unrecorded = run_job(context_, deliver, *job);
        {
            std::lock_guard const guard(mutex_);
            put_down(std::move(*job), unrecorded);
        }
        when_done_();
    }
}

/// What cannot be written now is written by the next look.
void write_notices(Context const& context) {
    if (auto const written = context.notices->write(context.store, context.clock.now()); !written)
        context.log.line("store_failed", "-", fmt::format("reason={}", for_log(written.error().message)));
}

} // namespace

struct Service::State {
    State(Context const& the_context, MakeDeliver make, unsigned threads)
        : context(the_context), make_deliver(std::move(make)),
          channels(context, make_deliver, channel_work, [] {}, threads + workers_for_as2(context)), targets(context, make_deliver, target_work, [] {}, threads),
          inner(context, make_deliver, inner_work, [this] { channels.wake(), targets.wake(); }, threads),
          certificates(the_context.as2.get(), the_context.clock, the_context.log, the_context.notices.get()) {}

    Context const& context;
    MakeDeliver make_deliver;
    Lane channels, targets;
    Lane inner; // last: it wakes the others

    std::deque<Poller> pollers;
    CertificateWatch certificates;
    std::jthread watcher;

    void watch(std::stop_token stop);
    void look_each_minute();
};

/// What nobody else comes by: alarms and refusals to be stored, relations that were changed, certificates that end, bytes that are kept long enough.
void Service::State::watch(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any stopping; // never notified: a stop request ends the sleep
    constexpr auto looks_in_a_minute = 1min / As2Relations::look_interval;
    for (unsigned looks = 0; !stop.stop_requested(); ++looks) {
        if (context.as2)
            context.as2->look();
        write_notices(context);
        if (looks % looks_in_a_minute == 0)
            look_each_minute();
        std::unique_lock lock(mutex);
        stopping.wait_for(lock, stop, As2Relations::look_interval, [] { return false; });
    }
}

void Service::State::look_each_minute() {
    certificates.look();
    context.as2_partials->forget_old(context.clock.now());
    if (auto const emptied = empty_old_exchanges(context); !emptied)
        context.log.line("store_failed", "-", fmt::format("reason={}", for_log(emptied.error().message)));
}

Service::Service(Context const& context, MakeDeliver make_deliver, unsigned threads) {
    context.channels.wait_at_most(turn_at_a_channel);
    context.post_turns->wait_at_most(turn_at_a_channel);
    state_ = std::make_unique<State>(context, std::move(make_deliver), threads);
    auto& state = *state_;
    for (auto const& channel : context.configuration.channels)
        if (channel.is_read())
            state.pollers.emplace_back(context, channel, [&state] { state.inner.wake(); });
    state.watcher = std::jthread([&state](std::stop_token stop) { state.watch(stop); });
}

Service::~Service() {
    auto& state = *state_;
    for (auto& poller : state.pollers)
        poller.request_stop();
    for (auto* lane : {&state.inner, &state.channels, &state.targets})
        lane->request_stop();
    *state.context.stopping = true; // no lane begins anything more: a POST that waits for its answer is broken off
    state.pollers.clear(); // joins
    for (auto* lane : {&state.inner, &state.channels, &state.targets})
        lane->join();
    state.watcher = {};
    write_notices(state.context);
}

void Service::wake() {
    for (auto* lane : {&state_->inner, &state_->channels, &state_->targets})
        lane->wake();
}

} // namespace wharf::gateway
