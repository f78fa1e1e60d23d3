#include "gateway/channels.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <tuple>
#include <utility>

namespace wharf::gateway {

namespace {

/// The words of the configuration stand in the same order as the transport's.
template <class To, class From> To same_word(From word) { return static_cast<To>(static_cast<int>(word)); }

transport::UploadRules upload_of(partner::Upload const& upload) {
    transport::UploadRules rules;
    rules.existing = same_word<transport::UploadRules::Existing>(upload.existing);
    rules.temporary = upload.temporary_name;
    rules.temporary_folder = upload.temporary_folder;
    rules.marker = upload.marker;
    rules.mode = static_cast<std::uint32_t>(std::strtoul(upload.mode.c_str(), nullptr, 8));
    rules.make_folders = upload.make_folders;
    rules.sync = upload.sync;
    rules.write_only = upload.write_only;
    return rules;
}

transport::PickupRules rules_of(partner::Channel const& channel) {
    auto const& pickup = channel.pickup;
    transport::PickupRules rules;
    rules.inbox = pickup.inbox;
    rules.outbox = pickup.outbox;
    rules.archive = pickup.archive;
    rules.collision = same_word<transport::PickupRules::Collision>(pickup.archive_collision);
    rules.leave = pickup.leave;
    rules.failed = pickup.failed;
    rules.include = pickup.include;
    rules.exclude = pickup.exclude;
    rules.done_marker = pickup.done_marker;
    rules.claim_as = pickup.claim_as;
    rules.depth = pickup.depth;
    rules.order = same_word<transport::PickupRules::Order>(pickup.order);
    rules.minimum_age = pickup.minimum_age;
    rules.stable_polls = pickup.stable_polls;
    rules.most_per_poll = pickup.most_per_poll;
    rules.min_bytes = pickup.min_bytes;
    rules.max_bytes = pickup.max_bytes;
    rules.upload = upload_of(channel.upload);
    return rules;
}

Result<transport::SftpSettings> settings_of(partner::Channel const& channel) {
    auto const& sftp = channel.sftp;
    transport::SftpSettings settings;
    settings.host = sftp.host;
    settings.port = sftp.port;
    settings.user = sftp.user;
    settings.host_key_fingerprints = sftp.host_key_fingerprints;
    settings.known_hosts = sftp.known_hosts;
    settings.private_key = sftp.private_key;
    settings.certificate = sftp.certificate;
    settings.agent = sftp.agent;
    settings.key_exchanges = sftp.key_exchanges;
    settings.host_key_algorithms = sftp.host_key_algorithms;
    settings.ciphers = sftp.ciphers;
    settings.macs = sftp.macs;
    settings.connect_timeout = sftp.connect_timeout;
    settings.timeout = sftp.timeout;
    settings.idle_timeout = sftp.idle_timeout;
    settings.keepalive = sftp.keepalive;
    settings.bind_address = sftp.bind_address;
    settings.proxy.kind = same_word<transport::ProxySettings::Kind>(sftp.proxy.kind);
    settings.proxy.host = sftp.proxy.host;
    settings.proxy.port = sftp.proxy.port;
    settings.proxy.user = sftp.proxy.user;
    settings.bytes_per_second = sftp.bytes_per_second;
    settings.most_open_files = sftp.most_open_files;
    settings.transfers_per_connection = sftp.transfers_per_connection;
    settings.rules = rules_of(channel);
    for (auto const& [secret, text, name] : {std::tuple(&sftp.password, &settings.password, "password"),
                                             std::tuple(&sftp.passphrase, &settings.passphrase, "passphrase"),
                                             std::tuple(&sftp.proxy.password, &settings.proxy.password, "proxy.password")}) {
        auto resolved = secret->resolve();
        if (!resolved)
            return invalid(fmt::format("channel {}: sftp.{}: {}", channel.name, name, resolved.error().message));
        *text = std::move(*resolved);
    }
    return settings;
}

} // namespace

Channels::Channels(std::vector<std::unique_ptr<transport::Channel>> channels) {
    for (auto& channel : channels) {
        auto entry = std::make_unique<Entry>();
        auto const name = channel->name();
        entry->channel = std::move(channel);
        entries_.emplace(name, std::move(entry));
    }
}

Result<std::unique_ptr<Channels>> Channels::open(partner::Configuration const& configuration) {
    std::vector<std::unique_ptr<transport::Channel>> opened;
    for (auto const& channel : configuration.channels) {
        if (channel.transport == partner::TransportKind::as2) // has no folders: as2_relations.hpp
            continue;
        if (channel.transport == partner::TransportKind::folder) {
            transport::FolderSettings settings;
            settings.root = channel.folder.root;
            settings.rules = rules_of(channel);
            opened.push_back(transport::make_folder_channel(channel.name, std::move(settings)));
            continue;
        }
        auto settings = settings_of(channel);
        if (!settings)
            return unexpected(std::move(settings.error()));
        opened.push_back(transport::make_sftp_channel(channel.name, std::move(*settings)));
    }
    auto channels = std::make_unique<Channels>(std::move(opened));
    for (auto const& channel : configuration.channels) {
        if (channel.transport == partner::TransportKind::as2)
            continue;
        auto& entry = *channels->entries_.at(channel.name);
        entry.keep = channel.transport != partner::TransportKind::folder;
        if (entry.keep)
            entry.reconnect_delay = channel.sftp.reconnect_delay;
    }
    return channels;
}

void Channels::tell(std::string_view event, Entry const& entry, std::string_view facts) const {
    if (log_)
        log_->line(event, entry.channel->name(), facts);
}

/// Until when a channel is left alone.
std::optional<Timestamp> Channels::pause(Entry const& entry) {
    auto const now = clock_.now();
    if (auto const later = silence_.until(entry.channel->name(), now))
        return later;
    if (!entry.connection && entry.not_before > now)
        return entry.not_before;
    return std::nullopt;
}

Result<void> Channels::carry_out(Entry& entry, Work const& work) {
    auto const begun = clock_.now();
    auto done = attempt(entry, work);
    silence_.report(entry.channel->name(), begun, clock_.now(), done || !done.error().is_temporary());
    if (!done)
        entry.trouble = done.error().message;
    return done;
}

Result<void> Channels::attempt(Entry& entry, Work const& work) {
    for (bool const kept : {entry.connection != nullptr, false}) {
        if (entry.connection == nullptr) {
            auto connection = entry.channel->connect();
            if (!connection) {
                entry.not_before = clock_.now() + entry.reconnect_delay;
                if (entry.channel->is_stopped() && !std::exchange(entry.alarmed, true))
                    tell("HOST_KEY_REFUSED", entry, fmt::format("reason={}", for_log(connection.error().message)));
                return unexpected(std::move(connection.error()));
            }
            entry.connection = std::move(*connection);
            if (auto const text = entry.connection->description(); !text.empty())
                tell("connected", entry, text);
        }
        auto done = work(*entry.connection);
        if (!entry.keep || (!done && done.error().is_temporary()))
            entry.connection.reset();
        if (done || !kept || !done.error().is_temporary())
            return done;
    }
    return {}; // not reached: the second round always returns
}

Result<void> Channels::with(std::string_view channel, Work const& work) {
    auto const found = entries_.find(channel);
    if (found == entries_.end())
        return permanent(fmt::format("there is no channel {} in the configuration", channel));
    auto& entry = *found->second;
    std::lock_guard const guard(entry.mutex);
    if (auto const later = pause(entry))
        return temporary(fmt::format("it is left alone until {} because it did not answer: {}", to_iso8601(*later), entry.trouble));
    return carry_out(entry, work);
}

std::optional<Result<void>> Channels::try_with(std::string_view channel, Work const& work, Timestamp& later) {
    auto const found = entries_.find(channel);
    if (found == entries_.end() || !turn_)
        return with(channel, work);
    auto& entry = *found->second;
    std::unique_lock guard(entry.mutex, *turn_);
    if (!guard.owns_lock()) {
        later = clock_.now() + 2 * *turn_;
        return std::nullopt;
    }
    if (auto const until = pause(entry)) {
        later = *until;
        return std::nullopt;
    }
    return carry_out(entry, work);
}

std::vector<std::string> Channels::newly_skipped(std::string_view channel, std::vector<std::string> const& names) {
    std::vector<std::string> fresh;
    auto const found = entries_.find(channel);
    if (found == entries_.end())
        return fresh;
    std::lock_guard const guard(found->second->mutex);
    auto& known = found->second->skipped;
    for (auto const& name : names)
        if (!known.contains(name))
            fresh.push_back(name);
    known = {names.begin(), names.end()};
    return fresh;
}

} // namespace wharf::gateway
