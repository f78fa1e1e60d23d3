#include "gateway/certificate_watch.hpp"

#include "gateway/certificates.hpp"

#include <fmt/format.h>

namespace wharf::gateway {

namespace {

std::string_view event_of(CertificateFinding::Kind kind) {
    using Kind = CertificateFinding::Kind;
    switch (kind) {
    case Kind::expires: return "CERTIFICATE_EXPIRES";
    case Kind::expired: return "CERTIFICATE_EXPIRED";
    case Kind::not_yet: return "CERTIFICATE_NOT_YET_VALID";
    case Kind::weak: return "CERTIFICATE_WEAK";
    case Kind::unreadable: return "CERTIFICATE_UNREADABLE";
    case Kind::open_key: return "CERTIFICATE_KEY_OPEN";
    case Kind::missing: return "CERTIFICATE_MISSING";
    }
    return {};
}

void let_stand(Notices& notices, std::vector<CertificateFinding> const& findings) {
    std::vector<store::Event> alarms;
    for (auto const& finding : findings)
        alarms.push_back({{}, finding.channel.empty() ? "wharf.yaml" : finding.channel, std::string(event_of(finding.kind)), finding.text});
    notices.standing("CERTIFICATE_", std::move(alarms));
}

} // namespace

void raise_certificate_alarms(Notices& notices, CertificateSources const& sources, Timestamp now) {
    let_stand(notices, check_certificates(sources, now, CertificateWatch::ahead));
}

void CertificateWatch::look() {
    std::unique_lock const turn(mutex_, std::try_to_lock);
    auto const now = clock_.now();
    if (!relations_ || !turn.owns_lock() || (looked_ && now >= *looked_ && now - *looked_ < interval)) return;
    looked_ = now;
    std::erase_if(told_, [&](auto const& entry) { return now - entry.second >= repeat; });
    auto const findings = check_certificates(relations_->sources(), now, ahead);
    if (notices_) let_stand(*notices_, findings);
    for (auto const& finding : findings)
        if (told_.emplace(finding.key, now).second)
            log_.line(event_of(finding.kind), finding.channel.empty() ? "-" : finding.channel, fmt::format("reason={}", for_log(finding.text)));
}

std::string certificate_summary(partner::Configuration const& configuration, Timestamp now) {
    auto const findings = check_certificates(sources_of(configuration), now, CertificateWatch::ahead);
    if (findings.empty()) return {};
    return fmt::format("{} certificate{} attention; the first: {}; `wharf cert check` tells all", findings.size(),
                       findings.size() == 1 ? " needs" : "s need", findings.front().text);
}

} // namespace wharf::gateway
