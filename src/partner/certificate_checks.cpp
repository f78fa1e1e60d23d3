#include "partner/certificate_checks.hpp"

#include "base/file.hpp"
#include "diagnostic/registry.hpp"
#include "partner/certificate_dates.hpp"
#include "partner/public_part.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace wharf::partner {
namespace {

constexpr std::uint64_t known_hosts_bytes = 16u << 20; // as the transport reads it

std::string day(Timestamp time) { return to_iso8601(time).substr(0, 10); }

mode_t rights_of(std::filesystem::path const& file) {
    struct ::stat found {};
    return !file.empty() && ::stat(file.c_str(), &found) == 0 ? found.st_mode : 0;
}

/// The files that one file of the configuration names.
class FileCheck {
public:
    FileCheck(SettingMarks const& marks, Timestamp now, Diagnostics& findings) : marks_(marks), now_(now), findings_(findings) {}

    /// A file that must be there. `what` it is, for people; empty: the setting. `without` it, what happens.
    std::optional<std::string> readable(std::filesystem::path const& file, std::string const& setting, std::string_view what = {},
                                        std::string_view without = "until then the channel does not work", std::uint64_t most_bytes = limits::configuration_bytes) {
        if (file.empty()) return std::nullopt;
        auto bytes = read_file(file, most_bytes);
        if (bytes) return std::move(*bytes);
        report(setting, "PARTNER-0038", fmt::format("{}: {}", what.empty() ? std::string_view(setting) : what, bytes.error().message),
               fmt::format("put the file there and make it readable for the process that runs Wharf; {}", without));
        return std::nullopt;
    }

    /// Who reads a key can be us.
    void closed(std::filesystem::path const& file, std::string const& setting) {
        if (!is_open_to_others(file)) return;
        report(setting, "PARTNER-0045", fmt::format("the key in {} can be read by others on this machine", file.string()),
               fmt::format("chmod 600 {}, and let it belong to the user that runs Wharf", file.string()));
    }

    /// Who writes it says whom we trust.
    void not_writable(std::filesystem::path const& file, std::string const& setting) {
        if ((rights_of(file) & 022) == 0) return;
        report(setting, "PARTNER-0045", fmt::format("{} can be written by others on this machine", file.string()),
               fmt::format("chmod go-w {}: who writes it decides which server is taken for the partner's", file.string()));
    }

    enum class Chain { in_any_order, own_first };
    /// Our certificate in `block`, whose key stands in a file of its own or beside it.
    void identity(std::string const& block, std::filesystem::path const& certificate, std::string const& certificate_setting,
                  std::filesystem::path const& key, std::string const& key_setting, Chain chain) {
        bool const is_beside = key.empty();
        auto const place = fmt::format("{}.{}", block, is_beside ? certificate_setting : key_setting);
        auto const shown = read_file(certificate, limits::configuration_bytes); // told by others when it cannot be read
        if (is_beside && (!shown || !holds_key(certificate, *shown, place, fmt::format("{}.{}", block, key_setting)))) return;
        auto const& key_file = is_beside ? certificate : key;
        auto const secret = is_beside ? std::optional(*shown) : readable(key, place, "our key");
        closed(key_file, place);
        if (shown && secret) belongs(certificate, *shown, key_file, *secret, place, chain);
    }

    /// Some certificate of the list must be valid; older and newer ones beside it are what roll-over looks like.
    void one_valid(std::vector<As2Certificate> const& list, std::string const& setting, bool is_ours, std::chrono::days grace) {
        As2Certificate const* latest = nullptr;
        std::string place;
        CertificateDates dates{};
        bool is_fine = false; // or in a form that only OpenSSL reads: `wharf cert check` tells
        for (std::size_t i = 0; i < list.size(); ++i) {
            auto const& one = list[i];
            auto const here = fmt::format("{}[{}].file", setting, i);
            auto const bytes = readable(one.file, here, is_ours ? "our certificate" : "the partner's certificate");
            auto const found = bytes ? read_certificate_dates(*bytes) : std::nullopt;
            is_fine = is_fine || one.file.empty() || (bytes && !found) || (found && found->not_before <= now_ && now_ < found->not_after + grace);
            if (!found || (latest && found->not_after <= dates.not_after)) continue;
            latest = &one;
            place = here;
            dates = *found;
        }
        if (!latest || is_fine) return;
        auto const state = dates.not_after <= now_ ? fmt::format("ended on {}", day(dates.not_after)) : fmt::format("begins on {}", day(dates.not_before));
        report(place, "PARTNER-0039", fmt::format("no {} certificate is valid: {} {}", is_ours ? "own" : "partner's", latest->file.string(), state),
               is_ours ? "`wharf cert rollover` says how to change it" : "ask the partner for the new one and take it in with `wharf cert import`");
    }

    /// Ours among the partner's: the wrong file was imported.
    void none_of_ours(std::vector<As2Certificate> const& partners, std::initializer_list<std::vector<As2Certificate> const*> ours) {
        for (std::size_t i = 0; i < partners.size(); ++i) {
            auto const& one = partners[i];
            auto const der = der_of(one.file);
            if (!der) continue;
            for (auto const* const list : ours)
                for (auto const& own : *list)
                    if (der_of(own.file) == der) {
                        report(fmt::format("as2.partner_certificates[{}].file", i), "PARTNER-0044",
                               fmt::format("the partner's certificate {} is our own, that of {}", one.file.string(), own.file.string()),
                               "ask the partner for his certificate and take it in with `wharf cert import`; take this entry out");
                        return;
                    }
        }
    }

private:
    static std::optional<std::string> der_of(std::filesystem::path const& file) {
        auto const bytes = file.empty() ? Result<std::string>() : read_file(file, limits::configuration_bytes);
        return bytes ? read_certificate_der(*bytes) : std::nullopt;
    }
    /// A file of PEM without a key is half of what is needed.
    bool holds_key(std::filesystem::path const& file, std::string_view bytes, std::string const& place, std::string_view key_setting) {
        if (!bytes.contains("-----BEGIN") || bytes.contains("PRIVATE KEY-----")) return true;
        report(place, "PARTNER-0038", fmt::format("{} holds a certificate and no key", file.string()), fmt::format("name the file of its key as {}", key_setting));
        return false;
    }
    void belongs(std::filesystem::path const& certificate, std::string_view shown, std::filesystem::path const& key, std::string_view secret,
                 std::string const& setting, Chain chain) {
        auto of_certificates = public_parts_of_certificates(shown);
        auto const of_key = public_part_of_key(secret);
        if (!of_key || of_certificates.empty()) return; // in a form that only OpenSSL reads
        auto const found = std::ranges::find(of_certificates, *of_key);
        if (found == of_certificates.begin() || (found != of_certificates.end() && chain == Chain::in_any_order)) return;
        bool const is_later = found != of_certificates.end();
        report(setting, "PARTNER-0046",
               is_later ? fmt::format("the key in {} belongs to another certificate than the first of {}", key.string(), certificate.string())
                        : fmt::format("the key in {} does not belong to the certificate in {}", key.string(), certificate.string()),
               is_later ? "put our certificate before those of the authorities in the file"
                        : "name the key that the certificate was made for; where it is lost, `wharf cert request` makes both anew");
    }
    /// Of the value, or of the nearest mapping around it.
    [[nodiscard]] SourceMark const& mark_of(std::string setting) const {
        static SourceMark const nowhere;
        for (;;) {
            if (auto const found = marks_.find(setting); found != marks_.end()) return found->second;
            if (setting.empty()) return nowhere;
            auto const cut = setting.find_last_of(".[");
            setting.resize(cut == std::string::npos ? 0 : cut);
        }
    }
    void report(std::string const& setting, std::string_view code, std::string message, std::string help) {
        auto finding = make_diagnostic(code, std::move(message), std::move(help));
        auto const& mark = mark_of(setting);
        finding.place.file = mark.file;
        finding.place.line = mark.line;
        finding.place.column = mark.column;
        findings_.push_back(std::move(finding));
    }
    SettingMarks const& marks_; // with "": the file
    Timestamp now_;
    Diagnostics& findings_;
};

using Chain = FileCheck::Chain;

/// Certificates of ours, with their keys.
void check_own(FileCheck& check, std::vector<As2Certificate> const& certificates) {
    constexpr auto list = "as2.own_certificates";
    check.one_valid(certificates, list, true, {});
    for (std::size_t i = 0; i < certificates.size(); ++i)
        check.identity(fmt::format("{}[{}]", list, i), certificates[i].file, "file", certificates[i].private_key, "private_key", Chain::in_any_order);
}

/// What we show as a client of TLS, and whom we trust: ClientTls, As2Http.
void check_client_tls(FileCheck& check, auto const& tls, std::string const& block) {
    (void)check.readable(tls.authorities, block + ".authorities");
    (void)check.readable(tls.client_certificate, block + ".client_certificate");
    check.identity(block, tls.client_certificate, "client_certificate", tls.client_key, "client_key", Chain::own_first);
}

void check_server_tls(FileCheck& check, ServerTls const& tls, std::string const& block) {
    (void)check.readable(tls.certificate, block + ".certificate", {}, "the gateway does not start without it");
    check.identity(block, tls.certificate, "certificate", tls.private_key, "private_key", Chain::own_first);
}

void check_relation(FileCheck& check, Channel const& channel, As2Listener const& listener) {
    auto const& as2 = channel.as2;
    check_own(check, as2.own_certificates);
    check.one_valid(as2.partner_certificates, "as2.partner_certificates", false, std::chrono::days(as2.grace_days.number));
    check.none_of_ours(as2.partner_certificates, {&as2.own_certificates, &listener.own_certificates});
    (void)check.readable(as2.authorities.file, "as2.authorities.file");
    for (std::size_t i = 0; i < as2.incoming.client_certificates.size(); ++i)
        (void)check.readable(as2.incoming.client_certificates[i], fmt::format("as2.incoming.client_certificates[{}]", i), "as2.incoming.client_certificates");
    for (auto const& [place, http] : as2.connections())
        check_client_tls(check, http, fmt::format("as2.{}", place));
}

void check_sftp(FileCheck& check, SftpChannel const& sftp) {
    check.closed(sftp.private_key, "sftp.private_key");
    (void)check.readable(sftp.certificate, "sftp.certificate");
    (void)check.readable(sftp.known_hosts, "sftp.known_hosts", {}, "until then the channel does not work", known_hosts_bytes);
    check.not_writable(sftp.known_hosts, "sftp.known_hosts");
}

} // namespace

bool is_open_to_others(std::filesystem::path const& file) {
    struct ::stat found {};
    if (file.empty() || ::stat(file.c_str(), &found) != 0) return false;
    // Another group than our own was chosen for those who may read it; and nobody can change rights where nothing can be written.
    bool const is_our_group = found.st_uid == ::geteuid() && found.st_gid == ::getegid();
    struct ::statvfs system {};
    bool const is_read_only = ::statvfs(file.c_str(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0;
    return !is_read_only && (found.st_mode & (is_our_group ? 077 : 007)) != 0;
}

Diagnostics check_certificate_files(Configuration const& configuration, Timestamp now) {
    Diagnostics findings;
    auto const& gateway = configuration.gateway;
    FileCheck shared(gateway.marks, now, findings);
    check_own(shared, gateway.as2.own_certificates);
    check_server_tls(shared, gateway.as2.tls, "as2.tls");
    check_server_tls(shared, gateway.listen.tls, "listen.tls");
    for (std::size_t i = 0; i < gateway.targets.size(); ++i)
        (void)shared.readable(gateway.targets[i].ca_file, fmt::format("targets[{}].ca_file", i), {}, "until then nothing is delivered there");
    for (auto const& channel : configuration.channels) {
        FileCheck check(channel.marks, now, findings);
        if (channel.transport == TransportKind::as2) check_relation(check, channel, gateway.as2);
        if (channel.transport == TransportKind::ftps) check_client_tls(check, channel.ftps.tls, "ftps.tls");
        if (channel.transport == TransportKind::https) check_client_tls(check, channel.https.tls, "https.tls");
        if (channel.transport == TransportKind::sftp) check_sftp(check, channel.sftp);
    }
    return findings;
}

} // namespace wharf::partner
