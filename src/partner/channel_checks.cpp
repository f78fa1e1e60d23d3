// Channels: what one field alone cannot tell.

#include "partner/check.hpp"

#include <algorithm>
#include <map>

namespace wharf::partner {

namespace {

/// Whose a file is must follow from its name: two documents with the same pattern on one channel leave it open.
void check_file_names(Check<Channel>& check, Channel const& channel, std::vector<Loaded<PartnerProfile>> const& partners) {
    struct Known {
        Loaded<PartnerProfile> const* profile;
        std::size_t document;
    };
    std::map<std::string, Known, std::less<>> known;
    for (auto const& profile : partners) {
        if (!channel.takes_messages() || !channel.allows(profile.value.id)) continue;
        auto const& documents = profile.value.documents;
        for (std::size_t i = 0; i < documents.size(); ++i) {
            auto const& document = documents[i];
            if (document.direction != Direction::inbound || document.is_x12() || document.usage == DocumentUsage::none) continue;
            auto const patterns = document.files.empty() ? std::vector<std::string>{"*"} : document.files;
            for (auto const& pattern : patterns) {
                auto const [other, is_new] = known.emplace(pattern, Known{&profile, i});
                if (is_new) continue;
                check.report("senders", "PARTNER-0036",
                             fmt::format("files called {} on channel '{}' may be {} of {} or {} of {}", pattern, channel.name,
                                         other->second.profile->value.documents[other->second.document].document,
                                         other->second.profile->value.id, document.document, profile.value.id),
                             "give each of the two documents file names of its own with `files`, or a channel of its own", pattern);
                check.related(other->second.profile->origin(fmt::format("documents[{}]", other->second.document)), "one");
                check.related(profile.origin(fmt::format("documents[{}]", i)), "the other");
            }
        }
    }
}

void check_proxy(Check<Channel>& check, Proxy const& proxy, std::string const& path) {
    if (proxy.kind != ProxyKind::none && proxy.host.empty())
        check.report(path + ".proxy", "PARTNER-0006", "the proxy has no host", fmt::format("give {}.proxy.host", path));
    if (proxy.kind == ProxyKind::none && !proxy.host.empty())
        check.report(path + ".proxy.host", "PARTNER-0021", "a proxy of kind none is not used", "set kind: socks5 or kind: http");
}

/// Who the server is and who we are.
void check_sftp(Check<Channel>& check, SftpChannel const& sftp) {
    if (sftp.host_key_fingerprints.empty() && sftp.known_hosts.empty())
        check.report("sftp", "PARTNER-0006", "neither host_key_fingerprints nor known_hosts is set",
                     "without one, anybody could stand in for the server");
    bool const key = !sftp.private_key.empty();
    if (!key && sftp.password.empty() && !sftp.agent)
        check.report("sftp", "PARTNER-0022", "the channel has neither a private_key nor a password",
                     "give one of the two, or set agent: yes");
    if (!key && !sftp.passphrase.empty())
        check.report("sftp.passphrase", "PARTNER-0021", "a passphrase belongs to a private_key, and there is none",
                     "leave it out, or name the private_key");
    if (!key && !sftp.certificate.empty())
        check.report("sftp.certificate", "PARTNER-0021", "a certificate belongs to a private_key, and there is none",
                     "leave it out, or name the private_key");
    check_proxy(check, sftp.proxy, "sftp");
}

void check_tls(Check<Channel>& check, ClientTls const& tls, std::string const& path) {
    if (tls.pin_is_enough && tls.pinned_keys.empty())
        check.report(path + ".tls.pin_is_enough", "PARTNER-0006", "there are no pinned_keys, so any server would do", "give tls.pinned_keys");
    if (tls.client_certificate.empty() && (!tls.client_key.empty() || !tls.client_passphrase.empty()))
        check.report(path + (tls.client_key.empty() ? ".tls.client_passphrase" : ".tls.client_key"), "PARTNER-0021",
                     "it belongs to a client_certificate, and there is none", "leave it out, or name the client_certificate");
}

void check_ftps(Check<Channel>& check, Loaded<Channel> const& channel) {
    auto const& ftps = channel.value.ftps;
    if (channel.value.upload.keep_time)
        check.report("upload.keep_time", "PARTNER-0021", "over FTP the date of a file cannot be set on most servers, so it is not tried",
                     "leave it out");
    check_tls(check, ftps.tls, "ftps");
    check_proxy(check, ftps.proxy, "ftps");
    if (ftps.insecure_plain && (ftps.implicit || !ftps.tls.pinned_keys.empty() || !ftps.tls.authorities.empty()))
        check.report("ftps.insecure_plain", "PARTNER-0021", "settings of TLS mean nothing without TLS", "leave out insecure_plain, or the settings of TLS");
}

/// Nothing can be renamed on a server of HTTP, so that much of pickup and upload does not apply.
void check_https(Check<Channel>& check, Loaded<Channel> const& channel) {
    auto const& https = channel.value.https;
    check_tls(check, https.tls, "https");
    check_proxy(check, https.proxy, "https");
    if (!https.bearer_token.empty() && !https.basic.user.empty())
        check.report("https.basic", "PARTNER-0021", "a request has one login, and there is a bearer_token, too", "leave out one of the two");
    for (auto const& [path, url] : {std::pair("pickup.inbox", &channel.value.pickup.inbox), std::pair("pickup.outbox", &channel.value.pickup.outbox)})
        if (!url->empty() && !url->starts_with("https://"))
            check.report(path, "PARTNER-0007", "it is the URL of a server, and must begin with https://", "what is sent must not be readable on the way", *url);
    auto const& outbox = channel.value.pickup.outbox;
    if (https.method == "PUT" && outbox.starts_with("https://") && !outbox.contains("{name}"))
        check.report("pickup.outbox", "PARTNER-0043", "every file is PUT to the same URL, where it replaces the one before",
                     fmt::format("put the file's name into it, such as {}{}{{name}}; or set https.method: POST", outbox, outbox.ends_with('/') ? "" : "/"), outbox);
    for (auto const* const path : {"pickup.archive", "pickup.archive_collision", "pickup.failed", "pickup.claim_as", "pickup.done_marker", "pickup.depth",
                                   "upload.temporary_name", "upload.temporary_folder", "upload.marker", "upload.mode", "upload.keep_time", "upload.make_folders",
                                   "upload.sync"})
        if (channel.origins.contains(path))
            check.report(path, "PARTNER-0021", fmt::format("'{}' means nothing for a channel with transport: https", path),
                         "leave it out: over HTTP there are no folders and no renaming");
    if (channel.value.upload.existing == ExistingTarget::move)
        check.report("upload.existing", "PARTNER-0021", "over HTTP a file cannot be renamed out of the way", "set refuse, replace or ignore", "move");
}

/// Settings that contradict each other.
void check_movement(Check<Channel>& check, Channel const& value) {
    if (value.pickup.leave && !value.pickup.archive.empty())
        check.report("pickup.archive", "PARTNER-0021", "files that are left where they are are not archived",
                     "leave out archive, or set leave: no");
    if (value.pickup.leave && !value.pickup.claim_as.empty())
        check.report("pickup.claim_as", "PARTNER-0021", "a file that is left under its name cannot be claimed by renaming it",
                     "leave out claim_as, or set leave: no");
    if (value.upload.temporary_name.empty() && !value.upload.temporary_folder.empty())
        check.report("upload.temporary_folder", "PARTNER-0021", "without a temporary_name nothing is written into the temporary_folder",
                     "leave it out, or give temporary_name");
}

void check_folders(Check<Channel>& check, Channel const& value) {
    if (value.pickup.inbox.empty() && value.pickup.outbox.empty())
        check.report("pickup", "PARTNER-0006", "the channel has neither an inbox nor an outbox",
                     "set pickup.inbox, pickup.outbox or both");
    else if (value.pickup.inbox == value.pickup.outbox)
        check.report("pickup.outbox", "PARTNER-0007", "inbox and outbox are the same folder",
                     "we would pick up what we send; use two folders", value.pickup.outbox);
}

/// The mapping of the transport is there, and those of others are not.
void check_transport(Check<Channel>& check, Loaded<Channel> const& channel) {
    struct Transport {
        TransportKind kind;
        std::string name, needs;
    };
    static Transport const transports[] = {{TransportKind::folder, "folder", "give folder with root"},
                                           {TransportKind::sftp, "sftp", "give sftp with host, user and host_key_fingerprints"},
                                           {TransportKind::as2, "as2", "give as2 with own_name, partner_name, url and certificates"},
                                           {TransportKind::ftps, "ftps", "give ftps with host, user and password"},
                                           {TransportKind::https, "https", "give https, {} if nothing in it needs to be set"}};
    auto const& own = *std::ranges::find(transports, channel.value.transport, &Transport::kind);
    for (auto const& one : transports) {
        bool const is_there = channel.origins.contains(one.name);
        if (one.kind == own.kind && !is_there)
            check.report("transport", "PARTNER-0006", fmt::format("a channel with transport: {} needs '{}'", own.name, own.name), own.needs);
        if (one.kind != own.kind && is_there)
            check.report(one.name, "PARTNER-0021", fmt::format("'{}' means nothing for a channel with transport: {}", one.name, own.name),
                         fmt::format("leave it out, or set transport: {}", one.name));
    }
}

} // namespace

void check_channels(LoadedConfiguration const& loaded, Diagnostics& findings) {
    std::vector<std::string> partners;
    for (auto const& profile : loaded.partners)
        partners.push_back(profile.value.id);
    for (auto const& channel : loaded.channels) {
        auto const& value = channel.value;
        Check check(channel, findings);
        check_transport(check, channel);
        if (value.transport == TransportKind::as2) {
            for (auto const* const folders : {"pickup", "upload"})
                if (channel.origins.contains(folders))
                    check.report(folders, "PARTNER-0021", fmt::format("'{}' means nothing for a channel with transport: as2", folders),
                                 "leave it out: a partner brings his messages, and we bring ours");
        } else {
            if (value.transport == TransportKind::sftp && channel.origins.contains("sftp")) check_sftp(check, value.sftp);
            if (value.transport == TransportKind::ftps) check_ftps(check, channel);
            if (value.transport == TransportKind::https) check_https(check, channel);
            check_movement(check, value);
            check_folders(check, value);
        }
        check_file_names(check, value, loaded.partners);
        for (std::size_t i = 0; i < value.senders.size(); ++i)
            if (std::ranges::find(partners, value.senders[i]) == partners.end())
                check.report(fmt::format("senders[{}]", i), "PARTNER-0018",
                             fmt::format("there is no partner '{}'", value.senders[i]),
                             known_names(value.senders[i], partners, "partner",
                                         "each is a folder with a profile.yaml in partners/"),
                             value.senders[i]);
    }
}

} // namespace wharf::partner
