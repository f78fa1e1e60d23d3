#include "gateway/wires.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wharf::gateway {
namespace {

/// A secret of the configuration and where its content goes.
struct Wanted {
    partner::Secret const* secret;
    std::string* text;
    std::string path;
};

Result<void> resolve(partner::Channel const& channel, std::vector<Wanted> const& all) {
    for (auto const& [secret, text, path] : all) {
        auto resolved = secret->resolve();
        if (!resolved)
            return invalid(fmt::format("channel {}: {}: {}", channel.name, path, resolved.error().message));
        *text = std::move(*resolved);
    }
    return {};
}

transport::TlsSettings tls_of(partner::ClientTls const& tls) {
    transport::TlsSettings settings;
    settings.authorities = tls.authorities;
    settings.pinned_public_key = fmt::format("{}", fmt::join(tls.pinned_keys, ";"));
    settings.pin_is_enough = tls.pin_is_enough;
    settings.client_certificate = tls.client_certificate;
    settings.client_key = tls.client_key;
    return settings;
}

/// What both have, under the same names.
template <class To, class From> void take_line(To& settings, From const& from) {
    settings.tls = tls_of(from.tls);
    settings.proxy = proxy_of(from.proxy);
    settings.connect_timeout = from.connect_timeout;
    settings.timeout = from.timeout;
    settings.bind_address = from.bind_address;
}

Result<std::unique_ptr<transport::Channel>> open_ftps(partner::Channel const& channel, transport::PickupRules rules) {
    auto const& ftps = channel.ftps;
    transport::FtpsSettings settings;
    take_line(settings, ftps);
    settings.host = ftps.host;
    settings.port = ftps.port.number;
    settings.user = ftps.user;
    settings.implicit = ftps.implicit;
    settings.insecure_plain = ftps.insecure_plain;
    settings.tls_1_3 = ftps.tls_1_3;
    settings.extended_passive = ftps.extended_passive;
    settings.machine_listing = ftps.machine_listing;
    settings.idle_timeout = ftps.idle_timeout;
    settings.bytes_per_second = ftps.bytes_per_second;
    settings.rules = std::move(rules);
    auto resolved = resolve(channel, {{&ftps.password, &settings.password, "ftps.password"},
                                      {&ftps.tls.client_passphrase, &settings.tls.client_key_passphrase, "ftps.tls.client_passphrase"},
                                      {&ftps.proxy.password, &settings.proxy.password, "ftps.proxy.password"}});
    if (!resolved)
        return unexpected(std::move(resolved.error()));
    return transport::make_ftps_channel(channel.name, std::move(settings));
}

Result<std::unique_ptr<transport::Channel>> open_https(partner::Channel const& channel, transport::PickupRules rules) {
    auto const& https = channel.https;
    transport::HttpsSettings settings;
    take_line(settings, https);
    settings.listing = same_word<transport::HttpsSettings::Listing>(https.listing);
    settings.remember_by = same_word<transport::HttpsSettings::RememberBy>(https.remember_by);
    settings.user = https.basic.user;
    settings.method = https.method;
    settings.content_type = https.content_type;
    settings.idempotency_header = https.idempotency_header;
    for (auto const& status : https.success)
        settings.success.push_back(std::stoi(status));
    settings.rules = std::move(rules);
    std::vector<Wanted> wanted = {{&https.basic.password, &settings.password, "https.basic.password"},
                                  {&https.bearer_token, &settings.bearer_token, "https.bearer_token"},
                                  {&https.tls.client_passphrase, &settings.tls.client_key_passphrase, "https.tls.client_passphrase"},
                                  {&https.proxy.password, &settings.proxy.password, "https.proxy.password"}};
    for (auto const& header : https.headers)
        settings.headers.push_back({header.name, header.value});
    for (std::size_t i = 0; i < https.headers.size(); ++i)
        if (!https.headers[i].secret.empty())
            wanted.push_back({&https.headers[i].secret, &settings.headers[i].value, fmt::format("https.headers[{}].secret", i)});
    if (auto resolved = resolve(channel, wanted); !resolved)
        return unexpected(std::move(resolved.error()));
    return transport::make_https_channel(channel.name, std::move(settings));
}

} // namespace

transport::ProxySettings proxy_of(partner::Proxy const& proxy) {
    transport::ProxySettings settings;
    settings.kind = same_word<transport::ProxySettings::Kind>(proxy.kind);
    settings.host = proxy.host;
    settings.port = proxy.port;
    settings.user = proxy.user;
    return settings;
}

Result<std::unique_ptr<transport::Channel>> open_wire(partner::Channel const& channel, transport::PickupRules rules) {
    return channel.transport == partner::TransportKind::ftps ? open_ftps(channel, std::move(rules)) : open_https(channel, std::move(rules));
}

std::chrono::seconds reconnect_delay_of(partner::Channel const& channel) {
    switch (channel.transport) {
    case partner::TransportKind::ftps: return channel.ftps.reconnect_delay;
    case partner::TransportKind::https: return channel.https.reconnect_delay;
    default: return channel.sftp.reconnect_delay;
    }
}

} // namespace wharf::gateway
