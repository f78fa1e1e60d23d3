// Which certificate is used for what, and when: the one place that decides it, for both sides of a relation.
//
// Certificates overlap while they are changed. What comes in is taken with any that may still be in use; what goes out uses one,
// which changes on a day that was agreed. Pure: the time is handed in. A value; safe to share while nobody changes it.
#pragma once

#include "transport/as2/exchange.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace wharf::transport::as2 {

/// A certificate with the days that were agreed for it. Both bounds narrow its own validity and never widen it, but for `grace`.
struct Term {
    std::optional<Timestamp> from;  // goes into use for what we send: signing, or encrypting for the partner
    std::optional<Timestamp> until; // is not accepted any more in what comes in
    bool signs = true, encrypts = true; // what it is for: some partners have one certificate for each
};
struct OwnKey {
    Identity identity;
    Term term;
};
struct PartnerCertificate {
    Certificate certificate;
    Term term;
};

struct KeyWarning {
    enum class Kind {
        expires,   // soon, and nothing follows it
        expired,   // and was the last
        not_yet,   // the only one is not valid yet
        weak       // an RSA key below 2048 bits
    } kind;
    bool is_ours;
    std::string text; // for people: which, when, what to do
};

class KeyRing {
public:
    /// `grace`: how long after its end a certificate of the partner's is still taken in what comes in. Partners forget.
    /// `authorities` vouch for further certificates of the partner's in what comes in; nullptr: none.
    KeyRing(std::vector<OwnKey> own, std::vector<PartnerCertificate> partner, std::chrono::days grace = std::chrono::days(0),
            std::shared_ptr<Authorities const> authorities = nullptr);
    KeyRing() = default;

    /// For what comes in. To decrypt: all of our keys whose `until` has not passed, expired ones too, because what was encrypted
    /// for them is still meant for us; the one that signs is first. To verify: the partner's that are valid (or within the grace),
    /// and the authorities.
    [[nodiscard]] Keys incoming(Timestamp now) const;
    /// Ours that signs: of those valid and in use, the one that came into use last; of one day, the last in the list. nullptr where
    /// there is none.
    [[nodiscard]] Identity const* signer(Timestamp now) const;
    /// The partner's to encrypt for, chosen in the same way. nullptr where there is none.
    [[nodiscard]] Certificate const* recipient(Timestamp now) const;
    /// What somebody should do something about within `ahead`.
    [[nodiscard]] std::vector<KeyWarning> warnings(Timestamp now, std::chrono::days ahead) const;

private:
    std::vector<OwnKey> own_;
    std::vector<PartnerCertificate> partner_;
    std::chrono::days grace_{0};
    std::shared_ptr<Authorities const> authorities_;
};

} // namespace wharf::transport::as2
