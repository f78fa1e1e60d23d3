// SeveralConnections: `connections: 4` against a real OpenSSH server, through a line that may be cut. Every file arrives whole and once.
#include "support/sftp_bench.hpp"
#include "support/tcp_proxy.hpp"


#include <set>
#include <thread>

namespace wharf::gateway {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing_support::Sshd;
using testing_support::TcpProxy;

constexpr unsigned file_count = 500;

class SeveralConnections : public testing::Test {
protected:
    void SetUp() override {
        sshd_ = std::make_unique<Sshd>(Sshd::start({}));
        if (!sshd_->running())
            GTEST_SKIP() << sshd_->reason();
        proxy_ = std::make_unique<TcpProxy>(sshd_->port());
        start([](partner::Channel&) {});
    }
    void start(std::function<void(partner::Channel&)> const& change) {
        bench_ = test::sftp_bench(*sshd_, proxy_->port(), [&](partner::Channel& channel) {
            channel.sftp.connections = 4;
            change(channel);
        });
    }
    [[nodiscard]] fs::path inbox() const { return sshd_->home() / "in"; }

    void fill() const {
        for (unsigned number = 0; number < file_count; ++number)
            testing_support::write_text(inbox() / fmt::format("{:03}.edi", number), test::invoice_number(number));
    }
    unsigned left() const {
        return static_cast<unsigned>(std::distance(fs::directory_iterator(inbox()), fs::directory_iterator()));
    }
    IntakeReport look() { return take_in(*bench_->context, bench_->configuration.channels.front()); }

    /// Every file is in the store under its name, with its bytes, and no other.
    void expect_all_once() {
        EXPECT_EQ(left(), 0U);
        std::map<std::string, unsigned> names;
        (void)bench_->store->transact([&](store::Transaction& transaction) -> Result<void> {
            while (true) {
                auto jobs = transaction.claim_jobs(bench_->clock.now(), bench_->clock.now() + 1h, 64, std::array{store::JobKind::process_transfer});
                if (!jobs || jobs->empty())
                    return {};
                for (auto const& job : *jobs) {
                    auto const transfer = transaction.transfer(job.subject);
                    if (!transfer || !*transfer)
                        continue;
                    ++names[(*transfer)->file_name];
                    auto const number = static_cast<unsigned>(std::stoul((*transfer)->file_name));
                    EXPECT_EQ((*transfer)->raw, test::invoice_number(number));
                }
            }
        });
        EXPECT_EQ(names.size(), file_count);
        for (auto const& [name, times] : names)
            EXPECT_EQ(times, 1U) << name;
    }

    std::unique_ptr<Sshd> sshd_;
    std::unique_ptr<TcpProxy> proxy_;
    std::unique_ptr<test::Bench> bench_;
};

TEST_F(SeveralConnections, FiveHundredFilesArriveOnce) {
    fill();
    auto const report = look();
    EXPECT_EQ(report.trouble, "");
    EXPECT_EQ(report.taken, file_count);
    EXPECT_LE(proxy_->connections(), 4U);
    EXPECT_GE(proxy_->connections(), 2U) << "the work was shared";
    expect_all_once();
    auto const made = proxy_->connections();
    fill();
    EXPECT_EQ(look().taken, file_count);
    EXPECT_LE(proxy_->connections(), 4U);
    EXPECT_GE(proxy_->connections(), made) << "they are kept";
}

TEST_F(SeveralConnections, OneIsCutInTheMiddle) {
    fill();
    std::jthread cutter([this] {
        while (proxy_->bytes() < 150'000 && proxy_->connections() < 100) // the log-ins take about 20 KB
            std::this_thread::yield();
        proxy_->cut_first();
    });
    unsigned taken = 0;
    for (int looks = 0; looks < 20 && left() > 0; ++looks)
        taken += look().taken;
    cutter.join();
    EXPECT_EQ(taken, file_count);
    expect_all_once();
}

TEST_F(SeveralConnections, AllAreCutAgainAndAgain) {
    fill();
    unsigned taken = 0;
    for (int looks = 0; looks < 200 && left() > 0; ++looks) {
        proxy_->cut_after(90'000 + 9'000 * static_cast<std::uint64_t>(looks));
        auto const report = look();
        taken += report.taken;
        bench_->clock.advance(10s);
    }
    EXPECT_GT(proxy_->connections(), 4U) << "or nothing was cut";
    EXPECT_EQ(taken, file_count);
    expect_all_once();
}

TEST_F(SeveralConnections, UploadsGoInParallel) {
    constexpr unsigned orders = 60;
    for (unsigned number = 0; number < orders; ++number)
        ASSERT_EQ(bench_->order(fmt::format("PO-{}", number)).fate, SubmissionFate::accepted);
    auto const done = run_until_idle(*bench_->context, deliver_by_http(), 4);
    ASSERT_TRUE(done) << done.error().message;
    std::set<std::string> contents;
    for (auto const& entry : fs::directory_iterator(sshd_->home() / "out"))
        contents.insert(testing_support::read_text(entry.path()));
    EXPECT_EQ(contents.size(), orders);
    EXPECT_LE(proxy_->connections(), 4U);
    EXPECT_GE(proxy_->connections(), 2U);
}

// With `leave` the login may not even have the right to move what is too large.
TEST_F(SeveralConnections, WhatIsTooLargeStaysWhereFilesStayAndIsToldOfOnce) {
    start([](partner::Channel& channel) {
        channel.pickup.leave = true;
        channel.pickup.max_bytes = 1000;
    });
    testing_support::write_text(inbox() / "fits", "x");
    testing_support::write_text(inbox() / "large", std::string(1001, 'x'));
    auto const first = look();
    EXPECT_EQ(first.trouble, "");
    EXPECT_EQ(first.taken, 1U);
    EXPECT_EQ(first.set_aside, 1U);
    auto const second = look();
    EXPECT_EQ(second.trouble, "");
    EXPECT_EQ(second.taken + second.set_aside, 0U);
    EXPECT_EQ(left(), 2U);
    EXPECT_FALSE(fs::exists(sshd_->home() / "failed"));
}

} // namespace
} // namespace wharf::gateway
