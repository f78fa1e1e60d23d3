// The settings of a channel's file. What each does is carried out in transport/ (channel.hpp).
#include "partner/declarations.hpp"

#include "partner/conversions.hpp"
#include "partner/shared_declarations.hpp"
#include "partner/text_checks.hpp"

#include <array>

namespace wharf::partner {

template <>
struct EnumWords<TransportKind> {
    static constexpr std::array<std::string_view, 5> words = {"folder", "sftp", "as2", "ftps", "https"};
};

template <>
struct EnumWords<PickupOrder> {
    static constexpr std::array<std::string_view, 4> words = {"name", "oldest", "newest", "smallest"};
};
template <>
struct EnumWords<ArchiveCollision> {
    static constexpr std::array<std::string_view, 4> words = {"number", "time", "replace", "refuse"};
};
template <>
struct EnumWords<ExistingTarget> {
    static constexpr std::array<std::string_view, 4> words = {"refuse", "replace", "ignore", "move"};
};
template <>
struct EnumWords<UploadTimes> {
    static constexpr std::array<std::string_view, 2> words = {"in_windows", "any_time"};
};

namespace {

Declaration make_folder() {
    Declaration d("folder");
    d.add("root", &FolderChannel::root, "the folder that inbox and outbox are in")
        .required()
        .check(check_not_empty)
        .example("/srv/edi/vans");
    d.add("watch", &FolderChannel::watch,
          "files are taken as soon as they are closed after writing or renamed into the inbox; no: only at poll_interval, which "
          "is kept in any case");
    return d;
}

Declaration make_sftp() {
    Declaration d("sftp");
    d.add("host", &SftpChannel::host, "the server").required().check(check_host).example("sftp.acme.example");
    d.add("port", &SftpChannel::port, "its port");
    d.add("user", &SftpChannel::user, "the login").required().check(check_one_line).example("wharf");
    d.add("host_key_fingerprints", &SftpChannel::host_key_fingerprints,
          "the server's host keys as `ssh-keygen -lf` prints them; any other server is refused; several while a key "
          "changes")
        .check(check_fingerprint)
        .example("SHA256:uNiVztksCsDhcc0u9e8BrEIW1zr51tFGVmXP+JBUU9c");
    d.add("known_hosts", &SftpChannel::known_hosts,
          "a file in the form of OpenSSH's known_hosts; its keys for this server count like fingerprints")
        .example("keys/known_hosts");
    d.add("private_key", &SftpChannel::private_key, "file of our private key; tried before a password");
    d.add("passphrase", &SftpChannel::passphrase, "of the private key, when it has one")
        .example("${env:ACME_KEY_PASSPHRASE}");
    d.add("certificate", &SftpChannel::certificate, "certificate of the private key, signed by the partner's authority")
        .example("keys/acme-cert.pub");
    d.add("agent", &SftpChannel::agent, "yes: the keys of the ssh-agent at SSH_AUTH_SOCK are tried, too");
    d.add("password", &SftpChannel::password,
          "of the login, where there is no key, or where both are asked for; answers keyboard-interactive questions, too")
        .example("${env:ACME_SFTP_PASSWORD}");
    d.add("connect_timeout", &SftpChannel::connect_timeout, "how long the connection may take, the proxy's part included")
        .check(check_not_zero);
    d.add("timeout", &SftpChannel::timeout, "how long the server may be silent in any step after that").check(check_not_zero);
    d.add("idle_timeout", &SftpChannel::idle_timeout,
          "a connection that was not used for longer is made anew before the next step; 0: never");
    d.add("keepalive", &SftpChannel::keepalive,
          "how often TCP asks whether the other side of a quiet connection is there; 0: never");
    d.add("reconnect_delay", &SftpChannel::reconnect_delay, "how long a server that could not be reached is left alone");
    d.add("bind_address", &SftpChannel::bind_address, "our own address, where the partner lets in only that one")
        .example("192.0.2.10");
    d.object("proxy", &SftpChannel::proxy, proxy_declaration(), "the way out, where there is no direct one");
    d.add("bytes_per_second", &SftpChannel::bytes_per_second, "no faster than this, in both directions; 0: as fast as it goes")
        .example("1MB");
    d.add("key_exchanges", &SftpChannel::key_exchanges, "only these, best first; empty: our own list")
        .check(check_algorithm)
        .example("curve25519-sha256");
    d.add("host_key_algorithms", &SftpChannel::host_key_algorithms, "only these, best first; empty: our own list")
        .check(check_algorithm)
        .example("ssh-ed25519");
    d.add("ciphers", &SftpChannel::ciphers, "only these, best first; empty: our own list")
        .check(check_algorithm)
        .example("aes256-ctr");
    d.add("macs", &SftpChannel::macs, "only these, best first; empty: our own list").check(check_algorithm).example("hmac-sha2-256");
    d.add("most_open_files", &SftpChannel::most_open_files, "files open on the server at a time; 1 for servers that allow only one")
        .check(check_not_zero);
    d.add("transfers_per_connection", &SftpChannel::transfers_per_connection,
          "for servers that end a connection after so many files; 0: any number");
    d.add("connections", &SftpChannel::connections, "connections at a time, over which the files of a look are shared; at most 16")
        .check(check_connections);
    return d;
}

Declaration make_pickup() {
    Declaration d("pickup");
    d.add("inbox", &Pickup::inbox, "folder that is read (https: the URL); empty: the channel is only written to").example("outgoing");
    d.add("outbox", &Pickup::outbox, "folder that is written to (https: the URL; {name} in it is the file's name); empty: the channel is only read").example("incoming");
    d.add("archive", &Pickup::archive,
          "folder that files move to after pick-up; {date} stands for the day (UTC); empty: they are deleted")
        .example("taken/{date}");
    d.add("archive_collision", &Pickup::archive_collision,
          "a name that the archive has: NAME.1 and so on, NAME.20260131T235959Z, over it, or the file stays and is reported");
    d.add("leave", &Pickup::leave, "yes: files stay where they are after pick-up; name, size and time tell that they were taken");
    d.add("failed", &Pickup::failed, "folder for files that are too large, beside the inbox").check(check_not_empty);
    d.add("include", &Pickup::include, "names that are picked up; * stands for any text, ? for one character")
        .check(check_not_empty)
        .example("*.edi");
    d.add("exclude", &Pickup::exclude, "names that are left alone").check(check_not_empty).example("*.tmp");
    d.add("done_marker", &Pickup::done_marker,
          "a file is taken only when a file of this name is there; {name} stands for its name, {stem} for that without ending")
        .check(check_companion)
        .example("{name}.done");
    d.add("claim_as", &Pickup::claim_as,
          "files are renamed to .wharf-claim-THIS-NAME before they are read, so that of several gateways only one takes them; a "
          "name of its own for each")
        .check(check_name_or_none)
        .example("node-1");
    d.add("depth", &Pickup::depth, "levels of folders inside the inbox that are read, too");
    d.add("order", &Pickup::order, "which files are taken first");
    d.add("minimum_age", &Pickup::minimum_age, "how long a file must have been unchanged, by its date");
    d.add("stable_polls", &Pickup::stable_polls, "in how many looks in a row size and date must be the same");
    d.add("most_per_poll", &Pickup::most_per_poll, "files taken in one look at most");
    d.add("min_bytes", &Pickup::min_bytes, "smaller files wait; 1: empty ones do");
    d.add("max_bytes", &Pickup::max_bytes, "larger files are set aside unread");
    return d;
}

Declaration make_upload() {
    Declaration d("upload");
    d.add("existing", &Upload::existing,
          "a file of that name with other content: our message becomes a dead letter, is written over it, is dropped, or the old "
          "file is renamed to NAME.1");
    d.add("temporary_name", &Upload::temporary_name,
          "the name while writing; {id} is new each time, {name} the final one; empty: written under the final name at once")
        .check(check_plain_or_none)
        .example("{name}.tmp");
    d.add("temporary_folder", &Upload::temporary_folder, "folder that files are written in before they are renamed into the outbox")
        .example("upload");
    d.add("marker", &Upload::marker, "empty file that is written after each file; {name} and {stem} as in done_marker")
        .check(check_companion)
        .example("{name}.done");
    d.add("mode", &Upload::mode, "rights of the file as chmod takes them; empty: what the server gives").check(check_mode).example("640");
    d.add("keep_time", &Upload::keep_time,
          "yes: the file's date is when our message was made, not when it was written; a server that refuses that gets the file all the "
          "same");
    d.add("make_folders", &Upload::make_folders, "yes: outbox and temporary_folder are made when they are missing");
    d.add("sync", &Upload::sync, "the server is asked to write to its disk before the rename, where it can");
    d.add("write_only", &Upload::write_only,
          "yes: nothing is looked at before or after, for logins that may only write; what is there is written over");
    return d;
}

Declaration make_schedule() {
    Declaration d("schedule");
    d.add("cron", &ScheduleSettings::cron,
          "looks come at these times instead of every poll_interval: minute, hour, day, month, weekday, as crontab has them")
        .check(check_cron)
        .example("*/5 6-20 * * mon-fri");
    d.add("time_zone", &ScheduleSettings::time_zone, "whose clocks cron and windows mean").check(check_time_zone).example("Europe/Berlin");
    d.add("windows", &ScheduleSettings::windows,
          "the partner is connected to only then; days and times, until the next day where they go over midnight; empty: always")
        .check(check_window)
        .example("mon-fri 06:00-22:00");
    d.add("calendars", &ScheduleSettings::calendars,
          "calendars whose holidays are left out where weekdays are named, and which say what working_days and holidays are")
        .check(check_name)
        .example("germany");
    d.add("uploads", &ScheduleSettings::uploads, "whether what we send waits for a window, too");
    return d;
}

Declaration make_channel() {
    static Declaration const schedule = make_schedule();
    static Declaration const folder = make_folder();
    static Declaration const sftp = make_sftp();
    static Declaration const pickup = make_pickup();
    static Declaration const upload = make_upload();
    Declaration d("a channel");
    d.add("transport", &Channel::transport, "how bytes are moved").required();
    d.object("folder", &Channel::folder, folder, "where the folder is, for transport: folder");
    d.object("sftp", &Channel::sftp, sftp, "how to log in, for transport: sftp");
    d.object("as2", &Channel::as2, as2_channel_declaration(), "what was agreed with the partner, for transport: as2");
    d.object("ftps", &Channel::ftps, ftps_channel_declaration(), "how to log in, for transport: ftps");
    d.object("https", &Channel::https, https_channel_declaration(), "how to ask and send, for transport: https; the URLs are inbox and outbox of pickup");
    d.object("pickup", &Channel::pickup, pickup, "which folders are read and written, and which files are taken");
    d.object("upload", &Channel::upload, upload, "how files are written");
    d.add("senders", &Channel::senders,
          "the partners (names of folders in partners/) whose interchanges are taken here; all others are quarantined")
        .check(check_name)
        .example("acme-supplies");
    d.add("test", &Channel::test,
          "yes: what comes in here without an envelope to say so (all but X12) is a test, and goes to test targets");
    d.add("poll_interval", &Channel::poll_interval, "time between two looks; left out: poll_interval of wharf.yaml")
        .check(check_not_zero);
    d.object("schedule", &Channel::schedule, schedule, "when it is looked at and connected to; left out: at poll_interval, always");
    return d;
}

Declaration make_calendar() {
    Declaration d("a calendar");
    d.add("working_week", &CalendarFile::working_week, "the weekdays that are worked").check(check_working_week).example("sun-thu");
    d.add("holidays", &CalendarFile::holidays,
          "days that are not worked, each with its name behind it: 2026-12-24, 12-25 (every year), 2026-12-24..2027-01-01, 12-24..01-01, "
          "easter-2, 4th thu nov, last mon may")
        .check(check_calendar_day)
        .example("easter+1 Easter Monday");
    d.add("working_days", &CalendarFile::working_days, "days that are worked all the same, written as holidays are")
        .check(check_calendar_day)
        .example("2026-12-19 Saturday before Christmas");
    return d;
}

} // namespace

Declaration const& channel_declaration() {
    static Declaration const declaration = make_channel();
    return declaration;
}

Declaration const& calendar_declaration() {
    static Declaration const declaration = make_calendar();
    return declaration;
}

} // namespace wharf::partner
