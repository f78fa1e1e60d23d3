// SFTP against OpenSSH's own client, in the same run, over both engines (docs/adr/0007-sftp-engine.md):
//
//     tools/build release wharf-sftp-speed && build/release/wharf-sftp-speed [ROUNDS [WHICH]]
//
// Only rows with WHICH in engine or title ("libssh: 200 MB down"), when it is given. Each row is the best of ROUNDS (3), login included on both sides, as a table in Markdown. A large file up and down, on loopback
// and through a line with 10 ms round trip; many small files against one batch (`sftp -b`) with a line for each. The server is an
// sshd of our own in a temporary folder; TMPDIR says where.
#include "tests/support/sshd.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "transport/channel.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <random>

namespace {

namespace fs = std::filesystem;
using namespace wharf;
using namespace wharf::transport;
using namespace wharf::testing_support;
using namespace std::chrono_literals;

constexpr std::size_t large_bytes = 200'000'000, small_files = 5000, small_bytes = 4096, files_at_a_time = 500;

[[noreturn]] void give_up(std::string const& reason) {
    fmt::print(stderr, "wharf-sftp-speed: {}\n", reason);
    std::exit(2);
}

std::string noise(std::size_t size) {
    std::mt19937_64 random(7);
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

struct Bench {
    Sshd sshd;
    fs::path in = sshd.home() / "in", out = sshd.home() / "out", local = sshd.path() / "local";
    std::string large = noise(large_bytes);
    std::string small = noise(small_bytes);
    std::vector<std::string> names;

    explicit Bench(std::string const& host_key) : sshd(Sshd::start({.host_key_type = host_key})) {
        if (!sshd.running())
            give_up(sshd.reason());
        for (unsigned i = 0; i < small_files; ++i)
            names.push_back(fmt::format("{:05}.edi", i));
        clear();
    }
    void clear() const {
        for (auto const& folder : {in, out, local}) {
            fs::remove_all(folder);
            fs::create_directory(folder);
        }
    }
    [[nodiscard]] std::unique_ptr<Connection> connect(std::uint16_t port, bool sync) const {
        SftpSettings settings;
        settings.host = "127.0.0.1";
        settings.port = port;
        settings.user = sshd.user();
        settings.private_key = sshd.user_key();
        settings.host_key_fingerprints = {sshd.fingerprint()};
        settings.rules.inbox = "in";
        settings.rules.outbox = "out";
        settings.rules.max_bytes = 1u << 30;
        settings.rules.most_per_poll = small_files;
        settings.rules.upload.sync = sync;
        auto made = make_sftp_channel("bench", settings)->connect();
        if (!made)
            give_up(made.error().message);
        return std::move(*made);
    }
    /// The client that everybody has, with a batch of commands.
    void sftp(std::uint16_t port, std::string const& batch) const {
        write_text(sshd.path() / "batch", batch);
        if (run({"sftp", "-q", "-b", (sshd.path() / "batch").string(), "-P", std::to_string(port), "-i", sshd.user_key().string(), "-o",
                 "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes",
                 sshd.user() + "@127.0.0.1"}) != 0)
            give_up("the sftp client failed");
    }
};

double seconds_of(std::function<void()> const& work) {
    auto const begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

template <class Results> void expect_all(Results const& results) {
    for (auto const& one : results)
        if (!one)
            give_up(one.error().message);
}

struct Row {
    std::string title;
    std::function<void()> prepare, ours, theirs;
    double mark; // theirs divided by ours, at least
    double bytes;
};

std::vector<Row> rows_of(Bench& bench, std::uint16_t port, std::string const& line, bool with_small) {
    auto const put_large = [&bench, port](bool sync) {
        return [&bench, port, sync] { expect_all(std::vector{bench.connect(port, sync)->put("large", bench.large)}); };
    };
    auto const sftp_up = [&bench, port] { bench.sftp(port, fmt::format("put {} out/large2\n", (bench.local / "large").string())); };
    auto const large_here = [&bench] {
        bench.clear();
        write_text(bench.local / "large", bench.large);
    };
    std::vector<Row> rows = {
        {"200 MB up" + line, large_here, put_large(false), sftp_up, 0.8, double(large_bytes)},
        {"200 MB up, synced to the disk before the rename" + line, large_here, put_large(true), sftp_up, 0, double(large_bytes)},
        {"200 MB down" + line,
         [&bench] {
             bench.clear();
             write_text(bench.in / "large", bench.large);
         },
         [&bench, port] {
             auto const connection = bench.connect(port, false);
             auto const content = connection->fetch(connection->list()->ready.at(0));
             if (!content || content->size() != large_bytes)
                 give_up("the large file did not come");
         },
         [&bench, port] { bench.sftp(port, fmt::format("get in/large {}\n", (bench.local / "large").string())); }, 0.8,
         double(large_bytes)},
    };
    if (!with_small)
        return rows;
    auto const batch = [&bench](std::string_view pattern) {
        std::string text;
        for (auto const& name : bench.names)
            text += fmt::format(fmt::runtime(pattern), name, bench.local.string());
        return text;
    };
    rows.push_back({fmt::format("{} files of 4 KB down, listed and read", small_files) + line,
                    [&bench] {
                        bench.clear();
                        for (auto const& name : bench.names)
                            write_text(bench.in / name, bench.small);
                    },
                    [&bench, port] {
                        auto const connection = bench.connect(port, false);
                        auto const files = connection->list()->ready;
                        if (files.size() != small_files)
                            give_up("files are missing");
                        for (std::size_t next = 0; next < files.size(); next += files_at_a_time)
                            expect_all(connection->fetch_all(std::span(files).subspan(next, files_at_a_time)));
                    },
                    [&bench, port, batch] { bench.sftp(port, batch("get in/{0} {1}/{0}\n")); }, 3, double(small_files * small_bytes)});
    rows.push_back({fmt::format("{} files of 4 KB up, drafts renamed", small_files) + line,
                    [&bench] {
                        bench.clear();
                        for (auto const& name : bench.names)
                            write_text(bench.local / name, bench.small);
                    },
                    [&bench, port] {
                        std::vector<Connection::Upload> uploads;
                        for (auto const& name : bench.names)
                            uploads.push_back({name, bench.small});
                        auto const connection = bench.connect(port, false);
                        for (std::size_t next = 0; next < uploads.size(); next += files_at_a_time)
                            expect_all(connection->put_all(std::span(uploads).subspan(next, files_at_a_time)));
                    },
                    [&bench, port, batch] { bench.sftp(port, batch("put {1}/{0} in/{0}\n")); }, 3, double(small_files * small_bytes)});
    return rows;
}

} // namespace

int main(int argc, char** argv) {
    int const rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 3;
    std::string const which = argc > 2 ? argv[2] : "";
    fmt::print("| | engine | ours | `sftp` | times as fast | mark | |\n|---|---|---|---|---|---|---|\n");
    bool kept = true;
    for (auto const& [host_key, engine] : {std::pair("ed25519", "libssh2"), std::pair("rsa", "libssh")}) {
        Bench bench(host_key);
        TcpProxy const slow(bench.sshd.port(), 5ms); // each way
        auto rows = rows_of(bench, bench.sshd.port(), "", true);
        for (auto& row : rows_of(bench, slow.port(), ", 10 ms", false))
            rows.push_back(std::move(row));
        for (auto const& row : rows) {
            if (fmt::format("{}: {}", engine, row.title).find(which) == std::string::npos)
                continue;
            double ours = 1e9, theirs = 1e9;
            for (int i = 0; i < rounds; ++i) {
                row.prepare();
                theirs = std::min(theirs, seconds_of(row.theirs));
                row.prepare();
                ours = std::min(ours, seconds_of(row.ours));
            }
            bool const fine = theirs / ours >= row.mark;
            kept = kept && fine;
            fmt::print("| {} | {} | {:.2f} s, {:.0f} MB/s | {:.2f} s | {:.2f} | {} | {} |\n", row.title, engine, ours, row.bytes / 1e6 / ours,
                       theirs, theirs / ours, row.mark > 0 ? fmt::format("≥ {}", row.mark) : "", fine ? "" : "missed");
            std::fflush(stdout);
        }
    }
    return kept ? 0 : 1;
}
