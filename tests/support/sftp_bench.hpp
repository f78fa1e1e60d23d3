// A gateway in memory (gateway_bench.hpp) whose one channel is a login on a real OpenSSH server, by a way that the caller names.
#pragma once

#include "support/gateway_bench.hpp"
#include "support/sshd.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace wharf::test {

using testing_support::Sshd;

/// With the folders `in` and `out` in the login's home. `change`: what the channel has beyond that.
inline std::unique_ptr<Bench> sftp_bench(Sshd const& sshd, std::uint16_t port, std::function<void(partner::Channel&)> const& change) {
    for (auto const* const folder : {"in", "out"})
        std::filesystem::create_directory(sshd.home() / folder);
    auto configuration = one_partner();
    auto& channel = configuration.channels.front();
    channel.transport = partner::TransportKind::sftp;
    channel.poll_interval = 1s;
    auto& sftp = channel.sftp;
    sftp.host = "127.0.0.1";
    sftp.port = port;
    sftp.user = sshd.user();
    sftp.private_key = sshd.user_key();
    sftp.host_key_fingerprints = {sshd.fingerprint()};
    sftp.timeout = 20s;
    sftp.reconnect_delay = 0s;
    change(channel);
    auto bench = std::make_unique<Bench>(configuration);
    auto opened = gateway::Channels::open(bench->configuration);
    if (!opened)
        throw std::runtime_error(opened.error().message);
    bench->channels = std::move(*opened);
    bench->context.emplace(gateway::Context{bench->configuration, *bench->store, *bench->knowledge, *bench->channels, bench->clock,
                                            bench->log, [] { return 0.5; }});
    return bench;
}

/// An interchange that is like no other.
inline std::string invoice_number(unsigned number) {
    auto text = interchange("IN", {set("810", small_810)}, "004010", std::to_string(number + 1));
    auto const at = text.find("INV1");
    return text.replace(at, 4, fmt::format("INV{}", number));
}

} // namespace wharf::test
