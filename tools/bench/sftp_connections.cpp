// What `sftp: {connections: N}` gains: the gateway's own looks and uploads against an sshd of our own, on loopback and through a line with
// 10 ms round trip. The store is in memory, so that the line is measured and not the disk.
//
//     tools/build release wharf-sftp-connections && build/release/wharf-sftp-connections [ROUNDS]
//
// Each cell is the best of ROUNDS (3), logins included, as a table in Markdown. TMPDIR says where the server's files are.
#include "tests/support/sftp_bench.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <cstdlib>

namespace {

using namespace wharf;
using namespace std::chrono_literals;
using testing_support::Sshd;
using testing_support::TcpProxy;

[[noreturn]] void give_up(std::string const& reason) {
    fmt::print(stderr, "wharf-sftp-connections: {}\n", reason);
    std::exit(2);
}

void clear(Sshd const& sshd) {
    for (auto const* const folder : {"in", "out"}) {
        std::filesystem::remove_all(sshd.home() / folder);
        std::filesystem::create_directory(sshd.home() / folder);
    }
}

struct Task {
    std::string title;
    std::function<void(Sshd const&, test::Bench&)> prepare;
    std::function<void(test::Bench&, unsigned connections)> run;
};

Task taking(std::string title, unsigned files, std::size_t bytes) {
    return {std::move(title),
            [=](Sshd const& sshd, test::Bench&) {
                for (unsigned number = 0; number < files; ++number)
                    testing_support::write_text(sshd.home() / "in" / fmt::format("{:04}", number), std::string(bytes, static_cast<char>('a' + number % 26)));
            },
            [=](test::Bench& bench, unsigned) {
                auto const report = gateway::take_in(*bench.context, bench.configuration.channels.front());
                if (report.taken != files)
                    give_up(fmt::format("{} files of {} were taken: {}", report.taken, files, report.trouble));
            }};
}

Task sending(unsigned orders) {
    return {fmt::format("{} orders sent, each a file of its own", orders),
            [=](Sshd const&, test::Bench& bench) {
                for (unsigned number = 0; number < orders; ++number)
                    if (bench.order(fmt::format("PO-{}", number)).fate != gateway::SubmissionFate::accepted)
                        give_up("an order was not accepted");
            },
            [](test::Bench& bench, unsigned connections) {
                if (!gateway::run_until_idle(*bench.context, gateway::deliver_by_http(), connections))
                    give_up("the work failed");
                for (auto const& message : bench.messages(store::Direction::outbound))
                    if (message.state == store::MessageState::ready)
                        give_up("an order was not sent");
            }};
}

double seconds(Sshd const& sshd, std::uint16_t port, Task const& task, unsigned connections) {
    clear(sshd);
    auto const bench = test::sftp_bench(sshd, port, [&](partner::Channel& channel) { channel.sftp.connections = connections; });
    task.prepare(sshd, *bench);
    auto const begun = std::chrono::steady_clock::now();
    task.run(*bench, connections);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

} // namespace

int main(int argc, char** argv) {
    int const rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 3;
    auto const sshd = Sshd::start();
    if (!sshd.running())
        give_up(sshd.reason());
    TcpProxy const slow(sshd.port(), 5ms); // each way
    constexpr unsigned most[] = {1, 2, 4, 8};
    for (auto const& [line, port] : {std::pair("loopback", sshd.port()), std::pair("10 ms round trip", slow.port())}) {
        fmt::print("| {} | 1 | 2 | 4 | 8 |\n|---|---|---|---|---|\n", line);
        for (auto const& task : {taking("1,000 files of 4 KB taken: listed, read, stored, removed", 1000, 4096),
                                 taking("16 files of 8 MB taken", 16, 8'000'000), sending(200)}) {
            fmt::print("| {} |", task.title);
            for (auto const connections : most) {
                double best = 1e9;
                for (int i = 0; i < rounds; ++i)
                    best = std::min(best, seconds(sshd, port, task, connections));
                fmt::print(" {:.2f} s |", best);
                std::fflush(stdout);
            }
            fmt::print("\n");
        }
        fmt::print("\n");
    }
}
