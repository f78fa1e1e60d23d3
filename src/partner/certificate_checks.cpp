#include "partner/certificate_checks.hpp"

#include "base/file.hpp"
#include "diagnostic/registry.hpp"
#include "partner/certificate_dates.hpp"

#include <fmt/format.h>

#include <initializer_list>

namespace wharf::partner {
namespace {

std::string day(Timestamp time) { return to_iso8601(time).substr(0, 10); }

class FileCheck {
public:
    FileCheck(Timestamp now, Diagnostics& findings) : now_(now), findings_(findings) {}

    /// A file that must be there.
    void readable(std::filesystem::path const& file, SourceMark const& mark, std::string_view what) { (void)read(file, mark, what); }

    /// Some certificate of the list must be valid; older and newer ones beside it are what roll-over looks like.
    void one_valid(std::vector<As2Certificate> const& list, bool is_ours, std::chrono::days grace) {
        As2Certificate const* latest = nullptr;
        CertificateDates dates{};
        for (auto const& one : list) {
            if (one.file.empty()) return; // in the environment
            auto const bytes = read(one.file, one.mark, is_ours ? "our certificate" : "the partner's certificate");
            if (!bytes) continue;
            auto const found = read_certificate_dates(*bytes);
            if (!found) return; // in a form that only OpenSSL reads, or none: `wharf cert check` tells
            if (found->not_before <= now_ && now_ < found->not_after + grace) return;
            if (!latest || found->not_after > dates.not_after) {
                latest = &one;
                dates = *found;
            }
        }
        if (!latest) return;
        auto const state = dates.not_after <= now_ ? fmt::format("ended on {}", day(dates.not_after)) : fmt::format("begins on {}", day(dates.not_before));
        report(latest->mark, "PARTNER-0039", fmt::format("no {} certificate is valid: {} {}", is_ours ? "own" : "partner's", latest->file.string(), state),
               is_ours ? "`wharf cert rollover` says how to change it" : "ask the partner for the new one and take it in with `wharf cert import`");
    }

    /// Ours among the partner's: the wrong file was imported.
    void none_of_ours(std::vector<As2Certificate> const& partners, std::initializer_list<std::vector<As2Certificate> const*> ours) {
        for (auto const& one : partners) {
            auto const der = der_of(one.file);
            if (!der) continue;
            for (auto const* const list : ours)
                for (auto const& own : *list)
                    if (der_of(own.file) == der) {
                        report(one.mark, "PARTNER-0044", fmt::format("the partner's certificate {} is our own, that of {}", one.file.string(), own.file.string()),
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
    std::optional<std::string> read(std::filesystem::path const& file, SourceMark const& mark, std::string_view what) {
        if (file.empty()) return std::nullopt;
        auto bytes = read_file(file, limits::configuration_bytes);
        if (bytes) return std::move(*bytes);
        report(mark, "PARTNER-0038", fmt::format("{}: {}", what, bytes.error().message),
               "put the file there and make it readable for the process that runs Wharf; until then the relation does not work");
        return std::nullopt;
    }
    void report(SourceMark const& mark, std::string_view code, std::string message, std::string help) {
        auto finding = make_diagnostic(code, std::move(message), std::move(help));
        finding.place.file = mark.file;
        finding.place.line = mark.line;
        finding.place.column = mark.column;
        findings_.push_back(std::move(finding));
    }
    Timestamp now_;
    Diagnostics& findings_;
};

} // namespace

namespace {

/// Certificates of ours, and their keys where these are files of their own.
void check_own(FileCheck& check, std::vector<As2Certificate> const& certificates) {
    check.one_valid(certificates, true, {});
    for (auto const& one : certificates)
        check.readable(one.private_key, one.mark, "our key");
}

void check_client_tls(FileCheck& check, ClientTls const& tls, SourceMark const& mark) {
    check.readable(tls.authorities, mark, "tls.authorities");
    check.readable(tls.client_certificate, mark, "tls.client_certificate");
    check.readable(tls.client_key, mark, "tls.client_key");
}

void check_relation(FileCheck& check, Channel const& channel, As2Listener const& listener) {
    auto const& as2 = channel.as2;
    check_own(check, as2.own_certificates);
    check.one_valid(as2.partner_certificates, false, std::chrono::days(as2.grace_days.number));
    check.none_of_ours(as2.partner_certificates, {&as2.own_certificates, &listener.own_certificates});
    check.readable(as2.authorities.file, as2.authorities.mark, "the authorities");
    for (auto const& file : as2.incoming.client_certificates)
        check.readable(file, channel.mark, "incoming.client_certificates");
    for (auto const& [place, http] : as2.connections()) {
        check.readable(http.authorities, channel.mark, fmt::format("{}.authorities", place));
        check.readable(http.client_certificate, channel.mark, fmt::format("{}.client_certificate", place));
        check.readable(http.client_key, channel.mark, fmt::format("{}.client_key", place));
    }
}

} // namespace

Diagnostics check_certificate_files(Configuration const& configuration, Timestamp now) {
    Diagnostics findings;
    FileCheck check(now, findings);
    check_own(check, configuration.gateway.as2.own_certificates);
    for (auto const& channel : configuration.channels) {
        if (channel.transport == TransportKind::as2) check_relation(check, channel, configuration.gateway.as2);
        if (channel.transport == TransportKind::ftps) check_client_tls(check, channel.ftps.tls, channel.mark);
        if (channel.transport == TransportKind::https) check_client_tls(check, channel.https.tls, channel.mark);
    }
    return findings;
}

} // namespace wharf::partner
