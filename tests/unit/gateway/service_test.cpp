// The running gateway: threads that claim, wait and stop. Tests wait for what happens, never for a time.
#include "support/gateway_bench.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>

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

/// A target whose first request is answered when the test says so.
class HeldTarget {
public:
    delivery::Outcome take(delivery::DeliveryRequest const& request) {
        std::unique_lock lock(mutex_);
        bool const is_held = requests_.empty();
        ++requests_[request.idempotency_key];
        changed_.notify_all();
        if (is_held)
            changed_.wait(lock, [&] { return released_; });
        return {delivery::OutcomeKind::delivered, 201, "", "R-1", 0s};
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
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, unsigned> requests_; // by document
    bool released_ = false;
};

TEST(Service, AJobThatTakesLongerThanItsLeaseIsNotBegunTwice) {
    Bench bench;
    SharedClock clock(bench.clock.now());
    Log const log(clock, [](std::string_view) {});
    auto& partner = bench.configuration.partners[0];
    partner.duplicates = {false, false, false};
    for (auto& document : partner.documents)
        document.duplicates = {false, false, false};
    auto const channel = bench.configuration.channels[0];
    bench.configuration.channels[0].pickup.inbox.clear(); // nobody but the test looks at it
    Context const context{bench.configuration, *bench.store, *bench.knowledge, *bench.channels, clock, log, [] { return 0.5; }};
    HeldTarget target;
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
    EXPECT_EQ(target.most_requests_for_one_document(), 1U);
    bench.clock.advance(24h);
    bench.work();
    EXPECT_TRUE(bench.requests.empty()) << "nothing was left undone";
}

} // namespace
} // namespace wharf::gateway
