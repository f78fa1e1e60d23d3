#include "gateway/channels.hpp"

#include <fmt/format.h>

namespace wharf::gateway {

namespace {

transport::PickupRules rules_of(partner::Pickup const& pickup) {
    transport::PickupRules rules;
    rules.inbox = pickup.inbox;
    rules.outbox = pickup.outbox;
    rules.archive = pickup.archive;
    rules.failed = pickup.failed;
    rules.include = pickup.include;
    rules.exclude = pickup.exclude;
    rules.minimum_age = pickup.minimum_age;
    rules.stable_polls = pickup.stable_polls;
    rules.most_per_poll = pickup.most_per_poll;
    rules.max_bytes = pickup.max_bytes;
    return rules;
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
        if (channel.transport == partner::TransportKind::folder) {
            transport::FolderSettings settings;
            settings.root = channel.folder.root;
            settings.rules = rules_of(channel.pickup);
            opened.push_back(transport::make_folder_channel(channel.name, std::move(settings)));
            continue;
        }
        transport::SftpSettings settings;
        settings.host = channel.sftp.host;
        settings.port = channel.sftp.port;
        settings.user = channel.sftp.user;
        settings.host_key_fingerprints = channel.sftp.host_key_fingerprints;
        settings.private_key = channel.sftp.private_key;
        settings.timeout = channel.sftp.timeout;
        settings.rules = rules_of(channel.pickup);
        auto password = channel.sftp.password.resolve();
        if (!password)
            return invalid(fmt::format("channel {}: sftp.password: {}", channel.name, password.error().message));
        auto passphrase = channel.sftp.passphrase.resolve();
        if (!passphrase)
            return invalid(fmt::format("channel {}: sftp.passphrase: {}", channel.name, passphrase.error().message));
        settings.password = std::move(*password);
        settings.passphrase = std::move(*passphrase);
        opened.push_back(transport::make_sftp_channel(channel.name, std::move(settings)));
    }
    auto channels = std::make_unique<Channels>(std::move(opened));
    for (auto const& channel : configuration.channels)
        channels->entries_.at(channel.name)->keep = channel.transport != partner::TransportKind::folder;
    return channels;
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
            if (!connection)
                return unexpected(std::move(connection.error()));
            entry.connection = std::move(*connection);
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
    if (auto const later = silence_.until(channel, clock_.now()))
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
    if (auto const until = silence_.until(channel, clock_.now())) {
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
