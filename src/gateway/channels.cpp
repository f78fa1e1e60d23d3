#include "gateway/channels.hpp"

#include "gateway/limits.hpp"
#include "gateway/wires.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <tuple>
#include <utility>

namespace wharf::gateway {

namespace {

transport::UploadRules upload_of(partner::Upload const& upload) {
    transport::UploadRules rules;
    rules.existing = same_word<transport::UploadRules::Existing>(upload.existing);
    rules.temporary = upload.temporary_name;
    rules.temporary_folder = upload.temporary_folder;
    rules.marker = upload.marker;
    rules.mode = static_cast<std::uint32_t>(std::strtoul(upload.mode.c_str(), nullptr, 8));
    rules.keep_time = upload.keep_time;
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
    rules.look_spacing = std::min<std::chrono::milliseconds>(channel.poll_interval, longest_look_spacing) * 9 / 10; // clocks are set
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
    settings.proxy = proxy_of(sftp.proxy);
    settings.bytes_per_second = (sftp.bytes_per_second + sftp.connections - 1) / sftp.connections; // each has its share
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

Channels::Channels(std::vector<std::unique_ptr<transport::Channel>> channels, unsigned connections) {
    for (auto& channel : channels) {
        auto entry = std::make_unique<Entry>();
        entry->lines.resize(connections);
        entry->most = connections;
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
            settings.watch = channel.folder.watch;
            settings.rules = rules_of(channel);
            opened.push_back(transport::make_folder_channel(channel.name, std::move(settings)));
            continue;
        }
        if (channel.transport == partner::TransportKind::ftps || channel.transport == partner::TransportKind::https) {
            auto wire = open_wire(channel, rules_of(channel));
            if (!wire)
                return unexpected(std::move(wire.error()));
            opened.push_back(std::move(*wire));
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
        if (entry.keep) {
            entry.reconnect_delay = reconnect_delay_of(channel);
            auto const connections = channel.transport == partner::TransportKind::sftp ? channel.sftp.connections : 1;
            entry.lines.resize(connections);
            entry.most = connections;
        }
    }
    return channels;
}

void Channels::tell(std::string_view event, Entry const& entry, std::string_view facts) const {
    if (log_)
        log_->line(event, entry.channel->name(), facts);
}

/// A line of a channel, taken until the end of the scope.
class Channels::Turn {
public:
    /// Waits for one; for so long, if a time is given.
    Turn(Entry& entry, std::optional<std::chrono::milliseconds> most) : entry_(entry) {
        std::unique_lock lock(entry.mutex);
        auto const is_free = [&] {
            return static_cast<std::size_t>(std::ranges::count(entry.lines, true, &Line::is_taken)) < entry.most;
        };
        if (most ? !entry.freed.wait_for(lock, *most, is_free) : (entry.freed.wait(lock, is_free), false))
            return;
        for (auto& line : entry.lines) // a connection that is there first
            if (!line.is_taken && (line_ == nullptr || (!line_->connection && line.connection)))
                line_ = &line;
        line_->is_taken = true;
    }
    ~Turn() {
        if (line_ == nullptr)
            return;
        std::lock_guard const guard(entry_.mutex);
        line_->is_taken = false;
        entry_.freed.notify_one();
    }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;
    [[nodiscard]] Line* line() const { return line_; }

private:
    Entry& entry_;
    Line* line_ = nullptr;
};

/// Until when a channel is left alone.
std::optional<Timestamp> Channels::pause(Entry& entry, Line const& line) {
    auto const now = clock_.now();
    if (auto const later = silence_.until(entry.channel->name(), now))
        return later;
    std::lock_guard const guard(entry.mutex);
    if (entry.fewer_until <= now)
        entry.most = entry.lines.size();
    if (!line.connection && entry.not_before > now)
        return entry.not_before;
    return std::nullopt;
}

void Channels::tell_that_its_key_is_good(Entry& entry) const {
    std::lock_guard const guard(entry.mutex);
    if (!std::exchange(entry.is_known_good, true) && notices_)
        notices_->over("HOST_KEY_REFUSED", entry.channel->name());
}

/// Gives what went wrong. With another connection there, one that is not to be had is one too many for the server.
std::optional<Error> Channels::connect(Entry& entry, Line& line, bool& is_one_too_many) {
    auto connection = entry.channel->connect();
    if (connection) {
        line.connection = std::move(*connection);
        tell_that_its_key_is_good(entry);
        if (auto const text = line.connection->description(); !text.empty())
            tell("connected", entry, text);
        return std::nullopt;
    }
    auto error = std::move(connection.error());
    std::lock_guard const guard(entry.mutex);
    auto const others = static_cast<std::size_t>(std::ranges::count_if(entry.lines, [&](Line const& other) {
        return &other != &line && (other.is_taken || other.connection); // of a taken line nobody else may see the connection
    }));
    if (others > 0 && !entry.channel->is_stopped() && entry.most > 1) {
        entry.most = std::min(entry.most - 1, others);
        entry.fewer_until = clock_.now() + fewer_for;
        is_one_too_many = true;
        tell("fewer_connections", entry, fmt::format("connections={} of={} reason={}", entry.most, entry.lines.size(), for_log(error.message)));
        return error;
    }
    entry.most = entry.lines.size(); // nobody gets in: how many may says nothing
    entry.not_before = clock_.now() + entry.reconnect_delay;
    if (entry.channel->is_stopped() && !std::exchange(entry.alarmed, true)) {
        tell("HOST_KEY_REFUSED", entry, fmt::format("reason={}", for_log(error.message)));
        if (notices_)
            notices_->alarm("HOST_KEY_REFUSED", entry.channel->name(), error.message);
    }
    return error;
}

std::optional<Result<void>> Channels::attempt(Entry& entry, Line& line, Work const& work) {
    for (bool const kept : {line.connection != nullptr, false}) {
        bool is_one_too_many = false;
        if (line.connection == nullptr)
            if (auto refused = connect(entry, line, is_one_too_many))
                return is_one_too_many ? std::nullopt : std::optional<Result<void>>(unexpected(std::move(*refused)));
        auto done = work(*line.connection);
        if (!entry.keep || (!done && done.error().is_temporary()))
            line.connection.reset();
        if (done || !kept || !done.error().is_temporary())
            return done;
    }
    return Result<void>(); // not reached: the second round always returns
}

/// Nothing: nobody was asked, and `later` is when to come again.
std::optional<Result<void>> Channels::serve(Entry& entry, Work const& work, std::optional<std::chrono::milliseconds> turn, Timestamp& later) {
    for (;;) {
        Turn const taken(entry, turn);
        if (taken.line() == nullptr) {
            later = clock_.now() + 2 * *turn;
            return std::nullopt;
        }
        if (auto const until = pause(entry, *taken.line())) {
            later = *until;
            return std::nullopt;
        }
        auto const begun = clock_.now();
        auto done = attempt(entry, *taken.line(), work);
        if (!done)
            continue; // each round the server is given one connection less
        silence_.report(entry.channel->name(), begun, clock_.now(), *done || !done->error().is_temporary());
        if (!*done) {
            std::lock_guard const guard(entry.mutex);
            entry.trouble = done->error().message;
        }
        return done;
    }
}

Result<void> Channels::with(std::string_view channel, Work const& work) {
    auto const found = entries_.find(channel);
    if (found == entries_.end())
        return permanent(fmt::format("there is no channel {} in the configuration", channel));
    Timestamp later;
    auto done = serve(*found->second, work, std::nullopt, later);
    if (done)
        return std::move(*done);
    std::lock_guard const guard(found->second->mutex);
    return temporary(fmt::format("it is left alone until {} because it did not answer: {}", to_iso8601(later), found->second->trouble));
}

std::optional<Result<void>> Channels::try_with(std::string_view channel, Work const& work, Timestamp& later) {
    auto const found = entries_.find(channel);
    if (found == entries_.end() || !turn_)
        return with(channel, work);
    return serve(*found->second, work, turn_, later);
}

unsigned Channels::connections(std::string_view channel) const {
    auto const found = entries_.find(channel);
    return found == entries_.end() ? 1 : static_cast<unsigned>(found->second->lines.size());
}

void Channels::close(std::string_view channel) {
    auto const found = entries_.find(channel);
    if (found == entries_.end())
        return;
    std::lock_guard const guard(found->second->mutex);
    for (auto& line : found->second->lines)
        if (!line.is_taken)
            line.connection.reset();
}

std::unique_lock<std::mutex> Channels::look(std::string_view channel) {
    auto const found = entries_.find(channel);
    return found == entries_.end() ? std::unique_lock<std::mutex>() : std::unique_lock(found->second->looking, std::try_to_lock);
}

std::unique_ptr<transport::Watch> Channels::watch(std::string_view channel, std::function<void()> changed) {
    auto const found = entries_.find(channel);
    return found == entries_.end() ? nullptr : found->second->channel->watch(std::move(changed));
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
