#include "partner/certificate_checks.hpp"

#include "base/file.hpp"
#include "diagnostic/registry.hpp"
#include "partner/certificate_dates.hpp"

#include <fmt/format.h>

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
            if (is_ours && !std::filesystem::exists(one.file)) return;
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

private:
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

Diagnostics check_certificate_files(Configuration const& configuration, Timestamp now) {
    Diagnostics findings;
    FileCheck check(now, findings);
    check.one_valid(configuration.gateway.as2.own_certificates, true, {});
    for (auto const& channel : configuration.channels) {
        if (channel.transport != TransportKind::as2) continue;
        auto const& as2 = channel.as2;
        check.one_valid(as2.own_certificates, true, {});
        check.one_valid(as2.partner_certificates, false, std::chrono::days(as2.grace_days.number));
        check.readable(as2.authorities.file, as2.authorities.mark, "the authorities");
        for (auto const& file : as2.incoming.client_certificates)
            check.readable(file, channel.mark, "incoming.client_certificates");
        for (auto const& [place, http] : as2.connections())
            check.readable(http.authorities, channel.mark, fmt::format("{}.authorities", place));
    }
    return findings;
}

} // namespace wharf::partner
