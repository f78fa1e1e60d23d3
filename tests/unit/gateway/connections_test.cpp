// SeveralConnections: `connections: 4` against a real OpenSSH server, through a line that may be cut. Every file arrives whole and once.
#include "support/gateway_bench.hpp"
#include "support/sshd.hpp"
#include "support/tcp_proxy.hpp"

#include <fmt/format.h>

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
        for (auto const* const folder : {"in", "out"})
            fs::create_directory(sshd_->home() / folder);
        proxy_ = std::make_unique<TcpProxy>(sshd_->port());
        auto configuration = test::one_partner();
        auto& channel = configuration.channels.front();
        channel.transport = partner::TransportKind::sftp;
        auto& sftp = channel.sftp;
        sftp.host = "127.0.0.1";
        sftp.port = proxy_->port();
        sftp.user = sshd_->user();
        sftp.private_key = sshd_->user_key();
        sftp.host_key_fingerprints = {sshd_->fingerprint()};
        sftp.timeout = 20s;
        sftp.reconnect_delay = 0s;
        sftp.connections = 4;
        channel.poll_interval = 1s;
        bench_ = std::make_unique<test::Bench>(configuration);
        auto opened = Channels::open(bench_->configuration);
        ASSERT_TRUE(opened) << opened.error().message;
        bench_->channels = std::move(*opened);
        auto& bench = *bench_;
        bench.context.emplace(
            Context{bench.configuration, *bench.store, *bench.knowledge, *bench.channels, bench.clock, bench.log, [] { return 0.5; }});
    }
    [[nodiscard]] fs::path inbox() const { return sshd_->home() / "in"; }

    static std::string invoice(unsigned number) {
        auto text = test::interchange("IN", {test::set("810", test::small_810)}, "004010", std::to_string(number + 1));
        auto const at = text.find("INV1");
        return text.replace(at, 4, fmt::format("INV{}", number));
    }
    void fill() const {
        for (unsigned number = 0; number < file_count; ++number)
            testing_support::write_text(inbox() / fmt::format("{:03}.edi", number), invoice(number));
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
                    EXPECT_EQ((*transfer)->raw, invoice(number));
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

} // namespace
} // namespace wharf::gateway
