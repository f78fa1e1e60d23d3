// Several connections of a channel: how many callers are served, what happens when the server takes fewer, and when one breaks.
#include "gateway/channels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;

/// A server that takes so many connections at a time.
struct Server {
    std::atomic<unsigned> most = 100, open = 0, made = 0;
    std::atomic<bool> is_down = false;
    std::string refused; // its host key, and why; empty: it is the right one
};

class Open final : public transport::Connection {
public:
    explicit Open(std::shared_ptr<Server> server) : server_(std::move(server)) { ++server_->made; }
    ~Open() override { --server_->open; }
    Result<transport::Listing> list() override { return transport::Listing{}; }
    Result<std::string> fetch(transport::RemoteFile const&) override { return std::string(); }
    Result<void> finish(transport::RemoteFile const&) override { return {}; }
    Result<void> set_aside(transport::RemoteFile const&) override { return {}; }
    Result<void> put(std::string_view, std::string_view) override { return {}; }

private:
    std::shared_ptr<Server> server_;
};

class CappedChannel final : public transport::Channel {
public:
    explicit CappedChannel(std::shared_ptr<Server> server) : server_(std::move(server)) {}
    std::string const& name() const override { return name_; }
    bool is_stopped() const override { return !server_->refused.empty(); }
    Result<std::unique_ptr<transport::Connection>> connect() override {
        if (server_->is_down)
            return temporary("connection refused");
        if (!server_->refused.empty())
            return permanent(server_->refused);
        if (++server_->open > server_->most) {
            --server_->open;
            return temporary("too many connections");
        }
        return std::make_unique<Open>(server_);
    }

private:
    std::string name_ = "van";
    std::shared_ptr<Server> server_;
};

class ChannelsTest : public testing::Test {
protected:
    std::unique_ptr<Channels> open(unsigned connections) {
        std::vector<std::unique_ptr<transport::Channel>> list;
        list.push_back(std::make_unique<CappedChannel>(server_));
        return std::make_unique<Channels>(std::move(list), connections);
    }
    std::shared_ptr<Server> server_ = std::make_shared<Server>();
};

TEST_F(ChannelsTest, AsManyCallersAreServedAtATimeAsThereAreConnections) {
    auto const channels = open(3);
    EXPECT_EQ(channels->connections("van"), 3U);
    std::latch together(3); // none ends before all have begun
    std::vector<std::jthread> callers;
    for (int i = 0; i < 3; ++i)
        callers.emplace_back([&] {
            EXPECT_TRUE(channels->with("van", [&](transport::Connection&) -> Result<void> {
                together.arrive_and_wait();
                return {};
            }));
        });
    callers.clear();
    EXPECT_EQ(server_->made, 3U);
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(channels->with("van", [](transport::Connection&) { return Result<void>(); }));
    EXPECT_EQ(server_->made, 3U) << "they are kept";
    channels->close("van");
    EXPECT_EQ(server_->open, 0U);
}

TEST_F(ChannelsTest, AServerThatTakesFewerIsServedWithThose) {
    server_->most = 2;
    auto const channels = open(4);
    std::vector<std::string> lines;
    SystemClock clock;
    Log const log(clock, [&lines](std::string_view line) { lines.emplace_back(line); });
    channels->tell_to(log);
    std::atomic<unsigned> served = 0;
    std::latch first(1);
    std::vector<std::jthread> callers;
    callers.emplace_back([&] {
        EXPECT_TRUE(channels->with("van", [&](transport::Connection&) -> Result<void> {
            first.count_down();
            while (served < 19) // stays busy until all others were served over the one that is left
                std::this_thread::sleep_for(1ms);
            return {};
        }));
    });
    first.wait();
    for (int i = 0; i < 19; ++i)
        callers.emplace_back([&] {
            auto const done = channels->with("van", [](transport::Connection&) { return Result<void>(); });
            EXPECT_TRUE(done) << done.error().message;
            ++served;
        });
    callers.clear();
    EXPECT_EQ(served, 19U);
    EXPECT_LE(server_->open, 2U);
    for (auto const& line : lines)
        EXPECT_THAT(line, testing::HasSubstr("fewer_connections van connections="));
    EXPECT_LE(lines.size(), 3U);
}

TEST_F(ChannelsTest, AHostKeyThatWasRefusedIsAnAlarmUntilTheServerIsReachedAgain) {
    SystemClock clock;
    Log const log(clock, [](std::string_view) {});
    auto const store = store::open_sqlite(":memory:").value();
    auto const alarms = [&](Notices& notices) {
        EXPECT_TRUE(notices.write(*store, clock.now()));
        std::vector<std::string> found;
        EXPECT_TRUE(store->read([&](store::Transaction& transaction) -> Result<void> {
            auto const open = transaction.alarms({}).value();
            for (auto const& one : open)
                found.push_back(one.type + " " + one.subject + " " + one.text);
            return {};
        }));
        return found;
    };
    auto const none = [](transport::Connection&) { return Result<void>(); };
    for (int start = 0; start < 2; ++start) { // two runs of the gateway
        Notices notices;
        server_->refused = "the host key is another one";
        auto const channels = open(1);
        channels->tell_to(log, &notices);
        EXPECT_FALSE(channels->with("van", none));
        EXPECT_FALSE(channels->with("van", none));
        EXPECT_EQ(alarms(notices), (std::vector<std::string>{"HOST_KEY_REFUSED van the host key is another one"})) << "once";
    }
    Notices notices;
    server_->refused.clear();
    auto const channels = open(1);
    channels->tell_to(log, &notices);
    EXPECT_TRUE(channels->with("van", none));
    EXPECT_TRUE(alarms(notices).empty());
}

TEST_F(ChannelsTest, AConnectionThatBreaksIsMadeAnewOnceAndTheOthersStay) {
    auto const channels = open(2);
    std::latch together(2);
    std::vector<std::jthread> callers;
    for (int i = 0; i < 2; ++i)
        callers.emplace_back([&] {
            (void)channels->with("van", [&](transport::Connection&) -> Result<void> {
                together.arrive_and_wait();
                return {};
            });
        });
    callers.clear();
    unsigned tries = 0;
    EXPECT_TRUE(channels->with("van", [&](transport::Connection&) { return ++tries == 1 ? Result<void>(temporary("cut")) : Result<void>(); }));
    EXPECT_EQ(tries, 2U);
    EXPECT_EQ(server_->made, 3U);
    EXPECT_EQ(server_->open, 2U);
}

TEST_F(ChannelsTest, AServerThatIsDownIsNoServerThatTakesFewer) {
    server_->is_down = true;
    auto const channels = open(2);
    auto const done = channels->with("van", [](transport::Connection&) { return Result<void>(); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "connection refused");
    server_->is_down = false;
    std::latch together(2);
    std::vector<std::jthread> callers;
    for (int i = 0; i < 2; ++i)
        callers.emplace_back([&] {
            EXPECT_TRUE(channels->with("van", [&](transport::Connection&) -> Result<void> {
                together.arrive_and_wait();
                return {};
            }));
        });
    callers.clear();
}

TEST_F(ChannelsTest, OneLookAtATime) {
    auto const channels = open(4);
    auto const first = channels->look("van");
    EXPECT_TRUE(first.owns_lock());
    std::jthread([&] { EXPECT_FALSE(channels->look("van").owns_lock()); }).join();
}

} // namespace
} // namespace wharf::gateway
