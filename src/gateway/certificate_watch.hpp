// Alarms of the running gateway about certificates: CERTIFICATE_EXPIRES for what ends soon and is not followed,
// CERTIFICATE_EXPIRED, CERTIFICATE_UNREADABLE and so on for what is wrong already; each at most once a day.
//
// Thread-safe; look() is cheap but once an hour, when it reads the files.
#pragma once

#include "base/clock.hpp"
#include "gateway/as2_relations.hpp"
#include "gateway/log.hpp"
#include "gateway/notices.hpp"

#include <map>
#include <mutex>
#include <string>

namespace wharf::gateway {

class CertificateWatch {
public:
    static constexpr std::chrono::days ahead{30};
    static constexpr std::chrono::hours interval{1}, repeat{24};

    /// All of them must outlive it; `relations` may be nullptr: nothing to watch; so may `notices`: alarms are in the log alone.
    CertificateWatch(As2Relations const* relations, Clock const& clock, Log const& log, Notices* notices = nullptr)
        : relations_(relations), clock_(clock), log_(log), notices_(notices) {}
    /// To be called every now and then, by any thread.
    void look();

private:
    As2Relations const* relations_;
    Clock const& clock_;
    Log const& log_;
    Notices* notices_;
    std::mutex mutex_;
    std::optional<Timestamp> looked_;
    std::map<std::string, Timestamp, std::less<>> told_; // by finding
};

/// Lets exactly the alarms of certificates stand that are true now: those whose trouble was mended are settled.
void raise_certificate_alarms(Notices& notices, CertificateSources const& sources, Timestamp now);

/// One line for a summary: "2 certificates need attention, the first: …; see `wharf cert check`"; empty: none.
[[nodiscard]] std::string certificate_summary(partner::Configuration const& configuration, Timestamp now);

} // namespace wharf::gateway
