// The running gateway: threads that claim, wait and stop. Tests wait for what happens, never for a time.
#include "support/gateway_bench.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;
using test::Bench;

/// A clock that several threads read while a test moves it.
class SharedClock final : public Clock {
public:
    explicit SharedClock(Timestamp start) : now_(start.time_since_epoch().count()) {}
    [[nodiscard]] Timestamp now() const override { return Timestamp(std::chrono::milliseconds(now_.load())); }
    void advance(std::chrono::milliseconds by) { now_ += by.count(); }

private:
    std::atomic<Timestamp::rep> now_;
};

delivery::Outcome const taken{delivery::OutcomeKind::delivered, 201, "", "R-1", 0s};

/// A target whose first request is answered when the test says so.
class HeldTarget {
public:
    explicit HeldTarget(delivery::Outcome answer) : answer_(std::move(answer)) {}
    delivery::Outcome take(delivery::DeliveryRequest const& request) {
        std::unique_lock lock(mutex_);
        bool const is_held = requests_.empty();
        ++requests_[request.idempotency_key];
        changed_.notify_all();
        if (!is_held)
            return taken;
        changed_.wait(lock, [&] { return released_; });
        return answer_;
    }
    void wait_for_documents(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return requests_.size() >= count; });
    }
    void release() {
        std::lock_guard const guard(mutex_);
        released_ = true;
        changed_.notify_all();
    }
    [[nodiscard]] unsigned most_requests_for_one_document() {
        std::lock_guard const guard(mutex_);
        unsigned most = 0;
        for (auto const& [document, count] : requests_)
            most = std::max(most, count);
        return most;
    }

private:
    delivery::Outcome answer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, unsigned> requests_; // by document
    bool released_ = false;
};

/// A delivery that takes longer than its lease.
class LongDelivery : public testing::Test {
protected:
    /// Carries it out; the service is gone then. How often the target was asked for one document at most.
    unsigned ends_with(delivery::Outcome answer) {
        auto& partner = bench.configuration.partners[0];
        partner.duplicates = {false, false, false};
        for (auto& document : partner.documents)
            document.duplicates = {false, false, false};
        auto const channel = bench.configuration.channels[0];
        bench.configuration.channels[0].pickup.inbox.clear(); // nobody but the test looks at it
        HeldTarget target(std::move(answer));
        auto const deliver = [&](delivery::TargetSettings const&, delivery::DeliveryRequest const& request) { return target.take(request); };
        {
            Service service(context, [&] { return deliver; }, 2);
            auto const bring = [&](std::string const& file) {
                bench.inbox()[file] = test::interchange("IN", {test::set("810", test::small_810)});
                EXPECT_EQ(take_in(context, channel).taken, 1U);
                service.wake();
            };
            bring("a.edi");
            target.wait_for_documents(1);
            clock.advance(11min); // its lease is over
            bring("b.edi");       // whoever claims this delivery claims the other as well, and before it
            target.wait_for_documents(2);
            target.release();
        }
        return target.most_requests_for_one_document();
    }
    std::optional<Timestamp> next_delivery() {
        std::optional<Timestamp> next;
        EXPECT_TRUE(bench.store->read([&](store::Transaction& transaction) -> Result<void> {
            next = transaction.next_due(std::array{store::JobKind::deliver}).value();
            return {};
        }));
        return next;
    }

    Bench bench;
    SharedClock clock{bench.clock.now()};
    Log const log{clock, [](std::string_view) {}};
    Context const context{bench.configuration, *bench.store, *bench.knowledge, *bench.channels, clock, log, [] { return 0.5; }};
};

TEST_F(LongDelivery, IsNotBegunTwice) {
    EXPECT_EQ(ends_with(taken), 1U);
    bench.clock.advance(24h);
    bench.work();
    EXPECT_TRUE(bench.requests.empty()) << "nothing was left undone";
}

TEST_F(LongDelivery, ThatFailsWaitsForItsNextAttempt) {
    auto& retry = bench.configuration.gateway.retry;
    retry = {30min, 60min, 3};
    EXPECT_EQ(ends_with({delivery::OutcomeKind::temporary_failure, 503, "busy", "", 0s}), 1U);
    EXPECT_EQ(next_delivery(), clock.now() + delivery::backoff(1, retry.base, retry.cap, 0.5)) << "its lease was renewed meanwhile; that begins nothing";
    bench.clock.advance(24h);
    bench.work();
    EXPECT_EQ(bench.requests.size(), 1U);
}

} // namespace
} // namespace wharf::gateway
